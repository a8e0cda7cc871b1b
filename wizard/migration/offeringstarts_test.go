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
	on := func(name, trigger, tag string) crm.Automation {
		return crm.Automation{Name: name, Active: true, Trigger: trigger, TriggerTag: tag}
	}
	for name, test := range map[string]struct {
		automations []crm.Automation
		hidden      string
		want        string
	}{
		"a tag of its starts one":           {[]crm.Automation{on("Hello", "tag", "Gold 2")}, "", OfferingStarts},
		"only a tag of another":             {[]crm.Automation{on("Hello", "tag", "Other")}, "", OfferingNone},
		"switched off":                      {[]crm.Automation{{Name: "Hello", TriggerTag: "Gold"}}, "", OfferingPerhaps},
		"by its name":                       {[]crm.Automation{on("golden  circle welcome", "", "")}, "", OfferingPerhaps},
		"some tag, not told which":          {[]crm.Automation{on("Hello", "tag", "")}, "", OfferingUnknown},
		"started by a form":                 {[]crm.Automation{on("Hello", "subscribe", "")}, "", OfferingNone},
		"nothing there":                     {nil, "", OfferingNone},
		"nothing there that can be seen":    {nil, "rules are not shown", OfferingUnknown},
		"a form there, rules are not shown": {[]crm.Automation{on("Hello", "sign-up", "")}, "rules are not shown", OfferingUnknown},
	} {
		review := Review{Hidden: test.hidden}
		review.judge(roster, []wp.Offering{offering}, test.automations)
		if got := review.Offerings[0]; got.Verdict != test.want || got.People != 2 {
			t.Errorf("%s: %q for %d people, want %q", name, got.Verdict, got.People, test.want)
		}
	}
}
