package keap

import "allyswitch/crm"

// upload is the vendor's own import of a file (its pages "Import contacts").
func upload() *crm.Upload {
	return &crm.Upload{
		Where:          []string{"Contacts", "People", "Import contacts", "My spreadsheet"},
		Columns:        map[string]string{"user_email": "Email", "first_name": "First Name", "last_name": "Last Name"},
		MaxRows:        5_000,
		MinutesPerFile: 5,
		Cautions: []string{
			"Keap asks whether you have permission to send marketing mail. Answer for your members as it is true; AllySwitch never does.",
			"Give no tags here: AllySwitch puts them on afterwards, a hundred members a call.",
		},
	}
}
