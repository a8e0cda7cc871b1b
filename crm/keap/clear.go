package keap

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"allyswitch/crm"
)

// ClearFields implements crm.Blanker. What the update mask names and the body lacks is emptied, and a list is replaced whole: the custom fields go out
// without those that are to be empty.
func (d *driver) ClearFields(ctx context.Context, target crm.Target, blank crm.Blank) error {
	const op = "empty a contact's values"
	there, err := d.get(ctx, target.ID)
	if err != nil {
		return asked(err)
	}
	var body wireContact
	var mask []string
	if blank.FirstName {
		mask = append(mask, "given_name")
	}
	if blank.LastName {
		mask = append(mask, "family_name")
	}
	if len(blank.Fields) > 0 {
		mask = append(mask, "custom_fields")
		body.CustomFields = contents(slices.DeleteFunc(there.CustomFields, func(value wireContent) bool {
			return slices.Contains(blank.Fields, crm.FieldID(value.ID))
		}), nil)
	}
	request := d.request(op, http.MethodPatch, v2+"contacts/"+url.PathEscape(string(target.ID)))
	request.Query = url.Values{"update_mask": mask, "fields": {"id"}}
	request.JSON, request.Repeatable = body, true
	var changed wireContact
	if err := d.json(ctx, request, &changed); err != nil {
		return err
	}
	if changed.ID != there.ID {
		return unknown(op, "the answer does not name the contact")
	}
	return nil
}
