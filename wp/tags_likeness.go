package wp

import "strings"

// TagLikeness says how two different tag names differ when a person would take them for one: in upper and lower case, spaces, letters that look the same,
// or a category in front, as Keap writes it ("Membership: Gold"). It is empty when they are equal, or simply two names.
func TagLikeness(a, b string) string {
	a, b = cleanTag(a), cleanTag(b)
	switch {
	case a == b:
		return ""
	case foldCase(a) == foldCase(b):
		return "upper and lower case"
	case foldSpaces(a) == foldSpaces(b):
		return "spaces or hyphens"
	case foldLetters(a) == foldLetters(b):
		return "letters that look the same"
	case categoryApart(a, b), categoryApart(b, a):
		return "a category in front"
	}
	return ""
}

// categoryApart says that one name is the other with a category before it.
func categoryApart(long, short string) bool {
	for _, mark := range []string{":", "->", ">", "/", "|"} {
		at := strings.LastIndex(long, mark)
		if at > 0 && short != "" && foldLetters(long[at+len(mark):]) == foldLetters(short) {
			return true
		}
	}
	return false
}
