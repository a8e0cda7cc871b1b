package steps_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// counting lets ActiveCampaign say of its one automation that so many people have entered it.
func counting(people int) func(*http.Request, string) (*http.Response, error) {
	return func(request *http.Request, _ string) (*http.Response, error) {
		if !strings.HasSuffix(request.URL.Path, "/api/3/automations") {
			return nil, nil
		}
		return says(request, http.StatusOK, "application/json", fmt.Sprintf(`{"automations":[{"id":"1","name":"Welcome mail","status":"1","entered":"%d"}],"meta":{"total":"1"}}`, people)), nil
	}
}

// That nothing has started for the members is compared with what the CRM counts: in step 10, and once more in step 13. What was settled is settled only until
// more people come.
func TestThatNothingHasStartedIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"Visitor"}, Automations: []sandbox.Automation{{Name: "Welcome mail", Tag: "Visitor", Active: true}}})
		j.reach(steps.Automations)
		if facts := j.facts(steps.Automations); !strings.Contains(facts, "nobody has entered one without your word") {
			t.Fatalf("nobody has entered, and the page says %s", facts)
		}
		j.wire.set(counting(2))
		j.run(steps.Automations, "look")
		if box := j.box(steps.Automations, "nobody-mailed"); box.Set != nil || !strings.Contains(box.Doubt, `"Welcome mail" (2 people)`) || j.status(steps.Automations) == wizard.Done {
			t.Fatalf("two have entered, and the box says %q", box.Doubt)
		}
		j.tick(steps.Automations, "woken-settled")
		if j.status(steps.Automations) != wizard.Done {
			t.Error("it is settled, and the step is not done")
		}
		j.reach(steps.Payments)
		j.run(steps.Test, "verify")
		j.wire.set(counting(5))
		j.run(steps.Test, "entered")
		if facts := j.facts(steps.Test); !strings.Contains(facts, `people entered "Welcome mail" (5 people)`) || !strings.Contains(facts, "Not passed: people entered an automation (see step 10)") || j.status(steps.Automations) == wizard.Done {
			t.Errorf("three more have entered since, and step 13 says %s", facts)
		}
	})
}

// Where the CRM does not count who enters what, that is not known, and a person is asked to look.
func TestWhoEnteredIsNotKnownWhereTheCRMDoesNotCount(t *testing.T) {
	for _, crmID := range []string{"kit", "keap", "ontraport", "drip"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.CRMSetup)
				j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome mail", Tag: "Visitor", Active: true}}})
				j.reach(steps.Automations)
				for _, id := range []string{steps.Automations, steps.Test} {
					if facts := j.facts(id); !strings.Contains(facts, "not known how many people entered 1 automation: look in ") || strings.Contains(facts, "nobody has entered") {
						t.Errorf("%s says %s", id, facts)
					}
				}
			})
		})
	}
}
