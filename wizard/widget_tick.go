package wizard

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// tickWidget is a box for what only a person can do. Space ticks it and takes the tick back. Enter only moves on: held down, it would tick what
// nobody has read. Where to go and what to look for are shown for the box in focus, so that there is one thing to do at a time.
type tickWidget struct {
	name string
	tick Tick
	// note is open while the note is being typed.
	note   ui.Input
	noting bool
}

func (w *tickWidget) id() string { return w.name }

func (w *tickWidget) adopt(item Item) bool {
	tick, ok := item.(Tick)
	if ok {
		w.tick = tick
	}
	return ok
}

func (w *tickWidget) captures() bool { return w.noting }
func (w *tickWidget) dirty() bool    { return w.noting && w.note.Value() != "" }

func (w *tickWidget) escape() bool {
	open := w.noting
	w.noting = false
	return open
}

func (w *tickWidget) update(msg tea.Msg) reply {
	press, isKey := msg.(tea.KeyPressMsg)
	switch {
	case w.noting && isKey && press.String() == "enter":
		w.noting = false
		return reply{action: SetTick{Key: w.tick.Key, Note: w.note.Value()}, move: 1}
	case w.noting && w.note.Update(msg):
		return reply{}
	case w.noting || !isKey:
		return reply{ignored: true}
	}
	switch press.String() {
	case "space":
		if w.tick.Set != nil {
			return reply{action: Untick{Key: w.tick.Key}}
		}
		return w.set()
	case "enter":
		return reply{move: 1}
	}
	return reply{ignored: true}
}

// set ticks the box, or asks for the note first.
func (w *tickWidget) set() reply {
	if w.tick.Note == "" {
		return reply{action: SetTick{Key: w.tick.Key}}
	}
	w.noting, w.note = true, ui.NewInput("", false)
	return reply{}
}

func (w *tickWidget) draw(look Look, room frame) drawing {
	theme := look.Theme
	style, sign := theme.Quiet, theme.Signs.Unticked
	if w.tick.Set != nil {
		style, sign = theme.Good, theme.Signs.Ticked
	}
	text := w.tick.Text
	if w.tick.Optional && w.tick.Set == nil {
		text += " (if it applies)"
	}
	if w.tick.Doubt != "" {
		style = theme.Warn
	}
	lines := head(look, room.focused, style, sign, text, room.width)
	if w.tick.Doubt != "" {
		lines = append(lines, warning(look, w.tick.Doubt, room.width)...)
	}
	if room.focused {
		lines = append(lines, where(look, w.tick.Where, room.width)...)
		lines = append(lines, detail(look, "Look for", w.tick.Look, room.width)...)
	}
	if w.tick.Set != nil {
		done := "ticked " + look.Time(w.tick.Set.At)
		if w.tick.Set.Note != "" {
			done += theme.Signs.Dot + w.tick.Set.Note
		}
		lines = append(lines, quiet(look, done, room.width)...)
	}
	if !w.noting || !room.focused {
		return drawing{lines: lines}
	}
	return w.drawNote(look, room, lines)
}

func (w *tickWidget) drawNote(look Look, room frame, lines []string) drawing {
	first := "     " + look.Text(w.tick.Note) + ": "
	if ui.Width(first) > room.width/2 {
		lines = append(lines, quiet(look, w.tick.Note+":", room.width)...)
		first = "     "
	}
	return drawing{lines: append(lines, first+w.note.View(look.Theme, look.Veil, true, false, room.width-ui.Width(first))), cursor: len(lines)}
}

func (w *tickWidget) hints() []key.Binding {
	switch {
	case w.noting:
		return []key.Binding{hint("enter", "save the note and tick")}
	case w.tick.Set != nil:
		return []key.Binding{hint("enter", "go on"), hint("space", "take the tick back")}
	}
	return []key.Binding{hint("space", "tick")}
}

func (w *tickWidget) say() string {
	switch {
	case w.noting:
		return "Type a short note and press Enter. Enter alone will do."
	case w.tick.Set != nil:
		return "This is ticked. Press Enter to go on."
	}
	return "When you have done this, press Space to tick it."
}
