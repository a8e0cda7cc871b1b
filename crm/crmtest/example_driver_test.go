package crmtest_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// The Example CRM is made up. It shows what a driver and a sandbox need, and no more: docs/adding-a-crm.md goes through it.

// exampleEntry is the line that a CRM adds to the registry.
func exampleEntry() registry.Entry {
	return registry.Entry{Provider: exampleProvider(), Switches: exampleSwitches(), Sandbox: newExampleSandbox}
}

// exampleProvider describes the CRM to the rest of the program.
func exampleProvider() crm.Provider {
	return crm.Provider{
		ID: "example", Name: "Example CRM", CodePrefix: "EX", AccessAllyName: "Example", AccessAllySystem: "example",
		Options: []crm.Option{
			{Key: "crm.url", Label: "Address", Help: "The address of the account.", Advanced: true},
			{Key: "crm.key", Label: "API key", Help: "The key from Settings, API.", Secret: true, Env: "ALLYSWITCH_CRM_KEY", Required: true},
		},
		Guide: crm.CredentialGuide{
			Where: []string{"Click Settings.", "Click API."}, LooksLike: "EX- and 20 letters and digits.",
			Mistakes: []string{"The password. It is not the key."},
		},
		New: newExampleDriver,
	}
}

type exampleDriver struct{ conn *crm.Conn }

// exampleWindows are the published limits. (Each fact names its source: "Example CRM, Rate limits".)
func exampleWindows() []crm.Window {
	writes := 60
	if mutant("the limits are wrong") {
		writes = 90
	}
	return []crm.Window{{Class: crm.ClassAll, Requests: 10, Per: time.Second}, {Class: "write", Requests: writes, Per: time.Minute, Word: "writes"}}
}

const exampleBatch = 10

func newExampleDriver(settings crm.Settings) (crm.Driver, error) {
	base, err := url.Parse(settings.Values["crm.url"])
	if err != nil {
		return nil, &crm.Error{Kind: crm.KindInvalid, Op: "connect", Hint: "the address cannot be read"}
	}
	key := settings.Values["crm.key"]
	conn, err := crm.NewConn(settings, crm.ConnConfig{
		Name: "Example CRM", CodePrefix: "EX", Base: base, Windows: exampleWindows(), InFlight: 4, Timeout: 20 * time.Second, Secrets: secrets(key),
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+key) },
		Classify:  classifyExample,
	})
	if err != nil {
		return nil, err
	}
	return &exampleDriver{conn: conn}, nil
}

// secrets are what must not stand in any log or error.
func secrets(key string) []string {
	if mutant("secrets are told") {
		return nil
	}
	return []string{key, exampleKey}
}

// classifyExample reads a refusal as the vendor means it.
func classifyExample(answer crm.Response) *crm.Error {
	trouble := crm.ClassifyStatus(answer)
	if trouble != nil && answer.Status == http.StatusPaymentRequired {
		trouble.Kind = crm.KindPlanLimit
	}
	return trouble
}

func (d *exampleDriver) Features() crm.Features {
	return crm.Features{
		UpsertBatch: exampleBatch, TagBatch: 100, PageSize: 50, InFlight: 4, Timeout: 20 * time.Second, Windows: exampleWindows(),
		UpsertCosts: []crm.Cost{{Class: "write", Calls: 1}}, TagCosts: []crm.Cost{{Class: "write", Calls: 1}}, ReadCosts: []crm.Cost{{Class: crm.ClassAll, Calls: 1}},
		TagsOnRead: true, TagsFoldCase: true, UpsertIdempotent: true, QuietUpsert: true, CanUntag: true, CanDeleteContact: true,
		AutomationWord: "automations",
	}
}

// The wire's own types.
type (
	exampleThing struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	}
	exampleContact struct {
		ID     int               `json:"id,omitempty"`
		Email  string            `json:"email"`
		First  string            `json:"first,omitempty"`
		Last   string            `json:"last,omitempty"`
		State  string            `json:"state,omitempty"`
		Fields map[string]string `json:"fields,omitempty"`
		Tags   []int             `json:"tags,omitempty"`
	}
	examplePage struct {
		Contacts []exampleContact `json:"contacts"`
		Next     string           `json:"next"`
		Total    int              `json:"total"`
	}
	exampleResult struct {
		ID      int    `json:"id"`
		Created bool   `json:"created"`
		Error   string `json:"error"`
	}
)

func (d *exampleDriver) Check(ctx context.Context) (crm.Account, error) {
	if mutant("an unknown path is asked") {
		_, _ = d.conn.Do(ctx, crm.Request{Op: "guess", Path: "whoami"})
	}
	var me struct {
		Account  string `json:"account"`
		Contacts int    `json:"contacts"`
	}
	_, err := d.conn.JSON(ctx, crm.Request{Op: "check the key", Path: "me"}, &me)
	return crm.Account{ID: me.Account, ContactLimit: -1, Contacts: me.Contacts}, err
}

func (d *exampleDriver) list(ctx context.Context, path string) (things []exampleThing, err error) {
	_, err = d.conn.JSON(ctx, crm.Request{Op: "list the " + path, Path: path}, &things)
	return things, err
}

// create may be repeated: the vendor answers with the thing that is there.
func (d *exampleDriver) create(ctx context.Context, path, name string) (thing exampleThing, err error) {
	request := crm.Request{
		Op: "create in " + path, Method: http.MethodPost, Path: path, JSON: exampleThing{Name: name}, Classes: []string{"write"}, Repeatable: true,
	}
	_, err = d.conn.JSON(ctx, request, &thing)
	return thing, err
}

func (d *exampleDriver) Fields(ctx context.Context) (fields []crm.Field, err error) {
	things, err := d.list(ctx, "fields")
	for _, thing := range things {
		fields = append(fields, crm.Field{ID: crm.FieldID(thing.Name), Name: thing.Name, Type: crm.FieldText})
	}
	return fields, err
}

func (d *exampleDriver) CreateField(ctx context.Context, field crm.Field) (crm.Field, error) {
	thing, err := d.create(ctx, "fields", field.Name)
	return crm.Field{ID: crm.FieldID(thing.Name), Name: thing.Name, Type: crm.FieldText}, err
}

func (d *exampleDriver) Tags(ctx context.Context) (tags []crm.Tag, err error) {
	things, err := d.list(ctx, "tags")
	for _, thing := range things {
		tags = append(tags, exampleTag(thing))
	}
	return tags, err
}

func exampleTag(thing exampleThing) crm.Tag {
	return crm.Tag{ID: crm.TagID(strconv.Itoa(thing.ID)), Name: thing.Name}
}

func (d *exampleDriver) CreateTag(ctx context.Context, name string) (crm.Tag, error) {
	thing, err := d.create(ctx, "tags", name)
	return exampleTag(thing), err
}

func (d *exampleDriver) Contacts(ctx context.Context, at crm.Cursor) (crm.Page, error) {
	page := examplePage{Total: -1}
	_, err := d.conn.JSON(ctx, crm.Request{Op: "read contacts", Path: "contacts", Query: url.Values{"after": {string(at)}}}, &page)
	if err != nil {
		return crm.Page{}, err
	}
	read := crm.Page{Next: crm.Cursor(page.Next), Total: page.Total}
	for _, contact := range page.Contacts {
		read.Contacts = append(read.Contacts, readExample(contact))
	}
	return read, nil
}

func readExample(contact exampleContact) crm.Contact {
	read := crm.Contact{
		ID: crm.ContactID(strconv.Itoa(contact.ID)), Email: contact.Email, FirstName: contact.First, LastName: contact.Last,
		State: crm.ContactState(contact.State), TagsKnown: true, FieldsKnown: true, Fields: map[crm.FieldID]string{},
	}
	for name, value := range contact.Fields {
		read.Fields[crm.FieldID(name)] = value
	}
	for _, id := range contact.Tags {
		read.Tags = append(read.Tags, crm.Tag{ID: crm.TagID(strconv.Itoa(id))})
	}
	return read
}

func (d *exampleDriver) Find(ctx context.Context, email string) (found []crm.Contact, err error) {
	var page examplePage
	_, err = d.conn.JSON(ctx, crm.Request{Op: "find a contact", Path: "contacts", Query: url.Values{"email": {email}}}, &page)
	for _, contact := range page.Contacts {
		if address.Key(contact.Email) == address.Key(email) {
			found = append(found, readExample(contact))
		}
	}
	return found, err
}

func (d *exampleDriver) Upsert(ctx context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	var batch []exampleContact
	for _, contact := range contacts {
		row := exampleContact{Email: contact.Email, First: contact.FirstName, Last: contact.LastName, Fields: map[string]string{}}
		for id, value := range contact.Fields {
			row.Fields[string(id)] = value
		}
		batch = append(batch, row)
	}
	var results []exampleResult
	request := crm.Request{Op: "write contacts", Method: http.MethodPut, Path: "contacts", JSON: batch, Classes: []string{"write"}, Repeatable: true}
	if _, err := d.conn.JSON(ctx, request, &results); err != nil {
		return nil, err
	}
	return exampleOutcomes(results), nil
}

func exampleOutcomes(results []exampleResult) []crm.Outcome {
	outcomes := make([]crm.Outcome, len(results))
	for i, result := range results {
		outcomes[i] = crm.Outcome{ID: crm.ContactID(strconv.Itoa(result.ID)), Result: crm.Updated}
		switch {
		case result.Error == "plan limit":
			outcomes[i] = crm.Outcome{Result: crm.Failed, Err: &crm.Error{Kind: crm.KindPlanLimit, Code: "EX-402", Hint: result.Error}}
		case result.Error != "":
			outcomes[i] = crm.Outcome{Result: crm.Failed, Err: &crm.Error{Kind: crm.KindInvalid, Code: "EX-422", Hint: result.Error}}
		case result.Created:
			outcomes[i].Result = crm.Created
		}
	}
	return outcomes
}

func (d *exampleDriver) ApplyTag(ctx context.Context, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	return d.tag(ctx, http.MethodPost, tag, to)
}

func (d *exampleDriver) tag(ctx context.Context, method string, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	var ids []string
	for _, target := range to {
		ids = append(ids, string(target.ID))
	}
	var results []exampleResult
	request := crm.Request{
		Op: "tag contacts", Method: method, Path: "tags/" + string(tag.ID) + "/contacts",
		Query: url.Values{"ids": {strings.Join(ids, ",")}}, Classes: []string{"write"}, Repeatable: true,
	}
	_, err := d.conn.JSON(ctx, request, &results)
	return exampleOutcomes(results), err
}

func (d *exampleDriver) Automations(ctx context.Context) (automations []crm.Automation, err error) {
	var listed []sandbox.Automation
	_, err = d.conn.JSON(ctx, crm.Request{Op: "list the automations", Path: "automations"}, &listed)
	for _, a := range listed {
		automations = append(automations, crm.Automation{ID: a.Name, Name: a.Name, Kind: "automation", Active: a.Active, Triggers: exampleTriggers(a), TriggersKnown: true})
	}
	return automations, err
}

func exampleTriggers(automation sandbox.Automation) []crm.Trigger {
	if len(automation.Tags()) == 0 {
		return []crm.Trigger{{Kind: crm.TriggerWrite, Word: "new contact"}}
	}
	var triggers []crm.Trigger
	for _, tag := range automation.Tags() {
		triggers = append(triggers, crm.Trigger{Kind: crm.TriggerTag, Word: "tag", Tag: tag})
	}
	return triggers
}

func (d *exampleDriver) ContactURL(id crm.ContactID) string {
	return "https://example.com/contacts/" + string(id)
}

// RemoveTag and the rest make the driver a crm.Remover.
func (d *exampleDriver) RemoveTag(ctx context.Context, tag crm.Tag, from []crm.Target) ([]crm.Outcome, error) {
	return d.tag(ctx, http.MethodDelete, tag, from)
}

func (d *exampleDriver) DeleteContact(ctx context.Context, target crm.Target) error {
	_, err := d.conn.Do(ctx, crm.Request{
		Op: "delete the contact", Method: http.MethodDelete, Path: "contacts/" + string(target.ID), Classes: []string{"write"}, Repeatable: true,
	})
	return err
}

func (d *exampleDriver) DeleteTag(context.Context, crm.Tag) error {
	return &crm.Error{Kind: crm.KindUnsupported, Op: "delete the tag"}
}

func (d *exampleDriver) DeleteField(context.Context, crm.Field) error {
	return &crm.Error{Kind: crm.KindUnsupported, Op: "delete the field"}
}
