// Package conformance says what a WordPress site with the companion plugin does, as far as AllySwitch relies on it. It runs against the made-up site of
// package wptest and against a real WordPress, so that the made-up one cannot drift.
package conformance

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
	"allyswitch/wp/wptest/realsite"
)

// Target is a site to try. It has the people of Site, and somebody without rights, who has ID 2 and is not in Site.
type Target struct {
	URL                          string
	User, Password               string
	LimitedUser, LimitedPassword string
	Transport                    http.RoundTripper
	Site                         *wptest.Site
	// Mail is what would have been sent so far.
	Mail func() []string
	// Close puts the site into maintenance mode until the test ends.
	Close func(t *testing.T)
	// PasswordsOff is the way to the site as it is without application passwords.
	PasswordsOff func(t *testing.T) http.RoundTripper
	// PlainPermalinks is the way to the site as it is without pretty addresses.
	PlainPermalinks func(t *testing.T) http.RoundTripper
	// AccessAlly3 makes AccessAlly older than 4.0 until the test ends.
	AccessAlly3 func(t *testing.T)
}

// Fake is the made-up site.
func Fake(people int) Target {
	made := wptest.New(people, 1)
	handler := made.Handler()
	credentials := handler.Credentials()
	limited := made.Handler(wptest.SubscriberOnly).Credentials()
	set := func(t *testing.T, condition wptest.Condition) {
		handler.Set(condition, true)
		t.Cleanup(func() { handler.Set(condition, false) })
	}
	return Target{URL: "http://127.0.0.1:8089", User: credentials["site.user"], Password: credentials["site.password"], LimitedUser: limited["site.user"],
		LimitedPassword: limited["site.password"], Transport: sandbox.Transport(handler), Site: made, Mail: handler.Mail,
		Close:        func(t *testing.T) { set(t, wptest.MaintenanceMode) },
		PasswordsOff: func(t *testing.T) http.RoundTripper { set(t, wptest.PasswordsOff); return sandbox.Transport(handler) },
		PlainPermalinks: func(t *testing.T) http.RoundTripper {
			set(t, wptest.PlainPermalinks)
			return sandbox.Transport(handler)
		},
		AccessAlly3: func(t *testing.T) { set(t, wptest.AccessAlly3) },
	}
}

// Real is the WordPress that ALLYSWITCH_WORDPRESS names. Without it the test is skipped.
func Real(t testing.TB) Target {
	t.Helper()
	there := realsite.Open(t)
	return Target{URL: there.URL, User: there.User, Password: there.Password, LimitedUser: there.LimitedUser, LimitedPassword: there.LimitedPassword,
		Transport: http.DefaultTransport, Site: wptest.New(there.People, 1), Mail: func() []string { return linesOf(there.MailLog) },
		Close:           func(t *testing.T) { closeReal(t, there) },
		PasswordsOff:    func(*testing.T) http.RoundTripper { return marked("X-AllySwitch-Test-Live") },
		PlainPermalinks: func(*testing.T) http.RoundTripper { return marked("X-AllySwitch-Test-Plain") },
		AccessAlly3:     func(t *testing.T) { there.Shape(t, map[string]any{"version": "3.6.2", "copy_tags": true}) },
	}
}

func linesOf(file string) []string {
	sent, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(sent)), "\n")
}

// closeReal puts WordPress into its own maintenance mode, as an update does.
func closeReal(t *testing.T, there *realsite.Site) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(there.Dir, "site")); os.IsNotExist(err) {
		t.Skip("skipped: the site runs in a container, whose files cannot be reached from here")
	}
	file := filepath.Join(there.Dir, "site", ".maintenance")
	if err := os.WriteFile(file, []byte("<?php $upgrading = time();"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(file) })
}

// marked asks the test plugin of the real site for a condition.
func marked(header string) http.RoundTripper {
	return altered(http.DefaultTransport, func(r *http.Request) { r.Header.Set(header, "1") })
}

// altered changes requests on the way, as hosts do.
func altered(transport http.RoundTripper, change func(*http.Request)) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		change(r)
		return transport.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Run tries everything.
func Run(t *testing.T, target Target) {
	t.Run("wire", func(t *testing.T) { runWire(t, target) })
	t.Run("client", func(t *testing.T) { runClient(t, target) })
	t.Run("hosts", func(t *testing.T) { runHosts(t, target) })
}

// open finds the site and logs in as its administrator.
func (target Target) open(t *testing.T) *site.Site {
	t.Helper()
	settings := site.Settings{Values: map[string]string{"site.user": target.User, "site.password": target.Password}, Transport: target.Transport}
	found, err := site.Find(context.Background(), settings, target.URL)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// who asks.
type who int

const (
	visitor who = iota
	admin
	limited
	wrongPassword
	wrongUser
)

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request just as it is.
func (target Target) ask(t *testing.T, asks who, method, path, contentType, body string) reply {
	t.Helper()
	request, err := http.NewRequest(method, target.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	switch asks {
	case admin:
		request.SetBasicAuth(target.User, target.Password)
	case limited:
		request.SetBasicAuth(target.LimitedUser, target.LimitedPassword)
	case wrongPassword:
		request.SetBasicAuth(target.User, "wrong")
	case wrongUser:
		request.SetBasicAuth("nobody", target.Password)
	}
	if body != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := target.Transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, data}
}
