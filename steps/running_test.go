package steps_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/wizardtest"
)

// play is what a task tells about itself while it runs. The real work asks a CRM from several goroutines at once: how far it is at a moment is a matter of chance, and
// no picture could be compared.
type play func(ctx context.Context, report job.Reporter) (wizard.Change, error)

// played is a real step whose tasks only tell what a play says.
type played struct {
	elsewhere
	play play
}

// Open implements wizard.Step.
func (p played) Open(state *checkpoint.State) wizard.Screen { return wizard.NewSheetScreen(p, state) }

// Sheet implements wizard.Sheeted.
func (p played) Sheet(state *checkpoint.State) wizard.Sheet {
	sheet := p.elsewhere.Sheet(state)
	for i, item := range sheet.Items {
		if task, ok := item.(wizard.Task); ok && task.Run != nil {
			task.Run = p.play
			sheet.Items[i] = task
		}
	}
	return sheet
}

// whileItRuns opens a page at every size, starts the task that is next, and lets a story go on: what is on the screen at
// its end is the picture.
func (j *journey) whileItRuns(name, step, task string, play play, options wizard.Options, story func(term *wizardtest.Terminal)) map[string][]string {
	j.t.Helper()
	frames := map[string][]string{}
	for _, size := range wizardtest.Sizes() {
		shown := j.shown()
		for i, step := range shown {
			shown[i] = played{step.(elsewhere), play}
		}
		term := wizardtest.Start(j.t, wizard.New(wizard.Config{Steps: shown, Folder: j.keeping, Options: look(options), Version: "1.0.0"}), size)
		for range 4 {
			if strings.Contains(term.Text(), "[ Enter: start ]") {
				break
			}
			term.Press("enter") // brings what is to be done into sight
		}
		term.Press("enter")
		story(term)
		lines := term.Lines()
		full := fmt.Sprintf("running-%s-%dx%d", name, size.Width, size.Height)
		wizardtest.Keys(j.t, lines)
		j.noSecretIn(strings.Join(lines, "\n"), full)
		if options.Privacy {
			j.nobodyIn(strings.Join(lines, "\n"), full)
		}
		frames[full] = lines
		if err := term.Close(); err != nil {
			j.t.Error(err)
		}
		delete(j.state().Step(step).Tasks, task) // the next picture is of a first run, too
	}
	return frames
}

// sending tells of an import that has come two thirds of its way, and waits for a limit.
func sending(ctx context.Context, report job.Reporter) (wizard.Change, error) {
	report.Phase("Sending members to Ontraport", 387)
	time.Sleep(37 * time.Millisecond) // never at the moment at which the screen looks
	for range 12 {
		if err := report.Gate(ctx); err != nil {
			return nil, err
		}
		time.Sleep(time.Second)
		report.Add(20, 0)
	}
	report.Add(18, 2)
	report.Wait("Ontraport allows 180 requests a minute", time.Now().Add(47*time.Second))
	<-ctx.Done()
	return nil, ctx.Err()
}

// waiting tells of a proof that waits for the CRM to show what was written.
func waiting(ctx context.Context, report job.Reporter) (wizard.Change, error) {
	report.Phase("Waiting until Kit shows what was written", 0)
	report.Wait("Kit may take up to five minutes to show what was written", time.Now().Add(5*time.Minute))
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestPagesWhileWorkIsRunning(t *testing.T) {
	frames := map[string][]string{}
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		j.reach(steps.EditCSV)
		j.run(steps.Import, "plan")
		j.tick(steps.Import, "starts-seen")
		j.run(steps.Import, "sample")
		j.tick(steps.Import, "sample-seen")
		show := func(name string, options wizard.Options, story func(term *wizardtest.Terminal)) {
			maps.Copy(frames, j.whileItRuns(name, steps.Import, "all", sending, options, story))
		}
		show("import", plainly, func(term *wizardtest.Terminal) { term.Wait(15 * time.Second) })
		show("import-early", plainly, func(term *wizardtest.Terminal) { term.Wait(500 * time.Millisecond) })
		show("import-privacy", wizard.Options{Privacy: true}, func(term *wizardtest.Terminal) { term.Wait(15 * time.Second) })
		show("import-presenter", wizard.Options{Presenter: true, Large: true}, func(term *wizardtest.Terminal) { term.Wait(15 * time.Second) })
		show("import-paused", plainly, func(term *wizardtest.Terminal) {
			term.Wait(8 * time.Second)
			term.Press("p")
			term.Wait(10 * time.Second)
		})
		show("import-elsewhere", plainly, func(term *wizardtest.Terminal) {
			term.Wait(15 * time.Second)
			term.Press("esc")
		})
		show("import-stopped", plainly, func(term *wizardtest.Terminal) {
			term.Wait(15 * time.Second)
			term.Press("s")
			term.Wait(2 * time.Second)
		})
	})
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Import)
		maps.Copy(frames, j.whileItRuns("proof", steps.Tags, "prove", waiting, plainly, func(term *wizardtest.Terminal) { term.Wait(20 * time.Second) }))
	})
	for _, name := range slices.Sorted(maps.Keys(frames)) {
		t.Run(name, func(t *testing.T) { wizardtest.Golden(t, name, frames[name]) })
	}
}
