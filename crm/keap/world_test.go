package keap

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// wire carries requests to the sandbox. A test may look at each exchange, change the answer, or lose it.
type wire struct {
	to http.RoundTripper
	// meddle sees each request with its answer, after the work was done. It returns what the driver gets.
	meddle func(*http.Request, []byte, *http.Response) (*http.Response, error)

	mu   sync.Mutex
	seen []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := w.to.RoundTrip(r)
	w.mu.Lock()
	w.seen = append(w.seen, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/crm/rest")+" "+string(body))
	w.mu.Unlock()
	if err == nil && w.meddle != nil {
		return w.meddle(r, body, answer)
	}
	return answer, err
}

// count is how many requests began so.
func (w *wire) count(prefix string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, line := range w.seen {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

var errLost = errors.New("read: connection reset by peer")

// account is one Keap account with a driver and a client for it.
type account struct {
	*testing.T
	fake   *fake
	wire   *wire
	driver *driver
	client *crm.Client
	ctx    context.Context
	meter  *crm.Meter
}

// tell runs a story on a fake clock against a Keap account with these switches: "name=setting".
func tell(t *testing.T, story func(*account), switches ...string) {
	t.Helper()
	tellWith(t, story, sandboxKey, sandbox.Options{}, switches...)
}

func tellWith(t *testing.T, story func(*account), keys string, options sandbox.Options, switches ...string) {
	t.Helper()
	tellWithin(t, serverWindows(), story, keys, options, switches...)
}

func tellWithin(t *testing.T, windows []sandbox.Window, story func(*account), keys string, options sandbox.Options, switches ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		options.Switches = map[string]string{}
		for _, s := range switches {
			name, setting, _ := strings.Cut(s, "=")
			options.Switches[name] = setting
		}
		a := &account{T: t, fake: newFakeWithin(options, windows), ctx: t.Context(), meter: &crm.Meter{}}
		a.wire = &wire{to: sandbox.Transport(a.fake)}
		settings := crm.Settings{Values: map[string]string{"crm.key": keys, "crm.url": "http://127.0.0.1:8080"}, Transport: a.wire, Meter: a.meter}
		a.client = must(a, func() (*crm.Client, error) { return crm.Open(Provider(), settings) })
		a.driver = must(a, func() (crm.Driver, error) { return newDriver(settings) }).(*driver)
		story(a)
		if unexpected := a.fake.UnexpectedRequests(); len(unexpected) > 0 {
			t.Errorf("requests that Keap does not know: %q", unexpected)
		}
	})
}

func must[T any](a *account, do func() (T, error)) T {
	a.Helper()
	value, err := do()
	if err != nil {
		a.Fatal(err)
	}
	return value
}

// upsert writes one contact and returns what became of it.
func (a *account) upsert(contact crm.Contact) crm.Outcome {
	a.Helper()
	return must(a, func() ([]crm.Outcome, error) { return a.client.Upsert(a.ctx, []crm.Contact{contact}) })[0]
}

// holds are the contacts of the account whose first address this is.
func (a *account) holds(email string) []sandbox.Contact {
	var found []sandbox.Contact
	for _, c := range a.fake.Contents().Contacts {
		if strings.EqualFold(c.Email, email) {
			found = append(found, c)
		}
	}
	return found
}

// raw sends a request past the driver and returns its status and body.
func (a *account) raw(method, path, body string) (int, string) {
	a.Helper()
	request, err := http.NewRequestWithContext(a.ctx, method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	request.Header.Set("X-Keap-API-Key", sandboxKey)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := sandbox.Transport(a.fake).RoundTrip(request)
	if err != nil {
		a.Fatal(err)
	}
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}
