package ontraport

import "allyswitch/crm/sandbox"

// Switches are what the facts about Ontraport leave open, each with every plausible behaviour. The first setting is the default.
func Switches() []sandbox.Switch {
	return []sandbox.Switch{
		{Name: "attrs-id", Help: "whether the answer about an updated contact holds its id: always, only when something changed, or never", Settings: []string{"always", "changed", "never"}},
		{Name: "update-shape", Help: "where the answer about an updated contact holds it: under attrs, or in data itself", Settings: []string{"attrs", "data"}},
		{Name: "same-email", Help: "which contact saveorupdate updates when several have the address", Settings: []string{"oldest", "newest"}},
		{Name: "save-race", Help: "whether two saves of one address at once make two contacts", Settings: []string{"two", "one"}},
		{Name: "email-case", Help: "whether addresses are compared without case", Settings: []string{"fold", "exact"}},
		{Name: "new-bulk-mail", Help: "whether a new contact may get bulk mail when nothing was said about it", Settings: []string{"1", "0", "null"}},
		{Name: "tag-exists", Help: "what creating a tag of a name that exists gives: a second tag, the tag that is there, or a refusal", Settings: []string{"second", "existing", "refused"}},
		{Name: "tag-case", Help: "whether tag names are compared without case", Settings: []string{"exact", "fold"}},
		{Name: "tag-space", Help: "whether space around a new tag's name is kept", Settings: []string{"kept", "trimmed"}},
		{Name: "tag-length", Help: "whether a long tag name is kept, cut at 64 characters or refused", Settings: []string{"kept", "cut", "refused"}},
		{Name: "tag-ids", Help: "how many contacts one tagging call may carry, and how more are refused", Settings: []string{"any", "100-400", "100-500"}},
		{Name: "tag-delay", Help: "how long after the answer tags are put on", Settings: []string{"3s", "0s", "90s"}},
		{Name: "no-tags", Help: "what contact_cat is for a contact without tags", Settings: []string{"blank", "bare", "null"}},
		{Name: "list-fields", Help: "whether listFields is honoured, ignored, or leaves contact_cat out", Settings: []string{"honoured", "ignored", "without-tags"}},
		{Name: "list-count", Help: "whether a list tells its count when asked to", Settings: []string{"told", "absent"}},
		{Name: "meta-shape", Help: "whether objects/meta is an object by object id, or a list as PHP writes one", Settings: []string{"object", "list"}},
		{Name: "alias-exists", Help: "what creating a field of an alias that exists gives", Settings: []string{"second", "refused"}},
		{Name: "unset-drop", Help: "what a dropdown without a choice holds", Settings: []string{"0", "blank"}},
		{Name: "rate-body", Help: "the body of a 429", Settings: []string{"text", "empty", "envelope"}},
		{Name: "rules", Help: "whether the rules are listed, listed without what starts them, or refused", Settings: []string{"listed", "without-events", "403", "404"}},
		{Name: "plan-full", Help: "how a new contact beyond the plan is refused", Settings: []string{"403", "400", "422"}},
	}
}
