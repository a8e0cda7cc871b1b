package keap

import (
	"context"
	"net/http"
	"strings"

	"allyswitch/crm"
)

// Fields implements crm.Driver.
func (d *driver) Fields(ctx context.Context) ([]crm.Field, error) {
	var model struct {
		Fields *[]wireField `json:"custom_fields"`
	}
	request := d.request("list the custom fields", http.MethodGet, v2+"contacts/model")
	if err := d.json(ctx, request, &model); err != nil {
		return nil, err
	}
	if model.Fields == nil {
		return nil, unknown(request.Op, "the answer has no list of custom fields")
	}
	fields := make([]crm.Field, len(*model.Fields))
	for i, f := range *model.Fields {
		fields[i] = f.field()
	}
	return fields, nil
}

const fieldOp = "create the custom field"

// CreateField implements crm.Driver. Keap does not say whether two fields may have one label, so what exists is looked at first, and
// again when no answer came.
func (d *driver) CreateField(ctx context.Context, field crm.Field) (crm.Field, error) {
	if there, err := d.fieldNamed(ctx, field.Name); there != nil || err != nil {
		return orZero(there), err
	}
	made, err := d.makeField(ctx, field, "")
	if crm.IsKind(err, crm.KindInvalid) { // some accounts want to know in which group
		if group, groupErr := d.fieldGroup(ctx); groupErr == nil {
			made, err = d.makeField(ctx, field, group)
		}
	}
	if err == nil {
		return made, nil
	}
	if sent(err) || crm.IsKind(err, crm.KindConflict) {
		if there, again := d.fieldNamed(ctx, field.Name); again == nil && there != nil {
			return *there, nil
		}
	}
	return crm.Field{}, err
}

func orZero(field *crm.Field) crm.Field {
	if field == nil {
		return crm.Field{}
	}
	return *field
}

func (d *driver) fieldNamed(ctx context.Context, name string) (*crm.Field, error) {
	fields, err := d.Fields(ctx)
	if err != nil {
		return nil, asked(err)
	}
	for _, f := range fields {
		if f.Name == name {
			return &f, nil
		}
	}
	return nil, nil
}

func (d *driver) makeField(ctx context.Context, field crm.Field, group wireID) (crm.Field, error) {
	kind := "TEXT"
	if field.Type == crm.FieldDate {
		kind = "DATE"
	}
	body := map[string]any{"label": field.Name, "field_type": kind}
	if group != "" {
		body["group_id"] = group
	}
	request := d.request(fieldOp, http.MethodPost, v2+"contacts/model/customFields")
	request.JSON = body
	var made wireField
	if err := d.json(ctx, request, &made); err != nil {
		return crm.Field{}, err
	}
	if made.ID == "" || strings.TrimSpace(made.Label) != strings.TrimSpace(field.Name) {
		return crm.Field{}, unknown(fieldOp, "the answer does not name the field that was sent")
	}
	return made.field(), nil
}

// groupName is the group that is made for our fields where an account has none.
const groupName = "AccessAlly"

// fieldGroup is a group to put a field in: the first there is, or a new one.
func (d *driver) fieldGroup(ctx context.Context) (wireID, error) {
	var list struct {
		Groups []struct {
			ID wireID `json:"id"`
		} `json:"groups"`
	}
	const path = v2 + "contacts/model/customFields/groups"
	if err := d.json(ctx, d.request("list the groups of custom fields", http.MethodGet, path), &list); err != nil {
		return "", err
	}
	if len(list.Groups) > 0 {
		return list.Groups[0].ID, nil
	}
	var made struct {
		ID wireID `json:"id"`
	}
	request := d.request("create a group of custom fields", http.MethodPost, path)
	request.JSON = map[string]any{"name": groupName}
	err := d.json(ctx, request, &made)
	return made.ID, err
}
