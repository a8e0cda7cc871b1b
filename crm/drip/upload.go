package drip

import "allyswitch/crm"

// upload is the vendor's own import of a file (its pages "Import Data into Drip").
func upload() *crm.Upload {
	return &crm.Upload{
		Where:          []string{"People", "Import"},
		Columns:        map[string]string{"user_email": "email"},
		MaxRows:        200_000,
		MinutesPerFile: 5,
		Cautions: []string{
			"Drip approves imports by hand. That can take a while. Open the site again while you wait: step 7 carries over who joins meanwhile.",
			"If you give a tag to the whole file, workflows that start with it will start.",
		},
	}
}
