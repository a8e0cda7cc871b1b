package steps

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// The answers about what may start begin with this; after it comes the automation's ID, or the word for all of them.
const (
	startsKey = "starts."
	startsAll = startsKey + "all"
)

// keepBlast keeps what the plan says about what could start. A tick for what the CRM does not show holds only as long as that is the same.
func keepBlast(state *checkpoint.State, blast migration.Blast) {
	text, err := json.Marshal(blast.Starts)
	if err != nil {
		text = nil
	}
	setNote(state, Import, "blast", string(text))
	if hidden := strings.TrimSpace(blast.Unknown + " " + blast.Hidden); hidden != note(state, Import, "starts") {
		setNote(state, Import, "starts", hidden)
		delete(state.Step(Import).Ticks, "starts-seen")
	}
}

func starts(state *checkpoint.State) []migration.Start {
	var found []migration.Start
	if json.Unmarshal([]byte(note(state, Import, "blast")), &found) != nil {
		return nil
	}
	if state.Answer(Import, "import.route") == routeUpload {
		for i := range found {
			if found[i].Quiet == migration.QuietImport {
				found[i].Quiet = ""
			}
		}
	}
	return found
}

// toDecide are those that may start for somebody.
func toDecide(state *checkpoint.State) []migration.Start {
	return migration.Blast{Starts: starts(state)}.Undecided(nil)
}

// decides says that an answer is one: paused, or the number of people, now or in an earlier plan with more of them.
func decides(value string, people int) bool {
	return strings.EqualFold(value, migration.Paused) || migration.Start{People: people}.Accepted(value)
}

// most is the largest number of people that any of them would start for.
func most(open []migration.Start) int {
	people := 0
	for _, start := range open {
		people = max(people, start.People)
	}
	return people
}

// decisions are what the engine is told, by the automation's ID.
func decisions(state *checkpoint.State) map[string]string {
	open, decided := toDecide(state), map[string]string{}
	all := state.Answer(Import, startsAll)
	for _, start := range open {
		decided[start.ID] = state.Answer(Import, startsKey+start.ID)
		switch {
		case strings.EqualFold(all, migration.Paused):
			decided[start.ID] = migration.Paused
		case decides(all, most(open)):
			decided[start.ID] = all
		}
	}
	return decided
}

// startItems ask for a decision about everything that may start, and for a look at what the CRM does not show.
func (s *step) startItems(state *checkpoint.State, name string) []wizard.Item {
	open := toDecide(state)
	var items []wizard.Item
	if len(open) > 1 {
		items = append(items, s.askStart(state, wizard.Question{Key: startsAll, Label: say("Decide about all %d at once?", len(open)),
			Help: fmt.Sprintf("Pause all of them in %s and answer: paused. Or let all of them start, and type the number of people: %d. Or leave this empty, and decide one by one.", name, most(open))}, most(open)))
	}
	if !decides(state.Answer(Import, startsAll), most(open)) {
		for _, start := range open {
			items = append(items, s.askStart(state, s.startQuestion(start, name), start.People))
		}
	}
	if text := note(state, Import, "starts"); text != "" {
		items = append(items, s.tick(state, wizard.Tick{Key: "starts-seen", Text: fmt.Sprintf("You have looked in %s at what AllySwitch cannot see, and paused what must not mail your members", name), Look: "every automation that a tag starts. " + text}))
	}
	return items
}

func (s *step) startQuestion(start migration.Start, name string) wizard.Question {
	trigger := "What starts it cannot be seen from here, so it counts as if your tags do."
	switch {
	case start.Exact && len(start.Tags) == 1:
		trigger = fmt.Sprintf("The tag %q starts it.", start.Tags[0])
	case start.Trigger != "":
		trigger = fmt.Sprintf("It starts by: %s.", start.Trigger)
	}
	first := "Nor can be seen what it sends first."
	if start.First != "" {
		first = fmt.Sprintf("It sends first: %q.", start.First)
	}
	return wizard.Question{Key: startsKey + start.ID, Required: true, Label: fmt.Sprintf("%q (%s) may start for %s. What about it?", start.Name, start.Kind, start.Reach()),
		Help: fmt.Sprintf("%s %s Pause it in %s and answer: paused. AllySwitch looks whether it is before anything is sent. Or let it start, and type the number of people: %s.",
			trigger, first, name, start.Number())}
}

// askStart fills in an answer as long as it is one: a number that was typed for another plan counts no more.
func (s *step) askStart(state *checkpoint.State, question wizard.Question, people int) wizard.Question {
	question.Validate = func(value string) error {
		if value = strings.TrimSpace(value); !strings.EqualFold(value, migration.Paused) && value != strconv.Itoa(people) {
			return fmt.Errorf("type the word paused, or the number %d", people)
		}
		return nil
	}
	question = s.ask(state, question)
	if !decides(question.Value, people) {
		question.Value = ""
	}
	return question
}

// startsOpen says why nothing may be sent yet, empty when everything is decided.
func startsOpen(state *checkpoint.State) string {
	decided := decisions(state)
	for _, start := range toDecide(state) {
		if !decides(decided[start.ID], start.People) {
			return fmt.Sprintf("Decide first about %q, which may start for %s.", start.Name, start.Reach())
		}
	}
	if note(state, Import, "starts") != "" && !ticked(state, Import, "starts-seen") {
		return "Look first at what AllySwitch cannot see, and tick the box."
	}
	return ""
}

// startFacts say what stays quiet, what was decided, and what the CRM does not tell.
func (s *step) startFacts(state *checkpoint.State) []wizard.Fact {
	var facts []wizard.Fact
	quiet, open := quietFacts(state), toDecide(state)
	switch word := s.automationWord(state); {
	case note(state, Import, "blast") == "":
	case len(open) > 0:
		facts = append(facts, fact(wizard.MarkWarn, "May start", say("%d %s, each for up to %d {person|people}: decide below", len(open), word, most(open))))
	case len(quiet) > 0:
	case note(state, Import, "starts") == "":
		facts = append(facts, fact(wizard.MarkGood, "Starts", "no active "+word))
	default:
		facts = append(facts, fact(wizard.MarkUnknown, "Starts", "nothing that can be seen; there may be what AllySwitch cannot see"))
	}
	facts = append(facts, quiet...)
	if text := note(state, Import, "woken"); text != "" {
		facts = append(facts, fact(wizard.MarkBad, "Not quiet", fmt.Sprintf("while members were sent, people entered %s: see who they are before you go on", text)))
	} else if n := count(state, Import, "quiet-checked"); n > 0 {
		facts = append(facts, fact(wizard.MarkGood, "Looked", say("nobody entered what was to stay quiet (%d looked at after sending)", n)))
	}
	return facts
}

// quietFacts name what is active and does not start, by the reason.
func quietFacts(state *checkpoint.State) []wizard.Fact {
	names, reasons := map[string][]string{}, []string{}
	for _, start := range starts(state) {
		if start.Quiet == "" {
			continue
		}
		if names[start.Quiet] == nil {
			reasons = append(reasons, start.Quiet)
		}
		names[start.Quiet] = append(names[start.Quiet], fmt.Sprintf("%q", start.Name))
	}
	var facts []wizard.Fact
	for _, reason := range reasons {
		facts = append(facts, fact(wizard.MarkGood, "Quiet", firstOf(names[reason])+": "+reason))
	}
	return facts
}

// firstOf are the first few names, and how many more there are.
func firstOf(names []string) string {
	const few = 8
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// automationWord is what the CRM calls what tags can start.
func (s *step) automationWord(state *checkpoint.State) string {
	if client := s.deps.Client(); client != nil && client.Provider().ID == state.CRM.Provider {
		return client.Features().AutomationWord
	}
	return "automations"
}
