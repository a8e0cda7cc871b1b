package wizard

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// questionWidget asks for a line of text. It checks when it is left and never holds anybody back.
type questionWidget struct {
	name     string
	question Question
	input    ui.Input
	problem  string
}

func newQuestion(name string, question Question) *questionWidget {
	w := &questionWidget{name: name, question: question}
	w.input = ui.NewInput(w.base(), question.Secret)
	return w
}

// base is what stands in the field before anybody types. Secrets are never put back into it.
func (w *questionWidget) base() string {
	if w.question.Secret {
		return ""
	}
	return strings.TrimSpace(ui.Clean(w.question.Value))
}

func (w *questionWidget) id() string { return w.name }

func (w *questionWidget) adopt(item Item) bool {
	question, ok := item.(Question)
	if !ok || len(question.Choices) > 0 || question.Secret != w.question.Secret {
		return false
	}
	typed := w.dirty()
	w.question = question
	if !typed {
		w.input.Set(w.base())
	}
	return true
}

func (w *questionWidget) captures() bool { return true }

func (w *questionWidget) dirty() bool { return w.input.Value() != w.base() }

func (w *questionWidget) escape() bool { return false }

func (w *questionWidget) update(msg tea.Msg) reply {
	switch msg := msg.(type) {
	case AnsweredMsg:
		return w.answered(msg)
	case tea.KeyPressMsg:
		switch msg.String() {
		case "enter":
			return w.leave(0)
		case "tab", "down":
			return w.leave(1)
		case "shift+tab", "up":
			return w.leave(-1)
		}
	}
	if !w.input.Update(msg) {
		return reply{ignored: true}
	}
	w.problem = ""
	return reply{}
}

func (w *questionWidget) answered(msg AnsweredMsg) reply {
	if msg.Key != w.question.Key {
		return reply{ignored: true}
	}
	if msg.Err != nil {
		w.problem = Sentence(msg.Err)
		return reply{}
	}
	w.problem = ""
	w.input.Set(w.base())
	return reply{}
}

// leave takes what has been typed. Moving on works whatever is in the field; only Enter (move 0) stays with a problem.
func (w *questionWidget) leave(move int) reply {
	value := w.input.Value()
	if !w.dirty() {
		return w.untouched(move)
	}
	if value == "" && w.question.Required {
		w.problem = "This cannot be left empty."
		return reply{move: move}
	}
	if err := Check(w.question, value); err != nil {
		w.problem = Sentence(err)
		return reply{move: move}
	}
	return reply{action: SetAnswer{Key: w.question.Key, Value: value}, move: move}
}

// untouched leaves a field in which nothing was typed: Enter takes the default.
func (w *questionWidget) untouched(move int) reply {
	switch {
	case move != 0 || w.question.Value != "":
		return reply{move: nonzero(move)}
	case w.question.Default != "" && w.question.Confirm == "":
		return reply{action: SetAnswer{Key: w.question.Key, Value: w.question.Default}}
	case w.question.Required:
		w.problem = "Please type an answer. Tab moves on without one."
		return reply{}
	}
	return reply{move: 1}
}

func nonzero(move int) int {
	if move == 0 {
		return 1
	}
	return move
}

// Check says what is wrong with an answer before the step sees it: nil when it will do.
func Check(question Question, value string) error {
	if question.Confirm != "" && value != question.Confirm {
		return fmt.Errorf("the words must be exactly: %s", question.Confirm)
	}
	if question.Validate != nil {
		return question.Validate(value)
	}
	return nil
}

// Sentence makes an error a sentence: a capital letter, a full stop.
func Sentence(err error) string {
	text := strings.TrimSpace(ui.Clean(err.Error()))
	if text == "" {
		return ""
	}
	runes := []rune(text)
	text = strings.ToUpper(string(runes[0])) + string(runes[1:])
	if !strings.ContainsAny(text[len(text)-1:], ".!?") {
		text += "."
	}
	return text
}

func (w *questionWidget) draw(look Look, room frame) drawing {
	if !room.focused || room.shut {
		return w.resting(look, room)
	}
	label := w.question.Label
	if w.question.Required && w.question.Value == "" {
		label += " (needed)"
	}
	style, sign := w.sign(look)
	lines := head(look, true, style, sign, label, room.width)
	if w.question.Confirm != "" {
		lines = append(lines, detail(look, "Type exactly:", w.question.Confirm, room.width)...)
	}
	cursor := len(lines)
	side := look.Theme.Quiet.Render(look.Theme.Signs.Side)
	lines = append(lines, "     "+side+" "+w.input.View(look.Theme, look.Veil, true, false, room.width-8))
	lines = append(lines, warning(look, w.problem, room.width)...)
	lines = append(lines, quiet(look, w.aside(look), room.width)...)
	return drawing{lines: append(lines, quiet(look, w.question.Help, room.width)...), cursor: cursor}
}

// resting is the question while nothing can be typed: something else has the focus, or the step is only there to be read.
func (w *questionWidget) resting(look Look, room frame) drawing {
	style, sign := w.sign(look)
	text := labelled(w.question.Label)
	switch {
	case w.dirty():
		text += "typed, not saved yet"
	case w.question.Value == "":
		text += "not answered yet"
	case w.question.Secret:
		text += look.Theme.Mask(w.question.Value, !look.Veil.On)
	default:
		text += w.question.Value
	}
	lines := head(look, room.focused, style, sign, text, room.width)
	if room.focused {
		lines = append(lines, quiet(look, w.question.Help, room.width)...)
	}
	return drawing{lines: append(lines, warning(look, w.problem, room.width)...)}
}

func (w *questionWidget) sign(look Look) (style styled, sign string) {
	theme := look.Theme
	switch {
	case w.problem != "":
		return theme.Warn, theme.Signs.Warn
	case w.question.Value != "":
		return theme.Good, theme.Signs.Good
	}
	return theme.Quiet, theme.Signs.Ready
}

// labelled is a label with what comes between it and its answer.
func labelled(label string) string {
	if strings.HasSuffix(label, "?") {
		return label + " "
	}
	return strings.TrimRight(label, ": ") + ": "
}

// aside says what Enter takes, or what is kept already.
func (w *questionWidget) aside(look Look) string {
	switch {
	case w.input.Value() != "":
		return ""
	case w.question.Secret && w.question.Value != "":
		return "Known already: " + look.Theme.Mask(w.question.Value, !look.Veil.On) + ". Enter keeps it."
	case w.question.Secret && w.question.Env != "":
		return "It is kept in memory only. It can also come from " + w.question.Env + "."
	case w.question.Secret:
		return "It is kept in memory only."
	case w.question.Default != "" && w.question.Value == "" && w.question.Confirm == "":
		return "Enter takes: " + w.question.Default
	}
	return ""
}

func (w *questionWidget) hints() []key.Binding {
	return []key.Binding{hint("enter", "save"), hint("ctrl+u", "clear")}
}

func (w *questionWidget) say() string {
	if w.question.Confirm != "" {
		return "Type the words shown, exactly, and press Enter."
	}
	if w.question.Value != "" && !w.dirty() {
		return "Press Enter to keep it, or type a new answer."
	}
	return "Type or paste the answer to \"" + w.question.Label + "\", then press Enter."
}
