package plain

import (
	"context"
	"errors"
	"fmt"

	"allyswitch/wizard"
)

// verdict is where an answer leads.
type verdict int

const (
	goOn verdict = iota
	again
	back
	// leap leads to the step or tool that was asked for.
	leap
	quit
)

// talk is one step while it is talked through.
type talk struct {
	step wizard.Sheeted
	// asked are the items that have had their turn, trail their order; forced are asked although they are answered.
	asked, forced map[string]bool
	trail         []string
	// revisit asks everything again, with what was answered as what Enter takes.
	revisit bool
}

// converse talks through the steps until all are done or somebody leaves.
func (w *walker) converse(ctx context.Context) (Result, error) {
	w.say("AllySwitch %s, line by line. At any question you can type: back, help, steps, go, quit. Enter takes what is offered.", w.Version)
	step, revisit := w.path.Current(w.keeper.State()), false
	for step != nil {
		sheeted, ok := step.(wizard.Sheeted)
		if !ok {
			return w.result, fmt.Errorf("step %s cannot be shown line by line", step.ID())
		}
		where, err := w.talk(ctx, sheeted, revisit)
		w.stepResult(step).Status = step.Status(w.keeper.State())
		if err != nil {
			return w.result, err
		}
		next, done := w.lead(step, where)
		if done && !w.result.Quit && step.ID() != w.Until && len(w.way()) < len(w.path) {
			next, done, err = w.rest(ctx, sheeted)
		}
		if done || err != nil {
			return w.result, err
		}
		step, revisit = next, where == back || next.Status(w.keeper.State()) == wizard.Done
	}
	return w.result, nil
}

// rest offers the tools, and every step again, once all steps are done.
func (w *walker) rest(ctx context.Context, step wizard.Sheeted) (next wizard.Step, done bool, err error) {
	_, where, err := w.prompt(ctx, &talk{step: step}, "Press Enter to leave, or type steps to see what can be opened again, and go to open it.")
	switch {
	case errors.Is(err, errEnded):
		return nil, true, nil
	case err != nil:
		return nil, true, err
	case where == leap:
		return w.target, false, nil
	case where == back:
		return step, false, nil
	}
	return nil, true, nil
}

// lead says which step comes after a verdict, or that the walk is over.
func (w *walker) lead(step wizard.Step, where verdict) (next wizard.Step, done bool) {
	state := w.keeper.State()
	switch where {
	case quit:
		w.result.Quit = true
		w.say("Your progress is saved. The next start goes on at: %s.", w.path.Name(w.path.Current(state)))
		return nil, true
	case back:
		if before := w.path.Before(step, state); before != nil {
			return before, false
		}
		w.say("This is the first step.")
		return step, false
	case leap:
		return w.target, false
	}
	if step.ID() == w.Until {
		w.result.Done = true
		return nil, true
	}
	next = w.path.After(step, state)
	if next == nil || next.Status(state) == wizard.Done {
		w.result.Done = true
		w.say("Everything is done.")
		return nil, true
	}
	return next, false
}

// talk works through one step.
func (w *walker) talk(ctx context.Context, step wizard.Sheeted, revisit bool) (verdict, error) {
	t := &talk{step: step, asked: map[string]bool{}, forced: map[string]bool{}, revisit: revisit}
	w.open(step, step.Sheet(w.keeper.State()))
	w.tell(Event{Event: "step", Step: step.ID(), Text: step.Title()})
	if step.Status(w.keeper.State()) == wizard.Locked {
		return w.read(ctx, t)
	}
	for {
		name, item := t.next(step.Sheet(w.keeper.State()))
		if item == nil {
			where, err := w.close(ctx, t)
			if err != nil || where != again {
				return where, err
			}
			continue
		}
		where, err := w.item(ctx, t, item)
		if err != nil {
			return quit, err
		}
		switch where {
		case goOn:
			t.asked[name], t.forced[name] = true, false
			t.trail = append(t.trail, name)
		case back:
			if !t.back() {
				return back, nil
			}
		case leap, quit:
			return where, nil
		}
	}
}

// next returns the first item whose turn it is, nil when there is none.
func (t *talk) next(sheet wizard.Sheet) (string, wizard.Item) {
	for i, item := range sheet.Items {
		name := nameOf(i, item)
		if !t.asked[name] && (t.forced[name] || t.wants(item)) {
			return name, item
		}
	}
	return "", nil
}

// back forgets the item asked last, so that it is asked again. It is false when there is none.
func (t *talk) back() bool {
	if len(t.trail) == 0 {
		return false
	}
	last := t.trail[len(t.trail)-1]
	t.trail = t.trail[:len(t.trail)-1]
	t.asked[last], t.forced[last] = false, true
	return true
}

func nameOf(i int, item wizard.Item) string {
	if key := keyOf(item); key != "" {
		return fmt.Sprintf("%T:%s", item, key)
	}
	return fmt.Sprint(i)
}

// afresh lets everything that still waits for something have another turn.
func (t *talk) afresh(sheet wizard.Sheet) {
	t.trail = nil
	for i, item := range sheet.Items {
		if wizard.Waits(item) != "" {
			t.asked[nameOf(i, item)] = false
		}
	}
}

func keyOf(item wizard.Item) string {
	switch item := item.(type) {
	case wizard.Question:
		return item.Key
	case wizard.Tick:
		return item.Key
	case wizard.Task:
		return item.Key
	case wizard.Table:
		return item.Key
	case wizard.Instruction:
		return item.Text
	}
	return ""
}

// wants says that an item has something to ask.
func (t *talk) wants(item wizard.Item) bool {
	switch item := item.(type) {
	case wizard.Question:
		return item.Value == "" || t.revisit
	case wizard.Tick:
		return item.Set == nil || t.revisit
	case wizard.Task:
		return !item.Complete && item.Locked == "" && item.Run != nil
	case wizard.Table:
		return item.Rows > 0
	}
	return true
}

// close ends a step that is done; of one that is not it says what is missing and offers to go through it again.
func (w *walker) close(ctx context.Context, t *talk) (verdict, error) {
	state := w.keeper.State()
	if t.step.Status(state) == wizard.Done {
		w.say("%s is done.", t.step.Title())
		w.tell(Event{Event: "step-end", Step: t.step.ID(), Text: "done"})
		return goOn, nil
	}
	sheet := t.step.Sheet(state)
	w.say("This step is not finished yet.")
	for _, item := range sheet.Items {
		if task, ok := item.(wizard.Task); ok && task.Locked != "" && !task.Complete {
			w.say("  %s: not yet. %s", task.Label, task.Locked)
		}
	}
	for _, open := range wizard.Pending(sheet) {
		w.say("  Still to do: %s.", open)
	}
	_, where, err := w.prompt(ctx, t, "Press Enter to go through it again, or type back, help, steps or quit.")
	if where == goOn {
		t.afresh(sheet)
		where = again
	}
	return where, err
}

// prompt asks for a line and hears the words that work everywhere. where is goOn when the line is an answer.
func (w *walker) prompt(ctx context.Context, t *talk, text string) (line string, where verdict, err error) {
	for {
		w.say("%s", text)
		line, err := w.reader.line(ctx)
		if err != nil {
			return "", quit, err
		}
		where, err = w.command(ctx, t, line)
		if err != nil || where != again {
			return line, where, err
		}
	}
}

// ended says what it means that the input ended at a question.
func ended(err error, missing *ErrMissing) error {
	if errors.Is(err, errEnded) {
		return missing
	}
	return err
}
