package drip

import (
	"context"
	"net/http"

	"allyswitch/crm"
)

// emptied is a person as they are written to empty values: blanks are sent here, and nowhere else.
type emptied struct {
	ID           string            `json:"id"`
	FirstName    *string           `json:"first_name,omitempty"`
	LastName     *string           `json:"last_name,omitempty"`
	CustomFields map[string]string `json:"custom_fields,omitempty"`
}

// ClearFields empties values of one person. Drip does not say what an empty value does to a custom field: the read-back shows it.
func (d *driver) ClearFields(ctx context.Context, target crm.Target, blank crm.Blank) error {
	const op = "empty a person's values"
	if target.ID == "" {
		return refusal(crm.KindInvalid, op, "the person's ID is not known")
	}
	body := emptied{ID: string(target.ID), CustomFields: map[string]string{}}
	if blank.FirstName {
		body.FirstName = new(string)
	}
	if blank.LastName {
		body.LastName = new(string)
	}
	for _, field := range blank.Fields {
		body.CustomFields[string(field)] = ""
	}
	var answer subscribers
	request := crm.Request{Op: op, Method: http.MethodPost, Path: d.path("subscribers"), JSON: map[string]any{"subscribers": []emptied{body}}, Repeatable: true}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return err
	}
	if len(answer.Subscribers) != 1 || answer.Subscribers[0].ID != body.ID {
		return unreadable(op, "the answer is not about the person who was written")
	}
	return nil
}
