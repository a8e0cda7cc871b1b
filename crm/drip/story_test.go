package drip

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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

// open makes a driver on a sandbox within the process.
func open(t *testing.T, options sandbox.Options) (*driver, *fake) {
	t.Helper()
	f := newFake(options)
	return driverFor(t, f, f), f
}

func driverFor(t *testing.T, f *fake, handler http.Handler) *driver {
	t.Helper()
	values := f.Credentials()
	values["crm.url"] = "http://127.0.0.1:1"
	d, err := newDriver(crm.Settings{Values: values, Transport: sandbox.Transport(handler)})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*driver)
}

func story(t *testing.T, tell func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, tell)
}

// members are made-up people with a field and two tags.
func members(count int) []crm.Contact {
	var contacts []crm.Contact
	for i := range count {
		contacts = append(contacts, crm.Contact{
			Email: fmt.Sprintf("member+%d@example.com", i), FirstName: "Member", LastName: fmt.Sprint(i),
			Fields: map[crm.FieldID]string{"customer_id": fmt.Sprint(i)}, Tags: tagsOf([]string{"Gold Member", "v1.0"}),
		})
	}
	return contacts
}

// queue sends a batch and fails the test when it is not queued.
func queueAll(t *testing.T, d *driver, contacts []crm.Contact) {
	t.Helper()
	outcomes, err := d.Upsert(t.Context(), contacts)
	if err != nil {
		t.Fatal(err)
	}
	for i, outcome := range outcomes {
		if outcome.Result != crm.Queued {
			t.Fatalf("%s: %+v", contacts[i].Email, outcome)
		}
	}
}

func settle(t *testing.T, d *driver) time.Duration {
	t.Helper()
	began := time.Now()
	if _, err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

// readAll reads everybody, by address.
func readAll(t *testing.T, d *driver) map[string]crm.Contact {
	t.Helper()
	everybody := map[string]crm.Contact{}
	for at := crm.Cursor(""); ; {
		page, err := d.Contacts(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		for _, contact := range page.Contacts {
			everybody[contact.Email] = contact
		}
		if at = page.Next; at == "" {
			return everybody
		}
	}
}

func TestThousandsGoInAFewCallsAndAreThereOnceSettled(t *testing.T) {
	for _, pace := range []string{"at-once", "forward"} {
		for _, delay := range []string{"0s", "90s"} {
			story(t, func(t *testing.T) {
				d, f := open(t, sandbox.Options{Switches: map[string]string{"batch-delay": delay, "batch-pace": pace}})
				people := members(2500)
				for part := range slices.Chunk(people, batchSize) {
					queueAll(t, d, part)
				}
				if sent := f.Traffic().Requests; sent != 3 {
					t.Errorf("%d requests for 2,500 people", sent)
				}
				settle(t, d)
				everybody := readAll(t, d)
				for _, want := range people {
					got := everybody[want.Email]
					if got.Fields["customer_id"] != want.LastName || len(got.Tags) != 2 || got.State != crm.StateActive || !got.TagsKnown || !got.FieldsKnown {
						t.Fatalf("%s %s: %+v", pace, delay, got)
					}
				}
			})
		}
	}
}

func TestPeopleWhomABatchDropsAreSentOneByOneAndTellWhy(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{Switches: map[string]string{"tag-length": "refused", "batch-drops": "some"}})
		people := members(100)
		people[99].Tags = tagsOf([]string{strings.Repeat("long ", 20)})
		people[7].Tags = people[99].Tags
		queueAll(t, d, people)
		settle(t, d)
		everybody := readAll(t, d)
		var again []crm.Contact
		for _, contact := range people {
			if _, there := everybody[contact.Email]; !there {
				again = append(again, contact)
			}
		}
		if len(again) < 3 {
			t.Fatalf("only %d were dropped: this proves nothing", len(again))
		}
		others := slices.DeleteFunc(members(150)[100:], func(c crm.Contact) bool { return f.loses(written{"email": quoted(c.Email)}) })
		outcomes, err := d.Upsert(t.Context(), append(again, others...))
		if err != nil {
			t.Fatal(err)
		}
		for i, contact := range again {
			bad := contact.Email == people[7].Email || contact.Email == people[99].Email
			if bad && (outcomes[i].Result != crm.Failed || !strings.Contains(outcomes[i].Err.Error(), "tag:")) || !bad && outcomes[i].ID == "" {
				t.Errorf("%s: %+v", contact.Email, outcomes[i])
			}
		}
		settle(t, d)
		if left := len(f.Contents().Contacts); left != 98+len(others) {
			t.Errorf("%d people, want %d", left, 98+len(others))
		}
	})
}

func TestAHandfulGoesOneByOneAndSparesTheBatches(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{})
		people := members(2)
		people[1].Email = "no address"
		outcomes, err := d.Upsert(t.Context(), people)
		if err != nil || outcomes[0].ID == "" || outcomes[0].Result != crm.Updated {
			t.Errorf("%+v %v", outcomes, err)
		}
		if outcomes[1].Result != crm.Failed || !strings.Contains(outcomes[1].Err.Error(), "valid email") {
			t.Errorf("%+v", outcomes[1])
		}
		if len(f.Contents().Contacts) != 1 {
			t.Error("the good one is not there at once")
		}
	})
}

func TestWhatDripCannotHoldLosesOnlyThatPerson(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{})
		people := members(20)
		people[3].Fields = map[crm.FieldID]string{"bio": strings.Repeat("ü", 1001)}
		people[4].Fields = map[crm.FieldID]string{"bio": strings.Repeat("ü", 1000)}
		people[5].Fields = map[crm.FieldID]string{"Join Date": "2020"}
		people[6].Email = "no address"
		outcomes, err := d.Upsert(t.Context(), people)
		if err != nil || outcomes[3].Result != crm.Failed || outcomes[5].Result != crm.Failed || outcomes[4].Result != crm.Queued {
			t.Errorf("%+v %v", outcomes[3:6], err)
		}
		if outcomes[6].Result != crm.Failed || !strings.Contains(outcomes[6].Err.Error(), "valid email") {
			t.Errorf("a batch was left to drop somebody without a word: %+v", outcomes[6])
		}
		settle(t, d)
		if left := len(f.Contents().Contacts); left != 17 {
			t.Errorf("%d people, want 17", left)
		}
	})
}

func TestABatchThatIsRefusedAsAWholeIsTriedInHalves(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		d := driverFor(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			if strings.Contains(string(body), `"member+66@example.com"`) {
				refuse(w, http.StatusUnprocessableEntity, wrongShape())
				return
			}
			next.ServeHTTP(w, r)
		}})
		outcomes, err := d.Upsert(t.Context(), members(100))
		if err != nil {
			t.Fatal(err)
		}
		settle(t, d)
		if outcomes[66].Result != crm.Failed || len(f.Contents().Contacts) != 99 {
			t.Errorf("%+v, %d people", outcomes[66], len(f.Contents().Contacts))
		}
	})
}

func TestBothMetersAreUsedUpToTheirEdgesWithoutOneRefusal(t *testing.T) {
	for _, headers := range []string{"batch", "individual", "none"} {
		story(t, func(t *testing.T) {
			d, f := open(t, sandbox.Options{Latency: 200 * time.Millisecond, Switches: map[string]string{"batch-headers": headers, "batch-delay": "0s"}})
			began := time.Now()
			for part := range slices.Chunk(members(51*20), 20) {
				queueAll(t, d, part)
			}
			took, traffic := time.Since(began), f.Traffic()
			if traffic.RateLimited != 0 || took < time.Hour || took > time.Hour+2*time.Minute {
				t.Errorf("%s: 51 batches took %v, %d refused", headers, took, traffic.RateLimited)
			}
			if _, err := d.Check(t.Context()); err != nil || time.Since(began)-took > time.Minute {
				t.Errorf("%s: a single call waited for the batches: %v", headers, err)
			}
		})
	}
}

func TestBatchesAndSingleCallsAreCountedApart(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		values := f.Credentials()
		values["crm.url"] = "http://127.0.0.1:1"
		meter := &crm.Meter{}
		d, err := newDriver(crm.Settings{Values: values, Transport: sandbox.Transport(f), Meter: meter})
		if err != nil {
			t.Fatal(err)
		}
		queueAll(t, d.(*driver), members(20))
		if _, err := d.Tags(t.Context()); err != nil {
			t.Fatal(err)
		}
		if sent := meter.Read().ByClass; sent[classBatch] != 1 || sent[crm.ClassAll] != 1 {
			t.Errorf("counted %v", sent)
		}
	})
	header := func(limit, left string) http.Header {
		return http.Header{"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {left}}
	}
	for _, test := range []struct {
		header http.Header
		want   []crm.LimitReading
	}{
		{header("3600", "3599"), []crm.LimitReading{{Class: crm.ClassAll, Limit: 3600, Remaining: 3599, Per: time.Hour}}},
		{header("50", "0"), []crm.LimitReading{{Class: classBatch, Limit: 50, Remaining: 0, Per: time.Hour}}},
		{header("3600", ""), []crm.LimitReading{{Class: crm.ClassAll, Limit: 3600, Remaining: -1, Per: time.Hour}}},
		{header("", ""), nil},
	} {
		if got := limits(test.header); !slices.Equal(got, test.want) {
			t.Errorf("%v: %v", test.header, got)
		}
	}
}

func TestRefusalsNameTheirPause(t *testing.T) {
	flat := `{"message":"API rate limit exceeded. Please try again in an hour.","documentation":"x"}`
	met := `{"errors":[{"code":"rate_limit_error","message":"Too many concurrent requests for the same subscriber"}]}`
	tests := []struct {
		status int
		body   string
		header http.Header
		kind   crm.Kind
		pause  time.Duration
	}{
		{429, flat, nil, crm.KindRate, politePause},
		{429, flat, http.Header{"Retry-After": {"3"}}, crm.KindRate, 0},
		{429, met, nil, crm.KindRate, samePersonPause},
		{401, `{"errors":[{"code":"authentication_error","message":"No"}]}`, nil, crm.KindAuth, 0},
		{403, `{"errors":[{"code":"authorization_error","message":"No"}]}`, nil, crm.KindPermission, 0},
		{404, `{"errors":[{"code":"not_found_error"}]}`, nil, crm.KindNotFound, 0},
		{422, `{"errors":[{"code":"uniqueness_error","attribute":"email","message":"Taken"}]}`, nil, crm.KindConflict, 0},
		{422, `{"errors":[{"code":"presence_error","attribute":"email","message":"Whatever"}]}`, nil, crm.KindInvalid, 0},
		{400, `{"status":400,"error":"There was a problem in the JSON you submitted: x"}`, nil, crm.KindInvalid, 0},
		{402, ``, nil, crm.KindPlanLimit, 0},
		{502, `<html>`, nil, crm.KindTemporary, 0},
	}
	for _, test := range tests {
		got := classify(crm.Response{Status: test.status, Body: []byte(test.body), Header: test.header})
		if got == nil || got.Kind != test.kind || got.RetryAfter != test.pause {
			t.Errorf("%d %s: %+v", test.status, test.body, got)
		}
	}
	if got := classify(crm.Response{Status: 422, Body: []byte(`{"errors":[{"code":"email_error","attribute":"email","message":"Bad"},{"code":"length_error"}]}`)}); got.Hint != "email: Bad; length_error" {
		t.Errorf("hint %q", got.Hint)
	}
}

func TestTwoWritesToOnePersonAreRefusedAndSentAgain(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := open(t, sandbox.Options{Latency: 200 * time.Millisecond})
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := d.Upsert(t.Context(), members(1)); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if requests := f.Traffic().Requests; requests != 3 || len(f.Contents().Contacts) != 1 {
			t.Errorf("%d requests, %d people", requests, len(f.Contents().Contacts))
		}
	})
}

func TestConsentIsNeverRaisedAndBlanksNeverOverwrite(t *testing.T) {
	story(t, func(t *testing.T) {
		f := newFake(sandbox.Options{})
		f.Load(sandbox.Contents{Contacts: []sandbox.Contact{
			{Email: "member+0@example.com", FirstName: "Old", State: "unsubscribed", Fields: map[string]string{"city": "Bern"}, Tags: []string{"Mine"}},
		}})
		var bodies []map[string]any
		d := driverFor(t, f, between{f, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			var sent struct{ Subscribers []map[string]any }
			_ = json.Unmarshal(body, &sent)
			bodies = append(bodies, sent.Subscribers...)
			next.ServeHTTP(w, r)
		}})
		people := members(2)
		people[0].FirstName, people[0].State = "", crm.StateActive
		people[0].Fields["city"] = ""
		people[1].State = crm.StateUnsubscribed
		if _, err := d.Upsert(t.Context(), people); err != nil {
			t.Fatal(err)
		}
		old, fresh := f.Contents().Contacts[0], f.Contents().Contacts[1]
		if old.State != "unsubscribed" || old.FirstName != "Old" || old.Fields["city"] != "Bern" || !slices.Contains(old.Tags, "Mine") || !slices.Contains(old.Tags, "Gold Member") {
			t.Errorf("left %+v", old)
		}
		if fresh.State != "unsubscribed" {
			t.Errorf("somebody who had unsubscribed elsewhere is %s", fresh.State)
		}
		for _, body := range bodies {
			if _, sent := body["status"]; sent {
				t.Errorf("a status was sent: %v", body)
			}
		}
	})
}
