package keap

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// store is what the account holds. The fake's lock guards it.
type store struct {
	f           *fake
	contacts    map[int64]*contact
	ids         []int64
	byEmail     map[string][]int64
	tags        map[int64]*tag
	categories  map[int64]string
	fields      []*field
	groups      []group
	hooks       []*hook
	automations []sandbox.Automation
	runs        []sandbox.Run
	lastContact int64
	lastOther   int64
}

type contact struct {
	id      int64
	given   string
	family  string
	emails  [3]email
	fields  map[int64]any
	tags    map[int64]time.Time
	created time.Time
	updated time.Time
}

// email is one of the three addresses of a contact, with the vendor's word for whether mail may be sent to it.
type email struct {
	address string
	status  string
}

type tag struct {
	id       int64
	name     string
	detail   string
	category int64
	contacts map[int64]time.Time
	sorted   []int64
	created  time.Time
	updated  time.Time
}

type field struct {
	id    int64
	label string
	kind  string
	group int64
}

type group struct {
	id   int64
	name string
}

type hook struct {
	key, url, event, status string
}

func newStore(f *fake) *store {
	return &store{f: f, contacts: map[int64]*contact{}, byEmail: map[string][]int64{}, tags: map[int64]*tag{},
		categories: map[int64]string{}, groups: []group{{id: 1, name: "General"}}, lastContact: 1000, lastOther: 100}
}

func (s *store) nextID() int64 {
	s.lastOther += 2
	return s.lastOther
}

// key is how an address is found again, by the switch email-case.
func (s *store) key(address string) string {
	address = strings.TrimSpace(address)
	if s.f.is("email-case", "fold") {
		return strings.ToLower(address)
	}
	return address
}

// add puts a new contact in, with the next id.
func (s *store) add(c *contact) {
	s.lastContact++
	c.id, c.created, c.updated = s.lastContact, now(), now()
	s.contacts[c.id] = c
	s.ids = append(s.ids, c.id)
	s.index(c)
}

func (s *store) index(c *contact) {
	for _, e := range c.emails {
		key := s.key(e.address)
		if key != "" && !slices.Contains(s.byEmail[key], c.id) {
			s.byEmail[key] = append(s.byEmail[key], c.id)
		}
	}
}

func (s *store) unindex(c *contact) {
	for _, e := range c.emails {
		key := s.key(e.address)
		s.byEmail[key] = slices.DeleteFunc(s.byEmail[key], func(id int64) bool { return id == c.id })
	}
}

// change lets a contact be changed with the index kept right.
func (s *store) change(c *contact, how func()) {
	s.unindex(c)
	how()
	c.updated = now()
	s.index(c)
}

func (s *store) remove(c *contact) {
	s.unindex(c)
	for id := range c.tags {
		s.tags[id].forget(c.id)
	}
	delete(s.contacts, c.id)
	at, _ := slices.BinarySearch(s.ids, c.id)
	s.ids = slices.Delete(s.ids, at, at+1)
}

// named are the contacts with an address, oldest first, by the switch email-match.
func (s *store) named(address string) []*contact {
	var found []*contact
	for _, id := range s.byEmail[s.key(address)] {
		c := s.contacts[id]
		if s.f.is("email-match", "any") || s.key(c.emails[0].address) == s.key(address) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *contact) int { return int(a.id - b.id) })
	return found
}

// twin is the contact that an upsert updates, nil when it makes a new one.
func (s *store) twin(address, given, family, option string) *contact {
	found := slices.DeleteFunc(s.named(address), func(c *contact) bool {
		return option != "Email" && (!strings.EqualFold(c.given, given) || !strings.EqualFold(c.family, family))
	})
	if len(found) == 0 {
		return nil
	}
	if s.f.is("upsert-target", "newest") {
		return found[len(found)-1]
	}
	return found[0]
}

// full says whether the plan allows no further contact.
func (s *store) full() bool {
	return s.f.Options().PlanLimit > 0 && len(s.contacts) >= s.f.Options().PlanLimit
}

// tagNamed finds a tag by name, by the switch tag-case.
func (s *store) tagNamed(name string) *tag {
	for _, t := range s.tags {
		if t.name == name || s.f.is("tag-case", "fold") && strings.EqualFold(t.name, name) {
			return t
		}
	}
	return nil
}

func (s *store) addTag(name, detail string, category int64) *tag {
	t := &tag{id: s.nextID(), name: name, detail: detail, category: category, contacts: map[int64]time.Time{}, created: now(), updated: now()}
	s.tags[t.id] = t
	return t
}

func (s *store) sortedTags() []*tag {
	all := make([]*tag, 0, len(s.tags))
	for _, t := range s.tags {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *tag) int { return int(a.id - b.id) })
	return all
}

// apply puts a tag on a contact and starts what waits for it. It says whether the tag is new there.
func (s *store) apply(t *tag, c *contact) bool {
	if _, there := c.tags[t.id]; there {
		return false
	}
	if c.tags == nil {
		c.tags = map[int64]time.Time{}
	}
	c.tags[t.id], t.contacts[c.id], t.sorted = now(), now(), nil
	s.start(t.name, c)
	return true
}

// start records the automations that begin; mail goes out for each. An empty tag stands for a new contact.
func (s *store) start(tagName string, c *contact) {
	s.runs = append(s.runs, sandbox.Started(s.automations, c.emails[0].address, tagName)...)
}

func (t *tag) forget(id int64) {
	delete(t.contacts, id)
	t.sorted = nil
}

// members are the ids of the contacts that carry the tag, in order.
func (t *tag) members() []int64 {
	if t.sorted == nil {
		for id := range t.contacts {
			t.sorted = append(t.sorted, id)
		}
		slices.Sort(t.sorted)
	}
	return t.sorted
}

func (s *store) fieldByID(id int64) *field {
	for _, f := range s.fields {
		if f.id == id {
			return f
		}
	}
	return nil
}

func (s *store) fieldLabelled(label string) *field {
	for _, f := range s.fields {
		if f.label == label {
			return f
		}
	}
	return nil
}

func (s *store) addField(label, kind string, group int64) *field {
	f := &field{id: s.nextID(), label: label, kind: kind, group: group}
	s.fields = append(s.fields, f)
	return f
}

// column is the name that filters use for a custom field: the label without what a column cannot have, and a digit.
func (f *field) column() string {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, f.label)
	return plain + strconv.FormatInt(f.id%10, 10)
}
