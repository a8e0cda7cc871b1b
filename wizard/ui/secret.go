package ui

import "unicode/utf8"

// shownFrom is the least length of a secret of which the last four characters are shown: below it they would be too much of it.
const shownFrom = 12

// Mask draws a secret: a mask whose length says nothing, and the last four characters to recognise it by. With tail false the mask stands alone.
func (t Theme) Mask(secret string, tail bool) string {
	if secret == "" {
		return ""
	}
	length := utf8.RuneCountInString(secret)
	if !tail || length < shownFrom {
		return t.Signs.Mask
	}
	runes := []rune(secret)
	return t.Signs.Mask + Clean(string(runes[length-4:]))
}
