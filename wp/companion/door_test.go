package companion_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"allyswitch/wp/companion"
	"allyswitch/wp/wptest/realsite"
)

type route struct {
	method, path string
	body         any
}

// routes is every route with a request that it would answer.
func routes() []route {
	list := []route{
		{"POST", "/users/lookup", map[string]any{"ids": []int{4}}},
		{"POST", "/contact-ids", map[string]any{"dry_run": true, "links": []link{{UserID: 4, ContactID: "1"}}}},
		{"POST", "/refresh", map[string]any{"ids": []int{2}}},
		{"POST", "/cached-tags", map[string]any{"changes": []any{}}},
	}
	for _, path := range []string{"/environment", "/users", "/users/invalid", "/change-mark", "/tags", "/offerings", "/tag-references?section=options", "/access-rules",
		"/teams", "/orders", "/subscriptions", "/inventory"} {
		list = append(list, route{"GET", path, nil})
	}
	return list
}

func TestNobodyButAnAdministratorGetsAnAnswer(t *testing.T) {
	site := realsite.Open(t)
	for _, r := range routes() {
		request := realsite.Request{Method: r.method, Path: "/wp-json/allyswitch/v1" + r.path, Body: r.body}
		t.Run(r.method+r.path, func(t *testing.T) {
			refused(t, site.Do(t, request), 401, "allyswitch_not_logged_in")
			request.User, request.Password = site.LimitedUser, site.LimitedPassword
			refused(t, site.Do(t, request), 403, "allyswitch_not_administrator")
			request.User, request.Password = site.User, "wrong wrong wrong wrong"
			refused(t, site.Do(t, request), 401, "allyswitch_not_logged_in")
			request.Password = site.Password
			if answer := site.Do(t, request); answer.Status != 200 {
				t.Errorf("the administrator is answered %d: %.300s", answer.Status, answer.Body)
			}
		})
	}
}

// Who may not ask does not even learn which parameters there are.
func TestRightsAreCheckedBeforeParameters(t *testing.T) {
	site := realsite.Open(t)
	for _, path := range []string{"/users?limit=nonsense", "/tag-references", "", "/nothing-here"} {
		refused(t, site.Do(t, realsite.Request{Method: "GET", Path: "/wp-json/allyswitch/v1" + path}), 401, "allyswitch_not_logged_in")
	}
}

func TestEveryRouteIsInTheTestAbove(t *testing.T) {
	site := realsite.Open(t)
	index := get[struct {
		Routes map[string]any `json:"routes"`
	}](t, site, "")
	var tested []string
	for _, r := range routes() {
		path, _, _ := strings.Cut(r.path, "?")
		tested = append(tested, "/"+companion.Namespace+path)
	}
	for path := range index.Routes {
		if path != "/"+companion.Namespace && !slices.Contains(tested, path) {
			t.Errorf("%s is not in routes()", path)
		}
	}
}

func TestCookiesNeedTheRightNonce(t *testing.T) {
	site := realsite.Open(t)
	client := site.Browser(t, site.User, site.AdminPassword)
	if !loggedIn(t, site, client) {
		t.Fatal("the administrator cannot log in")
	}
	request := realsite.Request{Method: "GET", Path: "/wp-json/allyswitch/v1/tags", Client: client}
	refused(t, site.Do(t, request), 401, "allyswitch_not_logged_in")
	request.Header = http.Header{"X-Wp-Nonce": {"0123456789"}}
	refused(t, site.Do(t, request), 403, "rest_cookie_invalid_nonce")
	nonce := site.Do(t, realsite.Request{Method: "GET", Path: "/wp-admin/admin-ajax.php?action=rest-nonce", Client: client}).Body
	request.Header = http.Header{"X-Wp-Nonce": {string(nonce)}}
	if answer := site.Do(t, request); answer.Status != 200 {
		t.Errorf("with the right nonce answered %d: %.300s", answer.Status, answer.Body)
	}
}

func TestALiveSiteIsAnsweredOverHTTPSOnly(t *testing.T) {
	site := realsite.Open(t)
	request := realsite.Request{Method: "GET", Path: "/wp-json/allyswitch/v1/tags", User: site.User, Password: site.Password,
		Header: http.Header{"X-Allyswitch-Test-Live": {"1"}}}
	refused(t, site.Do(t, request), 403, "allyswitch_plain_http")
	// Behind a proxy that ends https the next thing asked for is who this is; WordPress itself gives application passwords to https sites only.
	request.Header.Set("X-Forwarded-Proto", "https")
	refused(t, site.Do(t, request), 401, "allyswitch_not_logged_in")
}

func TestAnswersAreNeverCached(t *testing.T) {
	site := realsite.Open(t)
	for _, answer := range []realsite.Answer{ask(t, site, "GET", "/tags", nil), site.Do(t, realsite.Request{Method: "GET", Path: "/wp-json/allyswitch/v1/tags"})} {
		if got := answer.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
			t.Errorf("%d: Cache-Control: %s", answer.Status, got)
		}
		if got := answer.Header.Get("X-AllySwitch-Companion"); got != companion.Version() {
			t.Errorf("%d: version %q", answer.Status, got)
		}
	}
}

func TestBadParametersAreRefusedByName(t *testing.T) {
	site := realsite.Open(t)
	links := func(fields string) string { return fmt.Sprintf(`{"links":[%s]}`, fields) }
	for _, c := range []struct {
		method, path, body string
	}{
		{"GET", "/users?after=-1", ""},
		{"GET", "/users?after=1%20OR%201=1", ""},
		{"GET", "/users?limit=0", ""},
		{"GET", "/users?limit=2001", ""},
		{"GET", "/users?with=password", ""},
		{"GET", "/users?with=tags,user_pass", ""},
		{"GET", "/users?registered_since=yesterday'--", ""},
		{"GET", "/tag-references", ""},
		{"GET", "/tag-references?section=users", ""},
		{"GET", "/tag-references?section=options'%20UNION%20SELECT", ""},
		{"GET", "/access-rules?limit=501", ""},
		{"GET", "/orders?table=wp_users", ""},
		{"GET", "/orders?table=wp_aal_orders%60%3B%20DROP%20TABLE%20x", ""},
		{"POST", "/users/lookup", `{"ids":["1 OR 1=1"]}`},
		{"POST", "/users/lookup", `{"ids":[0]}`},
		{"POST", "/users/lookup", `{"emails":[["a"]]}`},
		{"POST", "/contact-ids", `{}`},
		{"POST", "/contact-ids", links(`{"user_id":4}`)},
		{"POST", "/contact-ids", links(`{"user_id":-4,"contact_id":"1"}`)},
		{"POST", "/contact-ids", links(`{"user_id":4,"contact_id":"1' OR '1'='1"}`)},
		{"POST", "/contact-ids", links(`{"user_id":4,"contact_id":"<script>alert(1)</script>"}`)},
		{"POST", "/contact-ids", links(`{"user_id":4,"contact_id":"1\n"}`)},
		{"POST", "/contact-ids", links(`{"user_id":4,"contact_id":"` + strings.Repeat("9", 65) + `"}`)},
		{"POST", "/contact-ids", links(`{"user_id":4,"contact_id":"1","role":"administrator"}`)},
		{"POST", "/contact-ids", `{"system":"kit; DROP","links":[]}`},
		{"POST", "/refresh", `{"ids":"all"}`},
		{"POST", "/cached-tags", `{"changes":[{"user_id":4,"tags":[""]}]}`},
		{"POST", "/cached-tags", `{"changes":[{"user_id":4,"tags":"1002"},{"user_id":4}]}`},
	} {
		t.Run(c.path+c.body, func(t *testing.T) {
			request := realsite.Request{Method: c.method, Path: "/wp-json/allyswitch/v1" + c.path, User: site.User, Password: site.Password}
			if c.body != "" {
				request.Body = rawJSON(c.body)
			}
			answer := site.Do(t, request)
			if code := answer.Code(); answer.Status != 400 || (code != "rest_invalid_param" && code != "rest_missing_callback_param") {
				t.Errorf("answered %d %s: %.300s", answer.Status, code, answer.Body)
			}
			if strings.Contains(string(answer.Body), "<script>") && !strings.Contains(answer.Header.Get("Content-Type"), "application/json") {
				t.Error("markup is repeated in an answer that a browser would draw")
			}
		})
	}
}

// rawJSON is sent as it is.
type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

func TestTenThousandIDsAreRefusedAtOnce(t *testing.T) {
	site := realsite.Open(t)
	ids, links, changes := []int{}, []link{}, []any{}
	for i := 1; i <= 10_000; i++ {
		ids = append(ids, i)
		links = append(links, link{UserID: int64(i), ContactID: fmt.Sprint(i)})
		changes = append(changes, map[string]any{"user_id": i, "tags": []string{"1001"}})
	}
	before := get[map[string]any](t, site, "/change-mark")
	refused(t, ask(t, site, "POST", "/users/lookup", map[string]any{"ids": ids}), 400, "allyswitch_too_many")
	refused(t, ask(t, site, "POST", "/contact-ids", map[string]any{"links": links}), 400, "allyswitch_too_many")
	refused(t, ask(t, site, "POST", "/refresh", map[string]any{"ids": ids}), 400, "allyswitch_too_many")
	refused(t, ask(t, site, "POST", "/cached-tags", map[string]any{"changes": changes}), 400, "allyswitch_too_many")
	if after := get[map[string]any](t, site, "/change-mark"); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("something was written: %v, then %v", before, after)
	}
}
