package wizard_test

import (
	"context"
	"testing"
	"time"

	"allyswitch/wizard"
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
