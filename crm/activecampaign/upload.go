package activecampaign

import "allyswitch/crm"

// upload is the vendor's own import of a file (its pages "Import contacts", "How do I import contacts without triggering an automation?").
func upload() *crm.Upload {
	return &crm.Upload{
		Where:          []string{"Contacts", "Import", "Import from file"},
		Columns:        map[string]string{"user_email": "Email", "first_name": "First Name", "last_name": "Last Name"},
		MinutesPerFile: 5,
		Cautions: []string{
			"On the screen \"Select Fields to Map\", under Import Options, take the tick out of \"Trigger Automations\". Otherwise every import can start automations and send mail.",
			"Subscribe nobody to a list who has not asked for it.",
		},
	}
}
