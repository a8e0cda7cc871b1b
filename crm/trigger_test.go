package crm

import (
	"errors"
	"slices"
	"testing"
)

// TestWhatIsKnownOfTags judges automations by what was read of them: what was not read, or not understood, is never taken for "no tag".
func TestWhatIsKnownOfTags(t *testing.T) {
	gold, silver := Trigger{Kind: TriggerTag, Word: "tagadd", Tag: "Gold"}, Trigger{Kind: TriggerTag, Word: "tagadd", Tag: "Silver"}
	some := Trigger{Kind: TriggerTag, Word: "tagadd"}
	click, field, moon := Trigger{Kind: TriggerElse, Word: "click"}, Trigger{Kind: TriggerWrite, Word: "field"}, Trigger{Word: "moon\x1b[31mrise"}
	for name, test := range map[string]struct {
		triggers     []Trigger
		read         bool
		known, alone bool
		words        string
	}{
		"nothing was read":         {nil, false, false, false, ""},
		"half was read":            {[]Trigger{gold}, false, false, false, "the tag Gold"},
		"two tags":                 {[]Trigger{gold, silver, gold}, true, true, true, "the tag Gold, the tag Silver"},
		"a tag without a name":     {[]Trigger{gold, some}, true, false, false, "the tag Gold, tagadd"},
		"a tag and a click":        {[]Trigger{gold, click}, true, true, true, "the tag Gold, click"},
		"a tag and a field":        {[]Trigger{gold, field}, true, true, false, "the tag Gold, field"},
		"a word that nobody knows": {[]Trigger{click, moon}, true, false, false, "click, moon [31mrise"},
	} {
		a := Automation{Triggers: test.triggers, TriggersKnown: test.read}
		if a.TagsKnown() != test.known || a.TagsAlone() != test.alone || a.StartedBy() != test.words {
			t.Errorf("%s: known %v, alone %v, %q", name, a.TagsKnown(), a.TagsAlone(), a.StartedBy())
		}
	}
	if tags := (Automation{Triggers: []Trigger{gold, some, silver, gold, click}}).TriggerTags(); !slices.Equal(tags, []string{"Gold", "Silver"}) {
		t.Errorf("tags: %q", tags)
	}
}

// TestReadingTriggers asks three automations, the second of which answers in its own way.
func TestReadingTriggers(t *testing.T) {
	tag := Trigger{Kind: TriggerTag, Word: "tagadd", Tag: "Gold"}
	failed := errors.New("the network is gone")
	for name, test := range map[string]struct {
		listed, read []Trigger
		err          error
		want         error
		known        [3]bool
	}{
		"all is told":                      {nil, []Trigger{tag}, nil, nil, [3]bool{true, true, true}},
		"nothing is told":                  {nil, nil, nil, nil, [3]bool{true, false, true}},
		"one less than was listed":         {[]Trigger{{Word: "tagadd"}, {Word: "tagadd"}}, []Trigger{tag}, nil, nil, [3]bool{true, false, true}},
		"another than was listed":          {[]Trigger{{Word: "open"}}, []Trigger{tag}, nil, nil, [3]bool{true, false, true}},
		"the answer cannot be read":        {nil, nil, &Error{Kind: KindTemporary, Status: 200}, nil, [3]bool{true, false, true}},
		"the CRM does not tell":            {nil, nil, &Error{Kind: KindNotFound, Status: 404}, nil, [3]bool{true, false, false}},
		"the key may not know":             {nil, nil, &Error{Kind: KindPermission, Status: 403}, nil, [3]bool{true, false, false}},
		"the CRM is down":                  {nil, nil, &Error{Kind: KindTemporary, Status: 503, Err: failed}, failed, [3]bool{true, false, false}},
		"the network is gone":              {nil, nil, failed, failed, [3]bool{true, false, false}},
		"the key no longer opens anything": {nil, nil, &Error{Kind: KindAuth, Status: 401, Err: failed}, failed, [3]bool{true, false, false}},
	} {
		automations := []Automation{{ID: "1"}, {ID: "2", Triggers: test.listed}, {ID: "3"}}
		err := ReadTriggers(automations, func(a Automation) ([]Trigger, error) {
			if a.ID == "2" {
				return test.read, test.err
			}
			return []Trigger{tag}, nil
		})
		if got := [3]bool{automations[0].TriggersKnown, automations[1].TriggersKnown, automations[2].TriggersKnown}; !errors.Is(err, test.want) || got != test.known {
			t.Errorf("%s: %v, known: %v", name, err, got)
		}
	}
}
