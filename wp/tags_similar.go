package wp

import (
	"fmt"
	"slices"
	"strings"
)

// similarNames finds names that a person takes for one and AccessAlly does not. Each pair is reported once, for what it
// differs in least.
func similarNames(names []string) []Finding {
	var findings []Finding
	together := map[string]bool{}
	for _, likeness := range []struct {
		code string
		fold func(string) string
		says string
	}{
		{TagCase, foldCase, "differ only in upper and lower case"},
		{TagSpaces, foldSpaces, "differ only in spaces, hyphens or case"},
		{TagLookAlike, foldLetters, "differ only in letters or signs that look the same"},
	} {
		groups := map[string][]string{}
		for _, name := range names {
			fold := likeness.fold(name)
			groups[fold] = append(groups[fold], name)
		}
		for _, name := range names {
			group := groups[likeness.fold(name)]
			if len(group) < 2 || group[0] != name || together[strings.Join(group, "\x00")] {
				continue
			}
			together[strings.Join(group, "\x00")] = true
			findings = append(findings, Finding{Code: likeness.code, Value: strings.Join(group, " | "),
				Sentence: fmt.Sprintf("The tags %s %s. AccessAlly takes them for different tags, and some CRMs for one. Check that each is meant, and rename one if not.", quoted(group), likeness.says)})
		}
	}
	return findings
}

func quoted(names []string) string {
	names = slices.Clone(names)
	for i, name := range names {
		names[i] = "“" + shorten(name) + "”"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// unknownTags are the names of the file that are not among the known ones.
func unknownTags(names, known []string) []Finding {
	var findings []Finding
	for _, name := range names {
		if !slices.Contains(known, name) {
			findings = append(findings, Finding{Code: UnknownTag, Value: name,
				Sentence: fmt.Sprintf("The tag “%s” is not among the tags of your site. Check its spelling, capitals and spaces included.", shorten(name))})
		}
	}
	return findings
}
