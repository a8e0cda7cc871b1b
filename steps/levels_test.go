package steps_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
)

// atLevel are the answers of an owner who works with the companion as far as it goes, beside those that everybody gives.
func atLevel(companion bool) map[string]string {
	if !companion {
		return nil
	}
	answers := map[string]string{}
	for _, task := range []string{"start.site", "start.write", "export.site", "maintenance.before", "maintenance.after", "tags.list-site", "tags.compare", "tags.make", "switch.system", "tag-review.references",
		"link-users.link", "link-users.links-site", "payments.orders-site", "test.links-site", "test.visitor"} {
		answers[task] = "yes"
	}
	return answers
}

// TestTheWholeSwitchAtEveryLevel walks through all steps for each CRM, with files only and with the companion. In the end everybody keeps what they had, and
// the CRM holds the same at both levels.
func TestTheWholeSwitchAtEveryLevel(t *testing.T) {
	for _, crmID := range crms() {
		held := map[bool]int{}
		for _, companion := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/companion %v", crmID, companion), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					j := begin(t, crmID)
					if companion {
						if err := j.walk(steps.LinkUsers, atLevel(companion)); err != nil {
							t.Fatal(err)
						}
						j.run(steps.Payments, "orders-site")
						j.row(steps.Payments, "orders", "d", 0, "")
					}
					if err := j.walk("", atLevel(companion)); err != nil {
						t.Fatal(err)
					}
					j.allDone()
					j.nobodyLostAccess()
					held[companion] = len(j.demo.Sandbox.Contents().Contacts)
					facts := factsOf(j, steps.Test)
					switch {
					case !companion:
						j.saysLinksAreUnknown()
					case !strings.Contains(facts, "Passed: all"):
						t.Errorf("the last sentence is missing: %s", facts)
					case !strings.Contains(facts, "linked rightly, 0 not linked, 0 linked to another contact"):
						t.Errorf("the links were not read from the site: %s", facts)
					}
					j.saysWhatItCannotTell(crmID)
				})
			})
		}
		if held[false] == 0 || held[false] != held[true] {
			t.Errorf("%s holds %d contacts after a switch with files, and %d after one with the companion", crmID, held[false], held[true])
		}
	}
}

// saysWhatItCannotTell looks at the pages on which the five differ: what their API shows is told, and what it does not is called unknown, never none.
func (j *journey) saysWhatItCannotTell(crmID string) {
	j.t.Helper()
	setup, review := rowsOf(j.table(steps.CRMSetup, "setup")), rowsOf(j.table(steps.Automations, "offerings"))
	if !strings.Contains(setup, "there|The members' tags") || !strings.Contains(setup, "A webhook to the site") {
		j.t.Errorf("the look at the set-up says: %s", setup)
	}
	if crmID == "activecampaign" {
		if !strings.Contains(review, "none|") || strings.Contains(review, "not known|") {
			j.t.Errorf("ActiveCampaign tells what starts its automations, and the offerings say: %s", review)
		}
		return
	}
	if strings.Contains(review, "none|") || !strings.Contains(review, "not known|") {
		j.t.Errorf("%s does not tell what starts its automations, and the offerings say: %s", crmID, review)
	}
}

// rowsOf is a table as text, a row a line.
func rowsOf(table wizard.Table) string {
	text := ""
	for i := range table.Rows {
		text += strings.Join(table.Row(i), "|") + "\n"
	}
	return text
}
