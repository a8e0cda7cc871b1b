package command

import (
	"slices"
	"testing"
)

func TestOtherProgramsGetNoSecretOfOurs(t *testing.T) {
	seen := childEnvironment([]string{"PATH=/bin", "ALLYSWITCH_CRM_KEY=canary", "ALLYSWITCH_CRM_TOKEN=canary", "ALLYSWITCH_SITE_PASSWORD=canary", "allyswitch_crm_key=canary", "HOME=/home/somebody"})
	if want := []string{"PATH=/bin", "HOME=/home/somebody"}; !slices.Equal(seen, want) {
		t.Errorf("they get %v, want %v", seen, want)
	}
}
