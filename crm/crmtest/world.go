package crmtest

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// host is where the sandbox stands. It is a loopback address, because sandboxes speak plain http; nothing is ever sent there.
const host = "http://127.0.0.1:8080"

// world is one account in one sandbox, and a client for it.
type world struct {
	*testing.T
	entry   registry.Entry
	sandbox sandbox.Sandbox
	client  *crm.Client
	ctx     context.Context
	log     *lockedBuffer
	// mayBeRefused says that answers of "too fast" are part of the story.
	mayBeRefused bool
}

func newWorld(t *testing.T, entry registry.Entry, options sandbox.Options) *world {
	t.Helper()
	w := &world{T: t, entry: entry, sandbox: entry.Sandbox(options), ctx: t.Context(), log: &lockedBuffer{}}
	w.mayBeRefused = options.Faults != "" && options.Faults != sandbox.FaultsNone && options.Faults != sandbox.FaultsFull
	w.client = w.open(w.settings())
	return w
}

// settings reach the sandbox below a path of its own, so that a driver that forgets the path is found out.
func (w *world) settings() crm.Settings {
	values := maps.Clone(w.sandbox.Credentials())
	values["crm.url"] = host + "/" + w.entry.Provider.ID
	return crm.Settings{
		Values: values, Log: slog.New(slog.NewJSONHandler(w.log, nil)),
		Transport: sandbox.Transport(http.StripPrefix("/"+w.entry.Provider.ID, w.sandbox)),
	}
}

// open makes another client for the same account, as the next start of the program does. A client does not know what the one before
// sent just now, so the windows pass first.
func (w *world) open(settings crm.Settings) *crm.Client {
	w.Helper()
	if w.client != nil {
		time.Sleep(longestWindow(w.client.Features().Windows))
	}
	client, err := crm.Open(w.entry.Provider, settings)
	if err != nil {
		w.Fatalf("open: %v", err)
	}
	return client
}

func longestWindow(windows []crm.Window) time.Duration {
	longest := time.Second
	for _, window := range windows {
		if !window.Daily {
			longest = max(longest, window.Per)
		}
	}
	return longest
}

// finish checks what holds after every story.
func (w *world) finish() {
	w.Helper()
	traffic := w.sandbox.Traffic()
	if traffic.Unexpected > 0 {
		w.Errorf("%d requests that the vendor does not know", traffic.Unexpected)
		if told, can := w.sandbox.(interface{ UnexpectedRequests() []string }); can {
			for _, request := range told.UnexpectedRequests() {
				w.Log(request)
			}
		}
	}
	if traffic.RateLimited > 0 && !w.mayBeRefused {
		w.Errorf("%d of %d answers were: too fast", traffic.RateLimited, traffic.Requests)
	}
	w.noSecrets(w.log.String())
}

// noSecrets checks that no credential stands in a text, neither as it is nor escaped.
func (w *world) noSecrets(text string) {
	w.Helper()
	credentials := w.sandbox.Credentials()
	for _, option := range w.entry.Provider.Options {
		secret := credentials[option.Key]
		if !option.Secret || secret == "" {
			continue
		}
		if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
			w.Errorf("the secret %s stands in the log or an error", option.Key)
		}
	}
}

// definite checks that an error is of one of these kinds, carries a code to read aloud, says what was being done, and keeps secrets.
func (w *world) definite(err error, kinds ...crm.Kind) {
	w.Helper()
	if err == nil {
		w.Fatalf("no error, want one of kind %v", kinds)
	}
	trouble := asError(err)
	if trouble == nil {
		w.Fatalf("%v is no *crm.Error", err)
	}
	w.noSecrets(err.Error())
	if trouble.Op == "" || !strings.HasPrefix(trouble.Code, w.entry.Provider.CodePrefix+"-") {
		w.Errorf("error %v: op %q, code %q", err, trouble.Op, trouble.Code)
	}
	for _, kind := range kinds {
		if trouble.Kind == kind {
			return
		}
	}
	w.Errorf("error of kind %s, want %v: %v", trouble.Kind, kinds, err)
}

// contact is the one contact with an address that the sandbox holds.
func (w *world) contact(email string) sandbox.Contact {
	w.Helper()
	var found []sandbox.Contact
	for _, contact := range w.sandbox.Contents().Contacts {
		if address.Key(contact.Email) == address.Key(email) {
			found = append(found, contact)
		}
	}
	if len(found) != 1 {
		w.Fatalf("%d contacts with the address %s, want one", len(found), email)
	}
	return found[0]
}

// wait lets the CRM finish: what it queued, and the lag of its reads.
func (w *world) wait() crm.Settlement {
	w.Helper()
	settlement, err := w.client.Settle(w.ctx)
	if err != nil {
		w.Fatalf("settle: %v", err)
	}
	time.Sleep(w.client.Features().ReadLag)
	return settlement
}

// must fails the story on an error.
func must[T any](w *world) func(T, error) T {
	return func(value T, err error) T {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
		return value
	}
}

// lockedBuffer is a log that many goroutines write.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
