package kit

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// The last name has no place of its own at Kit. It goes into the custom field "Last name", which is made when it is missing.
func TestLastNameIsNotLost(t *testing.T) {
	for _, setting := range []string{"present", "absent"} {
		withBoth(t, map[string]string{switchLastName: setting, switchLateness: "none"}, func(a *owner) {
			if outcome := a.upsert(crm.Contact{Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace"}); outcome.Result != crm.Created {
				a.Fatalf("outcome %+v", outcome)
			}
			if got := a.held("ada@example.com").LastName; got != "Lovelace" {
				a.Errorf("Kit holds the last name %q", got)
			}
			found, err := a.driver.Find(a.ctx, "ada@example.com")
			if err != nil || len(found) != 1 || found[0].LastName != "Lovelace" {
				a.Errorf("read back %+v, %v", found, err)
			}
			fields, err := a.driver.Fields(a.ctx)
			if err != nil || !slices.Contains(fields, crm.Field{ID: "last_name", Name: "Last name", Type: crm.FieldText}) {
				a.Errorf("fields %v, %v", fields, err)
			}
		})
	}
}

// Kit ignores a custom field that it does not know: with a warning, in silence, or by refusing the contact. In all three cases the
// owner hears which field was lost, and nobody else is touched.
func TestAnUnknownFieldFailsItsContactAlone(t *testing.T) {
	for _, generation := range []string{"warned", "ignored", "refused"} {
		for _, reply := range []string{"fields", "no-fields"} {
			switches := map[string]string{switchUnknownField: generation, switchWriteReply: reply, switchLateness: "none"}
			t.Run(generation+"/"+reply, func(t *testing.T) {
				withBoth(t, switches, func(a *owner) {
					kept, gone := a.field("customer_id"), a.field("shoe_size")
					a.fake.Locked(func() { // somebody deletes it in Kit meanwhile
						a.fake.store.fields = slices.DeleteFunc(a.fake.store.fields, func(c *customLabel) bool { return c.key == string(gone) })
					})
					bad := a.upsert(crm.Contact{Email: "bad@example.com", Fields: map[crm.FieldID]string{kept: "1", gone: "41"}})
					if bad.Result != crm.Failed || !crm.IsKind(bad.Err, crm.KindInvalid) {
						a.Errorf("outcome %+v", bad)
					}
					good := a.upsert(crm.Contact{Email: "good@example.com", Fields: map[crm.FieldID]string{kept: "2"}})
					if good.Result != crm.Created || a.held("good@example.com").Fields["customer_id"] != "2" {
						a.Errorf("outcome %+v, held %+v", good, a.held("good@example.com"))
					}
				})
			})
		}
	}
}

// A field that never existed is found before anything is sent.
func TestAFieldThatDoesNotExistIsNotSent(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		outcome := a.upsert(crm.Contact{Email: "ada@example.com", Fields: map[crm.FieldID]string{"no_such_field": "1"}})
		if outcome.Result != crm.Failed || !strings.Contains(outcome.Err.Error(), "no_such_field") {
			a.Errorf("outcome %+v", outcome)
		}
		if len(a.fake.Contents().Contacts) != 0 {
			a.Error("the contact was written without its field")
		}
	})
}

// With more than ten custom fields in one request Kit answers before it has written them. The driver never sends more.
func TestManyFieldsStaySynchronous(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		contact := crm.Contact{Email: "ada@example.com", FirstName: "Ada", Fields: map[crm.FieldID]string{}}
		for i := range 25 {
			contact.Fields[a.field(fmt.Sprintf("field %02d", i))] = fmt.Sprint(i)
		}
		if outcome := a.upsert(contact); outcome.Result != crm.Created {
			a.Fatalf("outcome %+v", outcome)
		}
		held := a.held("ada@example.com")
		if len(held.Fields) != 25 || held.FirstName != "Ada" {
			a.Errorf("Kit holds %+v", held)
		}
	})
}

// Who has unsubscribed stays unsubscribed, whatever is sent; a new contact may come in unsubscribed; and "active" is never sent.
func TestConsentIsNeverRaised(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "left@example.com", State: "unsubscribed"}}})
		a.upsert(crm.Contact{Email: "left@example.com", FirstName: "Lea", State: crm.StateActive})
		a.upsert(crm.Contact{Email: "new@example.com", State: crm.StateUnsubscribed})
		if got := a.held("left@example.com"); got.State != "unsubscribed" || got.FirstName != "Lea" {
			a.Errorf("left became %+v", got)
		}
		if got := a.held("new@example.com").State; got != "unsubscribed" {
			a.Errorf("new came in as %s", got)
		}
	})
	if _, sent := stateWords[crm.StateActive]; sent {
		t.Error("active would be sent")
	}
}

// Blanks are left out of the request, so that they cannot overwrite.
func TestBlanksAreNotSent(t *testing.T) {
	for _, credential := range credentials {
		t.Run(credential, func(t *testing.T) {
			var bodies []string
			d := stubbed(t, credential, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if r.Method == http.MethodPost {
					bodies = append(bodies, string(body))
				}
				one := `{"id":7,"email_address":"ada@example.com","state":"active","fields":{}}`
				sandboxJSON(w, http.StatusOK, `{"subscriber":`+one+`,"subscribers":[`+one+`],"failures":[]}`)
			})
			outcomes, err := d.Upsert(t.Context(), []crm.Contact{{Email: "ada@example.com", State: crm.StateActive, Fields: map[crm.FieldID]string{"x": ""}}})
			if err != nil || outcomes[0].Result != crm.Updated {
				t.Fatalf("outcomes %+v, %v", outcomes, err)
			}
			for _, word := range []string{"first_name", "state", "fields", `""`} {
				if strings.Contains(bodies[0], word) {
					t.Errorf("the body %s holds %s", bodies[0], word)
				}
			}
		})
	}
}

// roundTripFunc is a transport made of a function.
type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func roundTrip(wrap func(http.RoundTripper) func(*http.Request) (*http.Response, error), next http.RoundTripper) http.RoundTripper {
	return roundTripFunc(wrap(next))
}

// When the plan is full, those who fit go in, the others are told apart, and people who are there already can still be updated
// before the first refusal.
func TestAFullPlanTakesWhoFits(t *testing.T) {
	for _, words := range []string{"403", "403-v3", "422"} {
		options := sandbox.Options{PlanLimit: 37, Switches: map[string]string{switchCredential: "token", switchOverLimit: words}}
		withOptions(t, options, func(a *owner) {
			var contacts []crm.Contact
			for i := range 100 {
				contacts = append(contacts, crm.Contact{Email: fmt.Sprintf("m%03d@example.com", i)})
			}
			before := len(a.wire.requests)
			outcomes, err := a.driver.Upsert(a.ctx, contacts)
			if err != nil {
				a.Fatal(err)
			}
			counts := map[crm.Result]int{}
			for _, outcome := range outcomes {
				counts[outcome.Result]++
				if outcome.Result == crm.Failed && !crm.IsKind(outcome.Err, crm.KindPlanLimit) {
					a.Fatalf("outcome %+v", outcome)
				}
			}
			if counts[crm.Created] != 37 || counts[crm.Failed] != 63 || len(a.fake.Contents().Contacts) != 37 {
				a.Errorf("results %v, %d held", counts, len(a.fake.Contents().Contacts))
			}
			if calls := len(a.wire.requests) - before; calls > 20 {
				a.Errorf("%d calls to find out", calls)
			}
		})
		options.Switches = map[string]string{switchCredential: "key", switchOverLimit: words}
		options.PlanLimit = 1
		withOptions(t, options, func(a *owner) {
			a.upsert(crm.Contact{Email: "a@example.com"})
			_, err := a.driver.Upsert(a.ctx, []crm.Contact{{Email: "b@example.com"}})
			wants(t, err, crm.KindPlanLimit)
		})
	}
}

// Where the plan grows by itself everybody goes in; what that costs is said beforehand.
func TestAPlanThatGrowsByItself(t *testing.T) {
	options := sandbox.Options{PlanLimit: 1, Switches: map[string]string{switchOverLimit: "upgraded"}}
	withOptions(t, options, func(a *owner) {
		outcomes, err := a.driver.Upsert(a.ctx, []crm.Contact{{Email: "a@example.com"}, {Email: "b@example.com"}})
		if err != nil || outcomes[1].Result != crm.Created || len(a.fake.Contents().Contacts) != 2 {
			a.Errorf("outcomes %+v, %v", outcomes, err)
		}
		if !strings.Contains(a.driver.Features().PlanNote, "charge you") {
			a.Error("nobody is told what that costs")
		}
	})
}

// Writes that begin together ask for the custom fields once, and make the one for last names once.
func TestCustomFieldsAreListedOnce(t *testing.T) {
	for _, credential := range credentials {
		options := sandbox.Options{Latency: time.Second, Switches: map[string]string{switchLastName: "absent", switchCredential: credential}}
		withOptions(t, options, func(a *owner) {
			var wait sync.WaitGroup
			for i := range 12 {
				wait.Go(func() {
					if _, err := a.driver.Upsert(a.ctx, []crm.Contact{{Email: fmt.Sprintf("m%02d@example.com", i), LastName: "L"}}); err != nil {
						a.Error(err)
					}
				})
			}
			wait.Wait()
			if lists, posts := a.wire.count("GET /v4/custom_fields"), a.wire.count("POST /v4/custom_fields"); lists != 2 || posts != 1 {
				a.Errorf("listed %d times, made %d times", lists, posts)
			}
		})
	}
}
