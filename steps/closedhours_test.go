package steps

import (
	"strings"
	"testing"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// The owner says in step 1 how long the site may be closed; step 4 says whether the best way in fits into that.
func TestStepFourSaysWhatFitsIntoTheClosedTime(t *testing.T) {
	routes := []migration.Route{{ID: "api", Name: "API", Machine: 3 * time.Hour}, {ID: "upload", Name: "Upload", Machine: time.Hour, Person: 20 * time.Minute, Best: true}}
	for answer, test := range map[string]struct {
		mark  wizard.Mark
		words string
	}{
		"":    {},
		"2":   {wizard.MarkGood, "fits into the 2 hours"},
		"1,5": {wizard.MarkGood, "fits into the 1.5 hours"},
		"1":   {wizard.MarkWarn, "more than the hour"},
	} {
		state := &checkpoint.State{}
		state.Step(Maintenance).Answers = map[string]string{closedHoursKey: answer}
		keepRoutes(state, routes, 10*time.Minute)
		facts := closedHoursFact(state)
		if answer == "" {
			if len(facts) != 0 {
				t.Errorf("nobody named a time, and it says %v", facts)
			}
			continue
		}
		if len(facts) != 1 || facts[0].Mark != test.mark || !strings.Contains(facts[0].Value, test.words) || !strings.Contains(facts[0].Value, "90 minutes") {
			t.Errorf("%s hours: %+v", answer, facts)
		}
	}
}

func TestHoursAreNumbers(t *testing.T) {
	for text, want := range map[string]bool{"": true, "4": true, "0,5": true, " 12 ": true, "four": false, "0": false, "-1": false, "NaN": false, "1000": false} {
		if err := validHours(text); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}
