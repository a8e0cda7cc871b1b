package steps_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wp/wptest"
)

// With the companion the tool saves who is in which legacy team. Where the site keeps nothing of the kind, and without the companion, that is not known, and
// never nobody.
func TestWhoIsInWhichTeam(t *testing.T) {
	for name, story := range map[string]struct {
		companion  bool
		conditions []wptest.Condition
		says       string
	}{
		"kept by the site": {true, nil, "1 team with 1 leader and 2 members"},
		"not found":        {true, []wptest.Condition{wptest.NoTeams}, "not known who is in which team: the site keeps it where AllySwitch does not find it"},
		"by files":         {false, nil, "not known who is in which team: AllySwitch cannot read it without the companion plugin"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := beginOn(t, "kit", story.conditions...)
				if err := j.walk(steps.EditCSV, atLevel(story.companion)); err != nil {
					t.Fatal(err)
				}
				j.all = append(j.all, steps.Tools(j.deps)...)
				j.answer(steps.TeamSettings, "teams.use", "yes")
				j.run(steps.TeamSettings, "tags", "export")
				if story.companion {
					j.run(steps.TeamSettings, "lists")
				}
				if facts := j.facts(steps.TeamSettings); !strings.Contains(facts, story.says) {
					t.Errorf("%q is not among the facts: %s", story.says, facts)
				}
				if known := j.hasTable(steps.TeamSettings, "team-lists"); known != (name == "kept by the site") {
					t.Errorf("the lists are shown: %v", known)
				} else if known {
					if rows := rowsOf(j.table(steps.TeamSettings, "team-lists")); !strings.HasPrefix(rows, "1|leader|4|") || strings.Count(rows, "1|member|") != 2 {
						t.Errorf("the lists are\n%s", rows)
					}
				}
				for _, fact := range j.step(steps.TeamSettings).Sheet(j.state()).Did {
					if fact.Label == "Teams" && (fact.Mark == wizard.MarkGood) != (name == "kept by the site") {
						t.Errorf("what is not known is called good: %q", fact.Value)
					}
				}
			})
		})
	}
}
