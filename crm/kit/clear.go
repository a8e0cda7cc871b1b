package kit

import (
	"context"
	"net/http"

	"allyswitch/crm"
)

// subscriberClear is an update that empties values (developers.kit.com, "Update a subscriber"): what is left out stays.
type subscriberClear struct {
	FirstName *string           `json:"first_name,omitempty"`
	Fields    map[string]string `json:"fields,omitempty"`
}

// ClearFields empties values of one subscriber. Kit does not say what an empty value does to a custom field: the read-back shows it.
func (d *driver) ClearFields(ctx context.Context, target crm.Target, blank crm.Blank) error {
	const op = "empty a subscriber's values"
	if number(string(target.ID)) == 0 {
		return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: "the subscriber's number is not known"}
	}
	body := subscriberClear{Fields: map[string]string{}}
	if blank.FirstName {
		body.FirstName = new(string)
	}
	if blank.LastName {
		body.Fields[lastNameKey] = ""
	}
	for _, key := range blank.Fields {
		body.Fields[string(key)] = ""
	}
	request := crm.Request{Op: op, Method: http.MethodPut, Path: "/v4/subscribers/" + string(target.ID), JSON: body, Repeatable: true}
	_, _, err := ask(ctx, d, request, func(reply subscriberReply, _ int) bool {
		return reply.Subscriber != nil && reply.Subscriber.id() == target.ID
	})
	return err
}
