package steps

import (
	"context"
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// What can be done about teams.
const (
	teamsKeep   = "keep"
	teamsLegacy = "legacy"
	teamsNew    = "new"
	teamsNone   = "none"
)

// The answers that the advice rests on, and the decision itself.
const (
	keyTeamsLegacy   = "teams.legacy"
	keyTeamsWorks    = "teams.works"
	keyTeamsWish     = "teams.wish"
	keyTeamsDecision = "teams.decision"
)

func newTeamSettings(deps *Deps) *step {
	s := newTool(deps, TeamSettings, "Team settings: keep or renew")
	s.sheet = s.teamsSheet
	s.answered = func(state *checkpoint.State, key, _ string) error {
		if key == keyTeamsLegacy || key == keyTeamsWorks || key == keyTeamsWish {
			delete(state.Step(TeamSettings).Answers, keyTeamsDecision)
		}
		return nil
	}
	return s
}

func (s *step) teamsSheet(state *checkpoint.State) wizard.Sheet {
	return wizard.Sheet{
		Does: []string{
			"After a switch AccessAlly may show \"Team (Legacy)\", with the orange words \"Retains all tags and settings from before switch\". That is a feature and no problem.",
			"Here you note how your teams are set up, decide whether to keep that, and test it with one team.",
		},
		Warnings: []string{
			"Change team settings only for a reason. Note them first, and test with one team before all.",
			"Deleting the account of a team's leader leaves its members with everything they had. Revoke first.",
		},
		Did:   teamFacts(state),
		Items: s.teamItems(state),
		Known: "You have a list of who leads and who is in teams, the settings are noted, and one team has been tested.",
		Help: []string{
			"A leader's tag is for who owns the team: it lets them add and remove people, and shows billing. A member's tag opens the team's content, and ties the person to the leader.",
			"Release adds a tag: on purchase, when somebody joins, when something new is opened. Revoke takes it away: at the end of the subscription, when somebody is removed, when access ends.",
			"Tag names have to be the same to the letter, with the same capitals. Step 5 has proven that for every member. Keep new names simple and telling, such as Premium-Team-Leader and Premium-Team-Member.",
			"\"Everything in Display stays the same as your current setup\" means that names, leader and lists are shown as before. Change Display only after a new design, to show other details of members or hide some, or when something looks wrong.",
			"Which leader's team somebody is in is not in their tags: AccessAlly keeps that by itself, and so does the team's contact field in the CRM. With the companion AllySwitch saves what legacy teams keep of it in team-lists.csv; note the rest from the leaders' team lists.",
			"Support will ask: Legacy or new, the leader's tag, the member's tag, and the contact field of the team program.",
		},
	}
}

func (s *step) teamItems(state *checkpoint.State) []wizard.Item {
	has := state.Answer(TeamSettings, "teams.use")
	items := []wizard.Item{s.ask(state, wizard.Question{Key: "teams.use", Label: "Does this site have teams?", Required: true, Choices: []wizard.Choice{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}})}
	if has != "yes" {
		return items
	}
	items = append(items, s.teamTagItems(state)...)
	items = append(items, s.teamListItems(state)...)
	if table := s.teamPlaces(); table.Rows > 0 {
		items = append(items, table)
	}
	items = append(items,
		s.tick(state, wizard.Tick{Key: "noted", Text: "The settings are noted as they are now", Note: "Leader tag, member tag, release, revoke, display", Where: accessAlly("Offerings", "the offering with the teams"),
			Look: "the leader's tag, the member's tag, what releases and what revokes, the team's contact field, the Display settings, and each leader's list of members. Pictures of the screens will do."}),
		s.ask(state, wizard.Question{Key: keyTeamsLegacy, Label: "Do you see \"Team (Legacy)\" in orange?", Required: true, Choices: []wizard.Choice{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No, only the new settings"}}}),
		s.ask(state, wizard.Question{Key: keyTeamsWorks, Label: "Do team features work, and do members open what they should?", Required: true,
			Choices: []wizard.Choice{{Value: "yes", Label: "Yes, everything works"}, {Value: "no", Label: "No, something does not"}, {Value: "first", Label: "We begin with teams only now"}}}))
	if state.Answer(TeamSettings, keyTeamsWorks) == "yes" {
		items = append(items, s.ask(state, wizard.Question{Key: keyTeamsWish, Label: "Is there a reason to set teams up anew?", Required: true, Choices: []wizard.Choice{{Value: "no", Label: "No, we are happy with them as they are"},
			{Value: "fresh", Label: "Yes, we want fresh team tags in the new CRM"}, {Value: "simplify", Label: "Yes, we want to simplify or reorganize teams"}}}))
	}
	if advice := teamAdvice(state); advice != "" {
		items = append(items, s.choose(state, wizard.Question{Key: keyTeamsDecision, Label: "What do you do?", Required: true, Default: advice, Help: adviceWords(advice), Choices: teamChoices(state)}))
	}
	return append(items, s.teamTicks(state)...)
}

// teamChoices are what can be done. Only who has Team (Legacy) can keep it.
func teamChoices(state *checkpoint.State) []wizard.Choice {
	keep := wizard.Choice{Value: teamsKeep, Label: "Change nothing: teams work as they are"}
	if state.Answer(TeamSettings, keyTeamsLegacy) == "yes" {
		keep = wizard.Choice{Value: teamsLegacy, Label: "Keep Team (Legacy) as it is"}
	}
	return []wizard.Choice{keep, {Value: teamsNew, Label: "Set up the new team system"}, {Value: teamsNone, Label: "Change nothing now, and ask support"}}
}

// teamAdvice is what AccessAlly advises for these answers (Understanding Team Settings After Migration), empty until there are answers.
func teamAdvice(state *checkpoint.State) string {
	legacy, works, wish := state.Answer(TeamSettings, keyTeamsLegacy), state.Answer(TeamSettings, keyTeamsWorks), state.Answer(TeamSettings, keyTeamsWish)
	switch {
	case legacy == "" || works == "" || works == "yes" && wish == "":
		return ""
	case works == "first" || works == "yes" && wish != "no":
		return teamsNew
	case works == "yes" && legacy == "yes":
		return teamsLegacy
	case works == "yes":
		return teamsKeep
	}
	return teamsNone
}

func adviceWords(advice string) string {
	switch advice {
	case teamsKeep:
		return "Advice: change nothing. What works, and what you are happy with, needs no new setting."
	case teamsLegacy:
		return "Advice: keep it. It keeps the leader's and the member's tag and all rules, and nothing has to be set up again."
	case teamsNew:
		return "Advice: the new system, with tags of the CRM of now. It has no old ties."
	}
	return "Advice: change nothing yet. Find out with support whether a tag is missing or an operation points to an old tag."
}

func (s *step) teamTagItems(state *checkpoint.State) []wizard.Item {
	engine := s.deps.engine(state)
	items := []wizard.Item{s.do(state, wizard.Task{Key: "tags", Label: "Find the tags of teams", Required: true, Complete: s.doneWith(state, "tags"), Help: "Looks at the tags of all members, on this computer.",
		Locked: lockedUnless(theMembers(state) != "", "Clean the export in step 3 first."),
		Run: func(context.Context, job.Reporter) (wizard.Change, error) {
			found, err := migration.FindTeamTags(engine)
			likely := 0
			for _, tag := range found {
				if tag.Part != migration.TeamNone {
					likely++
				}
			}
			return func(state *checkpoint.State) { setCount(state, TeamSettings, "likely", likely) }, err
		}})}
	if !s.doneWith(state, "tags") {
		return items
	}
	return append(items, s.teamTagTable(), s.do(state, wizard.Task{Key: "export", Label: "Save who has a leader's and who a member's tag", Required: true, Complete: s.doneWith(state, "export"), Help: "Writes team-members.csv, as a backup and for comparing. Whose team somebody is in is not in it: note that from the leaders' lists.",
		Run: func(context.Context, job.Reporter) (wizard.Change, error) {
			leaders, members, err := migration.ExportTeams(engine)
			return func(state *checkpoint.State) {
				setNote(state, TeamSettings, "exported", fmt.Sprintf("%s and %s, person by person in team-members.csv", several(int64(leaders), "leader's tag", "leaders' tags"), several(int64(members), "member's tag", "members' tags")))
			}, err
		}}))
}

func (s *step) teamTagTable() wizard.Table {
	table := s.table("team-tags", "Tags, those that look like a team's first (saved in team-tags.csv)", migration.TeamTagsFile,
		[]wizard.Column{{Title: "Tag"}, {Title: "Team", Width: 7}, {Title: "Members", Width: 8}, {Title: "Decided by", Width: 10}}, "tag", "part", "members", "decided")
	rows := s.deps.files.rows(s.deps.Folder, migration.TeamTagsFile)
	pick := func(part string) func(int, string) (wizard.Change, error) {
		return func(row int, _ string) (wizard.Change, error) {
			err := migration.PickTeamTag(s.deps.Folder, rows.cell(row, "tag"), part)
			return func(state *checkpoint.State) {
				delete(state.Step(TeamSettings).Tasks, "export")
			}, explain(err, s.deps)
		}
	}
	table.Actions = []wizard.RowAction{{Key: "a", Label: "leader's", Do: pick(migration.TeamLeader)}, {Key: "m", Label: "member's", Do: pick(migration.TeamMember)}, {Key: "x", Label: "no team's", Do: pick(migration.TeamNone)}}
	return table
}

// teamPlaces are the team settings on the site that use a tag, as step 9 has read them through the companion.
func (s *step) teamPlaces() wizard.Table {
	all := s.deps.files.rows(s.deps.Folder, migration.ReferencesFile)
	var rows []int
	for i := range all.len() {
		if all.cell(i, "kind") == "team" {
			rows = append(rows, i)
		}
	}
	return wizard.Table{Key: "team-places", Title: "Team settings on the site, as step 9 has read them", Rows: len(rows), Columns: []wizard.Column{{Title: "State", Width: 7}, {Title: "Title"}, {Title: "Old tag", Width: 20}, {Title: "New tag", Width: 20}},
		Row: func(i int) []string {
			return []string{all.cell(rows[i], "state"), all.cell(rows[i], "title"), all.cell(rows[i], "old_tag"), all.cell(rows[i], "new_tag")}
		}}
}

// teamTicks are the rest of the decision, and the test with one team.
func (s *step) teamTicks(state *checkpoint.State) []wizard.Item {
	var items []wizard.Item
	if state.Answer(TeamSettings, keyTeamsDecision) == teamsNew {
		items = append(items,
			s.tick(state, wizard.Tick{Key: "new-tags", Text: "The leader's and the member's tag are chosen in the new settings", Look: "the same names as in the list above, to the letter and with the same capitals."}),
			s.tick(state, wizard.Tick{Key: "release", Text: "Release adds the tags", Look: "when a leader buys, when somebody joins, when something new is opened."}),
			s.tick(state, wizard.Tick{Key: "revoke", Text: "Revoke takes the tags away", Look: "when the leader's subscription ends, when somebody is removed, when access ends."}),
			s.tick(state, wizard.Tick{Key: "field", Text: "The CRM has a text field for the team program", Look: "one text field for each team program. Nobody edits it by hand."}))
	}
	broken := ""
	switch state.Answer(TeamSettings, keyTeamsDecision) {
	case "":
		return items
	case teamsNone:
		items = append(items, s.tick(state, wizard.Tick{Key: "asked", Text: "AccessAlly's support has what you have noted here, and has answered", Note: "What do they say?", Look: "which settings to keep, and which to update."}))
	}
	if state.Answer(TeamSettings, keyTeamsWorks) == "no" && state.Answer(TeamSettings, keyTeamsDecision) == teamsNone {
		broken = "you say above that something in teams does not work. Once it does, answer that question again."
	}
	return append(items,
		s.tick(state, wizard.Tick{Key: "display", Text: "Team lists look right in the member area", Look: "names, the leader, who is in the list. Display settings are kept by the switch."}),
		doubt(s.tick(state, wizard.Tick{Key: "test-add", Text: "One test team: the leader adds somebody, who can open the team's content", Look: "the member's tag on the new contact in the CRM."}), broken),
		doubt(s.tick(state, wizard.Tick{Key: "test-remove", Text: "The same team: the leader removes them, and the content is closed again", Look: "the member's tag is gone from the contact."}), broken),
		s.tick(state, wizard.Tick{Key: "test-end", Text: "The same team: the leader's access ends, and so does everybody's in the team", Optional: true, Look: "use a test team for this, never a real one."}))
}

func teamFacts(state *checkpoint.State) []wizard.Fact {
	kept := state.Steps[TeamSettings]
	if kept == nil || kept.Tasks["tags"].Outcome != outcomeDone {
		return nil
	}
	facts := []wizard.Fact{fact(wizard.MarkPlain, "Tags", several(count(state, TeamSettings, "likely"), "tag")+" look like those of teams, by their names: decide yourself")}
	if text := note(state, TeamSettings, "exported"); text != "" {
		facts = append(facts, fact(wizard.MarkGood, "Saved", text))
	}
	return append(facts, teamListFacts(state)...)
}
