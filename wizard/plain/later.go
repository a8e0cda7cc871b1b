package plain

import (
	"context"
	"strings"

	"allyswitch/wizard"
)

// read reads a step out that is not open yet: what will be to do there, without asking for any of it.
func (w *walker) read(ctx context.Context, t *talk) (verdict, error) {
	w.say("This step is not open yet. This will be to do:")
	for _, item := range t.step.Sheet(w.keeper.State()).Items {
		w.readItem(item)
	}
	first := w.path.Name(w.path.Current(w.keeper.State()))
	_, where, err := w.prompt(ctx, t, "Press Enter to go to what comes first: "+strings.TrimRight(first, ".")+".")
	return where, err
}

func (w *walker) readItem(item wizard.Item) {
	switch item := item.(type) {
	case wizard.Question:
		w.say("  Question: %s", item.Label)
		if item.Help != "" {
			w.say("    %s", item.Help)
		}
	case wizard.Tick:
		w.say("  To do: %s", item.Text)
		w.where(item.Where, item.Look)
	case wizard.Task:
		w.say("  Work: %s", item.Label)
	case wizard.Instruction:
		w.say("  Do this: %s", item.Text)
		w.where(item.Where, item.Look)
	case wizard.Table:
		w.say("  List: %s", item.Title)
	}
}
