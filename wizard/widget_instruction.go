package wizard

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// instructionWidget is something to do elsewhere.
type instructionWidget struct {
	name        string
	instruction Instruction
}

func (w *instructionWidget) id() string { return w.name }

func (w *instructionWidget) adopt(item Item) bool {
	instruction, ok := item.(Instruction)
	if ok {
		w.instruction = instruction
	}
	return ok
}

func (w *instructionWidget) captures() bool { return false }
func (w *instructionWidget) dirty() bool    { return false }
func (w *instructionWidget) escape() bool   { return false }

func (w *instructionWidget) copied(Look) string { return w.instruction.Copy }

func (w *instructionWidget) update(msg tea.Msg) reply {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return reply{ignored: true}
	}
	switch {
	case press.String() == "enter":
		return reply{move: 1}
	case press.String() == "o" && w.instruction.Link != "":
		return reply{action: OpenLink{Address: w.instruction.Link}}
	case press.String() == "c" && w.instruction.Copy != "":
		return reply{action: Copy{Text: w.instruction.Copy}}
	}
	return reply{ignored: true}
}

func (w *instructionWidget) draw(look Look, room frame) drawing {
	lines := head(look, room.focused, look.Theme.Body, look.Theme.Signs.Plain, w.instruction.Text, room.width)
	lines = append(lines, where(look, w.instruction.Where, room.width)...)
	lines = append(lines, detail(look, "Look for", w.instruction.Look, room.width)...)
	lines = append(lines, detail(look, "Copy", w.instruction.Copy, room.width)...)
	return drawing{lines: append(lines, detail(look, "Link", w.instruction.Link, room.width)...)}
}

func (w *instructionWidget) hints() []key.Binding {
	hints := []key.Binding{hint("enter", "go on")}
	if w.instruction.Link != "" {
		hints = append(hints, hint("o", "open the link"))
	}
	if w.instruction.Copy != "" {
		hints = append(hints, hint("c", "copy"))
	}
	return hints
}

func (w *instructionWidget) say() string {
	if w.instruction.Link != "" {
		return "Press the letter o to open the link, do what it says, then press Enter."
	}
	return "Do what it says in your browser, then press Enter."
}
