package steps_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/demo"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/wizardtest"
)

// manyRows is how many members stand behind a table in these measurements.
const manyRows = 500_000

// finished is a migration that has come to its end, at the speed of the test.
func finished(tb testing.TB) *journey {
	tb.Helper()
	j := begin(tb, "activecampaign")
	made, err := demo.New(demo.Options{CRM: "activecampaign", Members: people, Speed: 5000, Folder: filepath.Dir(j.dir)})
	if err != nil {
		tb.Fatal(err)
	}
	j.demo, j.wire.next = made, made.Transport
	j.reach(steps.Finish)
	return j
}

// many puts half a million members into the file that step 11 shows.
func (j *journey) many() {
	j.t.Helper()
	var text strings.Builder
	text.WriteString("\ufeffsign,ID,user_email,new_contact_id,note\n")
	for i := range manyRows {
		fmt.Fprintf(&text, "=,%d,member%d@example.com,%d,\n", i+1, i+1, i+1001)
	}
	if err := os.WriteFile(filepath.Join(j.dir, migration.ContactIDsFile), []byte(text.String()), 0o600); err != nil {
		j.t.Fatal(err)
	}
}

// BenchmarkFirstFrame starts the program on a migration that is finished: folder, steps, and the first frame. It should take less than 100 ms.
func BenchmarkFirstFrame(b *testing.B) {
	j := finished(b)
	for b.Loop() {
		j.restart()
		model := tea.Model(j.shell(wizard.Options{}))
		model, _ = model.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		_ = model.View()
	}
	perFrame(b, 100)
}

// BenchmarkFrame presses a key on a table of half a million members and draws. It should take less than 16 ms.
func BenchmarkFrame(b *testing.B) {
	j := finished(b)
	j.many()
	table := j.table(steps.LinkUsers, "links")
	model := wizardtest.Press(turnTo(j, steps.LinkUsers, wizardtest.Size{Width: 120, Height: 40}, wizard.Options{}), j.upTo(steps.LinkUsers, "links")...)
	keys := []string{"down", "pgdown", "end", "up", "pgup", "home"}
	for i := 0; b.Loop(); i++ {
		model, _ = model.Update(wizardtest.Key(keys[i%len(keys)]))
		_ = model.View()
	}
	b.ReportMetric(float64(table.Rows), "rows")
	perFrame(b, 16)
}

// BenchmarkPage opens the page of a table of half a million members for the first time.
func BenchmarkPage(b *testing.B) {
	j := finished(b)
	j.many()
	for b.Loop() {
		b.StopTimer()
		j.restart()
		model := tea.Model(j.shell(wizard.Options{}))
		b.StartTimer()
		screen := j.step(steps.LinkUsers).Open(j.state())
		_ = screen.View(80, 24)
		_ = model
	}
	perFrame(b, 0)
}

// BenchmarkSave writes the checkpoint of a migration that is finished. It should take less than 5 ms, of which most is the disk.
func BenchmarkSave(b *testing.B) {
	j := finished(b)
	for b.Loop() {
		if err := j.keeper.Save(); err != nil {
			b.Fatal(err)
		}
	}
	perFrame(b, 5)
}

// perFrame tells milliseconds for each round, and what share of the promise that is.
func perFrame(b *testing.B, promise float64) {
	took := float64(b.Elapsed().Microseconds()) / 1000 / float64(b.N)
	b.ReportMetric(took, "ms/op")
	if promise > 0 {
		b.ReportMetric(took/promise, "x_promise")
	}
}

// TestFewBytesGoToTheTerminal counts what is drawn while an import runs, at every size: under 10 kB a second, so that a slow line keeps up.
func TestFewBytesGoToTheTerminal(t *testing.T) {
	for _, size := range wizardtest.Sizes() {
		synctest.Test(t, func(t *testing.T) {
			j := begin(t, "ontraport")
			made, err := demo.New(demo.Options{CRM: "ontraport", Members: 400, Speed: 1, Folder: filepath.Dir(j.dir)})
			if err != nil {
				t.Fatal(err)
			}
			j.demo, j.wire.next = made, sandbox.Transport(made.Sandbox)
			j.reach(steps.EditCSV)
			j.run(steps.Import, "plan")
			j.tick(steps.Import, "starts-seen")
			j.run(steps.Import, "sample")
			j.tick(steps.Import, "sample-seen")
			term := j.screen(size, wizard.Options{})
			if !strings.Contains(focused(term.Lines()), "Send everybody else") {
				term.Press("enter") // brings what is to be done into sight
			}
			term.Press("enter")
			term.Wait(2 * time.Second)
			before := len(term.Raw())
			const seconds = 60
			term.Wait(seconds * time.Second)
			term.Sees("stop safely")
			a := float64(len(term.Raw())-before) / seconds
			t.Logf("%dx%d: %.0f bytes a second", size.Width, size.Height, a)
			if a > 10_000 || a < 10 {
				t.Errorf("%dx%d: %.0f bytes a second go to the terminal", size.Width, size.Height, a)
			}
		})
	}
}
