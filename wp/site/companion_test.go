package site_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

var background = context.Background()

func pointer(text string) *string { return &text }

func TestTheCompanionSaysWhatItCanDo(t *testing.T) {
	companion := newStory(t, 20).companion()
	can := companion.Environment.Capabilities
	if !can[site.SetContactIDs].Available || !can[site.ReadTags].Available || can["something else"].Available {
		t.Errorf("capabilities %+v", companion.Environment.Capabilities)
	}
	if env := companion.Environment; env.CRM.System == nil || *env.CRM.System != "convertkit" || *env.AccessAlly.Version != "4.1.0" || env.Site.Users != 20 {
		t.Errorf("environment %+v", env)
	}
	without := newStory(t, 20, wptest.NoAccessAlly).companion()
	if without.Environment.Capabilities[site.ReadTags].Available || without.Environment.CRM.System != nil || without.Environment.AccessAlly.Version != nil {
		t.Errorf("environment without AccessAlly %+v", without.Environment)
	}
	if old := newStory(t, 20, wptest.AccessAlly3).companion(); *old.Environment.AccessAlly.Version != "3.6.2" {
		t.Errorf("version %s", *old.Environment.AccessAlly.Version)
	}
	_, err := newStory(t, 20, wptest.NoCompanion).find().Companion(background)
	told(t, err, site.NoCompanion)
	_, err = newStory(t, 20, wptest.SubscriberOnly).find().Companion(background)
	told(t, err, site.NotAdmin)
}

func TestOfferingsGetTheNamesOfTheirTags(t *testing.T) {
	story := newStory(t, 20)
	companion := story.companion()
	offerings, err := companion.Offerings(background)
	if err != nil {
		t.Fatal(err)
	}
	tags, system, err := companion.Tags(background)
	if err != nil || system == nil || *system != "convertkit" {
		t.Fatalf("%v, %v", system, err)
	}
	named, undecided := site.Named(offerings, tags)
	if len(undecided) > 0 || len(named) != len(story.fake.Offerings) {
		t.Fatalf("%d named, undecided %+v", len(named), undecided)
	}
	for i, want := range story.fake.Offerings {
		got := named[i]
		if got.Name != want.Name || got.Base != want.Base || got.Instant != want.Instant || got.Revoke != want.Revoke || fmt.Sprint(got.Modules) != fmt.Sprint(want.Modules) || fmt.Sprint(got.Pages) != fmt.Sprint(want.Pages) {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
	}
}

func TestAnOfferingThatIsNotUnderstoodIsUndecidedAndNeverHalfRight(t *testing.T) {
	tags := []site.Tag{{ID: "1", Name: "One"}, {ID: "2", Name: "Two"}}
	offering := func(base, revoke []string, modules map[string][]string) site.Offering {
		out := site.Offering{Key: "k", Name: "Yoga"}
		out.Tags.Base, out.Tags.Instant, out.Tags.Revoke, out.Tags.Modules = base, []string{}, revoke, modules
		return out
	}
	for name, each := range map[string]site.Offering{
		"unreadable":      offering(nil, []string{}, nil),
		"two tags":        offering([]string{"1", "2"}, []string{}, nil),
		"unknown tag":     offering([]string{"9"}, []string{}, nil),
		"unreadable last": offering([]string{"1"}, nil, nil),
		"module":          offering([]string{"1"}, []string{}, map[string][]string{"1": nil}),
	} {
		if named, undecided := site.Named([]site.Offering{each}, tags); len(named) != 0 || len(undecided) != 1 || undecided[0].Why == "" {
			t.Errorf("%s: %+v, %+v", name, named, undecided)
		}
	}
	if named, _ := site.Named([]site.Offering{offering([]string{"1"}, []string{}, nil)}, tags); len(named) != 1 || named[0].Base != "One" || named[0].Revoke != "" {
		t.Errorf("%+v", named)
	}
}

func TestEverythingElseThatTheCompanionReads(t *testing.T) {
	companion := newStory(t, 60).companion()
	found, err := companion.Lookup(background, []int64{4, 999}, []string{"TWIN@example.com", "nobody@example.com"})
	if err != nil || len(found.Users) != 3 || !slices.Equal(found.MissingIDs, []int64{999}) || !slices.Equal(found.MissingEmails, []string{"nobody@example.com"}) || found.Users[0].Login != "plus" {
		t.Errorf("lookup %+v, %v", found, err)
	}
	findings := map[string]string{}
	if err := companion.InvalidUsers(background, func(user site.InvalidUser) error { findings[user.Email] = user.Finding; return nil }); err != nil {
		t.Error(err)
	}
	if findings["not-an-address"] != "malformed" || findings["admin@example.com"] != "none" || len(findings) != 4 {
		t.Errorf("invalid users %v", findings)
	}
	references, unreadable, err := companion.TagReferences(background)
	if err != nil || len(references) != 10 || len(unreadable) != 1 || references[0].Section != "options" || unreadable[0].Section != "postmeta" {
		t.Errorf("%d references, unreadable %+v, %v", len(references), unreadable, err)
	}
	rules := 0
	if err := companion.AccessRules(background, func(rule site.AccessRule) error { rules++; return nil }); err != nil || rules != 10 {
		t.Errorf("%d rules, %v", rules, err)
	}
	for what, read := range map[string]func(context.Context, func(site.Order) error) error{"orders": companion.Orders, "subscriptions": companion.Subscriptions} {
		var rows []site.Order
		if err := read(background, func(row site.Order) error { rows = append(rows, row); return nil }); err != nil || len(rows) != 1 || *rows[0]["contact_id"] != "500004" {
			t.Errorf("%s: %v, %v", what, rows, err)
		}
	}
	if inventory, err := companion.Inventory(background); err != nil || len(inventory.Classes) == 0 {
		t.Errorf("%+v, %v", inventory, err)
	}
}

func TestWithoutAccessAllyNothingIsTakenForNone(t *testing.T) {
	companion := newStory(t, 20, wptest.NoAccessAlly).companion()
	_, _, err := companion.Tags(background)
	told(t, err, site.Unavailable)
	_, err = companion.Offerings(background)
	told(t, err, site.Unavailable)
	told(t, companion.Subscriptions(background, func(site.Order) error { return nil }), site.Unavailable)
	_, err = companion.SetContactIDs(background, []site.Link{{UserID: 4, ContactID: "1"}}, site.WriteOptions{})
	told(t, err, site.Unavailable)
}

func TestAnAnswerWithoutItsListIsUnreadable(t *testing.T) {
	story := newStory(t, 20)
	companion, err := story.spoiled(func(r *http.Request, answer *http.Response) {
		if strings.HasSuffix(r.URL.Path, "/tags") || strings.HasSuffix(r.URL.Path, "/offerings") || strings.HasSuffix(r.URL.Path, "/access-rules") {
			replace(answer, `{"tags":null}`)
		}
	}).Companion(background)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = companion.Tags(background)
	told(t, err, site.Unreadable)
	_, err = companion.Offerings(background)
	told(t, err, site.Unreadable)
	told(t, companion.AccessRules(background, func(site.AccessRule) error { return nil }), site.Unreadable)
}

func TestContactIDsAreSetReadBackAndUndone(t *testing.T) {
	story := newStory(t, 2300)
	companion := story.companion()
	var links []site.Link
	for _, person := range story.People() {
		links = append(links, site.Link{UserID: person.ID, ContactID: fmt.Sprint(900000 + person.ID)})
	}
	links = append(links, site.Link{UserID: 7_000_000, ContactID: "77"})
	var steps []int
	results, err := companion.SetContactIDs(background, links, site.WriteOptions{System: "convertkit", Done: func(done, _ int) { steps = append(steps, done) }})
	if err != nil || len(results) != len(links) || !slices.Equal(steps, []int{1000, 2000, 2301}) {
		t.Fatalf("%d results, %v, %v", len(results), steps, err)
	}
	if got := results[1]; got.UserID != 4 || got.Result != site.Set || *got.Before != "500004" || *got.After != "900004" {
		t.Errorf("%+v", got)
	}
	if last := results[2300]; last.Result != site.NotFound || last.Before != nil || last.After != nil {
		t.Errorf("%+v", last)
	}
	var undo []site.Link
	for _, result := range results[:2300] {
		undo = append(undo, site.Link{UserID: result.UserID, ContactID: *result.Before, Expected: result.After})
	}
	if _, err := companion.SetContactIDs(background, undo, site.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	users, _, err := story.read(site.ReadOptions{})
	if err != nil || *users[1].ContactID != "500004" || *users[0].ContactID != "" || len(users[1].Tags) != 1 {
		t.Errorf("after undoing: %+v, %v", users[1], err)
	}
}

func TestRefusalsWriteNothing(t *testing.T) {
	story := newStory(t, 20)
	companion := story.companion()
	_, err := companion.SetContactIDs(background, []site.Link{{UserID: 4, ContactID: "1"}}, site.WriteOptions{System: "drip"})
	told(t, err, site.OtherSystem)
	_, err = companion.SetContactIDs(background, []site.Link{{UserID: 4, ContactID: "1"}, {UserID: 7, ContactID: "1"}}, site.WriteOptions{})
	told(t, err, site.TwiceInOne)
	_, err = companion.SetContactIDs(background, []site.Link{{UserID: 4, ContactID: "'; DROP TABLE"}}, site.WriteOptions{})
	told(t, err, site.Refused)
	results, err := companion.SetContactIDs(background, []site.Link{{UserID: 4, ContactID: "1"}}, site.WriteOptions{DryRun: true})
	if err != nil || results[0].Result != site.Set {
		t.Errorf("%+v, %v", results, err)
	}
	results, err = companion.SetContactIDs(background, []site.Link{{UserID: 4, ContactID: "1", Expected: pointer("somebody else's")}}, site.WriteOptions{})
	if err != nil || results[0].Result != site.Changed {
		t.Errorf("%+v, %v", results, err)
	}
	if users, _, _ := story.read(site.ReadOptions{}); *users[1].ContactID != "500004" {
		t.Errorf("written all the same: %s", *users[1].ContactID)
	}
}

func TestABusySlowSiteThatLosesAnswersIsWrittenToAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		story := newStory(t, 60, wptest.BusyOnce, wptest.SlowWrites, wptest.LostAnswers)
		companion := story.companion()
		var links []site.Link
		for i, person := range story.People()[25:55] {
			link := site.Link{UserID: person.ID, ContactID: fmt.Sprint(900000 + person.ID)}
			if i%3 > 0 {
				link.Expected = pointer(fmt.Sprint(500000 + person.ID))
			}
			links = append(links, link)
		}
		results, err := companion.SetContactIDs(background, links, site.WriteOptions{})
		if err != nil || len(results) != len(links) {
			t.Fatalf("%d results for %d links, %v", len(results), len(links), err)
		}
		for i, result := range results {
			switch {
			case result.Result != site.Already && result.Result != site.Set:
				t.Errorf("%+v", result)
			case links[i].Expected == nil && result.Result == site.Already && result.Before != nil:
				t.Errorf("what was there before is not known after a lost answer: %+v", result)
			case links[i].Expected != nil && (result.Before == nil || *result.Before != *links[i].Expected):
				t.Errorf("what was there before: %+v, expected %s", result, *links[i].Expected)
			}
		}
	})
}

func TestRefreshingAndPuttingTagsBack(t *testing.T) {
	story := newStory(t, 60)
	companion := story.companion()
	story.InCRM("500004", "Yoga Basics Access", "Inner Circle Member")
	refreshed, err := companion.RefreshUsers(background, []int64{4, 7, 1, 999}, site.WriteOptions{System: "convertkit"})
	if err != nil {
		t.Fatal(err)
	}
	var what []site.Result
	for _, each := range refreshed {
		what = append(what, each.Result)
	}
	if !slices.Equal(what, []site.Result{site.Refreshed, site.Failed, site.NoContact, site.NotFound}) {
		t.Fatalf("%v", what)
	}
	if first := refreshed[0]; len(first.Tags.Before) != 1 || len(first.Tags.After) != 2 || refreshed[1].Message == "" {
		t.Errorf("%+v", first)
	}
	restored, err := companion.RestoreTags(background, []site.TagChange{{UserID: 4, Tags: refreshed[0].Tags.Before, Expected: refreshed[0].Tags.After}}, site.WriteOptions{})
	if err != nil || restored[0].Result != site.Set || !slices.Equal(restored[0].After, refreshed[0].Tags.Before) {
		t.Errorf("%+v, %v", restored, err)
	}
	restored, err = companion.RestoreTags(background, []site.TagChange{{UserID: 4, Tags: nil, Expected: []string{}}}, site.WriteOptions{})
	if err != nil || restored[0].Result != site.Changed {
		t.Errorf("expecting none is not the same as expecting anything: %+v, %v", restored, err)
	}
}

func TestTheMarkChangesWithThePeople(t *testing.T) {
	story := newStory(t, 30)
	companion := story.companion()
	first, err := companion.ChangeMark(background)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := companion.ChangeMark(background); fmt.Sprint(again.Accounts, again.Names, *again.AccessAlly) != fmt.Sprint(first.Accounts, first.Names, *first.AccessAlly) {
		t.Error("the mark changes by itself")
	}
	if _, err := companion.SetContactIDs(background, []site.Link{{UserID: 4, ContactID: "1"}}, site.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if now, _ := companion.ChangeMark(background); *now.AccessAlly == *first.AccessAlly || now.Accounts != first.Accounts {
		t.Errorf("%+v then %+v", first, now)
	}
}

func TestTheCompanionIsRemovedByWordPressItself(t *testing.T) {
	story := newStory(t, 20)
	companion := story.companion()
	if err := companion.Remove(background); err != nil {
		t.Fatal(err)
	}
	if story.find().HasCompanion() {
		t.Error("it is still there")
	}
	_, err := companion.Look(background)
	told(t, err, site.NoCompanion)
}
