package crmtest

import (
	"fmt"
	"testing"
	"time"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

const (
	paceMembers = 2000
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

// pace: a clean run is as fast as the published limits allow, without one refusal.
func pace(w *world) {
	m := newMigration(w, crowd(paceMembers))
	m.prepare()
	m.phase("writing", atOnce, func() { m.write(m.members) })
	if !m.client.Features().TagsRideAlong {
		jobs := m.taggings(m.members)
		m.phase("tagging", atOnce, func() { m.tagAll(jobs) })
	}
	m.wait()
	read := 0
	m.phase("reading", oneByOne, func() { read = len(m.read()) })
	if held := len(w.sandbox.Contents().Contacts); held != paceMembers || read != paceMembers {
		w.Errorf("the CRM holds %d contacts, %d were read, want %d", held, read, paceMembers)
	}
}

// atOnce is for calls that do not wait for each other; oneByOne for pages, each of which can be asked for only once the one before has
// come. They say how long so many calls may take for that reason alone.
func atOnce(int) time.Duration { return 0 }

func oneByOne(calls int) time.Duration { return time.Duration(calls) * paceLatency }

// phase runs a part of the work with a client of its own, and compares how long it takes with the least that the limits allow.
func (m *migration) phase(name string, after func(calls int) time.Duration, work func()) {
	m.Helper()
	m.client = m.open(m.settings())
	start := time.Now()
	work()
	took := time.Since(start)
	reading := m.client.Meter().Read()
	floor := m.client.Meter().Floor(m.client.Features().Windows)
	m.Logf("%s %d members: %v with %d requests, the limits allow %v", name, paceMembers, took, reading.Requests, floor)
	if most := max(time.Duration(float64(floor)*1.03), after(reading.Requests)) + paceSlack; took > most {
		m.Errorf("%s is slower than the limits allow: %v with %d requests, against %v", name, took, reading.Requests, floor)
	}
	if reading.RateLimited > 0 {
		m.Errorf("%s: %d refusals", name, reading.RateLimited)
	}
}
