package migration_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// TestBadDaysLeaveWhatAGoodDayLeaves sends through every fault that passes by itself. The owner only has to press "go on".
func TestBadDaysLeaveWhatAGoodDayLeaves(t *testing.T) {
	for _, entry := range registry.All() {
		for _, faults := range []string{"slow", "storm", "quota", "outage"} {
			t.Run(entry.Provider.ID+"/"+faults, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					calm := contentsAfter(t, entry.Provider.ID, "none")
					if stormy := contentsAfter(t, entry.Provider.ID, faults); stormy != calm {
						t.Error(difference(calm, stormy))
					}
				})
			})
		}
	}
}

// contentsAfter is what the CRM holds after an import and its proof.
func contentsAfter(t *testing.T, crmID, faults string) string {
	t.Helper()
	s := newStory(t, crmID, 90, sandbox.Options{Latency: 100 * time.Millisecond, Faults: faults, Seed: 11})
	s.insist("plan", func() error {
		_, err := migration.MakePlan(t.Context(), s.deps, job.Discard)
		return err
	})
	s.insist("import", func() error {
		result, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard)
		if err == nil && len(result.Failed) > 0 {
			t.Errorf("failed: %+v", result.Failed)
		}
		return err
	})
	s.insist("proof", func() error {
		proof, err := migration.Prove(t.Context(), s.deps, job.Discard)
		if err == nil && !proof.Complete() {
			t.Error(proof.Sentence())
		}
		return err
	})
	text, err := json.MarshalIndent(s.sandbox.Contents(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// insist does something again while it fails for a reason that passes, as an owner would over a long day.
func (s *story) insist(what string, work func() error) {
	s.t.Helper()
	for range 6 {
		err := work()
		if err == nil {
			return
		}
		if !crm.Passing(err) && !crm.IsKind(err, crm.KindQuota) {
			s.t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(30 * time.Minute)
	}
	s.t.Fatalf("%s never came to its end", what)
}

// TestAFullAccountStopsBeforeHarm fills the CRM's plan half-way. Whoever fitted is proven, the others are named, and nobody is there twice.
func TestAFullAccountStopsBeforeHarm(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStory(t, entry.Provider.ID, 90, sandbox.Options{Faults: "full", PlanLimit: 40})
				before := s.sandbox.Contents()
				plan := s.plan()
				if fits, known := plan.Room.Fits(); known && fits {
					t.Errorf("the plan says that all fit: %+v", plan.Room)
				}
				_, err := migration.Import(t.Context(), s.deps, migration.ImportInput{}, job.Discard)
				if known := plan.Room.Limit >= 0; known && !errors.Is(err, migration.ErrNoRoom) {
					t.Errorf("the import did not refuse: %v", err)
				}
				_, err = migration.Import(t.Context(), s.deps, migration.ImportInput{AcceptNoRoom: true}, job.Discard)
				proof := s.prove()
				if proof.Complete() && err != nil {
					t.Errorf("everything is proven, and yet: %v", err)
				}
				if proof.Found+proof.Missing+proof.Left != proof.Members {
					t.Errorf("the members do not add up: %+v", proof)
				}
				seen := map[string]bool{}
				for _, contact := range s.sandbox.Contents().Contacts {
					if seen[contact.Email] {
						t.Errorf("%s is there twice", contact.Email)
					}
					seen[contact.Email] = true
				}
				s.isUndone(before, s.undo(0))
			})
		})
	}
}
