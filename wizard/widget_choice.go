package wizard

import (
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// choiceWidget asks for one of several answers.
type choiceWidget struct {
	name     string
	question Question
	at       int
	problem  string
}

func newChoice(name string, question Question) *choiceWidget {
	w := &choiceWidget{name: name, question: question}
	w.at = max(w.index(question.Value), 0)
	if question.Value == "" {
		w.at = max(w.index(question.Default), 0)
	}
	return w
}

func (w *choiceWidget) index(value string) int {
	for i, choice := range w.question.Choices {
		if value != "" && choice.Value == value {
			return i
		}
	}
	return -1
}

func (w *choiceWidget) id() string { return w.name }

func (w *choiceWidget) adopt(item Item) bool {
	question, ok := item.(Question)
	if !ok || len(question.Choices) == 0 {
		return false
	}
	w.question = question
	w.at = max(min(w.at, len(question.Choices)-1), 0)
	return true
}

func (w *choiceWidget) captures() bool { return false }
func (w *choiceWidget) dirty() bool    { return false }
func (w *choiceWidget) escape() bool   { return false }

func (w *choiceWidget) update(msg tea.Msg) reply {
	if answered, ok := msg.(AnsweredMsg); ok && answered.Key == w.question.Key {
		w.problem = ""
		if answered.Err != nil {
			w.problem = Sentence(answered.Err)
		}
		return reply{}
	}
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return reply{ignored: true}
	}
	switch press.String() {
	case "up":
		return w.step(-1)
	case "down":
		return w.step(1)
	case "enter", "space":
		return w.take(w.at)
	}
	if digit, err := strconv.Atoi(press.String()); err == nil && digit >= 1 && digit <= len(w.question.Choices) {
		w.at = digit - 1
		return reply{}
	}
	return reply{ignored: true}
}

// step moves the cursor; at an end it moves on to the neighbouring item.
func (w *choiceWidget) step(by int) reply {
	if next := w.at + by; next >= 0 && next < len(w.question.Choices) {
		w.at = next
		return reply{}
	}
	return reply{move: by}
}

func (w *choiceWidget) take(i int) reply {
	value := w.question.Choices[i].Value
	if value == w.question.Value && w.problem == "" {
		return reply{move: 1}
	}
	if err := Check(w.question, value); err != nil {
		w.problem = Sentence(err)
		return reply{}
	}
	return reply{action: SetAnswer{Key: w.question.Key, Value: value}}
}

func (w *choiceWidget) draw(look Look, room frame) drawing {
	style, sign := w.sign(look)
	chosen := w.index(w.question.Value)
	if !room.focused {
		text := labelled(w.question.Label) + "not answered yet"
		if chosen >= 0 {
			text = labelled(w.question.Label) + w.question.Choices[chosen].Label
		} else if w.question.Value != "" {
			text = labelled(w.question.Label) + w.question.Value
		}
		lines := head(look, false, style, sign, text, room.width)
		return drawing{lines: append(lines, warning(look, w.problem, room.width)...)}
	}
	lines := head(look, true, style, sign, w.question.Label, room.width)
	lines = append(lines, quiet(look, w.question.Help, room.width)...)
	options := make([]ui.Option, len(w.question.Choices))
	for i, choice := range w.question.Choices {
		options[i] = ui.Option{Label: look.Text(choice.Label), Help: look.Text(choice.Help)}
	}
	drawn, at := look.Theme.Choices(options, w.at, chosen, room.width-5)
	cursor := len(lines) + at
	for _, line := range drawn {
		lines = append(lines, "     "+line)
	}
	return drawing{lines: append(lines, warning(look, w.problem, room.width)...), cursor: cursor}
}

func (w *choiceWidget) sign(look Look) (styled, string) {
	theme := look.Theme
	switch {
	case w.problem != "":
		return theme.Warn, theme.Signs.Warn
	case w.question.Value != "":
		return theme.Good, theme.Signs.Good
	}
	return theme.Quiet, theme.Signs.Ready
}

func (w *choiceWidget) hints() []key.Binding {
	return []key.Binding{hint("enter", "choose"), hint("↑/↓", "move")}
}

func (w *choiceWidget) say() string {
	return "Move with the arrow keys to the right answer and press Enter."
}
