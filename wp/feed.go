package wp

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"allyswitch/crm/address"
)

// feed hands the wanted cells of each row to csvutil, which knows nothing of quotes, lost rows and secrets. It implements
// csvutil.Reader. All other cells, password hashes and session tokens among them, end here.
type feed struct {
	rows   *records
	record record
	// names are the columns in the order in which their cells are handed on, index the place of each in a row.
	names  []string
	index  []int
	text   []byte
	ends   []int
	values []string
	heads  []string
}

func newFeed(rows *records, layout Layout) *feed {
	f := &feed{rows: rows, heads: layout.Columns}
	for _, column := range wantedColumns() {
		f.want(column, layout)
	}
	f.start()
	return f
}

// want adds a column to those that are handed on, if the file has it.
func (f *feed) want(column string, layout Layout) {
	if i := indexOf(layout.Columns, layout.Mapping[column]); i >= 0 {
		f.names, f.index = append(f.names, column), append(f.index, i)
		f.values, f.ends = append(f.values, ""), append(f.ends, 0)
	}
}

// start tells the rows where they can find their place again.
func (f *feed) start() {
	start := rowStart{delim: f.rows.delim, columns: len(f.heads), id: -1, customer: -1, email: -1}
	f.rows.oneLine = make([]bool, len(f.heads))
	for i, name := range f.names {
		f.rows.oneLine[f.index[i]] = name != columnTags
		switch name {
		case ColumnID:
			start.id = f.index[i]
		case ColumnCustomerID:
			start.customer = f.index[i]
		case ColumnEmail:
			start.email = f.index[i]
		}
	}
	f.rows.begins = start.begins
}

func indexOf(columns []string, heading string) int {
	if heading == "" {
		return -1
	}
	for i, column := range columns {
		if column == heading {
			return i
		}
	}
	return -1
}

// Read returns the wanted cells of the next row that holds somebody.
func (f *feed) Read() ([]string, error) {
	for {
		row, err := f.rows.next()
		if err != nil {
			return nil, err
		}
		f.record = row
		f.take()
		if f.record.trouble != "" {
			f.salvage()
			return f.values, nil
		}
		if f.nobody() {
			continue
		}
		for _, value := range f.values {
			if looksSecret(value) {
				clear(f.values)
				f.record.trouble = troubleSecret
			}
		}
		return f.values, nil
	}
}

// take copies the wanted cells of a row into one string and cuts that, so that a row costs one allocation.
func (f *feed) take() {
	f.text = f.text[:0]
	for i, column := range f.index {
		if column < len(f.record.cells) {
			f.text = f.record.cells[column].value(f.text)
		}
		f.ends[i] = len(f.text)
	}
	all, from := string(f.text), 0
	for i, end := range f.ends {
		f.values[i] = all[from:end]
		from = end
	}
}

// nobody says whether a row is blank or is the heading once more, as in files that were joined.
func (f *feed) nobody() bool {
	for _, value := range f.values {
		if value != "" {
			return f.headingAgain()
		}
	}
	for _, cell := range f.record.cells {
		if len(bytes.TrimSpace(cell.text)) > 0 {
			return false
		}
	}
	return true
}

func (f *feed) headingAgain() bool {
	for i, value := range f.values {
		if strings.TrimPrefix(value, "\ufeff") != f.heads[f.index[i]] {
			return false
		}
	}
	return true
}

// salvage keeps of an unreadable row only an ID and an address that cannot be anything else.
func (f *feed) salvage() {
	for i, name := range f.names {
		value := f.values[i]
		switch {
		case (name == ColumnID || name == ColumnCustomerID || name == ColumnLine) && value != "" && len(value) < 19 && allDigits(value):
		case name == ColumnEmail && utf8.ValidString(value) && address.Valid(value):
		default:
			f.values[i] = ""
		}
	}
}

// rowStart knows what the beginning of a row looks like: in an export the same number twice (WebToffee's ID and
// customer_id), else a number or an address in its column.
type rowStart struct {
	delim               byte
	columns             int
	id, customer, email int
	cells               []span
}

func (s *rowStart) begins(line []byte) bool {
	cells, whole := cutLine(line, s.delim, s.cells[:0])
	s.cells = cells
	at := func(i int) ([]byte, bool) {
		if i < 0 || i >= len(cells) {
			return nil, false
		}
		return cells[i].text, true
	}
	id, hasID := at(s.id)
	customer, hasCustomer := at(s.customer)
	email, hasEmail := at(s.email)
	number := hasID && isNumber(id)
	switch {
	case number && hasCustomer && bytes.Equal(id, customer), number && whole && len(cells) == s.columns:
		return true
	case number && hasCustomer, hasID && len(id) > 0 && !number:
		return false
	}
	return hasEmail && bytes.IndexByte(email, '@') > 0 && !bytes.ContainsAny(email, " \t\"")
}

func isNumber(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}
