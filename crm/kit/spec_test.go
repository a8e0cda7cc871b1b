package kit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// specified checks every exchange against a slice of Kit's own API description of 2025 (testdata): answers of the sandbox and
// requests of the driver alike.
type specified struct {
	*testing.T
	next http.RoundTripper
	doc  *openapi3.T
	seen map[string]bool
}

// laterThanSpec are answers that Kit documents since, and that the description of 2025 does not have.
var laterThanSpec = map[string]bool{
	"POST /v4/custom_fields 200": true, // an existing label is returned (2026)
}

func readSpec(t *testing.T) *openapi3.T {
	t.Helper()
	data, err := os.ReadFile("testdata/kit-v4-2025.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	mend(doc)
	mended, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := openapi3.NewLoader().LoadFromData(mended)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// mend corrects what is known to be wrong in the description: it was generated from examples, so that the custom fields of the examples
// are "required", and what no example leaves empty is not nullable although Kit sends null (its own examples in other places do).
func mend(node any) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			mend(item)
		}
	case map[string]any:
		if properties, ok := node["properties"].(map[string]any); ok {
			mendProperties(node, properties)
		}
		for _, item := range node {
			mend(item)
		}
	}
}

func mendProperties(schema, properties map[string]any) {
	for name, property := range properties {
		property, _ := property.(map[string]any)
		switch name {
		case "fields":
			properties[name] = map[string]any{"type": "object", "nullable": true}
		case "first_name", "start_cursor", "end_cursor", "initiator_value":
			property["nullable"] = true
		case "tag", "custom_field", "tagging": // in failures the numbers that do not exist are null, or left out
			if _, failed := properties["errors"]; failed {
				properties[name] = map[string]any{"type": "object"}
			}
		}
	}
	// Kit's own tests create subscribers in bulk by address alone.
	if _, isSubscriber := properties["email_address"]; isSubscriber && len(properties) == 3 {
		schema["required"] = []any{"email_address"}
	}
}

var parameter = regexp.MustCompile(`\\\{[^}]*\\\}`)

// operation finds what the description says about a request. Literal paths come before those with numbers in them.
func (s *specified) operation(method, path string) (string, *openapi3.Operation) {
	best, found := "", (*openapi3.Operation)(nil)
	for template, item := range s.doc.Paths.Map() {
		pattern := "^" + parameter.ReplaceAllString(regexp.QuoteMeta(template), "[^/]+") + "$"
		if regexp.MustCompile(pattern).MatchString(path) && item.GetOperation(method) != nil && (best == "" || !strings.Contains(template, "{")) {
			best, found = template, item.GetOperation(method)
		}
	}
	return best, found
}

func (s *specified) RoundTrip(r *http.Request) (*http.Response, error) {
	template, operation := s.operation(r.Method, r.URL.Path)
	if operation != nil && r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if content := operation.RequestBody; content != nil && len(body) > 0 {
			s.visit("request", r.Method+" "+template, content.Value.Content, body)
		}
	}
	answer, err := s.next.RoundTrip(r)
	if err != nil || operation == nil {
		return answer, err
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(bytes.NewReader(body))
	what := fmt.Sprintf("%s %s %d", r.Method, template, answer.StatusCode)
	s.seen[what] = true
	response := operation.Responses.Status(answer.StatusCode)
	switch {
	case response == nil && !laterThanSpec[what]:
		s.Errorf("%s is not in the description: %s", what, body)
	case response == nil || r.URL.Query().Get("slim") == "true": // slim is of 2026, and leaves the required fields out
	case len(response.Value.Content) == 0 && len(body) > 0:
		s.Errorf("%s has a body: %s", what, body)
	case len(response.Value.Content) > 0:
		s.visit("answer", what, response.Value.Content, body)
	}
	return answer, err
}

func (s *specified) visit(side, what string, content openapi3.Content, body []byte) {
	s.Helper()
	media := content.Get("application/json")
	var value any
	if err := json.Unmarshal(body, &value); err != nil || media == nil {
		s.Errorf("%s of %s: %v in %q", side, what, err, body)
		return
	}
	if err := media.Schema.Value.VisitJSON(value); err != nil {
		s.Errorf("%s of %s: %v\nin %s", side, what, err, body)
	}
}

// What the driver sends and what the sandbox answers is what Kit's own description says.
func TestWireFollowsKitsDescription(t *testing.T) {
	doc := readSpec(t)
	seen := map[string]bool{}
	withBoth(t, map[string]string{switchLateness: "none"}, func(a *owner) {
		a.wire.next = &specified{T: a.T, next: a.wire.next, doc: doc, seen: seen}
		a.fake.Load(sandbox.Contents{
			Contacts:    []sandbox.Contact{{Email: "old@example.com", State: "unsubscribed"}},
			Automations: []sandbox.Automation{{Name: "Welcome", Tag: "Gold", Active: true}, {Name: "Sign up", Active: true}},
		})
		a.tour()
		a.detours()
	})
	for _, what := range []string{
		"GET /v4/subscribers 200", "POST /v4/subscribers 201", "POST /v4/subscribers 200", "POST /v4/subscribers 422", "POST /v4/tags 201",
		"POST /v4/bulk/subscribers 200", "POST /v4/bulk/tags/subscribers 200", "DELETE /v4/bulk/tags/subscribers 200", "GET /v4/tags/{tag_id}/subscribers 200",
		"POST /v4/tags/{tag_id}/subscribers/{id} 201", "DELETE /v4/tags/{tag_id}/subscribers/{id} 204", "GET /v4/webhooks 200", "POST /v4/webhooks 201",
		"GET /v4/account 200", "GET /v4/sequences 200", "GET /v4/forms 200", "POST /v4/custom_fields 201", "DELETE /v4/custom_fields/{id} 204", "POST /v4/bulk/subscribers 202",
	} {
		if !seen[what] {
			t.Errorf("%s was not compared", what)
		}
	}
}

// tour does everything that the driver can do.
func (a *owner) tour() {
	a.Helper()
	check := func(err error) {
		a.Helper()
		if err != nil {
			a.Error(err)
		}
	}
	_, err := a.driver.Check(a.ctx)
	check(err)
	id := a.field("customer_id")
	gold, err := a.driver.CreateTag(a.ctx, "Gold")
	check(err)
	ada := a.upsert(crm.Contact{Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace", Fields: map[crm.FieldID]string{id: "7"}, State: crm.StateUnsubscribed})
	a.upsert(crm.Contact{Email: "old@example.com"})
	a.upsert(crm.Contact{Email: "no address"})
	_, err = a.driver.ApplyTag(a.ctx, gold, []crm.Target{{ID: ada.ID}})
	check(err)
	_, err = a.driver.ApplyTag(a.ctx, gold, []crm.Target{{Email: "ada@example.com"}})
	check(err)
	_, err = a.driver.Contacts(a.ctx, "")
	check(err)
	_, err = a.driver.Find(a.ctx, "ada@example.com")
	check(err)
	_, err = a.driver.TaggedContacts(a.ctx, gold, "")
	check(err)
	_, err = a.driver.Automations(a.ctx)
	check(err)
	_, err = a.driver.CreateWebhook(a.ctx, crm.Webhook{URL: "https://example.com/hook", Event: "tag_add:" + string(gold.ID)})
	check(err)
	_, err = a.driver.Webhooks(a.ctx)
	check(err)
	_, err = a.driver.RemoveTag(a.ctx, gold, []crm.Target{{ID: ada.ID}})
	check(err)
	check(a.driver.DeleteField(a.ctx, crm.Field{ID: id}))
}

// detours are what other clients do and the driver does not.
func (a *owner) detours() {
	a.Helper()
	ada := strconv.FormatInt(a.fake.store.personAt("ada@example.com").id, 10)
	a.raw("key", "GET", "/v4/subscribers/"+ada, nil)
	a.raw("key", "GET", "/v4/subscribers/1", nil)
	a.raw("key", "GET", "/v4/subscribers/"+ada+"/tags", nil)
	a.raw("key", "GET", "/v4/tags/"+strconv.FormatInt(a.fake.store.tags[0].id, 10)+"/subscribers?status=all", nil)
	a.raw("key", "PUT", "/v4/subscribers/"+ada, members{"email_address": "ada@example.com", "first_name": "A"})
	a.raw("key", "POST", "/v4/subscribers/"+ada+"/unsubscribe", members{})
	a.raw("token", "POST", "/v4/bulk/tags", members{"tags": []any{members{"name": "Silver"}, members{"name": "gold"}, members{"name": ""}}, "callback_url": nil})
	a.raw("token", "POST", "/v4/bulk/custom_fields", members{"custom_fields": []any{members{"label": "Zip"}, members{"label": ""}}, "callback_url": nil})
	a.raw("token", "POST", "/v4/bulk/tags/subscribers", members{"taggings": []any{members{"tag_id": 1, "subscriber_id": a.fake.store.people[0].id}}, "callback_url": nil})
	var many []any
	for range syncLimit + 1 {
		many = append(many, members{"first_name": "A", "email_address": "ada@example.com"})
	}
	a.raw("token", "POST", "/v4/bulk/subscribers", members{"subscribers": many, "callback_url": nil})
	a.raw("", "GET", "/v4/account", nil)
}
