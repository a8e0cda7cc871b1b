package wizard

import (
	"fmt"
	"strings"

	"allyswitch/wizard/ui"

	"charm.land/lipgloss/v2"
)

// name identifies an item among the others of its sheet.
func name(item Item) string {
	switch item := item.(type) {
	case Question:
		return "question:" + item.Key
	case Tick:
		return "tick:" + item.Key
	case Task:
		return "task:" + item.Key
	case Table:
		return "table:" + item.Key
	case Instruction:
		return "instruction:" + item.Text
	}
	return fmt.Sprintf("%T", item)
}

// unique keeps two items of the same name apart.
func unique(seen map[string]int, name string) string {
	seen[name]++
	if seen[name] > 1 {
		return fmt.Sprintf("%s#%d", name, seen[name])
	}
	return name
}

func newWidget(name string, item Item) widget {
	switch item := item.(type) {
	case Question:
		if len(item.Choices) > 0 {
			return newChoice(name, item)
		}
		return newQuestion(name, item)
	case Tick:
		return &tickWidget{name: name, tick: item}
	case Task:
		return &taskWidget{name: name, task: item}
	case Table:
		return newTable(name, item)
	case Instruction:
		return &instructionWidget{name: name, instruction: item}
	}
	return &instructionWidget{name: name, instruction: Instruction{Text: name}}
}

// head draws the first lines of an item: pointer, sign, text.
func head(look Look, focused bool, style lipgloss.Style, sign, text string, width int) []string {
	theme := look.Theme
	pointer := " "
	if focused {
		pointer = theme.Focus.Render(theme.Signs.Pointer)
	}
	lines := look.Wrap(text, width-ui.Width(sign)-4)
	if focused {
		for i, line := range lines {
			lines[i] = theme.Focus.Render(line)
		}
	}
	return ui.Indent(" "+pointer+" "+style.Render(sign)+" ", lines)
}

// detail draws lines that belong to the item above: a quiet label and a text.
func detail(look Look, label, text string, width int) []string {
	if text == "" {
		return nil
	}
	first := "     "
	if label != "" {
		first += look.Theme.Quiet.Render(look.Theme.Fit(label, max(ui.Width(label), labelWidth))) + " "
	}
	return ui.Indent(first, look.Wrap(text, width-ui.Width(first)))
}

// labelWidth is how wide labels are at least, so that texts under each other begin under each other.
const labelWidth = len("Look for")

// quiet draws a side remark below an item.
func quiet(look Look, text string, width int) []string {
	if text == "" {
		return nil
	}
	lines := look.Wrap(text, width-5)
	for i, line := range lines {
		lines[i] = "     " + look.Theme.Quiet.Render(line)
	}
	return lines
}

// warning draws what is wrong with an item.
func warning(look Look, text string, width int) []string {
	if text == "" {
		return nil
	}
	sign := look.Theme.Bad.Render(look.Theme.Signs.Warn)
	return ui.Indent("     "+sign+" ", look.Wrap(text, width-6-ui.Width(sign)))
}

// where draws a menu path; in large mode one click a line.
func where(look Look, path []string, width int) []string {
	if len(path) == 0 {
		return nil
	}
	if !look.Large {
		return detail(look, "Go to", strings.Join(path, look.Theme.Signs.Arrow), width)
	}
	var lines []string
	for i, entry := range path {
		first := fmt.Sprintf("       %d. click ", i+1)
		lines = append(lines, ui.Indent(first, look.Wrap(entry, width-ui.Width(first)))...)
	}
	return lines
}

// keyLabel is how a key is written in hints.
func keyLabel(key string) string {
	switch key {
	case "enter", "tab", "esc", "space":
		return strings.ToUpper(key[:1]) + key[1:]
	case "shift+tab":
		return "Shift+Tab"
	case "pgdn":
		return "PgDn"
	case "pgup":
		return "PgUp"
	}
	return key
}

// styled is a style of the theme.
type styled = lipgloss.Style
