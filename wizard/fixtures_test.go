package wizard_test

import (
	"context"
	"testing"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/wizardtest"
)

// shellOf makes a Shell of steps, with a look that is the same everywhere.
func shellOf(t testing.TB, folder *wizardtest.Shelf, steps ...wizard.Step) *wizard.Shell {
	t.Helper()
	return wizard.New(wizard.Config{Steps: steps, Folder: folder, Version: "1.0.0", Options: wizard.Options{Background: wizard.DarkBackground, Zone: time.UTC}})
}

type (
	context0 = context.Context
	reporter = job.Reporter
)

// counting counts how often rows of a station's table are asked for.
func counting(step *wizardtest.Station, asked *int) *wizardtest.Station {
	plain := step.Sheets
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
		sheet := plain(state)
		for i, item := range sheet.Items {
			if table, ok := item.(wizard.Table); ok {
				row := table.Row
				table.Row = func(i int) []string { *asked++; return row(i) }
				sheet.Items[i] = table
			}
		}
		return sheet
	}
	return step
}
