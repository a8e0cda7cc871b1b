package crmtest

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// SeedsVariable is the environment variable that says how many storms to weather, for long runs.
const SeedsVariable = "ALLYSWITCH_TEST_SEEDS"

// seeds are the storms that every driver must weather.
func seeds() []uint64 {
	count := 3
	if asked, err := strconv.Atoi(os.Getenv(SeedsVariable)); err == nil {
		count = asked
	} else if testing.Short() || raceDetector {
		count = 1
	}
	list := make([]uint64, count)
	for i := range list {
		list[i] = uint64(i + 1)
	}
	return list
}

// faults moves a crowd under each fault profile and compares what the CRM then holds with what a clean run leaves.
func faults(t *testing.T, entry registry.Entry) {
	var clean sandbox.Contents
	tell(t, entry, sandbox.Options{}, func(w *world) {
		completeMigration(w)
		clean = w.sandbox.Contents()
	})
	for _, profile := range []string{sandbox.FaultsSlow, sandbox.FaultsQuota, sandbox.FaultsOutage, sandbox.FaultsStorm} {
		t.Run(profile, func(t *testing.T) {
			befallen := 0
			for _, seed := range seeds() {
				tell(t, entry, sandbox.Options{Faults: profile, Seed: seed, Latency: 100 * time.Millisecond}, func(w *world) {
					completeMigration(w)
					if told := difference(clean, w.sandbox.Contents()); told != "" {
						w.Errorf("seed %d: the CRM does not hold what a clean run leaves:\n%s", seed, told)
					}
					befallen += w.sandbox.Traffic().Faults
				})
			}
			if profile != sandbox.FaultsSlow && befallen == 0 {
				t.Error("no fault befell anything: the test shows nothing")
			}
		})
	}
	t.Run(sandbox.FaultsFull, func(t *testing.T) {
		tell(t, entry, sandbox.Options{Faults: sandbox.FaultsFull, PlanLimit: planLimit}, planIsFull)
	})
}

// storm moves a small crowd through a storm, with switches in other settings, and compares with a clean run.
func storm(t *testing.T, entry registry.Entry, switches map[string]string) {
	var clean sandbox.Contents
	members := crowd(25)
	tell(t, entry, sandbox.Options{Switches: switches}, func(w *world) {
		newMigration(w, members).run()
		clean = w.sandbox.Contents()
	})
	tell(t, entry, sandbox.Options{Switches: switches, Faults: sandbox.FaultsStorm, Seed: 11}, func(w *world) {
		newMigration(w, members).run()
		if told := difference(clean, w.sandbox.Contents()); told != "" {
			w.Errorf("the CRM does not hold what a clean run leaves:\n%s", told)
		}
	})
}

// crowdSize is enough for several batches and pages of most CRMs, and small enough for the slowest.
const (
	crowdSize = 130
	planLimit = 40
)

// completeMigration moves a crowd, part of whom the CRM knows already, and checks every one of them.
func completeMigration(w *world) {
	members := crowd(crowdSize)
	w.sandbox.Load(sandbox.Contents{
		Tags: []string{"Members"}, Fields: []string{"customer_id"},
		Contacts: []sandbox.Contact{
			{Email: members[0].email, FirstName: "Old", State: "unsubscribed", Tags: []string{"Members"}, Fields: map[string]string{"customer_id": "1"}},
			{Email: "stranger@example.org", FirstName: "Str", State: "active"},
		},
	})
	m := newMigration(w, members)
	m.run()
	held := w.byKey()
	if len(held) != crowdSize+1 || len(w.sandbox.Contents().Contacts) != crowdSize+1 {
		w.Errorf("the CRM holds %d contacts with %d addresses, want %d", len(w.sandbox.Contents().Contacts), len(held), crowdSize+1)
	}
	for _, member := range members {
		contact := held[address.Key(member.email)]
		tags := slices.Sorted(slices.Values(contact.Tags))
		if contact.FirstName != member.first || !slices.Equal(tags, slices.Sorted(slices.Values(member.tags))) {
			w.Errorf("%s became %+v", member.email, contact)
		}
		m.compareFields(member, contact)
	}
	if state := held[address.Key(members[0].email)].State; state == "active" {
		w.Error("somebody who had unsubscribed is subscribed again")
	}
}

// planIsFull: nobody who did not fit is said to be there, and if the CRM refuses people it is reported as the plan's limit.
func planIsFull(w *world) {
	m := newMigration(w, crowd(2*planLimit))
	for i := range m.members {
		m.members[i].tags = nil
	}
	m.prepare()
	var contacts []crm.Contact
	for _, member := range m.members {
		contacts = append(contacts, m.contact(member))
	}
	said := map[string]crm.Outcome{}
	for _, batch := range w.client.Batches(contacts) {
		outcomes, err := w.client.Upsert(w.ctx, batch)
		for i, contact := range batch {
			said[contact.Email] = crm.Outcome{Result: crm.Failed, Err: err}
			if i < len(outcomes) {
				said[contact.Email] = outcomes[i]
			}
		}
	}
	settlement := w.wait()
	held := w.byKey()
	for _, email := range slices.Sorted(maps.Keys(said)) {
		w.honest(email, said[email], settlement, held)
	}
	if len(held) > planLimit {
		w.Logf("this CRM takes contacts beyond the plan's limit: it holds %d of %d", len(held), planLimit)
		return
	}
	if len(held) == 0 {
		w.Error("not even those who fit are there")
	}
}

// honest checks what was said about one contact against what is there.
func (w *world) honest(email string, outcome crm.Outcome, settlement crm.Settlement, held map[string]sandbox.Contact) {
	w.Helper()
	_, there := held[address.Key(email)]
	switch outcome.Result {
	case crm.Created, crm.Updated:
		if !there {
			w.Errorf("%s is said to be %s, but is not there", email, outcome.Result)
		}
	case crm.Failed:
		if there {
			w.Errorf("%s is said to have failed, but is there", email)
		}
		if !crm.IsKind(outcome.Err, crm.KindPlanLimit) {
			w.Errorf("%s failed for want of room, but the error says %v", email, outcome.Err)
		}
	case crm.Queued:
		if _, told := settlement.Rejected[email]; !there && !told && len(settlement.Rejected) > 0 {
			w.Errorf("%s was dropped, and the CRM's list of the rejected does not name them", email)
		}
	}
}
