package kit

import (
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// The credentials that open the sandbox.
const (
	sandboxKey          = "kit_sandbox0123456789abcdef0123456789"
	sandboxToken        = "sandbox-access-token-1"
	sandboxRefresh      = "sandbox-refresh-token-1"
	sandboxClientID     = "sandbox-client"
	sandboxClientSecret = "sandbox-client-secret"
)

// The rate classes of the two credentials.
const (
	classKey   = "key"
	classToken = "token"
)

// fake is Kit on the wire, built from its public documentation. Server calls it for one request at a time.
type fake struct {
	*sandbox.Server
	store  *store
	access accessTokens
	dice   *rand.Rand
}

// NewSandbox makes a Kit account that lives in memory. Its paths are the vendor's own: /v4/….
func NewSandbox(options sandbox.Options) sandbox.Sandbox { return newFake(options) }

func newFake(options sandbox.Options) *fake {
	f := &fake{store: newStore(), dice: rand.New(rand.NewPCG(options.Seed, uint64(readLag)))}
	f.Server = sandbox.NewServer(options, sandbox.Vendor{
		Windows: []sandbox.Window{
			{Class: classKey, Requests: 120, Per: time.Minute},
			{Class: classToken, Requests: 600, Per: time.Minute},
		},
		Classes:    rateClasses,
		Credential: func(r *http.Request) string { return r.Header.Get("X-Kit-Api-Key") + r.Header.Get("Authorization") },
		Refuse: func(w http.ResponseWriter, _ *http.Request, _ sandbox.Refusal) {
			sandbox.WriteText(w, http.StatusTooManyRequests, "Retry later")
		},
		Fail: failAsProxy,
		// A refresh token works once: an exchange whose answer is lost cannot be made good, so no fault befalls it here.
		Spare: isTokenCall,
	})
	f.Handle(f.routes())
	f.access = accessTokens{access: sandboxToken, refresh: sandboxRefresh, round: 1, former: map[string]bool{}}
	if f.setting(switchLastName) == "present" {
		f.store.addField(lastNameLabel, time.Time{})
	}
	return f
}

func rateClasses(r *http.Request) []string {
	switch {
	case isTokenCall(r):
		return nil
	case r.Header.Get("X-Kit-Api-Key") != "":
		return []string{classKey}
	}
	return []string{classToken}
}

// failAsProxy answers as the machines in front of Kit do when it is in trouble: with a page, or with nothing.
func failAsProxy(w http.ResponseWriter, _ *http.Request, status int) {
	if status == http.StatusInternalServerError {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<html><head><title>"+http.StatusText(status)+"</title></head></html>")
}

func (f *fake) setting(name string) string { return f.Options().Setting(Switches(), name) }

// Credentials are the settings that open it: a token, or a key when the switch "credential" says so.
func (f *fake) Credentials() map[string]string {
	if f.setting(switchCredential) == "key" {
		return map[string]string{optionKey: sandboxKey}
	}
	return map[string]string{optionToken: sandboxToken}
}

// handler answers one request that has the right credentials.
type handler func(w http.ResponseWriter, r *http.Request)

func (f *fake) routes() http.Handler {
	mux := http.NewServeMux()
	either := func(pattern string, h handler) { mux.HandleFunc(pattern, f.authorized(h, false)) }
	oauth := func(pattern string, h handler) { mux.HandleFunc(pattern, f.authorized(h, true)) }

	either("GET /v4/account", f.account)
	either("GET /v4/subscribers", f.listSubscribers)
	either("POST /v4/subscribers", f.createSubscriber)
	either("GET /v4/subscribers/{id}", f.getSubscriber)
	either("PUT /v4/subscribers/{id}", f.updateSubscriber)
	either("POST /v4/subscribers/{id}/unsubscribe", f.unsubscribe)
	either("GET /v4/subscribers/{id}/tags", f.listSubscriberTags)
	either("GET /v4/tags", f.listTags)
	either("POST /v4/tags", f.createTag)
	either("PUT /v4/tags/{tag}", f.renameTag)
	either("GET /v4/tags/{tag}/subscribers", f.listTagged)
	either("POST /v4/tags/{tag}/subscribers", f.tagByAddress)
	either("DELETE /v4/tags/{tag}/subscribers", f.untagByAddress)
	either("POST /v4/tags/{tag}/subscribers/{id}", f.tagByNumber)
	either("DELETE /v4/tags/{tag}/subscribers/{id}", f.untagByNumber)
	either("GET /v4/custom_fields", f.listFields)
	either("POST /v4/custom_fields", f.createField)
	either("PUT /v4/custom_fields/{field}", f.renameField)
	either("DELETE /v4/custom_fields/{field}", f.deleteField)
	either("GET /v4/sequences", f.listSequences)
	either("GET /v4/sequences/{sequence}/emails", f.listSequenceEmails)
	either("GET /v4/forms", f.listForms)
	either("GET /v4/webhooks", f.listWebhooks)
	either("POST /v4/webhooks", f.createWebhook)
	either("DELETE /v4/webhooks/{id}", f.deleteWebhook)
	oauth("POST /v4/bulk/subscribers", f.bulkCreate)
	oauth("POST /v4/bulk/tags", f.bulkCreateTags)
	oauth("DELETE /v4/bulk/tags", f.bulkDeleteTags)
	oauth("POST /v4/bulk/tags/subscribers", f.bulkTag)
	oauth("DELETE /v4/bulk/tags/subscribers", f.bulkUntag)
	oauth("POST /v4/bulk/custom_fields", f.bulkCreateFields)
	oauth("POST /v4/bulk/custom_fields/subscribers", f.bulkFieldValues)
	mux.HandleFunc("POST /v4/oauth/token", f.exchangeToken)
	mux.HandleFunc("POST /oauth/token", f.exchangeToken)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		f.Unexpected(r, "no such path or method")
		notFound(w)
	})
	return mux
}

// authorized checks the credentials. An API key does not open what is for OAuth only.
func (f *fake) authorized(h handler, oauthOnly bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, bearer := r.Header.Get("X-Kit-Api-Key"), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case key != "" && key != sandboxKey:
			refuse(w, http.StatusUnauthorized, f.badKeyText())
		case key != "" && oauthOnly:
			f.Unexpected(r, "an API key on a call for OAuth only")
			f.refuseKeyOnBulk(w)
		case key != "":
			h(w, r)
		default:
			if words := f.access.check(bearer); words != "" {
				refuse(w, http.StatusUnauthorized, words)
				return
			}
			h(w, r)
		}
	}
}

func (f *fake) badKeyText() string {
	if f.setting(switchBadKey) == "key-words" {
		return "The API key is invalid"
	}
	return "The access token is invalid"
}

func (f *fake) refuseKeyOnBulk(w http.ResponseWriter) {
	switch f.setting(switchKeyOnBulk) {
	case "403":
		refuse(w, http.StatusForbidden, "This endpoint requires OAuth")
	default:
		refuse(w, http.StatusUnauthorized, "The access token is invalid")
	}
}

// refuse answers with the error envelope.
func refuse(w http.ResponseWriter, status int, words ...string) {
	sandbox.WriteJSON(w, status, map[string]any{"errors": words})
}

func notFound(w http.ResponseWriter) { refuse(w, http.StatusNotFound, "Not Found") }

func invalid(w http.ResponseWriter, words ...string) {
	refuse(w, http.StatusUnprocessableEntity, words...)
}

// read decodes the parameters of a request: a JSON or form body, if its content type says which. A member that Kit does not document
// is noted, and ignored. It answers itself when the body is not JSON.
func (f *fake) read(w http.ResponseWriter, r *http.Request, into any) bool {
	body, _ := io.ReadAll(r.Body)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		body = formAsJSON(string(body))
	case "application/json":
	default:
		body = nil
	}
	if len(body) == 0 {
		return true
	}
	strict := json.NewDecoder(strings.NewReader(string(body)))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err == nil {
		return true
	} else if strings.Contains(err.Error(), "unknown field") {
		f.Unexpected(r, err.Error())
	}
	if !json.Valid(body) {
		refuse(w, http.StatusBadRequest, "Bad Request")
		return false
	}
	_ = json.Unmarshal(body, into) // what does not fit is as if it were missing
	return true
}

func formAsJSON(body string) []byte {
	values, err := url.ParseQuery(body)
	if err != nil || len(values) == 0 {
		return nil
	}
	flat := map[string]string{}
	for name := range values {
		flat[name] = values.Get(name)
	}
	encoded, _ := json.Marshal(flat)
	return encoded
}

// Load puts what an account already holds into it. It was there long before, so that lists show it.
func (f *fake) Load(contents sandbox.Contents) {
	f.Locked(func() {
		before := time.Now().Add(-24 * time.Hour)
		for _, label := range contents.Fields {
			f.store.fieldLabelled(label, before)
		}
		for _, name := range contents.Tags {
			f.store.tagNamed(name, before)
		}
		for _, contact := range contents.Contacts {
			f.store.load(contact, before)
		}
		f.store.automations = append(f.store.automations, contents.Automations...)
		f.store.runs = append(f.store.runs, contents.Runs...)
	})
}

// Contents is what the account holds now, even what lists do not show yet. The field for last names is not among the fields: its
// values are the last names.
func (f *fake) Contents() sandbox.Contents {
	var contents sandbox.Contents
	f.Locked(func() {
		for _, one := range f.store.people {
			contents.Contacts = append(contents.Contacts, f.store.contact(one))
		}
		for _, one := range f.store.tags {
			contents.Tags = append(contents.Tags, one.name)
		}
		for _, one := range f.store.fields {
			if one.key != lastNameKey {
				contents.Fields = append(contents.Fields, one.label)
			}
		}
		contents.Automations, contents.Runs = slices.Clone(f.store.automations), slices.Clone(f.store.runs)
	})
	return contents.Sorted()
}

// contact is a person in the words that all sandboxes share.
func (s *store) contact(p *person) sandbox.Contact {
	contact := sandbox.Contact{
		Email: p.now.email, FirstName: p.now.first, State: commonState[p.now.state], Fields: map[string]string{},
	}
	for id, value := range p.now.fields {
		field := s.field(id)
		switch {
		case field == nil || value == "":
		case field.key == lastNameKey:
			contact.LastName = value
		default:
			contact.Fields[field.label] = value
		}
	}
	for id := range maps.Keys(p.now.tags) {
		if found := s.tag(id); found != nil {
			contact.Tags = append(contact.Tags, found.name)
		}
	}
	return contact
}

// commonState and vendorState translate between Kit's words and those that all sandboxes share.
var (
	commonState = map[string]string{
		"active": "active", "inactive": "unconfirmed", "cancelled": "unsubscribed", "complained": "unsubscribed", "bounced": "bounced",
	}
	vendorState = map[string]string{"active": "active", "unconfirmed": "inactive", "unsubscribed": "cancelled", "bounced": "bounced"}
)
