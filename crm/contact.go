// Package crm speaks to the five CRMs that AccessAlly works with. A Driver is the least that a CRM must offer; a Client
// is what the rest of the program calls. Pacing, retries, redaction and error wrapping live in Conn and Client, so that no
// driver repeats them.
package crm

import "time"

// ContactID names one contact in one CRM account. It is opaque: digits at four of the CRMs, 20 letters and digits at Drip.
type ContactID string

// TagID names one tag in one CRM account. At Drip it is the tag's name.
type TagID string

// FieldID names one custom field as the CRM wants it in a write: "12" at ActiveCampaign, "last_name" at Kit, "f1568" at Ontraport.
type FieldID string

// Contact is one person in the CRM, as read from it or as it is to be written.
//
// When writing, an empty name or a field that is absent from Fields is not sent: blanks never overwrite.
type Contact struct {
	ID        ContactID
	Email     string
	FirstName string
	LastName  string
	Fields    map[FieldID]string
	// Tags are the tags a read-back found, or the tags that are to ride along with a write (Features.TagsRideAlong).
	Tags []Tag
	// TagsKnown says whether Tags was really read. False means unknown, never "no tags".
	TagsKnown bool
	// FieldsKnown says the same of Fields.
	FieldsKnown bool
	State       ContactState
	Created     time.Time
}

// ContactState says whether the CRM may send mail to a contact. AllySwitch never raises it.
type ContactState string

// The states that the five CRMs' own words are mapped to.
const (
	StateUnknown      ContactState = ""
	StateActive       ContactState = "active"
	StateUnconfirmed  ContactState = "unconfirmed"
	StateUnsubscribed ContactState = "unsubscribed"
	StateBounced      ContactState = "bounced"
	StateDeleted      ContactState = "deleted"
)

// Tag is a label on contacts. Names are compared byte for byte after NFC and trimming: AccessAlly is case-sensitive.
type Tag struct {
	ID   TagID
	Name string
	// Category is Keap's tag category; AccessAlly may show it in front of the name. Empty elsewhere.
	Category string
}

// FieldType is the kind of value that a custom field holds.
type FieldType string

// The two kinds AllySwitch creates. Dates are written as text so that no CRM shifts them by a time zone.
const (
	FieldText FieldType = "text"
	FieldDate FieldType = "date"
)

// Field is a custom field of contacts. Name is what a person sees ("customer_id"), ID what a write needs.
type Field struct {
	ID   FieldID
	Name string
	Type FieldType
	// Kind is the vendor's own word for the type ("WHOLE_NUMBER", "numeric"), empty where it is not told or there are no types.
	Kind string
}

// Account is whose key this is, and how much room its plan has.
type Account struct {
	// ID is stable and unique within the CRM; with Provider.ID it makes the fingerprint that the checkpoint keeps.
	ID   string
	Name string
	User string
	// URL is the account's own address in a browser, empty when unknown.
	URL  string
	Plan string
	// ContactLimit is how many contacts the plan allows, -1 when the CRM does not tell.
	ContactLimit int
	// Contacts is how many there are now, -1 when the CRM does not tell.
	Contacts int
}

// Cursor is where a page of contacts begins. The zero Cursor is the first page. Opaque.
type Cursor string

// Page is one page of contacts in the CRM's own order.
type Page struct {
	Contacts []Contact
	// Next is empty on the last page.
	Next Cursor
	// Total is how many contacts there are in all, -1 when the CRM does not tell.
	Total int
}

// Result is what became of one contact in a write.
type Result string

// What can become of a contact. Created is also what was found after a lost answer, when nobody had known it before. Queued means that the CRM took it and works later: see Settler.
const (
	Created Result = "created"
	Updated Result = "updated"
	Queued  Result = "queued"
	Failed  Result = "failed"
	// Unknown means that the CRM's answer does not say: look the contact up before doing anything again.
	Unknown Result = "unknown"
)

// Outcome is what became of one contact, in the order of the request.
type Outcome struct {
	// ID is empty when the CRM does not tell (bulk work); the read-back finds it.
	ID     ContactID
	Result Result
	// Err is set when Result is Failed or Unknown; errors.As gives an *Error.
	Err error
}

// Automation is something that could start when a contact or tag is written, in whatever the CRM calls it.
type Automation struct {
	ID   string
	Name string
	// Kind is the CRM's own word: automation, sequence, form, campaign, workflow.
	Kind   string
	Active bool
	// Triggers are the ways in which it starts, as far as the CRM tells.
	Triggers []Trigger
	// TriggersKnown says that all of them were read. False means unknown, never "no others".
	TriggersKnown bool
	// Entered is how many people have entered it so far, as far as the CRM counts that: EnteredKnown is false where it does not.
	Entered      int
	EnteredKnown bool
}
