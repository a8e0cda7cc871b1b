// Package realsite speaks to the real WordPress that wp/wptest/wordpress/start has started, for tests.
package realsite

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// Variable is the environment variable that names the JSON file written by the start script.
const Variable = "ALLYSWITCH_WORDPRESS"

// Skipped is what a test says that needs a real WordPress and finds none.
const Skipped = "skipped: no WordPress. Start one on any Debian or Ubuntu machine and name its file:\n" +
	"  export " + Variable + "=$(wp/wptest/wordpress/start)\n" +
	"elsewhere: docker compose -f wp/wptest/wordpress/docker-compose.yml up --wait"

// Site is a running WordPress and how to log in to it.
type Site struct {
	URL  string `json:"url"`
	User string `json:"user"`
	// Password is an application password of the administrator's; AdminPassword the one for the login page.
	Password        string `json:"password"`
	AdminPassword   string `json:"admin_password"`
	LimitedUser     string `json:"limited_user"`
	LimitedPassword string `json:"limited_password"`
	// People is how many people of the made-up site were seeded; beside them there is the user "limited", with ID 2.
	People    int    `json:"people"`
	Dir       string `json:"dir"`
	WordPress string `json:"wordpress"`
	PHP       string `json:"php"`
	// MailLog, PHPLog and RequestLog are files of the site: one JSON line for each mail that would have been sent, PHP's errors, and one line for each
	// request, with the most memory it took.
	MailLog    string `json:"mail_log"`
	PHPLog     string `json:"php_log"`
	RequestLog string `json:"request_log"`
}

var oneAtATime = sync.OnceValues(lock)

// Open finds the site, or skips the test. One process at a time has it, since tests change what the site is like.
func Open(tb testing.TB) *Site {
	tb.Helper()
	file := os.Getenv(Variable)
	if file == "" {
		tb.Skip(Skipped)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatalf("%s names a file that cannot be read: %v", Variable, err)
	}
	site := new(Site)
	if err := json.Unmarshal(data, site); err != nil {
		tb.Fatalf("reading %s: %v", file, err)
	}
	if _, err := oneAtATime(); err != nil {
		tb.Fatalf("waiting for the site: %v", err)
	}
	return site
}

// lock waits until no other process tests on the site. The system lets go of it when this process ends; the garbage collector would as well, if nobody kept it.
func lock() (*flock.Flock, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	held := flock.New(filepath.Join(filepath.Dir(os.Getenv(Variable)), "tests.lock"))
	_, err := held.TryLockContext(ctx, 100*time.Millisecond)
	return held, err
}

// Request is one request to the site.
type Request struct {
	Method string
	// Path is below the site's address.
	Path string
	// Body is sent as JSON; nil for none.
	Body any
	// User and Password are sent as HTTP Basic unless both are empty.
	User, Password string
	Header         http.Header
	Client         *http.Client
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Code is the code of WordPress's errors; empty when there is none.
func (a Answer) Code() string {
	var failure struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(a.Body, &failure)
	return failure.Code
}

// Do sends a request.
func (s *Site) Do(tb testing.TB, r Request) Answer {
	tb.Helper()
	var body io.Reader
	if r.Body != nil {
		data, err := json.Marshal(r.Body)
		if err != nil {
			tb.Fatal(err)
		}
		body = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(tb.Context(), r.Method, s.URL+r.Path, body)
	if err != nil {
		tb.Fatal(err)
	}
	if r.Header != nil {
		request.Header = r.Header.Clone()
	}
	if r.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if r.User+r.Password != "" {
		request.SetBasicAuth(r.User, r.Password)
	}
	return send(tb, r.Client, request)
}

func send(tb testing.TB, client *http.Client, request *http.Request) Answer {
	tb.Helper()
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return Answer{response.StatusCode, response.Header, data}
}

// Admin sends a request as the administrator, below /wp-json.
func (s *Site) Admin(tb testing.TB, method, path string, body any) Answer {
	tb.Helper()
	return s.Do(tb, Request{Method: method, Path: "/wp-json" + path, Body: body, User: s.User, Password: s.Password})
}

// Browser logs in on the login page, as people do. Whether the password was right is seen by its cookies.
func (s *Site) Browser(tb testing.TB, user, password string) *http.Client {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	response, err := client.PostForm(s.URL+"/wp-login.php", url.Values{"log": {user}, "pwd": {password}, "testcookie": {"1"}})
	if err != nil {
		tb.Fatal(err)
	}
	response.Body.Close()
	return client
}

// Shape chooses which AccessAlly the stand-in is until the test ends; see stand-in/accessally/levers.php for the keys.
func (s *Site) Shape(tb testing.TB, shape map[string]any) {
	tb.Helper()
	set := func(shape map[string]any) {
		if answer := s.Admin(tb, "POST", "/accessally-standin/v1/shape", shape); answer.Status != 200 {
			tb.Fatalf("changing the stand-in: %d %s", answer.Status, answer.Body)
		}
	}
	set(shape)
	tb.Cleanup(func() {
		// tb's own context is over by now.
		data := []byte("{}")
		request, err := http.NewRequest("POST", s.URL+"/wp-json/accessally-standin/v1/shape", bytes.NewReader(data))
		if err != nil {
			tb.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.SetBasicAuth(s.User, s.Password)
		if answer := send(tb, nil, request); answer.Status != 200 {
			tb.Errorf("putting the stand-in back: %d %s", answer.Status, answer.Body)
		}
	})
}
