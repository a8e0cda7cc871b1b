package migration_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// accept types the number of people for everything that may start.
func (s *story) accept(plan *migration.Plan) {
	s.deps.Decisions = map[string]string{}
	for _, start := range plan.Blast.Undecided(nil) {
		s.deps.Decisions[start.ID] = start.Number()
	}
}

// mailsEverybody is an account in which a tag that everybody has sets something off.
func (s *story) mailsEverybody() {
	s.sandbox.Load(sandbox.Contents{Tags: []string{"Inner Circle Member"}, Automations: []sandbox.Automation{
		{Name: "Welcome mail", Tag: "Inner Circle Member", Active: true}, {Name: "Switched off", Tag: "Inner Circle Member"}}})
}

// imports sends everybody, and returns why not.
func (s *story) imports() error {
	_, err := migration.Import(s.t.Context(), s.deps, migration.ImportInput{}, job.Discard)
	return err
}

func TestWhatWouldMailEverybodyHoldsTheImport(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.mailsEverybody()
		plan := s.plan()
		if names := startNames(plan.Blast); !slices.Contains(names, "Welcome mail") || slices.Contains(names, "Switched off") {
			t.Fatalf("what may start: %v", names)
		}
		open := plan.Blast.Undecided(nil)
		if quiet := s.deps.CRM.Features().QuietUpsert; quiet != (len(open) == 0) {
			t.Fatalf("the import is quiet: %v, and to be decided are %+v", quiet, open)
		}
		if len(open) == 0 {
			s.send(migration.ImportInput{})
			if runs := s.sandbox.Contents().Runs; len(runs) > 0 {
				t.Errorf("%d runs of what was said to be kept quiet", len(runs))
			}
			return
		}
		if first := open[0].First; (first == "Hello from Welcome mail") != (s.entry.Provider.ID == "kit") {
			t.Errorf("it sends first: %q", first)
		}
		for _, typed := range []string{"", "yes", "1", migration.Paused, "-" + open[0].Number()} {
			s.deps.Decisions = map[string]string{open[0].ID: typed}
			if err := s.imports(); !errors.Is(err, migration.ErrUndecided) || !strings.Contains(err.Error(), "Welcome mail") {
				t.Errorf("with %q typed, the import said %v", typed, err)
			}
		}
		if contents := s.sandbox.Contents(); len(contents.Contacts) > 0 || len(contents.Runs) > 0 {
			t.Fatalf("%d contacts and %d runs before anything was decided", len(contents.Contacts), len(contents.Runs))
		}
		s.accept(plan)
		s.send(migration.ImportInput{})
		if journal := s.all("journal.jsonl"); !strings.Contains(journal, `"accepted"`) {
			t.Error("the journal does not say what was accepted")
		}
	})
}

func startNames(blast migration.Blast) []string {
	var names []string
	for _, start := range blast.Starts {
		names = append(names, start.Name)
	}
	return names
}

func TestPausedCountsOnlyWhenTheCRMShowsIt(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.mailsEverybody()
		plan := s.plan()
		open := plan.Blast.Undecided(nil)
		if len(open) == 0 {
			return
		}
		decisions := map[string]string{open[0].ID: migration.Paused}
		s.deps.Decisions = decisions
		if err := s.imports(); !errors.Is(err, migration.ErrUndecided) || !strings.Contains(err.Error(), "still active") {
			t.Fatalf("it was not paused, and the import said %v", err)
		}
		s.change(func(contents *sandbox.Contents) { contents.Automations[1].Active = false })
		s.deps.Decisions = decisions
		s.send(migration.ImportInput{})
		if runs := s.sandbox.Contents().Runs; len(runs) > 0 {
			t.Errorf("%d runs of what was paused", len(runs))
		}
	})
}

func TestWhatIsSwitchedOnAfterThePlanHoldsTheImportToo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		s.sandbox.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Born late", Tag: "Inner Circle Member", Active: true}}})
		err := s.imports()
		if quiet := s.deps.CRM.Features().QuietUpsert; quiet != (err == nil) {
			t.Errorf("the import is quiet: %v, and said %v", quiet, err)
		}
	})
}

func TestACRMThatCannotTellSaysSo(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		plan := s.plan()
		if plan.Blast.Hidden != s.deps.CRM.Features().AutomationsHidden {
			t.Errorf("hidden: %q", plan.Blast.Hidden)
		}
		if s.entry.Provider.ID != "activecampaign" && plan.Blast.Hidden == "" && plan.Blast.Unknown == "" {
			t.Error("the plan claims to see everything that a tag can start")
		}
	})
}

// TestAnUploadByHandIsNeverSaidToBeQuiet plans for files that a person uploads: nobody tells the CRM then to start nothing.
func TestAnUploadByHandIsNeverSaidToBeQuiet(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.mailsEverybody()
		s.deps.Terms = migration.Terms{Route: migration.RouteUpload}
		if open := s.plan().Blast.Undecided(nil); len(open) != 1 {
			t.Errorf("to be decided: %+v", open)
		}
	})
}

// TestWhoWasAcceptedForEverybodyMayStartForFew sends a few again after all: nobody has to decide anew.
func TestWhoWasAcceptedForEverybodyMayStartForFew(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.mailsEverybody()
		s.accept(s.plan())
		s.send(migration.ImportInput{})
		s.prove() // some CRMs show late who has come
		s.edit(migration.MembersFile, func(text string) string {
			return text + "999999,999999,late@example.com,2024-01-01 00:00:00,Late,Comer\n"
		})
		s.plan()
		if result := s.send(migration.ImportInput{}); result.Sent != 1 {
			t.Errorf("%d were sent", result.Sent)
		}
	})
}
