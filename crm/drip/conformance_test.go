package drip_test

import (
	"testing"

	"allyswitch/crm/crmtest"
	"allyswitch/crm/drip"
	"allyswitch/crm/registry"
)

func TestConformance(t *testing.T) {
	crmtest.Run(t, registry.Entry{Provider: drip.Provider(), Switches: drip.Switches(), Sandbox: drip.NewSandbox})
}
