package keap

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// shirtSize is a field that the owner's own form fills.
const shirtSize = "Shirt size"

// signsUp is somebody who fills in a form of the owner's while the members are sent.
func (a *account) signsUp(email string) {
	a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: email, Fields: map[string]string{shirtSize: "XL"}}}})
}

// member is sent with a field of ours.
func member(email string, field crm.FieldID) crm.Contact {
	return crm.Contact{Email: email, FirstName: "Ann", Fields: map[crm.FieldID]string{field: "7"}}
}

// id is the number of the contact with an address.
func (a *account) id(email string) crm.ContactID {
	a.Helper()
	return must(a, func() ([]crm.Contact, error) { return a.client.Find(a.ctx, email) })[0].ID
}

// keptBoth says whether what the form wrote and what we wrote are both there.
func (a *account) keptBoth(email string) {
	a.Helper()
	held := a.holds(email)
	if len(held) != 1 || held[0].Fields[shirtSize] != "XL" || held[0].Fields["customer_id"] != "7" || held[0].FirstName != "Ann" {
		a.Errorf("Keap holds %+v, want one contact with what the form wrote and what we wrote", held)
	}
}

// TestWhoSignsUpMeanwhile: the book was read before somebody signed up. Their contact is found before it would be made anew, whether time has
// passed, or many contacts have been made in no time, or Keap does not say who is new.
func TestWhoSignsUpMeanwhile(t *testing.T) {
	for name, test := range map[string]struct {
		wait   time.Duration
		others int
		filter func(*http.Response) *http.Response
	}{
		"after a while":                 {wait: newAge},
		"after many others":             {others: createsALook(1, false)},
		"Keap does not know the filter": {wait: newAge, filter: func(r *http.Response) *http.Response { r.StatusCode = http.StatusBadRequest; return r }},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, func(a *account) {
				a.fake.Load(sandbox.Contents{Fields: []string{shirtSize}})
				field := must(a, func() (crm.Field, error) { return a.driver.CreateField(a.ctx, crm.Field{Name: "customer_id"}) })
				a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
					if test.filter != nil && strings.HasPrefix(r.URL.Query().Get("filter"), "contact_id") {
						return test.filter(answer), nil
					}
					return answer, nil
				}
				a.upsert(member("first@example.com", field.ID))
				a.signsUp("ann@example.com")
				time.Sleep(test.wait)
				for i := range test.others {
					a.upsert(member(fmt.Sprintf("m%d@example.com", i), field.ID))
				}
				if outcome := a.upsert(member("ann@example.com", field.ID)); outcome.Result != crm.Updated {
					t.Errorf("%+v", outcome)
				}
				a.keptBoth("ann@example.com")
			})
		})
	}
}

// before answers requests in Keap's place.
type before struct {
	to     http.RoundTripper
	answer func(*http.Request) *http.Response
}

func (b before) RoundTrip(r *http.Request) (*http.Response, error) {
	if answer := b.answer(r); answer != nil {
		return answer, nil
	}
	return b.to.RoundTrip(r)
}

// TestWhoSignsUpWhileAWriteWaits: Keap asks for a pause when the write is due, and meanwhile the form is filled in. What was seen before the
// pause does not count any more.
func TestWhoSignsUpWhileAWriteWaits(t *testing.T) {
	for _, there := range []bool{false, true} {
		tell(t, func(a *account) {
			a.fake.Load(sandbox.Contents{Fields: []string{shirtSize}})
			field := must(a, func() (crm.Field, error) { return a.driver.CreateField(a.ctx, crm.Field{Name: "customer_id"}) })
			fields := must(a, func() ([]crm.Field, error) { return a.client.Fields(a.ctx) })
			if there {
				a.upsert(crm.Contact{Email: "ann@example.com", LastName: "Lee"})
			}
			a.upsert(member("first@example.com", field.ID))
			refused := false
			a.wire.to = before{a.wire.to, func(r *http.Request) *http.Response {
				if r.Method == http.MethodGet || refused {
					return nil
				}
				refused = true
				if there {
					a.raw("PATCH", "/crm/rest/v2/contacts/"+string(a.id("ann@example.com"))+"?update_mask=custom_fields",
						fmt.Sprintf(`{"custom_fields":[{"id":"%s","content":"XL"}]}`, fields[0].ID))
				} else {
					a.signsUp("ann@example.com")
				}
				return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"30"}}, Body: http.NoBody}
			}}
			a.upsert(member("ann@example.com", field.ID))
			if !refused {
				t.Fatal("nothing was refused")
			}
			a.keptBoth("ann@example.com")
		})
	}
}

// TestFieldsThatAreNotShown: Keap left a contact's custom fields out of its answer. They are asked for elsewhere before they would be emptied;
// where nothing shows them, nothing is written.
func TestFieldsThatAreNotShown(t *testing.T) {
	for _, v1Too := range []bool{false, true} {
		tell(t, func(a *account) {
			a.fake.Load(sandbox.Contents{Fields: []string{shirtSize}})
			field := must(a, func() (crm.Field, error) { return a.driver.CreateField(a.ctx, crm.Field{Name: "customer_id"}) })
			a.signsUp("ann@example.com")
			a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
				if r.Method != http.MethodGet || !v1Too && !strings.Contains(r.URL.Path, "/v2/") {
					return answer, nil
				}
				body, _ := io.ReadAll(answer.Body)
				answer.Body = io.NopCloser(strings.NewReader(strings.ReplaceAll(string(body), `"custom_fields"`, `"hidden"`)))
				return answer, nil
			}
			outcome := a.upsert(member("ann@example.com", field.ID))
			if !v1Too {
				a.keptBoth("ann@example.com")
				return
			}
			if held := a.holds("ann@example.com"); outcome.Result != crm.Failed || !crm.IsKind(outcome.Err, crm.KindConflict) || held[0].Fields[shirtSize] != "XL" {
				t.Errorf("%+v, and Keap holds %+v", outcome, held)
			}
		})
	}
}
