package steps

import (
	"fmt"
	"strings"

	"allyswitch/wizard/ui"
)

// say is fmt.Sprintf for people: a count (%d) has commas between thousands, and after it {one|many} takes the word that fits: "%d {row is|rows are} new".
func say(format string, values ...any) string {
	var text strings.Builder
	last := int64(0)
	for rest := format; rest != ""; {
		at := strings.IndexAny(rest, "%{")
		if at < 0 || at == len(rest)-1 {
			text.WriteString(rest)
			break
		}
		text.WriteString(rest[:at])
		verb, after := rest[at:at+2], rest[at+2:]
		if verb[0] == '{' {
			words, following, _ := strings.Cut(rest[at+1:], "}")
			one, many, _ := strings.Cut(words, "|")
			text.WriteString(verbFor(last, one, many))
			rest = following
			continue
		}
		rest = after
		if verb == "%%" || len(values) == 0 {
			text.WriteString("%")
			continue
		}
		value := values[0]
		values = values[1:]
		if n, is := whole(value); is && verb == "%d" {
			last, value, verb = n, number(n), "%s"
		}
		fmt.Fprintf(&text, verb, value)
	}
	return text.String()
}

// whole is a value as a count.
func whole(value any) (int64, bool) {
	switch n := value.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	}
	return 0, false
}

// number writes a count with commas between thousands.
func number[N int | int64](n N) string { return ui.Count(int64(n)) }

// several says how many there are of something: "1 request", "2,000 requests". many is the plural where an s does not make it.
func several[N int | int64](n N, one string, many ...string) string {
	if n == 1 {
		return "1 " + one
	}
	if len(many) > 0 {
		return number(n) + " " + many[0]
	}
	return number(n) + " " + one + "s"
}

func members[N int | int64](n N) string { return several(n, "member") }

// verbFor is the word that fits a number.
func verbFor(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// listed is the list of an answer that holds several, parted by |. Nothing is in it twice.
func listed(text string) []string {
	var parts []string
	seen := map[string]bool{}
	for _, part := range strings.Split(text, "|") {
		if part = strings.TrimSpace(part); part != "" && !seen[part] {
			parts, seen[part] = append(parts, part), true
		}
	}
	return parts
}
