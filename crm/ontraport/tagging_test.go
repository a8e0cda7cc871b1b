package ontraport

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// people puts contacts into the sandbox and returns them as targets.
func people(f *fake, count int) []crm.Target {
	var targets []crm.Target
	for i := range count {
		c := f.addContact(map[string]string{"email": member(i).Email})
		targets = append(targets, crm.Target{ID: crm.ContactID(itoa(c.id)), Email: member(i).Email})
	}
	return targets
}

func tagged(f *fake, tag string) int {
	count := 0
	for _, contact := range f.Contents().Contacts {
		if slices.Contains(contact.Tags, tag) {
			count++
		}
	}
	return count
}

func TestTaggingIsDoneOnlyOnceItHasSettled(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{Switches: map[string]string{"tag-delay": "90s"}})
		f.Load(sandbox.Contents{Tags: []string{"Gold"}, Automations: []sandbox.Automation{{Name: "Welcome", Tag: "Gold", Active: true}, {Name: "Old", Tag: "Gold"}}})
		targets := people(f, 10)
		tags, err := d.Tags(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.ApplyTag(t.Context(), tags[0], targets); err != nil {
			t.Fatal(err)
		}
		if tagged(f, "Gold") != 0 {
			t.Fatal("this sandbox tags at once, so the test below proves nothing")
		}
		began := time.Now()
		if _, err := d.Settle(t.Context()); err != nil || tagged(f, "Gold") != 10 {
			t.Errorf("%d tagged: %v", tagged(f, "Gold"), err)
		}
		if waited := time.Since(began); waited < 90*time.Second || waited > 2*time.Minute {
			t.Errorf("settled after %v", waited)
		}
		if runs := f.Contents().Runs; len(runs) != 10 || runs[0].Automation != "Welcome" {
			t.Errorf("started %v", runs)
		}
	})
}

func TestSettlingGivesUpAndSaysSo(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{Switches: map[string]string{"tag-delay": "48h"}})
		tag, err := d.CreateTag(t.Context(), "Gold")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.ApplyTag(t.Context(), tag, people(f, 3)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Settle(t.Context()); !crm.IsKind(err, crm.KindTemporary) {
			t.Errorf("settled: %v", err)
		}
		f.dropContact(f.contacts[2])
		if _, err := d.Settle(t.Context()); err != nil {
			t.Errorf("a contact that is gone is still waited for: %v", err)
		}
	})
}

func TestTaggingShrinksToWhatOntraportTakes(t *testing.T) {
	for _, limit := range []string{"100-400", "100-500"} {
		t.Run(limit, func(t *testing.T) {
			story(t, func(t *testing.T) {
				d, f := account(t, sandbox.Options{Switches: map[string]string{"tag-ids": limit}})
				tag, err := d.CreateTag(t.Context(), "Gold")
				if err != nil {
					t.Fatal(err)
				}
				targets := people(f, 1000)
				for part := range slices.Chunk(targets, tagBatch) {
					applyTo(t.Context(), t, d, tag, part)
				}
				if n := tagged(f, "Gold"); n != 1000 {
					t.Errorf("%d tagged", n)
				}
				if d.tagging.limit > 250 && limit == "100-400" {
					t.Errorf("the limit was not remembered: %d", d.tagging.limit)
				}
			})
		})
	}
}

func TestOneContactWithoutANumberLosesOnlyItself(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		tag, err := d.CreateTag(t.Context(), "Gold")
		if err != nil {
			t.Fatal(err)
		}
		targets := people(f, 3)
		targets[1].ID = "z1togz2hcjrkpp5treip"
		outcomes, err := d.ApplyTag(t.Context(), tag, targets)
		if err != nil || outcomes[0].Result != crm.Queued || outcomes[1].Result != crm.Failed || outcomes[2].Result != crm.Queued {
			t.Errorf("%+v %v", outcomes, err)
		}
	})
}

func TestContactsThatCarryADeletedTagAreReadWithoutIt(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		people(f, 60)
		gold := f.addTag("Gold")
		for _, c := range f.contacts {
			c.tags = []int{gold.id, 424242}
		}
		before := f.Traffic().Requests
		for email, contact := range readAll(t, d) {
			if !slices.Equal(names(contact.Tags), []string{"Gold"}) || !contact.TagsKnown {
				t.Errorf("%s: %v", email, contact.Tags)
			}
		}
		if n := f.Traffic().Requests - before; n != 6 {
			t.Errorf("%d requests for the fields, the tags (two pages) and three pages of contacts", n)
		}
	})
}

func TestUndoTakesBackOneThingAtATime(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		ctx := t.Context()
		tag, err := d.CreateTag(ctx, "Gold")
		if err != nil {
			t.Fatal(err)
		}
		field, err := d.CreateField(ctx, crm.Field{Name: "customer_id", Type: crm.FieldText})
		if err != nil {
			t.Fatal(err)
		}
		targets := people(f, 250)
		applyTo(ctx, t, d, tag, targets)
		if _, err := d.RemoveTag(ctx, tag, targets[:200]); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Settle(ctx); err != nil || tagged(f, "Gold") != 50 {
			t.Errorf("%d still tagged: %v", tagged(f, "Gold"), err)
		}
		for range 2 {
			for _, err := range []error{d.DeleteContact(ctx, targets[0]), d.DeleteTag(ctx, tag), d.DeleteField(ctx, field)} {
				if err != nil {
					t.Error(err)
				}
			}
		}
		left := f.Contents()
		if len(left.Contacts) != 249 || len(left.Tags) != 0 || len(left.Fields) != 0 {
			t.Errorf("left %d contacts, %v, %v", len(left.Contacts), left.Tags, left.Fields)
		}
	})
}

// Ontraport deletes every contact when it is asked to delete without saying whom.
func TestNothingIsEverDeletedWithoutANumber(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		people(f, 3)
		before := f.Traffic().Requests
		ctx := t.Context()
		for _, id := range []string{"", " ", "*", "8,9", "-1"} {
			refused := []error{
				d.DeleteContact(ctx, crm.Target{ID: crm.ContactID(id), Email: "member+1@example.com"}),
				d.DeleteTag(ctx, crm.Tag{ID: crm.TagID(id), Name: "Gold"}),
				d.DeleteField(ctx, crm.Field{ID: crm.FieldID(id), Name: "email"}),
			}
			for _, err := range refused {
				if !crm.IsKind(err, crm.KindInvalid) {
					t.Errorf("deleting %q: %v", id, err)
				}
			}
		}
		if _, err := d.RemoveTag(ctx, crm.Tag{ID: "12"}, nil); err != nil {
			t.Error(err)
		}
		if f.Traffic().Requests != before || len(f.Contents().Contacts) != 3 {
			t.Error("something was sent")
		}
		if err := d.DeleteField(ctx, crm.Field{ID: "email"}); !crm.IsKind(err, crm.KindInvalid) {
			t.Errorf("Ontraport's own field: %v", err)
		}
	})
}

func TestAMinuteIsUsedUpToItsEdgeWithoutOneRefusal(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{Latency: 200 * time.Millisecond})
		began := time.Now()
		queue := make(chan int)
		done := make(chan bool)
		for range inFlight {
			go func() {
				for i := range queue {
					save(t, d, member(i))
				}
				done <- true
			}()
		}
		for i := range 540 {
			queue <- i
		}
		close(queue)
		for range inFlight {
			<-done
		}
		took, traffic := time.Since(began), f.Traffic()
		if traffic.RateLimited != 0 || took > 3*time.Minute+15*time.Second || took < 3*time.Minute {
			t.Errorf("%d requests, %d refused, in %v", traffic.Requests, traffic.RateLimited, took)
		}
	})
}

func TestFullPlanIsToldAsSuch(t *testing.T) {
	for _, setting := range []string{"403", "400", "422"} {
		story(t, func(t *testing.T) {
			d, f := account(t, sandbox.Options{PlanLimit: 2, Switches: map[string]string{"plan-full": setting}})
			save(t, d, member(1), member(2), member(1))
			_, err := d.Upsert(t.Context(), []crm.Contact{member(3)})
			if !crm.IsKind(err, crm.KindPlanLimit) || len(f.Contents().Contacts) != 2 {
				t.Errorf("%s: %v", setting, err)
			}
		})
	}
}

func TestBadAddressLosesOnlyThatContact(t *testing.T) {
	story(t, func(t *testing.T) {
		d, _ := account(t, sandbox.Options{})
		outcomes, err := d.Upsert(t.Context(), []crm.Contact{{Email: "not an address"}})
		if err != nil || outcomes[0].Result != crm.Failed || !crm.IsKind(outcomes[0].Err, crm.KindInvalid) {
			t.Errorf("%+v %v", outcomes, err)
		}
	})
}

func TestWebhooksAndAutomationsAreListed(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		var automations []sandbox.Automation
		for i := range 70 {
			automations = append(automations, sandbox.Automation{Name: fmt.Sprintf("Automation %d", i), Active: i%2 == 0})
		}
		f.Load(sandbox.Contents{Automations: automations})
		got, err := d.Automations(t.Context())
		if err != nil || len(got) != 70 || !got[0].Active || got[1].Active || got[69].Name != "Automation 69" {
			t.Errorf("%d automations: %v", len(got), err)
		}
		hook := crm.Webhook{URL: "https://example.com/?aal_update=x", Event: "sub_tag(7)"}
		for range 2 {
			if made, err := d.CreateWebhook(t.Context(), hook); err != nil || made.ID == "" {
				t.Errorf("%v %v", made, err)
			}
		}
		if hooks, err := d.Webhooks(t.Context()); err != nil || len(hooks) != 1 || hooks[0].Event != hook.Event {
			t.Errorf("%v %v", hooks, err)
		}
	})
}

func TestPasteMistakesAreRecognised(t *testing.T) {
	const key, app = "fY4Zva90HP8XFx3", "2_AppID_12345678"
	tests := []struct{ name, key, app, url, says string }{
		{"swapped", app, key, "", "Swap the two"},
		{"the App ID alone, in the wrong field", app, "", "", "Swap the two"},
		{"the App ID twice", app, app, "", "looks like an App ID"},
		{"the key twice", key, key, "", "no underscores"},
		{"no key", "", app, "", "API key is missing"},
		{"no App ID", key, "", "", "App ID is missing"},
		{"nothing", "", "", "", "Both are empty"},
		{"a login page as key", "https://app.ontraport.com/#!/login", app, "", "an address, not a code"},
		{"a login page as address", key, app, "https://app.ontraport.com/", "where you log in"},
		{"no address", key, app, "ontraport", "not a web address"},
		{"two keys in one field", key + " " + key, app, "", "a space within"},
	}
	for _, test := range tests {
		_, err := newDriver(crm.Settings{Values: map[string]string{"crm.key": test.key, "crm.app_id": test.app, "crm.url": test.url}})
		if !crm.IsKind(err, crm.KindInvalid) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for _, good := range []string{"", "https://api.ontraport.com", "https://api.ontraport.com/1/", "http://127.0.0.1:8080/ontraport"} {
		if _, err := newDriver(crm.Settings{Values: map[string]string{"crm.key": " " + key + "\n", "crm.app_id": "2_7818_AFzuWztKz", "crm.url": good}}); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestContactPage(t *testing.T) {
	d := &driver{}
	if got := d.ContactURL("8"); got != "https://app.ontraport.com/#!/contact/edit&id=8" {
		t.Error(got)
	}
	if got := d.ContactURL("x&y"); got != "" {
		t.Error(got)
	}
}
