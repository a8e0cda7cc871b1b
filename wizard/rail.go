package wizard

import (
	"fmt"

	"allyswitch/wizard/ui"
)

// railEntry is one step in a list of all.
type railEntry struct {
	id, number, title string
	// brief is the title in the rail.
	brief         string
	status        Status
	shown, beside bool
	// atWork says that a job of it runs right now.
	atWork bool
}

// railEntries looks at all steps. A running job makes its step running whatever the state says.
func (s *Shell) railEntries() []railEntry {
	entries := make([]railEntry, 0, len(s.path))
	for _, step := range s.path {
		entry := railEntry{
			id: step.ID(), number: s.path.Short(step), title: step.Title(), brief: brief(step),
			status: step.Status(s.keeper.State()), shown: step.ID() == s.shown.ID(), beside: beside(step),
		}
		if s.running != nil && s.running.step.ID() == entry.id {
			entry.status, entry.atWork = Running, true
		}
		entries = append(entries, entry)
	}
	return entries
}

// state is how an entry's status is drawn: never by colour alone.
func (e railEntry) state(theme ui.Theme) (style styled, sign, word string) {
	switch {
	case e.atWork:
		return theme.Focus, theme.Signs.Now, "running"
	case e.status == Running:
		return theme.Warn, theme.Signs.Check, "cut off"
	case e.status == NeedsCheck:
		return theme.Warn, theme.Signs.Check, "check again"
	case e.status == Done:
		return theme.Good, theme.Signs.Good, "done"
	case e.status == Locked:
		return theme.Quiet, theme.Signs.Locked, "later"
	case e.beside:
		return theme.Quiet, theme.Signs.Plain, "tool"
	}
	return theme.Body, theme.Signs.Ready, "to do"
}

// railWidth leaves the page the room it has in the smallest home, and takes of the rest what brief titles and a word about them need.
func (s *Shell) railWidth() int { return max(min(s.width-82, 38), 28) }

// rail draws all steps in exactly height lines, around the one on display.
func (s *Shell) rail(height int) []string {
	entries := s.railEntries()
	at := 0
	var lines []string
	for i, entry := range entries {
		if entry.beside && i > 0 && !entries[i-1].beside {
			lines = append(lines, "", "       "+s.look.Theme.Quiet.Render("Beside the way")) // tools are not left to do
		}
		if entry.shown {
			at = len(lines)
		}
		lines = append(lines, s.railLine(entry))
	}
	offset := max(min(at-height/2, len(lines)-height), 0)
	return s.look.Theme.Box(lines[offset:], s.railWidth(), height)
}

func (s *Shell) railLine(entry railEntry) string {
	theme := s.look.Theme
	style, sign, word := entry.state(theme)
	pointer := " "
	if entry.shown {
		pointer = theme.Focus.Render(theme.Signs.Pointer)
	}
	signs := 1
	if len(theme.Signs.Good) > 3 {
		signs = ui.Width(theme.Signs.Good)
	}
	if word == "to do" || word == "later" || word == "tool" || word == "done" {
		word = "" // the sign says it, and titles need the room
	}
	room := s.railWidth() - 8 - signs
	if word != "" {
		room -= ui.Width(word) + 1
	}
	title := theme.Fit(s.look.Text(entry.brief), room)
	if entry.shown {
		title = theme.Focus.Render(title)
	}
	return pointer + " " + style.Render(theme.Fit(sign, signs)) + fmt.Sprintf(" %2s ", entry.number) + title + " " + style.Render(word)
}
