package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells a text takes.
func Width(text string) int { return ansi.StringWidth(text) }

// Wrap breaks a text at spaces into lines of at most width cells; words that are longer are broken. Paragraphs stay apart. It never returns
// an empty slice.
func Wrap(text string, width int) []string {
	return strings.Split(ansi.Wrap(text, max(width, 1), ""), "\n")
}

// Fit makes a line exactly width cells wide: longer ones end in an ellipsis, shorter ones are filled up with spaces.
func (t Theme) Fit(line string, width int) string {
	if width <= 0 {
		return ""
	}
	line = ansi.Truncate(line, width, t.Signs.More)
	return line + strings.Repeat(" ", max(width-ansi.StringWidth(line), 0))
}

// Cut shortens a line to at most width cells, with an ellipsis when something is missing.
func (t Theme) Cut(line string, width int) string {
	if width <= 0 {
		return ""
	}
	return ansi.Truncate(line, width, t.Signs.More)
}

// Indent puts first before the first line and spaces of the same width before the others.
func Indent(first string, lines []string) []string {
	pad := strings.Repeat(" ", Width(first))
	out := make([]string, len(lines))
	for i, line := range lines {
		if i == 0 {
			out[i] = first + line
			continue
		}
		out[i] = pad + line
	}
	return out
}

// Box makes lines exactly height lines of exactly width cells: the shape every frame has.
func (t Theme) Box(lines []string, width, height int) []string {
	out := make([]string, 0, height)
	for i := range height {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, t.Fit(line, width))
	}
	return out
}
