package activecampaign

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm/sandbox"
)

// vendor is a test of the sandbox alone, as any other client of ActiveCampaign meets it. Requests are a second apart.
func vendor(t *testing.T, options sandbox.Options, tell func(s *Sandbox, send func(method, path, body string, want int) object)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(options)
		tell(s, func(method, path, body string, want int) object {
			t.Helper()
			time.Sleep(time.Second)
			answer := ask(t, s, wire{method, path, body, want})
			if answer.Code != want {
				t.Fatalf("%s %s: %d, want %d: %s", method, path, answer.Code, want, answer.Body)
			}
			var decoded object
			_ = json.Unmarshal(answer.Body.Bytes(), &decoded)
			return decoded
		})
	})
}

func set(switches ...string) sandbox.Options {
	options := sandbox.Options{Switches: map[string]string{}}
	for i := 0; i < len(switches); i += 2 {
		options.Switches[switches[i]] = switches[i+1]
	}
	return options
}

func TestWhatTheVendorRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(sandbox.Options{})
		for name, test := range map[string]struct {
			method, path, key, kind, body string
			status                        int
			says                          string
		}{
			"no key":               {"GET", "/api/3/users/me", "", "", "", 403, "Forbidden"},
			"wrong key":            {"GET", "/api/3/users/me", "nonsense", "", "", 403, "Forbidden"},
			"unknown address":      {"GET", "/api/3/nonsense", sandboxKey, "", "", 404, "message"},
			"wrong method":         {"DELETE", "/api/3/tags", sandboxKey, "", "", 405, "message"},
			"form instead of json": {"POST", "/api/3/tags", sandboxKey, "application/x-www-form-urlencoded", "tag[tag]=Gold", 400, "{}"},
			"not json":             {"POST", "/api/3/tags", sandboxKey, "application/json", "{", 400, "{}"},
			"outside the api":      {"GET", "/users/me", sandboxKey, "", "", 200, "<!DOCTYPE html>"},
		} {
			time.Sleep(time.Second)
			r := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
			if test.key != "" {
				r.Header.Set("Api-Token", test.key)
			}
			if test.kind != "" {
				r.Header.Set("Content-Type", test.kind)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.says) {
				t.Errorf("%s: %d %s", name, w.Code, w.Body)
			}
		}
		if unexpected := s.Traffic().Unexpected; unexpected != 3 {
			t.Errorf("%d requests were noted as unexpected, want 3: %q", unexpected, s.UnexpectedRequests())
		}
	})
}

func TestNumbersAreStringsAndSlashesEscaped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(sandbox.Options{})
		s.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "anna@example.com"}}})
		answer := ask(t, s, wire{"GET", "/contacts", "", 200})
		for _, part := range []string{`"id":"101"`, `"total":"1"`, `"deleted":"0"`, `https:\/\/` + sandboxAccount} {
			if !strings.Contains(answer.Body.String(), part) {
				t.Errorf("the answer lacks %s: %s", part, answer.Body)
			}
		}
		if answer.Header().Get("RateLimit-Limit") != "5" || answer.Header().Get("RateLimit-Remaining") != "4" {
			t.Errorf("headers: %v", answer.Header())
		}
	})
}

func TestRateLimitsOfTheVendor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(sandbox.Options{})
		for range 5 {
			ask(t, s, wire{"GET", "/users/me", "", 200})
		}
		if answer := ask(t, s, wire{"GET", "/users/me", "", 429}); answer.Code != 429 || answer.Header().Get("Retry-After") != "1" {
			t.Errorf("the sixth request in a second: %d %v", answer.Code, answer.Header())
		}
		time.Sleep(time.Minute)
		for name, test := range map[string]struct {
			body  string
			limit int
		}{
			"single":  {`{"contacts":[{"email":"a@example.com"}]}`, 20},
			"several": {`{"contacts":[{"email":"a@example.com"},{"email":"b@example.com"}]}`, 100},
		} {
			time.Sleep(time.Minute)
			for i := range test.limit {
				time.Sleep(time.Second / 5)
				if answer := ask(t, s, wire{"POST", "/import/bulk_import", test.body, 200}); answer.Code != 200 {
					t.Fatalf("%s, import %d: %d %s", name, i, answer.Code, answer.Body)
				}
			}
			time.Sleep(time.Second)
			answer := ask(t, s, wire{"POST", "/import/bulk_import", test.body, 400})
			if answer.Code != 400 || !strings.Contains(answer.Body.String(), `"message":"Rate limit exceeded."`) ||
				!strings.Contains(answer.Body.String(), fmt.Sprintf("Up to %d imports", test.limit)) {
				t.Errorf("%s: one import too many: %d %s", name, answer.Code, answer.Body)
			}
		}
	})
}

func TestPagesOfContacts(t *testing.T) {
	var loaded sandbox.Contents
	for i := range 150 {
		loaded.Contacts = append(loaded.Contacts, sandbox.Contact{Email: fmt.Sprintf("m%03d@example.com", i), FirstName: "M"})
	}
	vendor(t, sandbox.Options{}, func(s *Sandbox, send func(string, string, string, int) object) {
		s.Load(loaded)
		for path, want := range map[string]int{
			"/contacts": 20, "/contacts?limit=500": 100, "/contacts?limit=100&offset=100": 50, "/contacts?id_greater=200&limit=100": 50,
			"/contacts?id_less=111&limit=100": 10, "/contacts?email=M001@example.com": 1, "/contacts?email=m001%2B@example.com": 0,
			"/contacts?email_like=m00&limit=100": 10, "/contacts?search=m14&limit=100": 10, "/contacts?ids[]=101&ids[]=102": 2, "/contacts?status=2": 0,
			"/contacts?tagid=11": 0, "/contacts?nonsense=1": 20,
		} {
			if rows := send("GET", path, "", 200)["contacts"].([]any); len(rows) != want {
				t.Errorf("%s: %d rows, want %d", path, len(rows), want)
			}
		}
		last := send("GET", "/contacts?orders[id]=DESC&limit=1", "", 200)["contacts"].([]any)[0].(object)
		if last["email"] != "m149@example.com" {
			t.Errorf("last in order: %v", last["email"])
		}
	})
}

// Writing one by one starts automations; only the importer can be told not to, and by default it starts them, too.
func TestAutomationsStartByDefault(t *testing.T) {
	vendor(t, sandbox.Options{}, func(s *Sandbox, send func(string, string, string, int) object) {
		s.Load(sandbox.Contents{Tags: []string{"Gold"}, Automations: []sandbox.Automation{{Name: "New", Active: true}, {Name: "Gold", Tag: "Gold", Active: true}, {Name: "Off", Tag: "Gold"}}})
		send("POST", "/contact/sync", `{"contact":{"email":"a@example.com"}}`, 201)
		send("POST", "/contactTags", `{"contactTag":{"contact":"101","tag":"11"}}`, 201)
		send("POST", "/contactTags", `{"contactTag":{"contact":"101","tag":"11"}}`, 201)
		send("POST", "/import/bulk_import", `{"contacts":[{"email":"b@example.com","tags":["Gold"]},{"email":"a@example.com"}]}`, 200)
		time.Sleep(time.Minute)
		var started []string
		for _, run := range s.Contents().Runs {
			started = append(started, run.Automation+" "+run.Email)
		}
		if want := []string{"Gold a@example.com", "Gold b@example.com", "New a@example.com", "New b@example.com"}; !slices.Equal(started, want) {
			t.Errorf("started: %q", started)
		}
	})
}

// The flag against automations counts at the place that the switch says, and at no other.
func TestWhereAutomationsAreExcluded(t *testing.T) {
	const top, contact = `{"contacts":[{"email":"a@example.com"}],"exclude_automations":true}`, `{"contacts":[{"email":"a@example.com","exclude_automations":true}]}`
	for place, quiet := range map[string]map[string]bool{
		"anywhere": {top: true, contact: true}, "top": {top: true, contact: false}, "contact": {top: false, contact: true},
	} {
		for body, want := range quiet {
			vendor(t, set(switchQuietAt, place), func(s *Sandbox, send func(string, string, string, int) object) {
				s.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "New", Active: true}}})
				send("POST", "/import/bulk_import", body, 200)
				time.Sleep(time.Minute)
				if got := len(s.Contents().Runs) == 0; got != want {
					t.Errorf("%s honoured, %s: quiet %v", place, body, got)
				}
			})
		}
	}
}

// An import takes a while; until then nothing is there, and nobody who unsubscribed is subscribed again by it.
func TestImportsFinishLater(t *testing.T) {
	vendor(t, sandbox.Options{}, func(s *Sandbox, send func(string, string, string, int) object) {
		s.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "left@example.com", State: "unsubscribed", LastName: "Kept"}}})
		queued := send("POST", "/import/bulk_import", `{"contacts":[{"email":"LEFT@example.com","first_name":"Lea","subscribe":[{"listid":1}]},{"email":"new@example.com"}]}`, 200)
		if queued["Success"] != 1.0 || queued["queued_contacts"] != 2.0 || queued["message"] != "Contact import queued" {
			t.Errorf("queued: %v", queued)
		}
		info := "/import/info?batchId=" + queued["batchId"].(string)
		if early := send("GET", info, "", 200); early["status"] != "waiting" {
			t.Errorf("early: %v", early)
		}
		if summary := send("GET", "/import/bulk_import", "", 200); len(summary["outstanding"].([]any)) != 1 {
			t.Errorf("early: %v", summary)
		}
		if len(s.Contents().Contacts) != 1 {
			t.Error("the import was done at once")
		}
		time.Sleep(time.Minute)
		if done := send("GET", info, "", 200); done["status"] != "completed" || len(done["success"].([]any)) != 2 || len(done["failure"].([]any)) != 0 {
			t.Errorf("done: %v", done)
		}
		summary := send("GET", "/import/bulk_import", "", 200)
		if len(summary["outstanding"].([]any)) != 0 || summary["recentlyCompleted"].([]any)[0].(object)["contacts"] != "2" {
			t.Errorf("done: %v", summary)
		}
		left := s.Contents().Contacts[0]
		if left.State != "unsubscribed" || left.FirstName != "Lea" || left.LastName != "Kept" {
			t.Errorf("left: %+v", left)
		}
	})
}

func TestContactsBeyondThePlan(t *testing.T) {
	const three = `{"contacts":[{"email":"a@example.com"},{"email":"b@example.com"},{"email":"c@example.com"}]}`
	for mode, want := range map[string]struct{ status, contacts, single int }{
		"accept": {200, 3, 201}, "402": {402, 0, 201}, "400": {400, 0, 201}, "fail": {200, 2, 402},
	} {
		options := set(switchOverLimit, mode)
		options.PlanLimit = 2
		vendor(t, options, func(s *Sandbox, send func(string, string, string, int) object) {
			send("POST", "/import/bulk_import", three, want.status)
			time.Sleep(time.Minute)
			if got := len(s.Contents().Contacts); got != want.contacts {
				t.Errorf("%s: %d contacts, want %d", mode, got, want.contacts)
			}
			send("POST", "/contact/sync", `{"contact":{"email":"d@example.com"}}`, want.single)
		})
	}
}

func TestFieldsOfTheVendor(t *testing.T) {
	vendor(t, sandbox.Options{}, func(s *Sandbox, send func(string, string, string, int) object) {
		made := send("POST", "/fields", `{"field":{"type":"text","title":"One","perstag":"Personalized Tag","ordernum":1}}`, 201)["field"].(object)
		if made["perstag"] != "PERSONALIZEDTAG" || made["ordernum"] != 1.0 || made["id"] != "1" {
			t.Errorf("made: %v", made)
		}
		if row := send("GET", "/fields", "", 200)["fields"].([]any)[0].(object); len(row["relations"].([]any)) != 0 {
			t.Errorf("a new field is shown on %v", row["relations"])
		}
		send("POST", "/fieldRels", `{"fieldRel":{"field":1,"relid":0}}`, 201)
		if row := send("GET", "/fields", "", 200)["fields"].([]any)[0].(object); len(row["relations"].([]any)) != 1 {
			t.Errorf("the field is shown on %v", row["relations"])
		}
		send("POST", "/fields", `{"field":{"type":"nonsense","title":"Two"}}`, 422)
		send("POST", "/fields", `{"field":{"type":"text","title":"ONE"}}`, 422)
		second := send("POST", "/fields", `{"field":{"type":"text","title":"Two","perstag":"personalized tag"}}`, 201)["field"].(object)
		if second["perstag"] == "PERSONALIZEDTAG" {
			t.Error("two fields have one personalization tag")
		}
	})
}

func TestSubscribingAgainIsPossibleOnlyOnPurpose(t *testing.T) {
	vendor(t, sandbox.Options{}, func(s *Sandbox, send func(string, string, string, int) object) {
		s.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "left@example.com", State: "unsubscribed"}}})
		send("POST", "/contactLists", `{"contactList":{"list":"1","contact":"101","status":"1"}}`, 200)
		if state := s.Contents().Contacts[0].State; state != "active" {
			t.Errorf("state %s: the documentation warns that this subscribes again", state)
		}
	})
}
