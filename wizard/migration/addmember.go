package migration

import (
	"context"
	"errors"
	"slices"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// OpMember is the journal's word for what was done for one person: a contact or user that was made, a tag that was put on.
const OpMember = "member"

// memberTag is the batch of OpMember in which a tag was put on the contact.
const memberTag = "tag"

// ComparedFile says tag by tag what the CRM and the site have of one person.
const ComparedFile = "member-compared.csv"

// Person is what the CRM has of one address.
type Person struct {
	// Contacts is how many contacts have the address. The rest is known when there is exactly one.
	Contacts  int
	ID        crm.ContactID
	Page      string
	FirstName string
	Tags      []string
	TagsKnown bool
}

// FindPerson looks for the contacts with an address. Nothing is changed.
func FindPerson(ctx context.Context, deps Deps, email string, report job.Reporter) (Person, error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return Person{}, err
	}
	report.Phase("Looking for the contact", 0)
	found, err := deps.CRM.Find(ctx, email)
	if err != nil {
		return Person{}, err
	}
	found = slices.DeleteFunc(found, func(contact crm.Contact) bool { return contact.State == crm.StateDeleted })
	if len(found) != 1 {
		return Person{Contacts: len(found)}, nil
	}
	if err := readTagsOf(ctx, deps, found, report); err != nil {
		return Person{}, err
	}
	return Person{Contacts: 1, ID: found[0].ID, Page: deps.CRM.ContactURL(found[0].ID), FirstName: found[0].FirstName, Tags: tagNamesOf(found[0]), TagsKnown: found[0].TagsKnown}, nil
}

// MakePerson makes a contact for somebody who has none, and reads it back. Somebody who has one by now is left as they are.
func MakePerson(ctx context.Context, deps Deps, member wp.Member, report job.Reporter) (Person, error) {
	person, err := FindPerson(ctx, deps, member.Email, report)
	if err != nil || person.Contacts > 0 {
		return person, err
	}
	report.Phase("Making the contact", 0)
	err = deps.record(OpMember, "contact", map[string]string{"email": member.Email}, func() (any, error) {
		outcomes, err := deps.CRM.Upsert(ctx, []crm.Contact{{Email: member.Email, FirstName: member.FirstName, LastName: member.LastName}})
		if err != nil {
			return nil, err
		}
		if _, err := deps.CRM.Settle(ctx); err != nil {
			return nil, err
		}
		return map[string]string{"email": member.Email, "id": string(outcomes[0].ID), "result": string(outcomes[0].Result)}, outcomes[0].Err
	})
	if err != nil {
		return Person{}, doing("make the contact", err)
	}
	_, err = untilSeen(ctx, deps, report, func() (bool, error) {
		var err error
		person, err = FindPerson(ctx, deps, member.Email, report)
		return person.Contacts > 0, err
	})
	return person, err
}

// TagPerson puts the tag of what somebody bought on their contact, and reads it back. What it could start must be among allowed, by name. Who has the tag is left
// as they are. Undo takes it back.
func TagPerson(ctx context.Context, deps Deps, email, name string, allowed []string, report job.Reporter) (Person, error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return Person{}, err
	}
	contact, err := findOne(ctx, deps, email, "", report)
	if err != nil {
		return Person{}, err
	}
	if !slices.Contains(tagNamesOf(contact), name) {
		if err := mayStart(ctx, deps, []string{name}, allowed); err != nil {
			return Person{}, err
		}
		if err := putTag(ctx, deps, contact, name, report); err != nil {
			return Person{}, err
		}
	}
	var person Person
	_, err = untilSeen(ctx, deps, report, func() (bool, error) {
		var err error
		person, err = FindPerson(ctx, deps, email, report)
		return person.Contacts == 1 && (slices.Contains(person.Tags, name) || !person.TagsKnown), err
	})
	if err == nil && person.TagsKnown && !slices.Contains(person.Tags, name) {
		err = doing("put the tag "+name+" on the contact", errors.New("the CRM took it, but the contact does not show it yet; find the contact again in some minutes"))
	}
	return person, err
}

func putTag(ctx context.Context, deps Deps, contact crm.Contact, name string, report job.Reporter) error {
	tags, _, err := ensureTags(ctx, deps, []string{name}, report)
	if err != nil {
		return err
	}
	to := []crm.Target{{ID: contact.ID, Email: contact.Email}}
	err = deps.record(OpMember, memberTag, studentTag{Tag: name, IDs: []crm.ContactID{contact.ID}, Emails: []string{contact.Email}}, func() (any, error) {
		outcomes, err := deps.CRM.ApplyTag(ctx, tags[name], to)
		if err != nil {
			return nil, err
		}
		return resultsOf(outcomes), outcomes[0].Err
	})
	if err != nil {
		return doing("put the tag "+name+" on the contact", err)
	}
	_, err = deps.CRM.Settle(ctx)
	return err
}

// MakeUser makes somebody a user of the site, as Subscriber, without any mail. Somebody with this address is found and left as they are.
func MakeUser(ctx context.Context, folder *checkpoint.Folder, on *site.Site, member wp.Member, report job.Reporter) (site.Created, error) {
	report.Phase("Making the user on the site", 0)
	if _, err := on.Login(ctx); err != nil {
		return site.Created{}, err
	}
	return makeUser(ctx, folder, on, member)
}

func makeUser(ctx context.Context, folder *checkpoint.Folder, on *site.Site, member wp.Member) (site.Created, error) {
	var made site.Created
	err := Deps{Folder: folder}.record(OpMember, "user", map[string]string{"email": member.Email}, func() (any, error) {
		var err error
		made, err = on.Create(ctx, member)
		return map[string]any{"user": made.ID, "existed": made.Existed}, err
	})
	return made, err
}

// LinkPerson gives one user their contact ID, if they have none or this one. What was there before is in the journal.
func LinkPerson(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, system string, user int64, contact crm.ContactID, report job.Reporter) (LinkedOnSite, error) {
	report.Phase("Linking on the site", 0)
	found, err := companion.Lookup(ctx, []int64{user}, nil)
	if err != nil {
		return LinkedOnSite{}, err
	}
	for _, one := range found.Users {
		if one.ContactID != nil && *one.ContactID != "" && *one.ContactID != string(contact) {
			return LinkedOnSite{Problems: []Failure{{Member: user, Reason: "this user has another contact ID already, " + *one.ContactID + "; look at both contacts before you change it"}}}, nil
		}
	}
	var result LinkedOnSite
	err = linkSome(ctx, Deps{Folder: folder}, companion, system, []site.Link{{UserID: user, ContactID: string(contact)}}, &result, report)
	return result, err
}

// Compared are a person's tags in the CRM and on the site.
type Compared struct {
	Same              int
	OnlyCRM, OnlySite []string
	// Known is false where the site's tags, or their names, could not be read.
	Known           bool
	PasswordChanged bool
	Held            int
}

// RefreshPerson lets AccessAlly fetch a user's tags anew, compares them with those in the CRM, and writes member-compared.csv.
func RefreshPerson(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, system string, user int64, tags []string, report job.Reporter) (Compared, error) {
	report.Phase("Refreshing the member on the site", 0)
	compared := Compared{}
	done, err := companion.RefreshUsers(ctx, []int64{user}, site.WriteOptions{System: system, MailsHeldBack: func(mails int) { compared.Held += mails }})
	if err != nil {
		return compared, err
	}
	if done[0].Result != site.Refreshed {
		return compared, doing("refresh the member", errors.New(cmpText(done[0].Message, "the site says: "+string(done[0].Result))))
	}
	compared.PasswordChanged = done[0].PasswordChanged
	known, _, err := companion.Tags(ctx)
	if err != nil {
		return compared, err
	}
	has, named := siteTagNames(done[0].Tags.After, known)
	if !named {
		return compared, nil
	}
	compared.Known = true
	compared.compare(tags, has)
	return compared, compared.save(folder, tags, has)
}

func cmpText(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// siteTagNames are the names of tags by ID; false when one has no name.
func siteTagNames(ids []string, known []site.Tag) (names []string, named bool) {
	for _, id := range ids {
		at := slices.IndexFunc(known, func(tag site.Tag) bool { return tag.ID == id })
		if at < 0 {
			return nil, false
		}
		names = append(names, known[at].Name)
	}
	slices.Sort(names)
	return names, ids != nil
}

func (c *Compared) compare(inCRM, onSite []string) {
	for _, name := range inCRM {
		if slices.Contains(onSite, name) {
			c.Same++
		} else {
			c.OnlyCRM = append(c.OnlyCRM, name)
		}
	}
	for _, name := range onSite {
		if !slices.Contains(inCRM, name) {
			c.OnlySite = append(c.OnlySite, name)
		}
	}
}

func (c *Compared) save(folder *checkpoint.Folder, inCRM, onSite []string) error {
	all := append(slices.Clone(inCRM), onSite...)
	slices.Sort(all)
	mark := func(list []string, name string) string {
		if slices.Contains(list, name) {
			return "has it"
		}
		return "-"
	}
	rows := [][]string{{"tag", "crm", "site"}}
	for _, name := range slices.Compact(all) {
		rows = append(rows, []string{name, mark(inCRM, name), mark(onSite, name)})
	}
	return writeRows(folder, ComparedFile, rows)
}
