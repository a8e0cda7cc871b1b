package crmtest

import (
	"sync"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// severalContacts: where several contacts may have one address, all of them are found, a write makes no further one, and they can be
// merged where the CRM can.
func severalContacts(w *world) {
	if !w.client.Features().EmailsRepeat {
		return
	}
	w.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{
		{Email: "twice@example.com", FirstName: "One", State: "active"}, {Email: "twice@example.com", FirstName: "Two", State: "active"},
		{Email: "once@example.com", FirstName: "Once", State: "active"},
	}})
	found := must[[]crm.Contact](w)(w.client.Find(w.ctx, "twice@example.com"))
	if len(found) != 2 || found[0].ID == found[1].ID {
		w.Fatalf("found %+v, want two contacts", found)
	}
	m := newMigration(w, []member{{email: "twice@example.com", fields: map[string]string{"customer_id": "7"}}})
	m.prepare()
	must[[]crm.Outcome](w)(w.client.Upsert(w.ctx, []crm.Contact{m.contact(m.members[0])}))
	w.wait()
	if held := len(w.sandbox.Contents().Contacts); held != 3 {
		w.Errorf("the CRM holds %d contacts after the write, want three", held)
	}
	merger, can := w.client.Merger()
	if !can {
		return
	}
	kept := must[crm.Contact](w)(merger.Merge(w.ctx, found[0].ID, found[1].ID))
	if kept.ID != found[0].ID {
		w.Errorf("kept %s, want %s", kept.ID, found[0].ID)
	}
	w.wait()
	w.contact("twice@example.com")
}

// manyAtOnce: a client lets no two writes to one contact happen at once.
func manyAtOnce(w *world) {
	m := newMigration(w, crowd(6))
	for i := range m.members {
		m.members[i].tags = nil
	}
	m.prepare()
	var wait sync.WaitGroup
	for range 4 {
		for _, member := range m.members {
			wait.Go(func() {
				if _, err := w.client.Upsert(w.ctx, []crm.Contact{m.contact(member)}); err != nil {
					w.Error(err)
				}
			})
		}
	}
	wait.Wait()
	w.wait()
	if held := len(w.sandbox.Contents().Contacts); held != len(m.members) {
		w.Errorf("the CRM holds %d contacts, want %d", held, len(m.members))
	}
}

// webhooks: what is made is listed, where the CRM has webhooks.
func webhooks(w *world) {
	hooks, can := w.client.Webhooks()
	if !can {
		return
	}
	before := must[[]crm.Webhook](w)(hooks.Webhooks(w.ctx))
	event := ""
	for _, hook := range before {
		event = hook.Event
	}
	const site = "https://site.example.com/hook"
	_, err := hooks.CreateWebhook(w.ctx, crm.Webhook{URL: site, Event: event})
	if trouble := asError(err); err != nil && (trouble == nil || !trouble.Sent) {
		w.definite(err, crm.KindInvalid, crm.KindUnsupported)
		return
	}
	for _, hook := range must[[]crm.Webhook](w)(hooks.Webhooks(w.ctx)) {
		if hook.ID != "" && hook.URL == site {
			return
		}
	}
	w.Errorf("the webhook is not listed; making it said: %v", err)
}
