package activecampaign

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// The program was killed after it had queued imports: the next one waits for them although it does not know their ids.
func TestImportsOfAnEarlierRunAreWaitedFor(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		for batch := range 4 {
			contacts := members(250, "")
			for i := range contacts {
				contacts[i].Email = fmt.Sprintf("b%d.%d@example.com", batch, i)
			}
			allQueued(t, must[[]crm.Outcome](t)(d.Upsert(t.Context(), contacts)), 250)
		}
		must[crm.Settlement](t)(connect(t, s).Settle(t.Context()))
		if got := len(s.Contents().Contacts); got != 1000 {
			t.Errorf("%d contacts are there, want 1000", got)
		}
	})
}

// Nothing to wait for takes one request.
func TestSettlingNothing(t *testing.T) {
	story(t, sandbox.Options{}, func(t *testing.T, s *Sandbox, d *driver) {
		start := time.Now()
		must[crm.Settlement](t)(d.Settle(t.Context()))
		if took := time.Since(start); took != 0 || s.Traffic().Requests != 1 {
			t.Errorf("%v, %d requests", took, s.Traffic().Requests)
		}
	})
}

// importer is a vendor whose importer says the same for ever.
func importer(outstanding int, status string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r}
		switch {
		case r.Method == http.MethodPost:
			c.reply(http.StatusOK, object{"Success": 1, "queued_contacts": countContacts(r), "batchId": "one"})
		case strings.HasSuffix(r.URL.Path, "/import/info"):
			c.reply(http.StatusOK, object{"status": status, "success": []string{}, "failure": []string{}})
		case outstanding > 0:
			c.reply(http.StatusOK, object{"outstanding": []object{{"batches": fmt.Sprint(outstanding)}}})
		default:
			c.reply(http.StatusOK, object{"outstanding": []object{}})
		}
	})
}

func TestHowLongTheImporterIsWaitedFor(t *testing.T) {
	for name, test := range map[string]struct {
		outstanding int
		status      string
		own         bool
		least, most time.Duration
		kind        crm.Kind
	}{
		"it stands still":                             {3, "active", true, 30 * time.Minute, 40 * time.Minute, crm.KindTemporary},
		"others import all day, our own is done":      {3, "completed", true, 5 * time.Minute, 6 * time.Minute, ""},
		"others import, and our own is not known":     {3, "", false, 30 * time.Minute, 40 * time.Minute, crm.KindTemporary},
		"nothing is outstanding, but it is not done":  {0, "active", true, 5 * time.Minute, 6 * time.Minute, ""},
		"nothing is outstanding and ours is complete": {0, "completed", true, 0, time.Minute, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := connect(t, importer(test.outstanding, test.status))
				if test.own {
					allQueued(t, must[[]crm.Outcome](t)(d.Upsert(t.Context(), members(2, ""))), 2)
				}
				start := time.Now()
				_, err := d.Settle(t.Context())
				if took := time.Since(start); took < test.least || took > test.most {
					t.Errorf("it took %v", took)
				}
				if test.kind == "" && err != nil || test.kind != "" && !crm.IsKind(err, test.kind) {
					t.Errorf("the error is %v", err)
				}
			})
		})
	}
}

func TestWaitingCanBeStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := connect(t, importer(1, "active"))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		_, err := d.Settle(ctx)
		wantKind(t, err, crm.KindTemporary)
		if took := time.Since(start); took > 11*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// Meanwhile the person is told what is being waited for.
func TestWaitingSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chosen := settings(importer(1, "active"))
		d, err := newDriver(chosen)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := d.(crm.Settler).Settle(ctx)
			done <- err
		}()
		time.Sleep(time.Minute)
		synctest.Wait()
		if reason := chosen.Meter.Waiting().Reason; !strings.Contains(reason, "import") {
			t.Errorf("waiting because %q", reason)
		}
		cancel()
		<-done
	})
}

// A full account: those who fit go, the others are told apart by the plan's limit, in few requests.
func TestAFullAccount(t *testing.T) {
	for _, mode := range []string{"402", "400"} {
		options := set(switchOverLimit, mode)
		options.PlanLimit = 100
		story(t, options, func(t *testing.T, s *Sandbox, d *driver) {
			outcomes := must[[]crm.Outcome](t)(d.Upsert(t.Context(), members(250, "")))
			queued := 0
			for _, outcome := range outcomes {
				if outcome.Result == crm.Queued {
					queued++
					continue
				}
				wantKind(t, outcome.Err, crm.KindPlanLimit)
			}
			must[crm.Settlement](t)(d.Settle(t.Context()))
			if held := len(s.Contents().Contacts); held != queued || held != 100 {
				t.Errorf("%s: %d queued, %d are there, 100 fit", mode, queued, held)
			}
			before := s.Traffic().Requests
			more := members(250, "")
			for i := range more {
				more[i].Email = "more" + more[i].Email
			}
			must[[]crm.Outcome](t)(d.Upsert(t.Context(), more))
			if took := s.Traffic().Requests - before; took > 10 {
				t.Errorf("%s: %d requests to find that nobody fits any more", mode, took)
			}
		})
	}
}

// Deleted contacts that linger in the lists are neither members nor missing ones.
func TestDeletedContactsAreNobody(t *testing.T) {
	under(t, func(t *testing.T, s *Sandbox, d *driver) {
		var loaded sandbox.Contents
		for i := range 230 {
			loaded.Contacts = append(loaded.Contacts, sandbox.Contact{Email: fmt.Sprintf("m%d@example.com", i), State: "active"})
		}
		s.Load(loaded)
		s.Locked(func() {
			for _, id := range []int{101, 150, 199, 200, 330} {
				s.remove(s.contacts[id])
			}
		})
		read, least := 0, 1<<30
		for at, first := crm.Cursor(""), true; first || at != ""; first = false {
			page := must[crm.Page](t)(d.Contacts(t.Context(), at))
			read += len(page.Contacts)
			least = min(least, page.Total)
			at = page.Next
		}
		if read != 225 || least != 225 {
			t.Errorf("read %d, and the CRM counts %d; want 225", read, least)
		}
	})
}
