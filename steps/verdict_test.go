package steps_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wp/wptest"
)

// judged fails unless the last step is done or not, and its verdict says so in these words.
func (j *journey) judged(done bool, words ...string) {
	j.t.Helper()
	facts := factsOf(j, steps.Test)
	_, verdict, _ := strings.Cut(facts, "Verdict: ")
	for _, want := range words {
		if !strings.Contains(verdict, want) {
			j.t.Errorf("the verdict does not say %q: %s", want, verdict)
		}
	}
	if (j.status(steps.Test) == wizard.Done) != done {
		j.t.Errorf("done should be %v, the status is %d: %s", done, j.status(steps.Test), verdict)
	}
}

// fewer is the made-up site without its last people.
func (j *journey) fewer(gone int) http.RoundTripper {
	later := *j.demo.Site
	later.People = append([]wptest.Person(nil), later.People[:len(later.People)-gone]...)
	return sandbox.Transport(later.Handler(wptest.NoCompanion))
}

// Somebody is gone from the site: the last step is held until they are back, or until the owner accepts exactly this number.
func TestTheLastStepIsHeldByWhatIsNotRightOnTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := beginOverREST(t, "drip")
		if err := j.walk(steps.Test, withoutPlugin()); err != nil {
			t.Fatal(err)
		}
		j.judged(true, "Passed as far as AllySwitch can see")
		whole := j.deps.SiteTransport
		j.deps.SiteTransport = j.fewer(1)
		j.run(steps.Test, "users-site")
		j.judged(false, "Not passed: 1 member is not on the site as they should be (see the list). Settle this")
		for _, words := range []string{"yes", "accept 1", "accept 2 on the site"} {
			if err := j.keeper.Answer(j.step(steps.Test), "test.accept-site", words); err == nil {
				t.Errorf("%q was taken", words)
			}
		}
		j.answer(steps.Test, "test.accept-site", "accept 1 on the site")
		j.judged(true, "Accepted as it is: 1 member is not on the site as they should be", "and you have accepted that")
		j.deps.SiteTransport = j.fewer(2)
		j.run(steps.Test, "users-site")
		j.judged(false, "Not passed: 2 members are not on the site")
		j.deps.SiteTransport = whole
		j.run(steps.Test, "users-site")
		j.judged(true, "Passed as far as AllySwitch can see")
	})
}

// What step 11 has read counts as long as the last step has not read it again.
func TestTheLastStepCountsWhatStepElevenHasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := beginOverREST(t, "kit")
		answers := withoutPlugin()
		delete(answers, "test.users-site")
		if err := j.walk(steps.Test, answers); err != nil {
			t.Fatal(err)
		}
		whole := j.deps.SiteTransport
		j.deps.SiteTransport = j.fewer(1)
		j.run(steps.LinkUsers, "users-site")
		j.judged(false, "Not passed: 1 member is not on the site as they should be (see step 11)")
		j.deps.SiteTransport = whole
		j.run(steps.Test, "users-site")
		j.judged(true, "Passed as far as AllySwitch can see")
	})
}

// A visitor who gets an error is no reason to open the site. One who finds it closed is right where they should be.
func TestTheLastStepIsHeldByASiteThatIsBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "keap")
		j.reach(steps.Test)
		whole := j.deps.SiteTransport
		j.deps.SiteTransport = roundTripper(func(request *http.Request) (*http.Response, error) {
			return says(request, http.StatusInternalServerError, "text/html", "<html><body>There has been a critical error.</body></html>"), nil
		})
		j.run(steps.Test, "visitor")
		j.judged(false, "Not passed: a visitor gets an error (status 500). Settle this")
		j.deps.SiteTransport = whole
		j.run(steps.Test, "visitor")
		if facts := factsOf(j, steps.Test); !strings.Contains(facts, "finds the site closed") {
			t.Errorf("the site is closed: %s", facts)
		}
		j.judged(true, "Passed as far as AllySwitch can see")
	})
}

// Scheduled tasks that do not run cannot be accepted: cards are charged from there.
func TestTheLastStepIsHeldByLateTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.reach(steps.Test)
		late := func(seconds int64) {
			t.Helper()
			if err := j.keeper.Apply(func(state *checkpoint.State) { state.Step(steps.Test).Counters["cron-late"] = seconds }); err != nil {
				t.Fatal(err)
			}
		}
		late(7200)
		j.judged(false, "Not passed: the site's scheduled tasks are late")
		late(60)
		j.judged(true, "Passed")
	})
}

// A verdict never says more than the page: whatever is still open is named, and a check that was made for other members is none.
func TestTheVerdictNamesWhatIsStillOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Payments)
		j.run(steps.Test, "verify")
		j.ticksAll(steps.Test)
		j.judged(false, "Not decided yet", `Still open: run "Choose the people to test with".`)
		j.reach(steps.Test)
		j.judged(true, "Passed")
		j.untick(steps.Test, "purchase")
		j.untick(steps.Test, "cron")
		j.judged(false, `Still open: tick "A test purchase gives access", and 1 more.`)
		j.tick(steps.Test, "purchase", "cron")
		lines := strings.SplitAfter(string(j.demo.Site.Export()), "\n")
		j.answer(steps.Export, "export.file", j.file("fewer.csv", strings.Join(lines[:len(lines)-3], "")))
		j.run(steps.Export, "read")
		j.run(steps.EditCSV, "clean")
		j.judged(false, "Not decided yet", `run "Check every member once more"`)
	})
}

// People who entered an automation hold the last step until that is settled in step 10, whether the CRM counts them again or not.
func TestTheLastStepIsHeldByWhatHasStarted(t *testing.T) {
	for _, crmID := range []string{"kit", "drip"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.Test)
				if err := j.keeper.Apply(func(state *checkpoint.State) { state.Step(steps.Import).Notes["woken"] = `"Hello" (3 people)` }); err != nil {
					t.Fatal(err)
				}
				j.judged(false, "Not passed: people entered an automation (see step 10)")
				j.tick(steps.Automations, "woken-settled")
				j.judged(true, "Passed")
			})
		})
	}
}
