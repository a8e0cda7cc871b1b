package steps_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
)

// Ten people at most show every tag, and of every offering somebody who may open it and somebody who may not. One test that went wrong takes the ticks back.
func TestThePeopleToTestWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		j.reach(steps.Test)
		table := j.table(steps.Test, "controls")
		if table.Rows == 0 || table.Rows > 10 {
			t.Fatalf("%d people to test with", table.Rows)
		}
		rows := rowsOf(table)
		for _, offering := range j.demo.Site.Offerings {
			for _, page := range offering.Pages[:1] {
				if !strings.Contains(rows, page.Title) {
					t.Errorf("nobody shows %q:\n%s", page.Title, rows)
				}
			}
		}
		if facts := factsOf(j, steps.Test); !strings.Contains(facts, "together they show every tag and every offering") || !strings.Contains(facts, "Verdict: Passed as far as AllySwitch can see: all") {
			t.Errorf("the facts: %s", facts)
		}
		first := table.Row(0)[1]
		j.row(steps.Test, "controls", "x", 0, "the library is closed to them")
		box := j.box(steps.Test, "open")
		if box.Set != nil || !strings.Contains(box.Doubt, "user "+first+": the library is closed to them") || j.status(steps.Test) == wizard.Done {
			t.Fatalf("a test went wrong, and the box says %q", box.Doubt)
		}
		if facts := factsOf(j, steps.Test); !strings.Contains(facts, "Verdict: Not passed: the test with 1 person went wrong. Settle this") {
			t.Errorf("the facts: %s", facts)
		}
		j.row(steps.Test, "controls", "y", 0, "open now")
		if row := j.table(steps.Test, "controls").Row(0); !strings.HasPrefix(row[0], "passed ") || !strings.HasSuffix(row[0], ": open now") {
			t.Errorf("the row says %q", row[0])
		}
		if j.status(steps.Test) != wizard.Done {
			t.Error("the test went well in the end, and the step is not done")
		}
		before := rows
		j.run(steps.Test, "choose")
		if again := rowsOf(j.table(steps.Test, "controls")); slices.Equal(idsOf(again), idsOf(before)) == false {
			t.Errorf("the second choice is another one:\n%s\n%s", before, again)
		}
		if row := j.table(steps.Test, "controls").Row(0); !strings.Contains(row[0], "open now") {
			t.Errorf("choosing again has lost a note: %q", row[0])
		}
	})
}

// idsOf are the user IDs of a list of people.
func idsOf(rows string) []string {
	var ids []string
	for _, row := range strings.Split(strings.TrimSpace(rows), "\n") {
		ids = append(ids, strings.Split(row, "|")[1])
	}
	return ids
}
