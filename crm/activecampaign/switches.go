package activecampaign

import "allyswitch/crm/sandbox"

// The switches of the sandbox: what the public facts about ActiveCampaign leave open.
const (
	switchBadKey       = "bad-key-body"
	switchTooFast      = "429-body"
	switchTagTaken     = "tag-taken"
	switchTagRepeated  = "tag-repeated"
	switchIndexBase    = "failure-index"
	switchReasons      = "failure-reasons"
	switchQuietAt      = "exclude-automations"
	switchInclude      = "include"
	switchEmailCase    = "email-case"
	switchUnfinished   = "import-unfinished"
	switchOverLimit    = "over-limit"
	switchEmptyAnswers = "empty-answers"
	switchFlaky403     = "flaky-403"
	switchAdmin        = "key-of"
	switchDeleted      = "deleted-contacts"
	switchPerstagTaken = "perstag-taken"
	switchFieldCreated = "field-created"
	switchTotal        = "total"
	switchTriggers     = "automation-triggers"
	switchForms        = "forms"
)

// Switches lists what the facts leave open, with every plausible behaviour.
func Switches() []sandbox.Switch {
	return []sandbox.Switch{
		{Name: switchBadKey, Help: "the body of the 403 for a wrong key", Settings: []string{"forbidden", "errors", "empty", "html"}},
		{Name: switchTooFast, Help: "the body of a 429", Settings: []string{"empty", "message", "html"}},
		{Name: switchTagTaken, Help: "the answer to creating a tag whose name exists in any case", Settings: []string{"422-duplicate", "422-message", "400-empty", "409"}},
		{Name: switchTagRepeated, Help: "the status of putting a tag on a contact that carries it", Settings: []string{"201", "200", "422"}},
		{Name: switchIndexBase, Help: "what number failureReasons gives the first contact", Settings: []string{"0", "1"}},
		{Name: switchReasons, Help: "the form of failureReasons for a bad contact: objects, strings, or the first object alone", Settings: []string{"objects", "strings", "first-only"}},
		{Name: switchQuietAt, Help: "where exclude_automations is honoured", Settings: []string{"anywhere", "top", "contact"}},
		{Name: switchInclude, Help: "whether include= side-loads on /contacts; absent-when-empty leaves out empty lists", Settings: []string{"supported", "ignored", "absent-when-empty"}},
		{Name: switchEmailCase, Help: "whether addresses keep their case", Settings: []string{"kept", "lower"}},
		{Name: switchUnfinished, Help: "what /import/info says of an import that is not done; refused answers as if it did not exist", Settings: []string{"waiting", "active", "empty", "refused"}},
		{Name: switchOverLimit, Help: "what happens to contacts beyond the plan", Settings: []string{"accept", "402", "400", "fail"}},
		{Name: switchEmptyAnswers, Help: "whether a good answer comes with an empty body now and then", Settings: []string{"never", "sometimes"}},
		{Name: switchFlaky403, Help: "whether a good key is refused now and then", Settings: []string{"never", "sometimes"}},
		{Name: switchAdmin, Help: "whose key it is: only an administrator's may read /settings/account", Settings: []string{"admin", "member"}},
		{Name: switchDeleted, Help: "whether deleted contacts linger in lists with a flag", Settings: []string{"absent", "flagged"}},
		{Name: switchPerstagTaken, Help: "what happens to a personalization tag that is taken", Settings: []string{"renamed", "422"}},
		{Name: switchFieldCreated, Help: "the shape of the answer to creating a field: one field as recorded, or the list of the published description", Settings: []string{"field", "fields"}},
		{Name: switchTotal, Help: "whether meta.total of /contacts counts what id_greater leaves out", Settings: []string{"remaining", "all"}},
		{Name: switchTriggers, Help: "what /automations/{id}/triggers answers: params as an object, or written as a string, or none, or with the tag's number; one trigger too few; under another key; or no such address",
			Settings: []string{"object", "string", "without-params", "tag-number", "short", "other-key", "404", "405"}},
		{Name: switchForms, Help: "what a form says of opt-in: that people confirm, that they need not, nothing, options as an empty list, or no form at all",
			Settings: []string{"double", "single", "untold", "list", "none"}},
	}
}
