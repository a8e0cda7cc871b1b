package migration

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// doNames removes the tags and custom fields that we made and that nobody uses.
func (u *undoer) doNames(ctx context.Context, work undoWork) error {
	remover, can := u.deps.CRM.Remover()
	if !can {
		return nil
	}
	u.report.Phase("Removing tags and custom fields that AllySwitch made", int64(len(work.tags)+len(work.fields)))
	for _, tag := range work.tags {
		err := u.name(ctx, OpUndoTagName, "tag "+tag.Name, nameData{tag.Name, string(tag.ID)}, func() error { return remover.DeleteTag(ctx, tag) })
		if err != nil {
			return err
		}
	}
	for _, field := range work.fields {
		err := u.name(ctx, OpUndoField, "field "+field.Name, nameData{field.Name, string(field.ID)}, func() error { return remover.DeleteField(ctx, field) })
		if err != nil {
			return err
		}
	}
	return nil
}

// name removes one name. A refusal stays with it; any other error ends the work.
func (u *undoer) name(ctx context.Context, op, what string, data nameData, remove func() error) error {
	if !u.try(what) {
		return nil
	}
	if err := u.report.Gate(ctx); err != nil {
		return err
	}
	err := u.deps.record(op, u.nextBatch(), data, func() (any, error) { return data, remove() })
	u.last = time.Now()
	switch {
	case err == nil:
		u.count(&u.result.Names)
		u.report.Add(1, 0)
	case concernsOne(err):
		u.refuse(what, reason(err))
		u.report.Add(0, 1)
	default:
		return doing("remove the "+what, err)
	}
	return nil
}

// rows lists what is to be done, for people.
func (u *undoer) rows(plan *UndoPlan) [][]string {
	var rows [][]string
	add := func(what string, one undoTarget, detail string) {
		rows = append(rows, []string{what, memberText(one.member), one.Email, string(one.ID), u.page(one.ID), detail})
	}
	for _, one := range plan.work.remove {
		add("remove the contact", one, "")
	}
	for _, name := range slices.Sorted(maps.Keys(plan.work.untag)) {
		for _, one := range plan.work.untag[name] {
			add("take the tag off", one, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(plan.work.retag)) {
		for _, one := range plan.work.retag[name] {
			add("put the tag on again", one, name)
		}
	}
	for _, one := range plan.work.values {
		add("give back what it had", one.undoTarget, one.describe())
	}
	for _, link := range plan.work.links {
		rows = append(rows, []string{"give the user of the site the contact ID back", fmt.Sprint(link.UserID), "", *link.Expected, "", cmp.Or(link.ContactID, "none")})
	}
	for _, tag := range plan.work.tags {
		rows = append(rows, []string{"remove the tag", "", "", "", "", tag.Name})
	}
	for _, field := range plan.work.fields {
		rows = append(rows, []string{"remove the custom field", "", "", "", "", field.Name})
	}
	return rows
}

// describe counts what a contact gets back.
func (v undoValues) describe() string {
	emptied := len(v.blank.Fields)
	written := len(v.set.Fields)
	for _, one := range []struct{ set, blank bool }{{v.set.FirstName != "", v.blank.FirstName}, {v.set.LastName != "", v.blank.LastName}} {
		if one.set {
			written++
		}
		if one.blank {
			emptied++
		}
	}
	return fmt.Sprintf("%d values written back, %d emptied", written, emptied)
}
