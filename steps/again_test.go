package steps_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wp/wptest"
)

// Somebody joins between the first reading and the switch. Over REST a second reading takes the place of a second export; with the companion also that of a second
// tag file. Step 7 is shut until whoever is new is carried over.
func TestTheSecondReadingFindsWhoIsNew(t *testing.T) {
	for level, conditions := range map[string][]wptest.Condition{"companion": nil, "rest": {wptest.NoCompanion}, "xml-rpc": {wptest.NoCompanion, wptest.RESTBlocked}} {
		t.Run(level, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := beginOn(t, "kit", conditions...)
				delete(j.demo.Answers, "export.file")
				answers := withoutPlugin()
				if level == "companion" {
					answers = atLevel(true)
				}
				if err := j.walk(steps.APIKeys, answers); err != nil {
					t.Fatal(err)
				}
				later := *j.demo.Site
				newcomer := wptest.Person{ID: 8001, Login: "newcomer", Email: "newcomer@example.org", FirstName: "New", Registered: "2026-01-02 03:04:05", Roles: "subscriber", Tags: []string{"Yoga Basics Access"}}
				later.People = append(append([]wptest.Person(nil), later.People...), newcomer)
				j.deps.SiteTransport = sandbox.Transport(later.Handler(conditions...))
				j.run(steps.Switch, "again", "look")
				if facts := factsOf(j, steps.Switch); !strings.Contains(facts, "1 member is new and 0 are gone") && !strings.Contains(facts, "1 member is new, ") {
					t.Errorf("the second reading: %s", facts)
				}
				j.run(steps.Switch, "carry")
				contacts := j.demo.Sandbox.Contents().Contacts
				at := slices.IndexFunc(contacts, func(contact sandbox.Contact) bool { return contact.Email == "newcomer@example.org" })
				if at < 0 || slices.Contains(contacts[at].Tags, "Yoga Basics Access") != (level == "companion") {
					t.Errorf("who is new is not in the CRM as the site shows them: %d", at)
				}
				j.run(steps.Switch, "again")
				if task, err := j.keeper.Task(j.step(steps.Switch), "look"); err != nil || task.Complete {
					t.Errorf("after another reading nobody has to look: %v", err)
				}
			})
		})
	}
}
