package ontraport

import "allyswitch/crm"

// upload is the vendor's own import of a file (its pages "Importing Contacts", "Import contacts and other records").
func upload() *crm.Upload {
	return &crm.Upload{
		Where:          []string{"Contacts", "Settings", "Import Contacts"},
		Columns:        map[string]string{"user_email": "Email", "first_name": "First Name", "last_name": "Last Name"},
		TagsColumn:     "Contact Tags",
		TagSeparator:   "*/*",
		MinutesPerFile: 8,
		Cautions: []string{
			"Ontraport reviews imported lists, which can take a day. Open the site again while you wait: step 7 carries over who joins meanwhile.",
			"Until the review is over, contacts are Pending Review and get no mail. Their tags work all the same.",
		},
	}
}
