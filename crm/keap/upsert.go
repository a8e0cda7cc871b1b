package keap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

const upsertOp = "write a contact"

// Upsert implements crm.Driver. New contacts take one call and their share of a look for new ones, contacts that exist two: read, then
// change only what differs.
//
// Keap may hold several contacts with one address. The one whose ID the caller gives is written to, or else the oldest.
func (d *driver) Upsert(ctx context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	if err := d.ready(ctx); err != nil {
		return nil, asked(err)
	}
	outcomes := make([]crm.Outcome, len(contacts))
	for i, contact := range contacts {
		outcome, err := d.upsertOne(ctx, contact)
		if err != nil && i == 0 {
			return nil, err
		}
		if err != nil {
			outcome = crm.Outcome{Result: crm.Unknown, Err: err}
		}
		outcomes[i] = outcome
	}
	return outcomes, nil
}

// upsertOne returns an error only for trouble that is not this contact's own.
func (d *driver) upsertOne(ctx context.Context, contact crm.Contact) (crm.Outcome, error) {
	if hint := tooLong(contact); hint != "" {
		return crm.Outcome{Result: crm.Failed, Err: invalid(upsertOp, hint)}, nil
	}
	outcome, err := d.write(ctx, contact)
	switch {
	case err == nil:
		return outcome, nil
	case sent(err):
		return crm.Outcome{Result: crm.Unknown, Err: err}, nil
	case crm.IsKind(err, crm.KindInvalid), crm.IsKind(err, crm.KindConflict), crm.IsKind(err, crm.KindNotFound), crm.IsKind(err, crm.KindPlanLimit):
		return crm.Outcome{Result: crm.Failed, Err: err}, nil
	}
	return crm.Outcome{}, err
}

func sent(err error) bool {
	var e *crm.Error
	return errors.As(err, &e) && e.Sent
}

// The longest values that Keap takes, in characters (Keap API v2, EmailAddressRequest and CreateUpdateContactRequest); text fields in bytes.
const (
	emailLength = 75
	nameLength  = 40
	textLength  = 65535
)

// tooLong says what Keap would refuse, before it is asked.
func tooLong(contact crm.Contact) string {
	switch {
	case utf8.RuneCountInString(contact.Email) > emailLength:
		return fmt.Sprintf("the address is longer than %d characters", emailLength)
	case utf8.RuneCountInString(contact.FirstName) > nameLength:
		return fmt.Sprintf("the first name is longer than %d characters", nameLength)
	case utf8.RuneCountInString(contact.LastName) > nameLength:
		return fmt.Sprintf("the last name is longer than %d characters", nameLength)
	}
	for id, value := range contact.Fields {
		if len(value) > textLength {
			return fmt.Sprintf("custom field %s is longer than %d characters", id, textLength)
		}
	}
	return ""
}

// write looks and writes. A write whose turn comes late, after a full minute or day, is not made from what was seen before: it looks again.
// Each time it may take longer, so that it ends however slow things are.
func (d *driver) write(ctx context.Context, contact crm.Contact) (crm.Outcome, error) {
	doubt := false
	for believe := newAge; ; believe *= 2 {
		outcome, err := d.lookAndWrite(ctx, contact, believe)
		if doubt = doubt || sent(err); doubt {
			err = crm.MaybeSent(err)
		}
		if !errors.Is(err, crm.ErrExpired) {
			return outcome, err
		}
	}
}

func (d *driver) lookAndWrite(ctx context.Context, contact crm.Contact, believe time.Duration) (crm.Outcome, error) {
	key := address.Key(contact.Email)
	if _, known := d.book.look(key); !known {
		stranger, err := d.stranger(ctx, key)
		if err != nil {
			return crm.Outcome{}, asked(err)
		}
		if stranger {
			return d.create(ctx, contact, key, time.Now().Add(believe))
		}
	}
	found, err := d.search(ctx, contact.Email)
	until := time.Now().Add(believe)
	switch {
	case err != nil:
		return crm.Outcome{}, asked(err)
	case len(found.first) > 0:
		target := found.first[0]
		if i := slices.IndexFunc(found.first, func(c wireContact) bool { return crm.ContactID(c.ID) == contact.ID }); i >= 0 {
			target = found.first[i]
		}
		return d.update(ctx, target, contact, until)
	case len(found.second) > 0:
		return crm.Outcome{}, &crm.Error{Kind: crm.KindConflict, Code: codePrefix + "-SECOND", Op: upsertOp, Hint: fmt.Sprintf(
			"this address is the second or third address of contact %s in Keap. Make it that contact's first address, or take it away there, and try again.", found.second[0].ID)}
	}
	return d.create(ctx, contact, key, until)
}

// asked is trouble of a question: nothing was written by it.
func asked(err error) error {
	var e *crm.Error
	if errors.As(err, &e) {
		plain := *e
		plain.Sent = false
		return &plain
	}
	return err
}

// create makes a contact. duplicate_option is a second net: should somebody else have made the contact a moment ago, it is updated.
// The call is never repeated blindly; after an answer that does not say, the address is looked up.
func (d *driver) create(ctx context.Context, contact crm.Contact, key string, until time.Time) (crm.Outcome, error) {
	body := wireContact{GivenName: contact.FirstName, FamilyName: contact.LastName, CustomFields: contents(nil, contact.Fields),
		Emails: []wireEmail{{Email: strings.TrimSpace(contact.Email), Field: "EMAIL1"}}}
	request := d.request(upsertOp, http.MethodPost, v2+"contacts")
	request.Query = url.Values{"duplicate_option": {"Email"}, "fields": {"id,email_addresses"}}
	request.JSON, request.Expires = body, until
	var made wireContact
	status := 0
	err := d.ring.do(ctx, func(conn *crm.Conn) error {
		answer, err := conn.JSON(ctx, request, &made)
		status = answer.Status
		return err
	})
	if err == nil && (made.ID == "" || made.mainAddress() != key) {
		err = unknown(upsertOp, "the answer does not name the contact that was sent")
	}
	if err != nil {
		if sent(err) {
			d.book.note(key, entry{})
		}
		return crm.Outcome{}, err
	}
	d.remember(key, made.ID)
	result := crm.Created
	if status == http.StatusOK {
		result = crm.Updated
	}
	return crm.Outcome{ID: crm.ContactID(made.ID), Result: result}, nil
}

func (d *driver) remember(key string, id wireID) {
	number, _ := strconv.ParseInt(string(id), 10, 64)
	d.book.note(key, entry{id: number, first: true})
}

// update changes what differs, and sends the custom fields whole: those that are not listed would be emptied. Doing it twice does no
// harm, since it goes to one contact by its id.
func (d *driver) update(ctx context.Context, target wireContact, contact crm.Contact, until time.Time) (crm.Outcome, error) {
	if target.CustomFields == nil && len(contact.Fields) > 0 {
		contents, err := d.contentsOf(ctx, target.ID)
		if err != nil {
			return crm.Outcome{}, asked(err)
		}
		target.CustomFields = contents
	}
	body, mask := changes(target, contact)
	done := crm.Outcome{ID: crm.ContactID(target.ID), Result: crm.Updated}
	d.remember(address.Key(contact.Email), target.ID)
	if len(mask) == 0 {
		return done, nil
	}
	request := d.request(upsertOp, http.MethodPatch, v2+"contacts/"+url.PathEscape(string(target.ID)))
	request.Query = url.Values{"update_mask": mask, "fields": {"id"}}
	request.JSON, request.Repeatable, request.Expires = body, true, until
	var changed wireContact
	if err := d.json(ctx, request, &changed); err != nil {
		return crm.Outcome{}, err
	}
	if changed.ID != target.ID {
		return crm.Outcome{}, unknown(upsertOp, "the answer does not name the contact that was sent")
	}
	return done, nil
}

// contentsOf asks REST v1 for a contact's custom fields, of which v2 said nothing: there may be none, but no answer is no proof of it, and
// an update would empty those that are there. v1 lists every field of the account (REST v1, optional_properties).
func (d *driver) contentsOf(ctx context.Context, id wireID) ([]wireContent, error) {
	request := d.request(upsertOp, http.MethodGet, v1+"contacts/"+url.PathEscape(string(id)))
	request.Query = url.Values{"optional_properties": {"custom_fields"}}
	var told wireContact
	err := d.json(ctx, request, &told)
	if err != nil && !crm.IsKind(err, crm.KindNotFound) && !crm.IsKind(err, crm.KindPermission) && !crm.IsKind(err, crm.KindUnsupported) {
		return nil, err
	}
	if told.ID != id || told.CustomFields == nil {
		return nil, &crm.Error{Kind: crm.KindConflict, Code: codePrefix + "-FIELDS", Op: upsertOp, Hint: fmt.Sprintf(
			"Keap does not show the custom fields of contact %s, so nothing was written to it: those that are there might be emptied.", id)}
	}
	return told.CustomFields, nil
}

// changes is what of a contact differs from what Keap has, and its update mask. Blanks change nothing.
func changes(target wireContact, contact crm.Contact) (body wireContact, mask []string) {
	if contact.FirstName != "" && contact.FirstName != target.GivenName {
		body.GivenName, mask = contact.FirstName, append(mask, "given_name")
	}
	if contact.LastName != "" && contact.LastName != target.FamilyName {
		body.FamilyName, mask = contact.LastName, append(mask, "family_name")
	}
	have := target.contact().Fields
	for id, value := range contact.Fields {
		if value != "" && have[id] != value {
			body.CustomFields = contents(target.CustomFields, contact.Fields)
			return body, append(mask, "custom_fields")
		}
	}
	return body, mask
}

// contents are the custom fields as they will be: those that are there, and ours instead or beside them.
func contents(there []wireContent, ours map[crm.FieldID]string) []wireContent {
	var all []wireContent
	for _, value := range there {
		if _, replaced := ours[crm.FieldID(value.ID)]; value.text() != "" && !replaced {
			all = append(all, value)
		}
	}
	ids := make([]string, 0, len(ours))
	for id, value := range ours {
		if value != "" {
			ids = append(ids, string(id))
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		raw, _ := json.Marshal(ours[crm.FieldID(id)])
		all = append(all, wireContent{ID: wireID(id), Content: raw})
	}
	return all
}
