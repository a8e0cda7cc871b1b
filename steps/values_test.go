package steps_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
)

// A site with credits is asked for their values while AccessAlly still holds them. Without them nobody comes to the switch, and step 8 asks whether they have
// arrived in the CRM's fields.
func TestTheValuesOfCreditsAreSavedBeforeTheSwitch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		delete(j.demo.Answers, "values.used")
		var missing *plain.ErrMissing
		if err := j.walk(steps.Tags, nil); !errors.As(err, &missing) || missing.Key != "values.used" {
			t.Fatalf("nobody has said whether the site has credits, and the walk ends with %v", err)
		}
		if err := j.walk(steps.Tags, map[string]string{"values.used": "yes", "export.values": "no"}); !errors.As(err, &missing) || missing.Key != "export.values" {
			t.Fatalf("the values are not saved, and the walk ends with %v", err)
		}
		if facts := factsOf(j, steps.Export); !strings.Contains(facts, "are not saved yet") {
			t.Errorf("nothing says that the values are not saved: %s", facts)
		}
		if err := j.keeper.Tick(steps.Export, "values", "credits.csv, 12 people"); err != nil {
			t.Fatal(err)
		}
		j.reach(steps.Switch)
		if box := j.box(steps.CRMSetup, "fields"); box.Optional {
			t.Error("the site has credits, and their fields are not required")
		}
		if box := j.box(steps.CRMSetup, "values"); box.Optional || !strings.Contains(box.Look, "credits.csv, 12 people") {
			t.Errorf("step 8 does not lead to the file: %q", box.Look)
		}
		j.reach(steps.CRMSetup)
		j.untick(steps.CRMSetup, "values")
		if j.status(steps.CRMSetup) == wizard.Done {
			t.Error("step 8 is done although nobody has brought the values in")
		}
	})
}
