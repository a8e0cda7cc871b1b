// Package words makes sentences fit the numbers in them. It knows nothing of the rest of the program.
package words

import (
	"fmt"
	"strconv"
	"strings"
)

// Count writes a number with commas between thousands.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Say is fmt.Sprintf for people: a whole number (%d) has commas between thousands, and after it {one|many} takes the word that fits:
// "%d {row is|rows are} new". Braces that come with a value stay as they are.
func Say(format string, values ...any) string {
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
			choice, following, _ := strings.Cut(rest[at+1:], "}")
			one, many, _ := strings.Cut(choice, "|")
			text.WriteString(fitting(last, one, many))
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
			last, value, verb = n, Count(n), "%s"
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

// fitting is the word that fits a number.
func fitting(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Several says how many there are of something: "1 request", "2,000 requests". many is the plural where an s does not make it.
func Several(n int64, one string, many ...string) string {
	plural := one + "s"
	if len(many) > 0 {
		plural = many[0]
	}
	return Count(n) + " " + fitting(n, one, plural)
}
