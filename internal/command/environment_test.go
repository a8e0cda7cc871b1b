package command

import (
	"os"
	"testing"
)

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
