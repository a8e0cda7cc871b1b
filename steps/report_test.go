package steps_test

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard/migration/report"
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

// What was done by hand is in the report, step by step: the boxes with time and note, what was decided, what the looks found, and how the tests with people
// went. What a person has written freely is not in the one for support.
func TestTheReportHasThePartsThatWereDoneByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "activecampaign")
		j.reach(steps.TagReview)
		for row := range j.table(steps.TagReview, "worksheet").Rows {
			j.row(steps.TagReview, "worksheet", "d", row, "the base tag, said Jane Roe")
		}
		j.answer(steps.Automations, "message.welcome", "nobody")
		j.reach(steps.LinkUsers)
		j.answer(steps.Payments, "orders.file", j.file("subscriptions.csv", "Order ID,Subscription ID,Email,Contact ID,Status,Next charge\n91,s-91,"+j.demo.Site.People[2].Email+",7,Active,2000-02-03\n"))
		j.run(steps.Payments, "orders")
		j.row(steps.Payments, "orders", "d", 0, "")
		j.reach(steps.Payments)
		j.run(steps.Test, "verify", "choose")
		j.row(steps.Test, "controls", "y", 0, "went well with Jane Roe")
		j.row(steps.Test, "controls", "x", 1, "Jane Roe sees the library")
		j.tick(steps.Test, "open")
		if _, err := steps.WriteReport(j.deps, j.all, j.state()); err != nil {
			t.Fatal(err)
		}
		read := func(name string) string {
			text, err := os.ReadFile(j.folder.Path(name))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		whole, hidden := read("report.md"), read("report-redacted.md")
		for _, want := range []string{"## 1\\. Put the site in maintenance mode", "| Maintenance mode is on | ticked | ", "## 8\\. Review the CRM's own set-up", "| there | Of step 3: the field customer\\_id |", "## 9\\. Match every item that uses a tag",
			"said Jane Roe", "## 10\\. Review and add CRM automations", "| Who sends the welcome with the log-in? (optional) | Nobody |", "Offerings, and what the CRM has for each", "## 12\\. Review all payment plans", "| 91 | s-91 |",
			"## 13\\. Test, test, and test again", "People to test with, and how it went", "| passed | ", "| failed | ", "Jane Roe sees the library", "| Each of them can open what they bought | does not count |", "Subscriptions by state: "} {
			if !strings.Contains(whole, want) {
				t.Errorf("the report does not say %q", want)
			}
		}
		if strings.Contains(hidden, "Jane Roe") || strings.Contains(hidden, j.demo.Site.People[2].Email) || strings.Contains(hidden, "subscriptions.csv") {
			t.Error("the report for support says what somebody has written about a person")
		}
		check, err := report.Verify(j.folder.Path("report.md"), "")
		if err != nil || !check.Sound() {
			t.Errorf("the report does not verify: %v %v", err, check.Problems)
		}
	})
}
