package ontraport

import (
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// TestEventsOfRules reads what starts a rule, in the words of the official SDK and in words that nobody knows.
func TestEventsOfRules(t *testing.T) {
	for events, want := range map[string]crm.Automation{
		"Contact_added_to_category(8)":                        {Triggers: []crm.Trigger{{Kind: crm.TriggerTag, Word: "Contact_added_to_category", Tag: "8"}}},
		"Contact_added_to_category(8);Contact_opens_email(3)": {Triggers: []crm.Trigger{{Kind: crm.TriggerTag, Word: "Contact_added_to_category", Tag: "8"}, {Kind: crm.TriggerElse, Word: "Contact_opens_email"}}},
		"Contact_added_to_category( x )":                      {Triggers: []crm.Trigger{{Kind: crm.TriggerTag, Word: "Contact_added_to_category"}}},
		"Contact_added_to_category":                           {Triggers: []crm.Trigger{{Kind: crm.TriggerTag, Word: "Contact_added_to_category"}}},
		"Contact_added_to_category(8":                         {Triggers: []crm.Trigger{{Kind: crm.TriggerTag, Word: "Contact_added_to_category"}}},
		"Contact_added_to_my_database()":                      {Triggers: []crm.Trigger{{Kind: crm.TriggerWrite, Word: "Contact_added_to_my_database"}}},
		"Contact_removed_from_category(8)":                    {Triggers: []crm.Trigger{{Kind: crm.TriggerElse, Word: "Contact_removed_from_category"}}},
		"Something_new(1)":                                    {Triggers: []crm.Trigger{{Word: "Something_new"}}},
		" ; ":                                                 {},
	} {
		got := eventsOf(events)
		if len(got) != len(want.Triggers) {
			t.Errorf("%q: %+v", events, got)
			continue
		}
		for i := range got {
			if got[i] != want.Triggers[i] {
				t.Errorf("%q: %+v, want %+v", events, got[i], want.Triggers[i])
			}
		}
	}
}

// TestRulesAreListedWithTheNamesOfTheirTags, and automations beside them, of which Ontraport does not tell what starts them.
func TestRulesAreListedWithTheNamesOfTheirTags(t *testing.T) {
	story(t, func(t *testing.T) {
		for _, setting := range []string{"listed", "without-events", "403", "404"} {
			d, f := account(t, sandbox.Options{Switches: map[string]string{"rules": setting}})
			f.Load(sandbox.Contents{Automations: []sandbox.Automation{
				{Name: "Builder", Tag: "Gold", Active: true}, {Name: "Rule", Tag: "Gold", Also: []string{"Silver; plated"}, Active: true, Rule: true},
				{Name: "Paused", Tag: "Silver; plated", Rule: true}, {Name: "Mail", By: "Contact_opens_email(3)", Active: true, Rule: true}}})
			automations, err := d.Automations(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, a := range automations {
				told = append(told, a.ID+" "+a.Kind+" "+a.Name+": "+strings.Join(a.TriggerTags(), "|"))
				if (a.Kind == "automation" || setting == "without-events") && a.TagsKnown() {
					t.Errorf("%s: %q is said to be known", setting, a.Name)
				}
				if a.Kind == "rule" && setting == "listed" && (!a.TagsAlone() || a.Active == (a.Name == "Paused")) {
					t.Errorf("%q: %+v", a.Name, a)
				}
			}
			want := map[string]string{"listed": "1 automation Builder: , rule-2 rule Rule: Gold|Silver; plated, rule-3 rule Paused: Silver; plated, rule-4 rule Mail: ",
				"without-events": "1 automation Builder: , rule-2 rule Rule: , rule-3 rule Paused: , rule-4 rule Mail: "}[setting]
			if want == "" {
				want = "1 automation Builder: "
			}
			if got := strings.Join(told, ", "); got != want {
				t.Errorf("%s:\n%s, want\n%s", setting, got, want)
			}
		}
	})
}

// TestARuleWithATagThatIsGone does not say which tag is meant.
func TestARuleWithATagThatIsGone(t *testing.T) {
	story(t, func(t *testing.T) {
		d, _ := account(t, sandbox.Options{})
		rules := []crm.Automation{{Triggers: eventsOf("Contact_added_to_category(99)"), TriggersKnown: true}}
		if err := d.nameTriggerTags(t.Context(), rules); err != nil || rules[0].TagsKnown() || len(rules[0].TriggerTags()) > 0 {
			t.Errorf("%+v, %v", rules[0], err)
		}
	})
}
