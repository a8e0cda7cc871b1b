package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// maxMarks is how many combining marks one character may carry. Thai and Hebrew need three; towers of marks would cover the lines around them.
const maxMarks = 4

// Clean makes text from outside safe to draw on one line: whole control sequences, control characters, marks that turn the direction of the
// text and invisible characters are taken out, line breaks and tabs become spaces, broken UTF-8 becomes U+FFFD.
func Clean(text string) string {
	if plain(text) {
		return text
	}
	return cleaner{}.clean(ansi.Strip(strings.ToValidUTF8(text, "\uFFFD")))
}

// CleanLines is Clean for text of several lines: line breaks are kept.
func CleanLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}

// plain says that text is printable ASCII, as most of it is: nothing has to be looked at again.
func plain(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// cleaner walks over text once and remembers what decides about the next character.
type cleaner struct {
	marks   int
	pictors bool // the last character was an emoji or symbol
}

func (c cleaner) clean(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for _, r := range text {
		if kept, ok := c.keep(r); ok {
			out.WriteRune(kept)
		}
	}
	return out.String()
}

// keep returns what to draw for a character, false for nothing.
func (c *cleaner) keep(r rune) (rune, bool) {
	switch {
	case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
		r = ' '
	case unicode.IsControl(r) || invisible(r):
		return 0, false
	case r == '\u200d' && c.pictors:
		// Terminals do not agree on the width of joined pictures; the single pictures are the same everywhere.
		return 0, false
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		c.marks++
		return r, c.marks <= maxMarks
	}
	c.marks = 0
	c.pictors = unicode.In(r, unicode.So, unicode.Sk) || r >= 0x1F000 && r <= 0x1FAFF
	return r, true
}

// invisible says that a character draws nothing and can change what is read: direction marks, zero-width spaces, variation selectors, tags.
// The joiners U+200C and U+200D stay, because Persian and Sinhala names are written with them.
func invisible(r rune) bool {
	switch {
	case r == '\u061c', r == '\u00ad', r == '\u200b', r == '\u200e', r == '\u200f', r == '\ufeff', r == '\u180e', r == '\u034f':
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f', r >= '\ufff9' && r <= '\ufffb':
		return true
	case r >= '\ufe00' && r <= '\ufe0f', r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return r >= 0xFDD0 && r <= 0xFDEF || !utf8.ValidRune(r)
}
