package migration_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// undoAll is what the process does that is to be killed while it takes everything back.
func undoAll(ctx context.Context, deps migration.Deps) error {
	result, err := migration.Undo(ctx, deps, 0, job.Discard)
	if err == nil && result.Open {
		err = errors.New(result.Sentence())
	}
	return err
}

// undoPoints are all named moments of an undo.
var undoPoints = []string{
	"undo-after-intent", "undo-before-outcome",
	"undo-tag-after-intent", "undo-tag-after-call", "undo-tag-after-outcome", "undo-tag-after-call#2",
	"undo-values-after-intent", "undo-values-after-call", "undo-values-after-outcome",
	"undo-contact-after-intent", "undo-contact-after-call", "undo-contact-after-call#7", "undo-contact-after-outcome",
	"undo-tag-name-after-intent", "undo-tag-name-before-outcome#2", "undo-field-after-intent", "undo-field-before-outcome",
	"journal-before-write#3", "journal-after-write-before-sync#2", "journal-after-sync#4",
}

// undone is what undo leaves of the account of a plug.
func (p *plug) undone(before sandbox.Contents) string {
	p.t.Helper()
	return asUndone(p.t, p.open().Features(), before, p.box.Contents())
}

// imported is a plug whose import has come to its end, and what was in the account before.
func imported(t *testing.T, crmID string) (*plug, sandbox.Contents) {
	t.Helper()
	p := newPlug(t, crmID)
	before := p.box.Contents()
	if !p.run("", 0) {
		t.Fatal("the import was killed")
	}
	p.child.Undo = true
	return p, before
}

// finishUndo lets the undo come to its end and compares.
func (p *plug) finishUndo(what string, before sandbox.Contents) {
	p.t.Helper()
	p.child.Undo = true
	if !p.run("", 0) {
		p.t.Fatalf("%s: the second undo did not come to its end", what)
	}
	if want, got := p.undone(before), p.contents(); got != want {
		p.t.Errorf("%s: after undo the CRM holds\n%s", what, difference(want, got))
	}
}

func TestUndoKilledAtEveryPointAndResumed(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			killed := 0
			for _, point := range undoPoints {
				p, before := imported(t, entry.Provider.ID)
				if !p.run(point, 0) {
					killed++
				}
				p.finishUndo(point, before)
			}
			if killed < len(undoPoints)/2 {
				t.Errorf("only %d of %d points were reached", killed, len(undoPoints))
			}
		})
	}
}

func TestUndoKilledAtRandomMomentsAndResumed(t *testing.T) {
	for number, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			random, killed, tries := rand.New(rand.NewPCG(11, uint64(number))), 0, 12
			if testing.Short() {
				tries = 2
			}
			for range tries {
				p, before := imported(t, entry.Provider.ID)
				delay := 5*time.Millisecond + time.Duration(random.IntN(400))*time.Millisecond
				if !p.run("", delay) {
					killed++
				}
				p.finishUndo("killed after "+delay.String(), before)
			}
			t.Logf("killed in the middle of %d of %d runs", killed, tries)
		})
	}
}

// TestUndoAfterAnImportThatWasKilled takes back what half an import has left behind.
func TestUndoAfterAnImportThatWasKilled(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			for _, point := range killPoints {
				p := newPlug(t, entry.Provider.ID)
				before := p.box.Contents()
				p.run(point, 0)
				p.finishUndo("import killed at "+point, before)
			}
		})
	}
}
