package keap

import (
	"fmt"
	"slices"

	"allyswitch/crm/sandbox"
)

// statusOf is Keap's word for a state of the shared record. An address made by API without a reason for consent cannot get
// marketing mail: NON_MARKETABLE.
func statusOf(state string) string {
	switch state {
	case "unconfirmed":
		return "NON_MARKETABLE"
	case "unsubscribed":
		return "LIST_UNSUBSCRIBE"
	case "bounced":
		return "HARD_BOUNCE"
	}
	return "SINGLE_OPT_IN"
}

// Load puts what an account already holds into it, past the API. A tag written "Category: Name" stays one name: Keap keeps
// categories apart.
func (f *fake) Load(contents sandbox.Contents) {
	f.Locked(func() { f.store.loadAll(contents) })
}

func (s *store) loadAll(contents sandbox.Contents) {
	for _, label := range contents.Fields {
		s.wantField(label)
	}
	names := map[string]*tag{}
	for _, t := range s.tags {
		names[t.name] = t
	}
	for _, name := range contents.Tags {
		s.wantTag(names, name)
	}
	for _, c := range contents.Contacts {
		s.load(names, c)
	}
	s.automations = append(s.automations, contents.Automations...)
	s.runs = append(s.runs, contents.Runs...)
}

func (s *store) load(names map[string]*tag, from sandbox.Contact) {
	c := &contact{given: from.FirstName, family: from.LastName, fields: map[int64]any{}}
	c.emails[0] = email{address: from.Email, status: statusOf(from.State)}
	for label, value := range from.Fields {
		c.fields[s.wantField(label).id] = value
	}
	s.add(c)
	for _, name := range from.Tags {
		s.quietly(func() { s.apply(s.wantTag(names, name), c) })
	}
}

// quietly does something without starting automations: what is loaded happened long ago.
func (s *store) quietly(do func()) {
	runs := s.runs
	do()
	s.runs = runs
}

func (s *store) wantField(label string) *field {
	if f := s.fieldLabelled(label); f != nil {
		return f
	}
	return s.addField(label, "TEXT", 1)
}

func (s *store) wantTag(names map[string]*tag, name string) *tag {
	if names[name] == nil {
		names[name] = s.addTag(name, "", 0)
	}
	return names[name]
}

// Contents is what the account holds now.
func (f *fake) Contents() sandbox.Contents {
	var all sandbox.Contents
	f.Locked(func() { all = f.store.contents() })
	return all.Sorted()
}

func (s *store) contents() sandbox.Contents {
	all := sandbox.Contents{Automations: s.automations, Runs: s.runs}
	for _, id := range s.ids {
		all.Contacts = append(all.Contacts, s.record(s.contacts[id]))
	}
	for _, t := range s.tags {
		all.Tags = append(all.Tags, t.name)
	}
	for _, field := range s.fields {
		all.Fields = append(all.Fields, field.label)
	}
	return all
}

func (s *store) record(c *contact) sandbox.Contact {
	r := sandbox.Contact{Email: c.emails[0].address, FirstName: c.given, LastName: c.family, State: stateName(c.emails[0].status)}
	for _, field := range s.fields {
		if value, found := c.fields[field.id]; found {
			if r.Fields == nil {
				r.Fields = map[string]string{}
			}
			r.Fields[field.label] = fmt.Sprint(value)
		}
	}
	for id := range c.tags {
		r.Tags = append(r.Tags, s.tags[id].name)
	}
	slices.Sort(r.Tags)
	return r
}

// stateName is the shared record's word for one of Keap's.
func stateName(status string) string {
	switch status {
	case "UNENGAGED_MARKETABLE", "SINGLE_OPT_IN", "DOUBLE_OPT_IN", "CONFIRMED":
		return "active"
	case "BOUNCE", "HARD_BOUNCE", "INVALID":
		return "bounced"
	case "NON_MARKETABLE", "UNENGAGED_NON_MARKETABLE", "":
		return "unconfirmed"
	}
	return "unsubscribed"
}
