package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// exchange is a request, and what has to come back.
type exchange struct {
	name   string
	asks   who
	method string
	path   string
	body   string
	status int
	// code is the error's code, "" for none; detail the code of details for the one parameter.
	code, detail string
	// fields are those that the answer, or the first item of its list, has; no others where only is set.
	fields string
	only   bool
}

func runWire(t *testing.T, target Target) {
	for _, group := range [][]exchange{indexExchanges(), userExchanges(), creatingExchanges(), companionExchanges(), linkExchanges()} {
		for _, each := range group {
			t.Run(each.name, func(t *testing.T) { each.run(t, target) })
		}
	}
	t.Run("front page", func(t *testing.T) { frontPage(t, target) })
	t.Run("totals", func(t *testing.T) { totals(t, target) })
	t.Run("as stored", func(t *testing.T) { asStored(t, target) })
	t.Run("ranges", func(t *testing.T) { ranges(t, target) })
	t.Run("xml-rpc", func(t *testing.T) { xmlrpc(t, target) })
}

const (
	me        = "/wp-json/wp/v2/users/me"
	users     = "/wp-json/wp/v2/users"
	companion = "/wp-json/allyswitch/v1"
)

func indexExchanges() []exchange {
	return []exchange{
		{name: "index", path: "/wp-json/?_fields=name,url,home,namespaces,authentication", status: 200, fields: "name url home namespaces authentication"},
		{name: "index by query", path: "/?rest_route=/", status: 200, fields: "name namespaces authentication"},
		{name: "no route", path: "/wp-json/nothing/v1", status: 404, code: "rest_no_route"},
		{name: "me as administrator", asks: admin, path: me + "?context=edit", status: 200, fields: "id username name first_name last_name email roles registered_date capabilities"},
		{name: "me by query", asks: admin, path: "/?rest_route=/wp/v2/users/me&context=edit&_fields=id,username", status: 200, fields: "id username", only: true},
		{name: "me as visitor", path: me, status: 401, code: "rest_not_logged_in"},
		{name: "me with a wrong password is a visitor", asks: wrongPassword, path: me, status: 401, code: "rest_not_logged_in"},
		{name: "me with a wrong name is a visitor", asks: wrongUser, path: me, status: 401, code: "rest_not_logged_in"},
		{name: "me as subscriber", asks: limited, path: me + "?context=edit", status: 200, fields: "id username roles capabilities"},
		{name: "introspect as visitor", path: me + "/application-passwords/introspect", status: 401, code: "rest_not_logged_in"},
		{name: "introspect", asks: admin, path: me + "/application-passwords/introspect", status: 200, fields: "uuid app_id name created"},
	}
}

func userExchanges() []exchange {
	const edit = users + "?context=edit&orderby=id&order=asc"
	return []exchange{
		{name: "list", asks: admin, path: edit + "&per_page=3", status: 200, fields: "id username name first_name last_name email roles registered_date slug"},
		{name: "list with fields", asks: admin, path: edit + "&per_page=3&offset=2&_fields=id,email", status: 200, fields: "id email", only: true},
		{name: "list as visitor", path: edit, status: 401, code: "rest_forbidden_context"},
		{name: "list as subscriber", asks: limited, path: edit, status: 403, code: "rest_forbidden_context"},
		{name: "list for everybody", path: users, status: 200},
		{name: "too large a page", asks: admin, path: edit + "&per_page=101", status: 400, code: "rest_invalid_param", detail: "rest_out_of_bounds"},
		{name: "past the end", asks: admin, path: edit + "&offset=1000000", status: 200},
		{name: "search by part of an address", asks: admin, path: edit + "&search=PLUS.first%2Bvip@example", status: 200, fields: "id email"},
		{name: "a plus that is a space", asks: admin, path: edit + "&search=plus.first+vip@example.com", status: 200},
		{name: "one", asks: admin, path: users + "/4?context=edit&_fields=id,email", status: 200, fields: "id email", only: true},
		{name: "nobody", asks: admin, path: users + "/9999999?context=edit", status: 404, code: "rest_user_invalid_id"},
	}
}

func creatingExchanges() []exchange {
	create := func(name, body, code, detail string, status int) exchange {
		return exchange{name: name, asks: admin, method: http.MethodPost, path: users, body: body, status: status, code: code, detail: detail}
	}
	person := func(login, email string) string {
		return fmt.Sprintf(`{"username":%q,"email":%q,"password":"a-password-for-nobody"}`, login, email)
	}
	asLimited := create("create as subscriber", person("somebody@example.com", "somebody@example.com"), "rest_cannot_create_user", "", 403)
	asLimited.asks = limited
	return []exchange{
		asLimited,
		create("create without anything", `{"email":"somebody@example.com"}`, "rest_missing_callback_param", "", 400),
		create("create with a plus", person("a+b@example.com", "a+b@example.com"), "rest_invalid_param", "rest_user_invalid_username", 400),
		create("create with an accent", person("josé", "jose@example.com"), "rest_invalid_param", "rest_user_invalid_username", 400),
		create("create without an address", person("somebody", "nowhere"), "rest_invalid_param", "rest_invalid_email", 400),
		create("taken name", person("plus", "somebody@example.com"), "existing_user_login", "", 500),
		create("taken address", person("somebody@example.com", "PLUS.first+vip@Example.com"), "existing_user_email", "", 500),
		create("both taken", person("plus", "plus.first+vip@example.com"), "existing_user_login", "", 500),
	}
}

func companionExchanges() []exchange {
	get := func(name, path string, status int, code, fields string) exchange {
		return exchange{name: name, asks: admin, path: companion + path, status: status, code: code, fields: fields}
	}
	return []exchange{
		{name: "companion as visitor", path: companion + "/environment", status: 401, code: "allyswitch_not_logged_in"},
		{name: "companion with a wrong password", asks: wrongPassword, path: companion + "/users", status: 401, code: "allyswitch_not_logged_in"},
		{name: "companion as subscriber", asks: limited, path: companion + "/environment", status: 403, code: "allyswitch_not_administrator"},
		get("environment", "/environment", 200, "", "companion site wordpress php accessally progressally crm cron limits capabilities"),
		get("companion users", "/users?limit=2", 200, "", "users next total through memory seconds queries"),
		get("accounts only", "/users?limit=2&with=", 200, "", "users next total"),
		get("too many users", "/users?limit=2001", 400, "rest_invalid_param", ""),
		get("no such page", "/users?after=-1", 400, "rest_invalid_param", ""),
		get("invalid users", "/users/invalid", 200, "", "users looked_at next through"),
		get("change mark", "/change-mark", 200, "", "users newest_user newest_registered accounts names accessally"),
		get("tags", "/tags", 200, "", "tags system through"),
		get("offerings", "/offerings", 200, "", "offerings through"),
		get("references in options", "/tag-references?section=options", 200, "", "section references unreadable looked_at next"),
		get("references in the theme", "/tag-references?section=theme", 200, "", "section references unreadable looked_at next"),
		get("references nowhere", "/tag-references?section=nowhere", 400, "rest_invalid_param", ""),
		get("access rules", "/access-rules", 200, "", "rules next through"),
		get("teams", "/teams", 200, "", "people next through"),
		get("too many people of teams", "/teams?limit=1001", 400, "rest_invalid_param", ""),
		get("orders", "/orders", 200, "", "table columns rows next"),
		get("subscriptions", "/subscriptions", 200, "", "table columns rows next"),
		get("inventory", "/inventory", 200, "", "classes functions tables options user_meta post_meta shortcodes post_types"),
		get("no such route", "/nothing", 404, "rest_no_route", ""),
		{name: "lookup", asks: admin, method: http.MethodPost, path: companion + "/users/lookup", body: `{"ids":[4,9999999],"emails":["TWIN@example.com"]}`, status: 200, fields: "users missing_ids missing_emails through"},
	}
}

func linkExchanges() []exchange {
	post := func(name, path, body string, status int, code, fields string) exchange {
		return exchange{name: name, asks: admin, method: http.MethodPost, path: companion + path, body: body, status: status, code: code, fields: fields}
	}
	many := strings.TrimSuffix(strings.Repeat(`{"user_id":4,"contact_id":"1"},`, 1001), ",")
	return []exchange{
		post("dry run", "/contact-ids", `{"dry_run":true,"links":[{"user_id":4,"contact_id":"1"}]}`, 200, "", "results counts mails_held_back dry_run"),
		post("another CRM", "/contact-ids", `{"system":"drip","links":[{"user_id":4,"contact_id":"1"}]}`, 409, "allyswitch_other_system", ""),
		post("one user twice", "/contact-ids", `{"dry_run":true,"links":[{"user_id":4,"contact_id":"1"},{"user_id":4,"contact_id":"2"}]}`, 400, "allyswitch_same_user_twice", ""),
		post("one contact twice", "/contact-ids", `{"dry_run":true,"links":[{"user_id":4,"contact_id":"1"},{"user_id":7,"contact_id":"1"}]}`, 400, "allyswitch_same_contact_twice", ""),
		post("too many links", "/contact-ids", `{"dry_run":true,"links":[`+many+`]}`, 400, "allyswitch_too_many", ""),
		post("markup for a contact", "/contact-ids", `{"dry_run":true,"links":[{"user_id":4,"contact_id":"<b>1</b>"}]}`, 400, "rest_invalid_param", ""),
		post("no links", "/contact-ids", `{"dry_run":true}`, 400, "rest_missing_callback_param", ""),
		post("too many to refresh", "/refresh", `{"ids":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26]}`, 400, "allyswitch_too_many", ""),
		post("nobody to refresh", "/refresh", `{"ids":[9999999]}`, 200, "", "results counts mails_held_back"),
	}
}

func (e exchange) run(t *testing.T, target Target) {
	method := e.method
	if method == "" {
		method = http.MethodGet
	}
	got := target.ask(t, e.asks, method, e.path, "application/json", e.body)
	if got.status != e.status || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		t.Fatalf("status %d and %s, want %d and JSON: %s", got.status, got.header.Get("Content-Type"), e.status, got.body[:min(len(got.body), 300)])
	}
	if strings.HasPrefix(e.path, companion) && (got.header.Get("X-AllySwitch-Companion") == "" || !strings.Contains(got.header.Get("Cache-Control"), "must-revalidate")) {
		t.Errorf("the companion's headers are missing: %v", got.header)
	}
	if e.code != "" {
		e.refused(t, got)
		return
	}
	present := fieldsOf(t, got.body)
	for field := range strings.FieldsSeq(e.fields) {
		if !slices.Contains(present, field) {
			t.Errorf("field %s is missing among %v", field, present)
		}
	}
	if e.only && len(present) != len(strings.Fields(e.fields)) {
		t.Errorf("fields %v, want only %s", present, e.fields)
	}
}

// refused checks WordPress's form of an error.
func (e exchange) refused(t *testing.T, got reply) {
	var sent struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(got.body, &sent); err != nil || sent.Code != e.code || sent.Message == "" {
		t.Fatalf("want code %s: %s (%v)", e.code, got.body, err)
	}
	if strings.HasPrefix(e.code, "existing_user") {
		if string(sent.Data) != "null" {
			t.Errorf("data is %s", sent.Data)
		}
		return
	}
	var data struct {
		Status  int `json:"status"`
		Details map[string]struct {
			Code string `json:"code"`
		} `json:"details"`
	}
	if err := json.Unmarshal(sent.Data, &data); err != nil || data.Status != e.status {
		t.Errorf("data is %s (%v)", sent.Data, err)
	}
	for _, detail := range data.Details {
		if e.detail != "" && detail.Code != e.detail {
			t.Errorf("detail %s, want %s", detail.Code, e.detail)
		}
	}
}

// fieldsOf names the fields of an object, or of a list's first item.
func fieldsOf(t *testing.T, body []byte) []string {
	t.Helper()
	var list []map[string]json.RawMessage
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		object = list[0]
	} else if json.Unmarshal(body, &list) != nil && json.Unmarshal(body, &object) != nil {
		t.Fatalf("not JSON: %s", body)
	}
	var names []string
	for name := range object {
		if name != "_links" {
			names = append(names, name)
		}
	}
	return names
}
