package kit

import (
	"encoding/base64"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/address"
	"allyswitch/crm/sandbox"
)

// store is what the account holds. Numbers count up, so that every slice is in the order of its numbers.
type store struct {
	people      []*person
	byAddress   map[string]*person
	tags        []*label
	fields      []*customLabel
	hooks       []hook
	automations []sandbox.Automation
	runs        []sandbox.Run
	lastID      map[string]int64
	// queued is how many bytes of bulk requests wait to be worked on.
	queued int
}

// firstSubscriber is above what 32 bits hold, as real ones are soon.
const firstSubscriber = 22_000_000_000

func newStore() *store {
	return &store{byAddress: map[string]*person{}, lastID: map[string]int64{"person": firstSubscriber, "tag": 4_000_000, "field": 900_000}}
}

func (s *store) nextID(kind string) int64 {
	s.lastID[kind]++
	return s.lastID[kind]
}

// label is a tag.
type label struct {
	id      int64
	name    string
	created time.Time
	// listed is when lists begin to show it.
	listed time.Time
}

// customLabel is a custom field.
type customLabel struct {
	id         int64
	label, key string
	created    time.Time
	listed     time.Time
}

func (c *customLabel) name() string { return "ck_field_" + strconv.FormatInt(c.id, 10) + "_" + c.key }

// person is a subscriber: as it is now, and as lists show it.
type person struct {
	id      int64
	created time.Time
	now     record
	// listed is nil while lists do not show the person at all; pending are the changes that they do not show yet, in order.
	listed  *record
	pending []change
}

// record is a subscriber at one moment. It is replaced, never changed.
type record struct {
	email, first, state string
	updated, cancelled  time.Time
	fields              map[int64]string
	tags                map[int64]time.Time
}

type change struct {
	due    time.Time
	record record
}

// change replaces the record; lists follow after a delay, and never show a later change before an earlier one.
func (p *person) change(next record, due time.Time) {
	p.now = next
	if len(p.pending) > 0 && due.Before(p.pending[len(p.pending)-1].due) {
		due = p.pending[len(p.pending)-1].due
	}
	p.pending = append(p.pending, change{due, next})
}

// visible is what lists show at a moment; nil when nothing yet.
func (p *person) visible(now time.Time) *record {
	for len(p.pending) > 0 && !p.pending[0].due.After(now) {
		p.listed = &p.pending[0].record
		p.pending = p.pending[1:]
	}
	return p.listed
}

// withTag and withField are the record with one thing changed.
func (r record) withTag(id int64, at time.Time) record {
	r.tags, r.updated = maps.Clone(r.tags), at
	if r.tags == nil {
		r.tags = map[int64]time.Time{}
	}
	r.tags[id] = at
	return r
}

func (r record) withoutTag(id int64) record {
	r.tags = maps.Clone(r.tags)
	delete(r.tags, id)
	return r
}

func (r record) withField(id int64, value string) record {
	r.fields = maps.Clone(r.fields)
	if r.fields == nil {
		r.fields = map[int64]string{}
	}
	r.fields[id] = value
	return r
}

func (s *store) person(id int64) *person {
	at, found := slices.BinarySearchFunc(s.people, id, func(p *person, id int64) int { return compare(p.id, id) })
	if !found {
		return nil
	}
	return s.people[at]
}

func (s *store) personAt(email string) *person { return s.byAddress[address.Key(email)] }

func (s *store) addPerson(created time.Time, first record) *person {
	p := &person{id: s.nextID("person"), created: created, now: first}
	s.people = append(s.people, p)
	s.byAddress[address.Key(first.email)] = p
	return p
}

// activeCount is how many the plan counts.
func (s *store) activeCount() int {
	count := 0
	for _, p := range s.people {
		if p.now.state == "active" {
			count++
		}
	}
	return count
}

func (s *store) tag(id int64) *label {
	for _, one := range s.tags {
		if one.id == id {
			return one
		}
	}
	return nil
}

// tagLike finds a tag by name, with or without regard to case.
func (s *store) tagLike(name string, fold bool) *label {
	for _, one := range s.tags {
		if one.name == name || fold && strings.EqualFold(one.name, name) {
			return one
		}
	}
	return nil
}

func (s *store) addTag(name string, created, listed time.Time) *label {
	one := &label{id: s.nextID("tag"), name: name, created: created, listed: listed}
	s.tags = append(s.tags, one)
	return one
}

func (s *store) tagNamed(name string, created time.Time) *label {
	if found := s.tagLike(name, false); found != nil {
		return found
	}
	return s.addTag(name, created, created)
}

func (s *store) field(id int64) *customLabel {
	for _, one := range s.fields {
		if one.id == id {
			return one
		}
	}
	return nil
}

func (s *store) fieldLike(matches func(*customLabel) bool) *customLabel {
	if at := slices.IndexFunc(s.fields, matches); at >= 0 {
		return s.fields[at]
	}
	return nil
}

func (s *store) fieldKeyed(key string) *customLabel {
	return s.fieldLike(func(c *customLabel) bool { return c.key == key })
}

// addField makes a custom field with a key of its own.
func (s *store) addField(label string, at time.Time) *customLabel {
	base := keyOf(label)
	key := base
	for n := 2; s.fieldKeyed(key) != nil; n++ {
		key = base + "_" + strconv.Itoa(n)
	}
	one := &customLabel{id: s.nextID("field"), label: label, key: key, created: at, listed: at}
	s.fields = append(s.fields, one)
	return one
}

func (s *store) fieldLabelled(label string, at time.Time) *customLabel {
	if found := s.fieldLike(func(c *customLabel) bool { return c.label == label }); found != nil {
		return found
	}
	return s.addField(label, at)
}

// keyOf makes a key of a label: "an ASCII-only, lowercased, underscored representation" (Create a custom field).
func keyOf(label string) string {
	words := strings.FieldsFunc(strings.ToLower(label), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "_")
}

// load puts a contact there as if it had been there for long.
func (s *store) load(contact sandbox.Contact, before time.Time) {
	state := vendorState[contact.State]
	if state == "" {
		state = "active"
	}
	r := record{email: contact.Email, first: contact.FirstName, state: state, updated: before, fields: map[int64]string{}, tags: map[int64]time.Time{}}
	for name, value := range contact.Fields {
		r.fields[s.fieldLabelled(name, before).id] = value
	}
	if contact.LastName != "" {
		field := s.fieldKeyed(lastNameKey)
		if field == nil {
			field = s.addField(lastNameLabel, before)
		}
		r.fields[field.id] = contact.LastName
	}
	for _, name := range contact.Tags {
		r.tags[s.tagNamed(name, before).id] = before
	}
	p := s.personAt(contact.Email)
	if p == nil {
		p = s.addPerson(before, r)
	}
	p.change(r, before)
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// listedAt is when lists will show what is written now: half of it within 30 s, and all within 5 min.
func (f *fake) listedAt() time.Time {
	var delay time.Duration
	switch f.setting(switchLateness) {
	case "none":
	case "longest":
		delay = readLag
	default:
		halves := -math.Log2(1 - f.dice.Float64())
		delay = min(readLag, time.Duration(halves*float64(30*time.Second)))
	}
	return time.Now().Add(f.Scale(delay))
}

// listedToo is the same for tags and custom fields, whose lists are current unless everything is late.
func (f *fake) listedToo() time.Time {
	if f.setting(switchLateness) == "everything" {
		return f.listedAt()
	}
	return time.Now()
}

// stamp writes a moment as Kit does: whole seconds of UTC.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

func encodeCursor(id int64) string {
	return base64.StdEncoding.EncodeToString([]byte("[" + strconv.FormatInt(id, 10) + "]"))
}

func decodeCursor(cursor string) (int64, bool) {
	raw, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	id, err := strconv.ParseInt(strings.Trim(string(raw), "[]"), 10, 64)
	return id, err == nil
}
