package steps_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
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

// Whoever lets AllySwitch read the users has them read again before the switch: the word that nobody has changed does not do. A second download does.
func TestTheSwitchWaitsForTheSecondReading(t *testing.T) {
	for _, level := range []string{"REST", "companion"} {
		t.Run(level, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, "keap")
				answers := atLevel(true)
				if level == "REST" {
					j, answers = beginOverREST(t, "keap"), withoutPlugin()
				}
				if err := j.walk(steps.APIKeys, answers); err != nil {
					t.Fatal(err)
				}
				if level == "companion" {
					j.run(steps.Switch, "remember")
				}
				j.tick(steps.Switch, "unchanged")
				j.confirm(steps.Switch, "switch.confirm")
				if j.asks(steps.Switch, "switched") {
					t.Fatal("nobody has read the users again, and the switch is offered")
				}
				whole := j.deps.SiteTransport
				j.deps.SiteTransport = roundTripper(func(request *http.Request) (*http.Response, error) {
					return says(request, http.StatusInternalServerError, "text/plain", ""), nil
				})
				if j.try(steps.Switch, "again") == nil || j.asks(steps.Switch, "switched") {
					t.Fatal("the reading did not work, and the switch is offered")
				}
				j.deps.SiteTransport = whole
				j.run(steps.Switch, "again")
				if j.asks(steps.Switch, "switched") {
					t.Fatal("nobody has compared what was read, and the switch is offered")
				}
				j.run(steps.Switch, "look")
				j.tick(steps.Switch, "unchanged")
				if !j.asks(steps.Switch, "switched") {
					t.Errorf("nothing has changed: %q", wizard.Pending(j.step(steps.Switch).Sheet(j.state())))
				}
				j.answer(steps.Switch, "delta.export.file", j.file("second.csv", string(j.demo.Site.Export())))
				j.answer(steps.Switch, "delta.tags.file", j.file("second-tags.csv", string(j.demo.Site.MemberTags())))
				j.run(steps.Switch, "look")
				j.tick(steps.Switch, "unchanged")
				if !j.asks(steps.Switch, "switched") {
					t.Errorf("a second download takes the place of the reading: %q", wizard.Pending(j.step(steps.Switch).Sheet(j.state())))
				}
			})
		})
	}
}

// A reading that has found somebody contradicts the word that nobody has changed, until they are carried over.
func TestAReadingThatFoundChangesContradictsTheWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := atTheSwitch(t, "companion")
		if !j.asks(steps.Switch, "switched") {
			t.Fatalf("nothing has changed yet: %q", wizard.Pending(j.step(steps.Switch).Sheet(j.state())))
		}
		late := *j.person("revoked@example.com")
		late.ID, late.Email, late.Login = 900001, "late.comer@example.com", "late.comer"
		later := *j.demo.Site
		later.People = append(slices.Clone(later.People), late)
		server := later.Handler()
		server.SwitchTo("managed")
		j.deps.SiteTransport = sandbox.Transport(server)
		j.run(steps.Switch, "again", "look")
		if box := j.box(steps.Switch, "unchanged"); box.Set != nil || box.Doubt != "" {
			t.Errorf("what was said of the reading before still counts: %+v", box)
		}
		j.tick(steps.Switch, "unchanged")
		box := j.box(steps.Switch, "unchanged")
		if box.Set != nil || !strings.Contains(box.Doubt, "You ticked this, but the second export shows 1 member who is still to be carried over") || j.asks(steps.Switch, "switched") {
			t.Fatalf("somebody has joined, and the box says %q: %s", box.Doubt, j.facts(steps.Switch))
		}
		j.run(steps.Switch, "carry")
		if box := j.box(steps.Switch, "unchanged"); box.Set == nil || box.Doubt != "" || !j.asks(steps.Switch, "switched") {
			t.Errorf("they are carried over, and the box says %q", box.Doubt)
		}
	})
}
