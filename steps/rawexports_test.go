package steps_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// rawExports are the names that the last page says are still on this computer.
func (j *journey) rawExports() string {
	var names []string
	for _, fact := range j.step(steps.Finish).Sheet(j.state()).Did {
		if fact.Label == "Raw export" {
			name, _, _ := strings.Cut(fact.Value, " ")
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// Whoever ticks that the raw export is deleted, while it lies there, hears so. Deleting it makes the tick count, and so does the word that it stays on purpose.
func TestARawExportThatIsStillThereContradictsTheTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Test)
		j.stayed()
		j.tick(steps.Finish, "open", "export-deleted", "plugins-removed")
		j.run(steps.Finish, "report")
		if box := j.box(steps.Finish, "export-deleted"); box.Set != nil || !strings.Contains(box.Doubt, "1 raw export is still on this computer: user-export-demo.csv. Delete it") {
			t.Fatalf("the export lies there, and the box says %q", box.Doubt)
		}
		if j.status(steps.Finish) == wizard.Done {
			t.Fatal("the last page is done although the raw export lies there")
		}
		j.tick(steps.Finish, "export-kept")
		if facts := factsOf(j, steps.Finish); j.status(steps.Finish) != wizard.Done || !strings.Contains(facts, "Raw export: user-export-demo.csv stays on this computer by your word") {
			t.Errorf("it stays on purpose: %s", facts)
		}
		j.untick(steps.Finish, "export-kept")
		if j.status(steps.Finish) == wizard.Done {
			t.Error("the word was taken back, and the last page is done")
		}
		if err := os.Remove(j.demo.Answers["export.file"]); err != nil {
			t.Fatal(err)
		}
		j.tick(steps.Finish, "export-deleted")
		if facts := factsOf(j, steps.Finish); j.status(steps.Finish) != wizard.Done || strings.Contains(facts, "Raw export") || j.asks(steps.Finish, "export-kept") {
			t.Errorf("it is deleted: %s", facts)
		}
	})
}

// Every raw export that was ever given is named: the first, one that was given in place of it, the second, and one that was given before the site was read. What
// AllySwitch has written itself is not, and a file that is gone is not.
func TestEveryRawExportIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Maintenance)
		first, instead, second := j.file("first.csv", "x"), j.file("instead.csv", "x"), j.file("second.csv", "x")
		for _, step := range []struct{ file, want string }{{first, "first.csv"}, {instead, "first.csv instead.csv"}} {
			j.answer(steps.Export, "export.file", step.file)
			if names := j.rawExports(); names != step.want {
				t.Fatalf("after %s: %q", step.file, names)
			}
		}
		j.answer(steps.Switch, "delta.export.file", second)
		j.answer(steps.Switch, "delta.export.file", "")
		j.logIn()
		j.run(steps.Export, "site")
		if names := j.rawExports(); names != "first.csv instead.csv second.csv" {
			t.Errorf("the site was read: %q", names)
		}
		j.answer(steps.Switch, "delta.export.file", j.folder.Path("site-users.csv"))
		if names := j.rawExports(); strings.Contains(names, "site-users") {
			t.Errorf("a file of AllySwitch's own is called a raw export: %q", names)
		}
		if err := os.Remove(first); err != nil {
			t.Fatal(err)
		}
		j.tick(steps.Finish, "export-deleted")
		if box := j.box(steps.Finish, "export-deleted"); j.rawExports() != "instead.csv second.csv" || !strings.Contains(box.Doubt, "2 raw exports are still on this computer: ") || !strings.Contains(box.Doubt, "Delete them") {
			t.Errorf("the first is gone: %q, %q", j.rawExports(), box.Doubt)
		}
	})
}

// A checkpoint of an earlier version knows only the answers, and one file that was given before the site was read.
func TestRawExportsOfAnEarlierCheckpointAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		first, second, before := j.file("first.csv", "x"), j.file("second.csv", "x"), j.file("before.csv", "x")
		if err := j.keeper.Apply(func(state *checkpoint.State) {
			state.Step(steps.Export).Answers = map[string]string{"export.file": "'" + first + "'"}
			state.Step(steps.Export).Notes = map[string]string{"download": before}
			state.Step(steps.Switch).Answers = map[string]string{"delta.export.file": second}
		}); err != nil {
			t.Fatal(err)
		}
		if names := j.rawExports(); names != "before.csv first.csv second.csv" {
			t.Errorf("%q", names)
		}
	})
}

// A demo deletes its own made-up download when that is ticked off, and nothing else.
func TestADemoDeletesItsOwnExportOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.connect()
		made, own := j.demo.Answers["export.file"], j.file("own.csv", "x")
		j.answer(steps.Export, "export.file", made)
		j.answer(steps.Export, "export.file", own)
		j.tick(steps.Finish, "export-kept", "export-deleted")
		if names := j.rawExports(); names != "own.csv user-export-demo.csv" {
			t.Fatalf("both stay on purpose: %q", names)
		}
		j.untick(steps.Finish, "export-kept")
		if names := j.rawExports(); names != "own.csv" {
			t.Errorf("%q", names)
		}
		if box := j.box(steps.Finish, "export-deleted"); box.Set != nil {
			t.Error("the owner's own file lies there, and the tick counts")
		}
	})
}
