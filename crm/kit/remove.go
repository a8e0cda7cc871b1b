package kit

import (
	"context"
	"net/http"

	"allyswitch/crm"
)

// DeleteContact is not possible at Kit: its API can only unsubscribe, which is something else and cannot be taken back.
func (d *driver) DeleteContact(context.Context, crm.Target) error {
	return &crm.Error{
		Kind: crm.KindUnsupported, Code: codePrefix + "-DELETE", Op: "delete a subscriber",
		Hint: "Kit's API cannot delete subscribers. Delete them in Kit: Subscribers, tick them, Bulk actions > Delete",
	}
}

// DeleteTag deletes a tag, which takes an OAuth token.
func (d *driver) DeleteTag(ctx context.Context, tag crm.Tag) error {
	op := "delete the tag " + tag.Name
	if !d.bulk {
		return &crm.Error{
			Kind: crm.KindUnsupported, Code: codePrefix + "-DELETE", Op: op,
			Hint: "Kit lets an API key delete no tags, only an OAuth token. Delete the tag in Kit: Subscribers > Tags",
		}
	}
	id := number(string(tag.ID))
	if id == 0 {
		return notATag(tag)
	}
	request := crm.Request{Op: op, Method: http.MethodDelete, Path: "/v4/bulk/tags", JSON: bulkTagRemoval{Tags: []tagRef{{ID: id}}}, Repeatable: true}
	reply, response, err := ask(ctx, d, request, func(reply bulkTagRemovalReply, status int) bool {
		return status == http.StatusAccepted || reply.Failures != nil
	})
	if err != nil {
		return err
	}
	if response.Status == http.StatusAccepted {
		return queuedLater(op)
	}
	for _, failure := range *reply.Failures {
		if !gone(failure.Errors) {
			return refusal(op, failure.Errors)
		}
	}
	d.newTags.remove(id)
	return nil
}

// gone says that a bulk call failed because the tag does not exist, which is what a deletion wants.
func gone(words []string) bool { return len(words) == 1 && words[0] == "Tag does not exist" }
