package activecampaign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"

	"github.com/getkin/kin-openapi/openapi3"
)

// specErrors are where the published description is wrong or silent, each by what was recorded of the real service.
var specErrors = map[string]string{
	"post /fields 201":               "answers the one field; the description shows the whole list",
	"post /contact/sync 200":         "answers 200 when the contact existed; the description knows 201 alone",
	"post /fieldValues 201":          "answers 201; the description says 200",
	"post /fields input":             "takes visible as 1, as the description's own examples show",
	"post /fieldOption/bulk input":   "takes a list of options, as the description's own example shows",
	"post /contactAutomations input": "takes ids as strings, as the description's own example shows",
	"post /lists 201":                "answers 201; the description says 200",
	"post /contactTags 200":          "what a repetition answers is not known",
	"post /contactTags input":        "takes ids as strings, as the description's own example shows",
	"post /fieldRels 201":            "answers ids as strings; the description's example has numbers",
}

// specInspector passes requests on and holds each exchange against the published description.
type specInspector struct {
	t       *testing.T
	next    http.Handler
	doc     *openapi3.T
	mu      sync.Mutex
	covered map[string]bool
}

func inspect(t *testing.T, next http.Handler) *specInspector {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	return &specInspector{t: t, next: next, doc: doc, covered: map[string]bool{}}
}

func (i *specInspector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(request))
	recorded := httptest.NewRecorder()
	i.next.ServeHTTP(recorded, r)
	i.check(r, request, recorded)
	for name, values := range recorded.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(recorded.Body.Bytes())
}

func (i *specInspector) check(r *http.Request, request []byte, answer *httptest.ResponseRecorder) {
	i.mu.Lock()
	defer i.mu.Unlock()
	path, _ := strings.CutPrefix(r.URL.Path, apiPath)
	template, operation := i.operation(r.Method, path)
	if operation == nil {
		return
	}
	name := strings.ToLower(r.Method) + " " + template
	i.covered[name] = true
	if body := operation.RequestBody; body != nil && len(request) > 0 {
		i.visit(name+" input", body.Value.Content, request)
	}
	told := name + " " + strconv.Itoa(answer.Code)
	response := operation.Responses.Status(answer.Code)
	switch {
	case specErrors[told] != "":
	case response == nil && answer.Code < 300:
		i.t.Errorf("%s: this status is not described", told)
	case response != nil:
		i.visit(told, response.Value.Content, answer.Body.Bytes())
	}
}

// operation finds the described operation: an exact path before one with an id.
func (i *specInspector) operation(method, path string) (string, *openapi3.Operation) {
	for _, template := range append([]string{path}, i.doc.Paths.InMatchingOrder()...) {
		item := i.doc.Paths.Value(template)
		if item == nil || item.Operations()[method] == nil || !fitsTemplate(template, path) {
			continue
		}
		return template, item.Operations()[method]
	}
	return "", nil
}

func fitsTemplate(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

func (i *specInspector) visit(told string, content openapi3.Content, body []byte) {
	media := content.Get("application/json")
	if specErrors[told] != "" || media == nil || media.Schema == nil {
		return
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		i.t.Errorf("%s: %v: %s", told, err, body)
		return
	}
	if err := media.Schema.Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		i.t.Errorf("%s: %v", told, err)
	}
	if !strings.HasSuffix(told, "input") {
		for _, missing := range missingMembers(media.Schema.Value, value, "") {
			i.t.Errorf("%s: the answer lacks %s", told, missing)
		}
	}
}

// missingMembers are the described members that an answer does not have.
func missingMembers(schema *openapi3.Schema, value any, at string) []string {
	var missing []string
	switch value := value.(type) {
	case map[string]any:
		for name, member := range schema.Properties {
			if held, there := value[name]; there {
				missing = append(missing, missingMembers(member.Value, held, at+"."+name)...)
			} else {
				missing = append(missing, at+"."+name)
			}
		}
	case []any:
		if schema.Items != nil && len(value) > 0 {
			missing = append(missing, missingMembers(schema.Items.Value, value[0], at+"[]")...)
		}
	}
	slices.Sort(missing)
	return missing
}

// What the sandbox answers, and what the driver sends, is as ActiveCampaign's own description says, but for the description's known errors.
func TestSandboxAnswersAsDescribed(t *testing.T) {
	synctest.Test(t, sandboxAnswersAsDescribed)
}

func sandboxAnswersAsDescribed(t *testing.T) {
	s := newSandbox(sandbox.Options{})
	inspector := inspect(t, s)
	s.Load(sandbox.Contents{
		Tags: []string{"Gold"}, Fields: []string{"customer_id"}, Automations: []sandbox.Automation{{Name: "Welcome", Active: true}},
		Contacts: []sandbox.Contact{{Email: "anna@example.com", State: "active", Tags: []string{"Gold"}, Fields: map[string]string{"customer_id": "1"}}},
	})
	s.Exclude("blocked@example.com")
	contact := s.order[0]
	for _, request := range everyRequest(contact, s.tags[0].id, s.fields[0].id, s.automations[0].id) {
		time.Sleep(time.Second)
		answer := ask(t, inspector, request)
		if answer.Code != request.status {
			t.Errorf("%s %s: %d, want %d: %s", request.method, request.path, answer.Code, request.status, answer.Body)
		}
	}
	for template, item := range inspector.doc.Paths.Map() {
		for method := range item.Operations() {
			if name := strings.ToLower(method) + " " + template; !inspector.covered[name] {
				t.Errorf("nothing asked for %s", name)
			}
		}
	}
}

// The driver's own requests are as described, too.
func TestDriverSendsAsDescribed(t *testing.T) {
	synctest.Test(t, driverSendsAsDescribed)
}

func driverSendsAsDescribed(t *testing.T) {
	s := newSandbox(sandbox.Options{})
	d := connect(t, inspect(t, s))
	ctx := t.Context()
	must[crm.Account](t)(d.Check(ctx))
	field := must[crm.Field](t)(d.CreateField(ctx, crm.Field{Name: "customer_id"}))
	tag := must[crm.Tag](t)(d.CreateTag(ctx, "Gold Member"))
	must[[]crm.Outcome](t)(d.Upsert(ctx, members(20, field.ID)))
	must[crm.Settlement](t)(d.Settle(ctx))
	everybody := readAll(t, d)
	if len(everybody) != 20 {
		t.Errorf("read %d", len(everybody))
	}
	for _, contact := range everybody {
		must[[]crm.Outcome](t)(d.RemoveTag(ctx, tag, []crm.Target{{ID: contact.ID}}))
		if err := d.DeleteContact(ctx, crm.Target{ID: contact.ID}); err != nil {
			t.Error(err)
		}
		break
	}
	must[[]crm.Automation](t)(d.Automations(ctx))
	must[crm.Webhook](t)(d.CreateWebhook(ctx, crm.Webhook{URL: "https://example.com/hook", Event: "subscribe"}))
}

// wire is one request as any client may send it, and the status to expect.
type wire struct {
	method, path, body string
	status             int
}

func everyRequest(contact, tag, field, automation int) []wire {
	at := func(format string, values ...any) string { return fmt.Sprintf(format, values...) }
	return []wire{
		{"GET", "/users/me", "", 200},
		{"GET", "/contacts?limit=2&include=contactTags", "", 200},
		{"POST", "/contacts", `{"contact":{"email":"new@example.com","firstName":"New","fieldValues":[{"field":"1","value":"x"}]}}`, 201},
		{"POST", "/contacts", `{"contact":{"email":"NEW@example.com"}}`, 422},
		{"POST", "/contact/sync", `{"contact":{"email":"sync@example.com"}}`, 201},
		{"POST", "/contact/sync", `{"contact":{"email":"sync@example.com","lastName":"Again"}}`, 200},
		{"GET", at("/contacts/%d", contact), "", 200},
		{"GET", "/contacts/1", "", 404},
		{"PUT", at("/contacts/%d", contact), `{"contact":{"firstName":"Anna"}}`, 200},
		{"GET", at("/contacts/%d/fieldValues", contact), "", 200},
		{"GET", at("/contacts/%d/contactLists", contact), "", 200},
		{"GET", "/contacts/1/contactLists", "", 404},
		{"GET", "/fieldValues?limit=1", "", 200},
		{"POST", "/fieldValues", at(`{"fieldValue":{"contact":"%d","field":"%d","value":"y"}}`, contact, field), 201},
		{"POST", "/contactTags", at(`{"contactTag":{"contact":"%d","tag":"%d"}}`, contact, tag), 201},
		{"POST", "/contactTags", at(`{"contactTag":{"contact":"1","tag":"%d"}}`, tag), 404},
		{"POST", "/contactTags", `{"contactTag":{"tag":"1"}}`, 422},
		{"DELETE", "/contactTags/1", "", 200},
		{"DELETE", "/contactTags/1", "", 404},
		{"GET", "/fields", "", 200},
		{"POST", "/fields", `{"field":{"type":"text","title":"Notes","visible":1,"ordernum":1}}`, 201},
		{"POST", "/fields", `{"field":{"type":"text","title":"notes"}}`, 422},
		{"GET", at("/fields/%d", field), "", 200},
		{"POST", "/fieldRels", at(`{"fieldRel":{"field":%d,"relid":0}}`, field), 201},
		{"POST", "/fieldOption/bulk", `{"fieldOptions":[{"orderid":1,"value":"X","label":"Option X","isdefault":false,"field":"1"}]}`, 201},
		{"POST", "/fieldOption/bulk", `{}`, 422},
		{"DELETE", "/fields/999", "", 404},
		{"DELETE", at("/fields/%d", field), "", 200},
		{"GET", "/tags?search=gol", "", 200},
		{"POST", "/tags", `{"tag":{"tag":"Silver","tagType":"contact","description":""}}`, 201},
		{"POST", "/tags", `{"tag":{"tag":"SILVER","tagType":"contact","description":""}}`, 422},
		{"GET", at("/tags/%d", tag), "", 200},
		{"PUT", at("/tags/%d", tag), `{"tag":{"tag":"Golden"}}`, 200},
		{"DELETE", "/tags/999", "", 404},
		{"DELETE", at("/tags/%d", tag), "", 200},
		{"POST", "/import/bulk_import", `{"contacts":[{"email":"a@example.com","tags":["A"],"subscribe":[{"listid":"1"}]},{"email":"b@example.com"}],"exclude_automations":true}`, 200},
		{"POST", "/import/bulk_import", `{"contacts":[{"email":"none"},{"email":"b@example.com"}]}`, 400},
		{"GET", "/import/bulk_import", "", 200},
		{"GET", "/import/info?batchId=0641fbdd-f62f-4c2c-ba02-000000000001", "", 200},
		{"GET", "/import/info", "", 400},
		{"GET", "/automations", "", 200},
		{"POST", "/contactAutomations", at(`{"contactAutomation":{"contact":"%d","automation":"%d"}}`, contact, automation), 201},
		{"POST", "/contactAutomations", `{"contactAutomation":{"contact":"1","automation":"1"}}`, 403},
		{"POST", "/webhooks", `{"webhook":{"name":"Hook","url":"https://example.com/hook","events":["subscribe"],"sources":["api"]}}`, 201},
		{"GET", "/webhooks", "", 200},
		{"DELETE", "/webhooks/1", "", 200},
		{"POST", "/lists", `{"list":{"name":"News","stringid":"news","sender_url":"https://example.com","sender_reminder":"You asked for it."}}`, 201},
		{"GET", "/lists", "", 200},
		{"POST", "/contactLists", at(`{"contactList":{"list":"2","contact":"%d","status":"1"}}`, contact), 200},
		{"GET", "/lists/exclusions", "", 200},
		{"DELETE", at("/contacts/%d", contact), "", 200},
		{"DELETE", at("/contacts/%d", contact), "", 404},
	}
}

// ask sends a request as any client does.
func ask(t *testing.T, handler http.Handler, request wire) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(request.method, apiPath+request.path, strings.NewReader(request.body))
	r.Header.Set("Api-Token", sandboxKey)
	if request.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}
