package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"allyswitch/wp"
	"allyswitch/wp/site"
)

func runClient(t *testing.T, target Target) {
	t.Run("every way reads the members of the cleaned export", func(t *testing.T) { sameMembers(t, target) })
	t.Run("a reading goes on in another way", func(t *testing.T) { resume(t, target) })
	t.Run("what is read goes through Clean like the export", func(t *testing.T) { sameFiles(t, target) })
	t.Run("login", func(t *testing.T) { login(t, target) })
	t.Run("tags and offerings are those of the site", func(t *testing.T) { sameTags(t, target) })
	t.Run("a new member", func(t *testing.T) { create(t, target) })
	t.Run("contact IDs are set and undone", func(t *testing.T) { link(t, target) })
	t.Run("the front page is the same twice", func(t *testing.T) { look(t, target) })
}

// limitedID is who is on a site to be refused, and in no export.
const limitedID = 2

func ways() []site.Way { return []site.Way{site.ByCompanion, site.ByREST, site.ByXMLRPC} }

// exported are the members of the cleaned export.
func exported(t *testing.T, target Target) []wp.Member {
	t.Helper()
	export, err := wp.OpenExport(bytes.NewReader(target.Site.Export()), nil)
	if err != nil {
		t.Fatal(err)
	}
	var members []wp.Member
	for {
		row, err := export.Next()
		if errors.Is(err, io.EOF) {
			return members
		}
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, row.Member)
	}
}

// compare leaves out who is there to be refused. The made-up export has no display name for who has no name.
func compare(t *testing.T, users []site.User, members []wp.Member) {
	t.Helper()
	users = slices.DeleteFunc(users, func(user site.User) bool { return user.ID == limitedID })
	if len(users) != len(members) {
		t.Fatalf("%d users read, %d members in the export", len(users), len(members))
	}
	for i, user := range users {
		want := members[i]
		if want.DisplayName == "" {
			want.DisplayName = user.DisplayName
		}
		if !reflect.DeepEqual(user.Member, want) {
			t.Errorf("read    %+v\nexport  %+v", user.Member, want)
		}
	}
}

func read(found *site.Site, options site.ReadOptions, most int) (users []site.User, reading site.Reading, err error) {
	reading, err = found.Users(context.Background(), options, func(user site.User) error {
		if len(users) == most {
			return errEnough
		}
		users = append(users, user)
		return nil
	})
	return users, reading, err
}

var errEnough = errors.New("enough")

func sameMembers(t *testing.T, target Target) {
	members := exported(t, target)
	for _, way := range ways() {
		users, reading, err := read(target.open(t), site.ReadOptions{Way: way}, -1)
		if err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if reading.Before != reading.After || way != site.ByXMLRPC && reading.After != len(users) {
			t.Errorf("%s: %+v for %d users", way, reading, len(users))
		}
		compare(t, users, members)
	}
}

func resume(t *testing.T, target Target) {
	found := target.open(t)
	for _, first := range ways() {
		for _, second := range ways() {
			users, reading, err := read(found, site.ReadOptions{Way: first}, 23)
			if !errors.Is(err, errEnough) {
				t.Fatal(err)
			}
			rest, _, err := read(found, site.ReadOptions{Way: second, After: reading.Cursor}, -1)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, append(users, rest...), exported(t, target))
		}
	}
}

func sameFiles(t *testing.T, target Target) {
	var file bytes.Buffer
	writer := wp.NewStoredWriter(&file)
	_, err := target.open(t).Users(context.Background(), site.ReadOptions{}, func(user site.User) error {
		if user.ID == limitedID {
			return nil
		}
		return writer.Write(user.Stored)
	})
	if err != nil || writer.Flush() != nil {
		t.Fatal(err)
	}
	if got, want := cleaned(t, file.Bytes()), cleaned(t, target.Site.Export()); got != want {
		t.Errorf("members.csv is\n%s\nnot\n%s", got, want)
	}
}

func cleaned(t *testing.T, file []byte) string {
	t.Helper()
	var members bytes.Buffer
	if _, err := wp.Clean(context.Background(), bytes.NewReader(file), wp.CleanOptions{}, &members, io.Discard); err != nil {
		t.Fatal(err)
	}
	return members.String()
}

func login(t *testing.T, target Target) {
	try := func(user, password string) (site.Login, error) {
		settings := site.Settings{Values: map[string]string{"site.user": user, "site.password": password}, Transport: target.Transport}
		found, err := site.Find(context.Background(), settings, target.URL)
		if err != nil {
			t.Fatal(err)
		}
		return found.Login(context.Background())
	}
	for _, typed := range []string{target.URL + "/wp-admin/users.php?paged=2", target.URL + "/wp-login.php", target.URL + "/there/is/no/such/page/"} {
		found, err := site.Find(context.Background(), site.Settings{Transport: target.Transport}, typed)
		if err != nil || found.Info().Name != "Membership site" || !found.HasCompanion() || !found.Info().ApplicationPasswords {
			t.Errorf("%s: %v", typed, err)
		}
	}
	got, err := try(target.User, target.Password)
	if err != nil || got.Account.ID != 1 || !got.Account.CanCreate || !slices.Equal(got.Ways, []site.Way{site.ByCompanion, site.ByREST}) {
		t.Errorf("administrator: %+v, %v", got, err)
	}
	if _, err := try(target.User, "wrong wrong wrong"); !site.Is(err, site.WrongPassword) {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := try("nobody", target.Password); !site.Is(err, site.WrongPassword) {
		t.Errorf("no such user: %v", err)
	}
	if _, err := try(target.LimitedUser, target.LimitedPassword); !site.Is(err, site.NotAdmin) {
		t.Errorf("subscriber: %v", err)
	}
}

// sameTags compares tags by name with those that the site's people have. Who has no contact ID has no tags in AccessAlly.
func sameTags(t *testing.T, target Target) {
	companion := openCompanion(t, target)
	tags, _, err := companion.Tags(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, tag := range tags {
		names[tag.ID] = tag.Name
	}
	users, _, err := read(target.open(t), site.ReadOptions{Way: site.ByCompanion}, -1)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[int64]site.User{}
	for _, user := range users {
		byID[user.ID] = user
	}
	for _, person := range target.Site.People {
		user := byID[person.ID]
		if user.ContactID == nil || user.Tags == nil {
			t.Errorf("%s: contact ID or tags are unknown", person.Login)
			continue
		}
		var have, want []string
		for _, id := range user.Tags {
			have = append(have, names[id])
		}
		if *user.ContactID != "" {
			want = slices.Clone(person.Tags)
		}
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("%s has %q, not %q", person.Login, have, want)
		}
	}
	sameOfferings(t, target, companion, tags)
}

func openCompanion(t *testing.T, target Target) *site.Companion {
	t.Helper()
	companion, err := target.open(t).Companion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return companion
}

func sameOfferings(t *testing.T, target Target, companion *site.Companion, tags []site.Tag) {
	offerings, err := companion.Offerings(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	named, undecided := site.Named(offerings, tags)
	if len(undecided) > 0 || len(named) != len(target.Site.Offerings) {
		t.Fatalf("%d offerings, undecided %+v", len(named), undecided)
	}
	for i, want := range target.Site.Offerings {
		got := named[i]
		got.Key = want.Key // AccessAlly's is the name of an option.
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if _, _, err := companion.TagReferences(context.Background()); err != nil {
		t.Error(err)
	}
	if err := companion.Subscriptions(context.Background(), func(site.Order) error { return nil }); err != nil {
		t.Error(err)
	}
}

func create(t *testing.T, target Target) {
	found, mail := target.open(t), len(target.Mail())
	for email, login := range map[string]string{"new.person@example.com": "new.person@example.com", "new+course@example.com": "new_course_at_example.com"} {
		made, err := found.Create(context.Background(), wp.Member{Email: email, FirstName: "O'Brien & Co", LastName: "Müller"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			target.ask(t, admin, http.MethodDelete, fmt.Sprintf("%s/%d?force=true&reassign=false", users, made.ID), "", "")
		})
		if made.Login != login || made.Existed {
			t.Errorf("made %+v", made)
		}
		again, err := found.Create(context.Background(), wp.Member{Email: email})
		if err != nil || !again.Existed || again.ID != made.ID {
			t.Errorf("again: %+v, %v", again, err)
		}
	}
	if sent := target.Mail(); len(sent) != mail {
		t.Errorf("mail went out: %v", sent[mail:])
	}
}

func link(t *testing.T, target Target) {
	companion := openCompanion(t, target)
	text := func(value string) *string { return &value }
	links := []site.Link{{UserID: 4, ContactID: "900004", Expected: text("500004")}, {UserID: 7, ContactID: "900007", Expected: text("somebody else")}, {UserID: 9999999, ContactID: "900008"}}
	results, err := companion.SetContactIDs(context.Background(), links, site.WriteOptions{System: "convertkit"})
	if err != nil || len(results) != 3 {
		t.Fatalf("%+v, %v", results, err)
	}
	if results[0].Result != site.Set || *results[0].Before != "500004" || *results[0].After != "900004" || results[1].Result != site.Changed || results[2].Result != site.NotFound || results[2].Before != nil {
		t.Errorf("%+v", results)
	}
	undone, err := companion.SetContactIDs(context.Background(), []site.Link{{UserID: 4, ContactID: *results[0].Before, Expected: results[0].After}}, site.WriteOptions{})
	if err != nil || undone[0].Result != site.Set || *undone[0].After != "500004" {
		t.Errorf("%+v, %v", undone, err)
	}
}

func look(t *testing.T, target Target) {
	found := target.open(t)
	before, err := found.Look(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	after, err := found.Look(context.Background())
	if err != nil || !site.Compare(before, after).Same || before.Title != "Membership site" || before.Closed {
		t.Errorf("%+v, %+v, %v", before, after, err)
	}
}
