package main

import (
	"os/exec"
	"strings"
	"testing"
)

// arrow says what the packages below a folder must never reach.
type arrow struct {
	from string
	not  []string
}

const screen = "charm.land/"

// arrows keep data flowing one way: answers, steps, migration, crm and wp, journal and checkpoint, screens. See docs/architecture.md.
var arrows = []arrow{
	{"./crm", []string{"allyswitch/wizard", "allyswitch/steps", "allyswitch/wp", "allyswitch/crm/registry", "allyswitch/crm/activecampaign", "allyswitch/crm/sandbox", screen}},
	{"./crm/sandbox", []string{"allyswitch/wizard", "allyswitch/steps", "allyswitch/wp", "allyswitch/crm/registry", "allyswitch/crm/activecampaign", screen}},
	{"./wp", []string{"allyswitch/wizard", "allyswitch/steps", "allyswitch/crm/registry", screen}},
	{"./wp/site", []string{"allyswitch/wizard", "allyswitch/steps", "allyswitch/crm/registry", "allyswitch/wp/wptest", screen}},
	{"./wizard/checkpoint/...", []string{"allyswitch/crm", "allyswitch/wp", "allyswitch/steps", "allyswitch/wizard/migration", "allyswitch/wizard/ui", screen}},
	{"./wizard/job", []string{"allyswitch/crm", "allyswitch/wp", "allyswitch/steps", "allyswitch/wizard/checkpoint", "allyswitch/wizard/migration", screen}},
	{"./wizard/migration/report", []string{"allyswitch/steps", "allyswitch/wizard/ui", "allyswitch/crm/registry", screen}},
	{"./wizard/migration", []string{"allyswitch/steps", "allyswitch/wizard/ui", "allyswitch/crm/registry", screen}},
	{"./wizard", []string{"allyswitch/steps", "allyswitch/crm", "allyswitch/wp", "allyswitch/wizard/migration"}},
	{"./wizard/ui", []string{"allyswitch/steps", "allyswitch/crm", "allyswitch/wp", "allyswitch/wizard/migration"}},
	{"./wizard/plain", []string{"allyswitch/steps", "allyswitch/crm", "allyswitch/wp", "allyswitch/wizard/migration"}},
}

// providers must not know each other.
var providers = []string{"activecampaign", "kit", "keap", "ontraport", "drip"}

func TestArrowsNeverRunBack(t *testing.T) {
	for _, provider := range providers {
		others := []string{"allyswitch/wizard", "allyswitch/steps", "allyswitch/wp", "allyswitch/crm/registry", screen}
		for _, other := range providers {
			if other != provider {
				others = append(others, "allyswitch/crm/"+other)
			}
		}
		arrows = append(arrows, arrow{"./crm/" + provider, others})
	}
	for _, arrow := range arrows {
		for _, reached := range reach(t, arrow.from) {
			for _, never := range arrow.not {
				if reached == never || strings.HasPrefix(reached, strings.TrimSuffix(never, "/")+"/") {
					t.Errorf("%s reaches %s", arrow.from, reached)
				}
			}
		}
	}
}

// reach lists all packages that those below a folder need.
func reach(t *testing.T, from string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", from).CombinedOutput()
	if err != nil {
		t.Fatalf("go list -deps %s: %v\n%s", from, err, out)
	}
	reached := strings.Fields(string(out))
	if len(reached) < 5 {
		t.Fatalf("go list -deps %s lists only %v", from, reached)
	}
	return reached
}
