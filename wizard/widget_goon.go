package wizard

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// goOn is the last item of every sheet: it leads to the next step, or says what is still open.
type goOn struct {
	open  []string
	done  bool
	label string
}

func (w *goOn) id() string         { return "go on" }
func (w *goOn) adopt(Item) bool    { return false }
func (w *goOn) captures() bool     { return false }
func (w *goOn) dirty() bool        { return false }
func (w *goOn) escape() bool       { return false }
func (w *goOn) unfinished() string { return "Not finished yet. " + w.still() }

// still names the first thing that is open.
func (w *goOn) still() string {
	if len(w.open) == 0 {
		return "This step is not done yet: see \"How we know it is done\"."
	}
	text := "Still to do: " + w.open[0]
	if more := len(w.open) - 1; more > 0 {
		text += " (and " + ui.Count(int64(more)) + " more)"
	}
	return text + "."
}

func (w *goOn) update(msg tea.Msg) reply {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok || press.String() != "enter" {
		return reply{ignored: true}
	}
	if w.done {
		return reply{action: Next{}}
	}
	return reply{action: Notify{Kind: ui.Warning, Text: w.still()}}
}

func (w *goOn) draw(look Look, room frame) drawing {
	theme := look.Theme
	if !w.done {
		return drawing{lines: w.drawUnfinished(look, room)}
	}
	text := w.label
	if text == "" {
		text = "Continue"
	}
	text = theme.Cut(look.Text(text), room.width-12)
	button := theme.Key.Render("[ " + text + " ]")
	pointer := " "
	if room.focused {
		pointer, button = theme.Focus.Render(theme.Signs.Pointer), theme.Button.Render("[ "+text+" ]")
	}
	return drawing{lines: []string{" " + pointer + " " + button}}
}

// drawUnfinished is quiet as long as nobody tries to go on: it is no work of its own.
func (w *goOn) drawUnfinished(look Look, room frame) []string {
	theme := look.Theme
	if room.focused {
		return head(look, true, theme.Quiet, theme.Signs.Ready, w.unfinished(), room.width)
	}
	lines := look.Wrap(w.unfinished(), room.width-ui.Width(theme.Signs.Ready)-4)
	for i, line := range lines {
		lines[i] = theme.Quiet.Render(line)
	}
	return ui.Indent("   "+theme.Quiet.Render(theme.Signs.Ready)+" ", lines)
}

func (w *goOn) hints() []key.Binding {
	if w.done {
		return []key.Binding{hint("enter", "go on")}
	}
	return []key.Binding{hint("enter", "what is still open"), hint("shift+tab", "back to it")}
}

func (w *goOn) say() string {
	if w.done {
		return "This step is done. Press Enter to go on."
	}
	return "Something is still open. Press Shift and Tab together to go back to it."
}
