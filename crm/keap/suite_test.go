package keap_test

import (
	"testing"

	"allyswitch/crm/crmtest"
	"allyswitch/crm/keap"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// TestSuite is what all drivers have in common, under every setting of every switch.
func TestSuite(t *testing.T) {
	crmtest.Run(t, registry.Entry{Provider: keap.Provider(), Switches: keap.Switches(), Sandbox: keap.NewSandbox})
}

// TestSuiteWithTwoKeys and TestSuiteWithToken are the same with Keap's other credentials.
func TestSuiteWithTwoKeys(t *testing.T) {
	crmtest.Run(t, entryWith(map[string]string{"crm.key": "KeapAK-sandbox-1-0123456789abcdef,KeapAK-sandbox-2-0123456789abcdef"}))
}

func TestSuiteWithToken(t *testing.T) {
	crmtest.Run(t, entryWith(map[string]string{"crm.token": "sandbox-oauth-token-0123456789ab"}))
}

func entryWith(credentials map[string]string) registry.Entry {
	return registry.Entry{Provider: keap.Provider(), Sandbox: func(options sandbox.Options) sandbox.Sandbox {
		return opened{keap.NewSandbox(options), credentials}
	}}
}

// opened is a sandbox that gives other credentials than its first key.
type opened struct {
	sandbox.Sandbox
	credentials map[string]string
}

func (o opened) Credentials() map[string]string { return o.credentials }
