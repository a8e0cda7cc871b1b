package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// taskKey names a task of a step.
type taskKey struct{ step, task string }

// taskList are the tasks that ran, as the state remembers them: the last run of each.
type taskList []taskRun

type taskRun struct {
	key taskKey
	checkpoint.Task
}

func tasksOf(state *checkpoint.State) taskList {
	var list taskList
	for _, id := range slices.Sorted(maps.Keys(state.Steps)) {
		for _, key := range slices.Sorted(maps.Keys(state.Steps[id].Tasks)) {
			if task := state.Steps[id].Tasks[key]; !task.Started.IsZero() {
				list = append(list, taskRun{taskKey{id, key}, task})
			}
		}
	}
	return list
}

// at is the task that was running at a moment, empty when none was.
func (l taskList) at(moment time.Time) taskKey {
	for _, run := range l {
		if !moment.Before(run.Started) && (run.Ended == nil || !moment.After(*run.Ended)) {
			return run.key
		}
	}
	return taskKey{}
}

// event is one line of the timeline.
type event struct {
	at   time.Time
	step Text
	who  string
	what Text
	note Text
	// lines are the lines of the journal about it.
	lines string
}

// Who did something.
const (
	you     = "You"
	machine = "AllySwitch"
)

// timeline is what happened, by whom, in order.
func (f *facts) timeline() []event {
	var events []event
	for id, kept := range f.state.Steps {
		step := f.step(id)
		for key, tick := range kept.Ticks {
			events = append(events, event{at: tick.At, step: outside(step.name()), who: you, what: outside("Ticked: " + step.words(key)), note: private(tick.Note)})
		}
		if kept.Done != nil && step.Title != "" {
			events = append(events, event{at: *kept.Done, step: outside(step.name()), who: machine, what: say("The step is done")})
		}
	}
	for _, run := range tasksOf(f.state) {
		events = append(events, f.taskEvent(run))
	}
	for _, span := range f.history.spans {
		if span.task == (taskKey{}) {
			events = append(events, event{at: span.first, who: machine, what: outside(workWords(span.op)), lines: span.lines()})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.step.Words, b.step.Words), cmp.Compare(a.what.Words, b.what.Words))
	})
	return events
}

func (f *facts) taskEvent(run taskRun) event {
	step := f.step(run.key.step)
	happened := event{at: run.Started, step: outside(step.name()), who: machine, what: outside(step.words(run.key.task) + ": " + outcomeWords(run.Task)), note: outside(run.Error)}
	for _, span := range f.history.spans {
		if span.task == run.key {
			happened.lines = span.lines()
		}
	}
	return happened
}

func (s span) lines() string {
	if s.from == s.to {
		return grouped(int(s.from))
	}
	return grouped(int(s.from)) + "–" + grouped(int(s.to))
}

func outcomeWords(task checkpoint.Task) string {
	if task.Ended == nil {
		return "begun"
	}
	took := migration.Spell(task.Ended.Sub(task.Started))
	switch task.Outcome {
	case "done":
		return "done in " + took
	case "partly":
		return "done in part, in " + took
	case "stopped":
		return "stopped after " + took
	}
	return "failed after " + took
}

// workWords say what a kind of work in the journal is. A kind that is not known here is called by its name.
func workWords(op string) string {
	known := map[string]string{
		migration.OpField: "Custom fields made", migration.OpTagName: "Tags made", migration.OpUpsert: "Members sent", migration.OpTag: "Tags put on members",
		migration.OpSkip: "Members left out, or taken in again", migration.OpProof: "Everybody read back", migration.OpLink: "Contact IDs noted", OpReport: "A report written",
		migration.OpAccepted: "What starts by itself was accepted", migration.OpCanary: "Made-up members sent, looked at or removed", migration.OpUndo: "Undo",
		migration.OpWatch: "Everybody looked at again", migration.OpMember: "A member added by hand", migration.OpMerge: "Contacts merged", migration.OpStudent: "Students of a course platform brought in",
		migration.OpUntag: "Tags taken off members", migration.OpUndoTag: "Undo: tags", migration.OpUndoValues: "Undo: values", migration.OpUndoContact: "Undo: contacts",
		migration.OpUndoTagName: "Undo: tag names", migration.OpUndoField: "Undo: custom fields", migration.OpOrders: "Subscriptions looked at", migration.OpDelta: "Changes on the site looked for, or carried over", migration.OpUndoLink: "Undo: contact IDs on the site",
	}
	if words, ok := known[op]; ok {
		return words
	}
	return fmt.Sprintf("Work of the kind “%s”", op)
}

// step finds a step's words; one that is not known is called by its ID.
func (f *facts) step(id string) Step {
	for _, step := range f.options.Steps {
		if step.ID == id {
			return step
		}
	}
	return Step{ID: id}
}

func (s Step) name() string {
	switch {
	case s.Title == "":
		return s.ID
	case s.Number > 0:
		return fmt.Sprintf("%d. %s", s.Number, s.Title)
	}
	return s.Title
}

func (s Step) words(key string) string {
	return cmp.Or(s.Words[key], key)
}
