package keap

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allyswitch/crm/sandbox"
)

// send sends a request with any headers and returns the answer's status, headers and body.
func (a *account) send(method, target, body string, headers ...string) (int, http.Header, string) {
	a.Helper()
	request, err := http.NewRequestWithContext(a.ctx, method, "http://127.0.0.1:8080"+target, strings.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	answer, err := sandbox.Transport(a.fake).RoundTrip(request)
	if err != nil {
		a.Fatal(err)
	}
	defer answer.Body.Close()
	var text strings.Builder
	_ = answer.Write(&text)
	_, said, _ := strings.Cut(text.String(), "\r\n\r\n")
	return answer.StatusCode, answer.Header, said
}

// TestGateway: the gateway looks at the key before anything is routed, and words its refusals as Apigee does.
func TestGateway(t *testing.T) {
	tell(t, func(a *account) {
		for name, test := range map[string]struct{ header, code string }{
			"no key":       {"Accept: */*", "oauth.v2.InvalidAccessToken"},
			"not a bearer": {"Authorization: Basic abc", "oauth.v2.InvalidAccessToken"},
			"wrong key":    {"X-Keap-API-Key: KeapAK-nobody", "keymanagement.service.invalid_access_token"},
			"wrong token":  {"Authorization: Bearer nobody", "keymanagement.service.invalid_access_token"},
		} {
			for _, path := range []string{"/crm/rest/v2/contacts", "/crm/rest/v2/nothing/here", "/crm/xmlrpc/v1"} {
				status, _, body := a.send("GET", path, "", test.header)
				want := `{"fault":{"faultstring":"Invalid Access Token","detail":{"errorcode":"` + test.code + `"}}}`
				if status != 401 || !strings.Contains(body, want) {
					t.Errorf("%s %s: %d %s", name, path, status, body)
				}
			}
		}
		for _, header := range []string{"X-Keap-API-Key: " + sandboxKey, "Authorization: Bearer " + sandboxKey2, "Authorization: Bearer " + sandboxToken} {
			if status, _, body := a.send("GET", "/crm/rest/v2/oauth/connect/userinfo", "", header); status != 200 || !strings.Contains(body, `"tenant_id":"ab103.infusionsoft.com"`) {
				t.Errorf("%s: %d %s", header, status, body)
			}
		}
	})
}

// TestTokens: other clients trade a refresh token for an access token, each once.
func TestTokens(t *testing.T) {
	tell(t, func(a *account) {
		form := []string{"Authorization: Basic aWQ6c2VjcmV0", "Content-Type: application/x-www-form-urlencoded"}
		status, _, body := a.send("POST", "/token", "grant_type=refresh_token&refresh_token="+firstRefreshToken, form...)
		if status != 200 || !strings.Contains(body, `"access_token":"`+sandboxToken+`"`) || !strings.Contains(body, `"refresh_token":"sandbox-refresh-1"`) {
			t.Errorf("%d %s", status, body)
		}
		if status, _, _ := a.send("POST", "/token", "grant_type=refresh_token&refresh_token="+firstRefreshToken, form...); status != 400 {
			t.Errorf("a used refresh token is %d", status)
		}
	})
}

// TestRateHeaders: lower-case names in life, and the tenant's two windows in one value.
func TestRateHeaders(t *testing.T) {
	tell(t, func(a *account) {
		a.send("GET", "/crm/rest/v2/tags", "", "X-Keap-API-Key: "+sandboxKey)
		_, h, _ := a.send("GET", "/crm/rest/v2/tags", "", "X-Keap-API-Key: "+sandboxKey)
		for name, want := range map[string]string{
			"x-keap-product-quota-limit": "30000", "x-keap-product-quota-available": "29998", "x-keap-product-quota-used": "2", "x-keap-product-quota-time-unit": "day",
			"x-keap-product-quota-expiry-time": fmt.Sprint(time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC).UnixMilli()),
			"x-keap-product-throttle-limit":    "240", "x-keap-product-throttle-available": "238", "x-keap-product-spike-limit": "10ps",
			"x-keap-tenant-throttle-limit": "10000|250000", "x-keap-tenant-throttle-time-unit": "minute|day", "x-keap-tenant-throttle-interval": "1|1",
			"x-keap-tenant-id": "ab103.infusionsoft.com",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	})
}

// TestRefusals: ten a second and no more, in each way that Keap may say so.
func TestRefusals(t *testing.T) {
	for setting, status := range map[string]int{"429": 429, "429-retry-after": 429, "503": 503} {
		tell(t, func(a *account) {
			for i := range 11 {
				got, h, body := a.send("GET", "/crm/rest/v2/tags", "", "X-Keap-API-Key: "+sandboxKey)
				if refused := i == 10; refused != (got == status) || refused != strings.Contains(body, "policies.ratelimit.SpikeArrestViolation") {
					t.Errorf("%s: request %d is %d %s", setting, i+1, got, body)
				}
				if got == status && (h.Get("Retry-After") != "") != (setting == "429-retry-after") {
					t.Errorf("%s: Retry-After is %q", setting, h.Get("Retry-After"))
				}
			}
			if got, _, _ := a.send("GET", "/crm/rest/v2/tags", "", "X-Keap-API-Key: "+sandboxKey2); got != 200 {
				t.Error("one key's refusal holds another key back")
			}
		}, "throttle="+setting)
	}
}

// TestTenantIsFull: what other integrations of the account send counts too.
func TestTenantIsFull(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.tenant = tenant{thisMinute: tenantMinute, minute: time.Now().Unix() / 60, day: time.Now().Unix() / 86_400}
		if status, h, _ := a.send("GET", "/crm/rest/v2/tags", "", "X-Keap-API-Key: "+sandboxKey); status != 429 || h.Get("x-keap-tenant-throttle-available") != "0|250000" {
			t.Errorf("%d %v", status, h)
		}
		time.Sleep(time.Minute)
		if status, _, _ := a.send("GET", "/crm/rest/v2/tags", "", "X-Keap-API-Key: "+sandboxKey); status != 200 {
			t.Errorf("a minute later: %d", status)
		}
	})
}

// TestTwoVersions: v1 has numbers for ids and short errors, v2 strings and long ones.
func TestTwoVersions(t *testing.T) {
	tell(t, func(a *account) {
		for _, test := range []struct {
			method, path, body string
			status             int
			holds              string
		}{
			{"POST", "/crm/rest/v2/contacts", `{"email_addresses":[{"email":"a@example.com","field":"EMAIL1"}]}`, 201, `"id":"1001"`},
			{"POST", "/crm/rest/v2/contacts", `{"email_addresses":[{"email":"a@example.com","field":"EMAIL1"}]}`, 201, `"id":"1002"`},
			{"POST", "/crm/rest/v2/contacts?duplicate_option=Email", `{"email_addresses":[{"email":"A@example.com","field":"EMAIL1"}]}`, 200, `"id":"1001"`},
			{"POST", "/crm/rest/v2/contacts?duplicate_option=EmailAndName", `{"given_name":"Ann","email_addresses":[{"email":"a@example.com","field":"EMAIL1"}]}`, 201, `"id":"1003"`},
			{"POST", "/crm/rest/v2/contacts?duplicate_option=email", `{"email_addresses":[{"email":"a@example.com","field":"EMAIL1"}]}`, 400, `"status":"Bad Request"`},
			{"PUT", "/crm/rest/v1/contacts", `{"duplicate_option":"Email","email_addresses":[{"email":"a@example.com","field":"EMAIL1"}]}`, 200, `"id":1001`},
			{"PUT", "/crm/rest/v1/contacts", `{"email_addresses":[{"email":"a@example.com","field":"EMAIL1"}]}`, 400, `{"message":"duplicate_option is invalid"}`},
			{"PATCH", "/crm/rest/v1/contacts/1001", `{"tag_ids":[1]}`, 400, `{"message":"Tags can't be added or removed through this object"}`},
			{"POST", "/crm/rest/v1/tags", `{"name":"VIP"}`, 200, `"id":102`},
			{"GET", "/crm/rest/v1/tags?name=vip", "", 200, `"count":1`},
			{"POST", "/crm/rest/v1/tags/102/contacts", `{"ids":[1001,9999]}`, 200, `{"1001":"SUCCESS","9999":"CONTACT_NOT_FOUND"}`},
			{"POST", "/crm/rest/v1/contacts/1001/tags", `{"tagIds":[102,104]}`, 200, `{"102":"DUPLICATE","104":"TAG_ID_NOT_FOUND"}`},
			{"GET", "/crm/rest/v1/contacts/1001/tags", "", 200, `"name":"VIP"`},
			{"DELETE", "/crm/rest/v1/contacts/1001/tags?ids=102", "", 204, ""},
			{"GET", "/crm/rest/v2/contacts/1001?fields=tag_ids", "", 200, `{}`},
			{"POST", "/crm/rest/v1/contacts/model/customFields", `{"label":"Plan","field_type":"Text"}`, 201, `"id":104`},
			{"GET", "/crm/rest/v2/contacts/model", "", 200, `"field_type":"TEXT"`},
			{"POST", "/crm/rest/v2/contacts", `{"given_name":"Ann"}`, 400, `at least one item in email_addresses`},
			{"POST", "/crm/rest/v2/contacts", `{"nonsense":1}`, 400, `"code":400`},
			{"GET", "/crm/rest/v2/contacts/abc", "", 400, `id is invalid`},
			{"GET", "/crm/rest/v1/contacts?limit=1", "", 200, `"count":3`},
			{"GET", "/crm/rest/v2/contacts?page_size=1001", "", 400, `page_size`},
			{"GET", "/crm/rest/v2/automations?page_size=26", "", 400, `page_size`},
			{"GET", "/crm/rest/v2//contacts/", "", 200, `"contacts"`},
		} {
			status, _, body := a.send(test.method, test.path, test.body, "X-Keap-API-Key: "+sandboxKey, "Content-Type: application/json")
			if status != test.status || !strings.Contains(body, test.holds) {
				t.Errorf("%s %s %s: %d %s", test.method, test.path, test.body, status, body)
			}
			time.Sleep(time.Second)
		}
		if status, _, _ := a.send("POST", "/crm/rest/v2/tags", `{"name":"x"}`, "X-Keap-API-Key: "+sandboxKey, "Content-Type: text/plain"); status != 415 {
			t.Errorf("a text is taken for JSON: %d", status)
		}
	})
}

// TestFilters: the documented grammar, and that unknown parameters are ignored while unknown filters are not.
func TestFilters(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{
			{Email: "mary@example.com", FirstName: "Mary", LastName: "Smith"}, {Email: "mark@example.com", FirstName: "Mark", LastName: "Smith", Fields: map[string]string{"plan": "gold"}},
			{Email: "ann+x@example.com", FirstName: "Ann"},
		}})
		for filter, want := range map[string]string{
			"email==mary@example.com":                     "1001",
			"EMAIL==ann+x@example.com":                    "1003",
			"email==mar*":                                 "1001 1002",
			"given_name==Mar*":                            "1001 1002",
			"family_name==Smith;email==ma*":               "1001 1002",
			"contact_id>1001":                             "1002 1003",
			"contact_id>=1003":                            "1003",
			"ids==1001,1003":                              "1001 1003",
			"plan2==gold":                                 "1002",
			"start_update_time==2030-01-01T00:00:00.000Z": "",
			"start_update_time==2030-01-01":               "400",
			"shoe==41":                                    "400",
			"email":                                       "400",
		} {
			status, _, body := a.send("GET", "/crm/rest/v2/contacts?filter="+url.QueryEscape(filter), "", "X-Keap-API-Key: "+sandboxKey)
			got := idsOf(t, body)
			if status != 200 {
				got = fmt.Sprint(status)
			}
			if got != want {
				t.Errorf("%s gives %q, want %q", filter, got, want)
			}
			time.Sleep(time.Second)
		}
		if _, _, body := a.send("GET", "/crm/rest/v2/contacts?email=mary@example.com", "", "X-Keap-API-Key: "+sandboxKey); idsOf(t, body) != "1001 1002 1003" {
			t.Errorf("an unknown parameter was not ignored: %s", body)
		}
	})
}

func idsOf(t *testing.T, body string) string {
	t.Helper()
	var page struct {
		Contacts []struct {
			ID string `json:"id"`
		} `json:"contacts"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		return err.Error()
	}
	var ids []string
	for _, c := range page.Contacts {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, " ")
}

// TestXMLOnTheWire: strings come without a type, faults with 200, fields that are empty not at all.
func TestXMLOnTheWire(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "a@example.com", FirstName: "Ann & Co"}}})
		call := func(body string) string {
			status, _, said := a.send("POST", "/crm/xmlrpc/v1", body, "X-Keap-API-Key: "+sandboxKey, "Content-Type: text/xml")
			if status != 200 {
				t.Errorf("%d %s", status, said)
			}
			return said
		}
		said := call(`<?xml version="1.0"?><methodCall><methodName>ContactService.findByEmail</methodName><params><param><value><string>x</string></value></param>
			<param><value>A@example.com</value></param><param><value><array><data><value><string>Id</string></value><value>FirstName</value><value>LastName</value></data></array></value></param></params></methodCall>`)
		want := `<struct><member><name>Id</name><value><i4>1001</i4></value></member><member><name>FirstName</name><value>Ann &amp; Co</value></member></struct>`
		if !strings.Contains(said, want) {
			t.Errorf("found %s", said)
		}
		said = call(`<methodCall><methodName>ContactService.merge</methodName><params><param><value><string>x</string></value></param><param><value><i4>1</i4></value></param><param><value><i4>2</i4></value></param></params></methodCall>`)
		if !strings.Contains(said, `<name>faultCode</name><value><i4>5</i4></value>`) || !strings.Contains(said, `<value>[RecordNotFound]`) {
			t.Errorf("a fault is %s", said)
		}
	})
}

// TestUpdateMask: only what the mask names changes, and what it names but the body lacks is emptied.
func TestUpdateMask(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "a@example.com", FirstName: "Ann", LastName: "Lee"}}})
		a.raw("PATCH", "/crm/rest/v2/contacts/1001?update_mask=given_name&update_mask=family_name", `{"given_name":"Anna"}`)
		if held := a.holds("a@example.com")[0]; held.FirstName != "Anna" || held.LastName != "" {
			t.Errorf("Keap holds %+v", held)
		}
		if status, _ := a.raw("PATCH", "/crm/rest/v2/contacts/1001?update_mask=shoe_size", `{}`); status != 400 {
			t.Errorf("an unknown mask is %d", status)
		}
	})
}

// TestRunsAreRecorded: a tag starts its automations once, and what is loaded starts none.
func TestRunsAreRecorded(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{
			Automations: []sandbox.Automation{{Name: "Welcome", Tag: "Members", Active: true}, {Name: "Hello", Active: true}},
			Contacts:    []sandbox.Contact{{Email: "old@example.com", Tags: []string{"Members"}}, {Email: "new@example.com"}},
		})
		for range 2 {
			a.raw("POST", "/crm/rest/v2/tags/102/contacts:applyTags", `{"contact_ids":["1001","1002"]}`)
		}
		if runs := a.fake.Contents().Runs; len(runs) != 1 || runs[0] != (sandbox.Run{Automation: "Welcome", Email: "new@example.com"}) {
			t.Errorf("started %+v", runs)
		}
	})
}
