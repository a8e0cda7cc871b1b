package steps

import (
	"strings"

	"allyswitch/wizard/words"
)

// say is fmt.Sprintf for people: "%d {row is|rows are} new".
func say(format string, values ...any) string { return words.Say(format, values...) }

// number writes a count with commas between thousands.
func number[N int | int64](n N) string { return words.Count(int64(n)) }

// several says how many there are of something: "1 request", "2,000 requests". many is the plural where an s does not make it.
func several[N int | int64](n N, one string, many ...string) string {
	return words.Several(int64(n), one, many...)
}

func members[N int | int64](n N) string { return several(n, "member") }

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
