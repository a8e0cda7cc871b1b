package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/job"
)

// ErrNotOne means that an address should belong to exactly one contact, and belongs to none or to several.
var ErrNotOne = errors.New("exactly one contact is needed")

// findOne returns the contact with an address, and with an ID where one is given. Its tags are read.
func findOne(ctx context.Context, deps Deps, email string, id crm.ContactID, report job.Reporter) (crm.Contact, error) {
	found, err := deps.CRM.Find(ctx, email)
	if err != nil {
		return crm.Contact{}, err
	}
	found = slices.DeleteFunc(found, func(contact crm.Contact) bool {
		return contact.State == crm.StateDeleted || id != "" && contact.ID != id
	})
	switch {
	case len(found) == 0:
		return crm.Contact{}, &Refusal{Gate: ErrNotOne, Detail: "nobody in " + deps.CRM.Provider().Name + " has the address " + email}
	case len(found) > 1:
		return crm.Contact{}, &Refusal{Gate: ErrNotOne, Detail: fmt.Sprintf("%d contacts have the address %s", len(found), email)}
	}
	err = readTagsOf(ctx, deps, found, report)
	return found[0], err
}

// readTagsOf reads the tags of a few contacts where the CRM does not tell them with the contact. It asks tag by tag who has it.
func readTagsOf(ctx context.Context, deps Deps, contacts []crm.Contact, report job.Reporter) error {
	if !slices.ContainsFunc(contacts, func(contact crm.Contact) bool { return !contact.TagsKnown }) {
		return nil
	}
	tags, err := deps.CRM.Tags(ctx)
	if err != nil {
		return err
	}
	report.Phase("Reading who has which tag", int64(len(tags)))
	found := make([][]crm.Tag, len(contacts))
	for _, tag := range tags {
		if err := report.Gate(ctx); err != nil {
			return err
		}
		_, err := deps.CRM.EachTagged(ctx, tag, func(target crm.Target) error {
			for i, contact := range contacts {
				if target.ID == contact.ID || target.ID == "" && address.Key(target.Email) == address.Key(contact.Email) {
					found[i] = append(found[i], tag)
				}
			}
			return nil
		})
		if crm.IsKind(err, crm.KindUnsupported) {
			return nil // The tags stay unknown.
		}
		if err != nil {
			return err
		}
		report.Add(1, 0)
	}
	for i := range contacts {
		if !contacts[i].TagsKnown {
			contacts[i].Tags, contacts[i].TagsKnown = found[i], true
		}
	}
	return nil
}

// tagNamesOf are the names of a contact's tags, sorted.
func tagNamesOf(contact crm.Contact) []string {
	names := make([]string, 0, len(contact.Tags))
	for _, tag := range contact.Tags {
		names = append(names, tag.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// untilSeen asks again and again until the CRM shows what was written, for as long as it may lag behind. look says whether everything is there.
func untilSeen(ctx context.Context, deps Deps, report job.Reporter, look func() (bool, error)) (bool, error) {
	lag := scaled(deps.CRM, deps.CRM.Features().ReadLag)
	end := time.Now().Add(lag)
	for pause := lag / 8; ; pause *= 2 {
		seen, err := look()
		if err != nil || seen || lag == 0 || !time.Now().Before(end) {
			return seen, err
		}
		if err := waitLate(ctx, deps, min(pause, time.Until(end))+time.Millisecond, report); err != nil {
			return false, err
		}
	}
}
