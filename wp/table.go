package wp

import (
	"fmt"
	"io"
	"slices"

	"allyswitch/crm/address"
)

// Table reads the rows of a CSV file whose columns may have any names: a list of subscriptions, the students of a course platform. Encoding, delimiter and
// damage are dealt with as in an export of users. It is not safe for use by several goroutines.
type Table struct {
	// Columns are the headings as they stand in the file, without outer spaces; empty and repeated ones are numbered.
	Columns []string
	samples [][]string
	secrets []string
	rows    *records
}

// TableRow is one row. Its cells are cleaned, and those of columns that hold passwords or login tokens are empty.
type TableRow struct {
	// Line is the physical line where the row begins, from 1.
	Line  int
	Cells []string
	// Unreadable says that the row does not fit the heading; its cells mean nothing then.
	Unreadable bool
}

// OpenTable looks at the beginning of a file. known says which headings are expected, in lower case: they help to find the delimiter. A file that is no CSV or
// is empty gives a *FileError.
func OpenTable(r io.Reader, known func(name string) bool) (*Table, error) {
	src, err := openSource(r)
	if err != nil {
		return nil, err
	}
	head, err := peek(src.Reader)
	if err != nil {
		return nil, fmt.Errorf("reading the beginning of the file: %w", err)
	}
	found, ok := findHeading(head, known)
	if !ok {
		return nil, unreadableHeading()
	}
	if slices.ContainsFunc(found.cells, address.Valid) || slices.ContainsFunc(found.cells, looksSecret) {
		return nil, &FileError{"no-heading", "The first row of this file is data already, but it should name the columns. Export the file again, with headings."}
	}
	rows, err := afterHeading(src, found)
	if err != nil {
		return nil, err
	}
	rows.begins = func(line []byte) bool {
		cells, whole := cutLine(line, found.delim, nil)
		return whole && len(cells) == len(found.cells)
	}
	rows.oneLine = make([]bool, len(found.cells))
	table := &Table{Columns: found.cells, samples: sampleRows(head, found), rows: rows}
	table.secrets = secretColumns(found.cells, table.samples)
	if len(table.samples) == 0 {
		return nil, &FileError{"only-heading", "This file has a heading and nothing below it. Export it again, wait until the download has finished, and choose the new file."}
	}
	return table, nil
}

// Secret says whether a column holds passwords or login tokens. It is never read.
func (t *Table) Secret(heading string) bool { return slices.Contains(t.secrets, heading) }

// Values are values of a column from the beginning of the file, none of a secret one. They are for a judgement and not for keeping.
func (t *Table) Values(column int) []string {
	if column >= len(t.Columns) || t.Secret(t.Columns[column]) {
		return nil
	}
	return withoutSecrets(valuesOf(t.samples, column))
}

// Next returns the next row, or io.EOF after the last. Other errors come from the reader below and end the file.
func (t *Table) Next() (TableRow, error) {
	record, err := t.rows.next()
	if err != nil {
		return TableRow{}, err
	}
	row := TableRow{Line: record.line, Cells: make([]string, len(t.Columns)), Unreadable: record.trouble != ""}
	for i, cell := range record.cells {
		if i < len(t.Columns) && !row.Unreadable && !t.Secret(t.Columns[i]) {
			var made notes
			row.Cells[i] = cleanText(string(cell.value(nil)), &made)
		}
	}
	return row, nil
}
