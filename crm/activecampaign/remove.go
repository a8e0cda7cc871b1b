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
	path := "/contacts/" + url.PathEscape(string(target.ID))
	var reply contactReply
	err := d.get(ctx, op, path, nil, &reply)
	switch {
	case crm.IsKind(err, crm.KindNotFound):
		return nil
	case err != nil:
		return err
	case reply.Contact == nil:
		return incomplete(op, "the answer does not show the contact")
	case reply.Contact.gone():
		return nil
	case target.Email != "" && address.Key(string(reply.Contact.Email)) != address.Key(target.Email):
		return changed(op, "the contact now has another address")
	}
	return d.remove(ctx, op, path)
}

// DeleteTag deletes a tag, if it still has the name that the caller means.
func (d *driver) DeleteTag(ctx context.Context, tag crm.Tag) error {
	const op = "delete the tag"
	id, err := d.idOf(ctx, tag)
	if err != nil || id == "" {
		return err
	}
	path := "/tags/" + url.PathEscape(string(id))
	var reply tagReply
	err = d.get(ctx, op, path, nil, &reply)
	switch {
	case crm.IsKind(err, crm.KindNotFound):
		return nil
	case err != nil:
		return err
	case reply.Tag == nil:
		return incomplete(op, "the answer does not show the tag")
	case tag.Name != "" && string(reply.Tag.Name) != tag.Name:
		return changed(op, "the tag now has another name")
	}
	return d.remove(ctx, op, path)
}

// DeleteField deletes a custom field with all its values, if it still has the name that the caller means.
func (d *driver) DeleteField(ctx context.Context, field crm.Field) error {
	const op = "delete the custom field"
	path := "/fields/" + url.PathEscape(string(field.ID))
	var reply fieldReply
	err := d.get(ctx, op, path, nil, &reply)
	switch {
	case crm.IsKind(err, crm.KindNotFound):
		return nil
	case err != nil:
		return err
	case reply.Field == nil:
		return incomplete(op, "the answer does not show the field")
	case field.Name != "" && string(reply.Field.Title) != field.Name:
		return changed(op, "the field now has another name")
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
