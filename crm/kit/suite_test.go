package kit_test

import (
	"maps"
	"testing"

	"allyswitch/crm/crmtest"
	"allyswitch/crm/kit"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// TestWithToken and TestWithKey run the suite that all drivers share with each of Kit's two credentials.
func TestWithToken(t *testing.T) { crmtest.Run(t, entryWith("token")) }

func TestWithKey(t *testing.T) { crmtest.Run(t, entryWith("key")) }

// entryWith is Kit with one credential, whatever else is chosen.
func entryWith(credential string) registry.Entry {
	entry := registry.Entry{Provider: kit.Provider()}
	for _, s := range kit.Switches() {
		if s.Name != "credential" {
			entry.Switches = append(entry.Switches, s)
		}
	}
	entry.Sandbox = func(options sandbox.Options) sandbox.Sandbox {
		switches := maps.Clone(options.Switches)
		if switches == nil {
			switches = map[string]string{}
		}
		switches["credential"] = credential
		options.Switches = switches
		return kit.NewSandbox(options)
	}
	return entry
}
