package steps

// briefs are the titles in a few words, none longer than 18 letters.
var briefs = map[string]string{
	Start: "What moves where", Maintenance: "Maintenance mode", Export: "Export the users", EditCSV: "Clean the file", Import: "Import the members",
	Tags: "Prove the tags", APIKeys: "API keys", Switch: "Switch to the CRM", CRMSetup: "The CRM's set-up", TagReview: "Items with tags",
	Automations: "Automations", LinkUsers: "Link the users", Payments: "Payment plans", Test: "Test", Finish: "Open the site",
	ImportStudents: "Import students", AddMember: "Add a member", MergeContacts: "Merge contacts", TeamSettings: "Team settings",
}
