package steps_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wp/wptest"
)

// item is one thing on a step's page, found by its key.
func item[Item wizard.Item](j *journey, step string, is func(Item) bool) (Item, bool) {
	j.t.Helper()
	for _, one := range j.step(step).Sheet(j.state()).Items {
		if found, ok := one.(Item); ok && is(found) {
			return found, true
		}
	}
	var none Item
	return none, false
}

// asked is a question that is on the page.
func (j *journey) asked(step, key string) (wizard.Question, bool) {
	j.t.Helper()
	return item(j, step, func(question wizard.Question) bool { return question.Key == key })
}

// offered is a task that is on the page.
func (j *journey) offered(step, key string) (wizard.Task, bool) {
	j.t.Helper()
	return item(j, step, func(task wizard.Task) bool { return task.Key == key })
}

// warned are the warnings of a page.
func (j *journey) warned(step string) string {
	j.t.Helper()
	return strings.Join(j.step(step).Sheet(j.state()).Warnings, "\n")
}

// On the Start page nobody is sent to the Start page.
func TestTheStartPageSendsNobodyToItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.answer(steps.Start, "site.url", j.demo.Answers["site.url"])
		j.answer(steps.Start, "crm.provider", "kit")
		for key, want := range map[string]string{"connect": "Give the key above first.", "write": "Check the key first."} {
			if task, _ := j.offered(steps.Start, key); !strings.HasPrefix(task.Locked, want) {
				t.Errorf("on the Start page %s says: %s", key, task.Locked)
			}
		}
	})
}

// An answers file of another migration names another CRM when the site works with this one. Nothing is forgotten.
func TestAnotherCRMInTheMiddleOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.Switch)
		account := j.state().CRM.Fingerprint
		err := j.keeper.Answer(j.step(steps.Start), "crm.provider", "kit")
		if err == nil || !strings.Contains(err.Error(), "AccessAlly on the site works with Keap") || !strings.Contains(err.Error(), "--dir") {
			t.Errorf("another CRM is taken: %v", err)
		}
		if j.state().CRM.Fingerprint != account || j.state().Answer(steps.Start, "crm.provider") != "keap" {
			t.Errorf("the account is forgotten: %+v", j.state().CRM)
		}
		j.answer(steps.Start, "crm.provider", "keap")
	})
}

// AccessAlly on the site works with the chosen CRM already, or with another one: what the site shows as tags are not those of AccessAlly Managed.
func TestASiteThatHasBeenSwitchedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		if warned := j.warned(steps.Start); strings.Contains(warned, "already") || strings.Contains(warned, "not logged in yet") {
			t.Errorf("before anything was looked at: %s", warned)
		}
		server := j.demo.Site.Handler()
		j.deps.SiteTransport = sandbox.Transport(server)
		server.SwitchTo("Infusionsoft")
		j.logIn()
		if warned := j.warned(steps.Start); !strings.Contains(warned, "AccessAlly on this site works with Keap already, not with AccessAlly Managed.") {
			t.Errorf("nobody says that the site works with a CRM: %s", warned)
		}
		if facts := factsOf(j, steps.Start); !strings.Contains(facts, "its CRM is Keap") {
			t.Errorf("the facts: %s", facts)
		}
		j.tick(steps.Switch, "switched")
		if warned := j.warned(steps.Start); strings.Contains(warned, "already") {
			t.Errorf("after the switch it is as it should be: %s", warned)
		}
	})
}

// An owner gives the login of the site and walks on without using it.
func TestALoginThatWasNeverUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.connect()
		j.answer(steps.Start, "site.user", "admin")
		for _, step := range []string{steps.Start, steps.Export} {
			if warned := j.warned(step); !strings.Contains(warned, "AllySwitch has not logged in yet") {
				t.Errorf("%s says nothing: %s", step, warned)
			}
		}
		j.logIn()
		if warned := j.warned(steps.Export); strings.Contains(warned, "not logged in yet") {
			t.Errorf("after the login: %s", warned)
		}
	})
}

// The dropdown of step 7 has AccessAlly's own word for the CRM. Step 6 sends the owner to the same dropdown, with the same word.
func TestStepSixNamesTheEntryOfTheDropdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.connect()
		if _, there := item(j, steps.APIKeys, func(one wizard.Instruction) bool {
			return strings.Contains(one.Look, "when Infusionsoft/Keap is chosen in the dropdown")
		}); !there {
			t.Error("step 6 does not name the entry Infusionsoft/Keap")
		}
	})
}

// An export names one administrator, and the owner gives that one as the second.
func TestTheOnlyAdministratorIsNoSecondOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		j.answer(steps.Start, "people.second-admin", "admin@example.com")
		j.reach(steps.EditCSV)
		if tick := j.box(steps.Start, "second-admin"); tick.Set != nil || !strings.Contains(tick.Doubt, "the export names one administrator only, and this is the one") {
			t.Errorf("the tick holds: %+v", tick)
		}
		site := *j.demo.Site
		site.People = append(append([]wptest.Person(nil), site.People...), spare)
		j.answer(steps.Export, "export.file", j.file("two.csv", string(site.Export())))
		j.run(steps.Export, "read")
		j.run(steps.EditCSV, "clean")
		if tick := j.box(steps.Start, "second-admin"); tick.Set == nil {
			t.Errorf("with two administrators: %s", tick.Doubt)
		}
	})
}
