package kit

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm/sandbox"
)

// first is the first of the errors in an envelope.
func first(reply map[string]any) string {
	list, _ := reply["errors"].([]any)
	if len(list) == 0 {
		return ""
	}
	words, _ := list[0].(string)
	return words
}

type members map[string]any

// The sandbox refuses what Kit refuses, in Kit's words.
func TestSandboxRefusesInKitsWords(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ada@example.com"}, {Email: "bob@example.com"}}, Tags: []string{"Gold"}})
		ada, gold := a.fake.store.people[0].id, a.fake.store.tags[0].id
		for _, c := range []struct {
			method, path string
			body         any
			status       int
			words        string
		}{
			{"POST", "/v4/subscribers", members{"email_address": "no address"}, 422, "Email address is invalid"},
			{"POST", "/v4/subscribers", members{"email_address": "x@example.com", "state": "odd"}, 422, "Email address is invalid"},
			{"POST", "/v4/subscribers", nil, 422, "Email address is invalid"},
			{"PUT", fmt.Sprint("/v4/subscribers/", ada), members{"email_address": "bob@example.com"}, 422, "Email address has already been taken"},
			{"GET", "/v4/subscribers/1", nil, 404, "Not Found"},
			{"GET", "/v4/subscribers?status=odd", nil, 422, "The status param is invalid"},
			{"GET", "/v4/subscribers?sort_field=cancelled_at", nil, 422, "The status param must be `cancelled` if sort_field is `cancelled_at`"},
			{"GET", "/v4/subscribers?email_address=odd", nil, 422, "Email address is invalid"},
			{"GET", "/v4/subscribers?after=odd", nil, 422, "The cursor is invalid"},
			{"POST", "/v4/tags", members{"name": " "}, 422, "Name can't be blank"},
			{"PUT", fmt.Sprint("/v4/tags/", gold), members{"name": ""}, 422, "Name can't be blank"},
			{"POST", fmt.Sprint("/v4/tags/", gold, "/subscribers"), members{}, 422, "Either subscriber id or email address is required to tag subscriber"},
			{"DELETE", fmt.Sprint("/v4/tags/", gold, "/subscribers"), members{}, 422, "Either subscriber id or email address is required to remove tag from subscriber"},
			{"POST", fmt.Sprint("/v4/tags/1/subscribers/", ada), members{}, 404, "Not Found"},
			{"POST", fmt.Sprint("/v4/tags/", gold, "/subscribers/1"), members{}, 404, "Not Found"},
			{"POST", "/v4/custom_fields", members{"label": ""}, 422, "Label can't be blank"},
			{"DELETE", "/v4/custom_fields/1", nil, 404, "Not Found"},
			{"POST", "/v4/webhooks", members{}, 422, "`event` and `target` parameters must be provided"},
			{"POST", "/v4/bulk/subscribers", members{"subscribers": []any{}}, 422, "No subscribers included for processing"},
			{"POST", "/v4/bulk/subscribers", members{"subscribers": []any{[]any{}}}, 422, "No subscribers included for processing"},
			{"POST", "/v4/bulk/tags", members{"tags": "odd"}, 422, "No tags included for processing"},
			{"POST", "/v4/bulk/tags/subscribers", members{}, 422, "No taggings included for processing"},
			{"POST", "/v4/bulk/custom_fields", members{}, 422, "No custom fields included for processing"},
			{"POST", "/v4/bulk/custom_fields/subscribers", members{}, 422, "No custom field values included for processing"},
		} {
			status, _, reply := a.raw("token", c.method, c.path, c.body)
			if status != c.status || first(reply) != c.words {
				a.Errorf("%s %s: %d %v, want %d %s", c.method, c.path, status, reply, c.status, c.words)
			}
		}
	})
}

// What Kit does not have is answered as Kit would, and noted, so that a test of any client notices it.
func TestSandboxIsStrict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		a := &owner{T: t, fake: f, wire: &wire{next: sandbox.Transport(f)}, ctx: t.Context()}
		for i, path := range []string{"/v4/automations", "/v3/subscribers", "/v4/subscribers/1/merge"} {
			status, _, reply := a.raw("key", "GET", path, nil)
			if status != http.StatusNotFound || first(reply) != "Not Found" || f.Traffic().Unexpected != i+1 {
				t.Errorf("%s: %d %v, %d unexpected", path, status, reply, f.Traffic().Unexpected)
			}
		}
		if status, _, _ := a.raw("key", "PATCH", "/v4/subscribers", nil); status != http.StatusNotFound {
			t.Errorf("an unknown method: %d", status)
		}
		for _, credential := range []string{"", "key"} {
			path := map[string]string{"": "/v4/account", "key": "/v4/bulk/tags"}[credential]
			if status, _, reply := a.raw(credential, map[string]string{"": "GET", "key": "POST"}[credential], path, members{}); status != http.StatusUnauthorized || first(reply) == "" {
				t.Errorf("%s with %q: %d %v", path, credential, status, reply)
			}
		}
		r, _ := http.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1/v4/tags", strings.NewReader(`{"name":"Gold"}`))
		r.Header.Set("X-Kit-Api-Key", sandboxKey)
		answer, err := a.wire.RoundTrip(r)
		if err != nil || answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("without a content type: %v, %v", answer, err)
		}
	})
}

// New, existing and too much at once are told apart by status alone.
func TestSandboxStatusTellsWhatWasDone(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		fields := members{}
		for i := range 11 {
			fields[string(a.field(fmt.Sprint("f", i)))] = "v"
		}
		for _, c := range []struct {
			path string
			body members
			want int
		}{
			{"/v4/subscribers", members{"email_address": "ada@example.com", "first_name": "Ada"}, 201},
			{"/v4/subscribers", members{"email_address": "ADA@example.com"}, 200},
			{"/v4/subscribers", members{"email_address": "ada@example.com", "fields": fields}, 202},
			{"/v4/tags", members{"name": "Gold"}, 201},
			{"/v4/tags", members{"name": "gold"}, 200},
			{"/v4/custom_fields", members{"label": "Zip"}, 201},
			{"/v4/custom_fields", members{"label": " Zip "}, 200},
		} {
			if status, _, reply := a.raw("token", "POST", c.path, c.body); status != c.want {
				a.Errorf("%s %v: %d %v, want %d", c.path, c.body, status, reply, c.want)
			}
		}
		if held := a.held("ada@example.com"); len(held.Fields) != 0 || held.FirstName != "Ada" {
			a.Errorf("too early: %+v", held)
		}
		time.Sleep(time.Minute)
		if held := a.held("ada@example.com"); len(held.Fields) != 11 {
			a.Errorf("after a minute: %+v", held)
		}
	})
}

// Up to a hundred items are worked on at once; one more and the answer says nothing, and the work is done later.
func TestSandboxQueuesLargeBulkCalls(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		for _, count := range []int{syncLimit, syncLimit + 1} {
			var list []any
			for i := range count {
				list = append(list, members{"email_address": fmt.Sprintf("m%d-%d@example.com", count, i)})
			}
			before := len(a.fake.Contents().Contacts)
			status, text, _ := a.raw("token", "POST", "/v4/bulk/subscribers", members{"subscribers": list})
			at := len(a.fake.Contents().Contacts) - before
			time.Sleep(2 * queueTime)
			later := len(a.fake.Contents().Contacts) - before
			if count == syncLimit && (status != 200 || at != count) || count > syncLimit && (status != 202 || text != "{}" || at != 0) || later != count {
				a.Errorf("%d items: %d %.60s, %d at once, %d later", count, status, text, at, later)
			}
		}
	})
}

// Half of what is written is on the lists within half a minute, all of it within five; a later change never shows before an earlier one.
func TestSandboxLateness(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		var list []any
		for i := range 100 {
			list = append(list, members{"email_address": fmt.Sprintf("m%d@example.com", i)})
		}
		a.raw("token", "POST", "/v4/bulk/subscribers", members{"subscribers": list})
		shown := func() int {
			_, _, reply := a.raw("token", "GET", "/v4/subscribers?status=all", nil)
			items, _ := reply["subscribers"].([]any)
			return len(items)
		}
		atOnce := shown()
		time.Sleep(30 * time.Second)
		half := shown()
		time.Sleep(readLag - 30*time.Second)
		if all := shown(); atOnce > 10 || half < 35 || half > 65 || all != 100 {
			a.Errorf("shown: %d at once, %d after half a minute, %d after five", atOnce, half, all)
		}
	})
}

// Any client can page forwards and backwards, in either order, and filter by state.
func TestSandboxPages(t *testing.T) {
	with(t, "key", nil, func(a *owner) {
		var contents sandbox.Contents
		for i := range 25 {
			contents.Contacts = append(contents.Contacts, sandbox.Contact{Email: fmt.Sprintf("m%02d@example.com", i), State: []string{"active", "unsubscribed"}[i%2]})
		}
		a.fake.Load(contents)
		walk := func(query string) []string {
			var emails []string
			for after := ""; ; {
				_, _, reply := a.raw("key", "GET", "/v4/subscribers?per_page=7&"+query+after, nil)
				items, _ := reply["subscribers"].([]any)
				for _, item := range items {
					emails = append(emails, item.(map[string]any)["email_address"].(string))
				}
				pages := reply["pagination"].(map[string]any)
				if pages["has_next_page"] != true {
					return emails
				}
				after = "&after=" + strings.ReplaceAll(pages["end_cursor"].(string), "=", "%3D")
			}
		}
		up, down := walk("status=all&sort_order=asc"), walk("status=all")
		if len(up) != 25 || up[0] != "m00@example.com" {
			a.Errorf("upwards: %q", up)
		}
		slices.Reverse(down)
		if !slices.Equal(up, down) {
			a.Errorf("downwards, turned round: %q", down)
		}
		if active := walk(""); len(active) != 13 {
			a.Errorf("%d active", len(active))
		}
		if both := walk("status=all&email_address=m01@example.com,m02@example.com"); len(both) != 2 {
			a.Errorf("two addresses find %q", both)
		}
	})
}

// A switch that no code looks at would be a promise that nothing keeps.
func TestEverySwitchHasAChoice(t *testing.T) {
	for _, s := range Switches() {
		if len(s.Settings) < 2 || s.Help == "" {
			t.Errorf("switch %+v", s)
		}
		if got := newFake(sandbox.Options{}).setting(s.Name); got != s.Settings[0] {
			t.Errorf("%s is %q by default, want %q", s.Name, got, s.Settings[0])
		}
	}
}
