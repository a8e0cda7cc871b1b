package drip

import (
	"context"
	"net/http"
	"strings"

	"allyswitch/crm"
)

// ApplyTag puts a tag on people: a handful one by one, more as a batch.
func (d *driver) ApplyTag(ctx context.Context, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	return d.changeTag(ctx, "apply the tag", to, func(target crm.Target) row {
		return row{ID: string(target.ID), Email: addressUnlessID(target), Tags: []string{tag.Name}}
	}, func(target crm.Target) error { return d.applyOne(ctx, tag, target) })
}

// RemoveTag takes a tag off people. It is called for undo only.
func (d *driver) RemoveTag(ctx context.Context, tag crm.Tag, from []crm.Target) ([]crm.Outcome, error) {
	return d.changeTag(ctx, "remove the tag", from, func(target crm.Target) row {
		return row{ID: string(target.ID), Email: addressUnlessID(target), RemoveTags: []string{tag.Name}}
	}, func(target crm.Target) error { return d.removeOne(ctx, tag, target) })
}

// addressUnlessID is the address only of those whose ID is not known: by address Drip would make a person who is not there any more.
func addressUnlessID(target crm.Target) string {
	if target.ID != "" {
		return ""
	}
	return target.Email
}

func (d *driver) changeTag(ctx context.Context, op string, targets []crm.Target, rowOf func(crm.Target) row, one func(crm.Target) error) ([]crm.Outcome, error) {
	w := &writing{d: d, op: op, outcomes: make([]crm.Outcome, len(targets))}
	var places []int
	for i, target := range targets {
		w.rows = append(w.rows, rowOf(target))
		if target.ID == "" && target.Email == "" {
			w.fail(i, refusal(crm.KindInvalid, op, "neither the ID nor the address is known"))
			continue
		}
		places = append(places, i)
	}
	if len(places) >= fewestInABatch {
		return w.outcomes, w.afterSome(w.saveBatch(ctx, places))
	}
	for _, i := range places {
		if err := one(targets[i]); concernsOne(err) {
			w.fail(i, err)
			continue
		} else if err != nil {
			return nil, w.afterSome(err)
		}
		w.outcomes[i] = crm.Outcome{ID: targets[i].ID, Result: crm.Updated}
	}
	return w.outcomes, nil
}

// applyOne puts a tag on one person. The call for that knows addresses only; it also takes people who have unsubscribed.
func (d *driver) applyOne(ctx context.Context, tag crm.Tag, target crm.Target) error {
	const op = "apply the tag"
	if target.Email == "" {
		_, err := d.post(ctx, op, row{ID: string(target.ID), Tags: []string{tag.Name}})
		return err
	}
	_, err := d.conn.Do(ctx, crm.Request{
		Op:         op,
		Method:     http.MethodPost,
		Path:       d.path("tags"),
		JSON:       tagging{[]taggingRow{{Email: target.Email, Tag: tag.Name}}},
		Repeatable: true,
	})
	return err
}

// removeOne takes a tag off one person. A period or slash in a tag's name could end the path early, and another tag would go: such
// tags are named in a body instead.
func (d *driver) removeOne(ctx context.Context, tag crm.Tag, target crm.Target) error {
	const op = "remove the tag"
	who := string(target.ID)
	if who == "" {
		who = target.Email
	}
	if strings.ContainsAny(tag.Name, "./\\") {
		_, err := d.post(ctx, op, row{ID: string(target.ID), Email: addressUnlessID(target), RemoveTags: []string{tag.Name}})
		return err
	}
	_, err := d.conn.Do(ctx, crm.Request{Op: op, Method: http.MethodDelete, Path: d.path("subscribers", who, "tags", tag.Name), Repeatable: true})
	return err
}

// DeleteContact deletes one person. It is called for undo only. What cannot be found counts as deleted, unless it is somebody who
// has unsubscribed: those Drip does not delete by its API.
func (d *driver) DeleteContact(ctx context.Context, target crm.Target) error {
	const op = "delete the person"
	if target.ID == "" {
		return refusal(crm.KindInvalid, op, "a person is deleted by their ID only")
	}
	defer d.forgetAway()
	_, err := d.conn.Do(ctx, crm.Request{Op: op, Method: http.MethodDelete, Path: d.path("subscribers", string(target.ID)), Repeatable: true})
	if !crm.IsKind(err, crm.KindNotFound) || target.Email == "" {
		return err
	}
	d.forgetAway()
	left, findErr := d.Find(ctx, target.Email)
	if findErr != nil || len(left) == 0 || left[0].ID != target.ID {
		return findErr
	}
	return &crm.Error{Kind: crm.KindUnsupported, Code: codePrefix + crm.CodeInput, Op: op, Hint: "Drip deletes only people who have not unsubscribed: delete this one in Drip"}
}

// DeleteTag is not possible: a tag is gone when nobody carries it.
func (d *driver) DeleteTag(context.Context, crm.Tag) error {
	return refusal(crm.KindUnsupported, "delete the tag", "Drip has no call for that; a tag that nobody carries can be deleted in Drip")
}

// DeleteField is not possible.
func (d *driver) DeleteField(context.Context, crm.Field) error {
	return refusal(crm.KindUnsupported, "delete the custom field", "Drip has no call for that; a custom field can be deleted in Drip")
}
