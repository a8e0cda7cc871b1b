// Package plain walks through the same steps as the screen does, in lines that are only ever added: for screen readers, slow links and logs, and
// without anybody there, from an answers file.
package plain

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
)

// Config says what to walk through and how.
type Config struct {
	Steps  []wizard.Step
	Folder wizard.Folder
	// Runner runs the tasks; a new one is made when it is nil.
	Runner *job.Runner
	In     io.Reader
	Out    io.Writer
	// Answers are by question key, by "<step>.<tick key>" for boxes (yes, no or a note) and by "<step>.<task key>" for tasks that are not
	// required (yes). Decisions about rows of a list are by "<step>.<table>.<row>": see RowKey.
	Answers map[string]string
	// Fallback is asked for what Answers does not hold; false means that it does not know either. It may be nil.
	Fallback func(step string, item wizard.Item) (string, bool)
	// Yes starts tasks without asking first, when Interactive. It never answers a question that wants exact words.
	Yes bool
	// Until ends after the step with this ID.
	Until string
	// Only works through the one step or tool with this ID, and leaves all others alone. It is for runs without a person.
	Only string
	// Interactive asks for what is not answered; otherwise a missing answer is an *ErrMissing.
	Interactive bool
	// Secret reads a line that is not echoed. Without it the terminal's own way is taken, or a plain line when In is no terminal.
	Secret func(prompt string) (string, error)
	// Getenv looks up variables for secret questions; nil looks nowhere.
	Getenv func(name string) string
	// Tell is called for everything that happens, for a log that machines read. It may be nil.
	Tell    func(Event)
	Privacy bool
	Zone    *time.Location
	Version string
	Log     *slog.Logger
	Deps    wizard.Deps
}

// Event is one thing that happened.
type Event struct {
	// Event is "step", "answer", "tick", "task", "progress", "task-end" or "step-end".
	Event   string  `json:"event"`
	Step    string  `json:"step,omitempty"`
	Key     string  `json:"key,omitempty"`
	Text    string  `json:"text,omitempty"`
	Done    int64   `json:"done,omitempty"`
	Total   int64   `json:"total,omitempty"`
	Failed  int64   `json:"failed,omitempty"`
	Outcome string  `json:"outcome,omitempty"`
	Code    string  `json:"code,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
}

// Result is what happened.
type Result struct {
	Steps []StepResult
	// Partly says that some of the work could not be done.
	Partly bool
	// Done says that every step on the way is done, up to Until.
	Done bool
	// Quit says that somebody left.
	Quit bool
}

// StepResult is what happened in one step.
type StepResult struct {
	ID, Label, Title string
	Status           wizard.Status
	// Answered and Ticked are keys.
	Answered, Ticked []string
	Tasks            []TaskResult
}

// TaskResult is how one task ended.
type TaskResult struct {
	Key, Label string
	// Outcome is one of wizard.OutcomeDone and its like.
	Outcome      string
	Done, Failed int64
	Seconds      float64
	Warnings     []string
	// Err is nil when all went well.
	Err error
}

// ErrMissing says that a required answer is missing, or that the one given will not do.
type ErrMissing struct {
	// Step is the ID of the step, Key the name in the answers file.
	Step, Key   string
	Label, Help string
	// Problem says what is wrong with the answer given, empty when there was none.
	Problem string
}

func (e *ErrMissing) Error() string {
	if e.Problem != "" {
		return fmt.Sprintf("the answer to %s (%s) will not do: %s", e.Key, e.Label, e.Problem)
	}
	return fmt.Sprintf("an answer is missing: %s (%s)", e.Key, e.Label)
}

// ErrRefused says that a gate held the work back.
type ErrRefused struct {
	Step, Reason string
	Err          error
}

func (e *ErrRefused) Error() string { return fmt.Sprintf("held back at %s: %s", e.Step, e.Reason) }

// Unwrap returns the error of the gate, if it was one.
func (e *ErrRefused) Unwrap() error { return e.Err }

// walker walks through the steps.
type walker struct {
	Config
	path   wizard.Path
	keeper *wizard.Keeper
	look   wizard.Look
	reader *reader
	result Result
	// target is where somebody wants to go.
	target wizard.Step
}

// Run walks through the steps. When it ends early the Result says how far it came. The error is an *ErrMissing, an *ErrRefused, the context's,
// or that of a task.
func Run(ctx context.Context, config Config) (Result, error) {
	w := newWalker(config)
	defer w.runner().Wait()
	if config.Interactive {
		return w.converse(ctx)
	}
	return w.unattended(ctx)
}

func newWalker(config Config) *walker {
	if config.Runner == nil {
		config.Runner = &job.Runner{}
	}
	if config.Out == nil {
		config.Out = io.Discard
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	keeper := &wizard.Keeper{Folder: config.Folder}
	w := &walker{Config: config, path: config.Steps, keeper: keeper}
	w.look = wizard.Look{
		Theme: ui.NewTheme(true, true), Zone: config.Zone,
		Veil: ui.Veil{On: config.Privacy, Salt: wizard.Salt(keeper)},
	}
	w.reader = newReader(config)
	return w
}

func (w *walker) runner() *job.Runner { return w.Runner }

// stepResult returns the result of a step, to be filled.
func (w *walker) stepResult(step wizard.Step) *StepResult {
	for i := range w.result.Steps {
		if w.result.Steps[i].ID == step.ID() {
			return &w.result.Steps[i]
		}
	}
	w.result.Steps = append(w.result.Steps, StepResult{ID: step.ID(), Label: w.path.Label(step), Title: step.Title()})
	return &w.result.Steps[len(w.result.Steps)-1]
}

func (w *walker) tell(event Event) {
	if w.Tell != nil {
		event.Text = w.look.Text(event.Text)
		w.Tell(event)
	}
}
