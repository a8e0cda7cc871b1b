// Package activecampaign speaks ActiveCampaign's API v3 (developers.activecampaign.com) and holds a sandbox that behaves like it.
package activecampaign

import "allyswitch/crm"

// Provider describes ActiveCampaign to the rest of the program.
func Provider() crm.Provider {
	return crm.Provider{
		ID:               "activecampaign",
		Name:             "ActiveCampaign",
		CodePrefix:       codePrefix,
		AccessAllyName:   "ActiveCampaign",
		AccessAllySystem: "active-campaign",
		Options:          options(),
		Guide:            guide(),
		Upload:           upload(),
		// Mail follows ActiveCampaign's help: contacts must be on at least one list to receive mail, and automations do not mail who is unconfirmed (360021831499).
		Mail: crm.NewMail{Held: true, Words: "ActiveCampaign mails only people who are on one of its lists, and confirmed there. AllySwitch puts nobody on a list, because that stands for their consent. " +
			"Put the members who have agreed to mail on one yourself, as confirmed."},
		New: newDriver,
	}
}

const codePrefix = "AC"

// The settings that New reads.
const (
	optionURL = "crm.url"
	optionKey = "crm.key"
)

func options() []crm.Option {
	return []crm.Option{
		{
			Key:      optionURL,
			Label:    "API URL",
			Help:     "The URL that ActiveCampaign shows under Settings, Developer. It is not the address you log in at.",
			Example:  "https://youraccount.api-us1.com",
			Required: true,
		},
		{
			Key:      optionKey,
			Label:    "API key",
			Help:     "The key that ActiveCampaign shows below the URL, under Settings, Developer.",
			Example:  "72 letters and digits",
			Secret:   true,
			Env:      "ALLYSWITCH_CRM_KEY",
			Required: true,
		},
	}
}

func guide() crm.CredentialGuide {
	return crm.CredentialGuide{
		Where: []string{
			"Settings (the gear at the bottom left)",
			"Developer",
		},
		LooksLike: "the URL and the Key under API Access, when you are logged in as an administrator. You need both. The URL looks like https://youraccount.api-us1.com. The key is a long row of letters (a to f) and digits, without spaces. " +
			"It belongs to the user who is logged in, and stops working when that user is deleted.",
		ForAccessAlly: []string{
			"AccessAlly asks for the same two: the URL and the Key.",
			"Use the key of a user who will stay. Do not use the key of a helper who leaves after the move.",
		},
		Mistakes: []string{
			"The address of the page you see after logging in (…activehosted.com/app/…). Copy the URL from Settings, Developer instead.",
			"The URL and the key swapped. The URL begins with https://.",
			"The key of a user who is not an administrator. AllySwitch can work with it, but cannot see how many contacts your plan allows.",
			"The key of another ActiveCampaign account. The key and the URL must come from the same page.",
			"The event key from Settings, Tracking. It is for the website, not for moving members.",
		},
	}
}
