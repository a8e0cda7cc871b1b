package kit

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// Lists are late, the answers to writes are not: the owner gets everybody's number at once, and nobody is called missing
// before five minutes have passed.
func TestListsLagBehindWrites(t *testing.T) {
	withBoth(t, map[string]string{switchLateness: "longest"}, func(a *owner) {
		outcome := a.upsert(crm.Contact{Email: "ada@example.com", FirstName: "Ada"})
		if outcome.ID == "" || outcome.Result != crm.Created {
			a.Fatalf("the answer to the write is %+v", outcome)
		}
		status, _, _ := a.raw("key", "GET", "/v4/subscribers/"+string(outcome.ID), nil)
		if status != http.StatusOK {
			a.Errorf("a single read answers %d at once", status)
		}
		if found, err := a.driver.Find(a.ctx, "ada@example.com"); err != nil || len(found) != 0 {
			a.Errorf("the list shows %v, %v at once", found, err)
		}
		time.Sleep(a.driver.Features().ReadLag)
		found, err := a.driver.Find(a.ctx, "ada@example.com")
		if err != nil || len(found) != 1 || found[0].ID != outcome.ID {
			a.Errorf("after the lag the list shows %+v, %v", found, err)
		}
	})
}

// Kit lists active subscribers only unless asked for all: somebody who unsubscribed must be found, or they would be taken for missing.
func TestEverybodyIsReadWhateverTheirState(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		a.fake.Load(sandbox.Contents{Tags: []string{"Gold"}, Contacts: []sandbox.Contact{
			{Email: "active@example.com", State: "active"}, {Email: "inactive@example.com", State: "unconfirmed"},
			{Email: "cancelled@example.com", State: "unsubscribed", LastName: "Lovelace", Tags: []string{"Gold"}}, {Email: "bounced@example.com", State: "bounced"},
		}})
		page, err := a.driver.Contacts(a.ctx, "")
		if err != nil || len(page.Contacts) != 4 || page.Total != 4 || page.Next != "" {
			a.Fatalf("read %+v, %v", page, err)
		}
		found, err := a.driver.Find(a.ctx, "cancelled@example.com")
		if err != nil || len(found) != 1 {
			a.Fatalf("found %+v, %v", found, err)
		}
		contact := found[0]
		if contact.State != crm.StateUnsubscribed || contact.LastName != "Lovelace" || !contact.TagsKnown || len(contact.Tags) != 1 || contact.Tags[0].Name != "Gold" {
			a.Errorf("found %+v", contact)
		}
		if _, doubled := contact.Fields["last_name"]; doubled || !contact.FieldsKnown {
			a.Errorf("fields %v", contact.Fields)
		}
	})
}

// A "+" in an address means a space unless it is escaped, and then somebody else would be found.
func TestPlusAndCursorsAreEscaped(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		contents := sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ada+news@example.com"}, {Email: "ada@example.com"}}}
		for i := range page {
			contents.Contacts = append(contents.Contacts, sandbox.Contact{Email: fmt.Sprintf("m%04d@example.com", i)})
		}
		a.fake.Load(contents)
		found, err := a.driver.Find(a.ctx, "ada+news@example.com")
		if err != nil || len(found) != 1 || found[0].Email != "ada+news@example.com" {
			a.Fatalf("found %+v, %v", found, err)
		}
		if a.wire.count("ada%2Bnews%40example.com") != 1 {
			a.Errorf("the address was not escaped: %q", a.wire.requests)
		}
		first, err := a.driver.Contacts(a.ctx, "")
		if err != nil || len(first.Contacts) != page || !strings.HasSuffix(string(first.Next), "=") {
			a.Fatalf("%d on the first page, next %q, %v", len(first.Contacts), first.Next, err)
		}
		second, err := a.driver.Contacts(a.ctx, first.Next)
		if err != nil || len(second.Contacts) != 2 || second.Next != "" {
			a.Fatalf("%d on the second page, next %q, %v", len(second.Contacts), second.Next, err)
		}
		if a.wire.count("after=") != 1 || a.wire.count("%3D") != 1 {
			a.Errorf("the cursor was not escaped: %q", a.wire.requests)
		}
	})
}

// An answer that lacks its list, its pages or its numbers is asked for again and then reported. It never means "nobody".
func TestIncompleteAnswersAreUnknown(t *testing.T) {
	page := `"pagination":{"has_next_page":false,"end_cursor":null}`
	for name, body := range map[string]string{
		"no list":            `{` + page + `}`,
		"null list":          `{"subscribers":null,` + page + `}`,
		"no pages":           `{"subscribers":[]}`,
		"next without mark":  `{"subscribers":[],"pagination":{"has_next_page":true,"end_cursor":null}}`,
		"the page we are on": `{"subscribers":[],"pagination":{"has_next_page":true,"end_cursor":"here"}}`,
		"no number":          `{"subscribers":[{"email_address":"a@example.com","fields":{}}],` + page + `}`,
		"no address":         `{"subscribers":[{"id":7,"fields":{}}],` + page + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			d := stubbed(t, "key", func(w http.ResponseWriter, _ *http.Request) {
				asked++
				sandboxJSON(w, http.StatusOK, body)
			})
			_, err := d.Contacts(t.Context(), "here")
			if e := wants(t, err, crm.KindTemporary); !e.Sent || e.Code != "KIT-PART" {
				t.Errorf("error %+v", e)
			}
			if asked != attempts {
				t.Errorf("asked %d times, want %d", asked, attempts)
			}
		})
	}
}

func sandboxJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// Were Kit to ignore the address, it would answer with everybody. That is no answer to who this is.
func TestFindBelievesNoAnswerAboutSomebodyElse(t *testing.T) {
	d := stubbed(t, "key", func(w http.ResponseWriter, _ *http.Request) {
		sandboxJSON(w, http.StatusOK, `{"subscribers":[{"id":7,"email_address":"someone@example.com","fields":{}}],"pagination":{"has_next_page":false}}`)
	})
	_, err := d.Find(t.Context(), "ada@example.com")
	wants(t, err, crm.KindTemporary)
}

// Where tags are not shown, nobody has "no tags": it is unknown, and who carries a tag can be read apart.
func TestTagsThatAreNotShownAreUnknown(t *testing.T) {
	d := stubbed(t, "key", func(w http.ResponseWriter, _ *http.Request) {
		sandboxJSON(w, http.StatusOK, `{"subscribers":[{"id":7,"email_address":"ada@example.com","state":"odd"}],"pagination":{"has_next_page":false}}`)
	})
	read, err := d.Contacts(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if ada := read.Contacts[0]; ada.TagsKnown || ada.FieldsKnown || ada.State != crm.StateUnknown {
		t.Errorf("read %+v", ada)
	}
	with(t, "key", nil, func(a *owner) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ada@example.com", State: "unsubscribed", Tags: []string{"Gold"}}, {Email: "bob@example.com"}}})
		tags, err := a.driver.Tags(a.ctx)
		if err != nil || len(tags) != 1 {
			a.Fatalf("tags %v, %v", tags, err)
		}
		carriers, err := a.driver.TaggedContacts(a.ctx, tags[0], "")
		if err != nil || len(carriers.Targets) != 1 || carriers.Targets[0].Email != "ada@example.com" {
			a.Errorf("carriers %+v, %v", carriers, err)
		}
	})
}

// Check says whose key it is and what the plan still allows; only active subscribers count towards it.
func TestCheckTellsAccountAndRoom(t *testing.T) {
	for _, credential := range credentials {
		options := sandbox.Options{PlanLimit: 1000, Switches: map[string]string{switchCredential: credential}}
		t.Run(credential, func(t *testing.T) {
			withOptions(t, options, func(a *owner) {
				a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ada@example.com", State: "active"}, {Email: "bob@example.com", State: "unsubscribed"}}})
				got, err := a.driver.Check(a.ctx)
				want := crm.Account{ID: "27", Name: "Kit sandbox", User: "owner@example.com", Plan: "creator", ContactLimit: 1000, Contacts: 1}
				if err != nil || got != want {
					a.Errorf("got %+v, %v, want %+v", got, err, want)
				}
				if contents := a.fake.Contents(); len(contents.Tags) > 0 {
					a.Errorf("the check made the tags %q", contents.Tags)
				}
			})
		})
	}
}

// A credential that may only read is found out before anything is moved.
func TestCheckFindsAReadOnlyCredential(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		d := stubbed(t, "token", func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet {
				sandboxJSON(w, status, `{"errors":["Insufficient scope"]}`)
				return
			}
			sandboxJSON(w, http.StatusOK, `{"user":{"email":"o@example.com"},"account":{"id":27,"name":"N","primary_email_address":"o@example.com"}}`)
		})
		_, err := d.Check(t.Context())
		if e := wants(t, err, crm.KindPermission); !strings.Contains(e.Hint, "may read") {
			t.Errorf("hint %q", e.Hint)
		}
	}
}

// Accounts of before July 2026 show no plan, and the documentation of 2025 promises no number: neither is made up.
func TestCheckMakesNothingUp(t *testing.T) {
	d := stubbed(t, "key", func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + r.URL.Path {
		case "GET/v4/account":
			sandboxJSON(w, http.StatusOK, `{"user":{},"account":{"name":"N","primary_email_address":"o@example.com"}}`)
		case "POST/v4/tags":
			sandboxJSON(w, http.StatusUnprocessableEntity, `{"errors":["Name can't be blank"]}`)
		default:
			sandboxJSON(w, http.StatusOK, `{"subscribers":[],"pagination":{"has_next_page":false}}`)
		}
	})
	got, err := d.Check(t.Context())
	if err != nil || got.ID != "o@example.com" || got.ContactLimit != -1 || got.Contacts != -1 {
		t.Errorf("got %+v, %v", got, err)
	}
}
