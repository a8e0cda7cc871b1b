package wp

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// notes are the changes that cleaning a cell has made.
type notes uint8

const (
	noteMended     notes = 1 << iota // double encoding undone
	noteWindows                      // bytes that were Windows-1252 in a UTF-8 file
	noteApostrophe                   // formula apostrophe taken away
	noteEntities                     // HTML entities decoded
	noteTrimmed                      // invisible characters and outer spaces taken away
	noteNormalised                   // composed to NFC
	noteControl                      // control characters taken away
)

// cleanText returns a cell as a CRM should see it, and adds to made what it took to get there. Nearly all cells are plain and
// come back as they are. The order matters: double encoding happened last on the site, so it is undone first, and its bytes
// include the non-breaking space, so nothing is trimmed before.
func cleanText(text string, made *notes) string {
	if isPlain(text) {
		return text
	}
	text = decodeBytes(text, made)
	text = mendEncoding(text, made)
	text = decodeEntities(text, made)
	text = dropUnseen(text, made)
	if !norm.NFC.IsNormalString(text) {
		text = norm.NFC.String(text)
		*made |= noteNormalised
	}
	return trimAndUnguard(text, made)
}

// cleanAddress is cleanText for an e-mail address, which has no use for joiners within either.
func cleanAddress(text string, made *notes) string {
	if isPlain(text) {
		return text
	}
	text = cleanText(text, made)
	visible := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	if visible != text {
		*made |= noteTrimmed
	}
	return trimAndUnguard(visible, made)
}

// isPlain says that nothing has to be done: printable ASCII without outer spaces, entities or a leading apostrophe.
func isPlain(text string) bool {
	if text == "" {
		return true
	}
	if text[0] == ' ' || text[0] == '\'' || text[len(text)-1] == ' ' {
		return false
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '&' {
			return false
		}
	}
	return true
}

// decodeBytes reads bytes that are no UTF-8 as Windows-1252: then they cannot be anything else that Windows writes.
func decodeBytes(text string, made *notes) string {
	if utf8.ValidString(text) {
		return text
	}
	*made |= noteWindows
	var decoded strings.Builder
	for i := range len(text) {
		decoded.WriteRune(charmap.Windows1252.DecodeByte(text[i]))
	}
	return decoded.String()
}

// mendEncoding undoes what WebToffee 2.6.5 and later does on PHP 8.1 and later: UTF-8 taken for Windows-1252 and encoded
// again. Each character is mapped back to its byte; only if all of them have one, and the bytes are UTF-8, are they taken.
// A name that is right cannot pass that test by accident.
func mendEncoding(text string, made *notes) string {
	for range 3 {
		mended, ok := encodedTwice(text)
		if !ok {
			break
		}
		text = mended
		*made |= noteMended
	}
	return text
}

func encodedTwice(text string) (string, bool) {
	back := make([]byte, 0, len(text))
	ascii := true
	for _, r := range text {
		ascii = ascii && r < utf8.RuneSelf
		if r <= 0xff {
			back = append(back, byte(r))
			continue
		}
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return "", false
		}
		back = append(back, b)
	}
	if ascii || !utf8.Valid(back) {
		return "", false
	}
	return string(back), true
}

// decodeEntities decodes "&amp;" and its like once. Without its semicolon an entity stays: "R&D" is a name.
func decodeEntities(text string, made *notes) string {
	if strings.IndexByte(text, '&') < 0 {
		return text
	}
	var out strings.Builder
	for {
		start := strings.IndexByte(text, '&')
		if start < 0 {
			break
		}
		out.WriteString(text[:start])
		text = text[start:]
		end := strings.IndexAny(text[1:], ";& ") + 1
		if end <= 0 || text[end] != ';' {
			out.WriteByte('&')
			text = text[1:]
			continue
		}
		decoded := html.UnescapeString(text[:end+1])
		if decoded != text[:end+1] {
			*made |= noteEntities
		}
		out.WriteString(decoded)
		text = text[end+1:]
	}
	out.WriteString(text)
	return out.String()
}

// dropUnseen takes control characters, direction overrides and zero-width spaces away and turns odd spaces into plain ones.
// The zero-width joiners stay: emoji families and Persian names need them.
func dropUnseen(text string, made *notes) string {
	var dropped notes
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			dropped |= noteTrimmed
			return ' '
		case unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			dropped |= noteControl
			return -1
		case r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == '\u00ad' || r == '\u180e':
			dropped |= noteTrimmed
			return -1
		case r != ' ' && unicode.Is(unicode.Zs, r):
			dropped |= noteTrimmed
			return ' '
		}
		return r
	}, text)
	*made |= dropped
	return text
}

// trimAndUnguard takes outer spaces and the apostrophe before a formula character away until neither is left, so that what
// is written and read again stays the same.
func trimAndUnguard(text string, made *notes) string {
	for {
		trimmed := strings.TrimFunc(text, func(r rune) bool {
			return unicode.IsSpace(r) || r == '\u200c' || r == '\u200d' || r == '\u200e' || r == '\u200f'
		})
		if trimmed != text {
			*made |= noteTrimmed
		}
		text = unguard(trimmed)
		if len(text) == len(trimmed) {
			return text
		}
		*made |= noteApostrophe
	}
}

// unguard takes away the apostrophe that exporters put before a cell which a spreadsheet would take for a formula.
func unguard(text string) string {
	if len(text) > 1 && text[0] == '\'' && isFormula(text[1]) {
		return text[1:]
	}
	return text
}

type dateState int

const (
	dateGood dateState = iota
	dateZero
	dateBad
)

const dateShape = "0000-00-00 00:00:00"

// readDate returns a date as WordPress stores it. It takes WordPress's own form, ISO 8601 with "T", "Z" or a zero offset, and
// dates without seconds or time. It never guesses which of two numbers is the month.
func readDate(text string) (string, dateState) {
	if isDate(text) {
		return text, dateGood
	}
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, "0000-00-00") || strings.HasPrefix(text, "-001-11-30") || strings.HasPrefix(text, "-0001-11-30") {
		return "", dateZero
	}
	date := text
	for _, zone := range []string{"Z", "+00:00", "+0000", " UTC"} {
		date = strings.TrimSuffix(date, zone)
	}
	if dot := strings.IndexByte(date, '.'); dot == len(dateShape) && allDigits(date[dot+1:]) {
		date = date[:dot]
	}
	if len(date) > 10 && date[10] == 'T' {
		date = date[:10] + " " + date[11:]
	}
	if len(date) == len("0000-00-00") || len(date) == len("0000-00-00 00:00") {
		date += " 00:00:00"[len(date)-10:]
	}
	if !isDate(date) {
		return "", dateBad
	}
	return date, dateGood
}

func allDigits(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// isDate says whether text is a date of the shape that WordPress stores, with numbers that a calendar has.
func isDate(text string) bool {
	if len(text) != len(dateShape) {
		return false
	}
	for i := range len(text) {
		digit := text[i] >= '0' && text[i] <= '9'
		if digit != (dateShape[i] == '0') || !digit && text[i] != dateShape[i] {
			return false
		}
	}
	two := func(at int) int { return 10*int(text[at]-'0') + int(text[at+1]-'0') }
	year, month, day := 100*two(0)+two(2), two(5), two(8)
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) &&
		two(11) < 24 && two(14) < 60 && two(17) < 60
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
