package kit

import "allyswitch/crm/sandbox"

// The switches: what Kit's documentation leaves open, or has said differently at different times.
const (
	switchCredential   = "credential"
	switchUnknownField = "unknown-field"
	switchWriteReply   = "write-reply"
	switchFieldKey     = "field-key-taken"
	switchFieldLabel   = "field-label-taken"
	switchLastName     = "last-name-field"
	switchTagCase      = "tag-case"
	switchTagLength    = "tag-length"
	switchLateness     = "lateness"
	switchOverLimit    = "over-limit"
	switchKeyOnBulk    = "key-on-bulk"
	switchBadKey       = "bad-key"
	switchBulkFailure  = "bulk-failure-address"
	switchUntagMissing = "untag-missing"
	switchAddressCase  = "address-case"
)

// Switches lists what is open, the likeliest setting first.
func Switches() []sandbox.Switch {
	return []sandbox.Switch{
		{Name: switchCredential, Help: "Which credentials a client is given. Kit takes either.", Settings: []string{"token", "key"}},
		{
			Name: switchUnknownField, Help: "What happens to a value for a custom field that does not exist: ignored with a warning (mid-2026), ignored in silence (2025), or refused (early 2026).",
			Settings: []string{"warned", "ignored", "refused"},
		},
		{Name: switchWriteReply, Help: "Whether the answer to a write shows the custom fields.", Settings: []string{"fields", "no-fields"}},
		{
			Name: switchFieldKey, Help: "What happens to a new custom field whose key another label has already.",
			Settings: []string{"refused", "existing", "numbered"},
		},
		{Name: switchFieldLabel, Help: "What happens to a new custom field whose label exists.", Settings: []string{"existing", "refused"}},
		{Name: switchLastName, Help: "Whether the account has a custom field for last names from the start.", Settings: []string{"present", "absent"}},
		{Name: switchTagCase, Help: "Whether two tags may differ in case alone.", Settings: []string{"folded", "exact"}},
		{Name: switchTagLength, Help: "What happens to a tag name of more than 255 characters.", Settings: []string{"unlimited", "refused", "cut"}},
		{
			Name: switchLateness, Help: "How late lists are: half a minute mostly and five at most, always five, never; or lists of tags and fields too.",
			Settings: []string{"usual", "longest", "none", "everything"},
		},
		{
			Name: switchOverLimit, Help: "How one contact too many for the plan is refused; or the plan grows by itself, as Kit's help says.",
			Settings: []string{"403", "403-v3", "422", "upgraded"},
		},
		{Name: switchKeyOnBulk, Help: "How an API key is refused on a call for OAuth only.", Settings: []string{"401", "403"}},
		{Name: switchBadKey, Help: "What is said about a wrong API key.", Settings: []string{"token-words", "key-words"}},
		{Name: switchBulkFailure, Help: "Whether a failure in a bulk answer repeats the address that failed.", Settings: []string{"shown", "left-out"}},
		{Name: switchUntagMissing, Help: "What is said when a tag is taken off who does not carry it.", Settings: []string{"204", "404"}},
		{Name: switchAddressCase, Help: "Whether e-mail addresses are kept in lower case.", Settings: []string{"lowered", "kept"}},
	}
}
