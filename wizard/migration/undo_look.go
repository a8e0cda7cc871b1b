package migration

import (
	"context"
	"strconv"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// look is what the CRM shows now, as far as it concerns what undo takes back.
type look struct {
	own fieldIDs
	// contacts are those of members that the journal knows, by member.
	contacts map[int64][]crm.Contact
	tags     map[string]crm.Tag
	fields   map[string]crm.Field
	// carriers and users are how many other contacts carry a tag, or have a value in a field.
	carriers map[string]int
	users    map[crm.FieldID]int
	// starts are the automations that each tag starts, as far as the CRM tells.
	starts map[string]string
	// madeUp are the contacts of made-up members.
	madeUp []crm.Contact
	// site are the users whose contact ID AllySwitch has set, as the site shows them; nil when it cannot be asked.
	site map[int64]site.User
}

// finder says which member a contact belongs to.
type finder struct {
	byID  map[crm.ContactID]int64
	byKey map[string]int64
	book  *book
	user  crm.FieldID
}

func newFinder(b *book, roster *Roster, user crm.FieldID) finder {
	f := finder{byID: map[crm.ContactID]int64{}, byKey: map[string]int64{}, book: b, user: user}
	for id, p := range b.members {
		for _, one := range p.contacts {
			f.byID[one.id] = id
		}
		if p.image != nil {
			f.byID[p.image.ID] = id
		}
		for _, email := range []string{p.email, p.emailBefore()} {
			if email != "" {
				f.byKey[address.Key(email)] = id
			}
		}
		if member, ok := roster.ByID(id); ok {
			f.byKey[roster.Members[member].Key] = id
		}
	}
	return f
}

// emailBefore is the address that the contact had, empty when it is not known.
func (p *past) emailBefore() string {
	if p.image == nil {
		return ""
	}
	return p.image.Email
}

// member is whose contact this is: by its address, its ID, or the user ID that it shows. The address of a member comes first, since it alone cannot be
// anybody else's.
func (f finder) member(contact crm.Contact) (int64, bool) {
	if id, ok := f.byKey[address.Key(contact.Email)]; ok {
		return id, true
	}
	if id, ok := f.byID[contact.ID]; ok {
		return id, true
	}
	id, ok := userID(contact.Fields[f.user])
	return id, ok && f.book.members[id] != nil
}

// lookAround reads everybody, all tags and all custom fields. It sends nothing.
func lookAround(ctx context.Context, deps Deps, b *book, roster *Roster, report job.Reporter) (*look, error) {
	canaries, err := canaryKeys(deps)
	if err != nil {
		return nil, err
	}
	l := &look{contacts: map[int64][]crm.Contact{}, carriers: map[string]int{}, users: map[crm.FieldID]int{}, fields: map[string]crm.Field{}}
	if err := l.readNames(ctx, deps); err != nil {
		return nil, err
	}
	find, place := newFinder(b, roster, l.own.user), map[crm.ContactID]int64{}
	report.Phase("Reading everybody from "+deps.CRM.Provider().Name, int64(len(b.members)))
	_, err = deps.eachContact(ctx, func(contact crm.Contact) error {
		if canaries[address.Key(contact.Email)] {
			l.madeUp = append(l.madeUp, contact)
			place[contact.ID] = 0
			return report.Gate(ctx)
		}
		id, ours := find.member(contact)
		if !ours {
			l.count(contact)
			return report.Gate(ctx)
		}
		report.Add(1, 0)
		place[contact.ID] = id
		l.contacts[id] = append(l.contacts[id], contact)
		return report.Gate(ctx)
	})
	if err != nil {
		return nil, doing("read everybody", err)
	}
	if deps.CRM.Features().TagsOnRead {
		return l, nil
	}
	return l, l.readTags(ctx, deps, place, report)
}

// canaryKeys are the addresses of the made-up members that may be in the CRM because of us, as they are compared.
func canaryKeys(deps Deps) (map[string]bool, error) {
	canaries, err := LoadCanaries(deps.Folder)
	keys := map[string]bool{}
	for _, canary := range canaries.All {
		if canary.State != canaryWaiting && canary.State != canaryForeign {
			keys[address.Key(canary.Email)] = true
		}
	}
	return keys, err
}

func (l *look) readNames(ctx context.Context, deps Deps) error {
	var err error
	if l.own, _, err = findFields(ctx, deps.CRM); err != nil {
		return err
	}
	fields, err := deps.CRM.Fields(ctx)
	if err != nil {
		return doing("list the custom fields", err)
	}
	for _, field := range fields {
		l.fields[field.Name] = field
	}
	if l.tags, err = tagsByName(ctx, deps.CRM); err != nil {
		return err
	}
	l.starts = map[string]string{}
	automations, err := deps.CRM.Automations(ctx)
	if err != nil && !crm.IsKind(err, crm.KindUnsupported) && !crm.IsKind(err, crm.KindPermission) {
		return doing("list the automations", err)
	}
	for _, automation := range automations {
		for _, tag := range automation.TriggerTags() {
			l.starts[tag] = automation.Name
		}
	}
	return nil
}

// count notes what a contact uses that has nothing to do with our members.
func (l *look) count(contact crm.Contact) {
	for _, tag := range contact.Tags {
		l.carriers[tag.Name]++
	}
	for id, value := range contact.Fields {
		if value != "" {
			l.users[id]++
		}
	}
}

// readTags reads who carries each tag of the account, where the pages of contacts do not say. All of them: a tag that is not ours says that
// somebody works with a contact.
func (l *look) readTags(ctx context.Context, deps Deps, place map[crm.ContactID]int64, report job.Reporter) error {
	report.Phase("Reading who has which tag", int64(len(l.tags)))
	carried := map[crm.ContactID][]crm.Tag{}
	for _, tag := range l.tags {
		err := deps.eachTagged(ctx, tag, func(target crm.Target) error {
			if _, ours := place[target.ID]; ours {
				carried[target.ID] = append(carried[target.ID], tag)
			} else {
				l.carriers[tag.Name]++
			}
			return report.Gate(ctx)
		})
		if err != nil {
			return doing("read who has the tag "+tag.Name, err)
		}
		report.Add(1, 0)
	}
	for _, contacts := range l.contacts {
		for i := range contacts {
			contacts[i].Tags, contacts[i].TagsKnown = carried[contacts[i].ID], true
		}
	}
	return nil
}

// userID reads our field that holds a user ID.
func userID(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}
