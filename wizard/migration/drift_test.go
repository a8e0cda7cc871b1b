package migration_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// edit changes one of the folder's files.
func (s *story) edit(name string, change func(string) string) {
	s.t.Helper()
	s.write(filepath.Join(s.dir, name), []byte(change(s.all(name))))
}

// joins lets somebody become a member after the plan.
func (s *story) joins(row string) {
	s.t.Helper()
	s.edit(migration.MembersFile, func(text string) string { return text + row + "\n" })
}

func TestDriftIsShownByName(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		s.joins("999999,999999,late@example.com,2024-01-01 00:00:00,Late,Comer")
		s.edit(migration.MembersFile, func(text string) string {
			lines := strings.Split(text, "\n")
			kept := lines[:0]
			for _, line := range lines {
				if !strings.Contains(line, "everything@example.com") {
					kept = append(kept, strings.Replace(line, "revoked@example.com", "moved@example.com", 1))
				}
			}
			return strings.Join(kept, "\n")
		})
		s.deps.DriftAllowed = 2
		if err := s.imports(); !errors.Is(err, migration.ErrDrifted) || !strings.Contains(err.Error(), "1 joined, 1 left, 1 changed") {
			t.Fatalf("the import said %v", err)
		}
		drift := s.all(migration.DriftFile)
		for _, line := range []string{"joined,999999,late@example.com", "left,", "everything@example.com", "moved@example.com,the address was revoked@example.com"} {
			if !strings.Contains(drift, line) {
				t.Errorf("drift.csv does not say %q:\n%s", line, drift)
			}
		}
		if contacts := s.sandbox.Contents().Contacts; len(contacts) > 0 {
			t.Errorf("%d contacts were made all the same", len(contacts))
		}
	})
}

// TestDriftWithinTheAllowanceGoesOn lets one member join whom the CRM knows already, with values of its own: they must not be lost.
func TestDriftWithinTheAllowanceGoesOn(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "late@example.com", FirstName: "Her own choice", State: "active"}}})
		s.plan()
		s.joins("999999,999999,late@example.com,2024-01-01 00:00:00,Late,Comer")
		s.deps.DriftAllowed = 1
		s.send(migration.ImportInput{})
		contents := s.sandbox.Contents()
		late := contactOf(&contents, "late@example.com")
		if late.FirstName != "Her own choice" || late.LastName != "Comer" {
			t.Errorf("the CRM's own name was overwritten: %+v", late)
		}
		if before := s.all(migration.BeforeFile); !strings.Contains(before, "Her own choice") {
			t.Error("what was there before is not kept")
		}
		if again := s.send(migration.ImportInput{}); again.Sent != 0 {
			t.Errorf("%d were sent again", again.Sent)
		}
		if proof := s.prove(); proof.Missing != 0 {
			t.Error(proof.Sentence())
		}
	})
}

func TestATagThatNobodyHadIsNeverWithinTheAllowance(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		s.edit(migration.TagsFile, func(text string) string {
			return strings.ReplaceAll(text, "Inner Circle Member", "Inner Circle Member 2")
		})
		s.deps.DriftAllowed = 1000
		if err := s.imports(); !errors.Is(err, migration.ErrDrifted) || !strings.Contains(err.Error(), "Inner Circle Member 2") {
			t.Errorf("a tag is new, and the import said %v", err)
		}
	})
}

func TestAnotherRouteOrMappingNeedsAnotherPlan(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		for what, terms := range map[string]migration.Terms{"upload": {Route: migration.RouteUpload}, "columns": {Mapping: "user_email=Contact"}} {
			s.deps.Terms = terms
			if err := s.imports(); !errors.Is(err, migration.ErrDrifted) || !strings.Contains(err.Error(), what) {
				t.Errorf("%s: the import said %v", what, err)
			}
		}
		s.deps.Terms = migration.Terms{Route: migration.RouteAPI}
		s.send(migration.ImportInput{})
	})
}

func TestAnAccountSwappedBetweenPlanAndRunIsRefused(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.plan()
		plan := filepath.Join(s.dir, migration.PlanFile)
		text, err := os.ReadFile(plan)
		if err != nil {
			t.Fatal(err)
		}
		account, _ := migration.LoadPlan(s.deps.Folder)
		s.write(plan, []byte(strings.Replace(string(text), `"account": "`+account.Account+`"`, `"account": "another"`, 1)))
		for what, work := range map[string]func() error{
			"import": s.imports,
			"rehearsal": func() error {
				_, err := migration.Rehearse(t.Context(), s.deps, migration.RehearseInput{Sandbox: s.entry.Sandbox}, job.Discard)
				return err
			},
		} {
			if err := work(); !errors.Is(err, migration.ErrOtherAccount) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if contacts := s.sandbox.Contents().Contacts; len(contacts) > 0 {
			t.Errorf("%d contacts were made in the other account", len(contacts))
		}
	})
}

// TestThePlanCountsWhatIsReallyWritten plans for an account that has a part of everything, and compares with what came.
func TestThePlanCountsWhatIsReallyWritten(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		s.sandbox.Load(lived)
		plan := s.plan()
		if plan.New+plan.Changed+plan.Unchanged+plan.Shared+len(plan.Left) != plan.Members {
			t.Errorf("the plan does not add up: %+v", plan)
		}
		had := 0
		for _, tag := range plan.Tags {
			had += tag.Members - tag.Added
		}
		if had != 1 || plan.PairsAdded != plan.TagPairs-1 {
			t.Errorf("one member has one of the tags already; the plan adds %d of %d", plan.PairsAdded, plan.TagPairs)
		}
		for _, write := range plan.FieldWrites {
			if want := plan.New; write.Field == "email" && write.Contacts != want {
				t.Errorf("%d addresses for %d new contacts", write.Contacts, want)
			}
			if write.Field == migration.OwnFields(s.deps.CRM.Features())[0].Name && write.Contacts != plan.New+plan.Changed {
				t.Errorf("%d user IDs for %d contacts", write.Contacts, plan.New+plan.Changed)
			}
		}
		if len(plan.Policies) == 0 || plan.Write.Requests == 0 {
			t.Errorf("the plan leaves something open: %+v", plan)
		}
	})
}
