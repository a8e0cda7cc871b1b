package ontraport

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// ownFields are the fields of a contact that are read besides the custom ones.
func ownFields() []string {
	return []string{"id", "email", "firstname", "lastname", "bulk_mail", "contact_cat", "date"}
}

// Contacts reads everybody in the order of their ids. The cursor is the last id seen, so that no contact is skipped or read
// twice when others come or go meanwhile. The last page is an empty one.
func (d *driver) Contacts(ctx context.Context, at crm.Cursor) (crm.Page, error) {
	last := string(at)
	if last == "" {
		last = "0"
	}
	query := url.Values{
		"sort": {"id"}, "sortDir": {"asc"}, "count": {"true"},
		"condition": {where("id", ">", oneValue{last})},
	}
	const op = "read the contacts"
	contacts, total, err := d.readContacts(ctx, op, query)
	if err != nil {
		return crm.Page{}, err
	}
	if at != "" {
		// The count is of those that the condition leaves, so only the first page tells the total.
		total = -1
	}
	page := crm.Page{Contacts: contacts, Total: total}
	for _, contact := range contacts {
		if number(string(contact.ID)) <= number(last) {
			return crm.Page{}, unreadable(op, "the list did not go on where it was left")
		}
		last = string(contact.ID)
		page.Next = crm.Cursor(last)
	}
	return page, nil
}

// Find asks by condition and compares the answer itself. Contacts that do not match mean that the condition was not honoured:
// then the look-up by address decides.
func (d *driver) Find(ctx context.Context, email string) ([]crm.Contact, error) {
	const op = "find the contact"
	query := url.Values{"sort": {"id"}, "sortDir": {"asc"}, "condition": {where("email", "IN", spellings(email))}}
	contacts, _, err := d.readContacts(ctx, op, query)
	if err != nil {
		return nil, err
	}
	matching := withAddress(contacts, email)
	if len(matching) > 0 || len(contacts) == 0 {
		return matching, nil
	}
	ids, err := d.idsOf(ctx, email)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	contacts, _, err = d.readContacts(ctx, op, url.Values{"ids": {strings.Join(ids, ",")}})
	if err != nil {
		return nil, err
	}
	if matching = withAddress(contacts, email); len(matching) != len(ids) {
		return nil, unreadable(op, "the look-up by address and the list of contacts disagree")
	}
	return matching, nil
}

// spellings are an address as it is and in lower case: it is not known whether Ontraport compares them without case.
func spellings(email string) manyValues {
	list := manyValues{List: []oneValue{{email}}}
	if key := address.Key(email); key != email {
		list.List = append(list.List, oneValue{key})
	}
	return list
}

func withAddress(contacts []crm.Contact, email string) []crm.Contact {
	return slices.DeleteFunc(slices.Clone(contacts), func(c crm.Contact) bool { return address.Key(c.Email) != address.Key(email) })
}

// idsOf asks for all contacts with an address; an unknown address is answered with 404 (400 before 2022).
func (d *driver) idsOf(ctx context.Context, email string) ([]string, error) {
	var answer envelope[byEmail]
	request := crm.Request{
		Op:     "find the contact",
		Method: http.MethodGet,
		Path:   "/1/object/getByEmail",
		Query:  url.Values{"objectID": {contactObject}, "email": {email}, "all": {"1"}},
	}
	_, err := d.conn.JSON(ctx, request, &answer)
	if crm.IsKind(err, crm.KindNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ids := answer.Data.IDs
	if len(ids) == 0 {
		ids = []text{answer.Data.ID}
	}
	var found []string
	for _, id := range ids {
		if isNumber(string(id)) {
			found = append(found, string(id))
		}
	}
	if len(found) == 0 {
		return nil, unreadable(request.Op, "the answer holds neither an id nor a refusal")
	}
	return found, nil
}

// readContacts reads one page with what is needed of each contact. When the answer lacks a field that was asked for, it asks
// once more for whole records and goes on so: an absent list of tags would be unknown.
func (d *driver) readContacts(ctx context.Context, op string, query url.Values) ([]crm.Contact, int, error) {
	fields, err := d.knownFields(ctx)
	if err != nil {
		return nil, -1, err
	}
	if d.askWhole() {
		query.Del("listFields")
	} else {
		query.Set("listFields", strings.Join(wanted(fields), ","))
	}
	rows, total, err := d.list(ctx, op, "/1/Contacts", query)
	if err != nil {
		return nil, -1, err
	}
	if query.Has("listFields") && slices.ContainsFunc(rows, lacksTags) {
		d.setAskWhole()
		return d.readContacts(ctx, op, query)
	}
	tags, err := d.tagsOf(ctx, rows)
	if err != nil {
		return nil, -1, err
	}
	contacts := make([]crm.Contact, 0, len(rows))
	for _, row := range rows {
		if !isNumber(string(row["id"])) {
			return nil, -1, unreadable(op, "a contact came without an id")
		}
		contacts = append(contacts, contactOf(row, fields, tags))
	}
	return contacts, total, nil
}

func wanted(fields map[crm.FieldID]fieldKind) []string {
	names := ownFields()
	for id := range fields {
		names = append(names, string(id))
	}
	slices.Sort(names[len(ownFields()):])
	return names
}

func lacksTags(row record) bool {
	_, there := row["contact_cat"]
	return !there
}

func (d *driver) askWhole() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wholeRecords
}

func (d *driver) setAskWhole() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wholeRecords = true
}

func contactOf(row record, fields map[crm.FieldID]fieldKind, tags map[crm.TagID]crm.Tag) crm.Contact {
	contact := crm.Contact{
		ID:          crm.ContactID(row["id"]),
		Email:       string(row["email"]),
		FirstName:   string(row["firstname"]),
		LastName:    string(row["lastname"]),
		State:       stateOf(row["bulk_mail"]),
		Created:     moment(string(row["date"])),
		TagsKnown:   !lacksTags(row),
		FieldsKnown: true,
		Fields:      map[crm.FieldID]string{},
	}
	for id, kind := range fields {
		stored, there := row[string(id)]
		contact.FieldsKnown = contact.FieldsKnown && there
		if value := kind.decode(stored); value != "" {
			contact.Fields[id] = value
		}
	}
	for _, id := range listIDs(string(row["contact_cat"])) {
		if tag, known := tags[crm.TagID(id)]; known {
			contact.Tags = append(contact.Tags, tag)
		}
	}
	return contact
}

// DeleteContact deletes one contact by its id. Without one Ontraport's other path would delete everybody; it is not in here.
func (d *driver) DeleteContact(ctx context.Context, target crm.Target) error {
	const op = "delete the contact"
	if !isNumber(string(target.ID)) {
		return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: "a contact is deleted by its number only"}
	}
	return d.remove(ctx, op, "/1/Contact", url.Values{"id": {string(target.ID)}})
}
