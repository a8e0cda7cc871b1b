// Package wizard is the state machine that walks through the migration: a Shell that shows one Step at a time.
package wizard

import (
	"context"

	"charm.land/bubbles/v2/help"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// Status is where a step stands. It is computed from the state alone.
type Status int

// The statuses, in the order of a step's life.
const (
	Locked Status = iota
	Ready
	Running
	NeedsCheck
	Done
)

// Step is one station of the migration.
type Step interface {
	// ID is the step's name in the checkpoint and in answers. It is never renamed.
	ID() string
	Title() string
	// Status does no I/O.
	Status(*checkpoint.State) Status
	// Open makes the step's screen. Resuming and going back are both just Open.
	Open(*checkpoint.State) Screen
}

// Screen is what is on display. It never does I/O and never changes the state: it returns Actions.
type Screen interface {
	help.KeyMap
	Update(tea.Msg) (Action, tea.Cmd)
	// View is pure and never wider or taller than asked.
	View(width, height int) string
	// CapturesInput says that someone is typing: letters are not commands.
	CapturesInput() bool
	// Dirty says that there is unsaved typing: going back asks once.
	Dirty() bool
}

// Asker is a step whose inputs are data, so that the screen, plain mode and an answers file ask the same questions.
type Asker interface {
	Questions(*checkpoint.State) []Question
	// Answer checks a value and keeps it in the state. Its error is a sentence for people.
	Answer(state *checkpoint.State, key, value string) error
}

// Sheeted is a step that describes itself as a Sheet. All thirteen do; the Shell draws the sheet, plain mode prints it, run answers it.
type Sheeted interface {
	Step
	Asker
	Sheet(*checkpoint.State) Sheet
}

// Sheet is everything that a step has to say and to ask at this moment.
type Sheet struct {
	// Does says what this step does, in short paragraphs.
	Does []string
	// Warnings are what must be known before acting.
	Warnings []string
	// Did is what has been done and found so far.
	Did []Fact
	// Items are what there is to do now, in order.
	Items []Item
	// Known says how we know that the step is done.
	Known string
	// Help is what F1 adds: what can go wrong, what to tell support.
	Help []string
	// Level says how much is done by machine, where that makes a difference: "files", "REST" or "companion". Empty says nothing.
	Level string
}

// Mark tells the kind of a fact. It is drawn as a word or symbol, never by colour alone.
type Mark int

// The marks.
const (
	MarkPlain Mark = iota
	MarkGood
	MarkWarn
	MarkBad
	MarkUnknown
)

// Fact is one line of what we did or found.
type Fact struct {
	Mark  Mark
	Label string
	Value string
	// Private values hold a name: privacy mode hides them. Addresses are hidden anyway.
	Private bool
}

// Item is one thing to do: a Question, Tick, Task, Instruction or Table.
type Item interface{ item() }

// Question is one input.
type Question struct {
	// Key is the name in the answers file: "crm.provider".
	Key   string
	Label string
	Help  string
	// Default is what Enter takes; Value is what has been answered already (fixed mask for secrets).
	Default string
	Value   string
	Choices []Choice
	// Secret answers are kept in memory only and drawn as a mask. Env names the variable that may hold it.
	Secret bool
	Env    string
	// Required questions hold the step up.
	Required bool
	// Confirm asks for these exact words: for what cannot be taken back. It has no default, and --yes does not answer it.
	Confirm string
	// Validate returns a sentence for people, nil when the value will do. May be nil.
	Validate func(value string) error
}

// Choice is one of several answers.
type Choice struct {
	Value string
	Label string
	Help  string
}

// Tick is a box for what only a person can do. It can be taken back.
type Tick struct {
	Key   string
	Text  string
	Where []string // menu path, one entry a click
	Look  string   // what to look for
	Note  string   // asks for a note under this label, none when empty
	Set   *checkpoint.Tick
	// Doubt says why a tick does not count although it was set: a check says otherwise. Set is nil then.
	Doubt string
	// Optional ticks do not hold the step up.
	Optional bool
}

// Task is a piece of work for the machine.
type Task struct {
	Key   string
	Label string
	Help  string
	// Locked says why it cannot start yet, empty when it can.
	Locked string
	// Required tasks hold the step up until they are Done. Last is what is known of the last run.
	Required bool
	Last     checkpoint.Task
	// Complete says that there is nothing left to do for it.
	Complete bool
	// Run does the work away from the screen and returns what to change in the state. It is nil for a task that cannot run here.
	Run func(ctx context.Context, report job.Reporter) (Change, error)
}

// Change is applied to the state by the Shell, on its own goroutine, and saved at once.
type Change func(*checkpoint.State)

// Instruction is something a person does elsewhere, with the words to look for.
type Instruction struct {
	Text  string
	Where []string
	Look  string
	// Copy is text to put on the clipboard, Link an address to open. Never a secret.
	Copy string
	Link string
}

// Table is rows to look at and, where there are actions, to decide on.
type Table struct {
	Key     string
	Title   string
	Columns []Column
	Rows    int
	// Row returns the cells of row i. It is called for the rows in sight only.
	Row     func(i int) []string
	Actions []RowAction
}

// Column is a heading and the share of the width it wants.
type Column struct {
	Title string
	Width int // in cells; 0 takes what is left
	// Private columns hold names or addresses: privacy mode replaces them.
	Private bool
}

// RowAction is what can be done with a row: mend, keep, leave out, retry.
type RowAction struct {
	Key   string // the key to press
	Label string
	// Ask is the question whose answer the action needs, nil when it needs none.
	Ask *Question
	Do  func(row int, answer string) (Change, error)
	// Done says that a row has been decided so already: an answers file that is given again must not take it back. May be nil.
	Done func(row int) bool
}

func (Question) item()    {}
func (Tick) item()        {}
func (Task) item()        {}
func (Instruction) item() {}
func (Table) item()       {}
