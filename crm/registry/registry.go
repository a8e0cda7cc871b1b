// Package registry lists the CRMs. A new one is a folder of its own and one line here.
package registry

import (
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/activecampaign"
	"allyswitch/crm/drip"
	"allyswitch/crm/keap"
	"allyswitch/crm/kit"
	"allyswitch/crm/ontraport"
	"allyswitch/crm/sandbox"
)

// Entry is one CRM: how to reach the real one, and its sandbox.
type Entry struct {
	Provider crm.Provider
	// Switches are what the facts about this vendor leave open.
	Switches []sandbox.Switch
	Sandbox  func(sandbox.Options) sandbox.Sandbox
}

// All lists the CRMs in the order in which to offer them.
func All() []Entry {
	return []Entry{
		{Provider: activecampaign.Provider(), Switches: activecampaign.Switches(), Sandbox: activecampaign.NewSandbox},
		{Provider: kit.Provider(), Switches: kit.Switches(), Sandbox: kit.NewSandbox},
		{Provider: keap.Provider(), Switches: keap.Switches(), Sandbox: keap.NewSandbox},
		{Provider: ontraport.Provider(), Switches: ontraport.Switches(), Sandbox: ontraport.NewSandbox},
		{Provider: drip.Provider(), Switches: drip.Switches(), Sandbox: drip.NewSandbox},
	}
}

// Find returns the CRM of that ID.
func Find(id string) (Entry, bool) {
	for _, entry := range All() {
		if entry.Provider.ID == id {
			return entry, true
		}
	}
	return Entry{}, false
}

// Names are the IDs of all CRMs, for a sentence.
func Names() string {
	var names []string
	for _, entry := range All() {
		names = append(names, entry.Provider.ID)
	}
	return strings.Join(names, ", ")
}
