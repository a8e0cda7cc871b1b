package ontraport

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// between stands between driver and sandbox.
type between struct {
	next http.Handler
	do   func(next http.Handler, w http.ResponseWriter, r *http.Request)
}

func (b between) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.do(b.next, w, r) }

// client opens a Client, which is what the rest of the program uses.
func client(t *testing.T, f *fake, handler http.Handler) *crm.Client {
	t.Helper()
	values := f.Credentials()
	values["crm.url"] = "http://127.0.0.1:1"
	c, err := crm.Open(Provider(), crm.Settings{Values: values, Transport: sandbox.Transport(handler)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func story(t *testing.T, tell func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, tell)
}

func TestIDIsFoundWhereverOntraportPutsIt(t *testing.T) {
	for _, switches := range []map[string]string{{"attrs-id": "always"}, {"attrs-id": "changed"}, {"attrs-id": "never"}, {"update-shape": "data"}} {
		t.Run(fmt.Sprint(switches), func(t *testing.T) {
			story(t, func(t *testing.T) {
				d, f := account(t, sandbox.Options{Switches: switches})
				first := save(t, d, member(1))[0]
				again := save(t, d, member(1))[0]
				renamed := member(1)
				renamed.LastName = "Other"
				changed := save(t, d, renamed)[0]
				if first.ID != again.ID || first.ID != changed.ID {
					t.Errorf("one contact has three ids: %v %v %v", first.ID, again.ID, changed.ID)
				}
				if n := len(f.Contents().Contacts); n != 1 {
					t.Errorf("%d contacts", n)
				}
			})
		})
	}
}

func TestErrorsAreReadByStatusAndThenByWords(t *testing.T) {
	tests := []struct {
		status int
		body   string
		kind   crm.Kind
	}{
		{401, "Your App ID and API Key do not authenticate.", crm.KindAuth},
		{400, "Your App ID and API Key do not authenticate.", crm.KindAuth},
		{400, "Not Authorized", crm.KindAuth},
		{403, "You do not have permissions to access this resource", crm.KindPermission},
		{403, "You have reached the contact limit of your plan.", crm.KindPlanLimit},
		{400, "Object not found", crm.KindNotFound},
		{404, "", crm.KindNotFound},
		{400, "Invalid Contact ID", crm.KindNotFound},
		{422, "Invalid email address", crm.KindInvalid},
		{400, `{"code":400,"data":"Malformed"}`, crm.KindInvalid},
		{429, "", crm.KindRate},
		{500, "<html>", crm.KindTemporary},
		{200, `{"code":5,"data":"No","account_id":50}`, crm.KindInvalid},
	}
	for _, test := range tests {
		got := classify(crm.Response{Status: test.status, Body: []byte(test.body), Header: http.Header{"X-Rate-Limit-Reset": {"7"}}})
		if got == nil || got.Kind != test.kind {
			t.Errorf("%d %q: %v, want %s", test.status, test.body, got, test.kind)
			continue
		}
		if test.kind == crm.KindRate && got.RetryAfter != 7*time.Second {
			t.Errorf("a refusal is to be waited out for %v", got.RetryAfter)
		}
	}
	if got := classify(crm.Response{Status: 200, Body: []byte(`{"code":0,"data":[]}`)}); got != nil {
		t.Errorf("a good answer was refused: %v", got)
	}
}

func TestWrongKeyIsToldInOntraportsWords(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		c, err := crm.Open(Provider(), crm.Settings{
			Values:    map[string]string{"crm.key": "wrongKey0000001", "crm.app_id": sandboxAppID, "crm.url": "http://127.0.0.1:1"},
			Transport: sandbox.Transport(f),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Check(t.Context())
		if !crm.IsKind(err, crm.KindAuth) || !strings.Contains(err.Error(), "do not authenticate") || strings.Contains(err.Error(), "wrongKey") {
			t.Errorf("told: %v", err)
		}
	})
}

func TestCheckCountsAndNamesTheAccount(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		f.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "a@example.com"}, {Email: "b@example.com"}}})
		got, err := d.Check(t.Context())
		if err != nil || got.ID != "50" || got.Contacts != 2 || got.ContactLimit != -1 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestChoicesGoOutAsOptionIDsAndComeBackAsLabels(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		plan := f.addField("Plan", "drop", "Membership", "Silver", "Gold")
		likes := f.addField("Likes", "list", "Membership", "Tea", "Coffee")
		since := f.addField("Since", "fulldate", "Membership")
		ok := f.addField("Agreed", "check", "Membership")
		contact := member(1)
		contact.Fields = map[crm.FieldID]string{
			crm.FieldID(plan.name): "Gold", crm.FieldID(likes.name): "Coffee, Tea", crm.FieldID(since.name): "2020-02-29 10:00:00", crm.FieldID(ok.name): "Yes",
		}
		save(t, d, contact)
		stored := f.contacts[0].values
		if stored[plan.name] != "2" || stored[likes.name] != "*/*2*/*1*/*" || stored[since.name] != "1582970400" || stored[ok.name] != "1" {
			t.Errorf("stored %v", stored)
		}
		got := readAll(t, d)[contact.Email].Fields
		want := map[crm.FieldID]string{
			crm.FieldID(plan.name): "Gold", crm.FieldID(likes.name): "Coffee, Tea", crm.FieldID(since.name): "2020-02-29 10:00:00", crm.FieldID(ok.name): "1",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("read %v, want %v", got, want)
		}
		contact.Fields[crm.FieldID(plan.name)] = "Platinum"
		outcomes, err := d.Upsert(t.Context(), []crm.Contact{contact})
		if err != nil || outcomes[0].Result != crm.Failed || !strings.Contains(outcomes[0].Err.Error(), `no option "Platinum"`) {
			t.Errorf("an option that does not exist: %+v %v", outcomes, err)
		}
	})
}

func TestCallOfAMinuteIsWaitedFor(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{Latency: time.Minute})
		save(t, d, member(1))
		if n := f.Traffic().Requests; n != 2 {
			t.Errorf("%d requests: a slow answer was not waited for", n)
		}
	})
}

func TestLostAnswerIsLookedUpBeforeAnythingIsSentAgain(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		saves := 0
		c := client(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/saveorupdate") {
				next.ServeHTTP(w, r)
				return
			}
			saves++
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}})
		outcomes, err := c.Upsert(t.Context(), []crm.Contact{member(1)})
		if err != nil || outcomes[0].ID == "" || saves != 1 || len(f.Contents().Contacts) != 1 {
			t.Errorf("%+v %v after %d saves, %d contacts", outcomes, err, saves, len(f.Contents().Contacts))
		}
	})
}

func TestSavesOfOneAddressTakeTurns(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{Latency: 200 * time.Millisecond})
		save(t, d, member(0))
		atOnce(func() { save(t, d, member(1)) })
		if n := len(f.Contents().Contacts); n != 3 {
			t.Fatalf("this sandbox makes %d contacts of two saves at once, so the test below proves nothing", n-1)
		}
		c := client(t, f, f)
		atOnce(func() {
			if _, err := c.Upsert(t.Context(), []crm.Contact{member(2)}); err != nil {
				t.Error(err)
			}
		})
		if n := len(f.Contents().Contacts); n != 4 {
			t.Errorf("two saves of one address made %d contacts", n-3)
		}
	})
}

// atOnce does something twice at the same time.
func atOnce(do func()) {
	var both sync.WaitGroup
	both.Go(do)
	both.Go(do)
	both.Wait()
}

func TestBlanksAndConsentAreNeverSent(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		f.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "member+1@example.com", FirstName: "Old", State: "unsubscribed", Fields: map[string]string{"city_note": "kept"}}}})
		var bodies []string
		d := driverFor(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			bodies = append(bodies, string(body))
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		}})
		fields, err := d.Fields(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		save(t, d, crm.Contact{Email: "member+1@example.com", LastName: "New", State: crm.StateActive, Fields: map[crm.FieldID]string{fields[0].ID: ""}})
		got := f.Contents().Contacts[0]
		if got.FirstName != "Old" || got.LastName != "New" || got.State != "unsubscribed" || got.Fields["city_note"] != "kept" {
			t.Errorf("left %+v", got)
		}
		if all := strings.Join(bodies, " "); strings.Contains(all, "bulk_") || strings.Contains(all, "firstname") {
			t.Errorf("sent %s", all)
		}
	})
}

func TestPlusIsEncodedAndTheAnswerCompared(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		for i := range 60 {
			f.addContact(map[string]string{"email": fmt.Sprintf("other%d@example.com", i)})
		}
		f.addContact(map[string]string{"email": "Ann+shop@example.com"})
		f.addContact(map[string]string{"email": "ann+shop@example.com"})
		var queries []string
		deaf := false
		d := driverFor(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			queries = append(queries, r.URL.RawQuery)
			if query := r.URL.Query(); deaf {
				query.Del("condition")
				r.URL.RawQuery = query.Encode()
			}
			next.ServeHTTP(w, r)
		}})
		for _, deaf = range []bool{false, true} {
			found, err := d.Find(t.Context(), "ann+shop@example.com")
			if err != nil || len(found) != 2 {
				t.Errorf("condition ignored: %t: found %v %v", deaf, found, err)
			}
			if nobody, err := d.Find(t.Context(), "nobody@example.com"); err != nil || len(nobody) != 0 {
				t.Errorf("condition ignored: %t: found %v %v", deaf, nobody, err)
			}
		}
		if all := strings.Join(queries, "\n"); !strings.Contains(all, "ann%2Bshop") || strings.Contains(all, "ann+shop") {
			t.Errorf("queries:\n%s", all)
		}
		deaf = true
		if _, err := d.Contacts(t.Context(), "1030"); !crm.IsKind(err, crm.KindTemporary) {
			t.Errorf("a list that begins anew on every page was read as if it went on: %v", err)
		}
	})
}

func TestReadingMissesNobodyWhenOthersComeAndGo(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		for i := range 120 {
			f.addContact(map[string]string{"email": member(i).Email})
		}
		first, err := d.Contacts(t.Context(), "")
		if err != nil || first.Total != 120 || len(first.Contacts) != pageSize {
			t.Fatalf("%d of %d: %v", len(first.Contacts), first.Total, err)
		}
		for range 10 {
			f.dropContact(f.contacts[0])
		}
		read := 0
		for at := first.Next; at != ""; {
			page, err := d.Contacts(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			read, at = read+len(page.Contacts), page.Next
		}
		if read != 70 {
			t.Errorf("%d read after the first page, want 70", read)
		}
	})
}

func TestTagsThatAListLeavesOutAreAskedForWithTheWholeRecords(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{Switches: map[string]string{"list-fields": "without-tags"}})
		f.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "a@example.com", Tags: []string{"Gold"}}}})
		if got := readAll(t, d)["a@example.com"]; !got.TagsKnown || !slices.Equal(names(got.Tags), []string{"Gold"}) {
			t.Errorf("%+v", got)
		}
		if requests := f.Traffic().Requests; requests != 6 {
			t.Errorf("%d requests for fields, one page without tags, the page, the tags (two pages), and the end", requests)
		}
	})
}

func TestTagsOfOtherObjectsAreLeftOut(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		for i := range 120 {
			f.addTag(fmt.Sprintf("Tag %d", i))
		}
		f.tags = append(f.tags, &fakeTag{id: 77, name: "Gold", object: "16"})
		made, err := d.CreateTag(t.Context(), "Gold")
		tags, listErr := d.Tags(t.Context())
		if err != nil || listErr != nil || made.ID == "77" || len(tags) != 121 || slices.Contains(names(tags), "Not a contact's") {
			t.Errorf("made %v, %d tags: %v %v", made, len(tags), err, listErr)
		}
	})
}

func TestTagsAndFieldsAreNotMadeTwiceWhenTheAnswerIsLost(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		lost := map[string]int{}
		d := driverFor(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && lost[r.URL.Path] == 0 {
				lost[r.URL.Path]++
				next.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		}})
		tag, err := d.CreateTag(t.Context(), "Gold")
		if err != nil {
			t.Fatal(err)
		}
		field, err := d.CreateField(t.Context(), crm.Field{Name: "customer_id", Type: crm.FieldText})
		if err != nil {
			t.Fatal(err)
		}
		left := f.Contents()
		if len(left.Tags) != 1 || len(left.Fields) != 1 || tag.ID == "" || !strings.HasPrefix(string(field.ID), "f") {
			t.Errorf("%v %v: %v %v", tag, field, left.Tags, left.Fields)
		}
	})
}
