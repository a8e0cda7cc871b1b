package ontraport

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// store is what the account holds.
type store struct {
	options  sandbox.Options
	contacts []*fakeContact
	byID     map[int]*fakeContact
	byEmail  map[string][]*fakeContact
	tags     []*fakeTag
	fields   []*fakeField
	hooks    []map[string]any
	// sections are the ids of the field editor's sections, by name.
	sections    map[string]int
	automations []sandbox.Automation
	runs        []sandbox.Run
	lastID      int
}

type fakeContact struct {
	id     int
	values map[string]string
	tags   []int
	made   time.Time
	edited time.Time
}

type fakeTag struct {
	id     int
	name   string
	object string
}

type fakeField struct {
	name, alias, kind string
	section           string
	// options are the labels of a dropdown or list; their ids count from 1.
	options []string
}

func newStore(options sandbox.Options) *store {
	return &store{
		options:  options,
		byID:     map[int]*fakeContact{},
		byEmail:  map[string][]*fakeContact{},
		sections: map[string]int{"Contact Information": 1},
		// Numbers begin where they do not look alike, so that one taken for another shows.
		lastID: 1000,
		hooks:  []map[string]any{},
		tags:   []*fakeTag{{id: 900, name: "Not a contact's", object: "1"}},
	}
}

// is the setting of a switch.
func (s *store) is(name string) string { return s.options.Setting(Switches(), name) }

func (s *store) next() int {
	s.lastID++
	return s.lastID
}

// emailKey is what two addresses are compared by.
func (s *store) emailKey(email string) string {
	if s.is("email-case") == "fold" {
		return strings.ToLower(email)
	}
	return email
}

func (s *store) addContact(values map[string]string) *fakeContact {
	c := &fakeContact{id: s.next(), values: values, made: time.Now(), edited: time.Now()}
	s.contacts = append(s.contacts, c)
	s.byID[c.id] = c
	key := s.emailKey(values["email"])
	s.byEmail[key] = append(s.byEmail[key], c)
	return c
}

func (s *store) dropContact(c *fakeContact) {
	same := func(other *fakeContact) bool { return other == c }
	s.contacts = slices.DeleteFunc(s.contacts, same)
	delete(s.byID, c.id)
	key := s.emailKey(c.values["email"])
	s.byEmail[key] = slices.DeleteFunc(s.byEmail[key], same)
}

// after is all contacts with a higher id.
func (s *store) after(id int) []*fakeContact {
	at, _ := slices.BinarySearchFunc(s.contacts, id+1, func(c *fakeContact, id int) int { return cmp.Compare(c.id, id) })
	return s.contacts[at:]
}

func (s *store) tagByID(id int) *fakeTag {
	for _, tag := range s.tags {
		if tag.id == id {
			return tag
		}
	}
	return nil
}

func (s *store) tagByName(name string) *fakeTag {
	for _, tag := range s.tags {
		if tag.object == "0" && (tag.name == name || s.is("tag-case") == "fold" && strings.EqualFold(tag.name, name)) {
			return tag
		}
	}
	return nil
}

func (s *store) addTag(name string) *fakeTag {
	tag := &fakeTag{id: s.next(), name: name, object: "0"}
	s.tags = append(s.tags, tag)
	return tag
}

func (s *store) field(name string) *fakeField {
	for _, field := range s.fields {
		if field.name == name {
			return field
		}
	}
	return nil
}

func (s *store) fieldByAlias(alias string) *fakeField {
	for _, field := range s.fields {
		if field.alias == alias {
			return field
		}
	}
	return nil
}

func (s *store) addField(alias, kind, section string, options ...string) *fakeField {
	if s.sections[section] == 0 {
		s.sections[section] = len(s.sections) + 1
	}
	field := &fakeField{name: "f" + itoa(s.next()), alias: alias, kind: kind, section: section, options: options}
	s.fields = append(s.fields, field)
	return field
}

// putTag puts a tag on a contact, which may start automations. Again is harmless.
func (s *store) putTag(c *fakeContact, tag *fakeTag) {
	if slices.Contains(c.tags, tag.id) {
		return
	}
	c.tags = append(c.tags, tag.id)
	s.runs = append(s.runs, sandbox.Started(s.automations, c.values["email"], tag.name)...)
}

func (s *store) takeTag(c *fakeContact, tag int) {
	c.tags = slices.DeleteFunc(c.tags, func(id int) bool { return id == tag })
}

// full says that the plan has no room for another contact.
func (s *store) full() bool {
	return s.options.PlanLimit > 0 && len(s.contacts) >= s.options.PlanLimit
}
