package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// call sends one request and says what a client sees of it.
func call(ctx context.Context, transport http.RoundTripper, path string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1"+path, strings.NewReader("hello"))
	if err != nil {
		return 0, "", err
	}
	reply, err := transport.RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	defer reply.Body.Close()
	data, err := io.ReadAll(reply.Body)
	return reply.StatusCode, string(data), err
}

func TestTheTransportBreaksAsANetworkDoes(t *testing.T) {
	handlers := map[string]http.HandlerFunc{
		"echo": func(w http.ResponseWriter, r *http.Request) {
			data, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s", r.Method, r.RequestURI, data)
		},
		"reset": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("half"))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
	}
	for name, want := range map[string]struct {
		status int
		body   string
		fails  bool
	}{
		"echo": {200, "POST /echo?a=b hello", false}, "reset": {0, "", true}, "cut": {200, "half", true},
	} {
		check := func(kind string, transport http.RoundTripper, prefix string) {
			request, _ := http.NewRequest(http.MethodPost, prefix+"/"+name+"?a=b", strings.NewReader("hello"))
			reply, err := transport.RoundTrip(request)
			status, body := 0, []byte{}
			if err == nil {
				status = reply.StatusCode
				body, err = io.ReadAll(reply.Body)
				reply.Body.Close()
			}
			if status != want.status || string(body) != want.body || (err != nil) != want.fails {
				t.Errorf("%s over %s: %d %q %v", name, kind, status, body, err)
			}
		}
		check("memory", Transport(handlers[name]), "http://127.0.0.1")
		server := httptest.NewServer(handlers[name])
		check("a socket", http.DefaultTransport, server.URL)
		server.Close()
	}
}

func TestACallersDeadlineHoldsWhileTheHandlerSleeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := NewServer(Options{Latency: time.Minute}, Vendor{Handler: http.NotFoundHandler()})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		_, _, err := call(ctx, Transport(server), "/")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		synctest.Wait()
	})
}

func ok(w http.ResponseWriter, _ *http.Request) {
	WriteJSON(w, http.StatusOK, map[string]string{"some": "answer that is long enough to be cut"})
}

func TestWindowsRollAndAreCountedExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := NewServer(Options{}, Vendor{
			Handler: http.HandlerFunc(ok), Windows: []Window{{Class: ClassAll, Requests: 3, Per: 10 * time.Second}},
			Credential: func(r *http.Request) string { return r.URL.Path },
		})
		transport := Transport(server)
		got := ""
		for _, step := range []struct {
			wait time.Duration
			key  string
		}{{0, "a"}, {4 * time.Second, "a"}, {4 * time.Second, "a"}, {time.Second, "a"}, {0, "b"}, {time.Second - 1, "a"}, {1, "a"}, {0, "a"}, {4 * time.Second, "a"}} {
			time.Sleep(step.wait)
			status, _, _ := call(t.Context(), transport, "/"+step.key)
			got += fmt.Sprint(status, " ")
		}
		if want := "200 200 200 429 200 429 200 429 200 "; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if traffic := server.Traffic(); traffic.Requests != 9 || traffic.RateLimited != 3 {
			t.Errorf("traffic %+v", traffic)
		}
	})
}

func TestADailyWindowEndsAtMidnightUTC(t *testing.T) {
	for _, speed := range []float64{1, 24} {
		synctest.Test(t, func(t *testing.T) {
			server := NewServer(Options{Speed: speed}, Vendor{
				Handler: http.HandlerFunc(ok), Windows: []Window{{Class: ClassAll, Requests: 2, Daily: true}},
				Refuse: func(w http.ResponseWriter, _ *http.Request, refusal Refusal) {
					WriteText(w, 429, fmt.Sprint(refusal.Quota, " ", Seconds(refusal.RetryAfter)))
				},
			})
			time.Sleep(server.Scale(23 * time.Hour))
			transport := Transport(server)
			for range 2 {
				_, _, _ = call(t.Context(), transport, "/")
			}
			if status, body, _ := call(t.Context(), transport, "/"); status != 429 || body != "true 3600" {
				t.Errorf("speed %v: %d %s", speed, status, body)
			}
			time.Sleep(server.Scale(time.Hour))
			if status, _, _ := call(t.Context(), transport, "/"); status != 200 {
				t.Errorf("speed %v: %d after midnight", speed, status)
			}
		})
	}
}

// outcomes sends so many different requests and counts what a client sees, and how often the work was done.
func outcomes(t *testing.T, options Options, count int) (seen map[string]int, work int) {
	server := NewServer(options, Vendor{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		work++
		ok(w, r)
	})})
	transport := Transport(server)
	seen = map[string]int{}
	for i := range count {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		status, body, err := call(ctx, transport, fmt.Sprint("/", i))
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			seen["silence"]++
		case err != nil && status != 0:
			seen["cut"]++
		case err != nil:
			seen["reset"]++
		case status == 200 && body == "":
			seen["empty"]++
		case status == 200 && !strings.HasPrefix(body, `{"some"`):
			seen["garbage"]++
		default:
			seen[fmt.Sprint(status)]++
		}
	}
	return seen, work
}

func TestAStormSpoilsAFifthInEveryWayAndCanBeRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, work := outcomes(t, Options{Faults: FaultsStorm, Seed: 7}, 2000)
		if share := float64(2000-first["200"]) / 2000; share < 0.17 || share > 0.23 {
			t.Errorf("%.2f of the answers were spoilt: %v", share, first)
		}
		for _, kind := range []string{"429", "500", "502", "503", "reset", "cut", "garbage", "empty", "silence"} {
			if first[kind] < 15 {
				t.Errorf("%s came %d times", kind, first[kind])
			}
		}
		if work <= first["200"]+100 || work >= 2000 {
			t.Errorf("the work was done %d times, with %d good answers", work, first["200"])
		}
		if again, _ := outcomes(t, Options{Faults: FaultsStorm, Seed: 7}, 2000); fmt.Sprint(again) != fmt.Sprint(first) {
			t.Errorf("the same seed gives %v, then %v", first, again)
		}
		if other, _ := outcomes(t, Options{Faults: FaultsStorm, Seed: 8}, 2000); fmt.Sprint(other) == fmt.Sprint(first) {
			t.Error("another seed gives the same storm")
		}
	})
}

func TestAnOutageFailsEverythingForTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := NewServer(Options{Faults: FaultsOutage, Speed: 2}, Vendor{Handler: http.HandlerFunc(ok)})
		transport := Transport(server)
		var began, ended time.Time
		for i := range 1000 {
			status, _, err := call(t.Context(), transport, fmt.Sprint("/", i))
			failed := err != nil || status != 200
			if failed && began.IsZero() {
				began = time.Now()
			}
			if !failed && !began.IsZero() && ended.IsZero() {
				ended = time.Now()
			}
			if failed && !ended.IsZero() {
				t.Fatal("the outage came back")
			}
			time.Sleep(time.Second)
		}
		if length := ended.Sub(began); length < 5*time.Minute || length > 5*time.Minute+time.Second {
			t.Errorf("at double speed the outage lasted %v", length)
		}
	})
}

func TestWorkForLaterIsDoneWhenItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := NewServer(Options{}, Vendor{})
		done := ""
		server.Locked(func() {
			server.Later(2*time.Minute, func() { done += "b" })
			server.Later(time.Minute, func() {
				done += "a"
				server.Later(30*time.Second, func() { done += "1" })
			})
			server.Later(time.Hour, func() { done += "c" })
		})
		for _, want := range []string{"", "a", "a1b"} {
			server.Locked(func() {
				if done != want {
					t.Errorf("done %q, want %q", done, want)
				}
			})
			time.Sleep(time.Minute + time.Second)
		}
	})
}

func TestContentsComeInOneOrder(t *testing.T) {
	one := Contents{
		Tags: []string{"b", "a"}, Fields: []string{"y", "x"}, Runs: []Run{{"w", "2"}, {"w", "1"}},
		Contacts: []Contact{{Email: "b@example.com"}, {Email: "a@example.com", FirstName: "Z"}, {Email: "a@example.com", FirstName: "A", Tags: []string{"t2", "t1"}}},
	}
	other := Contents{
		Tags: []string{"a", "b"}, Fields: []string{"x", "y"}, Runs: []Run{{"w", "1"}, {"w", "2"}},
		Contacts: []Contact{{Email: "a@example.com", FirstName: "A", Tags: []string{"t1", "t2"}}, {Email: "b@example.com"}, {Email: "a@example.com", FirstName: "Z"}},
	}
	if a, b := fmt.Sprintf("%+v", one.Sorted()), fmt.Sprintf("%+v", other.Sorted()); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	if one.Tags[0] != "b" || one.Contacts[2].Tags[0] != "t2" {
		t.Error("the original was changed")
	}
}

func TestTheSpeedIsSaid(t *testing.T) {
	server := NewServer(Options{Speed: 60}, Vendor{Handler: http.HandlerFunc(ok)})
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	if got := answer.Header().Get(SpeedHeader); got != "60" {
		t.Errorf("the speed header is %q", got)
	}
}
