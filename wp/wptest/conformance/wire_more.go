package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func frontPage(t *testing.T, target Target) {
	for _, path := range []string{"/", "/there-is-no-such-page/"} {
		got := target.ask(t, visitor, http.MethodGet, path, "", "")
		if link := got.header.Get("Link"); !strings.Contains(link, target.URL+`/wp-json/>; rel="https://api.w.org/"`) {
			t.Errorf("%s: Link is %q", path, link)
		}
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(string(got.body), "<title>") {
			t.Errorf("%s: no page", path)
		}
	}
	var index struct {
		Authentication map[string]struct {
			Endpoints map[string]string `json:"endpoints"`
		} `json:"authentication"`
	}
	got := target.ask(t, visitor, http.MethodGet, "/wp-json/", "", "")
	if err := json.Unmarshal(got.body, &index); err != nil || index.Authentication["application-passwords"].Endpoints["authorization"] != target.URL+"/wp-admin/authorize-application.php" {
		t.Errorf("authentication %v (%v)", index.Authentication, err)
	}
}

// totals are on every page, also on one past the end; pages by offset overlap as asked.
func totals(t *testing.T, target Target) {
	const list = users + "?context=edit&orderby=id&order=asc&_fields=id&per_page=10"
	page := func(more string) (ids []int64, total int) {
		got := target.ask(t, admin, http.MethodGet, list+more, "", "")
		var rows []struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal(got.body, &rows); err != nil {
			t.Fatalf("%s: %v", got.body, err)
		}
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		total, err := strconv.Atoi(got.header.Get("X-WP-Total"))
		if err != nil {
			t.Errorf("X-WP-Total is %q", got.header.Get("X-WP-Total"))
		}
		return ids, total
	}
	first, total := page("")
	second, again := page("&offset=9")
	none, after := page("&page=9999")
	if total < len(target.Site.People) || total != again || total != after || len(none) != 0 {
		t.Errorf("totals %d, %d, %d; %v", total, again, after, none)
	}
	if len(first) != 10 || len(second) != 10 || first[9] != second[0] {
		t.Errorf("pages %v and %v", first, second)
	}
}

// ranges are cut by ID, at both ends.
func ranges(t *testing.T, target Target) {
	for query, want := range map[string]string{"after=4&up_to=10": "7 10 <nil>", "after=4&up_to=12&limit=2": "7 10 10", "after=10&up_to=11": "<nil>", "after=9999999": "<nil>"} {
		got := target.ask(t, admin, http.MethodGet, companion+"/users?with=&"+query, "", "")
		var page struct {
			Users []struct {
				ID int64 `json:"id"`
			} `json:"users"`
			Next any `json:"next"`
		}
		if err := json.Unmarshal(got.body, &page); err != nil || page.Users == nil {
			t.Fatalf("%s: %s (%v)", query, got.body, err)
		}
		var seen []any
		for _, user := range page.Users {
			seen = append(seen, user.ID)
		}
		if have := strings.TrimSpace(fmt.Sprintln(append(seen, page.Next)...)); have != want {
			t.Errorf("%s: %s, want %s", query, have, want)
		}
	}
}

// asStored checks that names and dates come as they are kept, in each way's own form.
func asStored(t *testing.T, target Target) {
	byLogin := func(path, login string) map[string]json.RawMessage {
		got := target.ask(t, admin, http.MethodGet, path, "", "")
		var rows []map[string]json.RawMessage
		var wrapped struct {
			Users []map[string]json.RawMessage `json:"users"`
		}
		if json.Unmarshal(got.body, &rows) != nil {
			if err := json.Unmarshal(got.body, &wrapped); err != nil {
				t.Fatal(err)
			}
			rows = wrapped.Users
		}
		for _, row := range rows {
			if string(row["username"]) == strconv.Quote(login) || string(row["login"]) == strconv.Quote(login) {
				return row
			}
		}
		t.Fatalf("%s is not in %s", login, path)
		return nil
	}
	for _, path := range []string{users + "?context=edit&orderby=id&per_page=100", companion + "/users?limit=100"} {
		for login, want := range map[string]map[string]string{
			"entity":   {"first_name": "Tom &amp; Jerry", "last_name": "O'Neil"},
			"nbsp":     {"first_name": "\u00a0Nora ", "last_name": "Bsp\u200b"},
			"nfd":      {"first_name": "Jose\u0301"},
			"capital":  {"email": "Grace.HOPPER@Example.COM"},
			"formula":  {"first_name": "=1+1"},
			"empty":    {"email": ""},
			"invalid":  {"email": "not-an-address"},
			"nameless": {"first_name": "", "last_name": ""},
		} {
			row := byLogin(path, login)
			for field, value := range want {
				var got string
				if err := json.Unmarshal(row[field], &got); err != nil || got != value {
					t.Errorf("%s: %s of %s is %q, want %q (%v)", path, field, login, got, value, err)
				}
			}
		}
		if row := byLogin(path, "norole"); string(row["roles"]) != "[]" {
			t.Errorf("%s: no role is %s", path, row["roles"])
		}
	}
	if row := byLogin(users+"?context=edit&orderby=id&per_page=100", "zerodate"); string(row["registered_date"]) != `"-001-11-30T00:00:00+00:00"` {
		t.Errorf("the zero date over REST is %s", row["registered_date"])
	}
	if row := byLogin(companion+"/users?limit=100", "zerodate"); string(row["registered"]) != `"0000-00-00 00:00:00"` {
		t.Errorf("the zero date from the companion is %s", row["registered"])
	}
}

func xmlrpc(t *testing.T, target Target) {
	call := func(method, password, more string) string {
		text := func(value string) string { return "<param><value><string>" + value + "</string></value></param>" }
		body := "<?xml version=\"1.0\"?><methodCall><methodName>" + method + "</methodName><params><param><value><int>1</int></value></param>" + text(target.User) + text(password) + more + "</params></methodCall>"
		got := target.ask(t, visitor, http.MethodPost, "/xmlrpc.php", "text/xml", body)
		if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/xml") {
			t.Errorf("%s: status %d, %s", method, got.status, got.header.Get("Content-Type"))
		}
		return strings.Join(strings.Fields(string(got.body)), "")
	}
	filter := `<param><value><struct><member><name>number</name><value><int>100</int></value></member><member><name>offset</name><value><int>1</int></value></member>` +
		`<member><name>orderby</name><value><string>ID</string></value></member><member><name>order</name><value><string>ASC</string></value></member></struct></value></param>`
	for name, test := range map[string]struct{ got, want string }{
		"profile":        {call("wp.getProfile", target.Password, ""), "<name>username</name><value><string>admin</string></value>"},
		"wrong password": {call("wp.getProfile", "wrong", ""), "<name>faultCode</name><value><int>403</int></value>"},
		"no such method": {call("wp.nothing", target.Password, ""), "<int>-32601</int>"},
		"users":          {call("wp.getUsers", target.Password, filter), "<name>username</name><value><string>plus</string></value>"},
		"entities twice": {call("wp.getUsers", target.Password, filter), "Tom&amp;amp;Jerry"},
		"zero date":      {call("wp.getUsers", target.Password, filter), "<dateTime.iso8601>00000000T00:00:00Z</dateTime.iso8601>"},
	} {
		if !strings.Contains(test.got, test.want) {
			t.Errorf("%s: %s is missing in %s", name, test.want, test.got[:min(len(test.got), 1500)])
		}
	}
	if got := target.ask(t, visitor, http.MethodGet, "/xmlrpc.php", "", ""); got.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", got.status)
	}
}
