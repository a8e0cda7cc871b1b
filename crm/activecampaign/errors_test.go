package activecampaign

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// Every shape of error body that ActiveCampaign is known to send is read for what it means and what it says.
func TestErrorShapes(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		kind   crm.Kind
		hint   string
	}{
		"message":            {404, `{"message":"No Result found for Subscriber with id 1"}`, crm.KindNotFound, "No Result found for Subscriber with id 1"},
		"errors":             {422, `{"errors":[{"title":"Missing attribute","detail":"","source":{"pointer":"\/data"}}]}`, crm.KindInvalid, "Missing attribute"},
		"duplicate":          {422, `{"errors":[{"title":"Email address already exists in the system","code":"duplicate"}]}`, crm.KindConflict, "Email address already exists in the system"},
		"errors as text":     {422, `{"errors":"Bulk operation failed."}`, crm.KindInvalid, "Bulk operation failed."},
		"status as number":   {404, `{"errors":[{"status":404,"title":"Not Found","detail":"Contact not found"}]}`, crm.KindNotFound, "Not Found: Contact not found"},
		"import rejected":    {400, `{"success":0,"message":"Not valid.","failureReasons":[{"contact":230,"failureReason":"Field 'email' incorrect format"}]}`, crm.KindInvalid, "Not valid.: Field 'email' incorrect format"},
		"import too many":    {400, `{"success":0,"message":"Rate limit exceeded.","failureReasons":["Up to 100 imports may be requested per minute."]}`, crm.KindRate, "Rate limit exceeded."},
		"empty object":       {400, `{}`, crm.KindInvalid, ""},
		"nothing":            {400, ``, crm.KindInvalid, ""},
		"version 1":          {400, `{"result_code":0,"result_message":"Nothing is returned"}`, crm.KindInvalid, "Nothing is returned"},
		"error and message":  {400, `{"error":"bad","message":"worse"}`, crm.KindInvalid, "worse: bad"},
		"forbidden":          {403, `{"message":"Forbidden"}`, crm.KindPermission, "Forbidden"},
		"no permission":      {403, `{"errors":[{"status":403,"title":"Forbidden","detail":"You do not have permission to create lists."}]}`, crm.KindPermission, "permission to create lists"},
		"403 as a page":      {403, `<html>no</html>`, crm.KindAuth, ""},
		"401":                {401, ``, crm.KindAuth, ""},
		"payment":            {402, `{"message":"Payment required"}`, crm.KindPlanLimit, "Payment required"},
		"full":               {422, `{"message":"You have reached the contact limit of your plan."}`, crm.KindPlanLimit, "contact limit"},
		"404 as a page":      {404, `<html>no</html>`, crm.KindWrongAddress, ""},
		"405":                {405, `{"message":"Method Not Allowed"}`, crm.KindUnsupported, "Method"},
		"429 as a page":      {429, `<html>no</html>`, crm.KindRate, ""},
		"500":                {500, ``, crm.KindTemporary, ""},
		"511":                {511, ``, crm.KindTemporary, ""},
		"moved":              {302, ``, crm.KindWrongAddress, ""},
		"success of failure": {200, `{"success":0,"message":"Not valid.","failureReasons":["Bad"]}`, crm.KindInvalid, "Not valid.: Bad"},
	} {
		t.Run(name, func(t *testing.T) {
			e := classify(crm.Response{Status: test.status, Body: []byte(test.body), Header: http.Header{}})
			if e == nil || e.Kind != test.kind || !strings.Contains(e.Hint, test.hint) {
				t.Fatalf("read as %+v, want kind %s and hint %q", e, test.kind, test.hint)
			}
		})
	}
}

func TestGoodAnswersAreGood(t *testing.T) {
	for _, body := range []string{`{}`, `{"contacts":[]}`, ``} {
		if e := classify(crm.Response{Status: 200, Body: []byte(body)}); e != nil {
			t.Errorf("%q was read as %v", body, e)
		}
	}
}

func TestHowLongToWait(t *testing.T) {
	for header, want := range map[string]time.Duration{"30": 30 * time.Second, "": time.Second, "soon": time.Second} {
		e := classify(crm.Response{Status: 429, Header: http.Header{"Retry-After": {header}}})
		if e.RetryAfter != want {
			t.Errorf("Retry-After %q: wait %v, want %v", header, e.RetryAfter, want)
		}
	}
	if e := classify(crm.Response{Status: 400, Body: []byte(`{"message":"Rate limit exceeded."}`)}); e.RetryAfter != time.Minute {
		t.Errorf("after an import too many: wait %v", e.RetryAfter)
	}
}

// What ActiveCampaign says comes to a screen without control characters, and not endlessly.
func TestHintsAreHarmless(t *testing.T) {
	e := classify(crm.Response{Status: 422, Body: []byte(`{"message":"\u001b[31mred\u0007 ` + strings.Repeat("ä", 1000) + `"}`)})
	if strings.ContainsAny(e.Hint, "\x1b\x07") || len([]rune(e.Hint)) > 300 {
		t.Errorf("hint %q", e.Hint)
	}
}

// A wrong key is called that, whatever the 403 says; a right one that may not do a thing is not blamed.
func TestWrongKeyAndMissingPermission(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		wrong := settings(s)
		wrong.Values[optionKey] = strings.Repeat("f", 72)
		stranger, err := newDriver(wrong)
		if err != nil {
			t.Fatal(err)
		}
		_, err = stranger.Check(t.Context())
		if e := wantKind(t, err, crm.KindAuth); e.Code != "AC-403" || strings.Contains(e.Error(), strings.Repeat("f", 72)) {
			t.Errorf("error %v, code %s", e, e.Code)
		}
		_, err = stranger.Tags(t.Context())
		wantKind(t, err, crm.KindAuth)
		_, err = stranger.Upsert(t.Context(), members(3, ""))
		wantKind(t, err, crm.KindAuth)
		must[[]crm.Tag](t)(d.Tags(t.Context()))
	})
}

// The key of somebody who may see contacts but not make fields.
func TestAPermissionIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(sandbox.Options{})
		d := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/fields") {
				(&call{w: w, r: r}).message(http.StatusForbidden, "Forbidden")
				return
			}
			s.ServeHTTP(w, r)
		}))
		_, err := d.CreateField(t.Context(), crm.Field{Name: "ID"})
		wantKind(t, err, crm.KindPermission)
	})
}

// What is no API of ActiveCampaign at all is told apart from a bad key.
func TestWrongAddresses(t *testing.T) {
	website := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><html><body>Hello</body></html>"))
	})
	elsewhere := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://example.net"+r.URL.Path, http.StatusMovedPermanently)
	})
	for name, handler := range map[string]http.Handler{"website": website, "no such page": http.NotFoundHandler(), "redirect": elsewhere} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := connect(t, handler).Check(t.Context())
				wantKind(t, err, crm.KindWrongAddress)
			})
		})
	}
}

// An answer that lacks what it must say is unknown: never an empty account, never "no tags".
func TestHalfAnAnswerIsUnknown(t *testing.T) {
	for name, body := range map[string]string{"nothing": "", "empty object": "{}", "null": "null", "other list": `{"contacts":null,"tags":null,"fields":null}`, "list": "[]"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte(body))
				}))
				ctx := t.Context()
				_, check := d.Check(ctx)
				_, tags := d.Tags(ctx)
				_, fields := d.Fields(ctx)
				_, contacts := d.Contacts(ctx, "")
				_, find := d.Find(ctx, "anna@example.com")
				_, automations := d.Automations(ctx)
				_, settle := d.Settle(ctx)
				_, field := d.CreateField(ctx, crm.Field{Name: "ID"})
				_, tag := d.CreateTag(ctx, "Gold")
				for i, err := range []error{check, tags, fields, contacts, find, automations, settle, field, tag} {
					if !crm.IsKind(err, crm.KindTemporary) {
						t.Errorf("call %d: %v", i, err)
					}
				}
				outcomes, err := d.Upsert(ctx, members(3, ""))
				for _, outcome := range outcomes {
					if outcome.Result != crm.Unknown {
						t.Errorf("outcome %+v", outcome)
					}
				}
				if err == nil && len(outcomes) == 0 {
					t.Error("nothing is said about the contacts")
				}
			})
		})
	}
}

// A list that ends before the total it names is not taken for the whole.
func TestAListThatEndsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rows := []object{}
			if r.URL.Query().Get("offset") == "0" {
				rows = append(rows, object{"id": "1", "tag": "Gold", "tagType": "contact"})
			}
			(&call{w: w, r: r}).reply(http.StatusOK, object{"tags": rows, "meta": object{"total": "2"}})
		}))
		_, err := d.Tags(t.Context())
		wantKind(t, err, crm.KindTemporary)
	})
}

// A vendor that ignores "email" would return everybody; nobody is taken for somebody else.
func TestFindComparesForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(sandbox.Options{})
		s.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "anna@example.com"}, {Email: "bob@example.com"}}})
		d := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			query := r.URL.Query()
			query.Del("email")
			r.URL.RawQuery = query.Encode()
			s.ServeHTTP(w, r)
		}))
		if found := must[[]crm.Contact](t)(d.Find(t.Context(), "bob@example.com")); len(found) != 1 || found[0].Email != "bob@example.com" {
			t.Errorf("found %v", found)
		}
		if found := must[[]crm.Contact](t)(d.Find(t.Context(), "eve@example.com")); len(found) != 0 {
			t.Errorf("found %v", found)
		}
	})
}

// Somebody else uses up the account's five requests a second; every form of 429 is waited out.
func TestTooManyRequestsAreWaitedOut(t *testing.T) {
	for _, body := range []string{"empty", "message", "html"} {
		story(t, sandbox.Options{Switches: map[string]string{switchTooFast: body}}, func(t *testing.T, s *Sandbox, d *driver) {
			for range 5 {
				ask(t, s, wire{"GET", "/users/me", "", 200})
			}
			must[[]crm.Tag](t)(d.Tags(t.Context()))
			if limited := s.Traffic().RateLimited; limited == 0 {
				t.Error("nothing was refused: the test shows nothing")
			}
		})
	}
}

func TestRejectionIsFound(t *testing.T) {
	e := classify(crm.Response{Status: 400, Body: []byte(`{"success":0,"message":"m","failureReasons":[{"contact":"3","failureReason":"bad"},"also"]}`)})
	var named *rejection
	if !errors.As(e, &named) || len(named.reasons) != 2 || named.reasons[0] != (reason{3, "bad"}) || named.reasons[1] != (reason{-1, "also"}) {
		t.Errorf("read as %+v", named)
	}
}

// Whatever comes back, reading it neither panics nor lets control characters through.
func FuzzClassify(f *testing.F) {
	f.Add(400, `{"failureReasons":[{"contact":1,"failureReason":"x"}]}`)
	f.Add(200, `{"failureReasons":{"contact":null}}`)
	f.Add(422, `{"errors":[{"title":1,"detail":[]}]}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		e := classify(crm.Response{Status: status, Body: []byte(body), Header: http.Header{}})
		if e != nil && strings.ContainsFunc(e.Hint, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("hint %q", e.Hint)
		}
	})
}
