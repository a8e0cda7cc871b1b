package kit

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// With a token, a hundred contacts take one call, and each custom field one more; ids and outcomes follow the address, not the order.
func TestBulkCallsMatchByAddress(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "old1@example.com"}, {Email: "old2@example.com"}}})
		id := a.field("customer_id")
		var contacts []crm.Contact
		for i := range 98 {
			contacts = append(contacts, crm.Contact{Email: fmt.Sprintf("New%02d@example.com", i), FirstName: fmt.Sprint("N", i), Fields: map[crm.FieldID]string{id: fmt.Sprint(i)}})
		}
		contacts = append(contacts, crm.Contact{Email: "old1@example.com", FirstName: "Old"}, crm.Contact{Email: "OLD2@example.com", FirstName: "Older"})
		before := len(a.wire.requests)
		outcomes, err := a.driver.Upsert(a.ctx, contacts)
		if err != nil {
			a.Fatal(err)
		}
		if calls := len(a.wire.requests) - before; calls != 2 {
			a.Errorf("%d calls, want 2: %q", calls, a.wire.requests[before:])
		}
		for i, outcome := range outcomes {
			want := crm.Created
			if i >= 98 {
				want = crm.Updated
			}
			_, _, reply := a.raw("token", "GET", "/v4/subscribers/"+string(outcome.ID), nil)
			got, _ := reply["subscriber"].(map[string]any)
			if outcome.Result != want || got == nil || !strings.EqualFold(got["email_address"].(string), contacts[i].Email) || got["first_name"] != contacts[i].FirstName {
				a.Errorf("%s: %+v is %v", contacts[i].Email, outcome, got)
			}
		}
		again, err := a.driver.Upsert(a.ctx, contacts[:1])
		if err != nil || again[0].Result != crm.Updated || again[0].ID != outcomes[0].ID {
			a.Errorf("sent again: %+v, %v", again, err)
		}
	})
}

// One bad row in a bulk call loses itself only, whether or not Kit repeats its address.
func TestABadRowLosesItselfOnly(t *testing.T) {
	for _, setting := range []string{"shown", "left-out"} {
		with(t, "token", map[string]string{switchBulkFailure: setting}, func(a *owner) {
			outcomes, err := a.driver.Upsert(a.ctx, []crm.Contact{{Email: "a@example.com"}, {Email: "no address"}, {Email: "b@example.com"}, {Email: " "}})
			if err != nil {
				a.Fatal(err)
			}
			var results []crm.Result
			for _, outcome := range outcomes {
				results = append(results, outcome.Result)
			}
			if !slices.Equal(results, []crm.Result{crm.Created, crm.Failed, crm.Created, crm.Failed}) {
				a.Errorf("results %v", results)
			}
			if !strings.Contains(outcomes[1].Err.Error(), "Email address is invalid") {
				a.Errorf("error %v", outcomes[1].Err)
			}
		})
	}
}

// bulkStub answers the bulk calls with fixed texts, and everything else as an account with one custom field.
func bulkStub(t *testing.T, subscribers, values string) *driver {
	return stubbed(t, "token", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v4/bulk/subscribers":
			sandboxJSON(w, http.StatusOK, subscribers)
		case "/v4/bulk/custom_fields/subscribers":
			sandboxJSON(w, http.StatusOK, values)
		default:
			sandboxJSON(w, http.StatusOK, `{"custom_fields":[{"id":9,"key":"x","label":"x"}],"pagination":{"has_next_page":false}}`)
		}
	})
}

// What a bulk answer does not mention is unknown: neither done nor failed.
func TestWhatABulkAnswerLeavesOutIsUnknown(t *testing.T) {
	ada := `{"id":1,"email_address":"ada@example.com","state":"active"}`
	bob := `{"id":2,"email_address":"bob@example.com","state":"active"}`
	nameless := `{"subscriber":{"first_name":"","email_address":null},"errors":["Email address is invalid"]}`
	value := func(id string) string {
		return `{"subscriber_id":` + id + `,"subscriber_custom_field_id":9,"value":"v"}`
	}
	for name, c := range map[string]struct {
		subscribers, values string
		want                []crm.Result
	}{
		"all there":                    {ada + "," + bob + `],"failures":[`, value("2") + "," + value("1") + `],"failures":[`, []crm.Result{crm.Updated, crm.Updated}},
		"one contact missing":          {ada + `],"failures":[`, value("1") + `],"failures":[`, []crm.Result{crm.Updated, crm.Unknown}},
		"one nameless failure":         {ada + `],"failures":[` + nameless, value("1") + `],"failures":[`, []crm.Result{crm.Updated, crm.Failed}},
		"nameless failures do not add": {`],"failures":[` + nameless, `],"failures":[`, []crm.Result{crm.Unknown, crm.Unknown}},
		"one value missing":            {ada + "," + bob + `],"failures":[`, value("1") + `],"failures":[`, []crm.Result{crm.Updated, crm.Unknown}},
		"one value refused": {
			ada + "," + bob + `],"failures":[`, value("1") + `],"failures":[{"errors":["Custom field does not exist"],"custom_field_value":` + value("2") + `}`,
			[]crm.Result{crm.Updated, crm.Failed},
		},
		"one value refused without a name": {
			ada + "," + bob + `],"failures":[`, value("1") + `],"failures":[{"errors":["Subscriber does not exist"],"custom_field_value":` + value("null") + `}`,
			[]crm.Result{crm.Updated, crm.Failed},
		},
		"values refused without names that do not add up": {
			ada + "," + bob + `],"failures":[`, `],"failures":[{"errors":["Subscriber does not exist"],"custom_field_value":` + value("null") + `}`,
			[]crm.Result{crm.Unknown, crm.Unknown},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := bulkStub(t, `{"subscribers":[`+strings.TrimPrefix(c.subscribers, ",")+`]}`, `{"custom_field_values":[`+c.values+`]}`)
			fields := map[crm.FieldID]string{"x": "v"}
			outcomes, err := d.Upsert(t.Context(), []crm.Contact{{Email: "ada@example.com", Fields: fields}, {Email: "bob@example.com", Fields: fields}})
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range c.want {
				if outcomes[i].Result != want || (want == crm.Failed || want == crm.Unknown) != (outcomes[i].Err != nil) {
					t.Errorf("outcome %d is %+v, want %s", i, outcomes[i], want)
				}
			}
		})
	}
}

// Work that Kit puts off cannot be followed: who was in it is unknown until read back.
func TestQueuedBulkWorkIsUnknown(t *testing.T) {
	d := stubbed(t, "token", func(w http.ResponseWriter, _ *http.Request) { sandboxJSON(w, http.StatusAccepted, `{}`) })
	outcomes, err := d.Upsert(t.Context(), []crm.Contact{{Email: "ada@example.com"}})
	if err != nil || outcomes[0].Result != crm.Unknown {
		t.Errorf("upsert: %+v, %v", outcomes, err)
	}
	outcomes, err = d.ApplyTag(t.Context(), crm.Tag{ID: "4"}, []crm.Target{{ID: "7"}})
	if err != nil || outcomes[0].Result != crm.Unknown {
		t.Errorf("tag: %+v, %v", outcomes, err)
	}
}

// A full bulk queue passes by itself: the call waits and goes through.
func TestAFullQueueIsWaitedFor(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		if _, err := a.driver.Check(a.ctx); err != nil {
			a.Fatal(err)
		}
		full := 3
		a.wire.next = roundTrip(func(next http.RoundTripper) func(*http.Request) (*http.Response, error) {
			return func(r *http.Request) (*http.Response, error) {
				if full > 0 && strings.HasSuffix(r.URL.Path, "/bulk/subscribers") {
					full--
					return sandbox.Transport(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						refuse(w, http.StatusRequestEntityTooLarge, "This request exceeds your queued bulk requests limit. Please wait while we process your existing requests and try again later.")
					})).RoundTrip(r)
				}
				return next.RoundTrip(r)
			}
		}, a.wire.next)
		start := time.Now()
		if outcome := a.upsert(crm.Contact{Email: "ada@example.com"}); outcome.Result != crm.Created {
			a.Errorf("outcome %+v", outcome)
		}
		if waited := time.Since(start); waited < 3*queueWait {
			a.Errorf("waited only %v", waited)
		}
	})
}

// The bodies of bulk calls never hold more than a hundred items, so that Kit answers at once with what it did.
func TestBulkCallsStaySynchronous(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		ids := []crm.FieldID{a.field("a"), a.field("b"), a.field("c")}
		var contacts []crm.Contact
		for i := range 100 {
			fields := map[crm.FieldID]string{}
			for _, id := range ids {
				fields[id] = "v"
			}
			contacts = append(contacts, crm.Contact{Email: fmt.Sprintf("m%03d@example.com", i), LastName: "L", Fields: fields})
		}
		var largest int
		next := a.wire.next
		a.wire.next = roundTripFunc(func(r *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			var items struct {
				Values []any `json:"custom_field_values"`
			}
			_ = json.Unmarshal(body, &items)
			largest = max(largest, len(items.Values))
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			return next.RoundTrip(r)
		})
		if _, err := a.driver.Upsert(a.ctx, contacts); err != nil {
			a.Fatal(err)
		}
		if largest != 100 || a.wire.count("bulk/custom_fields/subscribers") != 4 {
			a.Errorf("up to %d values, in %d calls", largest, a.wire.count("bulk/custom_fields/subscribers"))
		}
	})
}

// The first half of a bulk call, or the first ten fields of a contact, went in; then the credential is taken back. The error is about all of it.
func TestWhatWentInIsNotForgottenOverALaterRefusal(t *testing.T) {
	many := map[string]*string{}
	fields := map[crm.FieldID]string{}
	var known []map[string]any
	for i := range 12 {
		key, value := fmt.Sprint("f", i), fmt.Sprint(i)
		many[key], fields[crm.FieldID(key)] = &value, value
		known = append(known, map[string]any{"id": i + 1, "key": key, "label": key})
	}
	for credential, contacts := range map[string][]crm.Contact{
		"token": {{Email: "a@example.com"}, {Email: "b@example.com"}},
		"key":   {{Email: "a@example.com", Fields: fields}},
	} {
		writes := 0
		refusals := map[string]map[int]int{"token": {1: http.StatusForbidden, 3: http.StatusUnauthorized}, "key": {2: http.StatusUnauthorized}}[credential]
		d := stubbed(t, credential, func(w http.ResponseWriter, r *http.Request) {
			person := map[string]any{"id": 7, "email_address": "a@example.com", "created_at": "2026-01-01T00:00:00Z", "fields": many}
			answer := map[string]any{"subscriber": person, "subscribers": []any{person}, "failures": []any{}, "custom_fields": known, "pagination": map[string]any{"has_next_page": false}}
			if r.Method == http.MethodPost {
				writes++
				if status := refusals[writes]; status > 0 {
					w.WriteHeader(status)
					words := map[int]string{http.StatusForbidden: "Subscriber limit exceeded", http.StatusUnauthorized: "The access token is invalid"}[status]
					answer = map[string]any{"errors": []string{words}}
				}
			}
			_ = json.NewEncoder(w).Encode(answer)
		})
		_, err := d.Upsert(t.Context(), contacts)
		if e := wants(t, err, crm.KindAuth); !e.Sent {
			t.Errorf("%s: after %d writes the error says that nothing was sent: %v", credential, writes, e)
		}
	}
}
