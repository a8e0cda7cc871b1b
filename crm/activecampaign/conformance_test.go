package activecampaign_test

import (
	"testing"

	"allyswitch/crm/crmtest"
	"allyswitch/crm/registry"
)

func TestConformance(t *testing.T) {
	entry, found := registry.Find("activecampaign")
	if !found {
		t.Fatal("ActiveCampaign is not in the registry")
	}
	crmtest.Run(t, entry)
}
