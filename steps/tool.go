package steps

import (
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// The tools' names in the checkpoint and in answers. They are never renamed.
const (
	ImportStudents = "import-students"
	AddMember      = "add-member"
	MergeContacts  = "merge-contacts"
	TeamSettings   = "team-settings"
)

// Tools lists what stands beside the way and is opened from the list of steps. An unattended run leaves them alone: each needs a person who looks.
func Tools(deps *Deps) []wizard.Step {
	made := []*step{newImportStudents(deps), newAddMember(deps), newMergeContacts(deps), newTeamSettings(deps)}
	tools := make([]wizard.Step, len(made))
	for i, tool := range made {
		tool.beside = true
		tools[i] = tool
	}
	return tools
}

// Used says that a tool has been used: something was answered, ticked or run in it.
func Used(state *checkpoint.State, id string) bool {
	kept := state.Steps[id]
	return kept != nil && len(kept.Answers)+len(kept.Ticks)+len(kept.Tasks) > 0
}

// usedTools are the tools that have been used.
func usedTools(deps *Deps, state *checkpoint.State) []wizard.Step {
	var used []wizard.Step
	for _, tool := range Tools(deps) {
		if Used(state, tool.ID()) {
			used = append(used, tool)
		}
	}
	return used
}

// newTool makes a tool that rests on the account, so that its work is looked at again when that is another one.
func newTool(deps *Deps, id, title string) *step {
	return &step{id: id, title: title, deps: deps, inputs: restsOn(theAccount)}
}

// beforeSwitch warns while AccessAlly may still be its own CRM: then a contact ID of the CRM on a user takes the user's access. It is no lock, because a tool may
// also be used on a site that has worked with the CRM for long.
func (s *step) beforeSwitch(state *checkpoint.State) []string {
	if Switched(state) || s.deps.systemName(note(state, Start, "site.system")) == s.deps.crmName(state) {
		return nil
	}
	name := s.deps.crmName(state)
	return []string{fmt.Sprintf("Step 7 is not done. As long as the site works with AccessAlly Managed, give no user a contact ID of %s: the user would lose access. Use this tool after step 7, or on a site that works with %s already.", name, name)}
}

// afresh forgets what a tool did for one person, when it is used for another.
func afresh(state *checkpoint.State, id string, kept ...string) {
	tool := state.Step(id)
	answers := map[string]string{}
	for _, key := range kept {
		if value := tool.Answers[key]; value != "" {
			answers[key] = value
		}
	}
	*tool = checkpoint.Step{Answers: answers}
}

// everything is the note with which a tool shows all that it can ever ask, in lists of questions.
const everything = "everything"

func unfoldTools(state *checkpoint.State) {
	for _, key := range []string{"merge.keep", "merge.lose"} {
		setAnswer(state.Step(MergeContacts), key, "x")
	}
	for key, value := range map[string]string{"compared": "yes", "merged": everything, "moving": "x", "starts": "an automation", "starts.tags": "x", "starts.hidden": "The CRM does not show everything to programs.", "keep": "1", "lose": "2", "seconds": "x"} {
		setNote(state, MergeContacts, key, value)
	}
	setAnswer(state.Step(AddMember), "member.email", "x")
	setNote(state, AddMember, "contact.found", everything)
	setAnswer(state.Step(ImportStudents), "students.file", "x")
	setAnswer(state.Step(ImportStudents), "students.into", intoCRM)
	setAnswer(state.Step(TagReview), keyOfferings, "your offering = its tag")
	setAnswer(state.Step(ImportStudents), keyStudentOffering, typedTags)
	setAnswer(state.Step(ImportStudents), keyStudentTags, "its tag")
	setAnswer(state.Step(AddMember), keyMemberOffering, typedTags)
	setAnswer(state.Step(AddMember), keyMemberTag, "x")
	for key, value := range map[string]string{"contact.tags-known": "yes", "starts": "an automation", "starts.tags": "x", "starts.hidden": "The CRM does not show everything to programs."} {
		setNote(state, AddMember, key, value)
	}
	for key, value := range map[string]string{"read": "x", "starts": "an automation", "starts.tags": "its tag", "starts.hidden": "The CRM does not show everything to programs.", "columns": "a heading of your file", "ask": strings.Join(migration.StudentColumns(), " ")} {
		setNote(state, ImportStudents, key, value)
	}
	setCount(state, ImportStudents, "ready", 1)
	setNote(state, AddMember, "compared.mark", "unknown")
	setAnswer(state.Step(AddMember), "member.create", "yes")
	for _, key := range []string{"teams.use", "teams.legacy", "teams.works"} {
		setAnswer(state.Step(TeamSettings), key, "yes")
	}
	setAnswer(state.Step(TeamSettings), keyTeamsWish, "no")
	setAnswer(state.Step(TeamSettings), keyTeamsDecision, teamsNew)
}

// table shows a file of the migration's folder, column by column.
func (s *step) table(key, title, file string, columns []wizard.Column, cells ...string) wizard.Table {
	rows := s.deps.files.rows(s.deps.Folder, file)
	return wizard.Table{Key: key, Title: title, Rows: rows.len(), Columns: columns, Row: func(i int) []string {
		out := make([]string, len(cells))
		for column, heading := range cells {
			out[column] = rows.cell(i, heading)
		}
		return out
	}}
}
