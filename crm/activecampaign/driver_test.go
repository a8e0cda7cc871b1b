package activecampaign

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// An owner moves members: fields and tags are made, members imported, everybody is read back whole, and nobody gets any mail. This holds
// whatever ActiveCampaign does where the facts leave it open.
func TestMembersArriveWhole(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		s.Load(sandbox.Contents{
			Automations: []sandbox.Automation{{Name: "Welcome", Active: true}, {Name: "Gold welcome", Tag: "Gold Member", Active: true}},
			Contacts:    []sandbox.Contact{{Email: "member3+site@example.com", FirstName: "Kept", State: "unsubscribed", Tags: []string{"Old"}}},
		})
		ctx := t.Context()
		field := must[crm.Field](t)(d.CreateField(ctx, crm.Field{Name: "customer_id", Type: crm.FieldText}))
		must[crm.Tag](t)(d.CreateTag(ctx, "Gold Member"))
		contacts := members(260, field.ID)
		contacts[3].FirstName = ""
		allQueued(t, must[[]crm.Outcome](t)(d.Upsert(ctx, contacts)), 260)
		if rejected := must[crm.Settlement](t)(d.Settle(ctx)).Rejected; len(rejected) != 0 {
			t.Errorf("rejected: %v", rejected)
		}
		everybody := readAll(t, d)
		for i, want := range contacts {
			got, there := everybody[want.Email]
			switch {
			case !there:
				t.Fatalf("%s is not there", want.Email)
			case !got.TagsKnown || !slices.Contains(names(got.Tags), "Gold Member"):
				t.Fatalf("tags of %s: %v, known %v", want.Email, got.Tags, got.TagsKnown)
			case !got.FieldsKnown || got.Fields[field.ID] != fmt.Sprint(i):
				t.Fatalf("fields of %s: %v, known %v", want.Email, got.Fields, got.FieldsKnown)
			case got.LastName != "O'Hara & Søn":
				t.Fatalf("the last name of %s is %q", want.Email, got.LastName)
			}
		}
		if old := everybody[contacts[3].Email]; old.FirstName != "Kept" || !slices.Contains(names(old.Tags), "Old") {
			t.Errorf("a member who was there became %+v", old)
		}
		for _, contact := range s.Contents().Contacts {
			if contact.Email == contacts[3].Email && contact.State != "unsubscribed" {
				t.Errorf("a member who had unsubscribed is %s", contact.State)
			}
		}
		if runs := s.Contents().Runs; len(runs) != 0 {
			t.Errorf("automations mailed people: %v", runs)
		}
		if traffic := s.Traffic(); traffic.RateLimited != 0 {
			t.Errorf("%d of %d requests came too fast", traffic.RateLimited, traffic.Requests)
		}
	})
}

// A batch with bad rows loses only those rows, each with its own reason, whichever way ActiveCampaign counts and words it.
func TestABadRowLosesOnlyItself(t *testing.T) {
	for name, bad := range map[string][]int{"one": {7}, "first": {0}, "last": {29}, "neighbours": {4, 5}, "several": {0, 11, 12, 29}} {
		t.Run(name, func(t *testing.T) {
			under(t, func(t *testing.T, s *Sandbox, d *driver) {
				contacts := members(30, "")
				for _, i := range bad {
					contacts[i].Email = fmt.Sprintf("nobody %d", i)
				}
				outcomes := must[[]crm.Outcome](t)(d.Upsert(t.Context(), contacts))
				for i, outcome := range outcomes {
					want := crm.Queued
					if slices.Contains(bad, i) {
						want = crm.Failed
						if e := wantKind(t, outcome.Err, crm.KindInvalid); !strings.Contains(e.Hint, "'email' incorrect format") {
							t.Errorf("contact %d: %q does not say why", i, e.Hint)
						}
					}
					if outcome.Result != want {
						t.Errorf("contact %d is %s, want %s: %v", i, outcome.Result, want, outcome.Err)
					}
				}
				must[crm.Settlement](t)(d.Settle(t.Context()))
				if got := len(s.Contents().Contacts); got != 30-len(bad) {
					t.Errorf("%d contacts, want %d", got, 30-len(bad))
				}
			})
		})
	}
}

// Once an answer has proven how ActiveCampaign counts, a bad row costs one more import and no search.
func TestTheIndexBaseIsLearnedOnce(t *testing.T) {
	for _, base := range []string{"0", "1"} {
		story(t, sandbox.Options{Switches: map[string]string{switchIndexBase: base}}, func(t *testing.T, s *Sandbox, d *driver) {
			contacts := members(20, "")
			contacts[5].Email = "nobody"
			must[[]crm.Outcome](t)(d.Upsert(t.Context(), contacts))
			before := s.Traffic().Requests
			contacts[5], contacts[9].Email = contacts[4], "nobody either"
			contacts[5].Email = "somebody@example.com"
			must[[]crm.Outcome](t)(d.Upsert(t.Context(), contacts))
			if took := s.Traffic().Requests - before; took != 2 {
				t.Errorf("the second import took %d requests, want 2", took)
			}
		})
	}
}

// The importer takes what it finds wrong only later; the owner is told whom it left out.
func TestWhomTheImporterLeftOut(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		s.Exclude("blocked@example.com")
		contacts := append(members(12, ""), crm.Contact{Email: "Blocked@example.com"}, crm.Contact{Email: "o'hara@intranet"})
		allQueued(t, must[[]crm.Outcome](t)(d.Upsert(t.Context(), contacts)), 14)
		rejected := must[crm.Settlement](t)(d.Settle(t.Context())).Rejected
		if len(rejected) != 2 || rejected["Blocked@example.com"] == "" || rejected["o'hara@intranet"] == "" {
			t.Errorf("rejected: %v", rejected)
		}
	})
}

// 400 "Rate limit exceeded." means a minute's wait, not bad data.
func TestAnImportTooManyWaitsAMinute(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		other := connect(t, s)
		start := time.Now()
		for i := range 100 {
			email := fmt.Sprintf("other%d", i)
			allQueued(t, must[[]crm.Outcome](t)(other.Upsert(t.Context(), []crm.Contact{{Email: email + "a@example.com"}, {Email: email + "b@example.com"}})), 2)
		}
		if took := time.Since(start); took > 25*time.Second {
			t.Fatalf("100 imports took %v: the window was not used up", took)
		}
		allQueued(t, must[[]crm.Outcome](t)(d.Upsert(t.Context(), members(2, ""))), 2)
		if took := time.Since(start); took < time.Minute {
			t.Errorf("the 101st import went after %v", took)
		}
		if limited := s.Traffic().RateLimited; limited != 1 {
			t.Errorf("%d answers of too fast, want the one of another program's doing", limited)
		}
	})
}

// Single contacts go through the importer as well, at most 20 a minute, so that automations stay quiet.
func TestSingleContactsAreQuietToo(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		s.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome", Active: true}}})
		start := time.Now()
		for i := range 21 {
			allQueued(t, must[[]crm.Outcome](t)(d.Upsert(t.Context(), []crm.Contact{{Email: fmt.Sprintf("one%d@example.com", i)}})), 1)
		}
		if took := time.Since(start); took < time.Minute {
			t.Errorf("21 single imports took %v", took)
		}
		must[crm.Settlement](t)(d.Settle(t.Context()))
		if contents := s.Contents(); len(contents.Runs) != 0 || len(contents.Contacts) != 21 {
			t.Errorf("%d contacts, runs %v", len(contents.Contacts), contents.Runs)
		}
		if limited := s.Traffic().RateLimited; limited != 0 {
			t.Errorf("%d answers of too fast", limited)
		}
	})
}

// An import may not be larger than 399,999 bytes; the driver splits what is.
func TestLargeImportsAreSplit(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		field := must[crm.Field](t)(d.CreateField(t.Context(), crm.Field{Name: "notes"}))
		contacts := members(250, field.ID)
		for i := range contacts {
			contacts[i].Fields[field.ID] = strings.Repeat("<é&\">\\", 800)
		}
		allQueued(t, must[[]crm.Outcome](t)(d.Upsert(t.Context(), contacts)), 250)
		must[crm.Settlement](t)(d.Settle(t.Context()))
		for _, contact := range s.Contents().Contacts {
			if contact.Fields["notes"] != contacts[0].Fields[field.ID] {
				t.Fatalf("the notes of %s were changed", contact.Email)
			}
		}
	})
}

// A tag that differs in case alone cannot be made: the existing one comes back, so that the caller sees it.
func TestTagsFoldCase(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		s.Load(sandbox.Contents{Tags: []string{"VIP"}})
		if tag := must[crm.Tag](t)(d.CreateTag(t.Context(), "vip")); tag.Name != "VIP" || tag.ID == "" {
			t.Errorf("made %+v", tag)
		}
		if tags := s.Contents().Tags; len(tags) != 1 {
			t.Errorf("tags: %q", tags)
		}
	})
}

// More tags and fields than one page holds are all listed; template tags are not tags of contacts.
func TestLongListsAreReadToTheirEnd(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		var contents sandbox.Contents
		for i := range 230 {
			contents.Tags = append(contents.Tags, fmt.Sprintf("Tag %d", i))
			contents.Fields = append(contents.Fields, fmt.Sprintf("Field %d", i))
		}
		s.Load(contents)
		s.Locked(func() { s.tags = append(s.tags, &label{id: 9999, name: "Newsletter", kind: "template"}) })
		if tags := must[[]crm.Tag](t)(d.Tags(t.Context())); len(tags) != 230 {
			t.Errorf("%d tags", len(tags))
		}
		if fields := must[[]crm.Field](t)(d.Fields(t.Context())); len(fields) != 230 {
			t.Errorf("%d fields", len(fields))
		}
	})
}

// A field is made once and shown on all lists, also when an earlier try got only half-way.
func TestFieldsAreMadeOnceAndShown(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		ctx := t.Context()
		s.Locked(func() { s.fields = append(s.fields, &column{id: 77, title: "ID", kind: "text", perstag: "ID"}) })
		halfway := must[crm.Field](t)(d.CreateField(ctx, crm.Field{Name: "ID"}))
		first := must[crm.Field](t)(d.CreateField(ctx, crm.Field{Name: "user_registered", Type: crm.FieldDate}))
		again := must[crm.Field](t)(d.CreateField(ctx, crm.Field{Name: "user_registered", Type: crm.FieldDate}))
		if halfway.ID != "77" || first.ID == "" || first.ID != again.ID || first.Type != crm.FieldDate {
			t.Errorf("fields: %+v, %+v, %+v", halfway, first, again)
		}
		s.Locked(func() {
			for _, field := range s.fields {
				if len(field.relations) != 1 || field.relations[0].list != 0 {
					t.Errorf("%s is shown on %v", field.title, field.relations)
				}
			}
		})
	})
}

func TestApplyingATagIsQuietAndFindShowsIt(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		ctx := t.Context()
		s.Load(sandbox.Contents{
			Automations: []sandbox.Automation{{Name: "Gold welcome", Tag: "Gold", Active: true}},
			Contacts: []sandbox.Contact{
				{Email: "anna+site@example.com", State: "active"}, {Email: "anna@example.com", State: "bounced"}, {Email: "Bob@Example.com", State: "unconfirmed"},
			},
		})
		tag := must[crm.Tag](t)(d.CreateTag(ctx, "Gold"))
		var targets []crm.Target
		for _, email := range []string{"anna+site@example.com", "bob@example.com"} {
			found := must[[]crm.Contact](t)(d.Find(ctx, email))
			if len(found) != 1 {
				t.Fatalf("%s: found %v", email, found)
			}
			targets = append(targets, crm.Target{ID: found[0].ID, Email: found[0].Email})
		}
		allQueued(t, must[[]crm.Outcome](t)(d.ApplyTag(ctx, tag, targets)), 2)
		allQueued(t, must[[]crm.Outcome](t)(d.ApplyTag(ctx, tag, targets)), 2)
		must[crm.Settlement](t)(d.Settle(ctx))
		anna := must[[]crm.Contact](t)(d.Find(ctx, "anna+site@example.com"))[0]
		if !slices.Equal(names(anna.Tags), []string{"Gold"}) || !anna.TagsKnown || anna.State != crm.StateActive {
			t.Errorf("found %+v", anna)
		}
		other := must[[]crm.Contact](t)(d.Find(ctx, "anna@example.com"))[0]
		if len(other.Tags) != 0 || !other.TagsKnown || other.State != crm.StateBounced {
			t.Errorf("found %+v", other)
		}
		if nobody := must[[]crm.Contact](t)(d.Find(ctx, "nobody@example.com")); len(nobody) != 0 {
			t.Errorf("found %v", nobody)
		}
		if runs := s.Contents().Runs; len(runs) != 0 {
			t.Errorf("automations mailed people: %v", runs)
		}
		carriers := must[crm.TargetPage](t)(d.TaggedContacts(ctx, tag, ""))
		if len(carriers.Targets) != 2 {
			t.Errorf("carriers: %v", carriers.Targets)
		}
	})
}

// What AllySwitch did can be taken back, twice if need be, and only from whom it was meant for.
func TestTakingBack(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		ctx := t.Context()
		s.Load(sandbox.Contents{Tags: []string{"Gold", "Silver"}, Fields: []string{"customer_id"}, Contacts: []sandbox.Contact{
			{Email: "anna@example.com", State: "active", Tags: []string{"Gold", "Silver"}, Fields: map[string]string{"customer_id": "7"}},
			{Email: "bob@example.com", State: "active", Tags: []string{"Gold"}},
		}})
		everybody := readAll(t, d)
		anna, bob := everybody["anna@example.com"], everybody["bob@example.com"]
		gold := must[crm.Tag](t)(d.CreateTag(ctx, "Gold"))
		for range 2 {
			outcomes := must[[]crm.Outcome](t)(d.RemoveTag(ctx, gold, []crm.Target{{ID: anna.ID, Email: anna.Email}, {Email: bob.Email}}))
			if outcomes[0].Result != crm.Updated || outcomes[1].Result != crm.Updated {
				t.Fatalf("outcomes %v", outcomes)
			}
		}
		wantKind(t, d.DeleteContact(ctx, crm.Target{ID: anna.ID, Email: "somebody-else@example.com"}), crm.KindConflict)
		wantKind(t, d.DeleteTag(ctx, crm.Tag{ID: gold.ID, Name: "Silver"}), crm.KindConflict)
		for range 2 {
			for _, err := range []error{
				d.DeleteContact(ctx, crm.Target{ID: bob.ID, Email: bob.Email}),
				d.DeleteTag(ctx, gold),
				d.DeleteField(ctx, crm.Field{ID: must[[]crm.Field](t)(d.Fields(ctx))[0].ID}),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			s.Load(sandbox.Contents{Fields: []string{"another"}})
		}
		left := s.Contents()
		if len(left.Contacts) != 1 || !slices.Equal(left.Contacts[0].Tags, []string{"Silver"}) || !slices.Equal(left.Tags, []string{"Silver"}) {
			t.Errorf("left: %+v", left)
		}
		if everybody := readAll(t, d); len(everybody) != 1 {
			t.Errorf("read %v", everybody)
		}
	})
}

func TestAutomationsAndWebhooks(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		s.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome", Active: true}, {Name: "Gold", Tag: "Gold", Active: false}}})
		automations := must[[]crm.Automation](t)(d.Automations(t.Context()))
		if len(automations) != 2 || !automations[0].Active || automations[0].StartedBy() != "subscribe" || automations[1].Active || automations[1].StartedBy() != "tagadd" {
			t.Errorf("automations: %+v", automations)
		}
		for _, event := range []string{"contact_tag_added", "contact_tag_removed", "subscribe"} {
			hook := crm.Webhook{URL: "https://example.com/hook", Event: event}
			first := must[crm.Webhook](t)(d.CreateWebhook(t.Context(), hook))
			again := must[crm.Webhook](t)(d.CreateWebhook(t.Context(), hook))
			if first.ID == "" || first != again {
				t.Errorf("webhooks: %+v, %+v", first, again)
			}
		}
		if listed := must[[]crm.Webhook](t)(d.Webhooks(t.Context())); len(listed) != 3 {
			t.Errorf("%d webhooks, want 3", len(listed))
		}
		_, err := d.CreateWebhook(t.Context(), crm.Webhook{URL: "https://example.com/hook"})
		wantKind(t, err, crm.KindInvalid)
	})
}

func TestFeaturesNameOptionalInterfaces(t *testing.T) {
	var d crm.Driver = connect(t, http.NotFoundHandler())
	if _, ok := d.(crm.Settler); !ok {
		t.Error("imports finish later, but there is no Settler")
	}
	if _, ok := d.(crm.Remover); !ok {
		t.Error("no Remover")
	}
	if _, ok := d.(crm.Webhooks); !ok {
		t.Error("no Webhooks")
	}
}
