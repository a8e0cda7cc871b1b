package activecampaign

import (
	"context"
	"net/url"
	"strconv"

	"allyswitch/crm"
)

// snapshot is who carries which tags and what their fields hold, for accounts whose pages of contacts do not tell. It is taken once for
// each reading of everybody: from the tags' side it takes one request for a hundred pairs, from the contacts' side one for each contact.
type snapshot struct {
	tags     []crm.Tag
	carriers map[crm.ContactID][]int32
	fields   map[crm.ContactID]map[crm.FieldID]string
}

func (d *driver) forgetSnapshot() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.snapshot = nil
}

func (d *driver) currentSnapshot() snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.snapshot == nil {
		return snapshot{}
	}
	return *d.snapshot
}

func (d *driver) keepSnapshot(taken snapshot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.snapshot = &taken
}

func (d *driver) addTagsFromSnapshot(ctx context.Context, contacts []crm.Contact) error {
	taken := d.currentSnapshot()
	if taken.carriers == nil {
		tags, carriers, err := d.allCarriers(ctx)
		if err != nil {
			return err
		}
		taken.tags, taken.carriers = tags, carriers
		d.keepSnapshot(taken)
	}
	for i := range contacts {
		for _, tag := range taken.carriers[contacts[i].ID] {
			contacts[i].Tags = append(contacts[i].Tags, taken.tags[tag])
		}
		contacts[i].TagsKnown = true
	}
	return nil
}

// allCarriers reads each tag's contacts.
func (d *driver) allCarriers(ctx context.Context) ([]crm.Tag, map[crm.ContactID][]int32, error) {
	tags, err := d.Tags(ctx)
	if err != nil {
		return nil, nil, err
	}
	carriers := map[crm.ContactID][]int32{}
	for i, tag := range tags {
		for cursor := crm.Cursor(""); ; {
			page, err := d.TaggedContacts(ctx, tag, cursor)
			if err != nil {
				return nil, nil, err
			}
			for _, target := range page.Targets {
				carriers[target.ID] = append(carriers[target.ID], int32(i))
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
	}
	return tags, carriers, nil
}

// TaggedContacts reads who carries one tag, by the documented filter "tagid".
func (d *driver) TaggedContacts(ctx context.Context, tag crm.Tag, at crm.Cursor) (crm.TargetPage, error) {
	after, _, err := parseCursor(at)
	if err != nil {
		return crm.TargetPage{}, err
	}
	var reply contactsReply
	query := url.Values{"tagid": {string(tag.ID)}, "id_greater": {after}}
	if err := d.contactPage(ctx, "read who carries the tag", query, &reply); err != nil {
		return crm.TargetPage{}, err
	}
	var page crm.TargetPage
	for _, row := range *reply.Contacts {
		if !row.gone() {
			page.Targets = append(page.Targets, crm.Target{ID: crm.ContactID(row.ID), Email: string(row.Email)})
		}
	}
	if rows := *reply.Contacts; len(rows) > 0 {
		page.Next = crm.Cursor(string(rows[len(rows)-1].ID) + "/" + strconv.Itoa(-1))
	}
	return page, nil
}

func (d *driver) addFieldsFromSnapshot(ctx context.Context, contacts []crm.Contact) error {
	taken := d.currentSnapshot()
	if taken.fields == nil {
		values, err := collect[fieldValueJSON](ctx, d, "read the custom fields of the contacts", "/fieldValues", "fieldValues", nil, nil)
		if err != nil {
			return err
		}
		taken.fields = map[crm.ContactID]map[crm.FieldID]string{}
		for _, value := range values {
			id := crm.ContactID(value.Contact)
			if value.Value == "" {
				continue
			}
			if taken.fields[id] == nil {
				taken.fields[id] = map[crm.FieldID]string{}
			}
			taken.fields[id][crm.FieldID(value.Field)] = string(value.Value)
		}
		d.keepSnapshot(taken)
	}
	for i := range contacts {
		contacts[i].Fields = taken.fields[contacts[i].ID]
		contacts[i].FieldsKnown = true
	}
	return nil
}
