package migration

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
	"allyswitch/wp/site"
)

// TeamListsFile lists who leads and who is in each team, as the site keeps it.
const TeamListsFile = "team-lists.csv"

// TeamLists counts what the site keeps of its legacy teams.
type TeamLists struct {
	Teams, Leaders, Members int
	// Unclear are teams that have not exactly one leader: whose team its members are in cannot be told from here.
	Unclear int
	// Gone are people of a team who are no longer on the site.
	Gone int
}

// Sentence says it for people.
func (t TeamLists) Sentence() string {
	text := words.Say("%d {team|teams} with %d {leader|leaders} and %d {member|members}", t.Teams, t.Leaders, t.Members)
	if t.Unclear > 0 {
		text += words.Say("; %d {has|have} not exactly one leader: whose team it is, note by hand", t.Unclear)
	}
	if t.Gone > 0 {
		text += words.Say("; %d {person is|people are} no longer on the site", t.Gone)
	}
	return text
}

// SaveTeamLists writes team-lists.csv: who leads and who is in which team. A site that keeps nothing of the kind is an error of kind Unavailable: then it is
// not known who is in which team, and an older file stays.
func SaveTeamLists(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, report job.Reporter) (TeamLists, error) {
	report.Phase("Reading who is in which team", 0)
	var people []site.TeamPerson
	err := companion.Teams(ctx, func(one site.TeamPerson) error {
		people = append(people, one)
		return report.Gate(ctx)
	})
	if err != nil {
		return TeamLists{}, doing("read who is in which team", err)
	}
	slices.SortStableFunc(people, func(a, b site.TeamPerson) int {
		return cmp.Or(cmp.Compare(len(a.Team), len(b.Team)), cmp.Compare(a.Team, b.Team), cmp.Compare(a.Part, b.Part), cmp.Compare(a.UserID, b.UserID))
	})
	var count TeamLists
	leaders, rows := map[string]int{}, [][]string{{"team", "part", "ID", "user_email"}}
	for _, one := range people {
		leaders[one.Team] += 0
		switch one.Part {
		case TeamLeader:
			count.Leaders++
			leaders[one.Team]++
		case TeamMember:
			count.Members++
		default:
			return TeamLists{}, fmt.Errorf("read who is in which team: %q is no part of a team", one.Part)
		}
		if one.Email == "" {
			count.Gone++
		}
		rows = append(rows, []string{one.Team, one.Part, strconv.FormatInt(one.UserID, 10), one.Email})
	}
	for _, have := range leaders {
		count.Teams++
		if have != 1 {
			count.Unclear++
		}
	}
	return count, writeRows(folder, TeamListsFile, rows)
}
