package crm

import "context"

// Driver is the least that a CRM must offer. It is called by Client only, which checks what goes in and what comes out.
//
// Every method returns *Error for what the vendor refused. An empty or unreadable reply is an error of kind Temporary or
// a Result of Unknown, never an empty answer.
type Driver interface {
	// Features says what this CRM, with these credentials, can and cannot do. It does no I/O.
	Features() Features

	// Check answers: who am I, which account, what does the plan allow, how many contacts are there.
	Check(ctx context.Context) (Account, error)

	// Fields lists the custom fields of contacts. CreateField makes one; when one of that name exists already it returns that.
	Fields(ctx context.Context) ([]Field, error)
	CreateField(ctx context.Context, field Field) (Field, error)

	// Tags lists all contact tags. CreateTag makes one and returns what the CRM made of it: the caller compares the name.
	Tags(ctx context.Context) ([]Tag, error)
	CreateTag(ctx context.Context, name string) (Tag, error)

	// Contacts reads everybody, in all states (except deleted ones), a page at a time, with fields and, where the CRM
	// can, tags.
	Contacts(ctx context.Context, at Cursor) (Page, error)

	// Find returns the contacts with exactly this address: none, one or several. It asks the CRM with the address encoded
	// and compares the answer itself, since some CRMs ignore a parameter they do not know and return everybody.
	Find(ctx context.Context, email string) ([]Contact, error)

	// Upsert creates or updates up to Features.UpsertBatch contacts, keyed by e-mail; one Outcome per contact, in order.
	// One bad contact loses only itself. Nothing that the caller left blank is overwritten; no consent is raised; where
	// the CRM can be kept quiet, no automation starts.
	Upsert(ctx context.Context, contacts []Contact) ([]Outcome, error)

	// ApplyTag puts one tag on up to Features.TagBatch contacts; one Outcome per contact, in order. Applying it again
	// is harmless. Drivers whose contacts can only be addressed by e-mail take the address from Target.Email.
	ApplyTag(ctx context.Context, tag Tag, to []Target) ([]Outcome, error)

	// Automations lists what could start by itself. An error of kind Unsupported means that this CRM cannot tell.
	Automations(ctx context.Context) ([]Automation, error)

	// ContactURL is the page of one contact in the CRM's own web interface, empty when it cannot be known.
	ContactURL(id ContactID) string
}

// Target is a contact that exists in the CRM.
type Target struct {
	ID    ContactID
	Email string
}

// Settler is implemented by drivers whose bulk work finishes after the call. Settle returns when everything queued so far
// is done, with an error of kind Temporary when it is not done within the CRM's own patience. Who failed is found by the read-back, or in
// Rejected when the CRM tells.
type Settler interface {
	Settle(ctx context.Context) (Settlement, error)
}

// Settlement is what a CRM says about queued work once it is done.
type Settlement struct {
	// Rejected are addresses that the CRM says it did not take, with its reason.
	Rejected map[string]string
}

// TagReader is implemented by drivers whose Contacts pages carry no tags: it reads who carries one tag, a page at a time.
type TagReader interface {
	TaggedContacts(ctx context.Context, tag Tag, at Cursor) (TargetPage, error)
}

// TargetPage is one page of the contacts that carry a tag. Next is empty on the last page.
type TargetPage struct {
	Targets []Target
	Next    Cursor
}

// Merger is implemented where one contact can be merged into another (Keap). It cannot be undone.
type Merger interface {
	Merge(ctx context.Context, keep, lose ContactID) (Contact, error)
}

// Remover takes back what AllySwitch did. Drivers implement what their CRM allows and answer Unsupported for the rest.
type Remover interface {
	RemoveTag(ctx context.Context, tag Tag, from []Target) ([]Outcome, error)
	DeleteContact(ctx context.Context, target Target) error
	DeleteTag(ctx context.Context, tag Tag) error
	DeleteField(ctx context.Context, field Field) error
}

// Blank is what of a contact is to be emptied.
type Blank struct {
	FirstName bool
	LastName  bool
	Fields    []FieldID
}

// Nothing says that nothing is to be emptied.
func (b Blank) Nothing() bool { return !b.FirstName && !b.LastName && len(b.Fields) == 0 }

// Blanker empties what AllySwitch has filled in, for undo: an Upsert never does. Everything else about the contact stays as it is. Drivers implement it
// where their CRM allows it; whether the CRM did it, the read-back shows.
type Blanker interface {
	ClearFields(ctx context.Context, target Target, blank Blank) error
}

// Previewer is implemented where the API tells what an automation sends first.
type Previewer interface {
	// FirstMessage is the subject of the first mail that goes out, empty when there is none, or none that is switched on.
	FirstMessage(ctx context.Context, automation Automation) (string, error)
}

// Form is a form with which people sign up.
type Form struct {
	ID   string
	Name string
	// Confirms says that people are mailed to confirm (double opt-in); OptInKnown whether that was read at all.
	Confirms   bool
	OptInKnown bool
}

// Forms is implemented where the API lists forms and what they ask of people.
type Forms interface {
	Forms(ctx context.Context) ([]Form, error)
}

// Owners is implemented where the API shows whom in the CRM each contact belongs to.
type Owners interface {
	// Owners are the users' IDs by contact, empty for a contact that belongs to nobody. A contact of which the CRM does not tell is not among them.
	Owners(ctx context.Context, ids []ContactID) (map[ContactID]string, error)
}

// Webhook is a call that the CRM makes to the site when something changes.
type Webhook struct {
	ID    string
	URL   string
	Event string
}

// Webhooks is implemented where the API can list and make webhooks.
type Webhooks interface {
	Webhooks(ctx context.Context) ([]Webhook, error)
	CreateWebhook(ctx context.Context, hook Webhook) (Webhook, error)
}
