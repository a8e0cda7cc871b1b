package migration

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/job"
)

// DuplicatesFile lists contacts that share an address.
const DuplicatesFile = "duplicates.csv"

// Duplicates counts contacts that share an address with others.
type Duplicates struct{ Addresses, Contacts, Looked int }

// FindDuplicates reads everybody in the CRM and lists who shares an address, side by side with tags and dates. Nothing is changed.
func FindDuplicates(ctx context.Context, deps Deps, report job.Reporter) (Duplicates, error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return Duplicates{}, err
	}
	report.Phase("Reading all contacts", 0)
	byKey, several := map[string]int{}, map[string][]crm.Contact{}
	first := map[string]crm.Contact{}
	looked, err := deps.eachContact(ctx, func(contact crm.Contact) error {
		key := address.Key(contact.Email)
		if key == "" {
			return report.Gate(ctx)
		}
		switch byKey[key]++; byKey[key] {
		case 1:
			first[key] = slim(contact)
		case 2:
			several[key] = []crm.Contact{first[key], contact}
		default:
			several[key] = append(several[key], contact)
		}
		report.Add(1, 0)
		return report.Gate(ctx)
	})
	if err != nil {
		return Duplicates{}, err
	}
	var all []crm.Contact
	for _, contacts := range several {
		all = append(all, contacts...)
	}
	slices.SortFunc(all, func(a, b crm.Contact) int {
		return cmp.Or(cmp.Compare(address.Key(a.Email), address.Key(b.Email)), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	if err := readTagsOf(ctx, deps, all, report); err != nil {
		return Duplicates{}, err
	}
	return Duplicates{Addresses: len(several), Contacts: len(all), Looked: looked}, saveDuplicates(deps, all)
}

// slim leaves out what is not needed of somebody who is probably alone with their address: half a million of them are kept at a time.
func slim(contact crm.Contact) crm.Contact {
	contact.Fields = nil
	return contact
}

func saveDuplicates(deps Deps, all []crm.Contact) error {
	rows := [][]string{{"email", "contact_id", "name", "created", "state", "tags", "page"}}
	for _, contact := range all {
		tags := "?"
		if contact.TagsKnown {
			tags = strings.Join(tagNamesOf(contact), " | ")
		}
		rows = append(rows, []string{contact.Email, string(contact.ID), strings.TrimSpace(contact.FirstName + " " + contact.LastName), day(contact), string(contact.State), tags, deps.CRM.ContactURL(contact.ID)})
	}
	return writeRows(deps.Folder, DuplicatesFile, rows)
}

// day is when a contact was made, empty when the CRM does not tell.
func day(contact crm.Contact) string {
	if contact.Created.IsZero() {
		return ""
	}
	return contact.Created.Format("2006-01-02")
}
