package plain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
)

// How often a running task is looked at, and how long at most nothing is said about it.
const (
	lookEvery = 250 * time.Millisecond
	sayEvery  = 10 * time.Second
)

// run runs a task and says how it goes. Its error is that of the task, or that of a failed save.
func (w *walker) run(ctx context.Context, step wizard.Sheeted, key string) error {
	task, err := w.keeper.Task(step, key)
	if err != nil {
		return err
	}
	if err := w.keeper.Begin(step.ID(), key); err != nil {
		return err
	}
	w.say("Starting: %s", task.Label)
	w.tell(Event{Event: "task", Step: step.ID(), Key: key, Text: task.Label})
	err = w.Runner.Start(ctx, step.ID()+"."+key, func(ctx context.Context, report job.Reporter) (any, error) { return task.Run(ctx, report) })
	if err != nil {
		return errors.Join(err, w.keeper.End(step.ID(), key, nil, err, 0))
	}
	w.watch(step.ID(), key)
	return w.ended(step, task, w.Runner.Snapshot())
}

// watch says how the task goes until it ends: at every new piece of it, every ten seconds or ten per cent, and whenever it has to wait.
func (w *walker) watch(step, key string) {
	heart := heartbeat{}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.Runner.Done():
			return
		case <-tick.C:
			status := w.Runner.Snapshot()
			if line := heart.beat(status, time.Now()); line != "" {
				w.say("  %s", line)
				progress := status.Progress
				w.tell(Event{Event: "progress", Step: step, Key: key, Text: progress.Doing, Done: progress.Done, Total: progress.Total, Failed: progress.Failed})
			}
		}
	}
}

// heartbeat decides when there is something to say.
type heartbeat struct {
	doing, waiting string
	said           time.Time
	tenth          int
}

// beat returns the line to say now, empty when there is none.
func (h *heartbeat) beat(status job.Status, now time.Time) string {
	progress := status.Progress
	tenth := ui.Percent(progress.Done, progress.Total) / 10
	waits := progress.Waiting != "" && progress.Waiting != h.waiting
	due := progress.Doing != h.doing || waits || tenth > h.tenth || now.Sub(h.said) >= sayEvery
	h.waiting = progress.Waiting
	if !due || progress.Doing == "" {
		return ""
	}
	h.doing, h.said, h.tenth = progress.Doing, now, tenth
	return line(status)
}

// line is how a task goes, in one line.
func line(status job.Status) string {
	progress := status.Progress
	text := progress.Doing
	if progress.Total > 0 {
		text += fmt.Sprintf(": %s of %s (%d %%)", ui.Count(progress.Done), ui.Count(progress.Total), ui.Percent(progress.Done, progress.Total))
	} else if progress.Done > 0 {
		text += ": " + ui.Count(progress.Done) + " so far"
	}
	if progress.Failed > 0 {
		text += ", " + ui.Count(progress.Failed) + " failed"
	}
	if rate := ui.Rate(status.Rate); rate != "" {
		text += ", " + rate
	}
	if status.Remaining > 0 {
		text += ", about " + ui.Span(status.Remaining) + " left"
	}
	if progress.Waiting != "" {
		text += ". Waiting: " + progress.Waiting
		if !progress.Until.IsZero() {
			text += ", " + ui.Span(max(time.Until(progress.Until), 0)) + " more"
		}
	}
	return text
}

// ended records how a task ended and says so.
func (w *walker) ended(step wizard.Sheeted, task wizard.Task, status job.Status) error {
	change, _ := status.Result.(wizard.Change)
	saved := w.keeper.End(step.ID(), task.Key, change, status.Err, status.Progress.Failed)
	outcome := w.keeper.State().Step(step.ID()).Tasks[task.Key].Outcome
	w.log(step.ID(), task.Key, outcome, status)
	for _, text := range status.Warnings {
		w.say("  Please note: %s", text)
	}
	result := TaskResult{Key: task.Key, Label: task.Label, Outcome: outcome, Done: status.Progress.Done, Failed: status.Progress.Failed,
		Seconds: status.Elapsed.Seconds(), Warnings: status.Warnings, Err: status.Err}
	known := w.stepResult(step)
	known.Tasks = append(known.Tasks, result)
	event := Event{Event: "task-end", Step: step.ID(), Key: task.Key, Outcome: outcome, Done: result.Done, Failed: result.Failed, Seconds: result.Seconds}
	if status.Err != nil {
		event.Code = wizard.Explain(status.Err).Code
	}
	w.tell(event)
	w.say("%s: %s", task.Label, ending(outcome))
	if outcome == wizard.OutcomePartly {
		w.result.Partly = true
	}
	if saved != nil {
		w.explain(saved)
		return saved
	}
	if status.Err != nil && outcome != wizard.OutcomeStopped {
		w.explain(status.Err)
	}
	return status.Err
}

func ending(outcome string) string {
	switch outcome {
	case wizard.OutcomeDone:
		return "done."
	case wizard.OutcomePartly:
		return "partly done. Some could not be done."
	case wizard.OutcomeStopped:
		return "stopped. What was done stays done."
	}
	return "failed."
}

func (w *walker) log(step, key, outcome string, status job.Status) {
	attributes := []any{"step", step, "task", key, "outcome", outcome, "done", status.Progress.Done, "failed", status.Progress.Failed}
	if status.Err != nil {
		attributes = append(attributes, "error", status.Err)
	}
	var fault *job.PanicError
	if errors.As(status.Err, &fault) {
		attributes = append(attributes, "stack", string(fault.Stack))
	}
	w.Log.Info("task ended", attributes...)
}
