// Package steps holds the thirteen steps of the switch, start and finish: what each says, asks and does. A step describes itself as a
// wizard.Sheet, computed from the state; screen, plain mode and unattended runs all work from that.
package steps

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// The steps' names in the checkpoint and in answers. They are never renamed.
const (
	Start       = "start"
	Maintenance = "maintenance"
	Export      = "export"
	EditCSV     = "edit-csv"
	Import      = "import"
	Tags        = "tags"
	APIKeys     = "api-keys"
	Switch      = "switch"
	CRMSetup    = "crm-setup"
	TagReview   = "tag-review"
	Automations = "automations"
	LinkUsers   = "link-users"
	Payments    = "payments"
	Test        = "test"
	Finish      = "finish"
)

// checkedAgain is the tick that a person sets when a step asks to be looked at again.
const checkedAgain = "checked-again"

// ChecksAgain says that a key of an answers file is the tick of a step that asks to be looked at again.
func ChecksAgain(key string) bool { return strings.HasSuffix(key, "."+checkedAgain) }

// step is what all steps share. The differences are data: what the sheet says, and what the step rests on.
type step struct {
	id     string
	title  string
	number int
	before *step
	deps   *Deps
	// beside says that it is a tool: it stands beside the way.
	beside bool
	// sheet says what there is to say and do. It does no I/O beyond what Deps has cached.
	sheet func(*checkpoint.State) wizard.Sheet
	// inputs is a text that changes when anything changes that the step rests on.
	inputs func(*checkpoint.State) string
	// advanced are questions that few people need. They can be answered, but take no room on the screen before they are. May be nil.
	advanced func(*checkpoint.State) []wizard.Question
	// answered is called after an answer was kept, for answers that mean something beyond the step. May be nil.
	answered func(state *checkpoint.State, key, value string) error
}

func (s *step) ID() string    { return s.id }
func (s *step) Title() string { return s.title }

// Number is the step's number in the procedure, 0 for start and finish.
func (s *step) Number() int { return s.number }

// Brief is a title of a few words, for the rail.
func (s *step) Brief() string { return cmp.Or(briefs[s.id], s.title) }

// Beside implements wizard.Beside.
func (s *step) Beside() bool { return s.beside }

// Status says where the step stands.
func (s *step) Status(state *checkpoint.State) wizard.Status {
	kept := state.Steps[s.id]
	if kept != nil {
		for _, task := range kept.Tasks {
			if !task.Started.IsZero() && task.Ended == nil {
				return wizard.Running
			}
		}
		if kept.Done != nil && kept.Inputs == s.inputs(state) {
			return wizard.Done
		}
		if kept.Done != nil {
			return wizard.NeedsCheck
		}
	}
	if s.before != nil && s.before.Status(state) != wizard.Done {
		return wizard.Locked
	}
	return wizard.Ready
}

// Open makes the step's screen.
func (s *step) Open(state *checkpoint.State) wizard.Screen { return wizard.NewSheetScreen(s, state) }

// Sheet is what the step says and asks now.
func (s *step) Sheet(state *checkpoint.State) wizard.Sheet {
	sheet := s.sheet(state)
	switch s.Status(state) {
	case wizard.Locked:
		sheet.Warnings = append([]string{fmt.Sprintf("Finish %q first. You can read this step, but not do it yet.", s.before.title)}, sheet.Warnings...)
		lockTasks(sheet.Items, "Finish the steps before this one first.")
	case wizard.NeedsCheck:
		sheet.Warnings = append([]string{"Something that this step rests on has changed since it was done. Please check it again."}, sheet.Warnings...)
		if complete(sheet) {
			sheet.Items = append(sheet.Items, s.tick(state, wizard.Tick{Key: checkedAgain, Text: "I have checked this step again"}))
		}
	}
	return sheet
}

func lockTasks(items []wizard.Item, why string) {
	for i, item := range items {
		if task, ok := item.(wizard.Task); ok && task.Locked == "" {
			task.Locked = why
			items[i] = task
		}
	}
}

// Questions are the step's inputs as data.
func (s *step) Questions(state *checkpoint.State) []wizard.Question {
	var questions []wizard.Question
	for _, item := range s.sheet(state).Items {
		if question, ok := item.(wizard.Question); ok {
			questions = append(questions, question)
		}
	}
	if s.advanced != nil {
		questions = append(questions, s.advanced(state)...)
	}
	return questions
}

// Answer checks a value and keeps it: secrets in memory, everything else in the state.
func (s *step) Answer(state *checkpoint.State, key, value string) error {
	for _, question := range s.Questions(state) {
		if question.Key != key {
			continue
		}
		value = strings.TrimSpace(value)
		if err := check(question, value); err != nil {
			return err
		}
		if question.Secret {
			s.deps.Secrets.Set(key, value)
		} else {
			setAnswer(state.Step(s.id), key, value)
		}
		if s.answered != nil {
			return s.answered(state, key, value)
		}
		return nil
	}
	return fmt.Errorf("the step %q does not ask for %q", s.id, key)
}

func check(question wizard.Question, value string) error {
	if question.Confirm != "" && value != "" && value != question.Confirm {
		return fmt.Errorf("please type exactly: %s", question.Confirm)
	}
	if len(question.Choices) > 0 && value != "" && !hasChoice(question.Choices, value) {
		return fmt.Errorf("%q is not one of the choices", value)
	}
	if question.Validate != nil && value != "" {
		return question.Validate(value)
	}
	return nil
}

func hasChoice(choices []wizard.Choice, value string) bool {
	for _, choice := range choices {
		if choice.Value == value {
			return true
		}
	}
	return false
}

func setAnswer(kept *checkpoint.Step, key, value string) {
	if kept.Answers == nil {
		kept.Answers = map[string]string{}
	}
	kept.Answers[key] = value
}

// Keep is called after every change of the state: it notes when the step has become complete, or is no longer.
func (s *step) Keep(state *checkpoint.State) {
	kept := state.Step(s.id)
	complete, inputs := complete(s.sheet(state)), s.inputs(state)
	_, checked := kept.Ticks[checkedAgain]
	switch {
	case kept.Done == nil && complete && s.unlocked(state):
		now := time.Now().UTC()
		kept.Done, kept.Inputs = &now, inputs
	case kept.Done != nil && kept.Inputs == inputs && !complete:
		kept.Done = nil
	case kept.Done != nil && kept.Inputs != inputs && complete && (checked || s.workedOn(kept, inputs)):
		now := time.Now().UTC()
		kept.Done, kept.Inputs = &now, inputs
	}
	delete(kept.Ticks, checkedAgain)
}

func (s *step) unlocked(state *checkpoint.State) bool {
	return s.before == nil || s.before.Status(state) == wizard.Done
}

// workedOn says that the step's work has been done again with the inputs of now.
func (s *step) workedOn(kept *checkpoint.Step, inputs string) bool {
	for _, task := range kept.Tasks {
		if task.Outcome == outcomeDone && task.Inputs == inputs {
			return true
		}
	}
	return false
}

// complete says that nothing required is open on the sheet.
func complete(sheet wizard.Sheet) bool {
	for _, item := range sheet.Items {
		switch item := item.(type) {
		case wizard.Question:
			if item.Required && !item.Secret && item.Value == "" {
				return false
			}
		case wizard.Tick:
			if !item.Optional && item.Set == nil {
				return false
			}
		case wizard.Task:
			if item.Required && !item.Complete {
				return false
			}
		}
	}
	return true
}
