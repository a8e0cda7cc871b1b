package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// Input is one line of typing. Pasted text loses its line breaks, control characters and the spaces around it.
type Input struct {
	model textinput.Model
	// Secret input is drawn as a mask.
	Secret bool
}

// NewInput makes an input that holds value already.
func NewInput(value string, secret bool) Input {
	model := textinput.New()
	model.Prompt = ""
	model.CharLimit = 4096
	// Reading the clipboard is the terminal's business: it arrives as a paste.
	model.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	model.SetValue(Clean(value))
	model.CursorEnd()
	styles := textinput.DefaultStyles(true)
	styles.Focused, styles.Blurred = textinput.StyleState{}, textinput.StyleState{}
	styles.Cursor.Blink = false
	model.SetStyles(styles)
	model.Focus()
	return Input{model: model, Secret: secret}
}

// Value returns what has been typed, without the spaces around it.
func (i Input) Value() string { return strings.TrimSpace(i.model.Value()) }

// Set replaces what has been typed.
func (i *Input) Set(value string) {
	i.model.SetValue(Clean(value))
	i.model.CursorEnd()
}

// Update takes a key or a paste. It says whether the message was meant for it.
func (i *Input) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		msg.Content = collapse(msg.Content)
		i.model, _ = i.model.Update(msg)
		return true
	case tea.KeyPressMsg:
		if !typing(msg) {
			return false
		}
		i.model, _ = i.model.Update(msg)
		return true
	}
	return false
}

// collapse makes a pasted text one line: people paste keys and addresses with the line break that came along.
func collapse(text string) string { return strings.Join(strings.Fields(Clean(text)), " ") }

// typing says that a key changes the text or moves in it.
func typing(msg tea.KeyPressMsg) bool {
	if msg.Text != "" && msg.Mod&^tea.ModShift == 0 {
		return true
	}
	switch msg.String() {
	case "left", "right", "home", "end", "backspace", "delete", "ctrl+a", "ctrl+e", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+h", "ctrl+d",
		"alt+left", "alt+right", "ctrl+left", "ctrl+right", "alt+backspace":
		return true
	}
	return false
}

// View draws the input at most width cells wide, with the cursor when focused. A veil hides an address that is being typed; covered hides all.
func (i Input) View(theme Theme, veil Veil, focused, covered bool, width int) string {
	value := i.model.Value()
	cursor := ""
	if focused {
		cursor = theme.Cursor.Render(" ")
	}
	switch {
	case i.Secret:
		return theme.Cut(theme.Mask(strings.TrimSpace(value), !veil.On), width-1) + cursor
	case veil.On && value != "" && (covered || veil.Text(value) != value):
		return theme.Cut(theme.Quiet.Render(hidden+" while privacy is on"), width-1) + cursor
	case !focused:
		return theme.Cut(value, width)
	}
	return i.typed(theme, width)
}

// typed draws the part of the text around the cursor.
func (i Input) typed(theme Theme, width int) string {
	runes, at := []rune(i.model.Value()), i.model.Position()
	before, under, after := string(runes[:at]), " ", ""
	if at < len(runes) {
		under, after = string(runes[at]), string(runes[at+1:])
	}
	room := max(width-Width(under)-1, 1)
	if over := Width(before) - room; over > 0 {
		before = theme.tail(before, room)
	}
	line := before + theme.Cursor.Render(under) + after
	return theme.Cut(line, width)
}

// tail keeps the end of a text that is too long.
func (t Theme) tail(text string, width int) string {
	runes := []rune(text)
	for len(runes) > 0 && Width(string(runes))+Width(t.Signs.More) > width {
		runes = runes[1:]
	}
	return t.Signs.More + string(runes)
}
