package crmtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// mostRepairs is how often what the read-back misses is sent again.
const mostRepairs = 6

// member is somebody to be moved.
type member struct {
	email, first, last string
	tags               []string
	// fields are by field name.
	fields map[string]string
	// mayBeRefused says that a CRM may say no to this member, in so many words: nothing of them is there then.
	mayBeRefused bool
}

// migration moves members as the program does: fields, tags, contacts, tags on contacts, read-back, repair.
type migration struct {
	*world
	members []member
	fields  map[string]crm.Field
	tags    map[string]crm.Tag

	mu       sync.Mutex
	problems map[string]error
}

func newMigration(w *world, members []member) *migration {
	return &migration{world: w, members: members, problems: map[string]error{}}
}

// run moves everybody and repairs what is missing. It fails the story when anything stays missing.
func (m *migration) run() {
	m.Helper()
	m.prepare()
	todo := m.members
	for round := 0; len(todo) > 0; round++ {
		if round == mostRepairs {
			m.Fatalf("%d members are still not as they should be, among them %s: %v", len(todo), todo[0].email, m.problems[address.Key(todo[0].email)])
		}
		m.write(todo)
		if !m.client.Features().TagsRideAlong {
			m.applyTags(todo)
		}
		m.wait()
		todo = m.missing()
	}
}

// prepare makes the fields and tags that the members need.
func (m *migration) prepare() {
	m.Helper()
	m.fields, m.tags = map[string]crm.Field{}, map[string]crm.Tag{}
	for _, member := range m.members {
		for name := range member.fields {
			if _, made := m.fields[name]; !made {
				m.fields[name] = must[crm.Field](m.world)(m.client.EnsureField(m.ctx, crm.Field{Name: name, Type: crm.FieldText}))
			}
		}
		for _, name := range member.tags {
			if _, made := m.tags[name]; !made {
				m.tags[name] = must[crm.Tag](m.world)(m.client.EnsureTag(m.ctx, name))
			}
		}
	}
}

// contact is a member as the driver wants it.
func (m *migration) contact(member member) crm.Contact {
	contact := crm.Contact{Email: member.email, FirstName: member.first, LastName: member.last, Fields: map[crm.FieldID]string{}}
	for name, value := range member.fields {
		contact.Fields[m.fields[name].ID] = value
	}
	if m.client.Features().TagsRideAlong {
		for _, name := range member.tags {
			contact.Tags = append(contact.Tags, m.tags[name])
		}
	}
	return contact
}

// write sends the members in batches, as many at once as the CRM allows.
func (m *migration) write(members []member) {
	var contacts []crm.Contact
	for _, member := range members {
		contacts = append(contacts, m.contact(member))
	}
	together(m.client.Features().InFlight, m.client.Batches(contacts), func(batch []crm.Contact) {
		outcomes, err := m.client.Upsert(m.ctx, batch)
		m.mu.Lock()
		defer m.mu.Unlock()
		for i, contact := range batch {
			m.note(contact.Email, outcomes, i, err)
		}
	})
}

func (m *migration) note(email string, outcomes []crm.Outcome, i int, err error) {
	key := address.Key(email)
	delete(m.problems, key)
	if i < len(outcomes) && outcomes[i].Err != nil {
		m.problems[key] = outcomes[i].Err
	} else if err != nil {
		m.problems[key] = err
	}
}

// together does the work for all items, so many at once.
func together[T any](workers int, items []T, work func(T)) {
	queue := make(chan T)
	var wait sync.WaitGroup
	for range max(workers, 1) {
		wait.Go(func() {
			for item := range queue {
				work(item)
			}
		})
	}
	for _, item := range items {
		queue <- item
	}
	close(queue)
	wait.Wait()
}

// applyTags puts each tag on those who should carry it, after finding out who they are in the CRM.
func (m *migration) applyTags(members []member) { m.tagAll(m.taggings(members)) }

// taggings are the calls that it takes, as few as the CRM allows.
func (m *migration) taggings(members []member) []tagging {
	ids := m.ids()
	var jobs []tagging
	for _, name := range slices.Sorted(maps.Keys(m.tags)) {
		var targets []crm.Target
		for _, member := range members {
			if id, there := ids[address.Key(member.email)]; there && slices.Contains(member.tags, name) {
				targets = append(targets, crm.Target{ID: id, Email: member.email})
			}
		}
		for chunk := range slices.Chunk(targets, max(m.client.Features().TagBatch, 1)) {
			jobs = append(jobs, tagging{m.tags[name], chunk})
		}
	}
	return jobs
}

func (m *migration) tagAll(jobs []tagging) {
	together(m.client.Features().InFlight, jobs, func(job tagging) {
		outcomes, err := m.client.ApplyTag(m.ctx, job.tag, job.targets)
		m.mu.Lock()
		defer m.mu.Unlock()
		for i, target := range job.targets {
			m.note(target.Email, outcomes, i, err)
		}
	})
}

type tagging struct {
	tag     crm.Tag
	targets []crm.Target
}

// ids are the contacts' IDs by key, as read from the CRM once reads have caught up.
func (m *migration) ids() map[string]crm.ContactID {
	m.wait()
	ids := map[string]crm.ContactID{}
	for _, contact := range m.read() {
		ids[address.Key(contact.Email)] = contact.ID
	}
	return ids
}

// read reads everybody, and starts again when the trouble is one that passes.
func (m *migration) read() []crm.Contact {
	m.Helper()
	for try := 1; ; try++ {
		var contacts []crm.Contact
		_, err := m.client.EachContact(m.ctx, func(contact crm.Contact) error {
			contacts = append(contacts, contact)
			return nil
		})
		if err == nil {
			return contacts
		}
		if try == mostRepairs || !crm.Passing(err) {
			m.Fatalf("read everybody: %v", err)
		}
		time.Sleep(time.Minute)
	}
}

// missing are the members whose contact, as read back, is not there or lacks something.
func (m *migration) missing() []member {
	m.Helper()
	found := map[string]crm.Contact{}
	for _, contact := range m.read() {
		found[address.Key(contact.Email)] = contact
	}
	carriers := m.carriers()
	var missing []member
	for _, member := range m.members {
		contact, there := found[address.Key(member.email)]
		if !there && m.refused(member) {
			continue
		}
		if !there || !m.complete(member, contact, carriers) {
			missing = append(missing, member)
		}
	}
	return missing
}

// refused says that the CRM has definitely said no to a member whom it may refuse.
func (m *migration) refused(member member) bool {
	return member.mayBeRefused && crm.IsKind(m.problems[address.Key(member.email)], crm.KindInvalid)
}

func (m *migration) complete(member member, contact crm.Contact, carriers map[string]map[string]bool) bool {
	if member.first != contact.FirstName && member.first != "" {
		return false
	}
	for name, value := range member.fields {
		if contact.FieldsKnown && contact.Fields[m.fields[name].ID] != value {
			return false
		}
	}
	for _, name := range member.tags {
		if carriers != nil && !carriers[name][address.Key(member.email)] && !carriers[name]["id "+string(contact.ID)] {
			return false
		}
		if carriers == nil && !carries(contact, name) {
			return false
		}
	}
	return true
}

func carries(contact crm.Contact, name string) bool {
	return contact.TagsKnown && slices.ContainsFunc(contact.Tags, func(tag crm.Tag) bool { return tag.Name == name })
}

// carriers are who carries each tag, where the pages of contacts do not say so; nil where they do.
func (m *migration) carriers() map[string]map[string]bool {
	m.Helper()
	if m.client.Features().TagsOnRead {
		return nil
	}
	carriers := map[string]map[string]bool{}
	for name, tag := range m.tags {
		who := map[string]bool{}
		must[int](m.world)(m.client.EachTagged(m.ctx, tag, func(target crm.Target) error {
			who["id "+string(target.ID)] = true
			if target.Email != "" {
				who[address.Key(target.Email)] = true
			}
			return nil
		}))
		carriers[name] = who
	}
	return carriers
}

// crowd is so many members with fields and a few tags each.
func crowd(count int) []member {
	members := make([]member, count)
	for i := range members {
		members[i] = member{
			email: fmt.Sprintf("member%04d@example.com", i), first: fmt.Sprintf("Ann%d", i), last: "O’Neill",
			fields: map[string]string{"customer_id": fmt.Sprint(1000 + i), "user_registered": "2024-02-29 10:00:00"},
			tags:   []string{"Members", "Course A"},
		}
		if i%3 == 0 {
			members[i].tags = []string{"Members", "Größe & Co"}
		}
	}
	return members
}

func asError(err error) *crm.Error {
	var trouble *crm.Error
	if errors.As(err, &trouble) {
		return trouble
	}
	return nil
}
