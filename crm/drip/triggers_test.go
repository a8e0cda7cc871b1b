package drip

import (
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// TestTheTagsThatStartWorkflows takes every form in which Drip might write a trigger of a tag. What is not understood is not known.
func TestTheTagsThatStartWorkflows(t *testing.T) {
	for setting, told := range map[string]bool{"applied_tag": true, "event-name": true, "tag-name": true, "tags": true, "without-tag": false, "other-word": false, "empty": false, "404": false} {
		story(t, func(t *testing.T) {
			d, f := open(t, sandbox.Options{Switches: map[string]string{"workflow-triggers": setting}})
			f.Load(sandbox.Contents{Automations: []sandbox.Automation{
				{Name: "Both", Tag: "Gold", Also: []string{"Silver"}, Active: true}, {Name: "Page", By: "submitted_landing_page"}, {Name: "New", Active: true}, {Name: "Rule", Tag: "Gold", Rule: true}}})
			automations, err := d.Automations(t.Context())
			if err != nil || len(automations) != 3 {
				t.Fatalf("%+v, %v", automations, err)
			}
			both, page, new := automations[0], automations[1], automations[2]
			if tags := strings.Join(both.TriggerTags(), "|"); both.TagsKnown() != told || told && tags != "Gold|Silver" {
				t.Errorf("%s: %q, known %v", setting, tags, both.TagsKnown())
			}
			silent := setting == "empty" || setting == "404"
			if page.TagsAlone() == silent || new.TagsKnown() == silent || new.TagsAlone() {
				t.Errorf("%s: of the others is known: %v, %v, %v", setting, page.TagsAlone(), new.TagsKnown(), new.TagsAlone())
			}
		})
	}
}

// TestTriggersThatDripMightSend reads properties of other shapes than expected.
func TestTriggersThatDripMightSend(t *testing.T) {
	for properties, want := range map[string]string{`{"tag":"Gold"}`: "Gold", `{"tags":["a","b"]}`: "a|b", `{"tag":["a"]}`: "", `[]`: "", `null`: "", ``: "", `"Gold"`: "", `{"landing_page":"x"}`: ""} {
		automation := crm.Automation{Triggers: triggerJSON{Type: "applied_tag", Properties: []byte(properties)}.triggers(), TriggersKnown: true}
		if got := strings.Join(automation.TriggerTags(), "|"); got != want || automation.TagsKnown() != (want != "") {
			t.Errorf("%s: %q, known %v", properties, got, automation.TagsKnown())
		}
	}
}
