package report

import (
	"regexp"
	"slices"
	"strings"

	"allyswitch/wizard/pseudonym"
)

// veil replaces what names somebody. It would rather hide too much than too little.
type veil struct {
	salt string
	// names are what must not stand anywhere, in whatever case, the longest first.
	names []knownName
}

// knownName is a name of the site or the account, and its pseudonym.
type knownName struct {
	name      string
	looks     *regexp.Regexp
	pseudonym string
}

// What gives somebody away by its looks.
var (
	addressLike = regexp.MustCompile(`(?:"[^"\n]*"|[^\s<>()\[\],;:"“”\\]+)[@＠][^\s<>()\[\],;:"“”\\]*`)
	urlLike     = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"“”<>]*`)
	hostLike    = regexp.MustCompile(`(?:[\p{L}\p{N}_-]+\.)+[\p{L}][\p{L}\p{N}-]+(?::\d+)?|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b`)
	pathLike    = regexp.MustCompile(`(?:[A-Za-z]:\\|\\\\|/)[^\s:"“”]*[\\/][^\s:"“”]*`)
	quoted      = regexp.MustCompile(`(?s)“.*”`)
)

// ourFiles look like hosts, but are files of the folder.
var ourFiles = regexp.MustCompile(`^[a-z-]+\.(?:csv|json|jsonl|html|md|log)$`)

const hiddenText = "hidden"

func newVeil(salt string, names []string) veil {
	v := veil{salt: salt}
	for _, name := range names {
		if name = strings.TrimSpace(name); len([]rune(name)) > 2 {
			v.names = append(v.names, knownName{name, regexp.MustCompile("(?i)" + regexp.QuoteMeta(name)), pseudonym.Of("site", salt, name)})
		}
	}
	slices.SortStableFunc(v.names, func(a, b knownName) int { return len(b.name) - len(a.name) })
	return v
}

// redacted is the same report without anybody's name. The evidence stays as it is: it names nobody.
func (r *Report) redacted(salt string) *Report {
	v := newVeil(salt, r.known)
	out := *r
	out.Redacted = true
	out.Facts = slices.Clone(r.Facts)
	for i := range out.Facts {
		out.Facts[i].Value = v.text(out.Facts[i].Value)
	}
	out.Sections = slices.Clone(r.Sections)
	for i := range out.Sections {
		out.Sections[i] = v.section(out.Sections[i])
	}
	return &out
}

func (v veil) section(section Section) Section {
	section.Points = v.texts(section.Points)
	section.Tables = slices.Clone(section.Tables)
	for i, table := range section.Tables {
		rows := make([][]Text, len(table.Rows))
		for j, row := range table.Rows {
			rows[j] = v.texts(row)
		}
		section.Tables[i].Rows = rows
	}
	return section
}

func (v veil) texts(all []Text) []Text {
	out := make([]Text, len(all))
	for i, text := range all {
		out[i] = v.text(text)
	}
	return out
}

func (v veil) text(text Text) Text {
	if strings.TrimSpace(text.Words) == "" {
		return text
	}
	switch text.Kind {
	case Ours:
		return text
	case Person:
		text.Words = pseudonym.Of("member", v.salt, text.Words)
	case Site:
		text.Words = pseudonym.Of("site", v.salt, text.Words)
	case Private:
		text.Words = hiddenText
	case Advice:
		text.Words = v.scrub(quoted.ReplaceAllString(text.Words, "“"+hiddenText+"”"))
	default:
		text.Words = v.scrub(text.Words)
	}
	return text
}

// scrub takes out of a text whatever names somebody: what is known to, and what looks like it.
func (v veil) scrub(text string) string {
	text = addressLike.ReplaceAllStringFunc(text, func(found string) string { return pseudonym.Of("member", v.salt, found) })
	for _, name := range v.names {
		text = name.looks.ReplaceAllLiteralString(text, name.pseudonym)
	}
	text = urlLike.ReplaceAllStringFunc(text, v.place)
	text = pathLike.ReplaceAllString(text, hiddenText)
	return hostLike.ReplaceAllStringFunc(text, v.place)
}

func (v veil) place(found string) string {
	if ourFiles.MatchString(found) {
		return found
	}
	return pseudonym.Of("site", v.salt, found)
}
