// Package ui holds the look of the wizard: a theme and small widgets that draw themselves into lines of text.
package ui

import (
	"charm.land/lipgloss/v2"
)

// Theme is the one visual language of all steps: a small palette and the signs that go with words.
type Theme struct {
	// Dark says that the terminal's background is dark.
	Dark  bool
	Signs Signs

	// Text styles. Colour never carries meaning alone: each has a word or a sign beside it.
	Title, Heading, Body, Quiet, Focus, Key, Button, Cursor lipgloss.Style
	Good, Warn, Bad, Unknown, Rule                          lipgloss.Style
}

// NewTheme returns the theme for a background. With ascii, only the 95 printable characters of ASCII are used for signs and lines.
func NewTheme(dark, ascii bool) Theme {
	pick := lipgloss.LightDark(dark)
	colour := func(light, night string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(night)))
	}
	theme := Theme{
		Dark:    dark,
		Signs:   fancySigns(),
		Title:   colour("#1d4f91", "#9ecbff").Bold(true),
		Heading: lipgloss.NewStyle().Bold(true),
		Body:    lipgloss.NewStyle(),
		Quiet:   colour("#5f6368", "#9aa0a6"),
		Focus:   colour("#1d4f91", "#9ecbff").Bold(true),
		Key:     lipgloss.NewStyle().Bold(true),
		Button:  lipgloss.NewStyle().Reverse(true).Bold(true),
		Cursor:  lipgloss.NewStyle().Reverse(true),
		Good:    colour("#137333", "#81c995"),
		Warn:    colour("#9a5b00", "#fdd663"),
		Bad:     colour("#b3261e", "#f28b82").Bold(true),
		Unknown: colour("#6a3ea1", "#c58af9"),
		Rule:    colour("#9aa0a6", "#5f6368"),
	}
	if ascii {
		theme.Signs = asciiSigns()
	}
	return theme
}

// Signs are the characters that stand beside words. Each has an ASCII twin of its own, so that none is lost on an old console.
type Signs struct {
	Good, Warn, Bad, Unknown, Plain string
	Ticked, Unticked                string
	Chosen, Choice                  string
	Pointer                         string // before what is focused
	Now, Locked, Check, Ready       string // states in the rail
	Arrow                           string // between menu entries
	Dot                             string // between parts of a line
	More                            string // text was cut off here
	Down, Up                        string
	Line, Side                      string
	Corners                         [4]string // top left, top right, bottom left, bottom right
	Full, Empty                     string    // the bar
	Mask                            string
}

func fancySigns() Signs {
	return Signs{
		Good: "✓", Warn: "!", Bad: "✗", Unknown: "?", Plain: "•",
		Ticked: "[✓]", Unticked: "[ ]", Chosen: "(•)", Choice: "( )", Pointer: "›",
		Now: "▸", Locked: "·", Check: "!", Ready: "○",
		Arrow: " › ", Dot: " · ", More: "…", Down: "▼", Up: "▲",
		Line: "─", Side: "│", Corners: [4]string{"╭", "╮", "╰", "╯"},
		Full: "█", Empty: "░", Mask: "••••••••",
	}
}

func asciiSigns() Signs {
	return Signs{
		Good: "[ok]", Warn: "[!]", Bad: "[x]", Unknown: "[?]", Plain: "-",
		Ticked: "[x]", Unticked: "[ ]", Chosen: "(*)", Choice: "( )", Pointer: ">",
		Now: ">", Locked: ".", Check: "!", Ready: "o",
		Arrow: " > ", Dot: " - ", More: "...", Down: "v", Up: "^",
		Line: "-", Side: "|", Corners: [4]string{"+", "+", "+", "+"},
		Full: "#", Empty: ".", Mask: "********",
	}
}
