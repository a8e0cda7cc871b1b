package crm_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// script answers the nth request with the nth reply, and everything after that with "{}".
type script struct {
	mu      sync.Mutex
	replies []reply
	got     []*http.Request
}

// requests are those that came so far.
func (s *script) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

type reply func(http.ResponseWriter, *http.Request)

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	n := len(s.got)
	s.got = append(s.got, r)
	s.mu.Unlock()
	if n < len(s.replies) {
		s.replies[n](w, r)
		return
	}
	sandbox.WriteJSON(w, http.StatusOK, struct{}{})
}

func status(code int, header ...string) reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func body(text string) reply {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte(`{"a":`))
	panic(http.ErrAbortHandler)
}

func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func good(w http.ResponseWriter, _ *http.Request) { sandbox.WriteJSON(w, http.StatusOK, struct{}{}) }

const html = "<!DOCTYPE html>\n<html><body>Just a moment…</body></html>"

func page(code int) reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(html))
	}
}

func TestWhatPassesIsTriedAgainAndWhatIsSaidIsUnderstood(t *testing.T) {
	get := crm.Request{Op: "list the tags", Path: "tags"}
	post := crm.Request{Op: "create the tag", Method: http.MethodPost, Path: "tags", JSON: map[string]string{"tag": "VIP"}}
	again := post
	again.Repeatable = true
	for name, test := range map[string]struct {
		request crm.Request
		replies []reply
		calls   int
		kind    crm.Kind
		code    string
		sent    bool
		least   time.Duration
		most    time.Duration
	}{
		"a good answer":                          {get, []reply{good}, 1, "", "", false, 0, 0},
		"too fast, with a time":                  {get, []reply{status(429, "Retry-After", "30")}, 2, "", "", false, 30 * time.Second, 31 * time.Second},
		"too fast, with a date":                  {get, []reply{status(429, "Retry-After", "Sat, 01 Jan 2000 00:00:45 GMT")}, 2, "", "", false, 45 * time.Second, 46 * time.Second},
		"too fast, without a time":               {get, []reply{status(429)}, 2, "", "", false, time.Minute, 61 * time.Second},
		"too fast for a write":                   {post, []reply{status(429), status(429)}, 3, "", "", false, 2 * time.Minute, 125 * time.Second},
		"a server error on a read":               {get, []reply{status(500), status(502), page(503)}, 4, "", "", false, time.Second, 10 * time.Second},
		"a server error on a write":              {post, []reply{status(500)}, 1, crm.KindTemporary, "AC-500", true, 0, 0},
		"a server error on a repeatable write":   {again, []reply{status(500)}, 2, "", "", false, 0, time.Second},
		"busy, with a time":                      {get, []reply{status(503, "Retry-After", "20")}, 2, "", "", false, 20 * time.Second, 21 * time.Second},
		"a reset on a read":                      {get, []reply{reset}, 2, "", "", false, 0, time.Second},
		"a reset on a write":                     {post, []reply{reset}, 1, crm.KindTemporary, "AC-NET", true, 0, 0},
		"an answer that breaks off":              {get, []reply{cut}, 2, "", "", false, 0, time.Second},
		"an answer to a write that breaks off":   {post, []reply{cut}, 1, crm.KindTemporary, "AC-CUT", true, 0, 0},
		"half an answer that looks whole":        {post, []reply{body(`{"tag":{"id":`)}, 1, crm.KindTemporary, "AC-CUT", true, 0, 0},
		"an empty answer":                        {get, []reply{body(""), body(" \n")}, 3, "", "", false, 0, 4 * time.Second},
		"an empty answer to a write":             {post, []reply{body("")}, 1, crm.KindTemporary, "AC-EMPTY", true, 0, 0},
		"garbage":                                {post, []reply{body("\x00\x1f{{")}, 1, crm.KindTemporary, "AC-JSON", true, 0, 0},
		"a web page":                             {get, []reply{page(200)}, 1, crm.KindWrongAddress, "AC-HTML", false, 0, 0},
		"a web page that says not found":         {get, []reply{page(404)}, 1, crm.KindWrongAddress, "AC-HTML", false, 0, 0},
		"a suspicious front":                     {get, []reply{page(403)}, 2, "", "", false, 0, time.Second},
		"a 403 that stays":                       {get, []reply{status(403), status(403), status(403)}, 3, crm.KindPermission, "AC-403", false, 0, 3 * time.Second},
		"a wrong key":                            {get, []reply{status(401)}, 1, crm.KindAuth, "AC-401", false, 0, 0},
		"something wrong with the data":          {post, []reply{status(422)}, 1, crm.KindInvalid, "AC-422", false, 0, 0},
		"nothing there":                          {get, []reply{status(404)}, 1, crm.KindNotFound, "AC-404", false, 0, 0},
		"no answer to a read":                    {get, []reply{silent}, 2, "", "", false, 30 * time.Second, 32 * time.Second},
		"no answer to a write":                   {post, []reply{silent}, 1, crm.KindTemporary, "AC-LATE", true, 30 * time.Second, 30 * time.Second},
		"a redirect elsewhere":                   {get, []reply{status(302, "Location", "https://elsewhere.example.com/tags")}, 1, crm.KindWrongAddress, "AC-MOVED", false, 0, 0},
		"a redirect of a write":                  {post, []reply{status(302, "Location", "/api/login")}, 1, crm.KindWrongAddress, "AC-MOVED", false, 0, 0},
		"a redirect on the same host":            {get, []reply{status(301, "Location", "/api/tags/")}, 2, "", "", false, 0, 0},
		"a redirect that goes round in a circle": {get, []reply{status(301, "Location", "/a"), status(301, "Location", "/b"), status(301, "Location", "/a"), status(301, "Location", "/b"), status(301, "Location", "/a")}, 5, crm.KindWrongAddress, "AC-MOVED", false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &script{replies: test.replies}
				conn := connect(t, server, crm.Settings{}, crm.ConnConfig{
					Windows: []crm.Window{{Class: crm.ClassAll, Requests: 100, Per: time.Minute}}, Retry403: 2,
				})
				start := time.Now()
				var out map[string]any
				_, err := conn.JSON(t.Context(), test.request, &out)
				took := time.Since(start)
				if len(server.requests()) != test.calls {
					t.Errorf("%d calls, want %d", len(server.requests()), test.calls)
				}
				if took < test.least || took > test.most {
					t.Errorf("took %v, want %v to %v", took, test.least, test.most)
				}
				checkTrouble(t, err, test.kind, test.code, test.sent)
			})
		})
	}
}

func checkTrouble(t *testing.T, err error, kind crm.Kind, code string, sent bool) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Errorf("error %v", err)
		}
		return
	}
	var trouble *crm.Error
	if !errors.As(err, &trouble) {
		t.Fatalf("error %v, want an *Error", err)
	}
	if trouble.Kind != kind || trouble.Code != code || trouble.Sent != sent || trouble.Op == "" {
		t.Errorf("error %+v, want kind %s, code %s, sent %v", trouble, kind, code, sent)
	}
}

// An outage of ten minutes in the midst of the work is waited out; one on first contact is reported soon.
func TestAnOutageIsWaitedOutOnceTheHostIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := time.Now().Add(11 * time.Minute)
		begins := time.Now().Add(time.Minute)
		meter := &crm.Meter{}
		conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if time.Now().After(begins) && time.Now().Before(over) {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			good(w, r)
		}), crm.Settings{Meter: meter}, crm.ConnConfig{})
		request := crm.Request{Op: "list the tags", Path: "tags"}
		many(t, conn, 1, request)
		time.Sleep(2 * time.Minute)
		go func() {
			time.Sleep(5 * time.Minute)
			wait := meter.Waiting()
			if wait.Reason != "ActiveCampaign does not answer; trying again" || time.Until(wait.Until) > time.Minute {
				t.Errorf("meanwhile the meter says %+v", wait)
			}
		}()
		if took := many(t, conn, 3, request); took < 9*time.Minute || took > 10*time.Minute+5*time.Second+time.Minute {
			t.Errorf("came back after %v", took)
		}
		if wait := meter.Waiting(); wait.Reason != "" {
			t.Errorf("afterwards the meter still says %+v", wait)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, status503{}, crm.Settings{}, crm.ConnConfig{})
		start := time.Now()
		_, err := conn.Do(t.Context(), crm.Request{Op: "check the key"})
		checkTrouble(t, err, crm.KindTemporary, "AC-503", true)
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("a host that never answered was waited for %v", took)
		}
	})
}

type status503 struct{}

func (status503) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusServiceUnavailable)
}

func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, &script{replies: append([]reply{good}, repeat(status(503), 1000)...)}, crm.Settings{}, crm.ConnConfig{})
		request := crm.Request{Op: "list the tags"}
		many(t, conn, 1, request)
		start := time.Now()
		_, err := conn.Do(t.Context(), request)
		checkTrouble(t, err, crm.KindTemporary, "AC-503", true)
		if took := time.Since(start); took < 20*time.Minute || took > 22*time.Minute {
			t.Errorf("gave up after %v", took)
		}
	})
}

func repeat(r reply, count int) []reply {
	replies := make([]reply, count)
	for i := range replies {
		replies[i] = r
	}
	return replies
}

// ActiveCampaign refuses imports with 400 when there were too many: only imports pause, reads go on.
func TestARefusalPausesItsOwnClassOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := false
		conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && !refused {
				refused = true
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			good(w, r)
		}), crm.Settings{}, crm.ConnConfig{
			Windows: []crm.Window{{Class: crm.ClassAll, Requests: 5, Per: time.Second}, {Class: "import", Requests: 100, Per: time.Minute}},
			Classify: func(answer crm.Response) *crm.Error {
				if answer.Status == http.StatusBadRequest {
					return &crm.Error{Kind: crm.KindRate}
				}
				return crm.ClassifyStatus(answer)
			},
		})
		imported := make(chan time.Duration)
		go func() {
			imported <- many(t, conn, 1, crm.Request{Op: "import", Method: http.MethodPost, Classes: []string{"import"}})
		}()
		time.Sleep(time.Second)
		if took := many(t, conn, 3, crm.Request{Op: "read"}); took > 0 {
			t.Errorf("reads waited %v for imports", took)
		}
		if took := <-imported; took < time.Minute || took > 61*time.Second {
			t.Errorf("the import went again after %v, want a minute", took)
		}
	})
}

func TestStoppingEndsEveryWait(t *testing.T) {
	windows := []crm.Window{{Class: crm.ClassAll, Requests: 1, Per: time.Hour}}
	for name, test := range map[string]struct {
		handler http.Handler
		first   bool
	}{
		"for a window":      {http.HandlerFunc(good), true},
		"for an answer":     {http.HandlerFunc(silent), false},
		"for a refusal":     {&script{replies: []reply{status(429, "Retry-After", "3000")}}, false},
		"between attempts":  {status503{}, false},
		"for another's end": {http.HandlerFunc(silent), false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := connect(t, test.handler, crm.Settings{}, crm.ConnConfig{Windows: windows, InFlight: 1})
				if test.first {
					many(t, conn, 1, crm.Request{Op: "read"})
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				start := time.Now()
				var wait sync.WaitGroup
				for range 2 {
					wait.Go(func() {
						if _, err := conn.Do(ctx, crm.Request{Op: "read"}); !errors.Is(err, context.DeadlineExceeded) && err == nil {
							t.Errorf("error %v", err)
						}
					})
				}
				wait.Wait()
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("stopped after %v", took)
				}
			})
		})
	}
}

// refusing is a network that cannot reach anybody, so often, and then can.
type refusing struct {
	count int
	err   error
	next  http.RoundTripper
}

func (r *refusing) RoundTrip(request *http.Request) (*http.Response, error) {
	if r.count--; r.count >= 0 {
		return nil, r.err
	}
	return r.next.RoundTrip(request)
}

func TestWhatWasCertainlyNotSentIsSentAgain(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	noHost := &net.DNSError{Err: "no such host", Name: "nowhere.example.com", IsNotFound: true}
	post := crm.Request{Op: "create the tag", Method: http.MethodPost}
	for name, test := range map[string]struct {
		err   error
		count int
		kind  crm.Kind
		hint  string
	}{
		"a refused connection that passes": {dial, 3, "", ""},
		"a refused connection that stays":  {dial, 1000, crm.KindUnreachable, "does not take connections"},
		"a name that does not exist":       {noHost, 1, crm.KindUnreachable, "no such address"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				settings := crm.Settings{Transport: &refusing{test.count, test.err, sandbox.Transport(http.HandlerFunc(good))}}
				conn, err := crm.NewConn(settings, crm.ConnConfig{CodePrefix: "AC", Base: address("https://acme.example.com")})
				if err != nil {
					t.Fatal(err)
				}
				_, err = conn.Do(t.Context(), post)
				checkTrouble(t, err, test.kind, "AC-NET", false)
				if test.hint != "" && !strings.Contains(err.Error(), test.hint) {
					t.Errorf("%v does not say %q", err, test.hint)
				}
			})
		})
	}
}

// Latency that jumps about must not push two requests into one window.
func TestJitterCausesNoRefusals(t *testing.T) {
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) { jitter(t, seed) })
	}
}

func jitter(t *testing.T, seed uint64) {
	windows := []crm.Window{{Class: crm.ClassAll, Requests: 5, Per: time.Second}, {Class: crm.ClassAll, Requests: 120, Per: time.Minute}}
	server := vendor(sandbox.Options{}, windows)
	dice := rand.New(rand.NewPCG(1, seed))
	var mu sync.Mutex
	jump := func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return 80*time.Millisecond + time.Duration(dice.ExpFloat64()*float64(20*time.Millisecond))
	}
	conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(jump())
		server.ServeHTTP(w, r)
		time.Sleep(jump())
	}), crm.Settings{}, crm.ConnConfig{Windows: windows, InFlight: 4})
	took := many(t, conn, 600, crm.Request{Op: "read"})
	if refused := server.Traffic().RateLimited; refused > 0 {
		t.Errorf("seed %d: %d refusals in %v", seed, refused, took)
	}
}
