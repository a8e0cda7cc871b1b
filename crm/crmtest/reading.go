package crmtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/crm/sandbox"
)

// findExactly: an address finds its own contact and nobody else's.
func findExactly(w *world) {
	m := newMigration(w, awkward())
	m.run()
	for _, member := range awkward() {
		if m.refused(member) {
			continue
		}
		found := must[[]crm.Contact](w)(w.client.Find(w.ctx, member.email))
		if len(found) != 1 || address.Key(found[0].Email) != address.Key(member.email) || found[0].FirstName != member.first {
			w.Errorf("%s finds %+v", member.email, found)
		}
	}
	if found := must[[]crm.Contact](w)(w.client.Find(w.ctx, "ADA+NEWS@example.com")); len(found) != 1 {
		w.Errorf("in capitals %d are found, want one", len(found))
	}
	for _, stranger := range []string{"nobody@example.com", "da@example.com", "ada@example.co", "ada+other@example.com"} {
		if found := must[[]crm.Contact](w)(w.client.Find(w.ctx, stranger)); len(found) != 0 {
			w.Errorf("%s finds %+v", stranger, found)
		}
	}
}

// readEverybody: people of all states are read over several pages, once each, with what they hold.
func readEverybody(w *world) {
	states := []string{"active", "unsubscribed", "unconfirmed", "bounced"}
	loaded := sandbox.Contents{Fields: []string{"customer_id"}, Tags: []string{"Members"}}
	for i := range 2*w.client.Features().PageSize + 3 {
		loaded.Contacts = append(loaded.Contacts, sandbox.Contact{
			Email: fmt.Sprintf("reader%05d@example.com", i), FirstName: fmt.Sprint("R", i), State: states[i%len(states)],
			Tags: []string{"Members"}, Fields: map[string]string{"customer_id": fmt.Sprint(i)},
		})
	}
	w.sandbox.Load(loaded)
	held := w.byKey()
	read := map[string]crm.Contact{}
	count := must[int](w)(w.client.EachContact(w.ctx, func(contact crm.Contact) error {
		read[address.Key(contact.Email)] = contact
		return nil
	}))
	if count != len(loaded.Contacts) || len(read) != count {
		w.Fatalf("read %d contacts (%d addresses), want %d", count, len(read), len(loaded.Contacts))
	}
	for key, want := range held {
		w.compareRead(want, read[key])
	}
	w.compareTagged(len(loaded.Contacts))
}

func (w *world) byKey() map[string]sandbox.Contact {
	held := map[string]sandbox.Contact{}
	for _, contact := range w.sandbox.Contents().Contacts {
		held[address.Key(contact.Email)] = contact
	}
	return held
}

// compareRead compares a contact as it was read with what the sandbox holds.
func (w *world) compareRead(want sandbox.Contact, got crm.Contact) {
	w.Helper()
	if got.FirstName != want.FirstName || got.ID == "" {
		w.Errorf("%s was read as %+v", want.Email, got)
	}
	mayMail := got.State == crm.StateActive
	if mayMail != (want.State == "active") && got.State != crm.StateUnknown {
		w.Errorf("%s is %s and was read as %s", want.Email, want.State, got.State)
	}
	features := w.client.Features()
	if features.TagsOnRead && (!got.TagsKnown || len(got.Tags) != len(want.Tags)) {
		w.Errorf("%s has the tags %q and was read with %+v", want.Email, want.Tags, got.Tags)
	}
	if got.FieldsKnown && len(got.Fields) == 0 {
		w.Errorf("%s was read without fields", want.Email)
	}
	if !got.FieldsKnown {
		w.Errorf("the fields of %s were not read", want.Email)
	}
}

// compareTagged counts who carries the tag, where that is read apart.
func (w *world) compareTagged(want int) {
	w.Helper()
	if w.client.Features().TagsOnRead {
		return
	}
	for _, tag := range must[[]crm.Tag](w)(w.client.Tags(w.ctx)) {
		who := map[string]bool{}
		must[int](w)(w.client.EachTagged(w.ctx, tag, func(target crm.Target) error {
			who[string(target.ID)+target.Email] = true
			return nil
		}))
		if len(who) != want {
			w.Errorf("%d contacts carry %q, want %d", len(who), tag.Name, want)
		}
	}
}

// applyTag: a tag that is put on contacts by itself is there when read back, once, and on nobody else.
func applyTag(w *world) {
	m := newMigration(w, crowd(5))
	for i := range m.members {
		m.members[i].tags = []string{"Members"}
	}
	m.run()
	late := must[crm.Tag](w)(w.client.EnsureTag(w.ctx, "Late Tag"))
	targets := m.targets()[:3]
	for range 2 {
		for chunk := range slices.Chunk(targets, w.client.Features().TagBatch) {
			outcomes := must[[]crm.Outcome](w)(w.client.ApplyTag(w.ctx, late, chunk))
			for _, outcome := range outcomes {
				if outcome.Err != nil {
					w.Errorf("apply the tag: %+v", outcome)
				}
			}
		}
		w.wait()
	}
	for i, member := range m.members {
		want := 0
		if i < 3 {
			want = 1
		}
		if got := count(w.contact(member.email).Tags, "Late Tag"); got != want {
			w.Errorf("%s carries the tag %d times, want %d", member.email, got, want)
		}
	}
}

// automations: what could start is listed, and what can be kept quiet is.
func automations(w *world) {
	w.sandbox.Load(sandbox.Contents{
		Tags: []string{"Members"},
		Automations: []sandbox.Automation{
			{Name: "Welcome members", Tag: "Members", Active: true}, {Name: "Greet everybody", Active: true}, {Name: "Asleep", Tag: "Course A"},
			{Name: "Either", Tag: "Members", Also: []string{"Course A"}, Active: true},
		},
	})
	listed, err := w.client.Automations(w.ctx)
	if err != nil {
		w.definite(err, crm.KindUnsupported)
	} else {
		if w.client.Features().AutomationsHidden == "" {
			w.compareAutomations(listed)
		}
		w.compareTriggers(listed)
	}
	m := newMigration(w, crowd(4))
	m.run()
	f := w.client.Features()
	for _, run := range w.sandbox.Contents().Runs {
		byTag := run.Automation != "Greet everybody"
		if !byTag && slices.ContainsFunc(listed, func(a crm.Automation) bool { return a.Name == run.Automation && a.TagsAlone() }) {
			w.Errorf("%q started for the new contact %s, and the driver says that tags alone start it", run.Automation, run.Email)
		}
		quiet := f.QuietUpsert && (!byTag || f.TagsRideAlong) || f.QuietTags && byTag && !f.TagsRideAlong
		if quiet {
			w.Errorf("%q started for %s although the CRM can be kept quiet", run.Automation, run.Email)
		}
	}
}

func (w *world) compareAutomations(listed []crm.Automation) {
	w.Helper()
	active := map[string]bool{}
	for _, automation := range listed {
		active[automation.Name] = automation.Active
	}
	want := map[string]bool{}
	for _, automation := range w.sandbox.Contents().Automations {
		want[automation.Name] = automation.Active
	}
	if !maps.Equal(active, want) {
		w.Errorf("the automations are %v, listed are %v", want, active)
	}
}

// compareTriggers holds what a driver says of the tags that start something against the truth: it may not know, but never say what is not so.
func (w *world) compareTriggers(listed []crm.Automation) {
	w.Helper()
	truth := map[string]sandbox.Automation{}
	for _, automation := range w.sandbox.Contents().Automations {
		truth[automation.Name] = automation
	}
	for _, automation := range listed {
		real, there := truth[automation.Name]
		if !there {
			continue
		}
		told := automation.TriggerTags()
		for _, tag := range told {
			if !slices.Contains(real.Tags(), tag) {
				w.Errorf("the tag %q does not start %q, and the driver says so", tag, automation.Name)
			}
		}
		for _, tag := range real.Tags() {
			if automation.TagsKnown() && !slices.Contains(told, tag) {
				w.Errorf("the tag %q starts %q, and the driver claims to know all its tags: %q", tag, automation.Name, told)
			}
		}
	}
}

// deaf is a host that never answers.
type deaf struct{}

func (deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// difference says where two accounts' contents differ, in at most ten lines, or nothing.
func difference(want, got sandbox.Contents) string {
	var lines []string
	note := func(format string, values ...any) {
		if len(lines) < 10 {
			lines = append(lines, fmt.Sprintf(format, values...))
		}
	}
	want, got = want.Sorted(), got.Sorted()
	if !slices.Equal(want.Tags, got.Tags) {
		note("tags %q, want %q", got.Tags, want.Tags)
	}
	if !slices.Equal(want.Fields, got.Fields) {
		note("fields %q, want %q", got.Fields, want.Fields)
	}
	if len(want.Contacts) != len(got.Contacts) {
		note("%d contacts, want %d", len(got.Contacts), len(want.Contacts))
	}
	for i := range min(len(want.Contacts), len(got.Contacts)) {
		if a, b := fmt.Sprintf("%+v", want.Contacts[i]), fmt.Sprintf("%+v", got.Contacts[i]); a != b {
			note("contact %s, want %s", b, a)
		}
	}
	return strings.Join(lines, "\n")
}
