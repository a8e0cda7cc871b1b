package wizardtest

import (
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// Station is a made-up step, for tests of the wizard itself.
type Station struct {
	Name, Heading string
	Place         int
	Aside         bool
	// Wants are the answers, ticks and tasks without which it is not done.
	Wants, Ticks, Tasks []string
	// Shut says that it is not open yet, Check that it has to be looked at again.
	Shut, Check bool
	// Sheets makes the sheet; a plain one is made when it is nil.
	Sheets func(*checkpoint.State) wizard.Sheet
	// Refuse says what is wrong with an answer. It may be nil.
	Refuse func(key, value string) error
}

// ID implements wizard.Step.
func (s *Station) ID() string { return s.Name }

// Title implements wizard.Step.
func (s *Station) Title() string { return s.Heading }

// Number implements wizard.Numbered.
func (s *Station) Number() int { return s.Place }

// Beside implements wizard.Beside.
func (s *Station) Beside() bool { return s.Aside }

// Open implements wizard.Step.
func (s *Station) Open(state *checkpoint.State) wizard.Screen { return wizard.NewSheetScreen(s, state) }

// Status implements wizard.Step.
func (s *Station) Status(state *checkpoint.State) wizard.Status {
	known := state.Step(s.Name)
	switch {
	case s.Shut:
		return wizard.Locked
	case s.Check:
		return wizard.NeedsCheck
	}
	for _, key := range s.Wants {
		if known.Answers[key] == "" {
			return wizard.Ready
		}
	}
	for _, key := range s.Ticks {
		if _, ok := known.Ticks[key]; !ok {
			return wizard.Ready
		}
	}
	for _, key := range s.Tasks {
		if known.Tasks[key].Outcome != wizard.OutcomeDone {
			return wizard.Ready
		}
	}
	return wizard.Done
}

// Sheet implements wizard.Sheeted.
func (s *Station) Sheet(state *checkpoint.State) wizard.Sheet {
	if s.Sheets == nil {
		return wizard.Sheet{Does: []string{"It does what " + s.Heading + " does."}, Known: "It says so."}
	}
	return s.Sheets(state)
}

// Questions implements wizard.Asker.
func (s *Station) Questions(state *checkpoint.State) []wizard.Question {
	var questions []wizard.Question
	for _, item := range s.Sheet(state).Items {
		if question, ok := item.(wizard.Question); ok {
			questions = append(questions, question)
		}
	}
	return questions
}

// Answer implements wizard.Asker.
func (s *Station) Answer(state *checkpoint.State, key, value string) error {
	if s.Refuse != nil {
		if err := s.Refuse(key, value); err != nil {
			return err
		}
	}
	known := state.Step(s.Name)
	if known.Answers == nil {
		known.Answers = map[string]string{}
	}
	known.Answers[key] = value
	return nil
}

// Shelf is a Folder in memory.
type Shelf struct {
	Now *checkpoint.State
	// Saves counts them; Fail is the error of every one from now on.
	Saves int
	Fail  error
}

// NewShelf makes a Folder with an empty state.
func NewShelf() *Shelf {
	state := &checkpoint.State{Schema: checkpoint.Schema}
	state.Step("privacy").Notes = map[string]string{"salt": "made up"}
	return &Shelf{Now: state}
}

// State implements wizard.Folder.
func (f *Shelf) State() *checkpoint.State { return f.Now }

// Save implements wizard.Folder.
func (f *Shelf) Save(*checkpoint.State) error {
	if f.Fail != nil {
		return f.Fail
	}
	f.Saves++
	return nil
}
