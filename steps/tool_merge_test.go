package steps_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

// Where tags are moved one by one, the tool looks first what they start, as when students are imported. On Keap, which merges by itself, no tag is moved.
func TestWhatMovedTagsStartIsDecidedFirst(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := withTools(t, crmID, somebody("jo@example.com", "Jo", "Yoga", "Shared"), somebody("jo.work@example.org", "Jo", "Circle", "Shared"))
				j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Circle welcome", Tag: "Circle", Active: true}}})
				j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
				j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
				j.run(steps.MergeContacts, "compare")
				j.confirm(steps.MergeContacts, "merge.confirm")
				if crmID == "keap" {
					j.run(steps.MergeContacts, "merge")
					return
				}
				if locked := j.lockedBy(steps.MergeContacts, "merge"); !strings.Contains(locked, "could start") {
					t.Errorf("tags can be moved before it is known what they start: %q", locked)
				}
				j.run(steps.MergeContacts, "starts")
				question, asked := j.question(steps.MergeContacts, "merge.accept")
				if !asked || !strings.Contains(question.Label, "Circle welcome") || j.lockedBy(steps.MergeContacts, "merge") == "" {
					t.Fatalf("nobody is asked: %+v", question)
				}
				j.decideStarts(steps.MergeContacts, "merge.accept")
				j.run(steps.MergeContacts, "merge")
				if there := j.having("jo@example.com"); !slices.Contains(there[0].Tags, "Circle") {
					t.Errorf("the contact that stays: %+v", there)
				}
			})
		})
	}
}

// What was activated after the look holds the tags back.
func TestTagsAreNotMovedForWhatNobodyHasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "activecampaign", somebody("jo@example.com", "Jo"), somebody("jo.work@example.org", "Jo", "Circle"))
		j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
		j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
		j.run(steps.MergeContacts, "compare")
		j.decideStarts(steps.MergeContacts, "merge.accept")
		j.confirm(steps.MergeContacts, "merge.confirm")
		j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Brand new", Tag: "Circle", Active: true}}})
		if err := j.try(steps.MergeContacts, "merge"); !wizard.Refused(err) || wizard.Explain(err).Code != "ALLY-STARTS" {
			t.Errorf("got %v", err)
		}
		if there := j.having("jo@example.com"); len(there[0].Tags) > 0 {
			t.Errorf("tags were moved: %+v", there)
		}
	})
}

// A contact ID belongs to one user. Where both addresses have one, the user with the address that stays is linked, and the other is named and left alone.
func TestTwoUsersOfOnePerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo", "Yoga"), somebody("jo.work@example.org", "Jo", "Circle"))
		server := j.demo.Site.Handler()
		j.deps.SiteTransport = sandbox.Transport(server)
		server.SwitchTo("Infusionsoft")
		j.logIn()
		j.answer(steps.AddMember, "member.email", "jo@example.com")
		j.run(steps.AddMember, "contact", "user")
		j.answer(steps.AddMember, "member.email", "jo.work@example.org")
		j.run(steps.AddMember, "contact", "user", "link")
		j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
		j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
		j.run(steps.MergeContacts, "compare")
		j.confirm(steps.MergeContacts, "merge.confirm")
		j.run(steps.MergeContacts, "merge", "site")
		notes := j.state().Step(steps.MergeContacts).Notes
		want := "jo.work@example.org, with the contact ID " + notes["lose"]
		if !strings.HasPrefix(notes["site"], "1 contact ID set") || !strings.HasSuffix(notes["seconds"], want) || !strings.Contains(j.facts(steps.MergeContacts), want) {
			t.Errorf("site: %q; second users: %q", notes["site"], notes["seconds"])
		}
		j.tick(steps.MergeContacts, "orders-moved")
		if j.status(steps.MergeContacts) == wizard.Done {
			t.Error("the tool is done before anybody has decided about the second user")
		}
		j.tick(steps.MergeContacts, "second-user")
		if j.status(steps.MergeContacts) != wizard.Done {
			t.Errorf("the tool is not done: %q", wizard.Pending(j.step(steps.MergeContacts).Sheet(j.state())))
		}
		people := len(server.People())
		j.run(steps.MergeContacts, "site")
		if again := j.state().Step(steps.MergeContacts).Notes; !strings.Contains(again["site"], "1 was right already") || again["seconds"] != notes["seconds"] || len(server.People()) != people {
			t.Errorf("a second look says %q and %q, of %d people", again["site"], again["seconds"], len(server.People()))
		}
		for _, item := range j.step(steps.MergeContacts).Sheet(j.state()).Items {
			if task, ok := item.(wizard.Task); ok && strings.Contains(strings.ToLower(task.Label), "delete") {
				t.Errorf("there is a button that deletes: %s", task.Label)
			}
		}
	})
}

// At the level of files nobody can see the users, and the box asks for both.
func TestTwoUsersOfOnePersonByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo"), somebody("jo.work@example.org", "Jo"))
		j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
		j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
		j.run(steps.MergeContacts, "compare")
		j.confirm(steps.MergeContacts, "merge.confirm")
		j.run(steps.MergeContacts, "merge")
		j.tick(steps.MergeContacts, "linked", "orders-moved")
		if j.status(steps.MergeContacts) == wizard.Done {
			t.Error("nobody is asked whether both addresses have a user")
		}
		j.tick(steps.MergeContacts, "second-user")
		if j.status(steps.MergeContacts) != wizard.Done {
			t.Error("the tool is not done at the end")
		}
	})
}

// The comparison names custom fields as people know them, and shows the orders of both: unknown until a list has been read, never none.
func TestSideBySideShowsOrdersAndNamesOfFields(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keep, lose := somebody("jo@example.com", "Jo"), somebody("jo.work@example.org", "Jo")
				keep.Fields = map[string]string{"favourite_pose": "lotus"}
				j := withTools(t, crmID)
				j.demo.Sandbox.Load(sandbox.Contents{Fields: []string{"favourite_pose"}, Contacts: []sandbox.Contact{keep, lose}})
				j.answer(steps.MergeContacts, "merge.keep", "jo@example.com")
				j.answer(steps.MergeContacts, "merge.lose", "jo.work@example.org")
				j.run(steps.MergeContacts, "compare")
				if row := j.line(steps.MergeContacts, "pair", "Orders"); row == nil || row[1] != "?" || row[2] != "?" {
					t.Errorf("orders that nobody has read: %q", row)
				}
				if row := j.line(steps.MergeContacts, "pair-person", "Field favourite_pose"); row == nil || row[1] != "lotus" {
					t.Errorf("the field: %q", row)
				}
				notes := j.state().Step(steps.MergeContacts).Notes
				text := fmt.Sprintf("state,order_id,new_contact_id,old_contact_id,subscription_id\nto do,71,%s,900001,\nto do,72,%s,900002,\nto do,73,5,6,\n", notes["keep"], notes["lose"])
				if err := os.WriteFile(j.folder.Path("orders.csv"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				j.run(steps.MergeContacts, "compare")
				if row := j.line(steps.MergeContacts, "pair", "Orders"); row == nil || row[1] != "71" || row[2] != "72" || !strings.HasPrefix(row[3], "71, 72") {
					t.Errorf("orders of both: %q", row)
				}
			})
		})
	}
}

// line is the row of a table that begins with these words, nil when there is none.
func (j *journey) line(step, key, begins string) []string {
	table := j.table(step, key)
	for i := range table.Rows {
		if row := table.Row(i); row[0] == begins {
			return row
		}
	}
	return nil
}

// decideMerge looks what the moved tags could start, where any are moved, and lets it start.
func (j *journey) decideMerge() {
	j.t.Helper()
	for _, item := range j.step(steps.MergeContacts).Sheet(j.state()).Items {
		if task, ok := item.(wizard.Task); ok && task.Key == "starts" {
			j.decideStarts(steps.MergeContacts, "merge.accept")
			return
		}
	}
}

// Somebody asks to be added whose contact a user with another address is linked to already: two users must not share a contact.
func TestAContactOfAnotherUserIsNotGivenToTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := withTools(t, "keap", somebody("jo@example.com", "Jo", "Yoga"))
		server := j.demo.Site.Handler()
		j.deps.SiteTransport = sandbox.Transport(server)
		server.SwitchTo("Infusionsoft")
		j.logIn()
		j.answer(steps.AddMember, "member.email", "jo@example.com")
		j.run(steps.AddMember, "contact", "user")
		former := j.demo.Site.People[3]
		j.linkOnSite(server, former.ID, j.state().Step(steps.AddMember).Notes["contact"])
		j.run(steps.AddMember, "link")
		if says := j.facts(steps.AddMember); !strings.Contains(says, fmt.Sprintf("user %d, %s", former.ID, former.Email)) || j.status(steps.AddMember) == wizard.Done {
			t.Errorf("the contact belongs to user %d already, and the page says %s", former.ID, says)
		}
		j.linkOnSite(server, former.ID, "99")
		j.run(steps.AddMember, "link")
		if problem := j.state().Step(steps.AddMember).Notes["link-problem"]; problem != "" {
			t.Errorf("nobody else has the contact any more, and the page says %s", problem)
		}
	})
}

// linkOnSite gives a user of the site a contact ID, past AllySwitch's own pages.
func (j *journey) linkOnSite(server *wptest.Handler, user int64, contact string) {
	j.t.Helper()
	found, err := site.Find(j.t.Context(), site.Settings{Values: server.Credentials(), Transport: sandbox.Transport(server)}, j.state().Site.URL)
	if err != nil {
		j.t.Fatal(err)
	}
	with, err := found.Companion(j.t.Context())
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := with.SetContactIDs(j.t.Context(), []site.Link{{UserID: user, ContactID: contact}}, site.WriteOptions{}); err != nil {
		j.t.Fatal(err)
	}
}
