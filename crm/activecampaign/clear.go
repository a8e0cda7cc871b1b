package activecampaign

import (
	"context"
	"net/http"
	"net/url"

	"allyswitch/crm"
)

// contactClear is the body of an update that empties values ("Update a contact"): what is left out stays.
type contactClear struct {
	Contact struct {
		FirstName   *string      `json:"firstName,omitempty"`
		LastName    *string      `json:"lastName,omitempty"`
		FieldValues []fieldClear `json:"fieldValues,omitempty"`
	} `json:"contact"`
}

type fieldClear struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// ClearFields empties values of one contact. ActiveCampaign does not say what an empty value does to a custom field: the read-back shows it.
func (d *driver) ClearFields(ctx context.Context, target crm.Target, blank crm.Blank) error {
	const op = "empty a contact's values"
	if target.ID == "" {
		return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: "the contact's number is not known"}
	}
	var body contactClear
	empty := ""
	if blank.FirstName {
		body.Contact.FirstName = &empty
	}
	if blank.LastName {
		body.Contact.LastName = &empty
	}
	for _, field := range blank.Fields {
		body.Contact.FieldValues = append(body.Contact.FieldValues, fieldClear{Field: string(field)})
	}
	var reply contactReply
	request := crm.Request{Op: op, Method: http.MethodPut, Path: "/contacts/" + url.PathEscape(string(target.ID)), JSON: body, Repeatable: true}
	if err := d.send(ctx, request, &reply); err != nil {
		return err
	}
	if reply.Contact == nil || string(reply.Contact.ID) != string(target.ID) {
		return incomplete(op, "the answer does not show the contact")
	}
	return nil
}
