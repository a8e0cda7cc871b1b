package registry_test

import (
	"testing"

	"allyswitch/crm/crmtest"
	"allyswitch/crm/registry"
)

func TestEveryCRMPassesTheSameSuite(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) { crmtest.Run(t, entry) })
	}
}

func TestEveryCRMHasNamesOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, entry := range registry.All() {
		for what, value := range map[string]string{"id": entry.Provider.ID, "prefix": entry.Provider.CodePrefix, "name": entry.Provider.Name} {
			if other, taken := seen[what+value]; taken {
				t.Errorf("%s and %s both have the %s %q", other, entry.Provider.ID, what, value)
			}
			seen[what+value] = entry.Provider.ID
		}
		if found, ok := registry.Find(entry.Provider.ID); !ok || found.Provider.Name != entry.Provider.Name {
			t.Errorf("Find(%q) does not find it", entry.Provider.ID)
		}
	}
}
