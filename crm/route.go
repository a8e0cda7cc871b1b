package crm

// Route is one way to bring members into a CRM by API: with one kind of credential, which decides what the API allows.
type Route struct {
	// Option is the setting that it needs: "crm.key" or "crm.token".
	Option string
	// Name is what to call it: "API key", "OAuth token".
	Name     string
	Features Features
}

// Upload is the CRM's own import of a CSV file, which a person does in the browser.
type Upload struct {
	// Where is the menu path to it, one entry a click.
	Where []string
	// Columns are the headings that the CRM knows, by ours: "user_email" to "Email". Columns that are not listed keep their name, and are matched by hand to the
	// custom field of that name.
	Columns map[string]string
	// MaxRows is how many rows one file may have, 0 when the vendor names no limit.
	MaxRows int
	// TagsColumn is the heading for tags, parted by TagSeparator, where the file may carry them. Where it is empty and TagPerFile is set, the person gives one tag to
	// everybody in a file, so that there is one file for each tag.
	TagsColumn   string
	TagSeparator string
	TagPerFile   bool
	// MinutesPerFile is how long a person takes for one file.
	MinutesPerFile int
	// Cautions are what to watch for on the CRM's screens.
	Cautions []string
}
