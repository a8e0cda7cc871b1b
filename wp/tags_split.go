package wp

import (
	"slices"
	"strings"
)

// tagSplitter cuts a cell of tags. The rule, in this order:
//
//  1. A cell that is a known tag as a whole is that tag, whatever signs it has.
//  2. If any cell of the file has a line break, line breaks separate; else "|" if any has one; else ";"; else ",". One file
//     has one separator: with "Gold; Silver" in one row, "Smith, Jones & Co" in another is one tag.
//  3. A part in double quotes is one tag, with a quote in it doubled, as in "Gold, yearly",Silver.
//  4. Where the separator is a comma and known tags have commas themselves, neighbouring parts that make a known tag
//     together are put together again, the longest first.
type tagSplitter struct {
	separator byte
	known     map[string]bool
}

// separatorOf finds the separator of a file by its cells.
func separatorOf(seen map[byte]bool) byte {
	for _, separator := range []byte("\n|;") {
		if seen[separator] {
			return separator
		}
	}
	return ','
}

// signsIn notes which separators a cell has outside quotes. A known tag says nothing.
func signsIn(cell string, known map[string]bool, seen map[byte]bool) {
	if known[cleanTag(cell)] {
		return
	}
	inside, begins := false, true
	for i := range len(cell) {
		switch c := cell[i]; {
		case c == '"' && (inside || begins):
			inside, begins = !inside, false
		case inside || c == ' ':
		case c == '\r' || c == '\n':
			seen['\n'] = seen['\n'] || strings.TrimSpace(cell[i:]) != "" && strings.TrimSpace(cell[:i]) != ""
			begins = true
		case c == '|' || c == ';':
			seen[c], begins = true, true
		default:
			begins = c == ','
		}
	}
}

// quoteTag writes a name that has a separator in it as one part.
func quoteTag(name string) string {
	if !strings.ContainsAny(name, "\",;|\n") {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (s tagSplitter) split(cell string) []string {
	cell = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(cell)
	if whole := cleanTag(cell); s.known[whole] || whole == "" {
		return nonEmpty(whole)
	}
	parts := s.parts(cell)
	if s.separator == ',' {
		parts = s.join(parts)
	}
	var names []string
	for _, part := range parts {
		if name := cleanTag(part); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func nonEmpty(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// parts cuts at the separator outside of quotes. Quotes that do not enclose a whole part belong to the name.
func (s tagSplitter) parts(cell string) []string {
	var parts []string
	for {
		if part, rest, ok := s.quotedPart(cell); ok {
			parts = append(parts, part)
			if rest == "" {
				return parts
			}
			cell = rest[1:]
			continue
		}
		part, rest, more := strings.Cut(cell, string(s.separator))
		parts = append(parts, part)
		if !more {
			return parts
		}
		cell = rest
	}
}

func (s tagSplitter) quotedPart(cell string) (part, rest string, ok bool) {
	text := strings.TrimLeft(cell, " \t\u00a0")
	if !strings.HasPrefix(text, `"`) {
		return "", "", false
	}
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' {
			i++
			continue
		}
		rest = strings.TrimLeft(text[i+1:], " \t\u00a0")
		ok = rest == "" || rest[0] == s.separator
		return strings.ReplaceAll(text[1:i], `""`, `"`), rest, ok
	}
	return "", "", false
}

// join puts neighbouring parts together that make a known tag.
func (s tagSplitter) join(parts []string) []string {
	if len(s.known) == 0 {
		return parts
	}
	var joined []string
	for i := 0; i < len(parts); {
		take := 1
		for n := len(parts) - i; n > 1; n-- {
			if s.known[cleanTag(strings.Join(parts[i:i+n], ","))] {
				take = n
				break
			}
		}
		joined = append(joined, strings.Join(parts[i:i+take], ","))
		i += take
	}
	return joined
}
