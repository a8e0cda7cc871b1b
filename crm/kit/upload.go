package kit

import "allyswitch/crm"

// upload is the vendor's own import of a file (its pages "How to import a subscriber list").
func upload() *crm.Upload {
	return &crm.Upload{
		Where:          []string{"Subscribers", "Import Subscribers", "Select a file"},
		Columns:        map[string]string{"user_email": "email"},
		TagsColumn:     "Tags",
		TagSeparator:   ",",
		MinutesPerFile: 5,
		Cautions: []string{
			"Kit replaces what it has by what the file says, blanks too. That is why members whom Kit knows already are not in the file.",
			"Kit may review a large import before it goes on.",
		},
	}
}
