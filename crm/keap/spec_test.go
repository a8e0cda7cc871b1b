package keap

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// official is Keap's own description of REST v2, made strict: what it does not name is wrong.
type official struct {
	router routers.Router
	seen   map[string]bool
}

// readOfficial loads the description. It leaves out the gateway's refusals (a fault with 401, 429 or 503), so those are not held against
// it. The content of a custom field has no type there, which means any, null too; the validator wants to be told.
func readOfficial(t *testing.T) *official {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("testdata/keap-v2.openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: "/crm"}}
	no := false
	for _, schema := range doc.Components.Schemas {
		if len(schema.Value.Properties) > 0 {
			schema.Value.AdditionalProperties.Has = &no
		}
	}
	doc.Components.Schemas["CustomFieldValue"].Value.Properties["content"].Value.Type = &openapi3.Types{"string", "number", "boolean", "array", "object", "null"}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &official{router: router, seen: map[string]bool{}}
}

// check validates one exchange: what the driver sent, and what the sandbox answered.
func (o *official) check(r *http.Request, body []byte, answer *http.Response) ([]byte, error) {
	said, _ := io.ReadAll(answer.Body)
	route, parameters, err := o.router.FindRoute(r)
	if err != nil {
		return said, fmt.Errorf("%s %s is not in the description: %w", r.Method, r.URL.Path, err)
	}
	request := r.Clone(r.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		return said, fmt.Errorf("the driver's %s %s: %w", r.Method, r.URL, err)
	}
	o.seen[fmt.Sprint(r.Method, " ", route.Path, " ", answer.StatusCode)] = true
	if bytes.HasPrefix(said, []byte(`{"fault"`)) {
		return said, nil
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(said)), Options: input.Options})
	if err != nil {
		err = fmt.Errorf("the sandbox's answer to %s %s: %w\n%s", r.Method, r.URL, err, said)
	}
	return said, err
}

// watch holds all REST v2 traffic of a story against the description.
func (o *official) watch(a *account) {
	a.wire.meddle = func(r *http.Request, body []byte, answer *http.Response) (*http.Response, error) {
		if !strings.Contains(r.URL.Path, "/rest/v2/") {
			return answer, nil
		}
		said, err := o.check(r, body, answer)
		if err != nil {
			a.Error(err)
		}
		answer.Body = io.NopCloser(bytes.NewReader(said))
		return answer, nil
	}
}

// TestOfficialDescription: everything that the driver does, under every setting of every switch, is as Keap describes it on both sides.
func TestOfficialDescription(t *testing.T) {
	o := readOfficial(t)
	settings := []string{"automations=present"}
	for _, s := range Switches() {
		for _, setting := range s.Settings[1:] {
			settings = append(settings, s.Name+"="+setting)
		}
	}
	for _, setting := range settings {
		t.Run(setting, func(t *testing.T) {
			tell(t, func(a *account) {
				o.watch(a)
				a.everything()
			}, setting)
		})
	}
	for _, want := range []string{
		"GET /rest/v2/oauth/connect/userinfo 200", "GET /rest/v2/contacts 200", "POST /rest/v2/contacts 201", "POST /rest/v2/contacts 400",
		"PATCH /rest/v2/contacts/{contact_id} 200", "GET /rest/v2/contacts/{contact_id} 404", "DELETE /rest/v2/contacts/{contact_id} 204",
		"POST /rest/v2/contacts:merge 200", "GET /rest/v2/contacts/{contact_id}/tags 200", "GET /rest/v2/contacts/model 200",
		"POST /rest/v2/contacts/model/customFields 201", "POST /rest/v2/contacts/model/customFields 400", "GET /rest/v2/contacts/model/customFields/groups 200",
		"DELETE /rest/v2/contacts/model/customFields/{custom_field_id} 204", "GET /rest/v2/tags 200", "POST /rest/v2/tags 201",
		"GET /rest/v2/tags/categories 200", "GET /rest/v2/tags/{tag_id}/contacts 200", "POST /rest/v2/tags/{tag_id}/contacts:applyTags 200",
		"POST /rest/v2/tags/{tag_id}/contacts:removeTags 204", "DELETE /rest/v2/tags/{tag_id} 204", "GET /rest/v2/automations 200", "GET /rest/v2/campaigns 200",
	} {
		if !o.seen[want] {
			t.Errorf("never happened: %s", want)
		}
	}
}

// everything calls all that the driver can do.
func (a *account) everything() {
	a.raw("POST", "/crm/rest/v2/tags/categories", `{"name":"Membership"}`)
	a.raw("POST", "/crm/rest/v2/tags", `{"name":"Gold","category":{"id":"102"}}`)
	a.fake.Load(sandbox.Contents{
		Automations: []sandbox.Automation{{Name: "Welcome", Tag: "Members", Active: true}}, Fields: []string{"shoe size"},
		Contacts: []sandbox.Contact{
			{Email: "ann@example.com", State: "unsubscribed", Fields: map[string]string{"shoe size": "41"}}, {Email: "ann@example.com", Tags: []string{"Old"}}, {Email: "bob@example.com"},
		},
	})
	must(a, func() (crm.Account, error) { return a.client.Check(a.ctx) })
	field := must(a, func() (crm.Field, error) { return a.client.EnsureField(a.ctx, crm.Field{Name: "customer_id"}) })
	tag := must(a, func() (crm.Tag, error) { return a.client.EnsureTag(a.ctx, "Members") })
	var targets []crm.Target
	for _, email := range []string{"ann@example.com", "new@example.com"} {
		outcome := a.upsert(crm.Contact{Email: email, FirstName: "Ann", LastName: "Lee", Fields: map[crm.FieldID]string{field.ID: "7"}})
		targets = append(targets, crm.Target{ID: outcome.ID, Email: email})
	}
	if outcome := a.upsert(crm.Contact{Email: "not an address"}); outcome.Result != crm.Failed {
		a.Errorf("a bad address is %+v", outcome)
	}
	must(a, func() ([]crm.Contact, error) { return a.client.Find(a.ctx, "ann@example.com") })
	must(a, func() ([]crm.Outcome, error) { return a.client.ApplyTag(a.ctx, tag, targets) })
	must(a, func() (int, error) { return a.client.EachTagged(a.ctx, tag, func(crm.Target) error { return nil }) })
	must(a, func() (int, error) { return a.client.EachContact(a.ctx, func(crm.Contact) error { return nil }) })
	must(a, func() ([]crm.Automation, error) { return a.client.Automations(a.ctx) })
	must(a, func() (crm.Contact, error) { return a.driver.Merge(a.ctx, "1001", "1002") })
	must(a, func() ([]crm.Outcome, error) { return a.driver.RemoveTag(a.ctx, tag, targets) })
	for _, err := range []error{a.driver.DeleteContact(a.ctx, targets[1]), a.driver.DeleteContact(a.ctx, targets[1]), a.driver.DeleteTag(a.ctx, tag), a.driver.DeleteField(a.ctx, field)} {
		if err != nil {
			a.Error(err)
		}
	}
	if _, err := a.driver.get(a.ctx, "9999"); !crm.IsKind(err, crm.KindNotFound) {
		a.Errorf("nobody is %v", err)
	}
}
