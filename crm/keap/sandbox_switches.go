package keap

import "allyswitch/crm/sandbox"

// Switches are what the facts about Keap leave open, each with every plausible behaviour. The first setting is the default.
func Switches() []sandbox.Switch {
	return []sandbox.Switch{
		{Name: "upsert-option", Help: "whether POST /v2/contacts knows duplicate_option (added in April 2026) or ignores it, as it ignores every unknown parameter", Settings: []string{"honoured", "ignored"}},
		{Name: "upsert-target", Help: "which contact an upsert updates when several have the address", Settings: []string{"oldest", "newest"}},
		{Name: "upsert-lists", Help: "whether an upsert replaces custom_fields and email_addresses whole, as the model says, or adds to them", Settings: []string{"replace", "merge"}},
		{Name: "email-match", Help: "whether filters and duplicate checks look at the second and third address too", Settings: []string{"any", "first"}},
		{Name: "email-case", Help: "whether addresses are compared without case", Settings: []string{"fold", "exact"}},
		{Name: "tag-case", Help: "whether tag names are compared without case", Settings: []string{"fold", "exact"}},
		{Name: "tag-exists", Help: "what creating a tag of a name that exists gives: 409, 400, the tag that is there, or a second tag", Settings: []string{"conflict", "bad-request", "existing", "second"}},
		{Name: "apply-limit", Help: "how many contacts applyTags takes in one call", Settings: []string{"100", "none"}},
		{Name: "apply-partial", Help: "whether one contact that does not exist is told in the results or refuses the whole call", Settings: []string{"results", "bad-request"}},
		{Name: "page-end", Help: "how the last page says that it is: token absent, or empty; and whether tokens are whole addresses", Settings: []string{"absent", "empty", "url"}},
		{Name: "empty-fields", Help: "whether custom fields without a value are listed with null or left out", Settings: []string{"null", "absent"}},
		{Name: "content-type", Help: "whether custom field values that look like numbers come back as JSON numbers", Settings: []string{"string", "number"}},
		{Name: "label-repeats", Help: "whether two custom fields may have one label", Settings: []string{"allowed", "refused"}},
		{Name: "field-group", Help: "whether a custom field may be made without naming a group", Settings: []string{"optional", "required"}},
		{Name: "throttle", Help: "how the gateway says that it is too much: 429 with or without Retry-After, or 503", Settings: []string{"429", "429-retry-after", "503"}},
		{Name: "rate-headers", Help: "whether answers carry the x-keap- headers", Settings: []string{"sent", "missing"}},
		{Name: "plan-full", Help: "how a new contact beyond the plan is refused", Settings: []string{"403", "400"}},
		{Name: "merge-v2", Help: "whether POST /v2/contacts:merge exists (added in June 2026) or only XML-RPC can merge", Settings: []string{"present", "absent"}},
		{Name: "merge-wins", Help: "whose field values survive a merge", Settings: []string{"keeper", "loser", "newest"}},
		{Name: "merge-tags", Help: "whether the survivor of a merge has the tags of both", Settings: []string{"union", "keeper"}},
		{Name: "automations", Help: "whether the account has the automations API or answers 404", Settings: []string{"present", "absent"}},
		{Name: "goals", Help: "whether a campaign's goals are told, told a page at a time, or answered with 404", Settings: []string{"told", "one-page", "absent"}},
	}
}
