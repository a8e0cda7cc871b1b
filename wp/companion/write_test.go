package companion_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"allyswitch/wp/wptest/realsite"
)

const longWord = "a long word that nobody guesses"

func TestLinkingAMemberAndTakingItBack(t *testing.T) {
	site := realsite.Open(t)
	id := newUser(t, site, "tolink", longWord)
	sent := mails(t, site)
	set := func(contact, expected string) result {
		t.Helper()
		return post[written](t, site, "/contact-ids", map[string]any{"system": "convertkit", "links": []link{{id, contact, &expected}}}).Results[0]
	}
	expect(t, set("7001", ""), "set", "", "7001")
	expect(t, set("7001", ""), "already", "7001", "7001")
	expect(t, set("7002", ""), "changed", "7001", "7001")
	expect(t, set("7002", "7001"), "set", "7001", "7002")
	expect(t, set("", "7002"), "set", "7002", "")
	if u := lookup(t, site, id); *u.ContactID != "" {
		t.Errorf("after undoing, the contact ID is %q", *u.ContactID)
	}
	if now := mails(t, site); now != sent {
		t.Errorf("mail was sent: %s", strings.TrimPrefix(now, sent))
	}
}

func expect(t *testing.T, got result, want, before, after string) {
	t.Helper()
	if got.Result != want || got.Before == nil || *got.Before != before || got.After == nil || *got.After != after {
		t.Errorf("got %s from %v to %v, want %s from %q to %q", got.Result, deref(got.Before), deref(got.After), want, before, after)
	}
}

func deref(s *string) string {
	if s == nil {
		return "unknown"
	}
	return *s
}

func TestMailsAreHeldBackAndCounted(t *testing.T) {
	site := realsite.Open(t)
	id := newUser(t, site, "quiet", longWord)
	if got := post[written](t, site, "/contact-ids", map[string]any{"links": []link{{UserID: id, ContactID: "7003"}}}).Held; got != 1 {
		t.Errorf("%d mails held back, want the one that the stand-in sends", got)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	site := realsite.Open(t)
	id := newUser(t, site, "dry", longWord)
	body := map[string]any{"dry_run": true, "links": []link{{UserID: id, ContactID: "7004"}}}
	expect(t, post[written](t, site, "/contact-ids", body).Results[0], "set", "", "7004")
	if u := lookup(t, site, id); *u.ContactID != "" {
		t.Errorf("the contact ID is %q", *u.ContactID)
	}
}

func TestUsersThatDoNotExist(t *testing.T) {
	site := realsite.Open(t)
	got := post[written](t, site, "/contact-ids", map[string]any{"links": []link{{UserID: 987654321, ContactID: "7005"}}}).Results[0]
	if got.Result != "not_found" || got.Before != nil || got.After != nil {
		t.Errorf("linking nobody: %v", got)
	}
	if got := post[written](t, site, "/refresh", map[string]any{"ids": []int{987654321}}).Results[0].Result; got != "not_found" {
		t.Errorf("refreshing nobody: %s", got)
	}
	changes := map[string]any{"changes": []any{map[string]any{"user_id": 987654321, "tags": []string{"1001"}}}}
	if got := post[written](t, site, "/cached-tags", changes).Results[0].Result; got != "not_found" {
		t.Errorf("tags of nobody: %s", got)
	}
}

func TestOneRequestNamesNobodyTwice(t *testing.T) {
	site := realsite.Open(t)
	twice := map[string]any{"links": []link{{UserID: 4, ContactID: "1"}, {UserID: 4, ContactID: "2"}}}
	refused(t, ask(t, site, "POST", "/contact-ids", twice), 400, "allyswitch_same_user_twice")
	shared := map[string]any{"links": []link{{UserID: 4, ContactID: "1"}, {UserID: 7, ContactID: "1"}}}
	refused(t, ask(t, site, "POST", "/contact-ids", shared), 400, "allyswitch_same_contact_twice")
	none := map[string]any{"dry_run": true, "links": []link{{UserID: 4}, {UserID: 7}}}
	if answer := ask(t, site, "POST", "/contact-ids", none); answer.Status != 200 {
		t.Errorf("two that lose their contact ID: %d %s", answer.Status, answer.Body)
	}
}

func TestNothingIsWrittenForAnotherCRM(t *testing.T) {
	site := realsite.Open(t)
	for _, r := range routes() {
		if body, ok := r.body.(map[string]any); ok && r.path != "/users/lookup" {
			body["system"] = "drip"
			refused(t, ask(t, site, r.method, r.path, body), 409, "allyswitch_other_system")
		}
	}
}

func TestOnlyOneWritesAtATime(t *testing.T) {
	site := realsite.Open(t)
	var links []link
	for _, u := range everybody(t, site, 2000, "&with=contact_id") {
		if u.ContactID != nil && *u.ContactID != "" && *u.ContactID != "error" {
			links = append(links, link{UserID: u.ID, ContactID: *u.ContactID})
		}
	}
	codes := map[string]int{}
	for round := 0; round < 20 && (codes[""] == 0 || codes["allyswitch_busy"] == 0); round++ {
		answers := make([]realsite.Answer, 4)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = ask(t, site, "POST", "/contact-ids", map[string]any{"links": links}) })
		}
		all.Wait()
		for _, answer := range answers {
			if answer.Status != 200 && answer.Status != 409 {
				t.Fatalf("answered %d: %.300s", answer.Status, answer.Body)
			}
			codes[answer.Code()]++
		}
	}
	if codes[""] == 0 || codes["allyswitch_busy"] == 0 {
		t.Errorf("four at a time were answered %v", codes)
	}
}

func TestWhatCannotBeProvenIsNotCalledASuccess(t *testing.T) {
	site := realsite.Open(t)
	id := newUser(t, site, "doubtful", longWord)
	body := map[string]any{"links": []link{{UserID: id, ContactID: "7006"}}}
	for name, c := range map[string]struct {
		shape         map[string]any
		want          string
		before, after string
	}{
		"the function does nothing":    {map[string]any{"odd": []string{"AccessAllyUserPermission::set_user_contact_id"}}, "unverified", "", ""},
		"the function throws":          {map[string]any{"broken": []string{"AccessAllyUserPermission::set_user_contact_id"}}, "failed", "", ""},
		"what is there cannot be read": {map[string]any{"odd": []string{"AccessAllyUserPermission::get_user_contact_id"}}, "unreadable", "unknown", "unknown"},
		"reading throws":               {map[string]any{"broken": []string{"AccessAllyUserPermission::get_user_contact_id"}}, "unreadable", "unknown", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			site.Shape(t, c.shape)
			answer := ask(t, site, "POST", "/contact-ids", body)
			if strings.Contains(string(answer.Body), "STANDIN-API-KEY") {
				t.Errorf("the text of an exception is in the answer: %s", answer.Body)
			}
			got := decoded[written](t, answer).Results[0]
			if got.Result != c.want || deref(got.Before) != c.before || deref(got.After) != c.after {
				t.Errorf("got %s from %s to %s", got.Result, deref(got.Before), deref(got.After))
			}
		})
	}
	if u := lookup(t, site, id); *u.ContactID != "" {
		t.Errorf("the contact ID is %q", *u.ContactID)
	}
}

// shapes are the two ways in which AccessAlly keeps tags.
func shapes() map[string]map[string]any {
	return map[string]map[string]any{
		"before 4.0": {"version": "3.9.9", "copy_tags": true, "no_tables": []string{"aal_user_tags"}},
		"from 4.0":   {"version": "4.1.0"},
	}
}

type refreshed struct {
	Results []struct {
		Result          string
		ContactID       struct{ Before, After *string }   `json:"contact_id"`
		Tags            struct{ Before, After *[]string } `json:"tags"`
		PasswordChanged bool                              `json:"password_changed"`
	}
}

func TestRefreshingAndPuttingTheTagsBack(t *testing.T) {
	site := realsite.Open(t)
	seeded := site.Shape
	for name, shape := range shapes() {
		t.Run(name, func(t *testing.T) {
			shape["crm"] = map[string]any{"7010": map[string]any{"tags": []int{1001, 1002}}}
			delete(shape, "no_tables") // its contents are wanted by the next
			seeded(t, shape)
			id := newUser(t, site, "torefresh", longWord)
			post[written](t, site, "/contact-ids", map[string]any{"links": []link{{UserID: id, ContactID: "7010"}}})
			got := post[refreshed](t, site, "/refresh", map[string]any{"system": "convertkit", "ids": []int64{id}}).Results[0]
			if got.Result != "refreshed" || fmt.Sprint(*got.Tags.Before) != "[]" || fmt.Sprint(*got.Tags.After) != "[1001 1002]" {
				t.Fatalf("got %s: %v, then %v", got.Result, *got.Tags.Before, *got.Tags.After)
			}
			restore := func(tags, expected []string) string {
				change := map[string]any{"user_id": id, "tags": tags, "expected": expected}
				return post[written3](t, site, "/cached-tags", map[string]any{"changes": []any{change}}).Results[0].Result
			}
			if got := restore([]string{"1003"}, []string{"1001"}); got != "changed" {
				t.Errorf("with another expected: %s", got)
			}
			if got := restore([]string{}, []string{"1002", "1001"}); got != "set" {
				t.Errorf("putting back: %s", got)
			}
			if u := lookup(t, site, id); u.Tags == nil || len(*u.Tags) != 0 {
				t.Errorf("tags are %v", u.Tags)
			}
			if got := restore([]string{}, nil); got != "already" {
				t.Errorf("putting back twice: %s", got)
			}
		})
	}
}

// written3 is an answer whose before and after are lists.
type written3 struct {
	Results []struct{ Result string }
}

func TestARefreshLeavesThePasswordAsItIs(t *testing.T) {
	site := realsite.Open(t)
	site.Shape(t, map[string]any{"crm": map[string]any{"7011": map[string]any{"tags": []int{}, "password": "from the CRM"}}})
	id := newUser(t, site, "keepspassword", longWord)
	post[written](t, site, "/contact-ids", map[string]any{"links": []link{{UserID: id, ContactID: "7011"}}})
	got := post[refreshed](t, site, "/refresh", map[string]any{"ids": []int64{id}}).Results[0]
	if !got.PasswordChanged || got.Result != "refreshed" {
		t.Errorf("%s, password changed: %v", got.Result, got.PasswordChanged)
	}
	if !loggedIn(t, site, site.Browser(t, "keepspassword", longWord)) {
		t.Error("the member's own password no longer works")
	}
	post[refreshed](t, site, "/refresh", map[string]any{"ids": []int64{id}, "keep_passwords": false})
	if !loggedIn(t, site, site.Browser(t, "keepspassword", "from the CRM")) {
		t.Error("the CRM's password was asked for and does not work")
	}
}

func TestARefreshThatFailsSaysSo(t *testing.T) {
	site := realsite.Open(t)
	id := newUser(t, site, "unknowntocrm", longWord)
	if got := post[refreshed](t, site, "/refresh", map[string]any{"ids": []int64{id}}).Results[0].Result; got != "no_contact" {
		t.Errorf("without a contact: %s", got)
	}
	post[written](t, site, "/contact-ids", map[string]any{"links": []link{{UserID: id, ContactID: "7012"}}})
	if got := post[refreshed](t, site, "/refresh", map[string]any{"ids": []int64{id}}).Results[0].Result; got != "failed" {
		t.Errorf("with a contact that the CRM does not have: %s", got)
	}
	site.Shape(t, map[string]any{"crm": map[string]any{"7012": map[string]any{"tags": []int{}}}, "missing": []string{"AccessAllyUserPermission::get_cleaned_user_tags"},
		"no_tables": []string{}})
	if got := post[refreshed](t, site, "/refresh", map[string]any{"ids": []int64{id}}).Results[0]; got.Result != "refreshed" || got.Tags.After == nil {
		t.Errorf("with tags from the table: %v", got)
	}
}
