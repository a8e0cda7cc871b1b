package steps

import (
	"context"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// outcomeDone is how a task ends that did all it had to do.
const outcomeDone = "done"

// tick fills a box in from the state.
func (s *step) tick(state *checkpoint.State, tick wizard.Tick) wizard.Tick {
	if kept := state.Steps[s.id]; kept != nil {
		if set, ok := kept.Ticks[tick.Key]; ok {
			tick.Set = &set
		}
	}
	return tick
}

// ask fills a question in from the state, or from memory when it is a secret.
func (s *step) ask(state *checkpoint.State, question wizard.Question) wizard.Question {
	if question.Secret {
		question.Value = s.deps.Secrets.Masked(question.Key)
	} else {
		question.Value = state.Answer(s.id, question.Key)
	}
	if question.Confirm != "" && question.Value != question.Confirm {
		// Words that were typed for other figures, or for another CRM, count no more.
		question.Value = ""
	}
	return question
}

// do fills a task in from the state, and makes its errors speak to people.
func (s *step) do(state *checkpoint.State, task wizard.Task) wizard.Task {
	if kept := state.Steps[s.id]; kept != nil {
		task.Last = kept.Tasks[task.Key]
	}
	if run := task.Run; run != nil {
		inputs := s.inputs(state)
		task.Run = func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
			report, done := migration.ShowProgress(s.deps.Folder, s.id+"."+task.Key, task.Label, report)
			defer done()
			change, err := run(ctx, report)
			return withInputs(change, s.id, task.Key, inputs), explain(err, s.deps)
		}
	}
	return task
}

// withInputs notes with the task what it worked on.
func withInputs(change wizard.Change, id, key, inputs string) wizard.Change {
	return func(state *checkpoint.State) {
		if change != nil {
			change(state)
		}
		kept := state.Step(id)
		if kept.Tasks == nil {
			kept.Tasks = map[string]checkpoint.Task{}
		}
		task := kept.Tasks[key]
		task.Inputs = inputs
		kept.Tasks[key] = task
	}
}

// doneWith says that a task ended well, with the inputs of now.
func (s *step) doneWith(state *checkpoint.State, key string) bool {
	kept := state.Steps[s.id]
	if kept == nil {
		return false
	}
	task := kept.Tasks[key]
	return task.Outcome == outcomeDone && task.Inputs == s.inputs(state)
}

// ranWith says that a task came to its end with the inputs of now, whether all of it worked or not.
func (s *step) ranWith(state *checkpoint.State, key string) bool {
	kept := state.Steps[s.id]
	if kept == nil {
		return false
	}
	task := kept.Tasks[key]
	return (task.Outcome == outcomeDone || task.Outcome == wizard.OutcomePartly) && task.Inputs == s.inputs(state)
}

// count and note read what a step remembers; setCount and setNote keep it.
func count(state *checkpoint.State, id, key string) int64 {
	if kept := state.Steps[id]; kept != nil {
		return kept.Counters[key]
	}
	return 0
}

func note(state *checkpoint.State, id, key string) string {
	if kept := state.Steps[id]; kept != nil {
		return kept.Notes[key]
	}
	return ""
}

func setCount(state *checkpoint.State, id, key string, value int) {
	kept := state.Step(id)
	if kept.Counters == nil {
		kept.Counters = map[string]int64{}
	}
	kept.Counters[key] = int64(value)
}

func setNote(state *checkpoint.State, id, key, value string) {
	kept := state.Step(id)
	if kept.Notes == nil {
		kept.Notes = map[string]string{}
	}
	kept.Notes[key] = value
}

// fact is one line of what was done or found.
func fact(mark wizard.Mark, label, value string) wizard.Fact {
	return wizard.Fact{Mark: mark, Label: label, Value: value}
}

// apart parts the entries of a cell for the eye.
func apart(cell string) string { return strings.ReplaceAll(cell, "|", " | ") }

// accessAlly is a menu path that begins in the site's own AccessAlly menu.
func accessAlly(path ...string) []string { return append([]string{"AccessAlly"}, path...) }
