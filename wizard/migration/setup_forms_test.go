package migration_test

import (
	"slices"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// TestAFormWithSingleOptIn is there when ActiveCampaign shows one. What it does not show is not known, never "not there".
func TestAFormWithSingleOptIn(t *testing.T) {
	for setting, want := range map[string]struct {
		state migration.SetupState
		note  string
	}{
		"single": {migration.SetupThere, `"Buyers"; see in AccessAlly`}, "double": {migration.SetupUnknown, "mail people to confirm"},
		"untold": {migration.SetupUnknown, "1 of the 1 forms"}, "list": {migration.SetupUnknown, "1 of the 1 forms"}, "none": {migration.SetupUnknown, "lists no form"},
	} {
		inBubble(t, func(t *testing.T) {
			s := newStory(t, "activecampaign", 60, sandbox.Options{Switches: map[string]string{"forms": setting}})
			setup, err := migration.CheckSetup(t.Context(), s.deps, nil, nil, "https://example.com", job.Discard)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(setup.Findings, func(f migration.SetupFinding) bool { return f.Box == "opt-in-form" })
			if at < 0 || setup.Findings[at].State != want.state || !strings.Contains(setup.Findings[at].Note, want.note) {
				t.Errorf("%s: %+v", setting, setup.Findings)
			}
		})
	}
}
