package steps

import (
	"context"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// teamListItems save who is in which team, where the companion finds that on the site.
func (s *step) teamListItems(state *checkpoint.State) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	items := []wizard.Item{s.companionTask(state, wizard.Task{Key: "lists", Label: "Save who is in which team", Required: true, Complete: s.doneWith(state, "lists"),
		Help: "Reads from the site who leads and who is in each team of the kind Legacy, and writes team-lists.csv. Changes nothing."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			lists, err := migration.SaveTeamLists(ctx, s.deps.Folder, with, report)
			if site.Is(err, site.Unavailable) {
				report.Warn("This site keeps no teams where AllySwitch can read them. That does not mean that there are none: note the leaders' lists by hand.")
				return func(state *checkpoint.State) { delete(state.Step(TeamSettings).Notes, "lists") }, nil
			}
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { setNote(state, TeamSettings, "lists", lists.Sentence()) }, nil
		})}
	if note(state, TeamSettings, "lists") == "" {
		return items
	}
	return append(items, s.table("team-lists", "Who is in which team (saved in team-lists.csv)", migration.TeamListsFile,
		[]wizard.Column{{Title: "Team", Width: 6}, {Title: "Part", Width: 7}, {Title: "ID", Width: 8}, {Title: "Address", Private: true}}, "team", "part", "ID", "user_email"))
}

// teamListFacts say who is in which team, or that it is not known.
func teamListFacts(state *checkpoint.State) []wizard.Fact {
	if text := note(state, TeamSettings, "lists"); text != "" {
		return []wizard.Fact{fact(wizard.MarkGood, "Teams", text+". Compare with the leaders' own lists: newer teams may be missing")}
	}
	why := "AllySwitch cannot read it without the companion plugin"
	if level(state) == levelCompanion {
		kept := state.Steps[TeamSettings]
		if kept == nil || kept.Tasks["lists"].Outcome != outcomeDone {
			return nil
		}
		why = "the site keeps it where AllySwitch does not find it"
	}
	return []wizard.Fact{fact(wizard.MarkUnknown, "Teams", "not known who is in which team: "+why+". Note the leaders' lists by hand")}
}
