package keap

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"allyswitch/crm"
)

// key is one Service Account Key, Personal Access Token or OAuth token. Each has rate windows of its own, and so a Conn of its own.
type key struct {
	conn *crm.Conn
	// tenant is told the account on every answer; see limits.go.
	tenant *atomic.Pointer[string]

	mu sync.Mutex
	// restUntil is when to ask a key again that said its day is used up; refusedSince since when it has said nothing but "too much".
	restUntil    time.Time
	refusedSince time.Time
}

// keyring shares the work among the keys.
type keyring struct {
	keys []*key
	turn atomic.Uint64
}

// askAgain is how long a key that said "used up" is left alone while others have room. Asking costs nothing: its Conn knows.
const askAgain = time.Minute

// newKeyring makes a Conn for each credential. oauth says that they are OAuth tokens, which go as a bearer and may do more.
func newKeyring(settings crm.Settings, base *url.URL, credentials []string, oauth bool, tenant *atomic.Pointer[string]) (*keyring, error) {
	ring := &keyring{}
	for _, credential := range credentials {
		k := &key{tenant: tenant}
		conn, err := crm.NewConn(settings, crm.ConnConfig{
			Name: "Keap", CodePrefix: codePrefix, Base: base,
			Windows: append(keyWindows(1, oauth), tenantWindows()...), InFlight: inFlight(oauth), Timeout: timeout,
			Authorize: authorize(credential, oauth), Classify: k.classify, Limits: k.limits,
			ReturnQuota: len(credentials) > 1, Secrets: []string{credential},
		})
		if err != nil {
			return nil, err
		}
		k.conn = conn
		ring.keys = append(ring.keys, k)
	}
	return ring, nil
}

// authorize adds a key in the header of its own, an OAuth token as a bearer (developer.infusionsoft.com, Postman quick start).
func authorize(credential string, oauth bool) func(*http.Request) {
	return func(r *http.Request) {
		if oauth {
			r.Header.Set("Authorization", "Bearer "+credential)
			return
		}
		r.Header.Set("X-Keap-API-Key", credential)
	}
}

// do sends with the key whose turn it is. A key whose day is used up hands on to the next; when all are, it waits for the new day.
func (r *keyring) do(ctx context.Context, send func(*crm.Conn) error) error {
	for {
		k, left := r.next(time.Now())
		err := send(k.conn)
		var quota *crm.Error
		if len(r.keys) == 1 || !errors.As(err, &quota) || quota.Kind != crm.KindQuota {
			return err
		}
		if left > 1 {
			k.rest(time.Now().Add(askAgain))
			continue
		}
		if err := k.conn.Rest(ctx, max(quota.RetryAfter, time.Second), "today's allowance of all your Keap keys is used up"); err != nil {
			return &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + crm.CodeStopped, Op: quota.Op, Err: err}
		}
		r.wake()
	}
}

// next is the key whose turn it is among those that are not resting, and how many those are. When all rest it is any of them.
func (r *keyring) next(now time.Time) (k *key, awake int) {
	var ready []*key
	for _, one := range r.keys {
		if !one.resting(now) {
			ready = append(ready, one)
		}
	}
	turn := r.turn.Add(1) - 1
	if len(ready) == 0 {
		return r.keys[turn%uint64(len(r.keys))], 1
	}
	return ready[turn%uint64(len(ready))], len(ready)
}

func (r *keyring) wake() {
	for _, k := range r.keys {
		k.rest(time.Time{})
	}
}

func (k *key) rest(until time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.restUntil = until
}

func (k *key) resting(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return now.Before(k.restUntil)
}

// splitKeys takes apart what was pasted: several keys stand one below the other, or with commas or spaces between them, or, when the
// white space was lost on the way here, end to end.
func splitKeys(text string) []string {
	text = strings.ReplaceAll(text, keyPrefix, "\n"+keyPrefix)
	var keys []string
	for _, key := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
