package steps_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard/checkpoint"
)

// wasOpened lets step 4 have advised to open the site again: everybody takes two hours, and it may be closed for one.
func (j *journey) wasOpened() {
	j.t.Helper()
	if err := j.keeper.Apply(func(state *checkpoint.State) {
		state.Step(steps.Maintenance).Answers = map[string]string{"maintenance.hours": "1"}
		state.Step(steps.Import).Notes["route.seconds"] = "7200"
	}); err != nil {
		j.t.Fatal(err)
	}
}

// atTheSwitch walks to step 7 at one of the three levels and does all that is asked there, up to the words that confirm it.
func atTheSwitch(t testing.TB, level string) *journey {
	t.Helper()
	j, answers, again := begin(t, "keap"), map[string]string(nil), []string(nil)
	switch level {
	case "REST":
		j, answers, again = beginOverREST(t, "keap"), withoutPlugin(), []string{"again", "look"}
	case "companion":
		answers, again = atLevel(true), []string{"remember", "again", "look"}
	}
	if err := j.walk(steps.APIKeys, answers); err != nil {
		t.Fatal(err)
	}
	j.run(steps.Switch, again...)
	j.tick(steps.Switch, "unchanged")
	j.confirm(steps.Switch, "switch.confirm")
	return j
}

// Whoever was told to open the site while members are brought in says before the switch that it is closed again. A look from outside disproves it, at every
// level, and what nobody can see disproves nothing.
func TestASiteThatWasOpenMeanwhileIsClosedBeforeTheSwitch(t *testing.T) {
	for _, level := range []string{"files", "REST", "companion"} {
		t.Run(level, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := atTheSwitch(t, level)
				if j.asks(steps.Switch, "closed-again") || !j.asks(steps.Switch, "switched") {
					t.Fatal("the site was closed all the time, and is asked about")
				}
				j.wasOpened()
				j.tick(steps.Switch, "closed-again")
				if j.asks(steps.Switch, "switched") {
					t.Fatal("nobody has looked, and the switch is offered")
				}
				closed := j.deps.SiteTransport
				j.deps.SiteTransport = sandbox.Transport(j.demo.Site.Handler())
				j.run(steps.Switch, "visitor")
				if box := j.box(steps.Switch, "closed-again"); box.Set != nil || !strings.Contains(box.Doubt, "a visitor gets ") || j.asks(steps.Switch, "switched") {
					t.Fatalf("the site is open, and the box says %q", box.Doubt)
				}
				if facts := factsOf(j, steps.Switch); !strings.Contains(facts, "gets the site (status 200): it is still open") {
					t.Errorf("the facts: %s", facts)
				}
				j.deps.SiteTransport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to host") })
				j.run(steps.Switch, "visitor")
				if facts := factsOf(j, steps.Switch); j.box(steps.Switch, "closed-again").Set == nil || !j.asks(steps.Switch, "switched") || !strings.Contains(facts, "cannot be seen from here: look yourself") {
					t.Errorf("nobody can look, so that nothing is disproved: %s", facts)
				}
				j.deps.SiteTransport = closed
				j.run(steps.Switch, "visitor")
				if facts := factsOf(j, steps.Switch); !j.asks(steps.Switch, "switched") || !strings.Contains(facts, "finds the site closed again") {
					t.Errorf("the site is closed again: %s", facts)
				}
			})
		})
	}
}

// A maintenance mode that leaves the front page as it is cannot be seen from outside. The owner who has seen the content closed gets on, in step 1 or here.
func TestAFrontPageThatNeverChangesLeavesTheOwnersWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := atTheSwitch(t, "files")
		j.wasOpened()
		j.deps.SiteTransport = sandbox.Transport(j.demo.Site.Handler())
		j.run(steps.Switch, "visitor")
		j.tick(steps.Switch, "closed-again")
		if j.box(steps.Switch, "closed-again").Set != nil || j.asks(steps.Switch, "switched") {
			t.Fatal("nothing says that the site is closed, and the tick counts")
		}
		j.tick(steps.Switch, "content-closed")
		if facts := factsOf(j, steps.Switch); !j.asks(steps.Switch, "switched") || !strings.Contains(facts, "you have seen yourself") {
			t.Errorf("the owner has seen it: %s", facts)
		}
		j.untick(steps.Switch, "content-closed")
		j.run(steps.Maintenance, "before", "after")
		j.tick(steps.Maintenance, "same-front")
		if facts := factsOf(j, steps.Switch); !j.asks(steps.Switch, "switched") || !strings.Contains(facts, "cannot be seen from here") {
			t.Errorf("the front page is the same in maintenance mode, by step 1: %s", facts)
		}
	})
}

// A maintenance page that does not call itself one is known from step 1: it is not the page of before.
func TestAMaintenancePageOfItsOwnIsKnownFromStepOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := atTheSwitch(t, "files")
		j.wasOpened()
		front := func(words string) {
			j.deps.SiteTransport = roundTripper(func(request *http.Request) (*http.Response, error) {
				return says(request, http.StatusOK, "text/html", "<html><title>Yoga</title><body>"+words+"</body></html>"), nil
			})
		}
		front("Welcome, come in")
		j.run(steps.Maintenance, "before")
		front("We are having a cup of tea")
		j.run(steps.Maintenance, "after")
		j.run(steps.Switch, "visitor")
		j.tick(steps.Switch, "closed-again")
		if facts := factsOf(j, steps.Switch); !j.asks(steps.Switch, "switched") || !strings.Contains(facts, "finds the site closed again") {
			t.Errorf("a visitor gets the page of step 1's second look: %s", facts)
		}
		front("Welcome, come in")
		j.run(steps.Switch, "visitor")
		if box := j.box(steps.Switch, "closed-again"); !strings.Contains(box.Doubt, "the same page as before maintenance mode") {
			t.Errorf("a visitor gets the page of step 1's first look: %q", box.Doubt)
		}
		front("Today's quote: a cat has nine lives")
		j.run(steps.Switch, "visitor")
		if facts := factsOf(j, steps.Switch); j.box(steps.Switch, "closed-again").Set == nil || !strings.Contains(facts, "cannot be seen from here") {
			t.Errorf("a page that nobody has seen proves neither: %s", facts)
		}
	})
}
