package migration_test

import (
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/migration"
)

// TestAPlanMadeRightAfterAnImportKnowsWhoWasSent plans again before the CRM shows what was written: nobody is new twice.
func TestAPlanMadeRightAfterAnImportKnowsWhoWasSent(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		first := s.plan()
		s.send(migration.ImportInput{})
		again := s.plan()
		if again.New != 0 || again.Changed != 0 || again.Unchanged != first.New || again.PairsAdded != 0 || again.Write.Requests != 0 {
			t.Errorf("nothing is left to do, and the plan says %d new, %d changed, %d tags, %d requests", again.New, again.Changed, again.PairsAdded, again.Write.Requests)
		}
		if again.Sent > 0 && s.deps.CRM.Features().ReadLag == 0 || again.Sent == 0 && s.entry.Provider.ID == "kit" {
			t.Errorf("%d are known from the journal alone", again.Sent)
		}
		if s.send(migration.ImportInput{}).Sent != 0 {
			t.Error("somebody was sent twice")
		}
		s.edit(migration.MembersFile, func(text string) string {
			rows := strings.Split(text, "\n")
			rows[1] = rows[1][:strings.LastIndex(rows[1], ",")] + ",Renamed"
			return strings.Join(rows, "\n")
		})
		s.joins("999999,999999,late@example.com,2024-01-01 00:00:00,Late,Comer")
		if later := s.plan(); later.New != 1 || later.Changed > 1 || later.Changed+later.Unchanged != first.New {
			t.Errorf("one has joined, one has another name, and the plan says %d new, %d changed", later.New, later.Changed)
		}
	})
}

// TestAPlanAfterAnUndoCountsEverybodyAnew forgets who was sent once it has been taken back.
func TestAPlanAfterAnUndoCountsEverybodyAnew(t *testing.T) {
	forEveryCRM(t, sandbox.Options{}, func(t *testing.T, s *story) {
		first := s.plan()
		s.send(migration.ImportInput{})
		s.undo(0)
		if again := s.plan(); again.New+again.Changed != first.New || again.Sent != 0 {
			t.Errorf("%d were new at first, and after undo %d are new and %d changed", first.New, again.New, again.Changed)
		}
	})
}
