package migration_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

func (s *story) rehearse() *migration.Rehearsal {
	s.t.Helper()
	rehearsal, err := migration.Rehearse(s.t.Context(), s.deps, migration.RehearseInput{Sandbox: s.entry.Sandbox, Switches: s.entry.Switches}, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return rehearsal
}

// all is the whole of a file of the folder.
func (s *story) all(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// lived is an account that somebody has worked in: it knows a member, somebody else, and a tag.
var lived = sandbox.Contents{Tags: []string{"Newsletter", "Inner Circle Member"}, Fields: []string{"Shoe size"}, Contacts: []sandbox.Contact{
	{Email: "everything@example.com", FirstName: "Her own choice", State: "unsubscribed", Tags: []string{"Newsletter", "Inner Circle Member"}},
	{Email: "stranger@example.com", State: "active"}}}

func TestTheRehearsalPredictsWhatHappens(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(lived)
		plan := s.plan()
		rehearsal := s.rehearse()
		if contacts := len(s.sandbox.Contents().Contacts); contacts != len(lived.Contacts) {
			t.Fatalf("the rehearsal has sent something: %d contacts", contacts)
		}
		if rehearsal.Stopped != "" || rehearsal.Created != plan.New || rehearsal.Updated != plan.Changed || rehearsal.PairsMissing != 0 || rehearsal.Access.Lost != 0 {
			t.Errorf("plan %d new, %d changed; rehearsal %+v", plan.New, plan.Changed, rehearsal)
		}
		result := s.send(migration.ImportInput{})
		proof := s.prove()
		if proof.Created != rehearsal.Created || proof.Updated != rehearsal.Updated || len(result.Failed) != rehearsal.Refused {
			t.Errorf("predicted %d and %d, came %d and %d", rehearsal.Created, rehearsal.Updated, proof.Created, proof.Updated)
		}
		kept, err := migration.LoadRehearsal(s.deps.Folder)
		if err != nil || kept.Actual == nil {
			t.Fatalf("nothing is beside the prediction: %v", err)
		}
		if got, want := kept.Actual.Requests, rehearsal.Send.Requests; got < want*8/10 || got > want*12/10+2 {
			t.Errorf("predicted %d requests, it took %d", want, got)
		}
		if kept.Actual.Arrived != plan.Members-len(plan.Left) || kept.Actual.Waiting != 0 {
			t.Errorf("actual: %+v", kept.Actual)
		}
	})
}

func TestTheRehearsalLeavesNothingBehind(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		before := s.all("journal.jsonl")
		s.rehearse()
		if _, err := os.Stat(filepath.Join(s.dir, "rehearsal")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the scratch folder is still there: %v", err)
		}
		if s.all("journal.jsonl") != before {
			t.Error("the rehearsal has written into the real journal")
		}
		if err := os.MkdirAll(filepath.Join(s.dir, "rehearsal"), 0o700); err != nil {
			t.Fatal(err)
		}
		s.write(filepath.Join(s.dir, "rehearsal", migration.MembersFile), []byte("left by a rehearsal that was killed"))
		s.send(migration.ImportInput{})
		if _, err := os.Stat(filepath.Join(s.dir, "rehearsal")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a copy of the members that a killed rehearsal had left is still there: %v", err)
		}
	})
}

func TestTheRehearsalMeetsTagCollisionsAndAFullPlanFirst(t *testing.T) {
	forEveryCRM(t, sandbox.Options{PlanLimit: 40}, func(t *testing.T, s *story) {
		s.sandbox.Load(sandbox.Contents{Tags: []string{"INNER circle MEMBER"}})
		plan, folds := s.plan(), s.deps.CRM.Features().TagsFoldCase
		rehearsal := s.rehearse()
		if folds && (len(rehearsal.Collisions) != 1 || rehearsal.Stopped == "") {
			t.Errorf("the collision was not met: %+v", rehearsal)
		}
		if fits, known := plan.Room.Fits(); !folds && known && !fits && rehearsal.Stopped == "" {
			t.Errorf("the plan allows 40 contacts, and the rehearsal says %s", rehearsal.Sentence())
		}
	})
}

func TestTheRehearsalIsAsFastAsTheKeyAtHand(t *testing.T) {
	i := slices.IndexFunc(entryOf(t, "kit").Switches, func(s sandbox.Switch) bool { return slices.Contains(s.Settings, "key") })
	if i < 0 {
		t.Fatal("Kit's sandbox has no switch for the key")
	}
	name := entryOf(t, "kit").Switches[i].Name
	for _, credential := range entryOf(t, "kit").Switches[i].Settings {
		inBubble(t, func(t *testing.T) {
			s := newStory(t, "kit", 60, sandbox.Options{Switches: map[string]string{name: credential}})
			plan := s.plan()
			rehearsal := s.rehearse()
			s.send(migration.ImportInput{})
			kept, _ := migration.LoadRehearsal(s.deps.Folder)
			if got, want := kept.Actual.Requests, rehearsal.Send.Requests; got < want*8/10 || got > want*12/10+2 {
				t.Errorf("with %s: planned %d requests, rehearsed %d, and it took %d", credential, plan.Write.Requests, want, got)
			}
		})
	}
}
