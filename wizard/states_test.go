package wizard_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/wizardtest"
)

// shot plays a story at every size and compares the screen at its end with a golden file.
func shot(t *testing.T, name string, options wizard.Options, steps func() []wizard.Step, folder func() *wizardtest.Shelf, story func(*wizardtest.Terminal)) {
	t.Helper()
	options.Zone = time.UTC
	if options.Background == wizard.Auto {
		options.Background = wizard.DarkBackground
	}
	for _, size := range wizardtest.Sizes() {
		full := fmt.Sprintf("%s-%dx%d", name, size.Width, size.Height)
		t.Run(full, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shell := wizard.New(wizard.Config{Steps: steps(), Folder: folder(), Version: "1.0.0", Options: options})
				term := wizardtest.Start(t, shell, size)
				story(term)
				lines := term.Lines()
				wizardtest.Keys(t, lines)
				wizardtest.Golden(t, full, lines)
			})
		})
	}
}

func way(run func(context.Context, job.Reporter) (wizard.Change, error)) func() []wizard.Step {
	return func() []wizard.Step {
		return []wizard.Step{wizardtest.Asking(), wizardtest.Guided(), wizardtest.People(40), wizardtest.Working(run),
			&wizardtest.Station{Name: "switch", Heading: "Switch AccessAlly to the CRM", Place: 7, Shut: true},
			&wizardtest.Station{Name: "merge", Heading: "Merge contacts", Aside: true}}
	}
}

// arrived is a state in which the first two steps are done and the import is next.
func arrived() *wizardtest.Shelf {
	folder := wizardtest.NewShelf()
	at := time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)
	folder.Now.Step("connect").Answers = map[string]string{"site.url": "https://example.com", "crm.provider": "kit", "crm.key": "sk-0123456789abcdef"}
	folder.Now.Step("maintenance").Ticks = map[string]checkpoint.Tick{"plugin": {At: at}, "backup": {At: at, Note: "on the second disk"}}
	folder.Now.Step("review").Answers = map[string]string{"never": "yes"}
	return folder
}

func TestStatesOfAJob(t *testing.T) {
	shot(t, "job-running", wizard.Options{}, way(wizardtest.HundredSeconds), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(8 * time.Second)
	})
	shot(t, "job-elsewhere", wizard.Options{}, way(wizardtest.HundredSeconds), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(8 * time.Second)
		term.Press("esc", "esc")
	})
	shot(t, "job-waiting", wizard.Options{}, way(waits), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(5 * time.Second)
	})
	shot(t, "job-stopped", wizard.Options{}, way(wizardtest.HundredSeconds), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(8 * time.Second)
		term.Press("s")
		term.Wait(time.Second)
	})
	shot(t, "job-done", wizard.Options{}, way(succeeds), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(2 * time.Second)
	})
	shot(t, "job-failed", wizard.Options{}, way(fails), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(2 * time.Second)
	})
	shot(t, "job-failed-closed", wizard.Options{}, way(fails), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(2 * time.Second)
		term.Press("esc")
	})
	shot(t, "job-partly", wizard.Options{}, way(partly), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(2 * time.Second)
	})
}

// waits stands still for a minute because of a limit.
func waits(ctx context.Context, report job.Reporter) (wizard.Change, error) {
	report.Phase("Sending members to Kit", 1000)
	report.Add(300, 2)
	report.Wait("Kit takes 120 requests a minute and has had them", time.Now().Add(time.Minute))
	<-ctx.Done()
	return nil, ctx.Err()
}

func succeeds(context.Context, job.Reporter) (wizard.Change, error) { return nil, nil }

func fails(context.Context, job.Reporter) (wizard.Change, error) { return nil, &told{"was refused."} }

func partly(_ context.Context, report job.Reporter) (wizard.Change, error) {
	report.Phase("Sending members to Kit", 10)
	report.Add(8, 2)
	report.Warn("Row 12: the address is none.")
	report.Warn("Row 15: two people share this address. Kit keeps only one of them, so AllySwitch sent neither; decide in step 3 who it is.")
	return nil, nil
}

func TestStatesOfOverlays(t *testing.T) {
	shot(t, "help", wizard.Options{}, way(fails), wizardtest.NewShelf, func(term *wizardtest.Terminal) { term.Press("f1") })
	shot(t, "steps", wizard.Options{}, way(fails), arrived, func(term *wizardtest.Terminal) { term.Press("l") })
	shot(t, "leave", wizard.Options{}, way(fails), arrived, func(term *wizardtest.Terminal) { term.Press("q") })
	shot(t, "go-back", wizard.Options{}, way(fails), wizardtest.NewShelf, func(term *wizardtest.Terminal) {
		term.Type("half an addr")
		term.Press("esc")
	})
	shot(t, "not-saved", wizard.Options{}, func() []wizard.Step { return []wizard.Step{wizardtest.Guided()} }, func() *wizardtest.Shelf {
		folder := wizardtest.NewShelf()
		folder.Fail = errors.New("no space left on device")
		return folder
	}, func(term *wizardtest.Terminal) { term.Press("enter", "enter", "enter") })
}

// long is a support bundle with more files than a small window has lines.
type long struct{ bundle }

func (*long) Preview() ([]string, error) {
	var files []string
	for _, name := range []string{"manifest.json", "computer.json", "state.json", "status.txt", "journal.json", "log.jsonl", "page.txt", "files.txt"} {
		files = append(files, name+" (2 kB): what it is for, in a sentence that takes more than one line in a small window.")
	}
	return files, nil
}

func TestALongQuestionKeepsItsAnswersInSight(t *testing.T) {
	for _, size := range wizardtest.Sizes() {
		synctest.Test(t, func(t *testing.T) {
			shell := wizard.New(wizard.Config{Steps: way(fails)(), Folder: arrived(), Deps: wizard.Deps{Support: &long{}}, Options: wizard.Options{Background: wizard.DarkBackground}})
			term := wizardtest.Start(t, shell, size)
			term.Press("ctrl+s")
			term.Sees("manifest.json", "Do not write it", "Write it (w)")
			term.Press("pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown")
			term.Sees("files.txt", "Do not write it", "Write it (w)")
			term.Press("pgup", "pgup", "pgup", "pgup", "pgup", "pgup")
			term.Sees("manifest.json", "Do not write it", "Write it (w)")
		})
	}
}

func TestStatesOfItems(t *testing.T) {
	shot(t, "table-ask", wizard.Options{}, func() []wizard.Step { return []wizard.Step{wizardtest.People(40)} }, wizardtest.NewShelf, func(term *wizardtest.Terminal) {
		term.Press("down", "down", "m")
		term.Type("nonsense")
		term.Press("enter")
	})
	shot(t, "table-search", wizard.Options{}, func() []wizard.Step { return []wizard.Step{wizardtest.People(40)} }, wizardtest.NewShelf, func(term *wizardtest.Terminal) {
		term.Press("/")
		term.Type("member33")
		term.Press("enter")
	})
	shot(t, "secret", wizard.Options{}, way(fails), func() *wizardtest.Shelf {
		folder := arrived()
		delete(folder.Now.Step("connect").Answers, "crm.key")
		return folder
	}, func(term *wizardtest.Terminal) { term.Paste("sk-0123456789abcdef") })
	shot(t, "interrupted", wizard.Options{}, way(fails), func() *wizardtest.Shelf {
		folder := arrived()
		folder.Now.Step("import").Tasks = map[string]checkpoint.Task{"send": {Started: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}}
		return folder
	}, func(*wizardtest.Terminal) {})
	shot(t, "check-again", wizard.Options{}, func() []wizard.Step {
		step := wizardtest.Guided()
		step.Check = true
		return []wizard.Step{step, wizardtest.Asking()}
	}, arrived, func(*wizardtest.Terminal) {})
	shot(t, "ticked", wizard.Options{}, func() []wizard.Step { return []wizard.Step{wizardtest.Guided(), wizardtest.Asking()} }, arrived, func(term *wizardtest.Terminal) {
		term.Press("esc", "shift+tab", "shift+tab")
	})
}

func TestStatesOfTheLook(t *testing.T) {
	guided := func() []wizard.Step { return []wizard.Step{wizardtest.Guided(), wizardtest.Asking()} }
	shot(t, "ascii", wizard.Options{ASCII: true}, way(wizardtest.HundredSeconds), arrived, func(term *wizardtest.Terminal) {
		term.Press("enter")
		term.Wait(8 * time.Second)
	})
	shot(t, "presenter-large", wizard.Options{Presenter: true, Large: true}, guided, wizardtest.NewShelf, func(*wizardtest.Terminal) {})
	shot(t, "privacy", wizard.Options{Privacy: true}, func() []wizard.Step { return []wizard.Step{wizardtest.People(40)} }, wizardtest.NewShelf, func(*wizardtest.Terminal) {})
}

// TestASCIIDrawsNothingElse looks at pages with made-up content that is ASCII itself.
func TestASCIIDrawsNothingElse(t *testing.T) {
	for _, size := range wizardtest.Sizes() {
		shell := wizard.New(wizard.Config{Steps: way(fails)(), Folder: arrived(), Options: wizard.Options{ASCII: true, Background: wizard.LightBackground}})
		model := tea.Model(shell)
		for _, key := range []string{"f1", "esc", "l", "esc", "q", "esc", "esc", "m", "esc", "enter", "ctrl+p"} {
			model = wizardtest.Press(model, key)
			for i, line := range wizardtest.Frame(t, model, size) {
				for _, r := range line {
					if r >= 0x7f {
						t.Fatalf("after %s, line %d holds %q: %s", key, i+1, r, line)
					}
				}
			}
		}
	}
}
