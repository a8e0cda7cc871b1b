package migration_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// meddle stands between the program and the CRM. It may answer in the CRM's place.
type meddle struct {
	next   http.RoundTripper
	answer func(*http.Request) (*http.Response, error)
}

func (m meddle) RoundTrip(request *http.Request) (*http.Response, error) {
	if response, err := m.answer(request); response != nil || err != nil {
		return response, err
	}
	return m.next.RoundTrip(request)
}

// through opens the CRM anew, with somebody on the wire.
func (s *story) through(answer func(*http.Request) (*http.Response, error)) {
	s.t.Helper()
	values := s.sandbox.Credentials()
	values["crm.url"] = "https://sandbox.example.com"
	client, err := crm.Open(s.entry.Provider, crm.Settings{Values: values, Transport: meddle{sandbox.Transport(s.sandbox), answer}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.deps.CRM = client
}

// TestAThrottleMakesItSlowerAndSaysWhy sends at a quarter of the pace.
func TestAThrottleMakesItSlowerAndSaysWhy(t *testing.T) {
	took := func(t *testing.T, percent int) (time.Duration, []string) {
		s := newStoryOf(t, "ontraport", wptest.Even(600, 1), sandbox.Options{})
		s.plan()
		s.deps.Throttle = percent
		began, report := time.Now(), &job.Recording{}
		if _, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, report); err != nil {
			t.Fatal(err)
		}
		return time.Since(began), report.Waits()
	}
	synctest.Test(t, func(t *testing.T) {
		whole, _ := took(t, 100)
		quarter, waits := took(t, 25)
		if ratio := quarter.Seconds() / whole.Seconds(); ratio < 3 || ratio > 5 {
			t.Errorf("at 25 %% it took %s instead of %s", quarter, whole)
		}
		if !strings.Contains(strings.Join(waits, "\n"), "25 % of the allowed pace") {
			t.Errorf("nobody says why: %v", waits)
		}
	})
}

// Whoever is in Keap already takes two requests instead of one: those count against the owner's part of the pace as well.
func TestAThrottleCountsTheRequestsOfThoseWhoAreThere(t *testing.T) {
	took := func(t *testing.T, percent int) time.Duration {
		s := newStoryOf(t, "keap", wptest.Even(600, 0), sandbox.Options{})
		var there sandbox.Contents
		for _, person := range s.site.People {
			there.Contacts = append(there.Contacts, sandbox.Contact{Email: person.Email, State: "active"})
		}
		s.sandbox.Load(there)
		s.plan()
		s.deps.Throttle = percent
		began := time.Now()
		if sent := s.send(migration.ImportInput{}); sent.Requests < 1000 {
			t.Fatalf("%d requests: they were to be there already", sent.Requests)
		}
		return time.Since(began)
	}
	synctest.Test(t, func(t *testing.T) {
		whole, quarter := took(t, 100), took(t, 25)
		if ratio := quarter.Seconds() / whole.Seconds(); ratio < 3 || ratio > 5 {
			t.Errorf("at 25 %% it took %s instead of %s", quarter, whole)
		}
	})
}

// TestAThrottleHoldsReadingAndUndoToo reads everybody back, looks again and takes everything back at a tenth of the pace.
func TestAThrottleHoldsReadingAndUndoToo(t *testing.T) {
	for _, crmID := range []string{"activecampaign", "keap", "ontraport"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStoryOf(t, crmID, wptest.Even(600, 4), sandbox.Options{})
				s.sendEverybody()
				s.prove()
				time.Sleep(time.Hour)
				for what, work := range map[string]func(job.Reporter) error{
					"plan":  func(report job.Reporter) error { _, err := migration.MakePlan(t.Context(), s.deps, report); return err },
					"proof": func(report job.Reporter) error { _, err := migration.Prove(t.Context(), s.deps, report); return err },
					"watch": func(report job.Reporter) error { _, err := migration.Watch(t.Context(), s.deps, report); return err },
				} {
					s.tenTimesSlower(what, work)
				}
				s.deps.Throttle = 10
				report := &job.Recording{}
				if _, err := migration.Undo(t.Context(), s.deps, 0, report); err != nil || !strings.Contains(strings.Join(report.Waits(), "\n"), "10 % of the allowed pace") {
					t.Errorf("undo: %v, %v", err, report.Waits())
				}
			})
		})
	}
}

// tenTimesSlower does the same at the whole pace and at a tenth of it.
func (s *story) tenTimesSlower(what string, work func(job.Reporter) error) {
	s.t.Helper()
	took := map[int]time.Duration{}
	report := &job.Recording{}
	for _, percent := range []int{100, 10} {
		s.deps.Throttle = percent
		began := time.Now()
		if err := work(report); err != nil {
			s.t.Fatal(err)
		}
		took[percent] = time.Since(began)
		time.Sleep(time.Hour)
	}
	if took[10] < took[100]*3/2 || !strings.Contains(strings.Join(report.Waits(), "\n"), "10 % of the allowed pace") {
		s.t.Errorf("%s took %s, and %s at a tenth of the pace: %v", what, took[100], took[10], report.Waits())
	}
}

// TestAPauseHoldsEverythingAndGoesOn presses the pause key in the middle of an import.
func TestAPauseHoldsEverythingAndGoesOn(t *testing.T) {
	forEveryCRM(t, sandbox.Options{Latency: 300 * time.Millisecond}, func(t *testing.T, s *story) {
		s.plan()
		runner := &job.Runner{}
		err := runner.Start(t.Context(), "import", func(ctx context.Context, report job.Reporter) (any, error) {
			return migration.Import(ctx, s.deps, migration.ImportInput{}, report)
		})
		if err != nil {
			t.Fatal(err)
		}
		runner.Pause()
		time.Sleep(20 * time.Minute)
		held := s.sandbox.Traffic().Requests
		time.Sleep(2 * time.Hour)
		if status := runner.Snapshot(); !status.Held || !status.Running || s.sandbox.Traffic().Requests != held {
			t.Fatalf("paused, and yet: held %v, running %v, %d requests more", status.Held, status.Running, s.sandbox.Traffic().Requests-held)
		}
		runner.Resume()
		runner.Wait()
		if err := runner.Snapshot().Err; err != nil {
			t.Fatal(err)
		}
		if proof := s.prove(); !proof.Complete() {
			t.Error(proof.Sentence())
		}
	})
}

// TestACRMThatRefusesEverybodyStopsTheWork answers every write of a contact with a refusal.
func TestACRMThatRefusesEverybodyStopsTheWork(t *testing.T) {
	for _, crmID := range []string{"keap", "ontraport"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStory(t, crmID, 200, sandbox.Options{})
				s.plan()
				s.refuseEvery(1)
				result, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard)
				if !errors.Is(err, migration.ErrTooManyFailures) {
					t.Fatalf("everybody was refused, and the import said %v (%+v)", err, result)
				}
				if !strings.Contains(err.Error(), "in a row") || len(result.Failed) < 20 || result.Waiting == 0 || result.Arrived != 0 {
					t.Errorf("stopped with %v: %d failed, %d waiting", err, len(result.Failed), result.Waiting)
				}
				s.clearTheWire()
				if again := s.send(migration.ImportInput{RetryFailed: true}); len(again.Failed) > 0 || again.Waiting > 0 {
					t.Errorf("after the cause is mended: %d failed, %d waiting", len(again.Failed), again.Waiting)
				}
			})
		})
	}
}

// clearTheWire takes whoever stood on the wire away.
func (s *story) clearTheWire() {
	s.through(func(*http.Request) (*http.Response, error) { return nil, nil })
}

// refuseEvery refuses every nth contact that is written.
func (s *story) refuseEvery(nth int64) {
	var count atomic.Int64
	s.through(func(request *http.Request) (*http.Response, error) {
		if !writesContact(request) || count.Add(1)%nth != 0 {
			return nil, nil
		}
		return &http.Response{StatusCode: 400, Header: http.Header{"Content-Type": {"application/json"}}, Request: request,
			Body: io.NopCloser(strings.NewReader(`{"message":"this contact is not welcome"}`))}, nil
	})
}

// TestARisingErrorRateStopsTheWork refuses four in a hundred: never many in a row, and yet too many.
func TestARisingErrorRateStopsTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStoryOf(t, "ontraport", wptest.Even(1200, 1), sandbox.Options{})
		s.plan()
		s.refuseEvery(25)
		result, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard)
		if !errors.Is(err, migration.ErrTooManyFailures) || !strings.Contains(err.Error(), " of ") || result.Waiting == 0 {
			t.Errorf("the import said %v: %d failed, %d waiting", err, len(result.Failed), result.Waiting)
		}
		s = newStoryOf(t, "ontraport", wptest.Even(1200, 1), sandbox.Options{})
		s.plan()
		s.refuseEvery(100)
		if result, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard); err != nil || result.Waiting > 0 || len(result.Failed) == 0 {
			t.Errorf("one in a hundred is no reason to stop, and the import said %v: %d failed, %d waiting", err, len(result.Failed), result.Waiting)
		}
	})
}

func writesContact(request *http.Request) bool {
	return request.Method != http.MethodGet && strings.Contains(strings.ToLower(request.URL.Path), "contact") && !strings.Contains(request.URL.Path, "tag") && !strings.Contains(request.URL.Path, "model")
}

// TestProgressIsToldToAnotherTerminal reads progress.json while the work runs, waits, and is paused.
func TestProgressIsToldToAnotherTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStory(t, "kit", 30, sandbox.Options{})
		runner := &job.Runner{}
		err := runner.Start(t.Context(), "import.all", func(ctx context.Context, report job.Reporter) (any, error) {
			shown, done := migration.ShowProgress(s.deps.Folder, "import.all", "Send everybody else", report)
			defer done()
			shown.Phase("Sending members to Kit", 30)
			shown.Add(12, 1)
			shown.Wait("Kit allows 120 requests a minute", time.Now().Add(time.Minute))
			time.Sleep(5 * time.Second)
			return nil, shown.Gate(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		runner.Pause()
		time.Sleep(3 * time.Second)
		seen := s.progress()
		if seen == nil || seen.Task != "import.all" || seen.Doing != "Sending members to Kit" || seen.Done != 12 || seen.Failed != 1 || seen.Total != 30 ||
			seen.Waiting == "" || seen.Until == nil || seen.Paused {
			t.Errorf("another terminal sees %+v", seen)
		}
		time.Sleep(6 * time.Second)
		if seen := s.progress(); seen == nil || !seen.Paused {
			t.Errorf("it is paused, and another terminal sees %+v", seen)
		}
		runner.Resume()
		runner.Wait()
		if seen := s.progress(); seen != nil {
			t.Errorf("nothing runs any more, and another terminal sees %+v", seen)
		}
	})
}

func (s *story) progress() *migration.Progress {
	s.t.Helper()
	seen, err := migration.LoadProgress(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return seen
}
