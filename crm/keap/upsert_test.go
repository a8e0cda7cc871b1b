package keap

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// TestRetriedCreate: the work was done but the answer never came. Keap knows no idempotency, so a second POST could make a second
// contact, above all in an account that ignores duplicate_option.
func TestRetriedCreate(t *testing.T) {
	losses := map[string]func(*http.Response) (*http.Response, error){
		"the connection breaks": func(*http.Response) (*http.Response, error) { return nil, errLost },
		"the answer is empty":   func(r *http.Response) (*http.Response, error) { r.Body = http.NoBody; return r, nil },
		"the answer is about nobody": func(r *http.Response) (*http.Response, error) {
			r.Body = io.NopCloser(strings.NewReader(`{}`))
			return r, nil
		},
		"the answer is about somebody else": func(r *http.Response) (*http.Response, error) {
			r.Body = io.NopCloser(strings.NewReader(`{"id":"7","email_addresses":[{"email":"bob@example.com","field":"EMAIL1"}]}`))
			return r, nil
		},
		"the answer is a failure": func(r *http.Response) (*http.Response, error) { r.StatusCode = 503; return r, nil },
	}
	for _, option := range []string{"honoured", "ignored"} {
		for name, lose := range losses {
			t.Run(option+"/"+name, func(t *testing.T) {
				tell(t, func(a *account) {
					lost := false
					a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
						if r.Method != http.MethodPost || lost {
							return answer, nil
						}
						lost = true
						return lose(answer)
					}
					field := must(a, func() (crm.Field, error) { return a.driver.CreateField(a.ctx, crm.Field{Name: "customer_id"}) })
					lost = false
					outcome := a.upsert(crm.Contact{Email: "ann@example.com", FirstName: "Ann", Fields: map[crm.FieldID]string{field.ID: "7"}})
					held := a.holds("ann@example.com")
					if len(held) != 1 || held[0].FirstName != "Ann" || held[0].Fields["customer_id"] != "7" {
						t.Errorf("Keap holds %+v, want one whole contact", held)
					}
					if outcome.Err != nil || outcome.ID != "1001" {
						t.Errorf("the outcome is %+v", outcome)
					}
					if posts := a.wire.count("POST /v2/contacts "); posts != 1 {
						t.Errorf("%d POSTs for one contact", posts)
					}
				}, "upsert-option="+option)
			})
		}
	}
}

// TestLateCreate: the first try was neither answered nor carried out at once; the contact appears only after it was looked up. The
// second try must find it rather than make another.
func TestLateCreate(t *testing.T) {
	tell(t, func(a *account) {
		must(a, func() (crm.Account, error) { return a.client.Check(a.ctx) })
		a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
			if r.Method == http.MethodPost {
				a.wire.meddle = nil
				return nil, errLost
			}
			return answer, nil
		}
		first := must(a, func() ([]crm.Outcome, error) {
			return a.driver.Upsert(a.ctx, []crm.Contact{{Email: "ann@example.com", FirstName: "Ann"}})
		})[0]
		if first.Result != crm.Unknown {
			t.Errorf("an answer that never came is %+v, want unknown", first)
		}
		second := must(a, func() ([]crm.Outcome, error) {
			return a.driver.Upsert(a.ctx, []crm.Contact{{Email: "ann@example.com", FirstName: "Ann"}})
		})[0]
		if second.Err != nil || len(a.holds("ann@example.com")) != 1 {
			t.Errorf("the second try is %+v and Keap holds %d contacts", second, len(a.holds("ann@example.com")))
		}
	}, "upsert-option=ignored")
}

// TestLostUpdate is simply sent again: it goes to one contact by its id.
func TestLostUpdate(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ann@example.com"}}})
		a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
			if r.Method == http.MethodPatch {
				a.wire.meddle = nil
				return nil, errLost
			}
			return answer, nil
		}
		got := must(a, func() ([]crm.Outcome, error) {
			return a.driver.Upsert(a.ctx, []crm.Contact{{Email: "ann@example.com", FirstName: "Ann"}})
		})[0]
		if got.Result != crm.Updated || got.ID != "1001" || a.wire.count("PATCH") != 2 {
			t.Errorf("%+v after %q", got, a.wire.seen)
		}
	})
}

// TestSomebodyElseWasFaster: a form of the owner's site made the contact a moment ago, after the book was read.
func TestSomebodyElseWasFaster(t *testing.T) {
	tell(t, func(a *account) {
		a.upsert(crm.Contact{Email: "first@example.com"})
		a.raw("POST", "/crm/rest/v2/contacts", `{"family_name":"Lee","email_addresses":[{"email":"ann@example.com","field":"EMAIL1"}]}`)
		outcome := a.upsert(crm.Contact{Email: "ann@example.com", FirstName: "Ann"})
		held := a.holds("ann@example.com")
		if len(held) != 1 || held[0].LastName != "Lee" || outcome.Result != crm.Updated || outcome.ID != "1002" {
			t.Errorf("%+v, and Keap holds %+v", outcome, held)
		}
	})
}

// TestByAge: the lowest number is the oldest, whatever the order of the answer.
func TestByAge(t *testing.T) {
	contacts := []wireContact{{ID: "1002"}, {ID: "999"}, {ID: "1001"}}
	slices.SortFunc(contacts, byAge)
	if contacts[0].ID != "999" || contacts[1].ID != "1001" || contacts[2].ID != "1002" {
		t.Errorf("the order is %v", contacts)
	}
}

// TestSeveralContactsOfOneAddress: Keap allows it. The oldest is written to, or the one that is named, and always only one.
func TestSeveralContactsOfOneAddress(t *testing.T) {
	for _, target := range []string{"oldest", "newest"} {
		tell(t, func(a *account) {
			a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{
				{Email: "twin@example.com", FirstName: "Old"}, {Email: "other@example.com"}, {Email: "Twin@example.com", FirstName: "New"},
			}})
			found := must(a, func() ([]crm.Contact, error) { return a.client.Find(a.ctx, "twin@example.com") })
			if len(found) != 2 || found[0].FirstName != "Old" {
				t.Fatalf("found %+v, want both, the oldest first", found)
			}
			if outcome := a.upsert(crm.Contact{Email: "TWIN@example.com", FirstName: "Ann"}); outcome.ID != found[0].ID || outcome.Result != crm.Updated {
				t.Errorf("written to %+v, want the oldest, %s", outcome, found[0].ID)
			}
			if outcome := a.upsert(crm.Contact{ID: found[1].ID, Email: "twin@example.com", LastName: "Lee"}); outcome.ID != found[1].ID {
				t.Errorf("written to %+v, want the one that was named, %s", outcome, found[1].ID)
			}
			held := a.holds("twin@example.com")
			names := []string{held[0].FirstName + " " + held[0].LastName, held[1].FirstName + " " + held[1].LastName}
			slices.Sort(names)
			if !slices.Equal(names, []string{"Ann ", "New Lee"}) || len(held) != 2 {
				t.Errorf("Keap holds %q", names)
			}
			if !a.client.Features().EmailsRepeat {
				t.Error("the features do not say that addresses repeat")
			}
		}, "upsert-target="+target)
	}
}

// TestSecondAddress: the address is only the second one of somebody's contact. Writing would take their first address away, and
// a new contact would split one person in two: it is for a person to decide.
func TestSecondAddress(t *testing.T) {
	for _, match := range []string{"any", "first"} {
		tell(t, func(a *account) {
			a.raw("POST", "/crm/rest/v2/contacts", `{"given_name":"Ann","email_addresses":[{"email":"work@example.com","field":"EMAIL1"},{"email":"Home@example.com","field":"EMAIL2"}]}`)
			outcome := a.upsert(crm.Contact{Email: "home@example.com", FirstName: "Somebody"})
			if outcome.Result != crm.Failed || !crm.IsKind(outcome.Err, crm.KindConflict) {
				t.Errorf("email-match=%s: %+v, want a conflict", match, outcome)
			}
			if found := must(a, func() ([]crm.Contact, error) { return a.client.Find(a.ctx, "home@example.com") }); len(found) != 0 {
				t.Errorf("found %+v by a second address", found)
			}
			if held := a.fake.Contents().Contacts; len(held) != 1 || held[0].Email != "work@example.com" || held[0].FirstName != "Ann" {
				t.Errorf("Keap holds %+v", held)
			}
		}, "email-match="+match)
	}
}

// TestListsAreKept: Keap empties every custom field and further address that an update does not list.
func TestListsAreKept(t *testing.T) {
	for _, lists := range []string{"replace", "merge"} {
		tell(t, func(a *account) {
			a.fake.Load(sandbox.Contents{Fields: []string{"shoe size", "customer_id"}})
			fields := must(a, func() ([]crm.Field, error) { return a.client.Fields(a.ctx) })
			a.raw("POST", "/crm/rest/v2/contacts", fmt.Sprintf(`{"family_name":"Lee","custom_fields":[{"id":"%s","content":"41"}],
				"email_addresses":[{"email":"ann@example.com","field":"EMAIL1"},{"email":"ann2@example.com","field":"EMAIL2"}]}`, fields[0].ID))
			a.upsert(crm.Contact{Email: "ann@example.com", FirstName: "Ann", Fields: map[crm.FieldID]string{fields[1].ID: "7", fields[0].ID: ""}})
			held := a.holds("ann@example.com")
			if len(held) != 1 || held[0].LastName != "Lee" || held[0].Fields["shoe size"] != "41" || held[0].Fields["customer_id"] != "7" {
				t.Errorf("Keap holds %+v", held)
			}
			if _, text := a.raw("GET", "/crm/rest/v2/contacts?fields=email_addresses", ""); !strings.Contains(text, "ann2@example.com") {
				t.Errorf("the second address is gone: %s", text)
			}
		}, "upsert-lists="+lists)
	}
}

// TestWhatIsThereIsNotSentAgain: a second run of the same import changes nothing and makes nobody.
func TestWhatIsThereIsNotSentAgain(t *testing.T) {
	tell(t, func(a *account) {
		contact := crm.Contact{Email: "ann@example.com", FirstName: "Ann"}
		a.upsert(contact)
		if outcome := a.upsert(contact); outcome.Result != crm.Updated || outcome.ID == "" {
			t.Errorf("the second time is %+v", outcome)
		}
		if a.wire.count("POST /v2/contacts ") != 1 || a.wire.count("PATCH") != 0 {
			t.Errorf("writes: %q", a.wire.seen)
		}
	})
}

// TestConsentIsNeverRaised: nothing that is sent gives a reason for consent, and nobody may be mailed who might not before.
func TestConsentIsNeverRaised(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "left@example.com", FirstName: "Lea", State: "unsubscribed"}, {Email: "hard@example.com", State: "bounced"}}})
		a.wire.meddle = func(r *http.Request, body []byte, answer *http.Response) (*http.Response, error) {
			if bytes.Contains(body, []byte("opt_in")) || bytes.Contains(body, []byte("opted_in")) || strings.Contains(r.URL.Path, "emailAddresses") {
				t.Errorf("consent was touched: %s %s %s", r.Method, r.URL.Path, body)
			}
			return answer, nil
		}
		for _, email := range []string{"left@example.com", "hard@example.com", "new@example.com"} {
			a.upsert(crm.Contact{Email: email, FirstName: "Ann", State: crm.StateActive})
		}
		for email, state := range map[string]string{"left@example.com": "unsubscribed", "hard@example.com": "bounced", "new@example.com": "unconfirmed"} {
			if held := a.holds(email); len(held) != 1 || held[0].State != state {
				t.Errorf("%s: %+v, want %s", email, held, state)
			}
		}
	})
}

// TestTooLong: what Keap would refuse is not sent, and says what is wrong.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("ä", 41)
	for name, contact := range map[string]crm.Contact{
		"address":    {Email: strings.Repeat("a", 60) + "@example.example"},
		"first name": {Email: "a@example.com", FirstName: long},
		"last name":  {Email: "a@example.com", LastName: long},
		"field":      {Email: "a@example.com", Fields: map[crm.FieldID]string{"1": strings.Repeat("x", 65536)}},
	} {
		tell(t, func(a *account) {
			outcome := a.upsert(contact)
			if outcome.Result != crm.Failed || !crm.IsKind(outcome.Err, crm.KindInvalid) || a.wire.count("POST") > 0 {
				t.Errorf("%s: %+v", name, outcome)
			}
		})
	}
	tell(t, func(a *account) {
		contact := crm.Contact{Email: strings.Repeat("a", 60) + "@example.exampl", FirstName: long[:80], LastName: long[:80]}
		if outcome := a.upsert(contact); outcome.Err != nil {
			t.Errorf("the longest that fits: %+v", outcome)
		}
	})
}

// TestPlanIsFull: Keap's words for it are not documented, so both plausible statuses are read.
func TestPlanIsFull(t *testing.T) {
	for _, status := range []string{"403", "400"} {
		tellWith(t, func(a *account) {
			a.upsert(crm.Contact{Email: "first@example.com"})
			if outcome := a.upsert(crm.Contact{Email: "second@example.com"}); outcome.Result != crm.Failed || !crm.IsKind(outcome.Err, crm.KindPlanLimit) {
				t.Errorf("%s: %+v", status, outcome)
			}
		}, sandboxKey, sandbox.Options{PlanLimit: 1}, "plan-full="+status)
	}
}
