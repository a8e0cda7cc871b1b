package plain

import (
	"fmt"
	"strings"

	"allyswitch/wizard"
)

// say adds a line. Text from outside is made fit first.
func (w *walker) say(format string, values ...any) {
	text := fmt.Sprintf(format, values...)
	for _, line := range strings.Split(text, "\n") {
		_, _ = fmt.Fprintln(w.Out, strings.TrimRight(w.look.Text(line), " "))
	}
}

// open says which step begins, and what it has to say.
func (w *walker) open(step wizard.Sheeted, sheet wizard.Sheet) {
	w.say("")
	w.say("== %s: %s", w.path.Label(step), step.Title())
	w.say("What this step does:")
	for _, text := range sheet.Does {
		w.say("  %s", text)
	}
	for _, text := range sheet.Warnings {
		w.say("  Please note: %s", text)
	}
	w.facts(sheet)
	if sheet.Known != "" {
		w.say("How we know it is done: %s", sheet.Known)
	}
}

func (w *walker) facts(sheet wizard.Sheet) {
	if len(sheet.Did) == 0 {
		return
	}
	w.say("So far:")
	for _, fact := range sheet.Did {
		value := fact.Value
		if fact.Private {
			value = w.look.Veil.Value(value)
		}
		text := fact.Label
		if value != "" {
			text = strings.TrimRight(fact.Label, ": ") + ": " + value
		}
		w.say("  %s %s", word(fact.Mark), text)
	}
}

// word is a mark in words.
func word(mark wizard.Mark) string {
	switch mark {
	case wizard.MarkGood:
		return "[ok]"
	case wizard.MarkWarn:
		return "[!]"
	case wizard.MarkBad:
		return "[failed]"
	case wizard.MarkUnknown:
		return "[unknown]"
	}
	return "-"
}

// explain prints an error in four lines.
func (w *walker) explain(err error) {
	told := wizard.Explain(err)
	heading := "What happened"
	if wizard.Refused(err) {
		heading = "Held back, for the safety of your members"
	}
	w.say("%s: %s", heading, told.What)
	w.say("  What it means for your members: %s", told.Means)
	w.say("  What to do now: %s", told.Now)
	w.say("  Code: %s", told.Code)
}

// where prints a menu path and what to look for.
func (w *walker) where(path []string, look string) {
	if len(path) > 0 {
		w.say("  Go to: %s", strings.Join(path, " > "))
	}
	if look != "" {
		w.say("  Look for: %s", look)
	}
}
