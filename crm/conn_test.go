package crm_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

func address(text string) *url.URL {
	parsed, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func TestCredentialsNeverTravelInTheClear(t *testing.T) {
	for text, allowed := range map[string]bool{
		"https://acme.example.com": true, "https://acme.example.com/api/3": true,
		"http://127.0.0.1:8080/kit": true, "http://[::1]:8080": true, "http://localhost": true,
		"http://acme.example.com": false, "http://127.0.0.1.example.com": false, "http://10.0.0.1": false,
		"ftp://acme.example.com": false, "acme.example.com": false, "": false, "https://": false, "https://me:secret@acme.example.com": false,
	} {
		_, err := crm.NewConn(crm.Settings{}, crm.ConnConfig{CodePrefix: "AC", Base: address(text)})
		if allowed != (err == nil) {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && (!crm.IsKind(err, crm.KindInvalid) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := crm.NewConn(crm.Settings{}, crm.ConnConfig{}); err == nil {
		t.Error("no address at all was taken")
	}
}

// A secret may come back in an answer, or stand in a path: it reaches neither the log nor an error, in no form.
func TestSecretsAndPeopleStayOutOfLogsAndErrors(t *testing.T) {
	const secret = "s3cr3t/key+with=signs"
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		forms := []string{
			secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret + ":")), base64.StdEncoding.EncodeToString([]byte(secret)),
		}
		conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sandbox.WriteText(w, http.StatusUnauthorized, "bad key: \x1b[31m"+strings.Join(forms, " ")+"\x07 go away")
		}), crm.Settings{Log: slog.New(slog.NewJSONHandler(&log, nil))}, crm.ConnConfig{
			Secrets: []string{secret}, Authorize: func(r *http.Request) { r.SetBasicAuth(secret, "") },
		})
		_, err := conn.Do(t.Context(), crm.Request{
			Op: "find a contact", Path: "keys/" + url.PathEscape(secret) + "/people/ada%40example.com", Query: url.Values{"email": {"bob@example.com"}, "key": {secret}},
		})
		for _, text := range append(forms, "ada", "bob", "\x1b", "\x07") {
			if strings.Contains(log.String(), text) || strings.Contains(err.Error(), text) {
				t.Errorf("%q stands in the log or the error:\n%s\n%v", text, log.String(), err)
			}
		}
		for _, text := range []string{"find a contact", `"status":401`, `"query":"email,key"`, `"method":"GET"`} {
			if !strings.Contains(log.String(), text) {
				t.Errorf("%s is not in the log: %s", text, log.String())
			}
		}
		if !strings.Contains(err.Error(), "go away") {
			t.Errorf("the vendor's words are lost: %v", err)
		}
	})
}

func TestARequestGoesOutAsTheDriverMeansIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &script{}
		conn := connect(t, server, crm.Settings{}, crm.ConnConfig{
			Base: address("http://127.0.0.1:8080/kit/v4/"), Authorize: func(r *http.Request) { r.Header.Set("X-Kit-Api-Key", "k") },
		})
		must := func(request crm.Request) *http.Request {
			if _, err := conn.Do(t.Context(), request); err != nil {
				t.Fatal(err)
			}
			got := server.requests()
			return got[len(got)-1]
		}
		got := must(crm.Request{Op: "find", Path: "subscribers/a%2Fb@example.com", Query: url.Values{"email": {"ada+news@example.com"}}})
		if got.RequestURI != "/kit/v4/subscribers/a%2Fb@example.com?email=ada%2Bnews%40example.com" || got.Method != http.MethodGet || got.Header.Get("X-Kit-Api-Key") != "k" {
			t.Errorf("got %s %s %v", got.Method, got.RequestURI, got.Header)
		}
		got = must(crm.Request{Op: "make", Method: http.MethodPost, Path: "/tags", JSON: map[string]string{"name": "A & B <c>"}})
		var text bytes.Buffer
		_, _ = text.ReadFrom(got.Body)
		if text.String() != `{"name":"A & B <c>"}` || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got %s as %s", text.String(), got.Header.Get("Content-Type"))
		}
		got = must(crm.Request{Op: "make", Method: http.MethodPut, Path: "tags", Form: url.Values{"a": {"b c"}}})
		text.Reset()
		_, _ = text.ReadFrom(got.Body)
		if text.String() != "a=b+c" || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("got %s as %s", text.String(), got.Header.Get("Content-Type"))
		}
	})
}

// A redirect to another host gets no request at all, and so no key.
func TestARedirectElsewhereGetsNoCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hosts []string
		conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			hosts = append(hosts, r.Host)
			http.Redirect(w, r, "https://elsewhere.example.com/collect", http.StatusTemporaryRedirect)
		}), crm.Settings{}, crm.ConnConfig{Authorize: func(r *http.Request) { r.Header.Set("Api-Token", "k") }})
		_, err := conn.Do(t.Context(), crm.Request{Op: "check the key"})
		if len(hosts) != 1 || err == nil || !strings.Contains(err.Error(), "https://elsewhere.example.com") {
			t.Errorf("asked %v, error %v", hosts, err)
		}
	})
}

func TestAnEndlessAnswerIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte(" "), 33<<20))
		}), crm.Settings{}, crm.ConnConfig{})
		_, err := conn.Do(t.Context(), crm.Request{Op: "read"})
		checkTrouble(t, err, crm.KindInvalid, "AC-BIG", true)
	})
}

// A sandbox on this machine may say that it is faster than life; nobody else is believed.
func TestOnlyALoopbackSandboxSetsTheSpeed(t *testing.T) {
	windows := []crm.Window{{Class: crm.ClassAll, Requests: 10, Per: time.Minute}}
	for base, want := range map[string]float64{"http://127.0.0.1:8080": 60, "https://acme.example.com": 1} {
		synctest.Test(t, func(t *testing.T) {
			server := vendor(sandbox.Options{Speed: 60}, windows)
			meter := &crm.Meter{}
			conn := connect(t, server, crm.Settings{Meter: meter}, crm.ConnConfig{Base: address(base), Windows: windows, InFlight: 4})
			took := many(t, conn, 41, crm.Request{Op: "read"})
			if speed := meter.Read().Speed; speed != want {
				t.Errorf("%s: speed %v, want %v", base, speed, want)
			}
			least := time.Duration(float64(4*time.Minute) / want)
			if took < least || took > least*11/10 {
				t.Errorf("%s: took %v, want %v", base, took, least)
			}
			if floor := meter.Floor(windows); floor != least {
				t.Errorf("%s: floor %v, want %v", base, floor, least)
			}
			if server.Traffic().RateLimited > 0 {
				t.Errorf("%s: %d refusals", base, server.Traffic().RateLimited)
			}
		})
	}
}

func TestADaysAllowanceOutlivesTheProcess(t *testing.T) {
	windows := []crm.Window{{Class: crm.ClassAll, Requests: 100, Daily: true}}
	config := crm.ConnConfig{Windows: windows, Secrets: []string{"the key of today"}}
	synctest.Test(t, func(t *testing.T) { // the fake clock begins at midnight UTC
		server := vendor(sandbox.Options{}, windows)
		request := crm.Request{Op: "read"}
		first := &crm.Meter{}
		time.Sleep(20 * time.Hour)
		many(t, connect(t, server, crm.Settings{Meter: first}, config), 70, request)

		second := &crm.Meter{}
		conn := connect(t, server, crm.Settings{Meter: second, Quota: first.Quota()}, config)
		if took := many(t, conn, 30, request); took > 0 {
			t.Errorf("what was left of the day took %v", took)
		}
		go func() {
			time.Sleep(time.Hour)
			wait := second.Waiting()
			if wait.Reason != "ActiveCampaign allows 100 requests a day" || wait.Until.UTC().Hour() != 0 {
				t.Errorf("the meter says %+v", wait)
			}
		}()
		if took := many(t, conn, 1, request); took < 4*time.Hour || took > 4*time.Hour+time.Second {
			t.Errorf("the next day began after %v", took)
		}
		if server.Traffic().RateLimited > 0 {
			t.Errorf("%d refusals", server.Traffic().RateLimited)
		}
		if used := second.Quota(); used.Day != "2000-01-02" || len(used.Used) != 1 {
			t.Errorf("the next day's usage is %+v", used)
		}
	})
}

func TestADriverWithAnotherKeyIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, http.HandlerFunc(good), crm.Settings{}, crm.ConnConfig{
			Windows: []crm.Window{{Class: crm.ClassAll, Requests: 2, Daily: true}}, ReturnQuota: true,
		})
		many(t, conn, 2, crm.Request{Op: "read"})
		_, err := conn.Do(t.Context(), crm.Request{Op: "read"})
		checkTrouble(t, err, crm.KindQuota, "AC-DAY", false)
	})
}

// limits reads headers as Ontraport sends them.
func limits(header http.Header) []crm.LimitReading {
	limit, err := strconv.Atoi(header.Get("X-Limit"))
	if err != nil {
		return nil
	}
	remaining, _ := strconv.Atoi(header.Get("X-Remaining"))
	reset, _ := strconv.Atoi(header.Get("X-Reset"))
	return []crm.LimitReading{{Class: crm.ClassAll, Limit: limit, Remaining: remaining, ResetIn: time.Duration(reset) * time.Second}}
}

// The account may allow less than is published, and others may use it too: headers say so, and are believed.
func TestHeadersAreTrustedOverAssumptions(t *testing.T) {
	enforced := []crm.Window{{Class: crm.ClassAll, Requests: 60, Per: time.Minute}}
	published := []crm.Window{{Class: crm.ClassAll, Requests: 180, Per: time.Minute}}
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.NewServer(sandbox.Options{Latency: 100 * time.Millisecond}, sandbox.Vendor{
			Windows: []sandbox.Window{{Class: crm.ClassAll, Requests: 60, Per: time.Minute}},
			Handler: http.HandlerFunc(good),
			Limits: func(header http.Header, levels []sandbox.Level) {
				header.Set("X-Limit", strconv.Itoa(levels[0].Requests))
				header.Set("X-Remaining", strconv.Itoa(levels[0].Remaining))
			},
		})
		mine := connect(t, server, crm.Settings{}, crm.ConnConfig{Windows: published, InFlight: 4, Limits: limits})
		others := connect(t, server, crm.Settings{}, crm.ConnConfig{Windows: enforced, InFlight: 1})
		many(t, others, 40, crm.Request{Op: "somebody else's call"})
		took := many(t, mine, 100, crm.Request{Op: "read"})
		if refused := server.Traffic().RateLimited; refused > 0 {
			t.Errorf("%d refusals", refused)
		}
		if took > 3*time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

// A certificate that does not fit is said to be that, at once, and nothing is sent.
func TestACertificateThatDoesNotFitIsNamed(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	conn, err := crm.NewConn(crm.Settings{}, crm.ConnConfig{CodePrefix: "AC", Base: address(server.URL)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Do(t.Context(), crm.Request{Op: "check the key"})
	checkTrouble(t, err, crm.KindUnreachable, "AC-NET", false)
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v", err)
	}
}

// The vendor's own words often repeat an address. The owner sees it on the screen; the log, which others read too, does not hold it.
func TestTheVendorsWordsAreLoggedWithoutAddresses(t *testing.T) {
	for _, address := range []string{"anna.secret@example.com", "anna.secret+1%40example.com", "anna.secret\\u0040example.com", "o'secret@bücher.example", "secret@example.com,"} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sandbox.WriteText(w, http.StatusUnprocessableEntity, `Email address "`+address+`" is invalid`)
			}), crm.Settings{Log: slog.New(slog.NewJSONHandler(&log, nil))}, crm.ConnConfig{})
			_, err := conn.Do(t.Context(), crm.Request{Op: "write", Method: http.MethodPost, Path: "contacts"})
			if !strings.Contains(err.Error(), "secret") {
				t.Errorf("the owner does not see whom it is about: %v", err)
			}
			if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "is invalid") || !strings.Contains(log.String(), "[address]") {
				t.Errorf("%s: %s", address, log.String())
			}
		})
	}
}
