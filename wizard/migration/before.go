package migration

import (
	"context"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/job"
)

// Before is what one of our members' contacts was like before anything was written: what undo goes back to.
type Before struct {
	Member int64                  `json:"m"`
	ID     crm.ContactID          `json:"id"`
	Email  string                 `json:"email"`
	First  string                 `json:"first,omitempty"`
	Last   string                 `json:"last,omitempty"`
	Fields map[crm.FieldID]string `json:"fields,omitempty"`
	Tags   []string               `json:"tags,omitempty"`
	// TagsKnown is false when the CRM did not tell the tags.
	TagsKnown bool             `json:"tags_known"`
	State     crm.ContactState `json:"state,omitempty"`
}

func (b Before) contact() *crm.Contact {
	return &crm.Contact{ID: b.ID, Email: b.Email, FirstName: b.First, LastName: b.Last, Fields: b.Fields, State: b.State}
}

// readBefores reads everybody in the account and keeps those who are members.
func readBefores(ctx context.Context, deps Deps, roster *Roster, own fieldIDs, report job.Reporter) (*befores, int, error) {
	report.Phase("Looking at who is in the CRM already", 0)
	found, seen := newBefores(roster.Tags), 0
	_, err := deps.eachContact(ctx, func(contact crm.Contact) error {
		seen++
		report.Add(1, 0)
		if member, ok := roster.ByKey(address.Key(contact.Email)); ok {
			m := &roster.Members[member]
			found.add(beforeOf(m.ID, contact, own), m)
		}
		return report.Gate(ctx)
	})
	if err != nil {
		return nil, seen, doing("read who is in the CRM already", err)
	}
	if err := readBeforeTags(ctx, deps, roster, found, report); err != nil {
		return nil, seen, err
	}
	return found, seen, nil
}

func beforeOf(member int64, contact crm.Contact, own fieldIDs) Before {
	before := Before{Member: member, ID: contact.ID, Email: contact.Email, First: contact.FirstName, Last: contact.LastName,
		State: contact.State, TagsKnown: contact.TagsKnown}
	for _, id := range own.all() {
		if value := contact.Fields[id]; id != "" && value != "" {
			if before.Fields == nil {
				before.Fields = map[crm.FieldID]string{}
			}
			before.Fields[id] = value
		}
	}
	for _, tag := range contact.Tags {
		before.Tags = append(before.Tags, tag.Name)
	}
	return before
}

// readBeforeTags asks tag by tag where the pages of contacts carry none. Only our own tags matter.
func readBeforeTags(ctx context.Context, deps Deps, roster *Roster, found *befores, report job.Reporter) error {
	if deps.CRM.Features().TagsOnRead || found.len() == 0 {
		return nil
	}
	existing, err := tagsByName(ctx, deps.CRM)
	if err != nil {
		return err
	}
	byContact := map[crm.ContactID][]string{}
	report.Phase("Looking at which tags they have already", int64(len(roster.Tags)))
	for _, name := range roster.Tags {
		tag, ok := existing[name]
		if ok {
			err := deps.eachTagged(ctx, tag, func(target crm.Target) error {
				byContact[target.ID] = append(byContact[target.ID], name)
				return nil
			})
			if err != nil {
				return doing("read who has the tag "+name, err)
			}
		}
		report.Add(1, 0)
	}
	found.setTags(byContact)
	return nil
}

func tagsByName(ctx context.Context, client *crm.Client) (map[string]crm.Tag, error) {
	tags, err := client.Tags(ctx)
	if err != nil {
		return nil, doing("list the tags", err)
	}
	byName := make(map[string]crm.Tag, len(tags))
	for _, tag := range tags {
		byName[tag.Name] = tag
	}
	return byName, nil
}
