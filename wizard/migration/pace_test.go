package migration_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

const paceLatency = 200 * time.Millisecond

// paceMembers is how many members the pace is measured with. ALLYSWITCH_PACE_MEMBERS makes it 10000 or 100000 for docs/performance.md.
func paceMembers(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("ALLYSWITCH_PACE_MEMBERS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 1500
}

// TestTheImportIsAsFastAsTheLimitsAllow sends members with four tags each over a line of 200 ms, and compares with the least that the vendor's published
// limits, and the order of the phases, allow for these requests. No answer may say that we were too fast.
func TestTheImportIsAsFastAsTheLimitsAllow(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				members := paceMembers(t)
				s := newStoryOf(t, entry.Provider.ID, wptest.Even(members, 4), sandbox.Options{Latency: paceLatency})
				s.plan()
				watch, began := newStopwatch(s.deps.CRM), time.Now()
				if _, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, watch); err != nil {
					t.Fatal(err)
				}
				all := time.Since(began)
				took, least := watch.sum(t)
				began = time.Now()
				proof := s.prove()
				read := time.Since(began)
				t.Logf("%d members: import %s, of it sent in %s, at the least %s, x_floor %.3f; proof %s (%.2f of the import); %d requests, %d answers of 429", members,
					all.Round(time.Millisecond), took.Round(time.Millisecond), least.Round(time.Millisecond), took.Seconds()/least.Seconds(),
					read.Round(time.Millisecond), read.Seconds()/all.Seconds(), s.sandbox.Traffic().Requests, s.sandbox.Traffic().RateLimited)
				t.Log(besideOthers(entry.Provider.ID, s.deps.CRM.Features(), members, all))
				if !proof.Complete() || s.sandbox.Traffic().RateLimited > 0 {
					t.Errorf("%s; %d answers of 429", proof.Sentence(), s.sandbox.Traffic().RateLimited)
				}
				if limit := time.Duration(float64(least)*1.05) + outsideTheLimits(entry.Provider.ID); took > limit {
					t.Errorf("took %s, more than %s", took, limit)
				}
			})
		})
	}
}

// besideOthers says what the same members take with one call for each contact and one for each of the four tags, at the same limits, and with the pauses that WP
// Fusion makes for each member it exports: two seconds, one at Kit.
func besideOthers(crmID string, features crm.Features, members int, took time.Duration) string {
	var windows []crm.Window
	for _, window := range features.Windows {
		if window.Class == crm.ClassAll {
			windows = append(windows, window)
		}
	}
	single, pause := crm.LeastTime(time.Now(), members*5, windows), 2*time.Second
	if crmID == "kit" {
		pause = time.Second
	}
	paused := time.Duration(members) * pause
	return fmt.Sprintf("one call for each contact and each tag: %s (%.1f times the import); WP Fusion's pauses: %s (%.1f times)",
		single.Round(time.Second), single.Seconds()/took.Seconds(), paused, paused.Seconds()/took.Seconds())
}

// outsideTheLimits is what no pacing can take away, whatever the number of members: the last answers of each phase. A token of Kit has 600 calls a minute, which
// could all go in the first second; the line carries 60 a second, twelve at a time, so that the last minute's calls come that much later.
func outsideTheLimits(crmID string) time.Duration {
	if crmID == "kit" {
		return 8 * time.Second
	}
	return 2 * time.Second
}

// stopwatch is a job's reporter that takes the time and counts the requests of each phase.
type stopwatch struct {
	job.Reporter
	client *crm.Client
	laps   []lap
	began  time.Time
	before crm.Reading
	// floor is what the requests before the job allow by themselves.
	floor time.Duration
}

// lap is one phase: how long it took, and the least that the limits and the line allow for its requests.
type lap struct {
	phase       string
	requests    int
	took, least time.Duration
}

func newStopwatch(client *crm.Client) *stopwatch {
	watch := &stopwatch{Reporter: job.Discard, client: client, floor: client.Meter().Floor(client.Features().Windows)}
	watch.start("Checking")
	return watch
}

func (w *stopwatch) start(phase string) {
	w.laps = append(w.laps, lap{phase: phase})
	w.began, w.before = time.Now(), w.client.Meter().Read()
}

// Phase ends the lap before.
func (w *stopwatch) Phase(phase string, _ int64) {
	w.stop()
	w.start(phase)
}

func (w *stopwatch) stop() {
	last, reading := &w.laps[len(w.laps)-1], w.client.Meter().Read()
	last.took, last.requests = time.Since(w.began), reading.Requests-w.before.Requests
	features, inFlight := w.client.Features(), 1
	if last.sends() {
		inFlight = features.InFlight
	}
	last.least = time.Duration(last.requests) * paceLatency / time.Duration(inFlight)
	for class, count := range reading.ByClass {
		var windows []crm.Window
		for _, window := range features.Windows {
			if window.Class == class || window.Class == crm.ClassAll {
				windows = append(windows, window)
			}
		}
		last.least = max(last.least, crm.LeastTime(w.began, count-w.before.ByClass[class], windows))
	}
}

// sends says that the calls of a phase do not wait for each other.
func (l lap) sends() bool {
	return strings.HasPrefix(l.phase, "Sending") || strings.HasPrefix(l.phase, "Putting tags")
}

// waits says that the CRM was waited for, which finishes work after it has answered: how long that takes is its own affair.
func (l lap) waits() bool { return strings.HasPrefix(l.phase, "Waiting") }

// sum ends the last lap and adds up all but the waiting. The phases follow one another, and a window that one of them has used up holds back the next: the larger
// of the two is the least.
func (w *stopwatch) sum(t *testing.T) (took, least time.Duration) {
	t.Helper()
	w.stop()
	floor := w.client.Meter().Floor(w.client.Features().Windows) - w.floor
	for _, lap := range w.laps {
		t.Logf("%-45s %5d requests, %s, at the least %s", lap.phase, lap.requests, lap.took.Round(time.Millisecond), lap.least.Round(time.Millisecond))
		if lap.waits() {
			floor -= lap.least
			continue
		}
		took, least = took+lap.took, least+lap.least
	}
	return took, max(least, floor)
}
