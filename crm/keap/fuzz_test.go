package keap

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"testing"

	"allyswitch/crm"
)

// FuzzAnswers reads whatever may come in place of an answer: it must be read or refused, and never take the program down.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"contacts":[{"id":"1","email_addresses":[{"email":"a@example.com","field":"EMAIL1"}],"custom_fields":[{"id":12,"content":[1,"x",null]}]}],"next_page_token":"https://x/?page_token=t"}`,
		`{"fault":{"faultstring":"x","detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}`, `{"contacts":null}`, `[]`, `"`, "",
		`<methodResponse><fault><value><struct><member><name>faultCode</name><value><i4>5</i4></value></member></struct></value></fault></methodResponse>`, "10000|250000", "|", "https://",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var page wireContacts
		if json.Unmarshal(body, &page) == nil {
			for _, c := range page.Contacts {
				contact := c.contact()
				_, mask := changes(c, contact)
				if len(mask) > 0 {
					t.Errorf("a contact differs from itself in %q: %s", mask, body)
				}
			}
			pageQuery(nextCursor(page.Next), url.Values{"page_size": {"1000"}})
		}
		var response xmlResponse
		if xml.Unmarshal(body, &response) == nil && response.Fault != nil && faultError("x", *response.Fault).Kind == "" {
			t.Error("a fault without a kind")
		}
		h := http.Header{"X-Keap-Tenant-Throttle-Limit": {string(body)}, "X-Keap-Tenant-Throttle-Time-Unit": {"minute|day"}, "X-Keap-Tenant-Throttle-Available": {string(body)}}
		if refused := newKey().classify(crm.Response{Status: 429, Body: body, Header: h}); refused == nil || refused.Kind != crm.KindRate && refused.Kind != crm.KindQuota {
			t.Errorf("429 is %v", refused)
		}
		nextCursor(string(body))
		_, _ = parseFilter(string(body))
		splitKeys(string(body))
	})
}
