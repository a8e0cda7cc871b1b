package companion_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"allyswitch/wp/wptest"
	"allyswitch/wp/wptest/realsite"
)

// The same people as the made-up site's, awkward ones among them: nothing is lost, twisted or cleaned on the way.
func TestUsersComeThroughAsTheyAre(t *testing.T) {
	site := realsite.Open(t)
	found := map[int64]user{}
	for _, u := range everybody(t, site, 2000, "") {
		found[u.ID] = u
	}
	people := wptest.New(site.People, 1).People
	if len(found) != len(people)+1 { // and the one called limited
		t.Errorf("%d users, want %d", len(found), len(people)+1)
	}
	names := tagNames(t, site)
	for _, person := range people {
		u := found[person.ID]
		got := []string{u.Login, u.Email, u.FirstName, u.LastName, u.Registered, strings.Join(u.Roles, ", ")}
		want := []string{person.Login, person.Email, person.FirstName, person.LastName, person.Registered, person.Roles}
		if !slices.Equal(got, want) {
			t.Errorf("%d is %q, want %q", person.ID, got, want)
		}
		if u.Tags == nil || u.ContactID == nil {
			t.Fatalf("%s: tags or contact ID are not known", person.Login)
		}
		if tags := named(*u.Tags, names); *u.ContactID != "" && !slices.Equal(tags, person.Tags) && len(tags)+len(person.Tags) > 0 {
			t.Errorf("%s has tags %v, want %v", person.Login, tags, person.Tags)
		}
	}
}

func tagNames(t testing.TB, site *realsite.Site) map[string]string {
	t.Helper()
	names := map[string]string{}
	for _, tag := range get[struct{ Tags []struct{ ID, Name string } }](t, site, "/tags").Tags {
		names[tag.ID] = tag.Name
	}
	return names
}

func named(ids []string, names map[string]string) []string {
	var list []string
	for _, id := range ids {
		list = append(list, names[id])
	}
	return list
}

func TestPagesOfAnySizeGiveTheSameUsers(t *testing.T) {
	site := realsite.Open(t)
	whole := everybody(t, site, 2000, "")
	for _, limit := range []int{7, len(whole), len(whole) - 1} {
		parts := everybody(t, site, limit, "")
		if asJSON(t, parts) != asJSON(t, whole) {
			t.Errorf("pages of %d give %d users, one page gives %d", limit, len(parts), len(whole))
		}
	}
}

func TestRangesOfIDsMakeUpTheWhole(t *testing.T) {
	site := realsite.Open(t)
	whole := everybody(t, site, 2000, "")
	middle := whole[len(whole)/2].ID
	parts := append(everybody(t, site, 9, fmt.Sprintf("&up_to=%d", middle)), from(t, site, middle, 9, "")...)
	if asJSON(t, parts) != asJSON(t, whole) {
		t.Errorf("two ranges give %d users, the whole %d", len(parts), len(whole))
	}
}

func asJSON(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestUsersWithoutWhatWasNotAskedFor(t *testing.T) {
	site := realsite.Open(t)
	for with, want := range map[string][2]bool{"": {false, false}, "contact_id": {true, false}, "tags": {false, true}, "tags,contact_id": {true, true}} {
		for _, u := range everybody(t, site, 2000, "&with="+with) {
			if got := [2]bool{u.ContactID != nil, u.Tags != nil}; got != want {
				t.Fatalf("with=%s: %s has %v, want %v", with, u.Login, got, want)
			}
		}
	}
}

func TestOnlyThoseRegisteredSince(t *testing.T) {
	site := realsite.Open(t)
	all := everybody(t, site, 2000, "")
	since := "2020-06-01 12:00:00"
	var want []int64
	for _, u := range all {
		if u.Registered >= since {
			want = append(want, u.ID)
		}
	}
	for _, form := range []string{"2020-06-01T12:00:00Z", "2020-06-01%2012:00:00"} {
		var got []int64
		for _, u := range everybody(t, site, 5, "&registered_since="+form) {
			got = append(got, u.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("since %s: %v, want %v", form, got, want)
		}
	}
}

// The accent of ñfd@example.com counts, although the database takes it for the n of nfd@example.com.
func TestLookingUpByIDAndAddress(t *testing.T) {
	site := realsite.Open(t)
	found := post[struct {
		Users         []user   `json:"users"`
		MissingIDs    []int64  `json:"missing_ids"`
		MissingEmails []string `json:"missing_emails"`
	}](t, site, "/users/lookup", map[string]any{"ids": []int{4, 987654}, "emails": []string{"twin@EXAMPLE.com", "plus.first+vip@example.com", "nobody' OR '1'='1", "ñfd@example.com"}})
	var logins []string
	for _, u := range found.Users {
		logins = append(logins, u.Login)
	}
	if !slices.Equal(logins, []string{"plus", "twin1", "twin2"}) {
		t.Errorf("found %v", logins)
	}
	if !slices.Equal(found.MissingIDs, []int64{987654}) || !slices.Equal(found.MissingEmails, []string{"nobody' OR '1'='1", "ñfd@example.com"}) {
		t.Errorf("missing %v and %v", found.MissingIDs, found.MissingEmails)
	}
}

func TestInvalidContactIDsAreFound(t *testing.T) {
	site := realsite.Open(t)
	found := get[struct {
		Users []struct {
			ID               int64
			Finding, Contact string
		}
	}](t, site, "/users/invalid")
	got := map[string]int{}
	for _, u := range found.Users {
		got[u.Finding]++
	}
	if got["none"] != 4 || got["malformed"] != 1 || len(got) != 2 {
		t.Errorf("findings: %v", got)
	}
	site.Shape(t, map[string]any{"odd": []string{"AccessAllyUserPermission::get_user_contact_id"}})
	unreadable := get[struct{ Users []struct{ Finding string } }](t, site, "/users/invalid?limit=3").Users
	if len(unreadable) != 3 || unreadable[0].Finding != "unreadable" {
		t.Errorf("findings when nothing can be read: %v", unreadable)
	}
}

// A member may go or come between two pages: nobody else is skipped or read twice.
func TestSomebodyComesWhileUsersAreRead(t *testing.T) {
	site := realsite.Open(t)
	before := everybody(t, site, 2000, "")
	first := get[page](t, site, "/users?limit=20")
	newUser(t, site, "latecomer", "a long word that nobody guesses")
	users := slices.Clone(first.Users)
	for next := first.Next; next != nil; {
		p := get[page](t, site, fmt.Sprintf("/users?limit=20&after=%d", *next))
		users, next = append(users, p.Users...), p.Next
		if next == nil && p.Total != first.Total+1 {
			t.Errorf("total %d, then %d", first.Total, p.Total)
		}
	}
	if len(users) != len(before)+1 || users[len(users)-1].Login != "latecomer" {
		t.Errorf("%d users, want %d", len(users), len(before)+1)
	}
}

func TestTheChangeMarkChangesWithWhatChanges(t *testing.T) {
	site := realsite.Open(t)
	type mark struct{ Accounts, Names, Accessally string }
	read := func() mark { return get[mark](t, site, "/change-mark") }
	id := newUser(t, site, "changing", "a long word that nobody guesses")
	start, mine := read(), lookup(t, site, id).Mark
	if again := read(); again != start {
		t.Fatalf("nothing happened, and %v became %v", start, again)
	}
	site.Admin(t, "POST", fmt.Sprintf("/wp/v2/users/%d", id), map[string]any{"first_name": "Changed"})
	named := read()
	if named.Names == start.Names || named.Accounts != start.Accounts {
		t.Errorf("a new first name: %v, then %v", start, named)
	}
	if lookup(t, site, id).Mark == mine {
		t.Error("the user's own mark is the same after a new first name")
	}
	post[written](t, site, "/contact-ids", map[string]any{"links": []link{{UserID: id, ContactID: "8181"}}})
	if linked := read(); linked.Accessally == named.Accessally || linked.Names != named.Names {
		t.Errorf("a new contact ID: %v, then %v", named, linked)
	}
}

// Keys, secrets and cards are in the site's options and tables under names that the companion reads around.
func TestNoSecretLeavesTheSite(t *testing.T) {
	site := realsite.Open(t)
	site.Shape(t, map[string]any{"broken": []string{"AccessAllyUserPermission::get_cleaned_user_tags", "AccessAllyAPI::sync_user_info_from_crm"}})
	list := append(routes(), route{"POST", "/refresh", map[string]any{"ids": []int{4}}})
	for _, section := range []string{"postmeta", "content", "theme", "usermeta", "tables"} {
		list = append(list, route{"GET", "/tag-references?section=" + section, nil})
	}
	for _, r := range list {
		body := string(ask(t, site, r.method, r.path, r.body).Body)
		for _, secret := range []string{"STANDIN-", "999999", "$P$", "$wp$", "user_pass", "session_tokens"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s has %s in it", r.path, secret)
			}
		}
	}
}

// WordPress gives an empty list for a query that failed. Nothing of that may be told as "none": no user without roles, no page without tags, no order less.
func TestADatabaseThatFailsIsNotNone(t *testing.T) {
	site := realsite.Open(t)
	for path, query := range map[string]string{
		"/users": "u.user_registered, u.display_name", "/users?limit=3": "meta_key NOT IN", "/users?with=": "meta_key IN ('first_name", "/users/invalid": "meta_key NOT IN",
		"/tag-references?section=options": "option_id >", "/tag-references?section=content": "post_content LIKE", "/orders": "wp_aal_orders", "/subscriptions": "ORDER BY `", "/change-mark": "BIT_XOR", "/environment": "MAX(ID)",
	} {
		request := realsite.Request{Method: "GET", Path: "/wp-json/allyswitch/v1" + path, User: site.User, Password: site.Password,
			Header: http.Header{"X-Allyswitch-Test-Broken-Query": {query}}}
		if answer := site.Do(t, request); answer.Status != 500 || answer.Code() != "allyswitch_database" {
			t.Errorf("%s, with a database that fails: %d %.200s", path, answer.Status, answer.Body)
		}
		request.Header = http.Header{"X-Allyswitch-Test-Broken-Query": {"no query has these words"}}
		if answer := site.Do(t, request); answer.Status != 200 {
			t.Errorf("%s: %d %.200s", path, answer.Status, answer.Body)
		}
	}
	who := everybody(t, site, 2000, "")[0]
	link := realsite.Request{Method: "POST", Path: "/wp-json/allyswitch/v1/contact-ids", User: site.User, Password: site.Password, Header: http.Header{"X-Allyswitch-Test-Broken-Query": {"WHERE ID IN"}},
		Body: map[string]any{"links": []map[string]any{{"user_id": who.ID, "contact_id": "7", "expected": *who.ContactID}}}}
	if answer := site.Do(t, link); answer.Status != 500 || answer.Code() != "allyswitch_failed" {
		t.Errorf("linking, when nobody knows who exists: %d %.200s", answer.Status, answer.Body)
	}
}
