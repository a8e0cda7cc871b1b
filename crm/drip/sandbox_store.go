package drip

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// store is what the account holds.
type store struct {
	options sandbox.Options
	people  []*person
	byID    map[string]*person
	byEmail map[string]*person
	// tags and fields are the names that came into being, in that order.
	tags        []string
	fields      []string
	hooks       []map[string]any
	workflows   []*workflow
	automations []sandbox.Automation
	runs        []sandbox.Run
	lastID      int
}

type person struct {
	id, email, status string
	// own are Drip's own values by key; fields the custom ones.
	own    map[string]any
	fields map[string]string
	tags   []string
	made   time.Time
}

type workflow struct {
	id, name, status string
	made             time.Time
}

func newStore(options sandbox.Options) *store {
	return &store{
		options: options, byID: map[string]*person{}, byEmail: map[string]*person{},
		tags: []string{}, fields: []string{}, hooks: []map[string]any{}, lastID: 100000,
	}
}

// is the setting of a switch.
func (s *store) is(name string) string { return s.options.Setting(Switches(), name) }

func (s *store) next() string {
	s.lastID++
	return strconv.Itoa(s.lastID)
}

// nextID is an ID of a person: 20 lower-case letters and digits.
func (s *store) nextID() string {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte("person " + s.next()))
	id := strconv.FormatUint(hash.Sum64(), 36) + strconv.FormatUint(hash.Sum64()*31, 36)
	return ("z" + id + "0000000000000000000")[:20]
}

// find is the person with an ID or address.
func (s *store) find(idOrEmail string) *person {
	if found := s.byID[idOrEmail]; found != nil {
		return found
	}
	return s.byEmail[strings.ToLower(idOrEmail)]
}

func (s *store) add(email, status string) *person {
	if s.is("email-case") == "lower" {
		email = strings.ToLower(email)
	}
	p := &person{id: s.nextID(), email: email, status: status, own: map[string]any{}, fields: map[string]string{}, made: time.Now().UTC().Truncate(time.Second)}
	s.people = append(s.people, p)
	s.byID[p.id], s.byEmail[strings.ToLower(email)] = p, p
	return p
}

func (s *store) drop(p *person) {
	s.people = slices.DeleteFunc(s.people, func(other *person) bool { return other == p })
	delete(s.byID, p.id)
	delete(s.byEmail, strings.ToLower(p.email))
}

func (s *store) full() bool { return s.options.PlanLimit > 0 && len(s.people) >= s.options.PlanLimit }

// tagName is what Drip makes of a tag's name.
func (s *store) tagName(name string) string {
	if s.is("tag-space") == "trimmed" {
		name = strings.TrimSpace(name)
	}
	if s.is("tag-case") == "fold" {
		for _, known := range s.tags {
			if strings.EqualFold(known, name) {
				return known
			}
		}
	}
	return name
}

// putTag puts a tag on a person, which may start automations. Again is harmless.
func (s *store) putTag(p *person, name string) {
	name = s.tagName(name)
	if !slices.Contains(s.tags, name) {
		s.tags = append(s.tags, name)
	}
	if slices.Contains(p.tags, name) {
		return
	}
	p.tags = append(p.tags, name)
	s.runs = append(s.runs, sandbox.Started(s.automations, p.email, name)...)
}

func (s *store) takeTag(p *person, name string) {
	name = s.tagName(name)
	p.tags = slices.DeleteFunc(p.tags, func(tag string) bool { return tag == name })
	if s.is("tag-list") == "carried" && !slices.ContainsFunc(s.people, func(p *person) bool { return slices.Contains(p.tags, name) }) {
		s.tags = slices.DeleteFunc(s.tags, func(tag string) bool { return tag == name })
	}
}

// setField writes one custom field, which comes into being with its first value. Blanks overwrite.
func (s *store) setField(p *person, name, value string) {
	if !slices.Contains(s.fields, name) {
		s.fields = append(s.fields, name)
	}
	if value == "" {
		delete(p.fields, name)
		return
	}
	p.fields[name] = value
}

// Load puts what an account holds into it, past the API. Nothing starts.
func (f *fake) Load(contents sandbox.Contents) {
	f.Locked(func() {
		for _, name := range contents.Tags {
			if name = f.tagName(name); !slices.Contains(f.tags, name) {
				f.tags = append(f.tags, name)
			}
		}
		for _, name := range contents.Fields {
			if !slices.Contains(f.fields, name) {
				f.fields = append(f.fields, name)
			}
		}
		for _, contact := range contents.Contacts {
			f.load(contact)
		}
		for _, automation := range contents.Automations {
			f.automations = append(f.automations, automation)
			if !automation.Rule { // Drip shows its rules to no program.
				f.workflows = append(f.workflows, &workflow{id: f.next(), name: automation.Name, status: statusOf(automation.Active), made: time.Now().UTC()})
			}
		}
		f.runs = append(f.runs, contents.Runs...)
	})
}

func statusOf(active bool) string {
	if active {
		return "active"
	}
	return "paused"
}

func (f *fake) load(contact sandbox.Contact) {
	status := map[string]string{"bounced": "undeliverable", "": "active"}[contact.State]
	if status == "" {
		status = contact.State
	}
	p := f.add(contact.Email, status)
	p.own["first_name"], p.own["last_name"] = contact.FirstName, contact.LastName
	for name, value := range contact.Fields {
		f.setField(p, name, value)
	}
	automations := f.automations
	f.automations = nil
	for _, tag := range contact.Tags {
		f.putTag(p, tag)
	}
	f.automations = automations
}

// Contents is what it holds now.
func (f *fake) Contents() (contents sandbox.Contents) {
	f.Locked(func() {
		for _, p := range f.people {
			contents.Contacts = append(contents.Contacts, p.show())
		}
		contents.Tags, contents.Fields = f.tags, f.fields
		contents.Automations, contents.Runs = f.automations, f.runs
		contents = contents.Sorted()
	})
	return contents
}

func (p *person) show() sandbox.Contact {
	first, _ := p.own["first_name"].(string)
	last, _ := p.own["last_name"].(string)
	shown := sandbox.Contact{Email: p.email, FirstName: first, LastName: last, State: p.status, Tags: p.tags}
	if p.status == "undeliverable" {
		shown.State = "bounced"
	}
	if len(p.fields) > 0 {
		shown.Fields = p.fields
	}
	return shown
}

var _ sandbox.Sandbox = (*fake)(nil)
