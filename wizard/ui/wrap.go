package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells a text takes.
func Width(text string) int { return ansi.StringWidth(text) }

// standIn takes the place of a hyphen while a text is wrapped. It is as wide, it is in nobody's text (Unicode keeps it for private use), and the wrapping
// library, for which every hyphen is a place to break, knows nothing of it.
const standIn = "\uE02D"

// Wrap breaks a text at spaces into lines of at most width cells; words that are longer are broken. The names of files and keys have hyphens in them, and are
// typed from the screen: a hyphen is no place to break. Paragraphs stay apart. It never returns an empty slice.
func Wrap(text string, width int) []string {
	whole := strings.ReplaceAll(text, "-", standIn)
	return strings.Split(strings.ReplaceAll(ansi.Wrap(whole, max(width, 1), ""), standIn, "-"), "\n")
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
