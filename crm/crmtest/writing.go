package crmtest

import (
	"context"
	"errors"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// awkward are members as real sites have them.
func awkward() []member {
	fields := map[string]string{"customer_id": "7"}
	return []member{
		{email: "ada@example.com", first: "Ada", last: "Lovelace", fields: fields},
		{email: "ada+news@example.com", first: "Ada", last: "Twice", fields: fields},
		{email: "a.d.a@example.com", first: "Ada", last: "Dotted", fields: fields},
		{email: "Grace.Hopper@Example.ORG", first: "Grace", last: "Hopper", fields: fields},
		{email: "o'brien@example.net", first: "Conan", last: "O'Brien", fields: fields},
		{email: "nguyen@example.com", first: "Nguyễn Thị Minh", last: "Khai", fields: fields},
		{email: "jose@example.com", first: "José \"Pepe\"", last: "Núñez & Söhne", fields: fields},
		{email: "emoji@example.com", first: "Zoë 🌻", last: "Łukasz", fields: map[string]string{"customer_id": "x; y, \"z\" <b> & c"}},
		{email: "formula@example.com", first: "=1+1", last: "-2", fields: fields},
		{email: "long.name@example.com", first: strings.Repeat("Wolfeschlegel ", 4) + "Hans", last: "Null", fields: fields, mayBeRefused: true},
		{email: "nameless@example.com", fields: map[string]string{"customer_id": "0"}},
	}
}

// awkwardMembers: names and values arrive as they are; addresses that look alike stay apart; twice is once.
func awkwardMembers(w *world) {
	m := newMigration(w, awkward())
	m.run()
	again := newMigration(w, awkward())
	again.client = w.open(w.settings())
	again.run()
	refused := 0
	for _, member := range awkward() {
		if m.refused(member) {
			refused++
			continue
		}
		contact := w.contact(member.email)
		if contact.FirstName != member.first {
			w.Errorf("%s is called %q, want %q", member.email, contact.FirstName, member.first)
		}
		m.compareFields(member, contact)
	}
	if held := len(w.sandbox.Contents().Contacts); held != len(awkward())-refused {
		w.Errorf("the CRM holds %d contacts, want %d", held, len(awkward())-refused)
	}
}

// compareFields compares what the sandbox holds with what was to be written. A sandbox may call a field by its name or by its ID.
func (m *migration) compareFields(member member, contact sandbox.Contact) {
	m.Helper()
	for name, want := range member.fields {
		field := m.fields[name]
		if contact.Fields[name] != want && contact.Fields[string(field.ID)] != want && contact.Fields[field.Name] != want {
			m.Errorf("%s has the fields %q, want %s = %q", member.email, contact.Fields, name, want)
		}
	}
}

// nothingIsLost: what a member's contact held before, and whether it may be mailed, outlives a write.
func nothingIsLost(w *world) {
	before := sandbox.Contents{
		Fields: []string{"customer_id", "shoe_size"}, Tags: []string{"Old friend"},
		Contacts: []sandbox.Contact{
			{Email: "left@example.com", FirstName: "Lea", LastName: "Left", State: "unsubscribed", Tags: []string{"Old friend"}, Fields: map[string]string{"shoe_size": "41"}},
			{Email: "bounced@example.com", FirstName: "Bo", LastName: "Unced", State: "bounced", Fields: map[string]string{"shoe_size": "42", "customer_id": "1"}},
			{Email: "active@example.com", FirstName: "Act", LastName: "Ive", State: "active", Fields: map[string]string{"shoe_size": "43", "customer_id": "2"}},
		},
	}
	w.sandbox.Load(before)
	held := map[string]sandbox.Contact{}
	for _, contact := range w.sandbox.Contents().Contacts {
		held[contact.Email] = contact
	}
	m := newMigration(w, []member{
		{email: "left@example.com", fields: map[string]string{"customer_id": "9"}, tags: []string{"Members"}},
		{email: "bounced@example.com", first: "Bo", fields: map[string]string{"customer_id": "1"}, tags: []string{"Members"}},
		{email: "active@example.com", tags: []string{"Members"}},
	})
	m.prepare()
	blank := m.contact(m.members[2])
	blank.Fields[m.fields["customer_id"].ID] = ""
	must[[]crm.Outcome](w)(w.client.Upsert(w.ctx, []crm.Contact{blank}))
	m.run()
	for _, old := range before.Contacts {
		w.keeps(held[old.Email], w.contact(old.Email))
	}
}

// keeps checks that a contact still is what it was, but for customer_id and the new tag.
func (w *world) keeps(old, now sandbox.Contact) {
	w.Helper()
	if now.State != old.State {
		w.Errorf("%s was %s and is %s", old.Email, old.State, now.State)
	}
	if now.FirstName != old.FirstName || now.LastName != old.LastName {
		w.Errorf("%s was called %q %q and is %q %q", old.Email, old.FirstName, old.LastName, now.FirstName, now.LastName)
	}
	for name, value := range old.Fields {
		if now.Fields[name] != value {
			w.Errorf("%s had %s = %q and has %q", old.Email, name, value, now.Fields[name])
		}
	}
	for _, tag := range append(old.Tags, "Members") {
		if count(now.Tags, tag) != 1 {
			w.Errorf("%s has the tags %q, want %q once", old.Email, now.Tags, tag)
		}
	}
}

// badRow: an address that the CRM refuses costs nobody else anything.
func badRow(w *world) {
	m := newMigration(w, []member{
		{email: "first@example.com", first: "First"}, {email: "not an address", first: "Bad"}, {email: "last@example.com", first: "Last"},
	})
	m.prepare()
	outcomes := map[string]crm.Outcome{}
	var contacts []crm.Contact
	for _, member := range m.members {
		contacts = append(contacts, m.contact(member))
	}
	for _, batch := range w.client.Batches(contacts) {
		answers, err := w.client.Upsert(w.ctx, batch)
		if err != nil && len(batch) > 1 {
			w.Fatalf("a bad row spoilt the whole batch: %v", err)
		}
		for i, contact := range batch {
			outcomes[contact.Email] = crm.Outcome{Result: crm.Failed, Err: err}
			if err == nil {
				outcomes[contact.Email] = answers[i]
			}
		}
	}
	settlement := w.wait()
	for _, email := range []string{"first@example.com", "last@example.com"} {
		if w.contact(email); outcomes[email].Result == crm.Failed || outcomes[email].Result == crm.Unknown {
			w.Errorf("%s: %+v", email, outcomes[email])
		}
	}
	bad := outcomes["not an address"]
	if bad.Result == crm.Created || bad.Result == crm.Updated || bad.ID != "" {
		w.Errorf("the bad row is said to be %+v", bad)
	}
	if bad.Result == crm.Queued && len(settlement.Rejected) == 0 {
		w.Log("the CRM does not tell that the bad row was dropped; the read-back does")
	}
	if held := len(w.sandbox.Contents().Contacts); held != 2 {
		w.Errorf("the CRM holds %d contacts, want two", held)
	}
}

// takeBack: what the features promise to take back, goes; for the rest the driver says so.
func takeBack(w *world) {
	remover, can := w.client.Remover()
	if !can {
		return
	}
	m := newMigration(w, crowd(3))
	m.run()
	f := w.client.Features()
	targets := m.targets()
	outcomes, err := remover.RemoveTag(w.ctx, m.tags["Members"], targets[:1])
	w.allowed(f.CanUntag, firstError(outcomes, err))
	w.wait()
	if has := count(w.contact(targets[0].Email).Tags, "Members") == 1; has == f.CanUntag {
		w.Errorf("untag possible: %v, but the tag is there: %v", f.CanUntag, has)
	}
	w.allowed(f.CanDeleteContact, remover.DeleteContact(w.ctx, targets[1]))
	w.wait()
	if gone := len(w.sandbox.Contents().Contacts) == 2; gone != f.CanDeleteContact {
		w.Errorf("deleting contacts possible: %v, but it is gone: %v", f.CanDeleteContact, gone)
	}
	w.allowed(f.CanDeleteTag, remover.DeleteTag(w.ctx, m.tags["Course A"]))
	w.wait()
	if gone := count(w.sandbox.Contents().Tags, "Course A") == 0; gone != f.CanDeleteTag {
		w.Errorf("deleting tags possible: %v, but it is gone: %v", f.CanDeleteTag, gone)
	}
	fields := len(w.sandbox.Contents().Fields)
	w.allowed(f.CanDeleteField, remover.DeleteField(w.ctx, m.fields["customer_id"]))
	if gone := len(w.sandbox.Contents().Fields) < fields; gone != f.CanDeleteField {
		w.Errorf("deleting fields possible: %v, but it is gone: %v", f.CanDeleteField, gone)
	}
}

func firstError(outcomes []crm.Outcome, err error) error {
	for _, outcome := range outcomes {
		err = errors.Join(err, outcome.Err)
	}
	return err
}

// allowed checks that something is done when it can be, and refused as unsupported when it cannot.
func (w *world) allowed(can bool, err error) {
	w.Helper()
	if can && err != nil {
		w.Errorf("the features promise it, but: %v", err)
	}
	if !can && !crm.IsKind(err, crm.KindUnsupported) {
		w.Errorf("the features do not promise it, and the error is: %v", err)
	}
}

// targets are the members as contacts in the CRM, in order.
func (m *migration) targets() []crm.Target {
	ids := m.ids()
	var targets []crm.Target
	for _, member := range m.members {
		targets = append(targets, crm.Target{ID: ids[member.email], Email: member.email})
	}
	return targets
}

// stopping: a call that nobody waits for any more sends nothing, and one that is stopped half-way ends at once.
func stopping(w *world) {
	m := newMigration(w, crowd(1))
	m.prepare()
	sent := w.sandbox.Traffic().Requests
	ctx, stop := context.WithCancel(w.ctx)
	stop()
	_, err := w.client.Upsert(ctx, []crm.Contact{m.contact(m.members[0])})
	if !errors.Is(err, context.Canceled) {
		w.Errorf("a stopped call says %v", err)
	}
	if now := w.sandbox.Traffic().Requests; now != sent {
		w.Errorf("%d requests went out after the stop", now-sent)
	}

	settings := w.settings()
	settings.Transport = deaf{}
	client := w.open(settings)
	ctx, cancel := context.WithTimeout(w.ctx, time.Second)
	defer cancel()
	start := time.Now()
	_, err = client.Upsert(ctx, []crm.Contact{m.contact(m.members[0])})
	if err == nil || time.Since(start) > 2*time.Second {
		w.Errorf("a call that was stopped after a second came back after %v with %v", time.Since(start), err)
	}
}
