package kit

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// peek reads a body and puts it back.
func peek(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// plentyOfRoom is the plan's limit when none was asked for.
const plentyOfRoom = 1_000_000

func (f *fake) account(w http.ResponseWriter, _ *http.Request) {
	limit := f.Options().PlanLimit
	if limit == 0 {
		limit = plentyOfRoom
	}
	sandbox.WriteJSON(w, http.StatusOK, map[string]any{
		"user": map[string]any{"id": 27, "email": "owner@example.com"},
		"account": map[string]any{
			"id": 27, "name": "Kit sandbox", "plan_type": "creator", "primary_email_address": "owner@example.com", "created_at": "2023-02-17T11:43:55Z",
			"plan": map[string]any{
				"plan_type": "creator", "interval": "month", "subscriber_limit": limit, "on_trial": false,
				"trial_lapse_date": nil, "renews_at": "2027-02-17T11:43:55Z", "cancels_at": nil,
			},
			"timezone":          map[string]any{"name": "America/New_York", "friendly_name": "Eastern Time (US & Canada)", "utc_offset": "-05:00"},
			"sending_addresses": []any{map[string]any{"email_address": "owner@example.com", "from_name": "Owner", "status": "confirmed", "is_default": true}},
		},
	})
}

// automationView is a sequence or a form: what the API shows of what starts by itself. That a tag starts it, it does not show.
type automationView struct {
	id         int64
	automation sandbox.Automation
}

// automationsOf are the sequences (which a tag starts) or the forms (which people fill in).
func (f *fake) automationsOf(sequences bool) []automationView {
	var views []automationView
	for i, one := range f.store.automations {
		if (one.Tag != "") == sequences {
			views = append(views, automationView{int64(700_001 + i), one})
		}
	}
	return newestFirst(views)
}

func automationID(one automationView) int64 { return one.id }

func (f *fake) listSequences(w http.ResponseWriter, r *http.Request) {
	if page, ok := pageOf(w, r, f.automationsOf(true), automationID); ok {
		writePage(w, "sequences", page, func(one automationView) any {
			return map[string]any{"id": one.id, "name": one.automation.Name, "hold": !one.automation.Active, "repeat": false, "created_at": "2023-02-17T11:43:55Z"}
		})
	}
}

// mailView is one mail of a sequence. Each has a draft that stands before the mail which goes out.
type mailView struct {
	position  int64
	subject   string
	published bool
}

func (f *fake) listSequenceEmails(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("sequence"), 10, 64)
	at := slices.IndexFunc(f.automationsOf(true), func(one automationView) bool { return one.id == id })
	if at < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	name := f.automationsOf(true)[at].automation.Name
	mails := []mailView{{0, "A draft", false}, {1, "Hello from " + name, true}, {2, "More from " + name, true}}
	if page, ok := pageOf(w, r, mails, func(one mailView) int64 { return one.position + 1 }); ok {
		writePage(w, "emails", page, func(one mailView) any {
			return map[string]any{
				"id": id*10 + one.position, "sequence_id": id, "subject": one.subject, "preview_text": "", "email_address": "owner@example.com", "email_template_id": nil,
				"published": one.published, "position": one.position, "delay_value": one.position, "delay_unit": "days", "send_days": []string{"monday"},
			}
		})
	}
}

func (f *fake) listForms(w http.ResponseWriter, r *http.Request) {
	status := r.URL.Query().Get("status")
	forms := slices.DeleteFunc(f.automationsOf(false), func(one automationView) bool {
		return one.automation.Active && (status == "archived" || status == "trashed") || !one.automation.Active && (status == "" || status == "active")
	})
	if page, ok := pageOf(w, r, forms, automationID); ok {
		writePage(w, "forms", page, func(one automationView) any {
			uid := strconv.FormatInt(one.id, 16)
			return map[string]any{
				"id": one.id, "name": one.automation.Name, "created_at": "2023-02-17T11:43:55Z", "type": "embed", "format": nil,
				"embed_js": "https://sandbox.example.com/" + uid + "/index.js", "embed_url": "https://sandbox.example.com/" + uid,
				"archived": !one.automation.Active, "uid": uid,
			}
		})
	}
}

// hook is a webhook. Kit would call it; the sandbox only remembers it.
type hook struct {
	id     int64
	target string
	event  map[string]any
}

func (h hook) view() any {
	return map[string]any{"id": h.id, "account_id": 27, "target_url": h.target, "event": h.event}
}

func (f *fake) listWebhooks(w http.ResponseWriter, r *http.Request) {
	if page, ok := pageOf(w, r, newestFirst(f.store.hooks), func(h hook) int64 { return h.id }); ok {
		writePage(w, "webhooks", page, func(h hook) any { return h.view() })
	}
}

// hookEvents are the events by name, with the parameter that each needs.
var hookEvents = map[string]string{
	"subscriber.subscriber_activate": "", "subscriber.subscriber_unsubscribe": "", "subscriber.subscriber_bounce": "", "subscriber.subscriber_complain": "",
	"subscriber.form_subscribe": "form_id", "subscriber.course_subscribe": "sequence_id", "subscriber.course_complete": "sequence_id",
	"subscriber.link_click": "initiator_value", "subscriber.product_purchase": "product_id", "subscriber.tag_add": "tag_id", "subscriber.tag_remove": "tag_id",
	"purchase.purchase_create": "",
}

func (f *fake) createWebhook(w http.ResponseWriter, r *http.Request) {
	var input struct {
		Target string         `json:"target_url"`
		Event  map[string]any `json:"event"`
	}
	if !f.read(w, r, &input) {
		return
	}
	name, _ := input.Event["name"].(string)
	parameter, known := hookEvents[name]
	if input.Target == "" || !known || parameter != "" && input.Event[parameter] == nil {
		invalid(w, "`event` and `target` parameters must be provided")
		return
	}
	made := hook{id: f.store.nextID("hook"), target: input.Target, event: map[string]any{"name": name[strings.IndexByte(name, '.')+1:], "initiator_value": input.Event["initiator_value"]}}
	if parameter != "" {
		made.event[parameter] = input.Event[parameter]
	}
	f.store.hooks = append(f.store.hooks, made)
	sandbox.WriteJSON(w, http.StatusCreated, map[string]any{"webhook": made.view()})
}

func (f *fake) deleteWebhook(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	kept := slices.DeleteFunc(slices.Clone(f.store.hooks), func(h hook) bool { return h.id == id })
	if len(kept) == len(f.store.hooks) {
		notFound(w)
		return
	}
	f.store.hooks = kept
	w.WriteHeader(http.StatusNoContent)
}

// accessTokens are the tokens that are good now. Each exchange of the refresh token makes a new pair.
type accessTokens struct {
	access, refresh string
	round           int
	// former are the access tokens that were good once.
	former map[string]bool
}

// expire makes the access token worthless, as time does; the refresh token stays good.
func (f *fake) expire() {
	f.Locked(func() {
		f.access.former[f.access.access] = true
		f.access.access = ""
	})
}

// check returns what is wrong with an access token; empty when it is good.
func (t *accessTokens) check(token string) string {
	switch {
	case t.former[token]:
		return expiredToken
	case token == "" || token != t.access:
		return "The access token is invalid"
	}
	return ""
}

const expiredToken = "The access token expired"

func isTokenCall(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/oauth/token") }

// exchangeToken gives a new pair of tokens for a refresh token, which is worth nothing afterwards.
func (f *fake) exchangeToken(w http.ResponseWriter, r *http.Request) {
	var input struct {
		Grant        string `json:"grant_type"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Refresh      string `json:"refresh_token"`
	}
	if !f.read(w, r, &input) {
		return
	}
	switch {
	case input.Grant != "refresh_token":
		refuseToken(w, "unsupported_grant_type")
	case input.ClientID != sandboxClientID || input.ClientSecret != sandboxClientSecret:
		refuseToken(w, "invalid_client")
	case input.Refresh != f.access.refresh:
		refuseToken(w, "invalid_grant")
	default:
		f.access.rotate()
		sandbox.WriteJSON(w, http.StatusOK, map[string]any{
			"access_token": f.access.access, "token_type": "Bearer", "expires_in": 7200, "refresh_token": f.access.refresh,
			"scope": "public", "created_at": time.Now().Unix(),
		})
	}
}

func refuseToken(w http.ResponseWriter, code string) {
	sandbox.WriteJSON(w, http.StatusBadRequest, map[string]string{
		"error": code, "error_description": "The provided authorization grant is invalid, expired, revoked, or was issued to another client.",
	})
}

func (t *accessTokens) rotate() {
	t.former[t.access] = true
	t.round++
	number := strconv.Itoa(t.round)
	t.access, t.refresh = "sandbox-access-token-"+number, "sandbox-refresh-token-"+number
}
