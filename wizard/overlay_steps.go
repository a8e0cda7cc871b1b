package wizard

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// stepList lists all steps with their state, to go to any that is open.
type stepList struct {
	entries []railEntry
	at      int
}

func newStepList(s *Shell) *stepList {
	list := &stepList{entries: s.railEntries()}
	for i, entry := range list.entries {
		if entry.shown {
			list.at = i
		}
	}
	return list
}

func (l *stepList) press(msg tea.KeyPressMsg) (Action, bool) {
	switch msg.String() {
	case "esc", "l", "L", "ctrl+l", "q":
		return nil, true
	case "enter":
		return GoTo{Step: l.entries[l.at].id}, true
	case "up", "shift+tab":
		l.at = max(l.at-1, 0)
	case "down", "tab":
		l.at = min(l.at+1, len(l.entries)-1)
	case "home", "pgup":
		l.at = 0
	case "end", "pgdown":
		l.at = len(l.entries) - 1
	}
	return nil, false
}

func (l *stepList) draw(look Look, width, height int) []string {
	wide := min(width-4, 70)
	lines := make([]string, len(l.entries))
	for i, entry := range l.entries {
		lines[i] = l.line(look, entry, i == l.at, wide-4)
	}
	high := min(len(lines)+2, height)
	offset := max(min(l.at-(high-2)/2, len(lines)-high+2), 0)
	return look.Theme.Card("All steps", lines, wide, high, offset)
}

func (l *stepList) line(look Look, entry railEntry, at bool, width int) string {
	theme := look.Theme
	pointer := " "
	if at {
		pointer = theme.Focus.Render(theme.Signs.Pointer)
	}
	style, sign, word := entry.state(theme)
	room := width - 22
	title := theme.Fit(look.Text(entry.title), room)
	if at {
		title = theme.Focus.Render(title)
	}
	return pointer + " " + style.Render(theme.Fit(sign, 4)) + fmt.Sprintf("%2s ", entry.number) + title + " " + style.Render(word)
}

func (l *stepList) hints() []key.Binding {
	return []key.Binding{hint("enter", "go there"), hint("↑/↓", "move"), hint("esc", "close")}
}

func (l *stepList) say() string { return "Move with the arrow keys to the step and press Enter." }
