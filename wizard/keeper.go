package wizard

import (
	"encoding/json"
	"fmt"
	"time"

	"allyswitch/wizard/checkpoint"
)

// Folder is where the state lives. Saving is atomic.
type Folder interface {
	State() *checkpoint.State
	Save(*checkpoint.State) error
}

// Keeper changes the state and saves it at once. Screen and plain mode both change it here and nowhere else. A failed save is a *SaveError; the
// change stays in memory, and the next save takes it along.
type Keeper struct {
	Folder Folder
	// Unsaved is the last save's error, nil when everything is on disk.
	Unsaved error
}

// State returns the state that is kept.
func (k *Keeper) State() *checkpoint.State { return k.Folder.State() }

// Save writes the state down.
func (k *Keeper) Save() error {
	k.Unsaved = nil
	if err := k.Folder.Save(k.State()); err != nil {
		k.Unsaved = &SaveError{Err: err}
	}
	return k.Unsaved
}

// Answer gives an answer to a step. An error that is no *SaveError is the step's own sentence about the value.
func (k *Keeper) Answer(step Asker, key, value string) error {
	if err := step.Answer(k.State(), key, value); err != nil {
		return err
	}
	return k.Save()
}

// Tick ticks a box, now.
func (k *Keeper) Tick(step, key, note string) error {
	known := k.State().Step(step)
	if known.Ticks == nil {
		known.Ticks = map[string]checkpoint.Tick{}
	}
	known.Ticks[key] = checkpoint.Tick{At: time.Now(), Note: note}
	return k.Save()
}

// Untick takes a tick back.
func (k *Keeper) Untick(step, key string) error {
	delete(k.State().Step(step).Ticks, key)
	return k.Save()
}

// Apply makes a change.
func (k *Keeper) Apply(change Change) error {
	if change != nil {
		change(k.State())
	}
	return k.Save()
}

// Begin records that a task starts. Work may only start when that is on disk: when it is not, what is known of the run before stays.
func (k *Keeper) Begin(step, key string) error {
	before, known := k.State().Step(step).Tasks[key]
	k.setTask(step, key, checkpoint.Task{Started: time.Now()})
	err := k.Save()
	if err == nil {
		return nil
	}
	if k.setTask(step, key, before); !known {
		delete(k.State().Step(step).Tasks, key)
	}
	return err
}

// End makes the change that a task brought and records how it ended.
func (k *Keeper) End(step, key string, change Change, err error, failed int64) error {
	if change != nil {
		change(k.State())
	}
	now := time.Now()
	task := k.State().Step(step).Tasks[key]
	task.Ended, task.Outcome, task.Error = &now, outcome(err, failed), ""
	if err != nil && task.Outcome != OutcomeStopped {
		told := Explain(err)
		task.Error = told.Code + ": " + told.What
	}
	k.setTask(step, key, task)
	return k.Save()
}

func (k *Keeper) setTask(step, key string, task checkpoint.Task) {
	known := k.State().Step(step)
	if known.Tasks == nil {
		known.Tasks = map[string]checkpoint.Task{}
	}
	known.Tasks[key] = task
}

// Task makes a task of a step ready to run: it is built on a copy of the state, so that work and screen never touch the same one.
func (k *Keeper) Task(step Sheeted, key string) (Task, error) {
	state, err := clone(k.State())
	if err != nil {
		return Task{}, err
	}
	for _, item := range step.Sheet(state).Items {
		if task, ok := item.(Task); ok && task.Key == key {
			return task, nil
		}
	}
	return Task{}, fmt.Errorf("step %s has no task %q", step.ID(), key)
}

func clone(state *checkpoint.State) (*checkpoint.State, error) {
	data, err := json.Marshal(state)
	if err != nil {
		return nil, fmt.Errorf("copying the state: %w", err)
	}
	copied := &checkpoint.State{}
	if err := json.Unmarshal(data, copied); err != nil {
		return nil, fmt.Errorf("copying the state: %w", err)
	}
	return copied, nil
}

// Interrupted says that a task was started and cut off: the program ended before it did.
func Interrupted(task checkpoint.Task) bool { return !task.Started.IsZero() && task.Ended == nil }
