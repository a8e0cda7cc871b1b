package report

import (
	"fmt"
	"strings"
	"unicode"
)

// longest is how many characters of a text from outside are shown.
const longest = 300

// visible makes seen what nobody could see, or what would turn the text around it: a name from outside can hold anything. AccessAlly compares names to the
// letter, so nothing is left out silently.
func visible(text string) string {
	var out strings.Builder
	shown := 0
	for _, r := range text {
		if shown++; shown > longest {
			out.WriteString("…")
			break
		}
		if hidden(r) {
			fmt.Fprintf(&out, "‹U+%04X›", r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// hidden are control characters, marks that turn text around, and other invisible ones; not the two joiners that Persian, Hindi and emoji need.
func hidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r != nonJoiner && r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
