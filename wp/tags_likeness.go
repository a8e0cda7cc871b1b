package wp

import (
	"slices"
	"strings"
)

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
	return short != "" && slices.Contains(withoutCategory(long), foldLetters(short))
}

// withoutCategory are the names that are left when a category is taken off, folded.
func withoutCategory(name string) []string {
	var left []string
	for _, mark := range []string{":", "->", ">", "/", "|"} {
		if at := strings.LastIndex(name, mark); at > 0 {
			left = append(left, foldLetters(name[at+len(mark):]))
		}
	}
	return left
}

// LikeTags finds, among many tag names, the first that a person would take for another (see TagLikeness), without comparing each with each.
type LikeTags struct {
	names []string
	// folded are the places of the names by what they have in common with others: the name without case, spaces and look-alikes, with and without category.
	folded map[string][]int
}

// NewLikeTags makes the list of names.
func NewLikeTags(names []string) *LikeTags {
	likes := &LikeTags{names: names, folded: map[string][]int{}}
	for place, name := range names {
		for _, key := range foldings(name) {
			likes.folded[key] = append(likes.folded[key], place)
		}
	}
	return likes
}

// First is the first of the names that is like this one, and how the two differ; both are empty when there is none.
func (l *LikeTags) First(name string) (other, how string) {
	first := len(l.names)
	for _, key := range foldings(name) {
		for _, place := range l.folded[key] {
			if place >= first {
				break
			}
			if likeness := TagLikeness(name, l.names[place]); likeness != "" {
				first, how = place, likeness
				break
			}
		}
	}
	if how == "" {
		return "", ""
	}
	return l.names[first], how
}

// foldings are what a name may have in common with one that is like it.
func foldings(name string) []string {
	name = cleanTag(name)
	keys := append(withoutCategory(name), foldLetters(name))
	slices.Sort(keys)
	return slices.Compact(keys)
}
