package steps_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
)

// mailsEverybody puts something into the account that a tag of everybody's starts.
func (j *journey) mailsEverybody() {
	j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"Inner Circle Member"}, Automations: []sandbox.Automation{{Name: "Welcome mail", Tag: "Inner Circle Member", Active: true}}})
}

// question is a question of a page.
func (j *journey) question(step, begins string) (wizard.Question, bool) {
	for _, question := range j.step(step).Questions(j.state()) {
		if strings.HasPrefix(question.Key, begins) {
			return question, true
		}
	}
	return wizard.Question{}, false
}

// lockedBy says why a task cannot be started.
func (j *journey) lockedBy(step, key string) string {
	j.t.Helper()
	task, err := j.keeper.Task(j.step(step), key)
	if err != nil {
		j.t.Fatal(err)
	}
	return task.Locked
}

func TestWhatMayStartIsDecidedBeforeAnythingIsSent(t *testing.T) {
	for _, crmID := range []string{"kit", "keap", "ontraport", "drip"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.mailsEverybody()
				j.reach(steps.EditCSV)
				j.run(steps.Import, "plan")
				j.tick(steps.Import, "starts-seen")
				question, asked := j.question(steps.Import, "starts.")
				if !asked || !question.Required || !strings.Contains(question.Label, "Welcome mail") || !strings.Contains(j.lockedBy(steps.Import, "sample"), "Welcome mail") {
					t.Fatalf("the page asks %+v, and the sample is locked by %q", question, j.lockedBy(steps.Import, "sample"))
				}
				if err := j.keeper.Answer(j.step(steps.Import), question.Key, "yes"); err == nil {
					t.Error("yes is no decision")
				}
				j.answer(steps.Import, question.Key, "paused")
				if err := j.try(steps.Import, "sample"); !wizard.Refused(err) || !strings.Contains(wizard.Explain(err).What, "still active") || wizard.Explain(err).Code != "ALLY-STARTS" {
					t.Fatalf("it is not paused, and the sample said %v", err)
				}
				if contacts := j.demo.Sandbox.Contents().Contacts; len(contacts) > 0 {
					t.Fatalf("%d contacts were made", len(contacts))
				}
				j.answer(steps.Import, question.Key, number(question.Help))
				j.run(steps.Import, "sample")
			})
		})
	}
}

// number is the number of people that a question wants to be typed.
func number(help string) string {
	words := strings.Fields(help)
	return strings.TrimSuffix(words[len(words)-1], ".")
}

func TestAnUnattendedRunNamesWhatIsNotDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.mailsEverybody()
		err := j.walk(steps.Import, nil)
		var missing *plain.ErrMissing
		if !errors.As(err, &missing) || !strings.HasPrefix(missing.Key, "starts.") {
			t.Fatalf("the run said %v", err)
		}
		if err := j.walk(steps.Import, map[string]string{missing.Key: number(missing.Help)}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAllCareThatCanBeTaken rehearses, sends canaries ahead, throttles, and walks to the end.
func TestAllCareThatCanBeTaken(t *testing.T) {
	for _, crmID := range []string{"activecampaign", "kit", "keap", "ontraport", "drip"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				careful := map[string]string{"import.rehearse": "yes", "import.canaries": "yes", "canaries.domain": "canaries.example.com", "import.throttle": "50", "import.drift": "3"}
				if err := j.walk(steps.Test, careful); err != nil {
					t.Fatal(err)
				}
				birds := 0
				for _, contact := range j.demo.Sandbox.Contents().Contacts {
					if strings.HasPrefix(contact.Email, "canary+") {
						birds++
					}
				}
				if birds == 0 || birds > 12 {
					t.Errorf("%d made-up members", birds)
				}
				facts := j.facts(steps.Import)
				if !strings.Contains(facts, "Rehearsed") || !strings.Contains(facts, "So far") {
					t.Errorf("nothing was predicted, or nothing is beside it:\n%s", facts)
				}
				if err := j.walk(steps.Finish, careful); err != nil {
					t.Fatal(err)
				}
				j.allDone()
				if facts := j.facts(steps.Finish); !strings.Contains(facts, "Made up") {
					t.Errorf("nothing is said about the made-up members:\n%s", facts)
				}
			})
		})
	}
}

// facts are what a page says that was found.
func (j *journey) facts(step string) string {
	var lines []string
	for _, fact := range j.step(step).Sheet(j.state()).Did {
		lines = append(lines, fact.Label+" "+fact.Value)
	}
	return strings.Join(lines, "\n")
}

func TestCareIsCheckedWhenItIsTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		j.answer(steps.Import, "import.canaries", "yes")
		for key, wrong := range map[string][]string{"canaries.domain": {"me@example.com", "example", "example com"}, "import.throttle": {"0", "101", "fast"}, "import.drift": {"-1", "some"}} {
			for _, value := range wrong {
				if err := j.keeper.Answer(j.step(steps.Import), key, value); err == nil {
					t.Errorf("%s took %q", key, value)
				}
			}
		}
	})
}

// Whether made-up members can be removed in the end is said before anybody agrees to them.
func TestWhatBecomesOfMadeUpMembersIsSaidBefore(t *testing.T) {
	for crmID, want := range map[string]string{"activecampaign": "removed in the end", "kit": "you delete them by hand", "keap": "removed in the end", "ontraport": "removed in the end", "drip": "removed in the end"} {
		synctest.Test(t, func(t *testing.T) {
			j := begin(t, crmID)
			j.reach(steps.EditCSV)
			j.run(steps.Import, "plan")
			if question, asked := j.question(steps.Import, "import.canaries"); !asked || !strings.Contains(question.Help, want) || crmID == "kit" && strings.Contains(question.Help, "are removed") {
				t.Errorf("%s: %q", crmID, question.Help)
			}
		})
	}
}

// An account may have hundreds of automations that stay quiet: the page names the first of them, and says how many more there are.
func TestManyQuietAutomations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		var many []sandbox.Automation
		for i := range 40 {
			many = append(many, sandbox.Automation{Name: fmt.Sprintf("Automation %02d", i), By: "open", Active: true})
		}
		j.demo.Sandbox.Load(sandbox.Contents{Automations: many})
		j.reach(steps.Import)
		j.run(steps.Import, "plan")
		if facts := factsOf(j, steps.Import); !strings.Contains(facts, `"Automation 07" and 32 more: only open starts it`) || strings.Contains(facts, "Automation 08") {
			t.Errorf("the facts: %s", facts)
		}
	})
}
