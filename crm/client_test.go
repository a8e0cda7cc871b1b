package crm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
)

// fake is a driver whose every answer a test decides.
type fake struct {
	crm.Driver
	features crm.Features
	upsert   func([]crm.Contact) ([]crm.Outcome, error)
	find     func(email string) ([]crm.Contact, error)
	contacts func(crm.Cursor) (crm.Page, error)
	tags     []crm.Tag
	listings int
	create   func(name string) (crm.Tag, error)
	apply    func([]crm.Target) ([]crm.Outcome, error)
}

func (f *fake) Features() crm.Features { return f.features }

func (f *fake) Upsert(_ context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	return f.upsert(contacts)
}

func (f *fake) Find(_ context.Context, email string) ([]crm.Contact, error) { return f.find(email) }

func (f *fake) Contacts(_ context.Context, at crm.Cursor) (crm.Page, error) { return f.contacts(at) }

func (f *fake) Tags(context.Context) ([]crm.Tag, error) {
	f.listings++
	return append([]crm.Tag{}, f.tags...), nil
}

func (f *fake) CreateTag(_ context.Context, name string) (crm.Tag, error) { return f.create(name) }

func (f *fake) ApplyTag(_ context.Context, _ crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	return f.apply(to)
}

func (f *fake) Check(context.Context) (crm.Account, error) { return crm.Account{}, nil }

func open(t *testing.T, f *fake) *crm.Client {
	t.Helper()
	client, err := crm.Open(crm.Provider{
		ID: "fake", Name: "FakeCRM", CodePrefix: "FK", New: func(crm.Settings) (crm.Driver, error) { return f, nil },
	}, crm.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func lost() error {
	return &crm.Error{Kind: crm.KindTemporary, Code: "FK-LATE", Op: "write", Sent: true}
}

func created(contacts []crm.Contact) []crm.Outcome {
	outcomes := make([]crm.Outcome, len(contacts))
	for i, contact := range contacts {
		outcomes[i] = crm.Outcome{ID: crm.ContactID(contact.Email), Result: crm.Created}
	}
	return outcomes
}

func TestAnAnswerThatDoesNotFitIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		writes := 0
		f := &fake{features: crm.Features{UpsertBatch: 3, UpsertIdempotent: true}}
		f.upsert = func(contacts []crm.Contact) ([]crm.Outcome, error) {
			writes++
			outcomes := created(contacts)
			if writes == 1 {
				return outcomes[:1], nil
			}
			if len(contacts) == 3 {
				outcomes[1] = crm.Outcome{}
			}
			return outcomes, nil
		}
		outcomes, err := open(t, f).Upsert(t.Context(), []crm.Contact{{Email: "a@example.com"}, {Email: "b@example.com"}, {Email: "c@example.com"}})
		if err != nil || writes != 3 {
			t.Fatalf("%d writes, %v", writes, err)
		}
		for i, outcome := range outcomes {
			if outcome.Result != crm.Created || outcome.Err != nil {
				t.Errorf("contact %d: %+v", i, outcome)
			}
		}
	})
}

func TestWhatNeverBecomesKnownIsSaidToBeUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{features: crm.Features{UpsertBatch: 1, UpsertIdempotent: true}}
		f.upsert = func([]crm.Contact) ([]crm.Outcome, error) { return nil, lost() }
		outcomes, err := open(t, f).Upsert(t.Context(), []crm.Contact{{Email: "a@example.com"}})
		if err == nil || outcomes[0].Result != crm.Unknown || outcomes[0].Err == nil {
			t.Errorf("%+v, %v", outcomes, err)
		}
	})
}

func TestBlanksAndConsentAreNeverSent(t *testing.T) {
	f := &fake{features: crm.Features{UpsertBatch: 1}}
	var sent crm.Contact
	f.upsert = func(contacts []crm.Contact) ([]crm.Outcome, error) {
		sent = contacts[0]
		return created(contacts), nil
	}
	given := crm.Contact{Email: "a@example.com", State: crm.StateActive, Fields: map[crm.FieldID]string{"1": "", "2": "x"}}
	if _, err := open(t, f).Upsert(t.Context(), []crm.Contact{given}); err != nil {
		t.Fatal(err)
	}
	if len(sent.Fields) != 1 || sent.Fields["2"] != "x" || sent.State != crm.StateUnknown {
		t.Errorf("sent %+v", sent)
	}
	if len(given.Fields) != 2 {
		t.Error("the caller's contact was changed")
	}
}

func TestImpossibleBatchesAreNotSent(t *testing.T) {
	f := &fake{features: crm.Features{UpsertBatch: 2}, upsert: func([]crm.Contact) ([]crm.Outcome, error) { panic("sent") }}
	for name, contacts := range map[string][]crm.Contact{
		"too many":        {{Email: "a@example.com"}, {Email: "b@example.com"}, {Email: "c@example.com"}},
		"no address":      {{Email: " "}},
		"the same person": {{Email: "a@example.com"}, {Email: " A@Example.com"}},
	} {
		if _, err := open(t, f).Upsert(t.Context(), contacts); !crm.IsKind(err, crm.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoTwoWritesToOneContactAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		busy, most := map[string]bool{}, 0
		write := func(emails ...string) {
			mu.Lock()
			for _, email := range emails {
				if busy[email] {
					t.Errorf("two writes to %s at once", email)
				}
				busy[email] = true
			}
			most = max(most, len(busy))
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			for _, email := range emails {
				delete(busy, email)
			}
		}
		f := &fake{features: crm.Features{UpsertBatch: 2, TagBatch: 2}}
		f.upsert = func(contacts []crm.Contact) ([]crm.Outcome, error) {
			write(contacts[0].Email, contacts[1].Email)
			return created(contacts), nil
		}
		f.apply = func(to []crm.Target) ([]crm.Outcome, error) {
			write(to[0].Email)
			return []crm.Outcome{{Result: crm.Updated}}, nil
		}
		client := open(t, f)
		var wait sync.WaitGroup
		for i := range 40 {
			wait.Go(func() {
				a, b := fmt.Sprintf("m%d@example.com", i%5), fmt.Sprintf("m%d@example.com", (i+1)%5)
				if _, err := client.Upsert(t.Context(), []crm.Contact{{Email: a}, {Email: b}}); err != nil {
					t.Error(err)
				}
				if _, err := client.ApplyTag(t.Context(), crm.Tag{ID: "1", Name: "VIP"}, []crm.Target{{ID: "1", Email: a}}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if most < 3 {
			t.Error("writes to different contacts waited for each other")
		}
	})
}

func TestATagIsMadeOnceAndComparedByteForByte(t *testing.T) {
	for name, test := range map[string]struct {
		have, want, made string
		folds            bool
		kind             crm.Kind
		names            string
	}{
		"there is one":                      {"VIP", " VIP ", "", true, "", ""},
		"there is one in other code points": {"Gro\u0308\u00dfe", "Gr\u00f6\u00dfe", "", true, "", ""},
		"there is none":                     {"Gold", "VIP", "VIP", true, "", ""},
		"another in case alone":             {"vip", "VIP", "", true, crm.KindConflict, "vip"},
		"another in case of other scripts":  {"ΓΆΜΟΣ", "γάμος", "", true, crm.KindConflict, "ΓΆΜΟΣ"},
		"another in the same letters":       {"Straße", "STRASSE", "", true, crm.KindConflict, "Straße"},
		"another in spaces alone":           {"My  tag", "my tag", "", true, crm.KindConflict, "My tag"},
		"another in case, which is allowed": {"vip", "VIP", "VIP", false, "", ""},
		"the CRM makes something else":      {"Gold", "VIP", "Vip", false, crm.KindConflict, "Vip"},
		"empty":                             {"Gold", "  ", "", false, crm.KindInvalid, ""},
		"too long":                          {"Gold", strings.Repeat("ä", 11), "", false, crm.KindInvalid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			creates := 0
			f := &fake{features: crm.Features{TagsFoldCase: test.folds, TagLength: 10}, tags: []crm.Tag{{ID: "1", Name: test.have}}}
			f.create = func(string) (crm.Tag, error) {
				creates++
				return crm.Tag{ID: "2", Name: test.made}, nil
			}
			client := open(t, f)
			for range 2 {
				tag, err := client.EnsureTag(t.Context(), test.want)
				if test.kind == "" && (err != nil || tag.ID == "") || test.kind != "" && !crm.IsKind(err, test.kind) {
					t.Fatalf("%+v, %v", tag, err)
				}
				if err != nil && !strings.Contains(err.Error(), test.names) {
					t.Errorf("%v does not name %q", err, test.names)
				}
				if test.kind != "" {
					break
				}
			}
			if f.listings > 1 || creates > 1 || (creates == 1) != (test.made != "") {
				t.Errorf("%d listings, %d created", f.listings, creates)
			}
		})
	}
}

func TestEverybodyIsReadOnceOrItIsAnError(t *testing.T) {
	person := func(ids ...string) (contacts []crm.Contact) {
		for _, id := range ids {
			contacts = append(contacts, crm.Contact{ID: crm.ContactID(id), Email: id + "@example.com"})
		}
		return contacts
	}
	broken := errors.New("page 2 is broken")
	for name, test := range map[string]struct {
		pages map[crm.Cursor]crm.Page
		count int
		fails bool
	}{
		"two pages":            {map[crm.Cursor]crm.Page{"": {Contacts: person("1", "2"), Next: "b", Total: 3}, "b": {Contacts: person("3"), Total: 3}}, 3, false},
		"nobody":               {map[crm.Cursor]crm.Page{"": {Total: 0}}, 0, false},
		"somebody moved pages": {map[crm.Cursor]crm.Page{"": {Contacts: person("1", "2"), Next: "b", Total: -1}, "b": {Contacts: person("2", "3"), Total: -1}}, 3, false},
		"error on page 2":      {map[crm.Cursor]crm.Page{"": {Contacts: person("1"), Next: "gone", Total: -1}}, 1, true},
		"the same page again":  {map[crm.Cursor]crm.Page{"": {Contacts: person("1"), Next: "b", Total: -1}, "b": {Contacts: person("2"), Next: "b", Total: -1}}, 2, true},
		"fewer than counted":   {map[crm.Cursor]crm.Page{"": {Contacts: person("1"), Total: 5}}, 1, true},
		"one without an ID":    {map[crm.Cursor]crm.Page{"": {Contacts: person(""), Total: -1}}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{contacts: func(at crm.Cursor) (crm.Page, error) {
				page, there := test.pages[at]
				if !there {
					return crm.Page{}, broken
				}
				return page, nil
			}}
			seen := map[crm.ContactID]int{}
			count, err := open(t, f).EachContact(t.Context(), func(contact crm.Contact) error {
				seen[contact.ID]++
				return nil
			})
			if count != test.count || (err != nil) != test.fails || len(seen) != count {
				t.Errorf("%d contacts, %v, %v", count, seen, err)
			}
			if err != nil && !crm.IsKind(err, crm.KindTemporary) {
				t.Errorf("error %v", err)
			}
		})
	}
	own := errors.New("the disk is full")
	f := &fake{contacts: func(crm.Cursor) (crm.Page, error) { return crm.Page{Contacts: person("1"), Total: -1}, nil }}
	if _, err := open(t, f).EachContact(t.Context(), func(crm.Contact) error { return own }); err != own {
		t.Errorf("the caller's own error comes back as %v", err)
	}
}

func TestTagsAreReadWithNamesAndIDs(t *testing.T) {
	f := &fake{tags: []crm.Tag{{ID: "1", Name: "VIP"}, {ID: "2", Name: "Gold"}}}
	f.contacts = func(crm.Cursor) (crm.Page, error) {
		return crm.Page{Total: -1, Contacts: []crm.Contact{{ID: "9", TagsKnown: true, Tags: []crm.Tag{{ID: "1"}, {Name: "Gold"}, {ID: "77"}}}}}, nil
	}
	var read []crm.Tag
	client := open(t, f)
	for range 3 {
		if _, err := client.EachContact(t.Context(), func(contact crm.Contact) error { read = contact.Tags; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(read) != "[{1 VIP } {2 Gold } {77  }]" {
		t.Errorf("read %v", read)
	}
	if f.listings > 2 {
		t.Errorf("the tags were listed %d times for one unknown tag", f.listings)
	}
}

// An answer about somebody else must never be taken for "nobody".
func TestAnAnswerAboutSomebodyElseIsAnError(t *testing.T) {
	f := &fake{find: func(string) ([]crm.Contact, error) { return []crm.Contact{{ID: "1", Email: "bob@example.com"}}, nil }}
	if found, err := open(t, f).Find(t.Context(), "ada@example.com"); err == nil {
		t.Errorf("found %+v", found)
	}
	if _, err := open(t, f).Find(t.Context(), "  "); !crm.IsKind(err, crm.KindInvalid) {
		t.Errorf("no address: %v", err)
	}
	if found, err := open(t, f).Find(t.Context(), "BOB@example.com"); err != nil || len(found) != 1 {
		t.Errorf("in capitals: %+v, %v", found, err)
	}
}

func TestAnAccountWithoutANameIsNoAccount(t *testing.T) {
	if _, err := open(t, &fake{}).Check(t.Context()); !crm.IsKind(err, crm.KindTemporary) {
		t.Errorf("error %v", err)
	}
}
