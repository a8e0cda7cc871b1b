package wp_test

import (
	"slices"
	"testing"

	"allyswitch/wp"
)

// TestWhoMayOpenAPage goes through AccessAlly's rule: the instant tag, or the module's tag (the base tag where the module has none), and no revoke tag.
func TestWhoMayOpenAPage(t *testing.T) {
	course := wp.Offering{Base: "Base", Instant: "Instant", Revoke: "Revoke", Modules: map[string]string{"1": "Module 1", "3": ""}}
	for name, c := range map[string]struct {
		offering wp.Offering
		module   string
		tags     []string
		want     bool
	}{
		"nobody's page without tags":                {course, "", nil, false},
		"a page without a module, by the base tag":  {course, "", []string{"Base"}, true},
		"a page without a module, by a module":      {course, "", []string{"Module 1"}, false},
		"a module's page, by its tag":               {course, "1", []string{"Module 1"}, true},
		"a module's page, by the base tag":          {course, "1", []string{"Base"}, false},
		"any page, by the instant tag":              {course, "1", []string{"Instant"}, true},
		"a module without a tag, by the base tag":   {course, "2", []string{"Base"}, true},
		"a module with an empty tag, by the base":   {course, "3", []string{"Base"}, true},
		"a module without a tag, by another module": {course, "2", []string{"Module 1"}, false},
		"the revoke tag shuts what others open":     {course, "1", []string{"Module 1", "Instant", "Base", "Revoke"}, false},
		"an offering of no tags opens to nobody":    {wp.Offering{}, "1", []string{"Base", ""}, false},
	} {
		has := func(tag string) bool { return slices.Contains(c.tags, tag) }
		if got := c.offering.Opens(wp.OfferingPage{Module: c.module}, has); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
