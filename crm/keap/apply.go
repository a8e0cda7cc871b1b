package keap

import (
	"context"
	"net/http"
	"net/url"

	"allyswitch/crm"
)

const applyOp = "apply the tag"

// ApplyTag implements crm.Driver. Keap answers 200 although some contacts failed, so every contact's own result is read. Where one
// contact that does not exist makes Keap refuse the whole call, the call is halved until that contact stands alone.
func (d *driver) ApplyTag(ctx context.Context, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	results, err := d.apply(ctx, tag, to)
	switch {
	case err == nil:
		return outcomesOf(results, to), nil
	case crm.IsKind(err, crm.KindInvalid) && len(to) > 1:
		return d.applyHalves(ctx, tag, to)
	case crm.IsKind(err, crm.KindInvalid) && len(to) == 1:
		return []crm.Outcome{{ID: to[0].ID, Result: crm.Failed, Err: err}}, nil
	}
	return nil, err
}

func (d *driver) applyHalves(ctx context.Context, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	half := len(to) / 2
	first, err := d.ApplyTag(ctx, tag, to[:half])
	if err != nil {
		return nil, err
	}
	second, err := d.ApplyTag(ctx, tag, to[half:])
	if err != nil {
		return nil, crm.MaybeSent(err)
	}
	return append(first, second...), nil
}

// apply makes the call. Repeating it does no harm: Keap calls what is there already a duplicate.
func (d *driver) apply(ctx context.Context, tag crm.Tag, to []crm.Target) (map[string]string, error) {
	request := d.request(applyOp, http.MethodPost, v2+"tags/"+url.PathEscape(string(tag.ID))+"/contacts:applyTags")
	request.JSON, request.Repeatable = contactIDs(to), true
	var answer struct {
		Results *map[string]string `json:"results"`
	}
	if err := d.json(ctx, request, &answer); err != nil {
		return nil, err
	}
	if answer.Results == nil {
		return nil, unknown(applyOp, "the answer has no results")
	}
	return *answer.Results, nil
}

// contactIDs is the body of a tag call; Keap wants each id once.
func contactIDs(targets []crm.Target) map[string][]string {
	seen := map[crm.ContactID]bool{}
	ids := make([]string, 0, len(targets))
	for _, t := range targets {
		if !seen[t.ID] {
			seen[t.ID] = true
			ids = append(ids, string(t.ID))
		}
	}
	return map[string][]string{"contact_ids": ids}
}

// outcomesOf reads each contact's result (REST v1, tags: the words that v2 does not list).
func outcomesOf(results map[string]string, to []crm.Target) []crm.Outcome {
	outcomes := make([]crm.Outcome, len(to))
	for i, t := range to {
		word, told := results[string(t.ID)]
		outcomes[i] = crm.Outcome{ID: t.ID, Result: crm.Failed}
		failed := &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-TAG", Op: applyOp, Status: http.StatusOK, Hint: word}
		switch word {
		case "SUCCESS", "DUPLICATE":
			outcomes[i].Result = crm.Updated
			continue
		case "CONTACT_NOT_FOUND", "TAG_ID_NOT_FOUND":
			failed.Kind = crm.KindNotFound
		case "NO_PERMISSION":
			failed.Kind = crm.KindPermission
		case "FAILURE":
		default:
			outcomes[i].Result, failed.Kind = crm.Unknown, crm.KindTemporary
			if !told {
				failed.Hint = "the answer does not name this contact"
			}
		}
		outcomes[i].Err = failed
	}
	return outcomes
}

// RemoveTag implements crm.Remover. Keap says no more than that it is done.
func (d *driver) RemoveTag(ctx context.Context, tag crm.Tag, from []crm.Target) ([]crm.Outcome, error) {
	request := d.request("take the tag off", http.MethodPost, v2+"tags/"+url.PathEscape(string(tag.ID))+"/contacts:removeTags")
	request.JSON, request.Repeatable = contactIDs(from), true
	if _, err := d.send(ctx, request); err != nil {
		return nil, err
	}
	outcomes := make([]crm.Outcome, len(from))
	for i, t := range from {
		outcomes[i] = crm.Outcome{ID: t.ID, Result: crm.Updated}
	}
	return outcomes, nil
}

// DeleteContact implements crm.Remover.
func (d *driver) DeleteContact(ctx context.Context, target crm.Target) error {
	return d.remove(ctx, "delete the contact", v2+"contacts/"+url.PathEscape(string(target.ID)))
}

// DeleteTag implements crm.Remover.
func (d *driver) DeleteTag(ctx context.Context, tag crm.Tag) error {
	d.tags.mu.Lock()
	d.tags.listed = false
	d.tags.mu.Unlock()
	return d.remove(ctx, "delete the tag", v2+"tags/"+url.PathEscape(string(tag.ID)))
}

// DeleteField implements crm.Remover.
func (d *driver) DeleteField(ctx context.Context, field crm.Field) error {
	return d.remove(ctx, "delete the custom field", v2+"contacts/model/customFields/"+url.PathEscape(string(field.ID)))
}

// remove deletes what a path names. What is gone already is as it should be.
func (d *driver) remove(ctx context.Context, op, path string) error {
	request := d.request(op, http.MethodDelete, path)
	request.Repeatable = true
	_, err := d.send(ctx, request)
	if crm.IsKind(err, crm.KindNotFound) {
		return nil
	}
	return err
}
