package command

import (
	"os"
	"slices"
	"testing"
)

func TestOtherProgramsGetNoSecretOfOurs(t *testing.T) {
	seen := childEnvironment([]string{"PATH=/bin", "ALLYSWITCH_CRM_KEY=canary", "ALLYSWITCH_CRM_TOKEN=canary", "ALLYSWITCH_SITE_PASSWORD=canary", "allyswitch_crm_key=canary", "HOME=/home/somebody"})
	if want := []string{"PATH=/bin", "HOME=/home/somebody"}; !slices.Equal(seen, want) {
		t.Errorf("they get %v, want %v", seen, want)
	}
}

func TestOurSecretsAreTakenOutOfTheEnvironment(t *testing.T) {
	t.Setenv("ALLYSWITCH_CRM_KEY", "a-key")
	t.Setenv("ALLYSWITCH_SITE_PASSWORD", "a password")
	env := TakeEnvironment()
	if env("ALLYSWITCH_CRM_KEY") != "a-key" || env("ALLYSWITCH_SITE_PASSWORD") != "a password" {
		t.Error("the secrets are lost")
	}
	if os.Getenv("ALLYSWITCH_CRM_KEY") != "" || os.Getenv("ALLYSWITCH_SITE_PASSWORD") != "" {
		t.Error("a child would inherit the secrets")
	}
}
