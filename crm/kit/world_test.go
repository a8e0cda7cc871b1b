package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// owner is a Kit account in a sandbox, and a driver that opens it.
type owner struct {
	*testing.T
	fake   *fake
	driver *driver
	wire   *wire
	ctx    context.Context
}

// credentials are the two ways to open an account.
var credentials = []string{"key", "token"}

// withBoth tells a story with a key and with a token, each on a clock of its own.
func withBoth(t *testing.T, switches map[string]string, story func(*owner)) {
	for _, credential := range credentials {
		t.Run(credential, func(t *testing.T) { with(t, credential, switches, story) })
	}
}

func with(t *testing.T, credential string, switches map[string]string, story func(*owner)) {
	t.Helper()
	all := map[string]string{switchCredential: credential}
	maps.Copy(all, switches)
	withOptions(t, sandbox.Options{Switches: all}, story)
}

func withOptions(t *testing.T, options sandbox.Options, story func(*owner)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := &owner{T: t, fake: newFake(options), ctx: t.Context()}
		a.wire = &wire{next: sandbox.Transport(a.fake)}
		a.driver = a.open(a.fake.Credentials())
		story(a)
		if unexpected := a.fake.UnexpectedRequests(); len(unexpected) > 0 {
			t.Errorf("Kit does not know these requests: %q", unexpected)
		}
	})
}

// open makes another driver for the account.
func (a *owner) open(values map[string]string) *driver {
	a.Helper()
	values = maps.Clone(values)
	values[optionURL] = "http://127.0.0.1:8080"
	d, err := newDriver(crm.Settings{Values: values, Transport: a.wire})
	if err != nil {
		a.Fatal(err)
	}
	return d.(*driver)
}

// stubbed opens a driver against a server that answers as told.
func stubbed(t *testing.T, credential string, answer http.HandlerFunc) *driver {
	t.Helper()
	values := map[string]string{optionURL: "http://127.0.0.1:8080", optionKey: sandboxKey}
	if credential == "token" {
		values[optionToken] = sandboxToken
	}
	d, err := newDriver(crm.Settings{Values: values, Transport: sandbox.Transport(answer)})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*driver)
}

// wire remembers what went over it, and breaks the answers that it is told to break.
type wire struct {
	next http.RoundTripper
	// lose says that the answer to a request gets lost on its way back.
	lose func(*http.Request) bool

	mu       sync.Mutex
	requests []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.requests = append(w.requests, r.Method+" "+r.URL.RequestURI())
	w.mu.Unlock()
	answer, err := w.next.RoundTrip(r)
	if err == nil && w.lose != nil && w.lose(r) {
		return nil, io.ErrUnexpectedEOF
	}
	return answer, err
}

// count is how many requests contained the text.
func (w *wire) count(text string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, request := range w.requests {
		if strings.Contains(request, text) {
			n++
		}
	}
	return n
}

// raw sends a request as any client would and returns status, text and the decoded body.
func (a *owner) raw(credential, method, path string, body any) (int, string, map[string]any) {
	a.Helper()
	var reader io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			a.Fatal(err)
		}
		reader = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(a.ctx, method, "http://127.0.0.1:8080"+path, reader)
	if err != nil {
		a.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	authorizeRaw(r, credential)
	answer, err := a.wire.RoundTrip(r)
	if err != nil {
		a.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	var decoded map[string]any
	_ = json.Unmarshal(text, &decoded)
	return answer.StatusCode, string(text), decoded
}

func authorizeRaw(r *http.Request, credential string) {
	switch credential {
	case "key":
		r.Header.Set("X-Kit-Api-Key", sandboxKey)
	case "token":
		r.Header.Set("Authorization", "Bearer "+sandboxToken)
	}
}

// upsert writes one contact and returns its outcome.
func (a *owner) upsert(contact crm.Contact) crm.Outcome {
	a.Helper()
	outcomes, err := a.driver.Upsert(a.ctx, []crm.Contact{contact})
	if err != nil {
		a.Fatal(err)
	}
	return outcomes[0]
}

// field makes a custom field.
func (a *owner) field(name string) crm.FieldID {
	a.Helper()
	made, err := a.driver.CreateField(a.ctx, crm.Field{Name: name})
	if err != nil {
		a.Fatal(err)
	}
	return made.ID
}

// held is the contact with an address that the sandbox holds.
func (a *owner) held(email string) sandbox.Contact {
	a.Helper()
	for _, contact := range a.fake.Contents().Contacts {
		if strings.EqualFold(contact.Email, email) {
			return contact
		}
	}
	a.Fatalf("nobody has the address %s", email)
	return sandbox.Contact{}
}

// wants checks an error's kind.
func wants(t *testing.T, err error, kind crm.Kind) *crm.Error {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("error %v, want one of kind %s", err, kind)
	}
	return e
}
