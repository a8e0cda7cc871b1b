package crmtest

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// MembersVariable is the environment variable that says how many members the pace is measured with, for long runs.
const MembersVariable = "ALLYSWITCH_TEST_MEMBERS"

const (
	fewMembers  = 2000
	paceLatency = 200 * time.Millisecond
	// paceSlack is for the last answers, and for calls that must follow one another within one batch.
	paceSlack = 2 * time.Second
)

// paceOnce measures each set of features once: most switches do not change them.
func paceOnce(t *testing.T, entry registry.Entry, switches map[string]string, known map[string]bool) {
	tell(t, entry, sandbox.Options{Latency: paceLatency, Switches: switches}, func(w *world) {
		features := fmt.Sprint(w.client.Features())
		if known[features] {
			return
		}
		known[features] = true
		pace(w)
	})
}

func paceMembers() int {
	if asked, err := strconv.Atoi(os.Getenv(MembersVariable)); err == nil {
		return asked
	}
	return fewMembers
}

// pace: a clean run is as fast as the published limits allow, without one refusal.
func pace(w *world) {
	members := crowd(paceMembers())
	for i := range members {
		members[i].tags = []string{"Members", "Course A", "Course B", "Since 2024"}
	}
	m := newMigration(w, members)
	m.prepare()
	m.phase("writing", m.atOnce(), func() { m.write(m.members) })
	if !m.client.Features().TagsRideAlong {
		jobs := m.taggings(m.members)
		m.phase("tagging", m.atOnce(), func() { m.tagAll(jobs) })
	}
	m.wait()
	read := 0
	m.phase("reading", oneByOne(), func() { read = len(m.read()) })
	if held := len(w.sandbox.Contents().Contacts); held != len(members) || read != len(members) {
		w.Errorf("the CRM holds %d contacts, %d were read, want %d", held, read, len(members))
	}
}

// order is how calls follow one another: how many can be under way at once, and how much longer than the windows allow they may take.
type order struct {
	inFlight int
	share    float64
}

// atOnce is for calls that do not wait for each other; oneByOne for pages, each of which can be asked for only once the one before has
// come, so that the end of each window is spent waiting for answers.
func (m *migration) atOnce() order { return order{m.client.Features().InFlight, 1.03} }

func oneByOne() order { return order{1, 1.1} }

// phase runs a part of the work with a client of its own, and compares how long it takes with the least that the limits allow, or with
// what the latency takes where the limits would allow more.
func (m *migration) phase(name string, in order, work func()) {
	m.Helper()
	m.client = m.open(m.settings())
	start := time.Now()
	work()
	took := time.Since(start)
	reading := m.client.Meter().Read()
	floor := m.client.Meter().Floor(m.client.Features().Windows)
	m.Logf("%s %d members: %v with %d requests, the limits allow %v", name, len(m.members), took, reading.Requests, floor)
	least := max(floor, time.Duration(reading.Requests)*paceLatency/time.Duration(in.inFlight))
	if took > time.Duration(float64(least)*in.share)+paceSlack {
		m.Errorf("%s is slower than the limits allow: %v with %d requests, against %v", name, took, reading.Requests, least)
	}
	if reading.RateLimited > 0 {
		m.Errorf("%s: %d refusals", name, reading.RateLimited)
	}
}
