package wp

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"allyswitch/crm/address"
)

// The findings about a file of member tags.
const (
	TagCase      = "tag-case"       // two names that differ only in upper and lower case
	TagSpaces    = "tag-spaces"     // … only in spaces
	TagLookAlike = "tag-look-alike" // … only in letters that look the same, such as Latin and Cyrillic a
	NoTags       = "no-tags"        // a row without any tag
	UnknownTag   = "unknown-tag"    // a name that is not among the known ones
)

// MemberTags says which member has which tags. Members are keyed by address.Key; names are in NFC, without outer spaces, and
// otherwise byte for byte as in the file, because AccessAlly compares them that way.
type MemberTags struct {
	// Tags are the sorted names for each member. A member who is in the file without a tag has an empty list: known to have none.
	Tags map[string][]string
	// Emails are the addresses as the file spells them, by key.
	Emails map[string]string
	// Counts are how many members have each tag.
	Counts map[string]int
	// Findings are what the owner should look at: rows that could not be used, and names that nearly are the same.
	Findings []Finding
	// Rows counts the rows of the file, Unused those among them that could not be used.
	Rows, Unused int
	// SecretsDropped are the headings of columns that looked like passwords or tokens for logging in.
	SecretsDropped []string
}

// Names are all tag names, sorted.
func (m *MemberTags) Names() []string { return slices.Sorted(maps.Keys(m.Counts)) }

// Pairs is the number of member-and-tag pairs.
func (m *MemberTags) Pairs() int {
	pairs := 0
	for _, tags := range m.Tags {
		pairs += len(tags)
	}
	return pairs
}

// add gives a member tags in addition to those they have.
func (m *MemberTags) add(email string, names []string) {
	key := address.Key(email)
	if _, ok := m.Emails[key]; !ok {
		m.Emails[key] = email
	}
	tags := m.Tags[key]
	if tags == nil {
		tags = []string{}
	}
	for _, name := range names {
		if at, found := slices.BinarySearch(tags, name); !found {
			tags = slices.Insert(tags, at, name)
			m.Counts[name]++
		}
	}
	m.Tags[key] = tags
}

// cleanTag is a tag name as it is compared: NFC, without outer spaces, the guard against formulas and control characters.
// Nothing else is mended in it: what a person would call the same name may be two tags in AccessAlly.
func cleanTag(name string) string {
	if isPlain(name) {
		return name
	}
	var made notes
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, decodeBytes(name, &made))
	return trimAndUnguard(strings.Trim(norm.NFC.String(name), "\u200b\ufeff\u2060"), &made)
}

// foldCase, foldSpaces and foldLetters are what two names have in common that a person takes for one.
func foldCase(name string) string { return strings.ToLower(name) }

func foldSpaces(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, foldCase(name))
}

func foldLetters(name string) string {
	compatible := norm.NFKC.String(foldSpaces(name))
	return strings.Map(func(r rune) rune {
		if latin, ok := lookAlike(r); ok {
			return latin
		}
		return r
	}, compatible)
}

// lookAlike returns the Latin letter or the sign that a Cyrillic or Greek letter or a typographic sign is taken for.
// (The common part of Unicode's confusables, UTS 39.)
func lookAlike(r rune) (rune, bool) {
	const others = "аеорсухіјѕԁԛԝһкмтвнοαικνρτυχзⅼӏ‘’´`“”–—−‐‑"
	const same = "aeopcyxijsdqwhkmtbhoaiknptux3ll''''\"\"-----"
	at := 0
	for _, other := range others {
		if other == r {
			return rune(same[at]), true
		}
		at++
	}
	return r, false
}
