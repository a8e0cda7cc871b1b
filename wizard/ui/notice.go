package ui

import (
	"strings"
	"time"

	"charm.land/lipgloss/v2"
)

// Kind is the weight of a notice.
type Kind int

// The kinds, from light to heavy.
const (
	Info Kind = iota
	Success
	Warning
	Failure
)

// Lasts is how long a notice of this kind stays: long enough to be read twice.
func (k Kind) Lasts() time.Duration {
	switch k {
	case Warning:
		return 12 * time.Second
	case Failure:
		return 20 * time.Second
	}
	return 7 * time.Second
}

// Notice draws a line of news, or two when it is long: a sign, a word where it matters, the text.
func (t Theme) Notice(kind Kind, text string, width int) []string {
	if text == "" {
		return nil
	}
	style, sign := t.kind(kind)
	first := " " + style.Render(sign) + " "
	lines := Wrap(text, width-Width(first))
	if len(lines) > 2 {
		lines = []string{lines[0], strings.Join(lines[1:], " ")}
	}
	lines = Indent(first, lines)
	for i, line := range lines {
		lines[i] = t.Cut(line, width)
	}
	return lines
}

func (t Theme) kind(kind Kind) (lipgloss.Style, string) {
	switch kind {
	case Success:
		return t.Good, t.Signs.Good
	case Warning:
		return t.Warn, t.Signs.Warn
	case Failure:
		return t.Bad, t.Signs.Bad + " Error:"
	}
	return t.Quiet, t.Signs.Plain
}
