package plain

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/term"

	"allyswitch/wizard"
	"allyswitch/wizard/ui"
)

// say adds a line. Text from outside is made fit first. On a terminal no word is broken at its edge: screen readers would read the halves.
func (w *walker) say(format string, values ...any) {
	w.print(w.width(), format, values...)
}

// tellWhole adds a line that is there to be copied: where a terminal breaks it, it is still one line.
func (w *walker) tellWhole(format string, values ...any) { w.print(0, format, values...) }

func (w *walker) print(width int, format string, values ...any) {
	for _, line := range strings.Split(fmt.Sprintf(format, values...), "\n") {
		for _, part := range parted(strings.TrimRight(w.look.Text(line), " "), width) {
			_, _ = fmt.Fprintln(w.Out, part)
		}
	}
}

// parted breaks a line between words, and sets what follows in as far as the line itself. A width of 0 leaves it whole.
func parted(line string, width int) []string {
	words := strings.TrimLeft(line, " ")
	margin := line[:len(line)-len(words)]
	if width <= len(margin)+20 || ui.Width(line) <= width {
		return []string{line}
	}
	parts, part := []string{}, ""
	for _, word := range strings.Fields(words) {
		if part != "" && ui.Width(margin+part+" "+word) > width {
			parts, part = append(parts, margin+part), ""
		}
		part = strings.TrimLeft(part+" "+word, " ")
	}
	return append(parts, margin+part)
}

// width is how many cells a line has room for, 0 where lines may be as long as they like: in a pipe or a file.
func (w *walker) width() int {
	file, ok := w.Out.(term.File)
	if !ok || !term.IsTerminal(file.Fd()) {
		return 0
	}
	width, _, err := term.GetSize(file.Fd())
	if err != nil {
		return 0
	}
	return width
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
