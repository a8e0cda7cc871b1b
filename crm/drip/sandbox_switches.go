package drip

import "allyswitch/crm/sandbox"

// Switches are what the facts about Drip leave open, each with every plausible behaviour. The first setting is the default.
func Switches() []sandbox.Switch {
	return []sandbox.Switch{
		{Name: "email-case", Help: "whether addresses are kept in lower case or as they were written", Settings: []string{"lower", "kept"}},
		{Name: "tag-case", Help: "whether tag names are compared without case", Settings: []string{"exact", "fold"}},
		{Name: "tag-space", Help: "whether space around a tag's name is kept", Settings: []string{"kept", "trimmed"}},
		{Name: "tag-length", Help: "whether a tag of more than 64 characters is taken", Settings: []string{"kept", "refused"}},
		{Name: "tag-list", Help: "whether a tag that nobody carries any more is listed", Settings: []string{"remains", "carried"}},
		{Name: "tag-path", Help: "whether a period in a tag's name ends the path of a call", Settings: []string{"literal", "suffix"}},
		{Name: "tag-stranger", Help: "what tagging an address that Drip does not know does: make a person, or 404", Settings: []string{"creates", "404"}},
		{Name: "batch-delay", Help: "how long after the answer a batch is worked off", Settings: []string{"5s", "0s", "90s"}},
		{Name: "batch-pace", Help: "whether a batch appears at once, its first half first, or its last half first", Settings: []string{"at-once", "forward", "backward"}},
		{Name: "batch-drops", Help: "whether a batch drops only bad rows, or now and then a good one too", Settings: []string{"bad", "some"}},
		{Name: "batch-headers", Help: "whose allowance the rate headers of a batch tell: that of batches, that of single calls, or none", Settings: []string{"batch", "individual", "none"}},
		{Name: "inactive-lookup", Help: "whether people who get no mail can be fetched one by one", Settings: []string{"found", "404"}},
		{Name: "inactive-delete", Help: "whether people who get no mail can be deleted", Settings: []string{"works", "404", "403"}},
		{Name: "field-list", Help: "whether the identifiers of custom fields include Drip's own names", Settings: []string{"custom", "with-names"}},
		{Name: "page-order", Help: "who is on the first page", Settings: []string{"oldest", "newest"}},
		{Name: "workflow-triggers", Help: "how a trigger of a tag looks in the list of a workflow's triggers, which shows only one of a landing page; or an empty list, or 404",
			Settings: []string{"applied_tag", "event-name", "tag-name", "tags", "without-tag", "other-word", "empty", "404"}},
		{Name: "other-account", Help: "how an account that the token does not open is refused", Settings: []string{"403", "404"}},
		{Name: "plan-full", Help: "how a new person beyond the plan is refused", Settings: []string{"422", "403", "402"}},
	}
}
