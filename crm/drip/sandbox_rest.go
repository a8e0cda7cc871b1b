package drip

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"allyswitch/crm/sandbox"
)

func (f *fake) workflowRoutes() []route {
	return []route{
		on("GET", "workflows", f.listWorkflows),
		on("GET", "workflows/*", f.fetchWorkflow),
		on("POST", "workflows/*/activate", f.setWorkflow("active")),
		on("POST", "workflows/*/pause", f.setWorkflow("paused")),
		on("POST", "workflows/*/subscribers", f.startOnWorkflow),
		on("DELETE", "workflows/*/subscribers/*", f.noContent),
		on("GET", "workflows/*/triggers", f.listTriggers),
		on("POST", "workflows/*/triggers", f.echoTrigger),
		on("PUT", "workflows/*/triggers/*", f.echoTrigger),
		on("GET", "webhooks", f.listHooks),
		on("POST", "webhooks", f.createHook),
		on("GET", "webhooks/*", f.fetchHook),
		on("DELETE", "webhooks/*", f.deleteHook),
	}
}

// otherRoutes are the calls of the vendor's own client that have nothing to do with a migration: they are answered, and that is all.
func (f *fake) otherRoutes() []route {
	return []route{
		on("GET", "accounts", f.listAccounts),
		on("GET", "accounts/*", f.fetchAccount),
		on("GET", "user", f.fetchUser),
		on("GET", "campaigns", f.emptyList("campaigns")),
		on("GET", "broadcasts", f.emptyList("broadcasts")),
		on("GET", "forms", f.emptyList("forms")),
		on("GET", "goals", f.emptyList("goals")),
		on("GET", "event_actions", f.emptyList("event_actions")),
		on("GET", "campaigns/*", f.nothing),
		on("POST", "campaigns/*/activate", f.nothing),
		on("POST", "campaigns/*/pause", f.nothing),
		on("GET", "campaigns/*/subscribers", f.nothing),
		on("POST", "campaigns/*/subscribers", f.nothing),
		on("GET", "broadcasts/*", f.nothing),
		on("GET", "forms/*", f.nothing),
		on("GET", "goals/*", f.nothing),
		on("POST", "events", f.noContent),
		on("POST", "events/batches", f.created),
		on("POST", "orders", f.accepted),
		on("POST", "orders/batches", f.accepted),
		on("POST", "refunds", f.accepted),
		on("POST", "shopper_activity/cart", f.accepted),
		on("POST", "shopper_activity/order", f.accepted),
		on("POST", "shopper_activity/product", f.accepted),
	}
}

func (f *fake) emptyList(name string) func(*call) {
	return func(c *call) {
		_, meta := pageOf([]any{}, 1, 100)
		sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links(name), "meta": meta, name: []any{}})
	}
}

func (f *fake) nothing(c *call)   { refuse(c.w, http.StatusNotFound, notFound()) }
func (f *fake) noContent(c *call) { c.w.WriteHeader(http.StatusNoContent) }
func (f *fake) created(c *call)   { sandbox.WriteJSON(c.w, http.StatusCreated, map[string]any{}) }

func (f *fake) accepted(c *call) {
	sandbox.WriteJSON(c.w, http.StatusAccepted, map[string]string{"request_id": "990c99a7-5cba-42e8-8f36-aec3419186ef"})
}

// echoTrigger gives a trigger back with an ID, and forgets it.
func (f *fake) echoTrigger(c *call) {
	var body struct {
		Triggers []map[string]any `json:"triggers"`
	}
	if json.Unmarshal(c.body, &body) != nil || len(body.Triggers) != 1 {
		refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	body.Triggers[0]["id"], body.Triggers[0]["type"] = "t"+f.next(), "trigger"
	sandbox.WriteJSON(c.w, http.StatusOK, body)
}

func account(id, name string) map[string]any {
	return map[string]any{
		"id": id, "name": name, "url": "www.example.com", "default_from_name": name, "default_from_email": "owner@example.com",
		"default_postal_address": "1 Example Street", "primary_email": "owner@example.com", "enable_third_party_cookies": false,
		"phone_number": "555-0100", "created_at": "2013-06-21T10:31:58Z", "href": "https://api.getdrip.com/v2/accounts/" + id,
	}
}

func (f *fake) listAccounts(c *call) {
	list := []any{account(otherAccount, "Another shop"), account(sandboxAccount, "Acme, Inc.")}
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": map[string]string{"accounts.forms": "https://api.getdrip.com/v2/{accounts.id}/forms"}, "accounts": list})
}

func (f *fake) fetchAccount(c *call) {
	if c.args[0] != sandboxAccount {
		f.nothing(c)
		return
	}
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"accounts": []any{account(sandboxAccount, "Acme, Inc.")}})
}

func (f *fake) fetchUser(c *call) {
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"users": []any{map[string]string{"email": "owner@example.com", "name": "Olive Owner", "time_zone": "Etc/UTC"}}})
}

func (w *workflow) json() map[string]any {
	return map[string]any{
		"id": w.id, "href": "https://api.getdrip.com/v2/" + sandboxAccount + "/workflows/" + w.id, "name": w.name, "status": w.status,
		"created_at": w.made.Format(time.RFC3339), "links": owner(),
	}
}

func (f *fake) listWorkflows(c *call) {
	status := c.r.URL.Query().Get("status")
	shown := []any{}
	for _, w := range f.workflows {
		if status == "" || status == "all" || status == w.status {
			shown = append(shown, w.json())
		}
	}
	page, meta := pageOf(shown, c.number("page", 1), 100)
	meta["sort"], meta["direction"], meta["status"] = "created_at", "asc", "all"
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links("workflows"), "meta": meta, "workflows": page})
}

// workflow finds the workflow of a path, and answers 404 when there is none.
func (f *fake) workflow(c *call) *workflow {
	for _, w := range f.workflows {
		if w.id == c.args[0] {
			return w
		}
	}
	f.nothing(c)
	return nil
}

func (f *fake) fetchWorkflow(c *call) {
	if w := f.workflow(c); w != nil {
		sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links("workflows"), "workflows": []any{w.json()}})
	}
}

func (f *fake) setWorkflow(status string) func(*call) {
	return func(c *call) {
		w := f.workflow(c)
		if w == nil {
			return
		}
		w.status = status
		for i := range f.automations {
			if f.automations[i].Name == w.name {
				f.automations[i].Active = status == "active"
			}
		}
		c.w.WriteHeader(http.StatusNoContent)
	}
}

// startOnWorkflow writes a person and starts them, if the workflow is active.
func (f *fake) startOnWorkflow(c *call) {
	var body struct {
		Subscribers []written `json:"subscribers"`
	}
	w := f.workflow(c)
	if w == nil {
		return
	}
	if json.Unmarshal(c.body, &body) != nil || len(body.Subscribers) != 1 || len(f.check(body.Subscribers[0])) > 0 {
		refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	p := f.apply(body.Subscribers[0])
	if w.status == "active" {
		f.runs = append(f.runs, sandbox.Run{Automation: w.name, Email: p.email})
	}
	f.answer(c, p)
}

func (f *fake) listHooks(c *call) {
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links("webhooks"), "webhooks": f.hooks})
}

func (f *fake) createHook(c *call) {
	var body struct {
		Webhooks []struct {
			PostURL string   `json:"post_url"`
			Events  []string `json:"events"`
		} `json:"webhooks"`
	}
	if json.Unmarshal(c.body, &body) != nil || len(body.Webhooks) != 1 || body.Webhooks[0].PostURL == "" {
		f.Unexpected(c.r, "the body is not one webhook")
		refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	id := f.next()
	hook := map[string]any{
		"id": id, "href": "https://api.getdrip.com/v2/" + sandboxAccount + "/webhooks/" + id, "post_url": body.Webhooks[0].PostURL, "version": "2",
		"include_received_email": false, "events": body.Webhooks[0].Events, "created_at": time.Now().UTC().Format(time.RFC3339), "links": owner(),
	}
	f.hooks = append(f.hooks, hook)
	sandbox.WriteJSON(c.w, http.StatusCreated, map[string]any{"links": links("webhooks"), "webhooks": []any{hook}})
}

func (f *fake) hook(c *call) int {
	at := slices.IndexFunc(f.hooks, func(hook map[string]any) bool { return hook["id"] == c.args[0] })
	if at < 0 {
		f.nothing(c)
	}
	return at
}

func (f *fake) fetchHook(c *call) {
	if at := f.hook(c); at >= 0 {
		sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links("webhooks"), "webhooks": []any{f.hooks[at]}})
	}
}

func (f *fake) deleteHook(c *call) {
	if at := f.hook(c); at >= 0 {
		f.hooks = slices.Delete(f.hooks, at, at+1)
		c.w.WriteHeader(http.StatusNoContent)
	}
}
