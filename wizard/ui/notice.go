package ui

import (
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

// Notice draws one line of news: a sign, a word where it matters, the text.
func (t Theme) Notice(kind Kind, text string, width int) string {
	style, sign := t.kind(kind)
	if text == "" {
		return ""
	}
	return t.Cut(" "+style.Render(sign)+" "+text, width)
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
