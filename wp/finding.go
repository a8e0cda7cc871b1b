package wp

import (
	"fmt"
	"strings"
)

// The findings about a row. Those of the first group are fatal: the row goes to rejected.csv.
const (
	NoEmail       = "no-email"
	BadEmail      = "bad-email"
	TwinEmail     = "twin-email"
	TwinID        = "twin-id"
	NoID          = "no-id"
	Guest         = "guest"
	UnreadableRow = "unreadable-row"
	LeftOut       = "left-out"

	ZeroDate          = "zero-date"
	BadDate           = "bad-date"
	NoRole            = "no-role"
	OtherCustomerID   = "other-customer-id"
	MendedEncoding    = "mended-encoding"
	MendedQuotes      = "mended-quotes"
	FormulaApostrophe = "formula-apostrophe"
	DecodedEntities   = "decoded-entities"
	Trimmed           = "trimmed"
	ControlCharacters = "control-characters"
	Normalised        = "normalised"
)

// Finding is one thing about a row that its owner may want to know.
type Finding struct {
	// Code is one of the constants above.
	Code string
	// Column is the heading it is about, as it stands in the file; empty when it is about the whole row.
	Column string
	// Value is what stands there, cleaned and cut to 80 characters. It is never taken from a column of secrets.
	Value string
	// Sentence names row and column and says what to do, for the site owner.
	Sentence string
	// Fatal says that the row cannot become a member as it is.
	Fatal bool
}

// note is a finding before its sentence has been written, which most rows' notes never need.
type note struct {
	code, column, value string
	trouble             trouble
	// first is the row that was kept, for a twin.
	first int
}

func (n note) fatal() bool {
	switch n.code {
	case NoEmail, BadEmail, TwinEmail, TwinID, NoID, Guest, UnreadableRow, LeftOut:
		return true
	}
	return false
}

// place is where a row stands.
type place struct{ line, row int }

// String names the row as a spreadsheet numbers it, and the line when a text editor numbers it otherwise.
func (p place) String() string {
	if p.line == p.row {
		return fmt.Sprintf("Row %d", p.row)
	}
	return fmt.Sprintf("Row %d (line %d in a text editor)", p.row, p.line)
}

func (n note) finding(at place) Finding {
	value := shorten(n.value)
	where := at.String()
	if n.column != "" {
		where += ", column " + n.column
	}
	return Finding{Code: n.code, Column: n.column, Value: value, Fatal: n.fatal(), Sentence: where + ": " + n.says(value)}
}

func shorten(value string) string {
	if runes := []rune(value); len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return value
}

// says is what a finding tells the owner, behind row and column.
func (n note) says(value string) string {
	switch n.code {
	case NoEmail:
		return "there is no e-mail address. A CRM knows people by their address, so this person cannot be moved. Fill one in, or leave the person out."
	case BadEmail:
		return fmt.Sprintf("“%s” is not an e-mail address. Correct it, here and in WordPress, or leave the person out.", value)
	case TwinEmail:
		return fmt.Sprintf("“%s” is also the address of the person in row %d, who is kept. A CRM has one contact for one address. Give one of the two another address, or leave one out.", value, n.first)
	case TwinID:
		return fmt.Sprintf("an earlier row has the WordPress ID %s already. If it is the same person, leave this row out; if not, export the users again.", value)
	case NoID:
		return fmt.Sprintf("“%s” is not a WordPress user ID. Fill in the number that WordPress shows for this person, or leave the row out.", value)
	case Guest:
		return "this is a guest customer who has no account on the site, so there is no access to move. Leave the row out. A person who should be in your CRM all the same goes there with the CRM's own import."
	case UnreadableRow:
		return n.trouble.says()
	case LeftOut:
		return "you have chosen to leave this person out."
	}
	return n.noteSays(value)
}

func (n note) noteSays(value string) string {
	switch n.code {
	case ZeroDate:
		return "the site has no date of registration for this person. The date stays empty; nothing to do."
	case BadDate:
		return fmt.Sprintf("“%s” is not a date that can be read with certainty, so it stays empty. Write it as 2024-12-31 23:59:00 if your CRM should have it.", value)
	case NoRole:
		return "this person has no role on the site. They are moved like everybody else; check in WordPress whether that is meant."
	case OtherCustomerID:
		return fmt.Sprintf("“%s” differs from the WordPress ID, although exports have the same number in both. It is kept as it is; check whether two files were mixed.", value)
	case MendedEncoding:
		return fmt.Sprintf("the exporter had garbled the letters; now it reads “%s”. Nothing to do.", value)
	case MendedQuotes:
		return "the exporter's quotes did not fit the usual rules. The row could be read all the same; nothing to do."
	case FormulaApostrophe:
		return fmt.Sprintf("the apostrophe that guards against formulas was taken away; now it reads “%s”. Nothing to do.", value)
	case DecodedEntities:
		return fmt.Sprintf("WordPress had stored signs as code; now it reads “%s”. Nothing to do.", value)
	case Trimmed:
		return fmt.Sprintf("needless or invisible spaces were taken away; now it reads “%s”. Nothing to do.", value)
	case ControlCharacters:
		return fmt.Sprintf("control characters that nobody can see were taken away; now it reads “%s”. Nothing to do.", value)
	case Normalised:
		return fmt.Sprintf("letters and their accents were joined, so that “%s” can be found. Nothing to do.", value)
	}
	return "see the documentation of this finding."
}

func (t trouble) says() string {
	if t == troubleCut {
		return t.cause() + " Export the users again and choose the new file."
	}
	return t.cause() + " Look the person up in WordPress and fill in the row by hand, or leave it out."
}

func (t trouble) cause() string {
	switch t {
	case troubleFewer:
		return "this row has fewer cells than the heading has columns."
	case troubleMore:
		return "this row has more cells than the heading has columns."
	case troubleLong:
		return "this row is longer than any row of users, so a quote is probably missing."
	case troubleCut:
		return "the file ends in the middle of this row, so the download was cut off."
	case troubleSecret:
		return "the cells of this row have shifted: what looks like a password hash stands in another column."
	}
	return "the quotes in this row fit no way of writing CSV, so nobody can tell its cells apart."
}

// codes are the findings for what cleaning a cell has done, most telling first.
func (made notes) codes(windowsFile bool) []string {
	var codes []string
	add := func(flag notes, code string) {
		if made&flag != 0 {
			codes = append(codes, code)
		}
	}
	if windowsFile {
		made &^= noteWindows
	}
	if made&noteWindows != 0 {
		made |= noteMended
	}
	add(noteMended, MendedEncoding)
	add(noteApostrophe, FormulaApostrophe)
	add(noteEntities, DecodedEntities)
	add(noteControl, ControlCharacters)
	add(noteTrimmed, Trimmed)
	add(noteNormalised, Normalised)
	return codes
}

// splitRoles cuts "subscriber, customer" (WebToffee) and "subscriber,customer" (wp-cli) into roles.
func splitRoles(text string) []string {
	var roles []string
	for role := range strings.SplitSeq(text, ",") {
		if role = strings.TrimSpace(role); role != "" {
			roles = append(roles, role)
		}
	}
	return roles
}
