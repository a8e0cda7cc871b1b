package plain

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"allyswitch/wizard"
)

// item gives an item its turn.
func (w *walker) item(ctx context.Context, t *talk, item wizard.Item) (verdict, error) {
	switch item := item.(type) {
	case wizard.Question:
		return w.question(ctx, t, item)
	case wizard.Tick:
		return w.tick(ctx, t, item)
	case wizard.Task:
		return w.task(ctx, t, item)
	case wizard.Table:
		return w.table(ctx, t, item)
	case wizard.Instruction:
		return w.instruction(ctx, t, item)
	}
	return goOn, nil
}

// question asks until the answer will do, or somebody moves on.
func (w *walker) question(ctx context.Context, t *talk, question wizard.Question) (verdict, error) {
	w.describe(question)
	for {
		line, where, err := w.ask(ctx, t, question)
		if err != nil {
			return quit, ended(err, &ErrMissing{Step: t.step.ID(), Key: question.Key, Label: question.Label, Help: question.Help})
		}
		if where != goOn {
			return where, nil
		}
		value, take := chosen(question, line)
		if !take {
			if question.Required && question.Value == "" {
				w.say("  This is needed. Type an answer, or back, or quit.")
				continue
			}
			return goOn, nil
		}
		problem, err := w.take(t, question, value)
		if err != nil || problem == "" {
			return goOn, err
		}
		w.say("  That will not do: %s", problem)
	}
}

// ask reads an answer; that to a secret question is not echoed.
func (w *walker) ask(ctx context.Context, t *talk, question wizard.Question) (string, verdict, error) {
	if !question.Secret {
		return w.prompt(ctx, t, "Your answer:")
	}
	for {
		w.say("Your answer (it is not shown):")
		line, err := w.reader.hidden(ctx, question.Label)
		if err != nil {
			return "", quit, err
		}
		where, err := w.command(ctx, t, line)
		if err != nil || where != again {
			return line, where, err
		}
	}
}

// describe prints a question with everything that helps to answer it.
func (w *walker) describe(question wizard.Question) {
	needed := ""
	if question.Required {
		needed = " (needed)"
	}
	w.say("Question: %s%s", question.Label, needed)
	if question.Help != "" {
		w.say("  %s", question.Help)
	}
	for i, choice := range question.Choices {
		text := fmt.Sprintf("  %d. %s", i+1, choice.Label)
		if choice.Help != "" {
			text += ": " + choice.Help
		}
		w.say("%s", text)
	}
	switch {
	case question.Confirm != "":
		w.say("  Type exactly: %s", question.Confirm)
	case question.Secret && question.Value != "":
		w.say("  It is known already. Enter keeps it.")
	case question.Value != "":
		w.say("  Enter keeps: %s", question.Value)
	case question.Default != "":
		w.say("  Enter takes: %s", question.Default)
	case question.Secret && question.Env != "":
		w.say("  It is kept in memory only. It can also come from %s.", question.Env)
	}
}

// chosen turns a line into an answer; take is false when there is nothing to take.
func chosen(question wizard.Question, line string) (value string, take bool) {
	if line == "" {
		if question.Value != "" || question.Default == "" || question.Confirm != "" {
			return "", false
		}
		return question.Default, true
	}
	if number, err := strconv.Atoi(line); err == nil && number >= 1 && number <= len(question.Choices) {
		return question.Choices[number-1].Value, true
	}
	for _, choice := range question.Choices {
		if strings.EqualFold(line, choice.Label) || strings.EqualFold(line, choice.Value) {
			return choice.Value, true
		}
	}
	return line, true
}

// take gives an answer to the step. problem is what is wrong with it, in a sentence.
func (w *walker) take(t *talk, question wizard.Question, value string) (problem string, err error) {
	if len(question.Choices) > 0 && !offered(question, value) {
		return "Type the number of one of the answers.", nil
	}
	checked := wizard.Check(question, value)
	if checked == nil {
		checked = w.keeper.Answer(t.step, question.Key, value)
	}
	var unsaved *wizard.SaveError
	switch {
	case errors.As(checked, &unsaved):
		w.explain(checked)
		return "", checked
	case checked != nil:
		return wizard.Sentence(checked), nil
	}
	known := w.stepResult(t.step)
	known.Answered = append(known.Answered, question.Key)
	w.tell(Event{Event: "answer", Step: t.step.ID(), Key: question.Key})
	w.say("  Saved.")
	return "", nil
}

func offered(question wizard.Question, value string) bool {
	for _, choice := range question.Choices {
		if choice.Value == value {
			return true
		}
	}
	return false
}

// tick asks whether something has been done elsewhere.
func (w *walker) tick(ctx context.Context, t *talk, tick wizard.Tick) (verdict, error) {
	w.say("To do: %s", tick.Text)
	if tick.Doubt != "" {
		w.say("  %s", tick.Doubt)
	}
	w.where(tick.Where, tick.Look)
	text := "Have you done this? Type yes when you have, or press Enter to leave it open."
	if tick.Set != nil {
		text = "It was ticked " + w.look.Time(tick.Set.At) + ". Press Enter to leave it so, or type no to take the tick back."
	}
	line, where, err := w.prompt(ctx, t, text)
	if err != nil {
		return quit, ended(err, &ErrMissing{Step: t.step.ID(), Key: Key(t.step.ID(), tick.Key), Label: tick.Text})
	}
	switch {
	case where != goOn:
		return where, nil
	case tick.Set != nil && line != "" && no(line):
		return goOn, w.keeper.Untick(t.step.ID(), tick.Key)
	case tick.Set != nil || !yes(line):
		return goOn, nil
	}
	return w.note(ctx, t, tick)
}

// note asks for the note of a tick where it wants one, and ticks.
func (w *walker) note(ctx context.Context, t *talk, tick wizard.Tick) (verdict, error) {
	note := ""
	if tick.Note != "" {
		line, where, err := w.prompt(ctx, t, tick.Note+" (Enter for nothing)")
		if err != nil && !errors.Is(err, errEnded) {
			return quit, err
		}
		if err == nil && where != goOn {
			return where, nil
		}
		note = line
	}
	known := w.stepResult(t.step)
	known.Ticked = append(known.Ticked, Key(t.step.ID(), tick.Key))
	w.say("  Ticked.")
	return goOn, w.keeper.Tick(t.step.ID(), tick.Key, note)
}

// task starts a piece of work when that is wanted.
func (w *walker) task(ctx context.Context, t *talk, task wizard.Task) (verdict, error) {
	w.say("Work: %s", task.Label)
	if task.Help != "" {
		w.say("  %s", task.Help)
	}
	if wizard.Interrupted(task.Last) {
		w.say("  It was interrupted. Nothing is lost: it goes on where it was.")
	}
	if !w.Yes {
		line, where, err := w.prompt(ctx, t, "Press Enter to start, or type no to leave it.")
		if err != nil {
			return quit, ended(err, &ErrMissing{Step: t.step.ID(), Key: Key(t.step.ID(), task.Key), Label: task.Label})
		}
		if where != goOn || line != "" && !yes(line) {
			return where, nil
		}
	}
	err := w.run(ctx, t.step, task.Key)
	var unsaved *wizard.SaveError
	if ctx.Err() != nil || errors.As(err, &unsaved) {
		return quit, err
	}
	w.facts(t.step.Sheet(w.keeper.State()))
	return goOn, nil
}

// instruction tells what to do elsewhere.
func (w *walker) instruction(ctx context.Context, t *talk, instruction wizard.Instruction) (verdict, error) {
	w.say("Do this: %s", instruction.Text)
	w.where(instruction.Where, instruction.Look)
	if instruction.Copy != "" {
		w.tellWhole("  Text to copy: %s", instruction.Copy)
	}
	if instruction.Link != "" {
		w.tellWhole("  Link: %s", instruction.Link)
	}
	for {
		line, where, err := w.prompt(ctx, t, w.goOnText(instruction))
		if errors.Is(err, errEnded) {
			err = fmt.Errorf("going on from %q: %w", instruction.Text, err)
		}
		if err != nil || where != goOn || !strings.EqualFold(line, "open") || !w.opens(instruction) {
			return where, err
		}
		if err := w.Deps.OpenLink(instruction.Link); err != nil {
			w.say("  The browser did not open. Type the address into it.")
		}
	}
}

// opens says that the link of an instruction can be opened from here.
func (w *walker) opens(instruction wizard.Instruction) bool {
	return w.Deps.OpenLink != nil && wizard.WebAddress(instruction.Link)
}

func (w *walker) goOnText(instruction wizard.Instruction) string {
	if w.opens(instruction) {
		return "Press Enter to go on, or type open to open the link."
	}
	return "Press Enter to go on."
}
