package wp

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Kind is the tool that an export file seems to come from.
type Kind string

// The kinds of file that are told apart by their headings.
const (
	KindQuick     Kind = "WebToffee quick export"
	KindAdvanced  Kind = "WebToffee advanced export"
	KindUsers     Kind = "WebToffee export from the Users screen"
	KindWPCLI     Kind = "wp-cli user list"
	KindSixColumn Kind = "six columns"
	KindRejected  Kind = "rejected.csv"
	KindUnknown   Kind = "unknown"
)

// Layout is what a look at the beginning of a file tells about it.
type Layout struct {
	Kind Kind
	// Encoding is one of the Encoding constants.
	Encoding  string
	Delimiter rune
	// LineEnds is LF, CRLF or CR.
	LineEnds string
	// Columns are the headings as they stand in the file, without outer spaces. An empty one is called "(column 3)", and one that
	// stands there before "Email (column 3)".
	Columns []string
	// Mapping is what is used to read the file: the columns of the caller's mapping, else those whose heading matches exactly.
	Mapping Mapping
	// Proposed is Mapping with the best guess for the other columns, judged by the name of the heading and the values below it.
	Proposed Mapping
	// Missing are the columns of MemberColumns that neither Mapping nor Proposed has.
	Missing []string
	// Secrets are the headings of password hashes and session tokens. They are dropped at once.
	Secrets []string
	// NeedsMapping says that a person should look at Proposed before the file is read.
	NeedsMapping bool
	// Samples are up to three values of each column for that look, none of a secret one. They are not for keeping.
	Samples map[string][]string `json:"-"`
}

// webtoffeeColumns are the headings of WebToffee 2.7.2 in order (its data-user-columns.php). The 27 base columns come first.
// wp_user_level stands for any table prefix.
var webtoffeeColumns = [...]string{"ID", "customer_id", "user_login", "user_pass", "user_nicename", "user_email", "user_url",
	"user_registered", "display_name", "first_name", "last_name", "user_status", "roles", "nickname", "description",
	"rich_editing", "syntax_highlighting", "admin_color", "use_ssl", "show_admin_bar_front", "locale", "wp_user_level",
	"dismissed_wp_pointers", "show_welcome_panel", "session_tokens", "last_update", "is_guest_user", "orders",
	"billing_first_name", "billing_last_name", "billing_company", "billing_email", "billing_phone", "billing_address_1",
	"billing_address_2", "billing_postcode", "billing_city", "billing_state", "billing_country", "shipping_first_name",
	"shipping_last_name", "shipping_company", "shipping_phone", "shipping_address_1", "shipping_address_2",
	"shipping_postcode", "shipping_city", "shipping_state", "shipping_country", "wc_last_active", "total_spent", "aov"}

const webtoffeeBase = 27

// headingName is a heading as it is compared: without case, outer spaces and a stray byte order mark, in WebToffee's
// present spelling (up to 2.6.4 it wrote is_geuest_user) and with the usual table prefix.
func headingName(heading string) string {
	name := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(heading, "\ufeff")))
	switch {
	case name == "is_geuest_user":
		return ColumnGuest
	case strings.HasSuffix(name, "_user_level"):
		return "wp_user_level"
	}
	return name
}

func knownHeading(name string) bool {
	for _, known := range webtoffeeColumns {
		if strings.ToLower(known) == name {
			return true
		}
	}
	switch name {
	case ColumnLine, ColumnReason, ColumnAdvice, "user_activation_key", "spam", "deleted", "url":
		return true
	}
	return strings.HasPrefix(name, "meta:")
}

// heading is the first row of a file and how it was found.
type heading struct {
	delim byte
	cells []string
	// quoted says that every heading stands in quotes, as WebToffee's Users screen writes them.
	quoted bool
	// sepLine says that Excel's "sep=;" stands before the heading.
	sepLine bool
}

// findHeading tries the delimiters and takes the one that gives the most known headings, else the most cells.
func findHeading(head []byte, known func(string) bool) (heading, bool) {
	head, sepLine := cutSepLine(head)
	best, bestScore := heading{}, 0
	for _, delim := range []byte{',', ';', '\t', '|'} {
		found, ok := headingBy(head, delim)
		if !ok {
			continue
		}
		score := len(found.cells)
		for _, cell := range found.cells {
			if known(headingName(cell)) {
				score += 1000
			}
		}
		if score > bestScore {
			best, bestScore = found, score
		}
	}
	best.sepLine = sepLine
	return best, bestScore > 0
}

// cutSepLine takes away the line "sep=;" that tells Excel the delimiter.
func cutSepLine(head []byte) ([]byte, bool) {
	line := firstLine(head)
	if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) {
		return bytes.TrimPrefix(bytes.TrimPrefix(head[5:], []byte("\r")), []byte("\n")), true
	}
	return head, false
}

func headingBy(head []byte, delim byte) (heading, bool) {
	rows := newRecords(bytes.NewReader(head), delim)
	first, err := rows.next()
	if err != nil || first.trouble != "" {
		return heading{}, false
	}
	found := heading{delim: delim, quoted: true}
	for _, cell := range first.cells {
		found.cells = append(found.cells, cleanHeading(string(cell.value(nil))))
	}
	found.cells = distinct(found.cells)
	text := bytes.TrimSpace(head)
	for i := range found.cells {
		if len(text) < len(first.cells[i].text)+2 || text[0] != '"' {
			found.quoted = false
			break
		}
		text = text[len(first.cells[i].text)+2:]
		text = bytes.TrimPrefix(text, []byte{delim})
	}
	return found, true
}

// distinct gives empty headings and those that stand there twice a name of their own, by the number of their column.
func distinct(headings []string) []string {
	for i, heading := range headings {
		if heading == "" || slices.Contains(headings[:i], heading) {
			headings[i] = strings.TrimSpace(fmt.Sprintf("%s (column %d)", heading, i+1))
		}
	}
	return headings
}

// cleanHeading undoes what the exporter or a spreadsheet has done to a heading.
func cleanHeading(text string) string {
	var notes notes
	return cleanText(text, &notes)
}

// sampleRows reads the whole rows after the heading that are in the first bytes of the file, for a judgement by values.
func sampleRows(head []byte, found heading) [][]string {
	head, _ = cutSepLine(head)
	if cut := bytes.LastIndexByte(head, '\n'); cut >= 0 && len(head) == sniffSize {
		head = head[:cut]
	}
	rows := newRecords(bytes.NewReader(head), found.delim)
	if _, err := rows.next(); err != nil {
		return nil
	}
	rows.columns, rows.begins = len(found.cells), func(line []byte) bool {
		cells, whole := cutLine(line, found.delim, nil)
		return whole && len(cells) == len(found.cells)
	}
	var samples [][]string
	for len(samples) < 200 {
		row, err := rows.next()
		if err == io.EOF || err != nil {
			break
		}
		if row.trouble != "" {
			continue
		}
		values := make([]string, len(row.cells))
		for i, cell := range row.cells {
			values[i] = string(cell.value(nil))
		}
		samples = append(samples, values)
	}
	return samples
}

// kindOf tells the tool by the headings.
func kindOf(found heading) Kind {
	names := make([]string, len(found.cells))
	webtoffee := 0
	for i, cell := range found.cells {
		names[i] = headingName(cell)
		if slices.ContainsFunc(webtoffeeColumns[:], func(known string) bool { return strings.ToLower(known) == names[i] }) {
			webtoffee++
		}
	}
	has := func(wanted ...string) bool {
		return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(names, strings.ToLower(w)) })
	}
	switch {
	case has(ColumnLine, ColumnReason, ColumnEmail):
		return KindRejected
	case len(names) == 6 && has(MemberColumns()...):
		return KindSixColumn
	case has("user_login", "display_name", "roles") && !has("customer_id") && !has("user_pass"):
		return KindWPCLI
	case webtoffee >= webtoffeeBase && found.quoted:
		return KindUsers
	case isQuick(names):
		return KindQuick
	case webtoffee >= 10 || has(ColumnCustomerID, "user_login"):
		return KindAdvanced
	}
	return KindUnknown
}

// isQuick says whether the headings are all of WebToffee's in its order, with or without WooCommerce's.
func isQuick(names []string) bool {
	if len(names) != webtoffeeBase && len(names) != len(webtoffeeColumns) {
		return false
	}
	for i, name := range names {
		if strings.ToLower(webtoffeeColumns[i]) != name {
			return false
		}
	}
	return true
}
