package steps_test

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
)

// The report has a part for a tool that was used, and says what is still open in it; one that was not used is not in it.
func TestToolsAreInTheReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Test)
		j.all = append(j.all, steps.Tools(j.deps)...)
		j.keeping.Steps = j.all
		j.answer(steps.TeamSettings, "teams.use", "yes")
		j.run(steps.TeamSettings, "tags")
		j.run(steps.Finish, "report")
		text, err := os.ReadFile(j.folder.Path("report.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Team settings: keep or renew: Save who has a leader's and who a member's tag", "Find the tags of teams"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the report does not say %q", want)
			}
		}
		if strings.Contains(string(text), "Merge two contacts of one person:") {
			t.Error("the report names a tool that was not used")
		}
	})
}
