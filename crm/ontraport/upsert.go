package ontraport

import (
	"context"
	"net/http"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// Upsert creates or updates one contact after the other. Ontraport has no bulk call.
func (d *driver) Upsert(ctx context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	fields, err := d.knownFields(ctx)
	if err != nil {
		return nil, err
	}
	outcomes := make([]crm.Outcome, 0, len(contacts))
	for _, contact := range contacts {
		outcome, err := d.save(ctx, contact, fields)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

// save writes one contact. It returns an error only for what would befall every other contact too.
//
// A save by address is not repeated when its answer is lost: the first may be under way still, and both could create a contact.
// The result is Unknown then, and Client looks first. (Client also sees to it that no two saves of one address are under way.) A
// save by number is repeated.
func (d *driver) save(ctx context.Context, contact crm.Contact, fields map[crm.FieldID]fieldKind) (crm.Outcome, error) {
	const op = "save the contact"
	body, err := bodyOf(contact, fields)
	if err != nil {
		failure := &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: err.Error()}
		return crm.Outcome{ID: contact.ID, Result: crm.Failed, Err: failure}, nil
	}
	request := crm.Request{Op: op, Method: http.MethodPost, Path: "/1/Contacts/saveorupdate", JSON: body}
	if contact.ID != "" {
		body["id"] = string(contact.ID)
		request.Method, request.Path, request.Repeatable = http.MethodPut, "/1/Contacts", true
	}
	var answer envelope[saved]
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return outcomeOf(contact.ID, err)
	}
	return d.outcome(ctx, contact, answer.Data), nil
}

// bodyOf is a contact as it goes out: nothing that is blank, nothing about consent.
func bodyOf(contact crm.Contact, fields map[crm.FieldID]fieldKind) (map[string]any, error) {
	body := map[string]any{"email": contact.Email, "ignore_blanks": true}
	for name, value := range map[string]string{"firstname": contact.FirstName, "lastname": contact.LastName} {
		if value != "" {
			body[name] = value
		}
	}
	for id, value := range contact.Fields {
		if value == "" {
			continue
		}
		kind, known := fields[id]
		if !known {
			kind.Name = string(id)
		}
		encoded, err := kind.encode(value)
		if err != nil {
			return nil, err
		}
		body[string(id)] = encoded
	}
	return body, nil
}

// outcome reads who was saved. A new contact comes back whole, an old one as what has changed; where neither holds the id it is
// asked for by address. When that fails, the contact is saved all the same, and the proof finds its id.
func (d *driver) outcome(ctx context.Context, contact crm.Contact, answer saved) crm.Outcome {
	outcome := crm.Outcome{ID: crm.ContactID(answer.id()), Result: crm.Created}
	if answer.Attrs != nil {
		outcome.Result = crm.Updated
	}
	if outcome.ID == "" && answer.Attrs == nil || isAboutAnother(contact, answer) {
		err := unreadable("save the contact", "the answer does not say that this contact was saved")
		return crm.Outcome{ID: contact.ID, Result: crm.Unknown, Err: err}
	}
	if outcome.ID == "" {
		outcome.ID = contact.ID
	}
	if outcome.ID != "" {
		return outcome
	}
	if ids, err := d.idsOf(ctx, contact.Email); err == nil && len(ids) == 1 {
		outcome.ID = crm.ContactID(ids[0])
	}
	return outcome
}

func isAboutAnother(contact crm.Contact, answer saved) bool {
	if answer.Email != "" && address.Key(string(answer.Email)) != address.Key(contact.Email) {
		return true
	}
	return contact.ID != "" && answer.id() != "" && answer.id() != string(contact.ID)
}

// outcomeOf tells what concerns one contact from what concerns them all.
func outcomeOf(id crm.ContactID, err error) (crm.Outcome, error) {
	switch {
	case crm.IsKind(err, crm.KindInvalid), crm.IsKind(err, crm.KindConflict), crm.IsKind(err, crm.KindNotFound):
		return crm.Outcome{ID: id, Result: crm.Failed, Err: err}, nil
	case maybeDone(err):
		return crm.Outcome{ID: id, Result: crm.Unknown, Err: err}, nil
	}
	return crm.Outcome{}, err
}
