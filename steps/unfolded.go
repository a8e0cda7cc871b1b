package steps

import (
	"strings"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wp"
)

// Unfolded is the state of no real migration: in it the steps show everything that they can ever ask. It is for lists of questions. The CRM is one
// of those that deps know; a number in words to be typed is always 1.
func Unfolded(deps *Deps, crm string) *checkpoint.State {
	return unfoldedAt(deps, crm, levelCompanion)
}

// EveryUnfolded are such states for each level at which the steps can work: what one asks, another may do by itself.
func EveryUnfolded(deps *Deps, crm string) []*checkpoint.State {
	files := unfoldedAt(deps, crm, levelFiles)
	setAnswer(files.Step(ImportStudents), "students.into", intoManaged)
	rest := unfoldedAt(deps, crm, levelREST)
	setNote(rest, Payments, "orders", "x")
	return []*checkpoint.State{Unfolded(deps, crm), rest, files}
}

func unfoldedAt(deps *Deps, crm, level string) *checkpoint.State {
	state := &checkpoint.State{CRM: checkpoint.CRM{Provider: crm, Fingerprint: "x"}}
	for key, value := range map[string]string{"file-mark": "x", "ask": strings.Join(wp.MemberColumns(), "\n"), "columns": "a heading of your file"} {
		setNote(state, Export, key, value)
	}
	setAnswer(state.Step(Start), "site.user", "x")
	setAnswer(state.Step(Start), keySecondAdmin, "x")
	setNote(state, Start, "level", level)
	setAnswer(state.Step(Export), "export.file", "x")
	setAnswer(state.Step(Export), "tags.file", "x")
	setAnswer(state.Step(Export), keyValues, "yes")
	setNote(state, EditCSV, "fingerprint", "x")
	setAnswer(state.Step(EditCSV), "export.delete", deleteWords)
	setCount(state, EditCSV, "rejected", 1)
	for key, value := range map[string]string{"conflicts": "x", "starts": "x", "room": "full", "route.upload": "x"} {
		setNote(state, Import, key, value)
	}
	setNote(state, Import, "blast", `[{"id":"ID","name":"an automation","kind":"automation","people":1},{"id":"ID2","name":"another","kind":"automation","people":1}]`)
	setAnswer(state.Step(Import), keyCanaries, "yes")
	setCount(state, Import, "canaries-sent", 1)
	setAnswer(state.Step(Import), "import.route", routeUpload)
	setCount(state, Import, "sample", 1)
	setCount(state, Import, "plan.unconfirmed", 1)
	setCount(state, Import, "failed", 1)
	setCount(state, Test, "controls", 1)
	setCount(state, Automations, "entrants-told", 1)
	setNote(state, TagReview, "read", "yes")
	setCount(state, Tags, "gaps", 1)
	setAnswer(state.Step(Tags), keyTagList, "x")
	setNote(state, Tags, "list", "x")
	setCount(state, Tags, "list-missing", 1)
	setAnswer(state.Step(Switch), "switch.confirm", "switch to "+deps.crmName(state))
	setCount(state, Tags, "gained", 1)
	setAnswer(state.Step(Switch), switchAccessKey, "accept 1")
	setCount(state, LinkUsers, "gained", 2)
	setAnswer(state.Step(LinkUsers), linkAccessKey, "accept 2")
	unfoldDelta(state)
	setCount(state, LinkUsers, "unlinked", 1)
	setCount(state, Test, "lost", 1)
	setNote(state, Test, "visitor", "broken")
	setCount(state, Test, "visitor-status", 500)
	setAnswer(state.Step(Payments), ordersFileKey, "x")
	setNote(state, Payments, "orders.ask", "email contact_id order_id status next_charge")
	setNote(state, Payments, "orders.columns", "a heading of your file")
	unfoldTools(state)
	state.Step(Finish).Ticks = map[string]checkpoint.Tick{exportKept: {}}
	setNote(state, Test, "chosen-for", offeringNames((&step{deps: deps}).offerings(state)))
	worked(deps, state)
	return state
}

// worked marks the tasks that others wait for as done with the inputs of now.
func worked(deps *Deps, state *checkpoint.State) {
	tasks := map[string][]string{EditCSV: {"clean"}, Import: {"plan", "files"}, Tags: {"prove"}, LinkUsers: {"match"}, Test: {"verify", "choose"}, Automations: {"look"},
		MergeContacts: {"find", "compare", "starts"}, AddMember: {"contact", "starts", "user", "link", "refresh"}, ImportStudents: {"read", "starts", "send"}, TeamSettings: {"tags", "export"}}
	for _, one := range append(All(deps), Tools(deps)...) {
		s, ok := one.(*step)
		if !ok {
			continue
		}
		for _, key := range tasks[s.id] {
			kept := state.Step(s.id)
			if kept.Tasks == nil {
				kept.Tasks = map[string]checkpoint.Task{}
			}
			ended := time.Time{}
			kept.Tasks[key] = checkpoint.Task{Ended: &ended, Outcome: outcomeDone, Inputs: s.inputs(state)}
		}
	}
}
