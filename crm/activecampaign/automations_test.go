package activecampaign

import (
	"slices"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// startsInAllWays is an account whose automations start in all the ways that there are.
func startsInAllWays() sandbox.Contents {
	return sandbox.Contents{Tags: []string{"Gold", "Silver, plated", "2024"}, Automations: []sandbox.Automation{
		{Name: "One", Tag: "Gold", Active: true}, {Name: "Two", Tag: "Gold", Also: []string{"Silver, plated"}}, {Name: "Number", Tag: "2024", Active: true},
		{Name: "Click", By: "click", Active: true}, {Name: "Subscribe", Active: true}, {Name: "Word", By: "moonrise", Active: true}, {Name: "Gone", Tag: "Deleted", Active: true}}}
}

func automationsByName(t *testing.T, d *driver) map[string]crm.Automation {
	t.Helper()
	named := map[string]crm.Automation{}
	for _, automation := range must[[]crm.Automation](t)(d.Automations(t.Context())) {
		named[automation.Name] = automation
	}
	return named
}

// TestTheTagsThatStartAutomations reads params as an object, and written as a string.
func TestTheTagsThatStartAutomations(t *testing.T) {
	for _, shape := range []string{"object", "string"} {
		story(t, sandbox.Options{Switches: map[string]string{switchTriggers: shape}}, func(t *testing.T, s *Sandbox, d *driver) {
			s.Load(startsInAllWays())
			named := automationsByName(t, d)
			for name, want := range map[string]struct {
				tags         string
				known, alone bool
			}{
				"One": {"Gold", true, true}, "Two": {"Gold|Silver, plated", true, true}, "Number": {"2024", true, true}, "Click": {"", true, true},
				"Subscribe": {"", true, false}, "Word": {"", false, false}, "Gone": {"", false, false},
			} {
				got := named[name]
				if tags := strings.Join(got.TriggerTags(), "|"); tags != want.tags || got.TagsKnown() != want.known || got.TagsAlone() != want.alone {
					t.Errorf("params as %s: %q starts with %q, known %v, alone %v; want %+v", shape, name, tags, got.TagsKnown(), got.TagsAlone(), want)
				}
			}
		})
	}
}

// TestAccountsThatDoNotTellWhatStartsAnAutomation: whatever is missing or cannot be read, no automation is said to start otherwise, nor with another tag.
func TestAccountsThatDoNotTellWhatStartsAnAutomation(t *testing.T) {
	for _, shape := range []string{"without-params", "tag-number", "short", "other-key", "404", "405"} {
		story(t, sandbox.Options{Switches: map[string]string{switchTriggers: shape}}, func(t *testing.T, s *Sandbox, d *driver) {
			s.Load(startsInAllWays())
			for name, automation := range automationsByName(t, d) {
				if tagless := name == "Click" || name == "Subscribe" || name == "Word"; !tagless && automation.TagsKnown() {
					t.Errorf("%s: %q is said to start with nothing but %q", shape, name, automation.TriggerTags())
				}
			}
			if requests := s.Traffic().Requests; (shape == "404" || shape == "405") && requests > 6 {
				t.Errorf("%s: %d requests to an account that does not tell", shape, requests)
			}
		})
	}
}

// TestATagThatStartsInAnotherCase is written as the account writes it: ActiveCampaign has one tag of a name, in whatever case.
func TestATagThatStartsInAnotherCase(t *testing.T) {
	automations := []crm.Automation{{Triggers: []crm.Trigger{{Kind: crm.TriggerTag, Tag: "GOLD"}}, TriggersKnown: true}}
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		s.Load(sandbox.Contents{Tags: []string{"Gold"}})
		if err := d.nameTriggerTags(t.Context(), automations); err != nil || !slices.Equal(automations[0].TriggerTags(), []string{"Gold"}) {
			t.Errorf("%q, %v", automations[0].TriggerTags(), err)
		}
	})
}

// FuzzTriggerParams reads whatever stands in params: a name is taken only where "tag" holds a text.
func FuzzTriggerParams(f *testing.F) {
	for _, params := range []string{`{"tag":"Gold"}`, `"{\"tag\":\"Gold\"}"`, `[]`, `null`, `{"tag":7}`, `"[]"`, `{"tag":["a"]}`, ``} {
		f.Add(params)
	}
	f.Fuzz(func(t *testing.T, params string) {
		if tag := (triggerJSON{Type: "tagadd", Params: []byte(params)}).tag(); tag != "" && !strings.Contains(params, "tag") {
			t.Errorf("%q is said to name the tag %q", params, tag)
		}
	})
}
