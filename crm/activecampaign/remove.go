package activecampaign

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// RemoveTag takes one tag off contacts. One that does not carry it is as good as done.
func (d *driver) RemoveTag(ctx context.Context, tag crm.Tag, from []crm.Target) ([]crm.Outcome, error) {
	id, err := d.idOf(ctx, tag)
	if err != nil {
		return nil, err
	}
	outcomes := make([]crm.Outcome, len(from))
	for i, target := range from {
		outcomes[i] = crm.Outcome{ID: target.ID, Result: crm.Updated}
		if err := d.untag(ctx, id, &target); err != nil {
			outcomes[i].Result, outcomes[i].Err = crm.Failed, err
			var e *crm.Error
			if errors.As(err, &e) && e.Sent {
				outcomes[i].Result = crm.Unknown
			}
			if ctx.Err() != nil && i == 0 {
				return nil, err
			}
		}
		outcomes[i].ID = target.ID
	}
	return outcomes, nil
}

// idOf is the tag's id, looked up by its exact name when the caller knows none; empty when there is no such tag.
func (d *driver) idOf(ctx context.Context, tag crm.Tag) (crm.TagID, error) {
	if tag.ID != "" {
		return tag.ID, nil
	}
	tags, err := d.Tags(ctx)
	if err != nil {
		return "", err
	}
	for _, there := range tags {
		if there.Name == tag.Name {
			return there.ID, nil
		}
	}
	return "", nil
}

func (d *driver) untag(ctx context.Context, id crm.TagID, target *crm.Target) error {
	const op = "take the tag off a contact"
	if id == "" {
		return nil
	}
	if target.ID == "" {
		rows, _, err := d.rowsOf(ctx, op, target.Email)
		if err != nil || len(rows) == 0 {
			return err
		}
		target.ID = crm.ContactID(rows[0].ID)
	}
	var reply contactTagsReply
	err := d.get(ctx, op, "/contacts/"+url.PathEscape(string(target.ID))+"/contactTags", nil, &reply)
	switch {
	case crm.IsKind(err, crm.KindNotFound):
		return nil
	case err != nil:
		return err
	case reply.ContactTags == nil:
		return incomplete(op, "the answer does not show the contact's tags")
	}
	for _, row := range *reply.ContactTags {
		if row.Tag == text(id) {
			return d.remove(ctx, op, "/contactTags/"+url.PathEscape(string(row.ID)))
		}
	}
	return nil
}

// DeleteContact deletes a contact, if it still is who the caller means.
func (d *driver) DeleteContact(ctx context.Context, target crm.Target) error {
	const op = "delete the contact"
	var reply contactReply
	return d.removeIf(ctx, op, "/contacts/"+url.PathEscape(string(target.ID)), &reply, func() (gone bool, err error) {
		switch {
		case reply.Contact == nil:
			return false, incomplete(op, "the answer does not show the contact")
		case reply.Contact.gone():
			return true, nil
		case target.Email != "" && address.Key(string(reply.Contact.Email)) != address.Key(target.Email):
			return false, changed(op, "the contact now has another address")
		}
		return false, nil
	})
}

// DeleteTag deletes a tag, if it still has the name that the caller means.
func (d *driver) DeleteTag(ctx context.Context, tag crm.Tag) error {
	const op = "delete the tag"
	id, err := d.idOf(ctx, tag)
	if err != nil || id == "" {
		return err
	}
	var reply tagReply
	return d.removeIf(ctx, op, "/tags/"+url.PathEscape(string(id)), &reply, func() (gone bool, err error) {
		switch {
		case reply.Tag == nil:
			return false, incomplete(op, "the answer does not show the tag")
		case tag.Name != "" && string(reply.Tag.Name) != tag.Name:
			return false, changed(op, "the tag now has another name")
		}
		return false, nil
	})
}

// DeleteField deletes a custom field with all its values, if it still has the name that the caller means.
func (d *driver) DeleteField(ctx context.Context, field crm.Field) error {
	const op = "delete the custom field"
	var reply fieldReply
	return d.removeIf(ctx, op, "/fields/"+url.PathEscape(string(field.ID)), &reply, func() (gone bool, err error) {
		switch {
		case reply.Field == nil:
			return false, incomplete(op, "the answer does not show the field")
		case field.Name != "" && string(reply.Field.Title) != field.Name:
			return false, changed(op, "the field now has another name")
		}
		return false, nil
	})
}

// removeIf reads a thing into reply and deletes it when look finds that it is there and still what the caller means. What is gone already is success.
func (d *driver) removeIf(ctx context.Context, op, path string, reply any, look func() (gone bool, err error)) error {
	if err := d.get(ctx, op, path, nil, reply); err != nil {
		if crm.IsKind(err, crm.KindNotFound) {
			return nil
		}
		return err
	}
	if gone, err := look(); gone || err != nil {
		return err
	}
	return d.remove(ctx, op, path)
}

// remove deletes one thing; that it is gone already is success.
func (d *driver) remove(ctx context.Context, op, path string) error {
	var reply map[string]json.RawMessage
	err := d.send(ctx, crm.Request{Op: op, Method: http.MethodDelete, Path: path, Repeatable: true}, &reply)
	if crm.IsKind(err, crm.KindNotFound) {
		return nil
	}
	return err
}

func changed(op, hint string) *crm.Error {
	return &crm.Error{Kind: crm.KindConflict, Code: codePrefix + "-CHANGED", Op: op, Hint: hint}
}
