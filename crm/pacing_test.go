package crm_test

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// vendor is a server with rate windows that answers "{}" to everything.
func vendor(options sandbox.Options, windows []crm.Window) *sandbox.Server {
	enforced := make([]sandbox.Window, len(windows))
	for i, w := range windows {
		enforced[i] = sandbox.Window{Class: w.Class, Requests: w.Requests, Per: w.Per, Daily: w.Daily}
	}
	return sandbox.NewServer(options, sandbox.Vendor{
		Windows: enforced,
		Classes: func(r *http.Request) []string { return append([]string{crm.ClassAll}, r.Header["X-Class"]...) },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sandbox.WriteJSON(w, http.StatusOK, map[string]string{})
		}),
	})
}

func connect(t *testing.T, handler http.Handler, settings crm.Settings, config crm.ConnConfig) *crm.Conn {
	t.Helper()
	if config.Base == nil {
		config.Base = &url.URL{Scheme: "http", Host: "127.0.0.1:8080", Path: "/api"}
	}
	config.CodePrefix = "AC"
	config.Name = "ActiveCampaign"
	settings.Transport = sandbox.Transport(handler)
	conn, err := crm.NewConn(settings, config)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// many sends so many requests, as many at once as anybody may want to.
func many(t *testing.T, conn *crm.Conn, count int, request crm.Request) time.Duration {
	t.Helper()
	start := time.Now()
	var wait sync.WaitGroup
	for range count {
		wait.Go(func() {
			if _, err := conn.Do(context.Background(), request); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	return time.Since(start)
}

func TestWindowsAreUsedUpToTheirEdgeWithoutARefusal(t *testing.T) {
	for name, test := range map[string]struct {
		windows  []crm.Window
		inFlight int
		requests int
		class    string
	}{
		"five a second":              {[]crm.Window{{Class: crm.ClassAll, Requests: 5, Per: time.Second}}, 4, 1000, ""},
		"120 a minute":               {[]crm.Window{{Class: crm.ClassAll, Requests: 120, Per: time.Minute}}, 4, 2000, ""},
		"second and minute":          {[]crm.Window{{Class: crm.ClassAll, Requests: 10, Per: time.Second}, {Class: crm.ClassAll, Requests: 240, Per: time.Minute}}, 8, 3000, ""},
		"imports beside all":         {[]crm.Window{{Class: crm.ClassAll, Requests: 5, Per: time.Second}, {Class: "import", Requests: 100, Per: time.Minute}}, 4, 450, "import"},
		"fifty an hour":              {[]crm.Window{{Class: crm.ClassAll, Requests: 50, Per: time.Hour}}, 2, 260, ""},
		"a day's allowance":          {[]crm.Window{{Class: crm.ClassAll, Requests: 240, Per: time.Minute}, {Class: crm.ClassAll, Requests: 500, Daily: true}}, 4, 1600, ""},
		"1,500 a minute in all ways": {[]crm.Window{{Class: crm.ClassAll, Requests: 25, Per: time.Second}, {Class: crm.ClassAll, Requests: 1500, Per: time.Minute}}, 8, 6000, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := vendor(sandbox.Options{Latency: 200 * time.Millisecond}, test.windows)
				meter := &crm.Meter{}
				conn := connect(t, server, crm.Settings{Meter: meter}, crm.ConnConfig{Windows: test.windows, InFlight: test.inFlight})
				request := crm.Request{Op: "import", Path: "import"}
				if test.class != "" {
					request.Classes, request.Header = []string{test.class}, http.Header{"X-Class": {test.class}}
				}
				took := many(t, conn, test.requests, request)
				if refused := server.Traffic().RateLimited; refused != 0 {
					t.Errorf("%d of %d requests were refused", refused, server.Traffic().Requests)
				}
				floor := meter.Floor(test.windows)
				if ratio := float64(took) / float64(floor); ratio > 1.03 || ratio < 1 {
					t.Errorf("took %v, the floor is %v: %.3f times", took, floor, ratio)
				}
			})
		})
	}
}
