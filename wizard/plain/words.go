package plain

import (
	"bytes"
	"context"
	"strings"

	"allyswitch/wizard"
)

// command does what a word stands for. It is goOn for everything that is no command.
func (w *walker) command(ctx context.Context, t *talk, line string) (verdict, error) {
	words := strings.Fields(strings.ToLower(line))
	switch {
	case len(words) == 2 && words[0] == "go":
		return w.goTo(words[1]), nil
	case len(words) != 1:
		return goOn, nil
	}
	switch words[0] {
	case "back":
		return back, nil
	case "quit":
		return quit, nil
	case "help":
		w.help(t.step)
	case "steps", "go":
		w.steps()
	case "privacy":
		w.privacy()
	case "support":
		return again, w.support(ctx, t.step)
	default:
		return goOn, nil
	}
	return again, nil
}

func (w *walker) help(step wizard.Sheeted) {
	sheet := step.Sheet(w.keeper.State())
	for _, text := range sheet.Help {
		w.say("  %s", text)
	}
	w.say("  What to tell support: you are at %s, in AllySwitch %s.", w.path.Code(step), w.Version)
	w.say("  Words that work everywhere:")
	w.say("  back: the question before.")
	w.say("  steps: a list of all steps and tools.")
	w.say("  go, and a number or a name of that list: opens it.")
	w.say("  privacy: names and addresses are replaced, or shown again.")
	w.say("  support: a file for support, to look at before it is written.")
	w.say("  quit: leaves. Your progress is saved.")
}

// steps lists what there is, each with the word that opens it.
func (w *walker) steps() {
	for _, step := range w.path {
		w.say("  go %s: %s, %s (%s)", w.word(step), w.path.Label(step), step.Title(), statusWord(step.Status(w.keeper.State())))
	}
}

// word is what stands behind go to open a step: its number, or its name when it has none.
func (w *walker) word(step wizard.Step) string {
	if number := w.path.Short(step); number != "" {
		return number
	}
	return step.ID()
}

// goTo opens a step or tool by its word.
func (w *walker) goTo(word string) verdict {
	for _, step := range w.path {
		if word == w.word(step) || word == step.ID() {
			w.target = step
			return leap
		}
	}
	w.say("  There is no step %q. Type steps to see what there is.", word)
	return again
}

func (w *walker) privacy() {
	w.look.Veil.On = !w.look.Veil.On
	if w.look.Veil.On {
		w.say("  Privacy is on: names and addresses are replaced from now on. What stands above stays as it is.")
		return
	}
	w.say("  Privacy is off: names and addresses are shown.")
}

// support shows what a file for support would hold, and writes it when that is wanted.
func (w *walker) support(ctx context.Context, step wizard.Sheeted) error {
	if w.Deps.Support == nil {
		w.say("  Send support the file allyswitch.log and the code %s.", w.path.Code(step))
		return nil
	}
	files, err := w.Deps.Support.Preview()
	if err != nil {
		w.explain(err)
		return nil
	}
	w.say("  This would be in it. Secrets, addresses and names are left out.")
	for _, file := range files {
		w.say("  %s", file)
	}
	w.say("Type yes to write it, or press Enter to leave it.")
	line, err := w.reader.line(ctx)
	if err != nil || !yes(line) {
		return err
	}
	path, err := w.Deps.Support.Write(w.page(step))
	if err != nil {
		w.explain(err)
		return nil
	}
	w.say("  Written: %s", path)
	return nil
}

// page is what a step says, with privacy on.
func (w *walker) page(step wizard.Sheeted) string {
	var page bytes.Buffer
	veiled := *w
	veiled.Out, veiled.look.Veil.On = &page, true
	veiled.open(step, step.Sheet(w.keeper.State()))
	return page.String()
}
