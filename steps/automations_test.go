package steps_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// The new members' mail is held back by the CRM until the owner has seen to it. Before that, the choice of the CRM as sender does not count. Kit alone takes
// whom a program brings in as active.
func TestTheCRMDoesNotMailWhoIsNew(t *testing.T) {
	says := map[string]string{"activecampaign": "on one of its lists", "keap": "as marketable", "ontraport": "Bulk Email Status", "drip": "who is active", "kit": "as active, without a confirmation mail"}
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.EditCSV)
				j.run(steps.Import, "plan")
				if facts := factsOf(j, steps.Import); !strings.Contains(facts, "new in the CRM. ") || !strings.Contains(facts, says[crmID]) {
					t.Fatalf("step 4 says nothing about mail to new contacts:\n%s", facts)
				}
				j.reach(steps.Automations)
				j.answer(steps.Automations, "message.renewal", "crm")
				j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Renewal", Tag: "Yoga Basics Access", Active: true}}})
				j.run(steps.Automations, "look")
				box := j.box(steps.Automations, "emails")
				if crmID == "kit" {
					if box.Set == nil {
						t.Errorf("Kit mails new subscribers, and the box says %q", box.Doubt)
					}
					return
				}
				if box.Set != nil || !strings.Contains(box.Doubt, "may get none of what it is to send") || !strings.Contains(box.Doubt, says[crmID]) || j.status(steps.Automations) == wizard.Done {
					t.Fatalf("nobody has seen to consent, and the box says %q", box.Doubt)
				}
				j.answer(steps.Import, "import.mail", "ready")
				if box := j.box(steps.Automations, "emails"); box.Set == nil || j.status(steps.Automations) != wizard.Done {
					t.Errorf("the owner has seen to it, and the box says %q", box.Doubt)
				}
			})
		})
	}
}

// On ActiveCampaign with nothing switched on it is certain that no offering has an automation. If the CRM is to send the welcome, that takes the tick back,
// until the owner lets AccessAlly run it or makes the automation. An account may not tell yet which tag starts one: then it is not known, and never none.
func TestOfferingsWithoutAnAutomation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.wire.set(untoldTriggers)
		j.reach(steps.Automations)
		j.answer(steps.Import, "import.mail", "ready")
		if table := rowsOf(j.table(steps.Automations, "offerings")); !strings.Contains(table, "none|Yoga Basics|") {
			t.Errorf("nothing is switched on, and the list says\n%s", table)
		}
		j.answer(steps.Automations, "message.welcome", "crm")
		if box := j.box(steps.Automations, "reviewed"); box.Set != nil || !strings.Contains(box.Doubt, "nothing in ActiveCampaign starts") || j.status(steps.Automations) == wizard.Done {
			t.Fatalf("no offering has a welcome any more, and the box says %q", box.Doubt)
		}
		j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Yoga Basics: hello", Tag: "Yoga Basics Access", Active: true}, {Name: "Inner circle", Tag: "Inner Circle Member"}}})
		j.run(steps.Automations, "look")
		table := rowsOf(j.table(steps.Automations, "offerings"))
		for _, want := range []string{"perhaps|Yoga Basics|", "perhaps|Inner Circle|", "not known|Library|"} {
			if !strings.Contains(table, want) {
				t.Errorf("the list does not say %q:\n%s", want, table)
			}
		}
		if rows := rowsOf(j.table(steps.Automations, "automations")); !strings.Contains(rows, "on|automation|Yoga Basics: hello|tagadd, not known which|not known") {
			t.Errorf("the automations:\n%s", rows)
		}
		if box := j.box(steps.Automations, "reviewed"); box.Set == nil || j.status(steps.Automations) != wizard.Done {
			t.Errorf("nothing is certain any more, and the box says %q", box.Doubt)
		}
		j.answer(steps.Automations, "message.welcome", "accessally")
		if facts := factsOf(j, steps.Automations); !strings.Contains(facts, "Twice?") {
			t.Errorf("nothing warns that both may send: %s", facts)
		}
	})
}

// untoldTriggers is an account that does not have ActiveCampaign's list of start triggers yet.
func untoldTriggers(request *http.Request, _ string) (*http.Response, error) {
	if !strings.HasSuffix(request.URL.Path, "/triggers") {
		return nil, nil
	}
	return says(request, http.StatusNotFound, "application/json", `{"message":"No Result found"}`), nil
}

// Where the CRM tells which tag starts an automation, each offering has one, lacks one, or has one that is switched off, and nothing is left to guess.
func TestOfferingsWithTheAutomationsOfTheirTags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Automations)
		j.answer(steps.Automations, "message.welcome", "crm")
		j.demo.Sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{
			{Name: "Hello", Tag: "Yoga Basics Access", Also: []string{"Newsletter"}, Active: true},
			{Name: "Circle", Tag: "Inner Circle Member"},
			{Name: "Library", By: "open", Active: true}}})
		j.demo.Sandbox.Load(sandbox.Contents{Tags: []string{"Newsletter"}})
		j.run(steps.Automations, "look")
		table := rowsOf(j.table(steps.Automations, "offerings"))
		for _, want := range []string{"has one|Yoga Basics|", "perhaps|Inner Circle|", "none|Library|"} {
			if !strings.Contains(table, want) {
				t.Errorf("the list does not say %q:\n%s", want, table)
			}
		}
		rows := rowsOf(j.table(steps.Automations, "automations"))
		for _, want := range []string{"on|automation|Hello|the tag Yoga Basics Access, the tag Newsletter|", "off|automation|Circle|the tag Inner Circle Member|", "on|automation|Library|open|"} {
			if !strings.Contains(rows, want) {
				t.Errorf("the automations do not say %q:\n%s", want, rows)
			}
		}
		if box := j.box(steps.Automations, "reviewed"); !strings.Contains(box.Doubt, "Library") || strings.Contains(box.Doubt, "Yoga Basics") {
			t.Errorf("the library has none, and the box says %q", box.Doubt)
		}
		if facts := factsOf(j, steps.Automations); !strings.Contains(facts, "2 automations in ActiveCampaign; 1 starts with a tag of your members") || strings.Contains(facts, "does not say which tag") {
			t.Errorf("the facts: %s", facts)
		}
	})
}

// The owner may let AccessAlly run an offering that has no automation.
func TestAnOfferingThatAccessAllyRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Automations)
		j.answer(steps.Import, "import.mail", "ready")
		j.answer(steps.Automations, "message.welcome", "crm")
		for row := range j.table(steps.Automations, "offerings").Rows {
			j.row(steps.Automations, "offerings", "a", row, "")
		}
		if box := j.box(steps.Automations, "reviewed"); box.Set == nil {
			t.Errorf("AccessAlly runs what has no automation, and the box says %q", box.Doubt)
		}
		j.row(steps.Automations, "offerings", "m", 0, "")
		if box := j.box(steps.Automations, "reviewed"); !strings.Contains(box.Doubt, j.table(steps.Automations, "offerings").Row(0)[1]) {
			t.Errorf("the CRM runs an offering for which it has nothing, and the box says %q", box.Doubt)
		}
	})
}

// Where nothing at all is switched on, nobody would send what the CRM is to send.
func TestAMessageThatNobodyWouldSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.Automations)
		j.answer(steps.Import, "import.mail", "ready")
		j.answer(steps.Automations, "message.invoice", "crm")
		if box := j.box(steps.Automations, "emails"); !strings.Contains(box.Doubt, "nothing is switched on in ActiveCampaign, so nobody would send: the invoice") {
			t.Errorf("the box says %q", box.Doubt)
		}
		j.answer(steps.Automations, "message.invoice", "nobody")
		if box := j.box(steps.Automations, "emails"); box.Doubt != "" {
			t.Errorf("nobody is to send it, and the box says %q", box.Doubt)
		}
	})
}

// Without the companion the owner names the offerings. The other four CRMs do not say what starts an automation: that is not known, and not none.
func TestOfferingsThatTheOwnerNames(t *testing.T) {
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				if err := j.forgetOfferings(); err != nil {
					t.Fatal(err)
				}
				j.reach(steps.Switch)
				if err := j.keeper.Answer(j.step(steps.TagReview), "offerings.list", "Yoga Basics"); err == nil {
					t.Error("an offering without a tag was taken")
				}
				j.answer(steps.TagReview, "offerings.list", "Yoga Basics = Yoga Basics Access | Inner Circle = Inner Circle Member")
				j.reach(steps.Payments)
				table, want := rowsOf(j.table(steps.Automations, "offerings")), "not known|Yoga Basics|"
				if crmID == "activecampaign" {
					want = "none|Yoga Basics|"
				}
				if !strings.Contains(table, want) || !strings.Contains(table, "Inner Circle") {
					t.Errorf("the list:\n%s", table)
				}
				j.run(steps.Test, "verify", "choose")
				if people := rowsOf(j.table(steps.Test, "controls")); !strings.Contains(people, "opens Yoga Basics") || !strings.Contains(people, "must not open Yoga Basics") {
					t.Errorf("the people to test with:\n%s", people)
				}
			})
		})
	}
}
