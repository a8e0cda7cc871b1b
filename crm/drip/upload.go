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
			"Drip approves imports by hand. That can take a while, so upload before you close the site.",
			"If you give a tag to the whole file, workflows that start with it will start.",
		},
	}
}
