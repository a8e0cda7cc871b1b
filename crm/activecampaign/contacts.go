package activecampaign

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// sideLoads asks for tags, list memberships and field values in the same answer. It is not documented, though other clients rely on it:
// what does not come is read in another way.
const sideLoads = "contactTags,contactLists,fieldValues"

// Contacts reads everybody by rising id: on large accounts ActiveCampaign advises against offsets ("Pagination").
func (d *driver) Contacts(ctx context.Context, at crm.Cursor) (crm.Page, error) {
	const op = "read the contacts"
	after, total, err := parseCursor(at)
	if err != nil {
		return crm.Page{}, err
	}
	if at == "" {
		d.forgetSnapshot()
	}
	var reply contactsReply
	query := url.Values{"id_greater": {after}, "include": {sideLoads}}
	if err := d.contactPage(ctx, op, query, &reply); err != nil {
		return crm.Page{}, err
	}
	rows := *reply.Contacts
	if at == "" && reply.Meta != nil {
		total = reply.Meta.Total.number()
	}
	contacts, err := d.describe(ctx, reply)
	if err != nil {
		return crm.Page{}, err
	}
	// Rows of deleted contacts count in the total, but are not there.
	if gone := len(rows) - len(contacts); total >= 0 {
		total = max(total-gone, 0)
	}
	page := crm.Page{Contacts: contacts, Total: total}
	// A short page need not be the last: ActiveCampaign may leave out deleted contacts after counting to a hundred.
	if len(rows) > 0 {
		page.Next = crm.Cursor(string(rows[len(rows)-1].ID) + "/" + strconv.Itoa(total))
	}
	return page, nil
}

// parseCursor reads the last id seen and how many contacts there are as far as is known: what the first page told, less those deleted.
func parseCursor(at crm.Cursor) (after string, total int, err error) {
	if at == "" {
		return "0", -1, nil
	}
	after, count, found := strings.Cut(string(at), "/")
	total, countErr := strconv.Atoi(count)
	if !found || countErr != nil || !isDigits(after) {
		return "", 0, &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-CURSOR", Op: "read the contacts", Hint: "the place to go on from is unreadable"}
	}
	return after, total, nil
}

// contactPage reads one page of contacts and makes sure that its ids rise: the next page begins after the last of them.
func (d *driver) contactPage(ctx context.Context, op string, query url.Values, reply *contactsReply) error {
	asked := url.Values{"limit": {strconv.Itoa(pageSize)}, "orders[id]": {"ASC"}, "status": {"-1"}}
	for name, values := range query {
		asked[name] = values
	}
	if err := d.get(ctx, op, "/contacts", asked, reply); err != nil {
		return err
	}
	if reply.Contacts == nil {
		return incomplete(op, "the answer holds no list of contacts")
	}
	last, _ := strconv.Atoi(asked.Get("id_greater"))
	for _, row := range *reply.Contacts {
		id := row.ID.number()
		if id <= last {
			return incomplete(op, "the contacts did not come in the order asked for")
		}
		last = id
	}
	return nil
}

// describe turns the rows of a page into contacts, with tags, fields and states from wherever they can be known.
func (d *driver) describe(ctx context.Context, reply contactsReply) ([]crm.Contact, error) {
	contacts := make([]crm.Contact, 0, len(*reply.Contacts))
	for _, row := range *reply.Contacts {
		if !row.gone() {
			contacts = append(contacts, row.contact())
		}
	}
	if len(contacts) == 0 {
		return contacts, nil
	}
	if err := d.addTags(ctx, contacts, reply.ContactTags); err != nil {
		return nil, err
	}
	if err := d.addFields(ctx, contacts, reply.FieldValues); err != nil {
		return nil, err
	}
	addStates(contacts, reply.ContactLists)
	return contacts, nil
}

// gone recognises deleted contacts, which linger as rows with a flag or a made-up address.
func (c contactJSON) gone() bool {
	return c.Deleted != "" && c.Deleted != "0" || strings.HasPrefix(string(c.Email), "deleted+")
}

func (c contactJSON) contact() crm.Contact {
	contact := crm.Contact{
		ID:        crm.ContactID(c.ID),
		Email:     string(c.Email),
		FirstName: string(c.FirstName),
		LastName:  string(c.LastName),
	}
	if made, err := time.Parse(time.RFC3339, string(c.Created)); err == nil {
		contact.Created = made
	}
	if c.BouncedHard != "" && c.BouncedHard != "0" {
		contact.State = crm.StateBounced
	}
	return contact
}

// The states of one list membership ("Contact", and ActiveCampaign's help on contact statuses).
const (
	memberUnconfirmed  = "0"
	memberActive       = "1"
	memberUnsubscribed = "2"
	memberBounced      = "3"
)

// addStates reads what the contacts' list memberships say. A contact is active if any list may mail it; one that is on no list
// has neither agreed nor refused, and stays unknown.
func addStates(contacts []crm.Contact, memberships *[]contactListJSON) {
	if memberships == nil {
		return
	}
	states := map[text]crm.ContactState{}
	rank := map[crm.ContactState]int{crm.StateBounced: 1, crm.StateUnsubscribed: 2, crm.StateUnconfirmed: 3, crm.StateActive: 4}
	for _, membership := range *memberships {
		state := membershipState(membership.Status)
		if rank[state] > rank[states[membership.Contact]] {
			states[membership.Contact] = state
		}
	}
	for i := range contacts {
		if contacts[i].State == crm.StateUnknown {
			contacts[i].State = states[text(contacts[i].ID)]
		}
	}
}

func membershipState(status text) crm.ContactState {
	switch status {
	case memberActive:
		return crm.StateActive
	case memberUnconfirmed, "":
		return crm.StateUnconfirmed
	case memberUnsubscribed:
		return crm.StateUnsubscribed
	case memberBounced:
		return crm.StateBounced
	}
	return crm.StateUnknown
}

// addTags takes the tags from the page, or else from a snapshot of who carries what.
func (d *driver) addTags(ctx context.Context, contacts []crm.Contact, rows *[]contactTagJSON) error {
	if rows == nil {
		return d.addTagsFromSnapshot(ctx, contacts)
	}
	names, err := d.tagsFor(ctx, *rows)
	if err != nil {
		return err
	}
	tags := map[text][]crm.Tag{}
	for _, row := range *rows {
		if tag, known := names[row.Tag]; known {
			tags[row.Contact] = append(tags[row.Contact], tag)
		}
	}
	for i := range contacts {
		contacts[i].Tags = tags[text(contacts[i].ID)]
		contacts[i].TagsKnown = true
	}
	return nil
}

// tagsFor is the contact tags by id; it looks again when a row names one that was not there at the last look. What is still
// unknown then is no contact tag.
func (d *driver) tagsFor(ctx context.Context, rows []contactTagJSON) (map[text]crm.Tag, error) {
	d.mu.Lock()
	known := d.tags
	d.mu.Unlock()
	for _, row := range rows {
		if _, found := known[row.Tag]; found {
			continue
		}
		if _, err := d.Tags(ctx); err != nil {
			return nil, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.tags, nil
	}
	return known, nil
}

func (d *driver) rememberTags(tags []crm.Tag) {
	byID := make(map[text]crm.Tag, len(tags))
	for _, tag := range tags {
		byID[text(tag.ID)] = tag
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tags = byID
}

// addFields takes the field values from the page, or else from a snapshot.
func (d *driver) addFields(ctx context.Context, contacts []crm.Contact, rows *[]fieldValueJSON) error {
	if rows == nil {
		return d.addFieldsFromSnapshot(ctx, contacts)
	}
	fields := map[text]map[crm.FieldID]string{}
	for _, row := range *rows {
		if row.Value == "" {
			continue
		}
		if fields[row.Contact] == nil {
			fields[row.Contact] = map[crm.FieldID]string{}
		}
		fields[row.Contact][crm.FieldID(row.Field)] = string(row.Value)
	}
	for i := range contacts {
		contacts[i].Fields = fields[text(contacts[i].ID)]
		contacts[i].FieldsKnown = true
	}
	return nil
}

// Find returns the contacts with this address. It compares the answer itself: an ignored parameter would return everybody.
func (d *driver) Find(ctx context.Context, email string) ([]crm.Contact, error) {
	const op = "look up the contact"
	rows, reply, err := d.rowsOf(ctx, op, email)
	if err != nil {
		return nil, err
	}
	var found []crm.Contact
	for _, row := range rows {
		contact, parts := row.contact(), reply
		if parts.ContactTags == nil || parts.FieldValues == nil {
			if parts, err = d.belongings(ctx, op, contact.ID); err != nil {
				return nil, err
			}
		}
		one := []crm.Contact{contact}
		if err := d.addTags(ctx, one, parts.ContactTags); err != nil {
			return nil, err
		}
		if err := d.addFields(ctx, one, parts.FieldValues); err != nil {
			return nil, err
		}
		addStates(one, parts.ContactLists)
		found = append(found, one[0])
	}
	return found, nil
}

// rowsOf are the contacts of one address, and what came with them.
func (d *driver) rowsOf(ctx context.Context, op, email string) ([]contactJSON, contactsReply, error) {
	var reply contactsReply
	query := url.Values{"email": {strings.TrimSpace(email)}, "include": {sideLoads}}
	if err := d.contactPage(ctx, op, query, &reply); err != nil {
		return nil, reply, err
	}
	key := address.Key(email)
	var rows []contactJSON
	for _, row := range *reply.Contacts {
		if !row.gone() && address.Key(string(row.Email)) == key {
			rows = append(rows, row)
		}
	}
	return rows, reply, nil
}

// belongings reads one contact's tags, fields and memberships from the documented addresses below it.
func (d *driver) belongings(ctx context.Context, op string, id crm.ContactID) (contactsReply, error) {
	below := "/contacts/" + url.PathEscape(string(id)) + "/"
	var parts [3]contactsReply
	for i, part := range []string{"contactTags", "fieldValues", "contactLists"} {
		if err := d.get(ctx, op, below+part, nil, &parts[i]); err != nil {
			return contactsReply{}, err
		}
	}
	if parts[0].ContactTags == nil || parts[1].FieldValues == nil {
		return contactsReply{}, incomplete(op, "the answer does not show the contact's tags and fields")
	}
	return contactsReply{ContactTags: parts[0].ContactTags, FieldValues: parts[1].FieldValues, ContactLists: parts[2].ContactLists}, nil
}
