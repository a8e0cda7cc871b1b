package drip

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

func TestNamesThatLeadToOneFieldAreAConflict(t *testing.T) {
	d := &driver{}
	first, err := d.CreateField(t.Context(), crm.Field{Name: "Join Date"})
	if err != nil || first.ID != "join_date" {
		t.Fatalf("%v %v", first, err)
	}
	if again, err := d.CreateField(t.Context(), crm.Field{Name: "Join Date"}); err != nil || again.ID != first.ID {
		t.Errorf("the same name again: %v %v", again, err)
	}
	for _, other := range []string{"join-date", "JOIN DATE", "Join_Date ", "Jöin.Date"} {
		_, err := d.CreateField(t.Context(), crm.Field{Name: other})
		if !crm.IsKind(err, crm.KindConflict) || !strings.Contains(err.Error(), "Join Date") {
			t.Errorf("%q: %v", other, err)
		}
	}
}

func TestFieldNamesBecomeIdentifiers(t *testing.T) {
	good := map[string]string{
		"customer_id": "customer_id", "Straße": "strasse", "Größe (cm)": "grosse__cm", "E-Mail 2": "e_mail_2", "first_name": "first_name", " a ": "a",
	}
	for name, want := range good {
		field, err := (&driver{}).CreateField(t.Context(), crm.Field{Name: name})
		if err != nil || string(field.ID) != want || !isSlug(want) {
			t.Errorf("%q: %v %v", name, field, err)
		}
	}
	bad := map[string]crm.Kind{"": crm.KindInvalid, "生日": crm.KindInvalid, "drip_score": crm.KindInvalid, "Drip-Score": crm.KindInvalid, "E-mail": "", "Email": crm.KindConflict, "Tags": crm.KindConflict}
	for name, kind := range bad {
		if _, err := (&driver{}).CreateField(t.Context(), crm.Field{Name: name}); kind != "" && !crm.IsKind(err, kind) {
			t.Errorf("%q: %v, want %s", name, err, kind)
		}
	}
}

func TestTagsAreThereOnceSomebodyCarriesThem(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{})
		tag, err := d.CreateTag(t.Context(), "Gold Member")
		if err != nil || tag.ID != "Gold Member" || f.Traffic().Requests != 0 {
			t.Errorf("%v %v after %d requests", tag, err, f.Traffic().Requests)
		}
		if tags, err := d.Tags(t.Context()); err != nil || len(tags) != 0 {
			t.Errorf("%v %v", tags, err)
		}
		if _, err := d.Upsert(t.Context(), []crm.Contact{{Email: "a@example.com", Tags: []crm.Tag{tag}}}); err != nil {
			t.Fatal(err)
		}
		if tags, err := d.Tags(t.Context()); err != nil || len(tags) != 1 || tags[0] != tag {
			t.Errorf("%v %v", tags, err)
		}
	})
}

func TestTagStartsWorkflowsInABatchToo(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{})
		f.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome", Tag: "Gold Member", Active: true}, {Name: "Greet", Active: true}, {Name: "Off"}}})
		queueAll(t, d, members(12))
		settle(t, d)
		if runs := f.Contents().Runs; len(runs) != 24 {
			t.Errorf("%d runs, want each person twice", len(runs))
		}
		workflows, err := d.Automations(t.Context())
		if err != nil || len(workflows) != 3 || !workflows[0].Active || workflows[2].Active {
			t.Errorf("%v %v", workflows, err)
		}
	})
}

func TestEverybodyIsReadInAllStates(t *testing.T) {
	for _, order := range []string{"oldest", "newest"} {
		story(t, func(t *testing.T) {
			d, f := open(t, sandbox.Options{Switches: map[string]string{"page-order": order}})
			states := []string{"active", "unsubscribed", "bounced", "unconfirmed"}
			for i := range 2100 {
				f.load(sandbox.Contact{Email: fmt.Sprintf("m%d@example.com", i), State: states[i%4]})
			}
			everybody := readAll(t, d)
			if len(everybody) != 2100 || f.Traffic().Requests != 3 {
				t.Errorf("%d people in %d requests", len(everybody), f.Traffic().Requests)
			}
			want := []crm.ContactState{crm.StateActive, crm.StateUnsubscribed, crm.StateBounced, crm.StateUnconfirmed}
			for i := range 4 {
				if got := everybody[fmt.Sprintf("m%d@example.com", i)].State; got != want[i] {
					t.Errorf("%s: %s", states[i], got)
				}
			}
		})
	}
}

func TestSomebodyWhoUnsubscribedIsFoundThoughTheLookUpDoesNotKnowThem(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{Switches: map[string]string{"inactive-lookup": "404", "inactive-delete": "404"}})
		f.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ann+shop@example.com", State: "unsubscribed"}, {Email: "bo@example.com"}}})
		var paths []string
		d := driverFor(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			paths = append(paths, r.URL.EscapedPath())
			next.ServeHTTP(w, r)
		}})
		found, err := d.Find(t.Context(), "Ann+Shop@example.com")
		if err != nil || len(found) != 1 || found[0].State != crm.StateUnsubscribed {
			t.Fatalf("%v %v", found, err)
		}
		if !strings.HasSuffix(paths[0], "/subscribers/Ann%2BShop%40example.com") {
			t.Errorf("asked %s", paths[0])
		}
		if nobody, err := d.Find(t.Context(), "ann@example.com"); err != nil || len(nobody) != 0 || len(paths) != 4 {
			t.Errorf("%v %v after %v", nobody, err, paths)
		}
		if err := d.DeleteContact(t.Context(), crm.Target{ID: found[0].ID, Email: found[0].Email}); !crm.IsKind(err, crm.KindUnsupported) {
			t.Errorf("somebody who is still there is said to be deleted: %v", err)
		}
	})
}

func TestTagsWithPeriodsAndSlashesComeOffWhole(t *testing.T) {
	for _, path := range []string{"literal", "suffix"} {
		for _, count := range []int{2, 30} {
			story(t, func(t *testing.T) {
				d, f := open(t, sandbox.Options{Switches: map[string]string{"tag-path": path}})
				var targets []crm.Target
				for i := range count {
					email := fmt.Sprintf("m%d@example.com", i)
					f.load(sandbox.Contact{Email: email, Tags: []string{"v1", "v1.0", "a/b", "Gold & Co?", "100%"}})
					targets = append(targets, crm.Target{ID: crm.ContactID(f.find(email).id), Email: email})
				}
				for _, name := range []string{"v1.0", "a/b", "Gold & Co?", "100%"} {
					outcomes, err := d.RemoveTag(t.Context(), crm.Tag{ID: crm.TagID(name), Name: name}, targets)
					if err != nil || outcomes[0].Err != nil {
						t.Errorf("%s: %v %v", name, outcomes, err)
					}
				}
				settle(t, d)
				for _, contact := range f.Contents().Contacts {
					if !slices.Equal(contact.Tags, []string{"v1"}) {
						t.Errorf("%s still has %v", contact.Email, contact.Tags)
					}
				}
			})
		}
	}
}

func TestTaggingSomebodyWhoIsGoneMakesNobodyAnew(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{})
		var targets []crm.Target
		for i := range 20 {
			email := fmt.Sprintf("m%d@example.com", i)
			f.load(sandbox.Contact{Email: email})
			targets = append(targets, crm.Target{ID: crm.ContactID(f.find(email).id), Email: email})
		}
		if err := d.DeleteContact(t.Context(), targets[3]); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ApplyTag(t.Context(), crm.Tag{ID: "Gold", Name: "Gold"}, targets); err != nil {
			t.Fatal(err)
		}
		settle(t, d)
		tagged := 0
		for _, contact := range f.Contents().Contacts {
			tagged += len(contact.Tags)
		}
		if tagged != 19 || len(f.Contents().Contacts) != 19 {
			t.Errorf("%d tagged of %d", tagged, len(f.Contents().Contacts))
		}
		if err := d.DeleteContact(t.Context(), targets[3]); err != nil {
			t.Errorf("deleting twice: %v", err)
		}
	})
}

func TestSettlingDoesNotWaitForSomebodyWhoWasDropped(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{Switches: map[string]string{"tag-length": "refused"}})
		people := members(40)
		people[39].Tags = tagsOf([]string{strings.Repeat("long ", 20)})
		queueAll(t, d, people)
		if took := settle(t, d); took < quiet || took > 3*quiet || len(f.Contents().Contacts) != 39 {
			t.Errorf("settled after %v with %d people", took, len(f.Contents().Contacts))
		}
		for i := range people {
			people[i].Email = fmt.Sprintf("other%d@example.com", i)
			people[i].Tags = people[39].Tags
		}
		queueAll(t, d, people)
		if took := settle(t, d); took < dropped || took > 2*dropped {
			t.Errorf("a batch of which nothing is left settled after %v", took)
		}
	})
}

func TestSettlingGivesUpAndSaysSo(t *testing.T) {
	story(t, func(t *testing.T) {
		d, _ := open(t, sandbox.Options{Switches: map[string]string{"batch-delay": "48h"}})
		queueAll(t, d, members(20))
		began := time.Now()
		_, err := d.Settle(t.Context())
		if took := time.Since(began); !crm.IsKind(err, crm.KindTemporary) || took > time.Hour {
			t.Errorf("after %v: %v", took, err)
		}
		time.Sleep(48 * time.Hour)
		settle(t, d)
	})
}

func TestSettlingEndsThoughPeopleKeepComing(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		others := 0
		d := driverFor(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			others++
			f.Locked(func() { f.load(sandbox.Contact{Email: fmt.Sprintf("stranger%d@example.org", others)}) })
			next.ServeHTTP(w, r)
		}})
		queueAll(t, d, members(20))
		if took := settle(t, d); took > time.Minute {
			t.Errorf("settled after %v", took)
		}
	})
}

func TestFullPlanIsToldAsSuch(t *testing.T) {
	for _, setting := range []string{"422", "403", "402"} {
		story(t, func(t *testing.T) {
			d, f := open(t, sandbox.Options{PlanLimit: 15, Switches: map[string]string{"plan-full": setting}})
			people := members(20)
			queueAll(t, d, people)
			settle(t, d)
			if left := len(f.Contents().Contacts); left != 15 {
				t.Fatalf("%d people", left)
			}
			if _, err := d.Upsert(t.Context(), people[15:]); !crm.IsKind(err, crm.KindPlanLimit) {
				t.Errorf("%s: %v", setting, err)
			}
		})
	}
}

func TestCheckWantsTheAccountToBeOpen(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		f.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "a@example.com", State: "unsubscribed"}}})
		check := func(values map[string]string) (crm.Account, error) {
			values["crm.url"] = "http://127.0.0.1:1/v2/"
			d, err := newDriver(crm.Settings{Values: values, Transport: sandbox.Transport(f)})
			if err != nil {
				return crm.Account{}, err
			}
			return d.Check(t.Context())
		}
		got, err := check(map[string]string{"crm.token": sandboxOAuth, "crm.account_id": "https://www.getdrip.com/9999999/subscribers?x=1"})
		if err != nil || got.ID != sandboxAccount || got.Name != "Acme, Inc." || got.Contacts != 1 || got.User != "owner@example.com" {
			t.Errorf("%+v %v", got, err)
		}
		_, err = check(map[string]string{"crm.key": sandboxToken, "crm.account_id": "1234567"})
		if !crm.IsKind(err, crm.KindPermission) || !strings.Contains(err.Error(), "9999999 (Acme, Inc.)") {
			t.Errorf("another account: %v", err)
		}
		_, err = check(map[string]string{"crm.key": "5a4b3c2d1e0f5a4b3c2d1e0f5a4b3c2e", "crm.account_id": sandboxAccount})
		if !crm.IsKind(err, crm.KindAuth) || strings.Contains(err.Error(), "5a4b3c") {
			t.Errorf("a wrong token: %v", err)
		}
	})
}

func TestPasteMistakesAreRecognised(t *testing.T) {
	tests := []struct{ name, account, key, token, url, says string }{
		{"swapped", sandboxToken, "9999999", "", "", "Swap the two"},
		{"no token", "9999999", "", "", "", "API token is missing"},
		{"no account", "", sandboxToken, "", "", "account ID is missing"},
		{"token as account", sandboxToken, sandboxToken, "", "", "looks like an API token"},
		{"the account twice", "9999999", "9999999", "", "", "too"},
		{"name as account", "acme", sandboxToken, "", "", "no account ID in that"},
		{"address of a person", "9999999", "owner@example.com", "", "", "e-mail address"},
		{"address of a page", "9999999", "https://www.getdrip.com/user/edit", "", "", "an address, not a token"},
		{"user and password", "9999999", "abc:def", "", "", "colon"},
		{"website", "9999999", sandboxToken, "", "https://www.getdrip.com/9999999", "where you log in"},
		{"website, new", "9999999", sandboxToken, "", "https://my.drip.com", "where you log in"},
		{"no address", "9999999", sandboxToken, "", "drip", "not a web address"},
	}
	for _, test := range tests {
		_, err := newDriver(crm.Settings{Values: map[string]string{
			"crm.account_id": test.account, "crm.key": test.key, "crm.token": test.token, "crm.url": test.url,
		}})
		if !crm.IsKind(err, crm.KindInvalid) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for _, account := range []string{"9999999", " 9999999 ", "https://www.getdrip.com/9999999", "www.getdrip.com/9999999/dashboard#x", "https://api.getdrip.com/v2/9999999/tags"} {
		d, err := newDriver(crm.Settings{Values: map[string]string{"crm.account_id": account, "crm.key": sandboxToken}})
		if err != nil || d.(*driver).account != "9999999" {
			t.Errorf("%s: %v", account, err)
		}
	}
}

func TestWebhooksAreMadeOnce(t *testing.T) {
	story(t, func(t *testing.T) {
		d, _ := open(t, sandbox.Options{})
		hook := crm.Webhook{URL: "https://example.com/?aal_update=x", Event: "subscriber.applied_tag"}
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

func TestPersonsPage(t *testing.T) {
	d := &driver{account: "9999999"}
	if got := d.ContactURL("z1togz2hcjrkpp5treip"); got != "https://www.getdrip.com/9999999/subscribers/z1togz2hcjrkpp5treip" {
		t.Error(got)
	}
}

// Whatever somebody calls a field, its identifier is one that Drip takes, or none, and stays the same when it is made again.
func FuzzIdentifier(f *testing.F) {
	for _, name := range []string{"Join Date", "customer_id", "Größe", "生日", "__", "drip_x", "İ", "a\u0301", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		slug := slugOf(name)
		if slug != "" && (!isSlug(slug) || slugOf(slug) != slug) {
			t.Errorf("%q became %q", name, slug)
		}
	})
}
