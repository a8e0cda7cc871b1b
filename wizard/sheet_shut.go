package wizard

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// shut says that the step is not open yet. It can be read to its end, so that people know what will come, but nothing on it can be done.
func (s *sheetScreen) shut() bool { return s.status == Locked }

// withheld says why a key does nothing here.
func (s *sheetScreen) withheld() Action {
	return Notify{Kind: ui.Warning, Text: "This step is not open yet: it is here to be read. What comes first stands at the end of the page."}
}

// last says that the focus is on the way on.
func (s *sheetScreen) last() bool { return s.focus == len(s.widgets)-1 }

// sayShut is what support says about such a page.
const sayShut = "This step is not open yet. Read it, or press Escape to go back."

// read handles a key on a step that is not open yet.
func (s *sheetScreen) read(key string) (Action, tea.Cmd) {
	switch key {
	case "pgup", "pgdown":
		s.scroll(key)
		return nil, nil
	case "tab", "down":
		return s.act(reply{move: 1})
	case "shift+tab", "up":
		return s.act(reply{move: -1})
	case "enter":
		if s.last() {
			return Next{}, nil
		}
		return s.act(reply{move: 1})
	}
	return s.withheld(), nil
}

func (s *sheetScreen) readHints() []key.Binding {
	if s.last() {
		return []key.Binding{hint("enter", "go to what comes first")}
	}
	return []key.Binding{hint("enter", "read on")}
}
