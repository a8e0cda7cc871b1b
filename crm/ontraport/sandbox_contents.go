package ontraport

import (
	"slices"
	"strings"

	"allyswitch/crm/sandbox"
)

// states are Ontraport's bulk_mail for the states of a contact.
func states() map[string]string {
	return map[string]string{"active": "1", "unsubscribed": "0", "unconfirmed": "-5", "bounced": "-2"}
}

// Load puts what an account holds into it, past the API. Nothing starts.
func (f *fake) Load(contents sandbox.Contents) {
	f.Locked(func() {
		for _, name := range contents.Tags {
			f.tagNamed(name)
		}
		for _, alias := range contents.Fields {
			f.fieldNamed(alias)
		}
		for _, contact := range contents.Contacts {
			f.loadContact(contact)
		}
		f.loadAutomations(contents.Automations)
		f.runs = append(f.runs, contents.Runs...)
	})
}

func (s *store) tagNamed(name string) *fakeTag {
	if tag := s.tagByName(name); tag != nil {
		return tag
	}
	return s.addTag(name)
}

func (s *store) fieldNamed(alias string) *fakeField {
	if field := s.fieldByAlias(alias); field != nil {
		return field
	}
	return s.addField(alias, "text", "Membership")
}

func (s *store) loadContact(contact sandbox.Contact) {
	values := map[string]string{"email": contact.Email, "firstname": contact.FirstName, "lastname": contact.LastName, "bulk_mail": states()[contact.State]}
	if contact.State == "" {
		values["bulk_mail"] = "1"
	}
	for alias, value := range contact.Fields {
		field := s.fieldNamed(alias)
		values[field.name] = value
		if at := slices.Index(field.options, value); at >= 0 {
			values[field.name] = itoa(at + 1)
		}
	}
	c := s.addContact(values)
	for _, name := range contact.Tags {
		c.tags = append(c.tags, s.tagNamed(name).id)
	}
}

// Contents is what it holds now.
func (f *fake) Contents() (contents sandbox.Contents) {
	f.Locked(func() {
		for _, c := range f.contacts {
			contents.Contacts = append(contents.Contacts, f.show(c))
		}
		for _, tag := range f.tags {
			if tag.object == "0" {
				contents.Tags = append(contents.Tags, tag.name)
			}
		}
		for _, field := range f.fields {
			contents.Fields = append(contents.Fields, field.alias)
		}
		contents.Automations, contents.Runs = f.automations, f.runs
		contents = contents.Sorted()
	})
	return contents
}

func (s *store) show(c *fakeContact) sandbox.Contact {
	shown := sandbox.Contact{Email: c.values["email"], FirstName: c.values["firstname"], LastName: c.values["lastname"], State: stateName(c.values["bulk_mail"])}
	for _, field := range s.fields {
		value := field.show(c.values[field.name])
		if value == "" {
			continue
		}
		if shown.Fields == nil {
			shown.Fields = map[string]string{}
		}
		shown.Fields[field.alias] = value
	}
	for _, id := range c.tags {
		if tag := s.tagByID(id); tag != nil {
			shown.Tags = append(shown.Tags, tag.name)
		}
	}
	return shown
}

// show is a stored value as Ontraport's own pages show it.
func (f *fakeField) show(stored string) string {
	if len(f.options) == 0 {
		return stored
	}
	var labels []string
	for _, id := range strings.Split(stored, "*/*") {
		if id != "" && id != "0" {
			labels = append(labels, f.option(id))
		}
	}
	return strings.Join(labels, ", ")
}

func (f *fakeField) option(id string) string {
	for i, label := range f.options {
		if itoa(i+1) == id {
			return label
		}
	}
	return "?"
}

func stateName(bulkMail string) string {
	if bulkMail == "2" {
		return "active"
	}
	for name, value := range states() {
		if value == bulkMail {
			return name
		}
	}
	return "active"
}
