package plain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"allyswitch/wizard"
)

// unattended answers, ticks and runs step by step until all are done or something is missing.
func (w *walker) unattended(ctx context.Context) (Result, error) {
	for _, step := range w.worked() {
		sheeted, ok := step.(wizard.Sheeted)
		if !ok {
			continue
		}
		if err := w.auto(ctx, sheeted); err != nil {
			w.stepResult(step).Status = step.Status(w.keeper.State())
			return w.result, err
		}
		known := w.stepResult(step)
		known.Status = step.Status(w.keeper.State())
		w.tell(Event{Event: "step-end", Step: step.ID(), Text: statusWord(known.Status)})
		if known.Status != wizard.Done {
			// Only a task that ended partly leads here: the result says so.
			return w.result, nil
		}
		if step.ID() == w.Until {
			break
		}
	}
	w.result.Done = true
	return w.result, nil
}

// worked are the steps to work through: all on the way, or the one step or tool that was named.
func (w *walker) worked() []wizard.Step {
	if w.Only == "" {
		return w.way()
	}
	if step := w.path.Find(w.Only); step != nil {
		return []wizard.Step{step}
	}
	return nil
}

// way is the steps without the tools beside it.
func (w *walker) way() []wizard.Step {
	var steps []wizard.Step
	for _, step := range w.path {
		if tool, ok := step.(wizard.Beside); !ok || !tool.Beside() {
			steps = append(steps, step)
		}
	}
	return steps
}

func statusWord(status wizard.Status) string {
	switch status {
	case wizard.Done:
		return "done"
	case wizard.NeedsCheck:
		return "check again"
	case wizard.Running:
		return "running"
	case wizard.Locked:
		return "locked"
	}
	return "to do"
}

// visit is one step while it is worked through.
type visit struct {
	step wizard.Sheeted
	// given are the items that have had their turn.
	given map[string]bool
	// partly says that a task of it could do only part of its work.
	partly bool
}

// auto works through one step. Every time something was done, the sheet is looked at anew from its top.
func (w *walker) auto(ctx context.Context, step wizard.Sheeted) error {
	v := &visit{step: step, given: map[string]bool{}}
	w.open(step, step.Sheet(w.keeper.State()))
	w.tell(Event{Event: "step", Step: step.ID(), Text: step.Title()})
	if step.Status(w.keeper.State()) == wizard.Locked {
		return &ErrRefused{Step: step.ID(), Reason: "the steps before it are not done"}
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		moved, err := w.pass(ctx, v)
		if err != nil {
			return err
		}
		if !moved {
			return w.judge(v)
		}
	}
}

// pass does the first thing that there is to do.
func (w *walker) pass(ctx context.Context, v *visit) (moved bool, err error) {
	sheet := v.step.Sheet(w.keeper.State())
	if moved, err := w.aside(v, sheet); moved || err != nil {
		return moved, err
	}
	for _, item := range sheet.Items {
		switch item := item.(type) {
		case wizard.Question:
			moved, err = w.autoQuestion(v, item)
		case wizard.Tick:
			moved, err = w.autoTick(v, item)
		case wizard.Task:
			moved, err = w.autoTask(ctx, v, item)
		case wizard.Table:
			moved, err = w.autoRows(v, item)
		default:
			continue
		}
		if moved || err != nil {
			return moved, err
		}
	}
	return false, nil
}

// aside answers the first question that the step knows but does not show, where there is an answer to it.
func (w *walker) aside(v *visit, sheet wizard.Sheet) (bool, error) {
	shown := map[string]bool{}
	for _, item := range sheet.Items {
		if question, ok := item.(wizard.Question); ok {
			shown[question.Key] = true
		}
	}
	for _, question := range v.step.Questions(w.keeper.State()) {
		question.Required, question.Default = false, ""
		if shown[question.Key] {
			continue
		}
		if moved, err := w.autoQuestion(v, question); moved || err != nil {
			return moved, err
		}
	}
	return false, nil
}

// judge says why nothing more can be done.
func (w *walker) judge(v *visit) error {
	state := w.keeper.State()
	sheet := v.step.Sheet(state)
	left := w.rowsLeft(v, sheet)
	if v.step.Status(state) == wizard.Done {
		if left != "" {
			w.say("%s: no row of the list has that now; nothing was done.", left)
		}
		w.facts(sheet)
		w.say("%s is done.", v.step.Title())
		return nil
	}
	if left != "" {
		return w.badRow(v, left, "no row of the list has that")
	}
	if v.partly {
		return nil
	}
	for _, item := range sheet.Items {
		if task, ok := item.(wizard.Task); ok && task.Locked != "" && !task.Complete {
			return &ErrRefused{Step: v.step.ID(), Reason: task.Locked}
		}
	}
	reason := "it is not done, although nothing is left to do here"
	if open := wizard.Pending(sheet); len(open) > 0 {
		reason = "still to do: " + open[0]
	}
	for _, item := range sheet.Items {
		if tick, ok := item.(wizard.Tick); ok && tick.Doubt != "" && !tick.Optional {
			reason = strings.TrimRight(tick.Text, ".") + ": " + tick.Doubt
			break
		}
	}
	return &ErrRefused{Step: v.step.ID(), Reason: reason}
}

// autoQuestion answers a question once: from the answers, the environment, or with its default.
func (w *walker) autoQuestion(v *visit, question wizard.Question) (bool, error) {
	if v.given[question.Key] {
		return false, nil
	}
	value, known := w.answer(v.step.ID(), question.Key, question)
	switch {
	case known && value == question.Value && !question.Secret:
		return false, nil
	case !known && question.Value != "":
		return false, nil
	case !known && question.Default != "" && question.Confirm == "" && !question.Secret:
		value = question.Default
	case !known && question.Required && v.step.Status(w.keeper.State()) != wizard.Done:
		return false, w.missing(v, question)
	case !known:
		return false, nil
	}
	v.given[question.Key] = true
	return true, w.give(v, question, value)
}

// missing names the question that has no answer. A secret that stands in the answers file is not taken: files are copied and mailed.
func (w *walker) missing(v *visit, question wizard.Question) *ErrMissing {
	missing := &ErrMissing{Step: v.step.ID(), Key: question.Key, Label: question.Label, Help: question.Help}
	if _, written := w.Answers[question.Key]; written && question.Secret {
		missing.Problem = "secrets are not taken from an answers file"
	}
	if question.Secret && question.Env != "" {
		missing.Help = strings.TrimSpace("set the environment variable " + question.Env + ". " + question.Help)
	}
	return missing
}

// give gives an answer to the step. Words that do not match are a gate that stays shut.
func (w *walker) give(v *visit, question wizard.Question, value string) error {
	if question.Confirm != "" && value != question.Confirm {
		return &ErrRefused{Step: v.step.ID(), Reason: fmt.Sprintf("%s must be answered with exactly these words: %s", question.Key, question.Confirm)}
	}
	err := wizard.Check(question, value)
	if err == nil {
		err = w.keeper.Answer(v.step, question.Key, value)
	}
	var unsaved *wizard.SaveError
	if errors.As(err, &unsaved) {
		return err
	}
	if err != nil {
		return &ErrMissing{Step: v.step.ID(), Key: question.Key, Label: question.Label, Help: question.Help, Problem: err.Error()}
	}
	shown := value
	if question.Secret {
		shown = "(secret)"
	}
	w.say("%s: %s", strings.TrimRight(question.Label, ":? "), shown)
	w.tell(Event{Event: "answer", Step: v.step.ID(), Key: question.Key})
	known := w.stepResult(v.step)
	known.Answered = append(known.Answered, question.Key)
	return nil
}

// answer looks an answer up by its key: secrets in the environment, all else in the answers. The fallback is only asked for what has none yet.
func (w *walker) answer(step, key string, item wizard.Item) (string, bool) {
	question, isQuestion := item.(wizard.Question)
	secret := isQuestion && question.Secret
	if value, ok := w.Answers[key]; ok && !secret {
		return strings.TrimSpace(value), true
	}
	if isQuestion && question.Value != "" {
		return "", false
	}
	if secret && question.Env != "" && w.Getenv != nil {
		if value := strings.TrimSpace(w.Getenv(question.Env)); value != "" {
			return value, true
		}
	}
	if w.Fallback == nil {
		return "", false
	}
	return w.Fallback(step, item)
}

// Key returns the name of a tick or task in the answers: "<step>.<key>".
func Key(step, key string) string {
	if strings.HasPrefix(key, step+".") {
		return key
	}
	return step + "." + key
}

// autoTick ticks a box only when the answers say so.
func (w *walker) autoTick(v *visit, tick wizard.Tick) (bool, error) {
	key := Key(v.step.ID(), tick.Key)
	if tick.Set != nil || v.given[key] {
		return false, nil
	}
	value, known := w.answer(v.step.ID(), key, tick)
	if !known || no(value) {
		if tick.Optional || v.step.Status(w.keeper.State()) == wizard.Done {
			return false, nil
		}
		return false, &ErrMissing{Step: v.step.ID(), Key: key, Label: tick.Text, Help: "yes, or a note, once a person has done it"}
	}
	v.given[key] = true
	if yes(value) {
		value = ""
	}
	if err := w.keeper.Tick(v.step.ID(), tick.Key, value); err != nil {
		return false, err
	}
	w.say("Ticked: %s", tick.Text)
	w.tell(Event{Event: "tick", Step: v.step.ID(), Key: key})
	result := w.stepResult(v.step)
	result.Ticked = append(result.Ticked, key)
	return true, nil
}

// autoTask runs a task that is required, or that the answers ask for, once.
func (w *walker) autoTask(ctx context.Context, v *visit, task wizard.Task) (bool, error) {
	key := Key(v.step.ID(), task.Key)
	if task.Complete || task.Locked != "" || task.Run == nil || v.given[key] {
		return false, nil
	}
	if !task.Required {
		if value, known := w.answer(v.step.ID(), key, task); !known || !yes(value) {
			return false, nil
		}
	}
	v.given[key] = true
	err := w.run(ctx, v.step, task.Key)
	var unsaved *wizard.SaveError
	switch {
	case err == nil || errors.As(err, &unsaved) || errors.Is(err, context.Canceled):
	case wizard.Refused(err):
		err = &ErrRefused{Step: v.step.ID(), Reason: wizard.Explain(err).What, Err: err}
	case w.outcome(v.step.ID(), task.Key) == wizard.OutcomePartly:
		err = nil
	}
	v.partly = v.partly || w.outcome(v.step.ID(), task.Key) == wizard.OutcomePartly
	return true, err
}

func (w *walker) outcome(step, key string) string {
	return w.keeper.State().Step(step).Tasks[key].Outcome
}

func yes(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "yes", "y", "true", "1":
		return true
	}
	return false
}

func no(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "no", "n", "false", "0":
		return true
	}
	return false
}
