package crm

import "time"

// Features says, in data, what a CRM can and cannot do with the credentials at hand, so that the plan can say beforehand
// what will happen and nothing has to be found out half-way.
type Features struct {
	// UpsertBatch is how many contacts one Upsert may carry (1 where there is no bulk call).
	UpsertBatch int
	// UpsertMin is the fewest contacts that one bulk call should carry when there is a choice; 0 or 1 where it does not matter.
	UpsertMin int
	// UpsertBytes is the largest body of one Upsert, 0 when there is no limit. Client splits batches by ContactBytes.
	UpsertBytes int
	// UpsertCosts and TagCosts are the requests, by rate class, that one full call makes. The planner multiplies.
	UpsertCosts []Cost
	TagCosts    []Cost
	ReadCosts   []Cost
	// KnownCosts are the further requests that a contact takes which is in the CRM already, NewCosts those of one that is not.
	KnownCosts []Cost
	NewCosts   []Cost
	// TagsRideAlong says that Contact.Tags in an Upsert puts tags on the contact, so that no ApplyTag is needed.
	TagsRideAlong bool
	// TagBatch is how many contacts one ApplyTag may carry.
	TagBatch int
	// PageSize is how many contacts one page of Contacts holds.
	PageSize int
	// TagsOnRead says that the pages of Contacts carry tags. Where false the driver is a TagReader.
	TagsOnRead bool
	// TagsFoldCase says that two tags cannot differ in case alone. Where the vendor does not say, true: it is the safer belief.
	TagsFoldCase bool
	// TagsImplicit says that a tag or field comes into being when it is first used, and cannot be created before (Drip).
	TagsImplicit   bool
	FieldsImplicit bool
	// FieldNames are other names for custom fields whose name this CRM keeps for itself, by the name that is wanted.
	FieldNames map[string]string
	// TagLength is the longest tag name in characters, 0 when unknown.
	TagLength int
	// NameLength and EmailLength are the longest first or last name and address in characters, 0 when unknown.
	NameLength  int
	EmailLength int
	// EmailsRepeat says that several contacts may have the same address (Keap, Ontraport).
	EmailsRepeat bool
	// UpsertIdempotent says that sending a contact twice cannot make a second one. Where false, Client looks before it sends again.
	UpsertIdempotent bool
	// TellsNew says that Created and Updated of an Upsert tell for certain whether the contact was there before. False where the CRM's answer does not say, or
	// where a repeated call may be answered as an update of what the first has made.
	TellsNew bool
	// QuietUpsert says that a write can be kept from starting automations; QuietTags says the same of ApplyTag.
	QuietUpsert bool
	QuietTags   bool
	// ReadLag is how late a read may lag behind a write. Nothing is called missing before that has passed.
	ReadLag time.Duration
	// CanDeleteContact, CanUntag, CanDeleteTag, CanDeleteField say what undo can do by API.
	CanDeleteContact bool
	CanUntag         bool
	CanDeleteTag     bool
	CanDeleteField   bool
	// AutomationCosts are the further requests that it takes to read what starts one automation.
	AutomationCosts []Cost
	// AutomationWord is what this CRM calls what tags can start: "automations", "sequences and forms", "workflows".
	AutomationWord string
	// AutomationsHidden says, in a sentence for people, which automations Automations cannot show. Empty where it shows all.
	AutomationsHidden string
	// InactiveHidden says, in sentences for people, why AccessAlly may not see the tags of a contact that is not active (unsubscribed, bounced, not confirmed):
	// their access cannot be told then. Empty where the state does not matter.
	InactiveHidden string
	// PlanNote says, in sentences for people, what this CRM does about accounts that outgrow their plan or import many at once. Empty
	// where nothing is known.
	PlanNote string
	// Windows are all rate windows that hold at once.
	Windows []Window
	// InFlight is how many calls may be under way at once.
	InFlight int
	// Timeout is how long one call may take.
	Timeout time.Duration
}

// Cost is how many requests of a rate class something takes.
type Cost struct {
	Class string
	Calls int
	// Every says that so many of them share the calls; 0 and 1 mean that each has its own.
	Every int
}

// Window is one published rate limit.
type Window struct {
	// Class is what the limit counts: ClassAll for every request, or a class of the driver's own ("import", "batch").
	Class string
	// Requests may be made in any Per (rolling), or in each UTC day when Daily.
	Requests int
	Per      time.Duration
	Daily    bool
	// Word is what is counted, in the plural, for the words on the screen: "imports". Empty means "requests".
	Word string
}

// ClassAll is the rate class that every request counts in.
const ClassAll = "all"
