package keap_test

import (
	"testing"

	"allyswitch/crm/crmtest"
	"allyswitch/crm/keap"
	"allyswitch/crm/registry"
)

// TestSuite is what all drivers have in common.
func TestSuite(t *testing.T) {
	crmtest.Run(t, registry.Entry{Provider: keap.Provider(), Switches: keap.Switches(), Sandbox: keap.NewSandbox})
}
