package steps_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// On Keap and Ontraport two contacts may share an address. Keap makes one of them; on Ontraport the tags are moved.
func TestDuplicatesBecomeOneContact(t *testing.T) {
	for crmID, left := range map[string]int{"keap": 1, "ontraport": 2} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := withTools(t, crmID, somebody("jo@example.com", "Jo", "Yoga", "Shared"), somebody("jo@example.com", "Joanna", "Circle", "Shared"), somebody("al@example.com", "Al", "Yoga"))
				j.run(steps.MergeContacts, "find")
				table := j.table(steps.MergeContacts, "duplicates")
				if table.Rows != 2 {
					t.Fatalf("%d contacts share an address", table.Rows)
				}
				j.row(steps.MergeContacts, "duplicates", "k", 0, "")
				j.row(steps.MergeContacts, "duplicates", "x", 1, "")
				keep, lose := table.Row(0)[1], table.Row(1)[1]
				j.run(steps.MergeContacts, "compare")
				if !j.hasTable(steps.MergeContacts, "pair") {
					t.Fatal("nothing is shown side by side")
				}
				if err := j.keeper.Answer(j.step(steps.MergeContacts), "merge.confirm", "merge "+keep+" into "+lose); err == nil {
					t.Error("the words the wrong way round are taken")
				}
				j.confirm(steps.MergeContacts, "merge.confirm")
				j.decideMerge()
				j.run(steps.MergeContacts, "merge")
				j.ticksAll(steps.MergeContacts)
				if j.status(steps.MergeContacts) != wizard.Done {
					t.Error("the tool is not done at the end")
				}
				there := j.having("jo@example.com")
				if len(there) != left {
					t.Errorf("%d contacts are left", len(there))
				}
				if !slices.ContainsFunc(there, func(c sandbox.Contact) bool {
					return slices.Contains(c.Tags, "Yoga") && slices.Contains(c.Tags, "Circle") && slices.Contains(c.Tags, "Shared")
				}) {
					t.Errorf("nobody has all tags: %+v", there)
				}
				both, err := os.ReadFile(j.folder.Path("merge-" + lose + ".json"))
				if err != nil || !strings.Contains(string(both), "Joanna") || !strings.Contains(string(both), "Circle") {
					t.Errorf("both contacts are not saved: %v", err)
				}
			})
		})
	}
}

// Elsewhere one person has two addresses. The tags go to the contact that stays.
func TestTwoAddressesOfOnePerson(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := withTools(t, crmID, somebody("jo@example.com", "Jo", "Yoga"), somebody("jo.work@example.org", "Jo", "Circle"))
				j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
				j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
				j.run(steps.MergeContacts, "compare")
				j.confirm(steps.MergeContacts, "merge.confirm")
				j.decideMerge()
				j.run(steps.MergeContacts, "merge")
				there := j.having("jo@example.com")
				if len(there) != 1 || !slices.Contains(there[0].Tags, "Yoga") || !slices.Contains(there[0].Tags, "Circle") {
					t.Errorf("the contact that stays: %+v", there)
				}
				if gone := len(j.having("jo.work@example.org")) == 0; gone != (crmID == "keap") {
					t.Errorf("the other contact is gone: %v", gone)
				}
			})
		})
	}
}

func TestWhoCannotBeMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo"), somebody("jo@example.com", "Joanna"), somebody("al@example.com", "Al"))
		for pair, code := range map[[2]string]string{{"al@example.com", "nobody@example.com"}: "ALLY-CONTACT", {"al@example.com", "jo@example.com"}: "ALLY-CONTACT", {"al@example.com", "AL@example.com"}: "ALLY-MERGE"} {
			j.answer(steps.MergeContacts, "merge.keep", pair[0])
			j.answer(steps.MergeContacts, "merge.lose", pair[1])
			if err := j.try(steps.MergeContacts, "compare"); !wizard.Refused(err) || wizard.Explain(err).Code != code {
				t.Errorf("%v: %v", pair, err)
			}
		}
		if len(j.demo.Sandbox.Contents().Contacts) != 3 {
			t.Error("somebody was merged")
		}
	})
}

// With the companion the user who knew the contact that is gone gets the one that stays, and whoever has a third is left alone.
func TestAMergeIsRepairedOnTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("plus.first+vip@example.com", "Plus", "Inner Circle Member"), somebody("plus.first+vip@example.com", "Plus", "Yoga Basics Access"))
		server := j.demo.Site.Handler()
		j.deps.SiteTransport = sandbox.Transport(server)
		j.logIn()
		server.SwitchTo("Infusionsoft")
		j.run(steps.MergeContacts, "find")
		j.row(steps.MergeContacts, "duplicates", "k", 0, "")
		j.row(steps.MergeContacts, "duplicates", "x", 1, "")
		j.run(steps.MergeContacts, "compare")
		j.confirm(steps.MergeContacts, "merge.confirm")
		j.run(steps.MergeContacts, "merge", "site")
		if got := j.state().Step(steps.MergeContacts).Notes["site"]; got != "0 contact IDs set on the site, 0 were right already, 1 could not be set" {
			t.Errorf("a user with a third contact ID: %s", got)
		}
		j.ticksAll(steps.MergeContacts)
		if j.status(steps.MergeContacts) == wizard.Done {
			t.Error("the tool is done although a user has a third contact ID")
		}
	})
}

// A merge that was carried out when the program was killed is found, and not begun again.
func TestAMergeThatWasCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo", "Yoga"), somebody("jo@example.com", "Joanna", "Circle"))
		j.run(steps.MergeContacts, "find")
		j.row(steps.MergeContacts, "duplicates", "k", 0, "")
		j.row(steps.MergeContacts, "duplicates", "x", 1, "")
		j.run(steps.MergeContacts, "compare")
		j.confirm(steps.MergeContacts, "merge.confirm")
		merged := false
		j.wire.set(func(request *http.Request, _ string) (*http.Response, error) {
			merged = merged || strings.Contains(request.URL.Path, "merge")
			if merged && !strings.Contains(request.URL.Path, "merge") {
				return nil, errors.New("the line is dead")
			}
			return nil, nil
		})
		if err := j.try(steps.MergeContacts, "merge"); err == nil {
			t.Fatal("a merge without an answer counts as done")
		}
		j.wire.set(nil)
		j.run(steps.MergeContacts, "merge")
		notes := j.state().Step(steps.MergeContacts).Notes
		if notes["merged"] == "" || notes["missing"] != "" || notes["gone"] != "yes" || len(j.having("jo@example.com")) != 1 {
			t.Errorf("after the second try: %v", notes)
		}
	})
}

// Three contacts with one address: the tool goes on by itself with the next one, each confirmed on its own, until one is left. What is left to do names all.
func TestThreeContactsBecomeOne(t *testing.T) {
	for crmID, left := range map[string]int{"keap": 1, "ontraport": 3} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := withTools(t, crmID, somebody("jo@example.com", "Jo", "Yoga"), somebody("jo@example.com", "Joanna", "Circle"), somebody("jo@example.com", "J", "Library"))
				j.run(steps.MergeContacts, "find")
				table := j.table(steps.MergeContacts, "duplicates")
				j.row(steps.MergeContacts, "duplicates", "k", 0, "")
				j.row(steps.MergeContacts, "duplicates", "x", 1, "")
				var gone []string
				for range 2 {
					notes := j.state().Step(steps.MergeContacts).Notes
					if notes["merged"] != "" {
						t.Fatal("the tool stopped before the third contact")
					}
					gone = append(gone, notes["lose"])
					if err := j.try(steps.MergeContacts, "compare"); err != nil {
						t.Fatal(err)
					}
					j.confirm(steps.MergeContacts, "merge.confirm")
					j.decideMerge()
					j.run(steps.MergeContacts, "merge")
				}
				if got := j.state().Step(steps.MergeContacts).Notes; got["merged"] == "" || got["lost"] != strings.Join(gone, ", ") || gone[1] != table.Row(2)[1] || got["keep"] != table.Row(0)[1] {
					t.Errorf("after both merges: %v", got)
				}
				j.ticksAll(steps.MergeContacts)
				if j.status(steps.MergeContacts) != wizard.Done {
					t.Errorf("the tool is not done: %q", wizard.Pending(j.step(steps.MergeContacts).Sheet(j.state())))
				}
				there := j.having("jo@example.com")
				if len(there) != left || !slices.ContainsFunc(there, func(c sandbox.Contact) bool {
					return slices.Contains(c.Tags, "Yoga") && slices.Contains(c.Tags, "Circle") && slices.Contains(c.Tags, "Library")
				}) {
					t.Errorf("%d contacts are left: %+v", len(there), there)
				}
			})
		})
	}
}
