package ontraport

import (
	"context"
	"net/http"

	"allyswitch/crm"
)

// ClearFields empties values of one contact: a blank overwrites where the save does not say to ignore blanks (api.ontraport.com/doc, "Update a contact's
// data").
func (d *driver) ClearFields(ctx context.Context, target crm.Target, blank crm.Blank) error {
	const op = "empty a contact's values"
	if !isNumber(string(target.ID)) {
		return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: "the contact has no number"}
	}
	body := map[string]any{"id": string(target.ID)}
	if blank.FirstName {
		body["firstname"] = ""
	}
	if blank.LastName {
		body["lastname"] = ""
	}
	for _, field := range blank.Fields {
		body[string(field)] = ""
	}
	var answer envelope[saved]
	request := crm.Request{Op: op, Method: http.MethodPut, Path: "/1/Contacts", JSON: body, Repeatable: true}
	_, err := d.conn.JSON(ctx, request, &answer)
	return err
}
