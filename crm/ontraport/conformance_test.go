package ontraport_test

import (
	"testing"

	"allyswitch/crm/crmtest"
	"allyswitch/crm/ontraport"
	"allyswitch/crm/registry"
)

func TestConformance(t *testing.T) {
	crmtest.Run(t, registry.Entry{Provider: ontraport.Provider(), Switches: ontraport.Switches(), Sandbox: ontraport.NewSandbox})
}
