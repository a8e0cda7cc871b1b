package keap

import (
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// TestGoalsTellThatATagStartsAnAutomationAndNotWhich, and what no tag starts.
func TestGoalsTellThatATagStartsAnAutomationAndNotWhich(t *testing.T) {
	for setting, told := range map[string]bool{"told": true, "one-page": true, "absent": false} {
		tell(t, func(a *account) {
			a.fake.Load(sandbox.Contents{Automations: []sandbox.Automation{
				{Name: "Welcome", Tag: "Gold", Active: true}, {Name: "Both", Tag: "Gold", By: "WebForm", Active: true}, {Name: "Form", By: "WebForm"}, {Name: "Odd", By: "Score"}}})
			all := must(a, func() ([]crm.Automation, error) { return a.driver.Automations(a.Context()) })
			if len(all) != 4 {
				a.Fatalf("%+v", all)
			}
			for i, automation := range all {
				if form := i == 2; automation.TagsKnown() != (form && told) || len(automation.TriggerTags()) > 0 {
					a.Errorf("%s: %q is known: %v, with %q", setting, automation.Name, automation.TagsKnown(), automation.TriggerTags())
				}
			}
			if words := all[0].StartedBy(); told && words != "Tag" || !told && words != "" {
				a.Errorf("%s: started by %q", setting, words)
			}
			if words := all[1].StartedBy(); setting == "told" && words != "Tag, WebForm" || setting == "one-page" && words != "" {
				a.Errorf("%s: started by %q", setting, words)
			}
		}, "goals="+setting)
	}
}
