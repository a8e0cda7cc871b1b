package migration

import (
	"testing"

	"allyswitch/crm"
	"allyswitch/wp"
)

// TestWhichOfferingHasAnAutomation judges one offering by what different CRMs tell. "None" needs a CRM that shows everything.
func TestWhichOfferingHasAnAutomation(t *testing.T) {
	roster := &Roster{Tags: []string{"Gold", "Gold 2", "Other"}, Members: []Member{{Tags: []uint32{0}}, {Tags: []uint32{1, 2}}, {Tags: []uint32{2}}}}
	offering := wp.Offering{Name: "Golden Circle", Base: "Gold", Modules: map[string]string{"2": "Gold 2"}}
	tags := func(names ...string) (triggers []crm.Trigger) {
		for _, name := range names {
			triggers = append(triggers, crm.Trigger{Kind: crm.TriggerTag, Word: "tagadd", Tag: name})
		}
		return triggers
	}
	on := func(name string, triggers ...crm.Trigger) crm.Automation {
		return crm.Automation{Name: name, Active: true, Triggers: triggers, TriggersKnown: len(triggers) > 0}
	}
	form := crm.Trigger{Kind: crm.TriggerElse, Word: "sign-up"}
	half := on("Hello", tags("Other")...)
	half.TriggersKnown = false
	for name, test := range map[string]struct {
		automations []crm.Automation
		hidden      string
		want        string
	}{
		"a tag of its starts one":            {[]crm.Automation{on("Hello", tags("Gold 2")...)}, "", OfferingStarts},
		"one of several tags starts one":     {[]crm.Automation{on("Hello", tags("Other", "Gold")...)}, "", OfferingStarts},
		"only a tag of another":              {[]crm.Automation{on("Hello", tags("Other")...)}, "", OfferingNone},
		"a tag of another, and perhaps more": {[]crm.Automation{half}, "", OfferingUnknown},
		"a tag of another, and some tag":     {[]crm.Automation{on("Hello", tags("Other", "")...)}, "", OfferingUnknown},
		"switched off":                       {[]crm.Automation{{Name: "Hello", Triggers: tags("Gold"), TriggersKnown: true}}, "", OfferingPerhaps},
		"by its name":                        {[]crm.Automation{on("golden  circle welcome")}, "", OfferingPerhaps},
		"by its name alone, known otherwise": {[]crm.Automation{on("golden  circle welcome", form)}, "", OfferingNone},
		"some tag, not told which":           {[]crm.Automation{on("Hello", tags("")...)}, "", OfferingUnknown},
		"nothing told":                       {[]crm.Automation{on("Hello")}, "", OfferingUnknown},
		"a word that nobody knows":           {[]crm.Automation{on("Hello", crm.Trigger{Word: "moonrise"})}, "", OfferingUnknown},
		"started by a form":                  {[]crm.Automation{on("Hello", form)}, "", OfferingNone},
		"nothing there":                      {nil, "", OfferingNone},
		"nothing there that can be seen":     {nil, "rules are not shown", OfferingUnknown},
		"a form there, rules are not shown":  {[]crm.Automation{on("Hello", form)}, "rules are not shown", OfferingUnknown},
	} {
		review := Review{Hidden: test.hidden}
		review.judge(roster, []wp.Offering{offering}, test.automations, crm.Features{})
		if got := review.Offerings[0]; got.Verdict != test.want || got.People != 2 {
			t.Errorf("%s: %q for %d people, want %q", name, got.Verdict, got.People, test.want)
		}
	}
}
