package steps_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wp/wptest"
)

// person is somebody on the made-up site.
func (j *journey) person(email string) *wptest.Person {
	j.t.Helper()
	i := slices.IndexFunc(j.demo.Site.People, func(p wptest.Person) bool { return p.Email == email })
	if i < 0 {
		j.t.Fatalf("the site has nobody called %s", email)
	}
	return &j.demo.Site.People[i]
}

// TestTheSwitchWaitsForWhoChangedSinceTheExport joins, changes and takes a tag away between export and switch. Step 7 stays shut until all of it is
// carried over, and the steps before it stay done.
func TestTheSwitchWaitsForWhoChangedSinceTheExport(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, entry.Provider.ID)
				j.reach(steps.APIKeys)
				late := *j.person("revoked@example.com")
				late.ID, late.Email, late.Login, late.Tags = 900001, "late.comer@example.com", "late.comer", []string{"Yoga Basics Access"}
				j.demo.Site.People = append(j.demo.Site.People, late)
				loser := j.person("everything@example.com")
				loser.Tags = slices.DeleteFunc(slices.Clone(loser.Tags), func(tag string) bool { return tag == "Inner Circle Member" })

				j.answer(steps.Switch, "switch.confirm", "switch to "+entry.Provider.Name)
				j.answer(steps.Switch, "delta.export.file", j.file("second.csv", string(j.demo.Site.Export())))
				j.answer(steps.Switch, "delta.tags.file", j.file("second-tags.csv", string(j.demo.Site.MemberTags())))
				if j.asks(steps.Switch, "switched") {
					t.Fatal("the switch is offered before anybody has looked")
				}
				j.run(steps.Switch, "look")
				if facts := j.facts(steps.Switch); !strings.Contains(facts, "1 member is new") || !j.hasTable(steps.Switch, "delta") || j.asks(steps.Switch, "switched") {
					t.Fatalf("after the look: %s", facts)
				}
				j.run(steps.Switch, "carry")
				j.answer(steps.Switch, "delta.lost", "remove")
				if j.asks(steps.Switch, "switched") {
					t.Error("the switch is offered although a tag is still to be taken off")
				}
				j.run(steps.Switch, "take-off")
				if j.asks(steps.Switch, "switched") {
					t.Error("the switch is offered although nobody has said that there are no more changes")
				}
				j.tick(steps.Switch, "unchanged")
				if !j.asks(steps.Switch, "switched") {
					t.Errorf("everything is carried over, and the switch is still shut: %s", j.facts(steps.Switch))
				}
				for _, id := range []string{steps.EditCSV, steps.Import, steps.Tags, steps.APIKeys} {
					if j.status(id) != wizard.Done {
						t.Errorf("%s has status %d after the changes were carried over", id, j.status(id))
					}
				}
				contents := j.contents()
				if !strings.Contains(contents, "late.comer@example.com") {
					t.Error("who joined late is not in the CRM")
				}
				j.tick(steps.Finish, "export-kept")
				j.reach(steps.Finish)
				j.allDone()
				j.nobodyLostAccess()
			})
		})
	}
}

// asks says whether a step has an item of this key now.
func (j *journey) asks(step, key string) bool {
	return slices.ContainsFunc(j.step(step).Sheet(j.state()).Items, func(item wizard.Item) bool {
		tick, is := item.(wizard.Tick)
		return is && tick.Key == key
	})
}
