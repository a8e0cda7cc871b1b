package wp

import (
	"io"
	"strconv"
	"strings"
)

// Stored is a user as WordPress keeps it, before anything is cleaned: read over the site's REST API, over XML-RPC or by the companion plugin.
type Stored struct {
	ID          int64
	Login       string
	Email       string
	FirstName   string
	LastName    string
	DisplayName string
	// Registered is as WordPress stores or answers it: "2020-01-02 00:01:01" or "2020-01-02T00:01:01+00:00", UTC; the zero date in any of its spellings.
	Registered string
	Roles      []string
}

// Member is the user as the cleaned export of the same site has them: both are cleaned by the same rules.
func (u Stored) Member() Member {
	var made notes
	id := strconv.FormatInt(u.ID, 10)
	registered, _ := readDate(u.Registered)
	return Member{ID: u.ID, CustomerID: id, Email: cleanAddress(u.Email, &made), Registered: registered,
		FirstName: cleanText(u.FirstName, &made), LastName: cleanText(u.LastName, &made), Login: cleanText(u.Login, &made),
		DisplayName: cleanText(u.DisplayName, &made), Roles: splitRoles(cleanText(strings.Join(u.Roles, ", "), &made))}
}

// StoredWriter writes users as an export file, so that Clean, with its findings and decisions, works on what was read from the
// site itself just as on a file that was downloaded. The file has no column with secrets.
type StoredWriter struct{ rows *rowWriter }

// NewStoredWriter begins a file. Nothing is written before Write or Flush.
func NewStoredWriter(out io.Writer) *StoredWriter {
	rows := newRowWriter(out, "the export")
	rows.buf = append(rows.buf, "\xef\xbb\xbf"...)
	w := &StoredWriter{rows}
	for _, column := range storedColumns() {
		rows.add(column)
	}
	rows.buf[len(rows.buf)-1] = '\n'
	return w
}

func storedColumns() []string {
	return append(MemberColumns(), ColumnLogin, ColumnDisplayName, ColumnRoles)
}

// Write adds a user.
func (w *StoredWriter) Write(u Stored) error {
	id := strconv.FormatInt(u.ID, 10)
	return w.rows.row(id, id, u.Email, u.Registered, u.FirstName, u.LastName, u.Login, u.DisplayName, strings.Join(u.Roles, ", "))
}

// Flush writes what is still held back. Without it the file is incomplete.
func (w *StoredWriter) Flush() error { return w.rows.flush() }
