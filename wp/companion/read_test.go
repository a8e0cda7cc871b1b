package companion_test

import (
	"encoding/json"
	"fmt"
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

func TestOfferingsAreThoseOfTheMadeUpSite(t *testing.T) {
	site := realsite.Open(t)
	type offering struct {
		Key, Name string
		Tags      struct {
			Base, Instant, Revoke []string
			Modules               map[string][]string
		}
		Pages []struct {
			ID            int64
			Title, Module string
			Status        string
		}
	}
	for shape, missing := range map[string][]string{"by function": {}, "from options": {"AccessAllyOfferings"}, "without a reader of tags": {"AccessAllyOfferings::get_configured_tag_value"}} {
		t.Run(shape, func(t *testing.T) {
			site.Shape(t, map[string]any{"missing": missing})
			names := tagNames(t, site)
			got := get[struct{ Offerings []offering }](t, site, "/offerings").Offerings
			for i, want := range wptest.New(site.People, 1).Offerings {
				o := got[i]
				if o.Name != want.Name || len(o.Pages) != len(want.Pages) || fmt.Sprint(o.Pages[0].ID, o.Pages[len(o.Pages)-1].Module) != fmt.Sprint(want.Pages[0].ID, want.Pages[len(want.Pages)-1].Module) {
					t.Errorf("offering %v, want %v", o, want)
				}
				// The stand-in's settings of tags have a form that nobody knows without AccessAlly's own function: then they are unknown, never none.
				if shape != "by function" {
					if o.Tags.Base != nil {
						t.Errorf("%s: base tag %v is made out without AccessAlly's function", o.Name, o.Tags.Base)
					}
					continue
				}
				if tags := named(o.Tags.Base, names); !slices.Equal(tags, []string{want.Base}) {
					t.Errorf("%s: base tag %v, want %s", o.Name, tags, want.Base)
				}
				for module, tag := range want.Modules {
					if tags := named(o.Tags.Modules[module], names); !slices.Equal(tags, []string{tag}) {
						t.Errorf("%s, module %s: %v, want %s", o.Name, module, tags, tag)
					}
				}
			}
		})
	}
}

type reference struct {
	Kind, Key, Title, Path, Tag, Edit string
	Certain                           bool
	ID                                int64
	Known                             *bool
}

type references struct {
	References []reference
	Unreadable []struct{ Key, Why string }
	Next       *int64
}

// places reads a section in small pages.
func places(t *testing.T, site *realsite.Site, section string) references {
	t.Helper()
	var all references
	for after := int64(0); ; {
		p := get[references](t, site, fmt.Sprintf("/tag-references?section=%s&after=%d&limit=3", section, after))
		all.References = append(all.References, p.References...)
		all.Unreadable = append(all.Unreadable, p.Unreadable...)
		if p.Next == nil {
			return all
		}
		after = *p.Next
	}
}

func TestTagsAreFoundWhereverTheyLive(t *testing.T) {
	site := realsite.Open(t)
	for section, want := range map[string][]string{
		"options": {
			"offering _accessally_offering_1 “Yoga Basics” tags.module-1.tag", "progressally-event progressally_event_1 “First login” action-tag.0",
			"custom-operation _accessally_setting_custom_operation “Release” operations.1.remove-tags", "protected-content _accessally_setting_protected_content “” files.0.required-tag",
			"directory _accessally_setting_directory “Graduates” 0.has-tags", "team _accessally_team_1 “Company” member-tag", "wp-fusion wpf_accessally_settings “” 1003",
		},
		"postmeta": {
			"progressally-page _progressally_post_meta “Welcome to Yoga” complete-tag.0", "progressally-quiz _progressally_post_meta “Welcome to Yoga” quiz.grade-outcome-fail-tag",
			"page-permission _accessally_post_permission “Breathing” has-tags.0",
		},
		"content":  {"shortcode accessally_has_tag “Offers <b>now</b>” [accessally_has_tag] has_tag"},
		"usermeta": {"team accessally_team_admin_1 “” leader-tag"},
		"tables":   {"order-form wp_aal_order_forms.success_tags “” success_tags.0", "order-form wp_aal_order_forms.stop_tag “” stop_tag"},
	} {
		t.Run(section, func(t *testing.T) {
			var got []string
			for _, r := range places(t, site, section).References {
				got = append(got, fmt.Sprintf("%s %s “%s” %s", r.Kind, r.Key, r.Title, r.Path))
			}
			for _, place := range want {
				if !slices.Contains(got, place) {
					t.Errorf("missing %s among\n%s", place, strings.Join(got, "\n"))
				}
			}
		})
	}
}

func TestAStaleTagIsTold(t *testing.T) {
	site := realsite.Open(t)
	stale := 0
	for _, section := range []string{"options", "postmeta", "content", "theme", "tables"} {
		for _, r := range places(t, site, section).References {
			if r.Tag != "" && r.Known == nil {
				t.Errorf("%s: it is not known whether %s is a tag", r.Key, r.Tag)
			} else if r.Tag != "" && *r.Known == (r.Tag == "4711") {
				t.Errorf("%s: tag %s is known: %v", r.Key, r.Tag, *r.Known)
			} else if r.Tag == "4711" {
				stale++
			}
		}
	}
	if stale != 5 {
		t.Errorf("%d stale tags, want 5", stale)
	}
	site.Shape(t, map[string]any{"missing": []string{"AccessAllyMembershipUtilities::get_all_tags", "AccessAllyAPI::get_all_tags"}})
	for _, r := range places(t, site, "tables").References {
		if r.Known != nil {
			t.Errorf("without the list of tags, %s is known: %v", r.Tag, *r.Known)
		}
	}
}

func TestASettingThatIsBrokenIsSaidToBe(t *testing.T) {
	site := realsite.Open(t)
	got := places(t, site, "postmeta").Unreadable
	if len(got) != 1 || got[0].Key != "_accessally_post_permission" {
		t.Errorf("unreadable: %v", got)
	}
}

func TestTagsInTheThemesCode(t *testing.T) {
	site := realsite.Open(t)
	var got []string
	for _, r := range places(t, site, "theme").References {
		file := r.Path[strings.LastIndex(r.Path, "/")+1:]
		got = append(got, fmt.Sprintf("%s %s %v", file, r.Tag, r.Certain))
	}
	want := []string{"theme-code.php:6 1001 true", "theme-code.php:6 4711 true", "theme-code.php:8 1002 true", "theme-code.php:8  true", "theme-code.php:9 1003 false", "theme-code.php:9  false"}
	if !slices.Equal(got, want) {
		t.Errorf("found %v\nwant  %v", got, want)
	}
}

func TestAccessRules(t *testing.T) {
	site := realsite.Open(t)
	type rule struct {
		ID        int64
		Title     string
		Offerings []struct {
			Key, Module string
			AnyOf       []string `json:"any_of"`
			NoneOf      []string `json:"none_of"`
		}
		RequireLogin   *bool                        `json:"require_login"`
		PermissionTags []struct{ Path, Tag string } `json:"permission_tags"`
	}
	var rules []rule
	for after := int64(0); ; {
		p := get[struct {
			Rules []rule
			Next  *int64
		}](t, site, fmt.Sprintf("/access-rules?limit=3&after=%d", after))
		rules = append(rules, p.Rules...)
		if p.Next == nil {
			break
		}
		after = *p.Next
	}
	if len(rules) != 10 {
		t.Fatalf("%d rules, want one for each of the ten pages", len(rules))
	}
	names := tagNames(t, site)
	breathing := rules[1]
	if got := named(breathing.Offerings[0].AnyOf, names); !slices.Equal(got, []string{"Yoga Basics Instant", "Yoga Basics Module 1"}) {
		t.Errorf("%s is opened by %v", breathing.Title, got)
	}
	if got := named(breathing.Offerings[0].NoneOf, names); !slices.Equal(got, []string{"Yoga Basics Revoke"}) {
		t.Errorf("%s is closed by %v", breathing.Title, got)
	}
	if breathing.RequireLogin == nil || !*breathing.RequireLogin || len(breathing.PermissionTags) != 1 {
		t.Errorf("the page's own permission: %v %v", breathing.RequireLogin, breathing.PermissionTags)
	}
	if rules[2].RequireLogin != nil {
		t.Error("a broken permission setting is taken for an answer")
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
