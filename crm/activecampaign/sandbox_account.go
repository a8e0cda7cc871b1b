package activecampaign

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// account is what the sandbox's account holds, and the rules by which it changes.
type account struct {
	options  sandbox.Options
	settings map[string]string
	later    func(time.Duration, func())
	contacts map[int]*person
	// order holds the ids of all contacts, rising; byEmail those that are not deleted, by address in lower case.
	order       []int
	byEmail     map[string]int
	tags        []*label
	fields      []*column
	automations []*flow
	lists       []*mailingList
	webhooks    []webhookJSON
	excluded    []string
	runs        []sandbox.Run
	imports     imports
	ids         map[string]int
}

// person is a contact.
type person struct {
	id                        int
	email, first, last, phone string
	created, updated          time.Time
	deleted                   bool
	tags                      map[int]link
	values                    map[int]value
	memberships               map[int]membership
}

// link is one row of contactTags.
type link struct {
	id   int
	made time.Time
}

type value struct {
	id   int
	text string
	made time.Time
}

type membership struct {
	id     int
	status int
}

type label struct {
	id          int
	name, kind  string
	description string
	made        time.Time
}

type column struct {
	id                   int
	title, kind, perstag string
	description          string
	relations            []relation
	made                 time.Time
	visible, ordernum    any
}

type relation struct{ id, list int }

type flow struct {
	id int
	sandbox.Automation
	made time.Time
}

type mailingList struct {
	id             int
	name, stringID string
	made           time.Time
}

func newAccount(options sandbox.Options) account {
	a := account{options: options, contacts: map[int]*person{}, byEmail: map[string]int{}, ids: map[string]int{"contact": 100, "tag": 10, "field": 0}}
	a.imports.batches = map[string]*batch{}
	a.settings = map[string]string{}
	for _, choice := range Switches() {
		a.settings[choice.Name] = options.Setting(Switches(), choice.Name)
	}
	return a
}

func (a *account) setting(name string) string { return a.settings[name] }

// next is a new id of a kind.
func (a *account) next(kind string) int {
	a.ids[kind]++
	return a.ids[kind]
}

// The list on which loaded contacts are.
const loadedList = "Members"

func (a *account) load(contents sandbox.Contents) {
	for _, automation := range contents.Automations {
		a.automations = append(a.automations, &flow{id: a.next("automation"), Automation: automation, made: time.Now()})
	}
	for _, name := range contents.Tags {
		a.tagNamed(name)
	}
	for _, title := range contents.Fields {
		a.fieldTitled(title)
	}
	for _, loaded := range contents.Contacts {
		a.loadContact(loaded)
	}
}

func (a *account) loadContact(loaded sandbox.Contact) {
	p := a.newPerson(loaded.Email)
	p.first, p.last = loaded.FirstName, loaded.LastName
	for _, name := range loaded.Tags {
		p.tags[a.tagNamed(name).id] = link{id: a.next("contactTag"), made: time.Now()}
	}
	for title, text := range loaded.Fields {
		a.setValue(p, a.fieldTitled(title).id, text)
	}
	if status := slices.Index(stateWords, loaded.State); status >= 0 {
		p.memberships[a.listNamed(loadedList).id] = membership{id: a.next("contactList"), status: status}
	}
}

// stateWords are the states of a list membership, by their numbers ("Contact").
var stateWords = []string{"unconfirmed", "active", "unsubscribed", "bounced"}

func (a *account) contents() sandbox.Contents {
	var contents sandbox.Contents
	for _, id := range a.order {
		if p := a.contacts[id]; !p.deleted {
			contents.Contacts = append(contents.Contacts, a.contentsOf(p))
		}
	}
	for _, tag := range a.tags {
		if tag.kind == "contact" {
			contents.Tags = append(contents.Tags, tag.name)
		}
	}
	for _, field := range a.fields {
		contents.Fields = append(contents.Fields, field.title)
	}
	for _, automation := range a.automations {
		contents.Automations = append(contents.Automations, automation.Automation)
	}
	contents.Runs = a.runs
	return contents
}

func (a *account) contentsOf(p *person) sandbox.Contact {
	contact := sandbox.Contact{Email: p.email, FirstName: p.first, LastName: p.last, State: p.state()}
	for _, tag := range a.tags {
		if _, carries := p.tags[tag.id]; carries {
			contact.Tags = append(contact.Tags, tag.name)
		}
	}
	for _, field := range a.fields {
		if held, there := p.values[field.id]; there && held.text != "" {
			if contact.Fields == nil {
				contact.Fields = map[string]string{}
			}
			contact.Fields[field.title] = held.text
		}
	}
	return contact
}

// state is the best of the memberships. A contact on no list has refused nothing.
func (p *person) state() string {
	for _, status := range []int{1, 0, 2, 3} {
		for _, membership := range p.memberships {
			if membership.status == status {
				return stateWords[status]
			}
		}
	}
	return "active"
}

func (a *account) bounced(p *person) bool { return p.state() == "bounced" }

// newPerson makes a contact without starting anything.
func (a *account) newPerson(email string) *person {
	if a.setting(switchEmailCase) == "lower" {
		email = strings.ToLower(email)
	}
	p := &person{
		id: a.next("contact"), email: email, created: time.Now(), updated: time.Now(),
		tags: map[int]link{}, values: map[int]value{}, memberships: map[int]membership{},
	}
	a.contacts[p.id] = p
	a.order = append(a.order, p.id)
	a.byEmail[strings.ToLower(email)] = p.id
	return p
}

// personWith finds the contact of an address, whatever its case.
func (a *account) personWith(email string) *person {
	if id, there := a.byEmail[strings.ToLower(email)]; there {
		return a.contacts[id]
	}
	return nil
}

// person finds a contact that is not deleted.
func (a *account) person(id int) *person {
	if p := a.contacts[id]; p != nil && !p.deleted {
		return p
	}
	return nil
}

// remove deletes a contact; depending on a switch its row lingers under a made-up address.
func (a *account) remove(p *person) {
	delete(a.byEmail, strings.ToLower(p.email))
	p.deleted, p.email = true, "deleted+"+digits(p.id)+"@"+sandboxAccount+".example"
	if a.setting(switchDeleted) != "flagged" {
		delete(a.contacts, p.id)
		at, _ := slices.BinarySearch(a.order, p.id)
		a.order = slices.Delete(a.order, at, at+1)
	}
}

// living is how many contacts count for the plan.
func (a *account) living() int { return len(a.byEmail) }

// tag finds a contact tag by its id.
func (a *account) tag(id int) *label {
	for _, tag := range a.tags {
		if tag.id == id {
			return tag
		}
	}
	return nil
}

// tagLike finds a contact tag by its name, without regard to case.
func (a *account) tagLike(name string) *label {
	for _, tag := range a.tags {
		if tag.kind == "contact" && equal(tag.name, name) {
			return tag
		}
	}
	return nil
}

// tagNamed finds a contact tag or makes it.
func (a *account) tagNamed(name string) *label {
	if tag := a.tagLike(name); tag != nil {
		return tag
	}
	tag := &label{id: a.next("tag"), name: name, kind: "contact", made: time.Now()}
	a.tags = append(a.tags, tag)
	return tag
}

func (a *account) field(id int) *column {
	for _, field := range a.fields {
		if field.id == id {
			return field
		}
	}
	return nil
}

func (a *account) fieldTitled(title string) *column {
	for _, field := range a.fields {
		if equal(field.title, title) {
			return field
		}
	}
	field := &column{id: a.next("field"), title: title, kind: "text", perstag: a.freePerstag(title), made: time.Now(), visible: "1", ordernum: "1"}
	field.relations = []relation{{id: a.next("fieldRel")}}
	a.fields = append(a.fields, field)
	return field
}

// perstag normalises a personalization tag: upper case, no spaces.
func perstag(text string) string { return strings.ToUpper(strings.ReplaceAll(text, " ", "")) }

func (a *account) perstagTaken(tag string) bool {
	return slices.ContainsFunc(a.fields, func(field *column) bool { return field.perstag == tag })
}

// freePerstag makes a personalization tag from a title, with a number behind it when it is taken.
func (a *account) freePerstag(title string) string {
	wanted := strings.ToUpper(strings.ReplaceAll(title, " ", "_"))
	for tag, n := wanted, 1; ; n++ {
		if !a.perstagTaken(tag) {
			return tag
		}
		tag = wanted + strconv.Itoa(n)
	}
}

func (a *account) listNamed(name string) *mailingList {
	for _, list := range a.lists {
		if list.name == name {
			return list
		}
	}
	list := &mailingList{id: a.next("list"), name: name, stringID: strings.ToLower(name), made: time.Now()}
	a.lists = append(a.lists, list)
	return list
}

// setValue writes a field of a contact; a blank overwrites.
func (a *account) setValue(p *person, field int, text string) {
	held, there := p.values[field]
	if !there {
		held = value{id: a.next("fieldValue"), made: time.Now()}
	}
	held.text = text
	p.values[field] = held
}

// addTag puts a tag on a contact, and starts what it starts unless quiet.
func (a *account) addTag(p *person, tag *label, quiet bool) (added bool) {
	if _, there := p.tags[tag.id]; there {
		return false
	}
	p.tags[tag.id] = link{id: a.next("contactTag"), made: time.Now()}
	if !quiet {
		a.runs = append(a.runs, a.started(p.email, tag.name)...)
	}
	return true
}

// started are the automations that a tag, or a new contact, starts.
func (a *account) started(email, tag string) []sandbox.Run {
	automations := make([]sandbox.Automation, 0, len(a.automations))
	for _, automation := range a.automations {
		automations = append(automations, automation.Automation)
	}
	return sandbox.Started(automations, email, tag)
}

// subscribe changes a list membership. Nobody who unsubscribed is subscribed again unless forced.
func (a *account) subscribe(p *person, list, status int, forced bool) membership {
	held, there := p.memberships[list]
	switch {
	case !there:
		held = membership{id: a.next("contactList"), status: status}
	case held.status != 2 || status != 1 || forced:
		held.status = status
	}
	p.memberships[list] = held
	return held
}
