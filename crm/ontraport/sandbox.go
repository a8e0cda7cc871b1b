package ontraport

import (
	"context"
	"net/http"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// What opens the sandbox, and whose account it is.
const (
	sandboxKey     = "sandboxKey00001"
	sandboxAppID   = "2_AppID_00000050"
	sandboxAccount = 50
)

// The words that Ontraport answers with, where they are known.
const (
	wordsAuth     = "Your App ID and API Key do not authenticate."
	wordsNotFound = "Object not found"
	wordsTagging  = "The tag is now being processed."
)

// fake is Ontraport on the wire.
type fake struct {
	*sandbox.Server
	routes map[string]func(*call)
	*store
}

// call is one request: its parameters from the query or the body, and where the answer goes.
type call struct {
	w http.ResponseWriter
	r *http.Request
	// params are the parameters of either a query, a form or a JSON body.
	params params
	// began is when the request reached Ontraport: a save does not see contacts that were made after that.
	began time.Time
}

// NewSandbox makes an Ontraport account that lives in memory. Its paths are the vendor's own: /1/Contacts and so on.
func NewSandbox(options sandbox.Options) sandbox.Sandbox { return newFake(options) }

func newFake(options sandbox.Options) *fake {
	f := &fake{store: newStore(options)}
	f.Server = sandbox.NewServer(options, sandbox.Vendor{
		Windows: []sandbox.Window{{Class: sandbox.ClassAll, Requests: 180, Per: time.Minute}},
		Refuse:  f.tooFast,
		Fail:    fail,
		Limits:  rateHeaders,
	})
	f.Handle(http.HandlerFunc(f.handle))
	f.routes = map[string]func(*call){
		"GET /1/Contacts":                  f.listContacts,
		"POST /1/Contacts":                 f.createContact,
		"PUT /1/Contacts":                  f.updateContact,
		"DELETE /1/Contacts":               f.deleteEverybody,
		"GET /1/Contact":                   f.oneContact,
		"DELETE /1/Contact":                f.deleteContact,
		"GET /1/Contacts/getInfo":          f.countContacts,
		"POST /1/Contacts/saveorupdate":    f.saveContact,
		"POST /1/objects/saveorupdate":     f.saveContact,
		"GET /1/object/getByEmail":         f.getByEmail,
		"DELETE /1/object":                 f.deleteObject,
		"GET /1/objects/meta":              f.meta,
		"GET /1/objects/fieldeditor":       f.fieldSections,
		"POST /1/objects/fieldeditor":      f.createFields,
		"DELETE /1/objects/fieldeditor":    f.deleteField,
		"GET /1/Tags":                      f.listTags,
		"POST /1/Tags":                     f.createTag,
		"GET /1/objects/tag":               f.tagged,
		"PUT /1/objects/tag":               f.addTags,
		"DELETE /1/objects/tag":            f.removeTags,
		"PUT /1/objects/tagByName":         f.addTagsByName,
		"GET /1/CampaignBuilderItems":      f.listAutomations,
		"GET /1/Rules":                     f.listRules,
		"GET /1/Webhooks":                  f.listWebhooks,
		"POST /1/Webhook/subscribe":        f.createWebhook,
		"DELETE /1/Webhook/unsubscribe":    f.deleteWebhook,
		"GET /1/Contacts/meta":             f.meta,
		"GET /1/objects":                   f.listObjects,
		"POST /1/objects":                  f.createObject,
		"PUT /1/objects":                   f.updateContact,
		"GET /1/object":                    f.oneObject,
		"GET /1/objects/getInfo":           f.countContacts,
		"GET /1/Tag":                       f.oneTag,
		"GET /1/CampaignBuilderItems/meta": f.meta,
	}
	return f
}

// Credentials are the settings that open it.
func (f *fake) Credentials() map[string]string {
	return map[string]string{"crm.key": sandboxKey, "crm.app_id": sandboxAppID}
}

type beganKey struct{}

// ServeHTTP notes when a request arrived, which may be long before its turn comes.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Server.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), beganKey{}, time.Now())))
}

func (f *fake) handle(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Api-Key") != sandboxKey || r.Header.Get("Api-Appid") != sandboxAppID {
		html(w, http.StatusUnauthorized, wordsAuth)
		return
	}
	route, known := f.routes[r.Method+" "+strings.TrimSuffix(r.URL.Path, "/")]
	if !known {
		f.Unexpected(r, "no such path or verb")
		html(w, http.StatusNotFound, wordsNotFound)
		return
	}
	read, err := readParams(r)
	if err != nil {
		f.Unexpected(r, err.Error())
		html(w, http.StatusBadRequest, "Invalid request body")
		return
	}
	began, _ := r.Context().Value(beganKey{}).(time.Time)
	route(&call{w: w, r: r, params: read, began: began})
}

// html is how Ontraport sends its plain words.
func html(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words))
}

func fail(w http.ResponseWriter, _ *http.Request, status int) {
	html(w, status, http.StatusText(status))
}

func rateHeaders(header http.Header, levels []sandbox.Level) {
	for _, level := range levels {
		setRate(header, level.Remaining, level.ResetIn)
	}
}

func setRate(header http.Header, remaining int, reset time.Duration) {
	header.Set("X-Rate-Limit-Limit", "180")
	header.Set("X-Rate-Limit-Remaining", itoa(remaining))
	header.Set("X-Rate-Limit-Reset", sandbox.Seconds(reset))
}

func (f *fake) tooFast(w http.ResponseWriter, _ *http.Request, refusal sandbox.Refusal) {
	setRate(w.Header(), 0, refusal.RetryAfter)
	switch f.is("rate-body") {
	case "empty":
		w.WriteHeader(http.StatusTooManyRequests)
	case "envelope":
		sandbox.WriteJSON(w, http.StatusTooManyRequests, map[string]any{"code": 429, "data": "Rate limit exceeded", "account_id": sandboxAccount})
	default:
		html(w, http.StatusTooManyRequests, "You have exceeded the rate limit.")
	}
}

// ok answers with the envelope.
func (c *call) ok(data any) {
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"code": 0, "data": data, "account_id": sandboxAccount})
}

// list answers with the envelope of collections.
func (c *call) list(rows []map[string]any, count int) {
	answer := map[string]any{"code": 0, "data": rows, "account_id": sandboxAccount, "misc": []any{}}
	if count >= 0 {
		answer["count"] = itoa(count)
	}
	sandbox.WriteJSON(c.w, http.StatusOK, answer)
}

func (c *call) refuse(status int, words string) { html(c.w, status, words) }
