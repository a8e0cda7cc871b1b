package sandbox

import (
	"cmp"
	"maps"
	"slices"
)

// Sorted is the same contents in an order that does not depend on ids or on who came first, sharing nothing with the original.
func (c Contents) Sorted() Contents {
	sorted := Contents{
		Contacts: slices.Clone(c.Contacts), Tags: slices.Sorted(slices.Values(c.Tags)), Fields: slices.Sorted(slices.Values(c.Fields)),
		Automations: slices.Clone(c.Automations), Runs: slices.Clone(c.Runs),
	}
	for i, contact := range sorted.Contacts {
		sorted.Contacts[i].Tags = slices.Sorted(slices.Values(contact.Tags))
		sorted.Contacts[i].Fields = maps.Clone(contact.Fields)
	}
	slices.SortFunc(sorted.Contacts, compareContacts)
	slices.SortFunc(sorted.Automations, func(a, b Automation) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Tag, b.Tag)) })
	slices.SortFunc(sorted.Runs, func(a, b Run) int {
		return cmp.Or(cmp.Compare(a.Automation, b.Automation), cmp.Compare(a.Email, b.Email))
	})
	return sorted
}

// compareContacts orders by address, and contacts with the same address by what else they hold.
func compareContacts(a, b Contact) int {
	return cmp.Or(cmp.Compare(a.Email, b.Email), cmp.Compare(a.FirstName, b.FirstName), cmp.Compare(a.LastName, b.LastName),
		slices.Compare(a.Tags, b.Tags), cmp.Compare(a.State, b.State), compareFields(a.Fields, b.Fields))
}

func compareFields(a, b map[string]string) int {
	names := slices.Sorted(maps.Keys(a))
	if order := slices.Compare(names, slices.Sorted(maps.Keys(b))); order != 0 {
		return order
	}
	for _, name := range names {
		if order := cmp.Compare(a[name], b[name]); order != 0 {
			return order
		}
	}
	return 0
}

// Started are the runs of the active automations that a tag starts, or that a new contact starts when tag is empty.
func Started(automations []Automation, email, tag string) []Run {
	var runs []Run
	for _, automation := range automations {
		if automation.Active && automation.starts(tag) {
			runs = append(runs, Run{Automation: automation.Name, Email: email})
		}
	}
	return runs
}
