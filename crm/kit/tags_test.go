package kit

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// Kit takes "vip member" for "VIP Member". What it returns says so, and the caller compares.
func TestTagNamesFoldCase(t *testing.T) {
	with(t, "key", nil, func(a *owner) {
		first, err := a.driver.CreateTag(a.ctx, "VIP Member")
		if err != nil {
			a.Fatal(err)
		}
		second, err := a.driver.CreateTag(a.ctx, "vip member")
		if err != nil || second != first || second.Name != "VIP Member" {
			a.Errorf("got %+v, %v, want the first again: %+v", second, err, first)
		}
		if !a.driver.Features().TagsFoldCase {
			a.Error("the features do not say that case is folded")
		}
	})
}

// What Kit does with a very long name is not documented. Whatever it is, it comes back to the caller.
func TestLongTagNames(t *testing.T) {
	name := strings.Repeat("ü", longestTag+1)
	for setting, want := range map[string]int{"unlimited": longestTag + 1, "cut": longestTag} {
		with(t, "key", map[string]string{switchTagLength: setting}, func(a *owner) {
			made, err := a.driver.CreateTag(a.ctx, name)
			if err != nil || len([]rune(made.Name)) != want {
				a.Errorf("%s: a name of %d, %v", setting, len([]rune(made.Name)), err)
			}
		})
	}
	with(t, "key", map[string]string{switchTagLength: "refused"}, func(a *owner) {
		_, err := a.driver.CreateTag(a.ctx, name)
		wants(t, err, crm.KindInvalid)
	})
}

// A label whose key is taken by another label would put values into somebody else's field. It is refused before anything is sent, or,
// when somebody makes the other field at the same moment, by comparing what came back.
func TestFieldLabelsWhoseKeysCollide(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		a.field("Zip-Code")
		posts := a.wire.count("POST")
		for _, label := range []string{"Zip Code", "zip code", "ZIP_CODE"} {
			_, err := a.driver.CreateField(a.ctx, crm.Field{Name: label})
			if e := wants(t, err, crm.KindConflict); !strings.Contains(e.Hint, `"Zip-Code"`) {
				a.Errorf("hint %q", e.Hint)
			}
		}
		if a.wire.count("POST") != posts {
			a.Error("a field was sent that could not be made")
		}
		if again, err := a.driver.CreateField(a.ctx, crm.Field{Name: " Zip-Code "}); err != nil || again.ID != "zip_code" {
			a.Errorf("the same again: %+v, %v", again, err)
		}
	})
	for setting, fails := range map[string]bool{"refused": true, "existing": true, "numbered": false} {
		switches := map[string]string{switchFieldKey: setting, switchLateness: "everything"}
		with(t, "key", switches, func(a *owner) {
			a.field("Zip-Code")
			other := a.open(map[string]string{optionKey: sandboxKey}) // does not see it in the list yet
			made, err := other.CreateField(a.ctx, crm.Field{Name: "Zip Code"})
			if (err != nil) != fails || err == nil && made.ID != "zip_code_2" {
				a.Errorf("%s: %+v, %v", setting, made, err)
			}
			if err != nil && !crm.IsKind(err, crm.KindConflict) && !crm.IsKind(err, crm.KindInvalid) {
				a.Errorf("%s: %v", setting, err)
			}
		})
	}
}

// A label that exists is returned, also where Kit refuses it and where the answer to the first attempt was lost.
func TestFieldsAreMadeOnce(t *testing.T) {
	for _, setting := range []string{"existing", "refused"} {
		with(t, "token", map[string]string{switchFieldLabel: setting}, func(a *owner) {
			posts := 0
			a.wire.lose = func(r *http.Request) bool {
				if r.Method == http.MethodPost {
					posts++
				}
				return r.Method == http.MethodPost && posts == 1
			}
			if _, err := a.driver.Fields(a.ctx); err != nil {
				a.Fatal(err)
			}
			if id := a.field("customer_id"); id != "customer_id" {
				a.Errorf("the field is %q", id)
			}
			if fields := a.fake.Contents().Fields; len(fields) != 1 || posts != 2 {
				a.Errorf("Kit has the fields %q after %d attempts", fields, posts)
			}
		})
	}
}

// A key tags one contact a request; a token a hundred. Both say what became of each, in order.
func TestApplyTag(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		gold, err := a.driver.CreateTag(a.ctx, "Gold")
		if err != nil {
			a.Fatal(err)
		}
		ada := a.upsert(crm.Contact{Email: "ada@example.com"})
		bob := a.upsert(crm.Contact{Email: "bob@example.com"})
		before := len(a.wire.requests)
		outcomes, err := a.driver.ApplyTag(a.ctx, gold, []crm.Target{{ID: bob.ID}, {ID: "12345"}, {ID: ada.ID}})
		if err != nil {
			a.Fatal(err)
		}
		if outcomes[0].Result != crm.Updated || outcomes[0].ID != bob.ID || outcomes[1].Result != crm.Failed || outcomes[2].Result != crm.Updated {
			a.Errorf("outcomes %+v", outcomes)
		}
		if calls := len(a.wire.requests) - before; a.driver.bulk && calls != 1 || !a.driver.bulk && calls != 3 {
			a.Errorf("%d calls", calls)
		}
		if got := a.held("ada@example.com").Tags; len(got) != 1 || got[0] != "Gold" {
			a.Errorf("ada has the tags %q", got)
		}
		byAddress, err := a.driver.ApplyTag(a.ctx, gold, []crm.Target{{Email: "ada@example.com"}})
		if err != nil || byAddress[0].Err != nil {
			a.Errorf("by address: %+v, %v", byAddress, err)
		}
		if _, err := a.driver.ApplyTag(a.ctx, crm.Tag{Name: "no number"}, nil); !crm.IsKind(err, crm.KindInvalid) {
			a.Errorf("a tag without a number: %v", err)
		}
	})
}

// Taking a tag off somebody who does not carry it is no failure.
func TestRemoveTag(t *testing.T) {
	for _, setting := range []string{"204", "404"} {
		withBoth(t, map[string]string{switchUntagMissing: setting}, func(a *owner) {
			gold, _ := a.driver.CreateTag(a.ctx, "Gold")
			ada := a.upsert(crm.Contact{Email: "ada@example.com"})
			if _, err := a.driver.ApplyTag(a.ctx, gold, []crm.Target{{ID: ada.ID}}); err != nil {
				a.Fatal(err)
			}
			for range 2 {
				outcomes, err := a.driver.RemoveTag(a.ctx, gold, []crm.Target{{ID: ada.ID}})
				if err != nil || outcomes[0].Result != crm.Updated {
					a.Errorf("outcomes %+v, %v", outcomes, err)
				}
			}
			if got := a.held("ada@example.com").Tags; len(got) != 0 {
				a.Errorf("ada has the tags %q", got)
			}
		})
	}
}

// Kit's API deletes no subscribers. Unsubscribing them instead would be something else, so it is never done.
func TestWhatKitCannotDelete(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		ada := a.upsert(crm.Contact{Email: "ada@example.com"})
		gold, _ := a.driver.CreateTag(a.ctx, "Gold")
		wants(t, a.driver.DeleteContact(a.ctx, crm.Target{ID: ada.ID}), crm.KindUnsupported)
		if a.held("ada@example.com").State != "active" {
			a.Error("ada was unsubscribed instead")
		}
		err := a.driver.DeleteTag(a.ctx, gold)
		if a.driver.Features().CanDeleteTag != a.driver.bulk {
			a.Error("the features are wrong about tags")
		}
		if !a.driver.bulk {
			wants(t, err, crm.KindUnsupported)
			return
		}
		if err != nil || a.driver.DeleteTag(a.ctx, gold) != nil || len(a.fake.Contents().Tags) != 0 {
			a.Errorf("error %v, tags %q", err, a.fake.Contents().Tags)
		}
	})
}

// A tag starts what it starts: Kit cannot be kept quiet, and cannot even show what a tag starts. The features say so.
func TestTagsStartAutomations(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		a.fake.Load(sandbox.Contents{Tags: []string{"Gold"}, Automations: []sandbox.Automation{
			{Name: "Welcome", Tag: "Gold", Active: true}, {Name: "On hold", Tag: "Gold"}, {Name: "Sign up", Active: true}, {Name: "Old form"},
		}})
		listed, err := a.driver.Automations(a.ctx)
		if err != nil {
			a.Fatal(err)
		}
		var told []string
		for _, one := range listed {
			told = append(told, fmt.Sprint(one.Kind, " ", one.Name, " ", one.Active))
		}
		if got := strings.Join(told, ", "); got != "sequence On hold false, sequence Welcome true, form Sign up true" {
			a.Errorf("listed: %s", got)
		}
		for i, want := range []string{"Hello from On hold", "Hello from Welcome", ""} {
			if first, err := a.driver.FirstMessage(a.ctx, listed[i]); err != nil || first != want {
				a.Errorf("%s sends %q first, %v", listed[i].Name, first, err)
			}
		}
		tags, _ := a.driver.Tags(a.ctx)
		ada := a.upsert(crm.Contact{Email: "ada@example.com"})
		for range 2 {
			if _, err := a.driver.ApplyTag(a.ctx, tags[0], []crm.Target{{ID: ada.ID}}); err != nil {
				a.Fatal(err)
			}
		}
		if runs := a.fake.Contents().Runs; len(runs) != 1 || runs[0].Automation != "Welcome" {
			a.Errorf("started: %v", runs)
		}
		f := a.driver.Features()
		if f.QuietTags || f.QuietUpsert || !strings.Contains(f.AutomationsHidden, "Visual Automations") || f.AutomationWord != "sequences and forms" {
			a.Errorf("features %+v", f)
		}
	})
}

// A webhook about a tag reads "tag_add:34", whichever way round; one that could be made twice is not sent twice.
func TestWebhooks(t *testing.T) {
	with(t, "key", nil, func(a *owner) {
		for _, event := range []string{"tag_add:34", "subscriber_activate", "purchase_create", "link_click:https://example.com/a", "subscriber.form_subscribe:7"} {
			made, err := a.driver.CreateWebhook(a.ctx, crm.Webhook{URL: "https://example.com/hook", Event: event})
			want := event[strings.LastIndexByte(event[:min(len(event), 11)], '.')+1:]
			if err != nil || made.Event != want || made.ID == "" {
				a.Errorf("%s became %+v, %v", event, made, err)
			}
		}
		hooks, err := a.driver.Webhooks(a.ctx)
		if err != nil || len(hooks) != 5 || hooks[4].Event != "tag_add:34" || hooks[4].URL != "https://example.com/hook" {
			a.Errorf("listed %+v, %v", hooks, err)
		}
		_, err = a.driver.CreateWebhook(a.ctx, crm.Webhook{URL: "https://example.com/hook", Event: "tag_add"})
		wants(t, err, crm.KindInvalid)
		a.wire.lose = func(r *http.Request) bool { return r.Method == http.MethodPost }
		_, err = a.driver.CreateWebhook(a.ctx, crm.Webhook{URL: "https://example.com/hook", Event: "tag_remove:34"})
		if e := wants(t, err, crm.KindTemporary); !e.Sent {
			a.Errorf("error %+v", e)
		}
		if hooks, _ := a.driver.Webhooks(a.ctx); len(hooks) != 6 {
			a.Errorf("%d webhooks, want 6", len(hooks))
		}
	})
}

// What was just made is listed at once, although Kit's own lists may be late, and not for longer than that.
func TestWhatWasJustMadeIsListed(t *testing.T) {
	with(t, "key", map[string]string{switchLateness: "everything"}, func(a *owner) {
		if _, err := a.driver.CreateTag(a.ctx, "Gold"); err != nil {
			a.Fatal(err)
		}
		a.field("customer_id")
		for range 2 {
			tags, err := a.driver.Tags(a.ctx)
			fields, _ := a.driver.Fields(a.ctx)
			if err != nil || len(tags) != 1 || len(fields) != 2 {
				a.Errorf("listed %v, %v, %v", tags, fields, err)
			}
			time.Sleep(readLag + time.Second)
		}
		if _, err := a.driver.CreateTag(a.ctx, "Silver"); err != nil {
			a.Fatal(err)
		}
		a.fake.Locked(func() { a.fake.store.tags = nil }) // somebody deletes both before the list shows the second
		time.Sleep(readLag + time.Second)
		if tags, err := a.driver.Tags(a.ctx); err != nil || len(tags) != 0 {
			a.Errorf("a tag that is gone is listed: %v, %v", tags, err)
		}
	})
}

// An answer about another contact proves nothing about this one.
func TestATaggingOfSomebodyElseIsUnknown(t *testing.T) {
	d := stubbed(t, "key", func(w http.ResponseWriter, _ *http.Request) {
		sandboxJSON(w, http.StatusOK, `{"subscriber":{"id":8,"email_address":"bob@example.com"}}`)
	})
	for _, target := range []crm.Target{{ID: "7"}, {Email: "ada@example.com"}} {
		_, err := d.ApplyTag(t.Context(), crm.Tag{ID: "4"}, []crm.Target{target})
		wants(t, err, crm.KindTemporary)
	}
}

// Whoever has unsubscribed carries the tag, and gets no mail for it.
func TestATagOnAnUnsubscribedContactStartsNothing(t *testing.T) {
	withBoth(t, nil, func(a *owner) {
		a.fake.Load(sandbox.Contents{
			Tags: []string{"Gold"}, Automations: []sandbox.Automation{{Name: "Welcome", Tag: "Gold", Active: true}},
			Contacts: []sandbox.Contact{{Email: "left@example.com", State: "unsubscribed"}},
		})
		tags, _ := a.driver.Tags(a.ctx)
		found, _ := a.driver.Find(a.ctx, "left@example.com")
		if _, err := a.driver.ApplyTag(a.ctx, tags[0], []crm.Target{{ID: found[0].ID}}); err != nil {
			a.Fatal(err)
		}
		if held := a.held("left@example.com"); len(held.Tags) != 1 || len(a.fake.Contents().Runs) != 0 {
			a.Errorf("left is %+v, started %v", held, a.fake.Contents().Runs)
		}
	})
}
