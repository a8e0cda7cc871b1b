package wp

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// table is an export as its cells, without any dialect.
type table struct {
	heading []string
	rows    [][]string
}

// realTable is the real export, cut into cells.
func realTable(t testing.TB) table {
	t.Helper()
	rows := newRecords(strings.NewReader(strings.TrimPrefix(readReal(t), "\ufeff")), ',')
	heading, err := rows.next()
	if err != nil {
		t.Fatal(err)
	}
	read := table{heading: cellTexts(heading)}
	start := rowStart{delim: ',', columns: 27, id: 0, customer: 1, email: 5}
	rows.columns, rows.begins = len(read.heading), start.begins
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return read
		}
		if err != nil || row.trouble != "" {
			t.Fatal(err, row.trouble)
		}
		read.rows = append(read.rows, cellTexts(row))
	}
}

func cellTexts(row record) []string {
	var texts []string
	for _, cell := range row.cells {
		texts = append(texts, string(cell.value(nil)))
	}
	return texts
}

// pick keeps some columns, in another order perhaps.
func (t table) pick(columns ...string) table {
	picked := table{heading: columns}
	for _, row := range t.rows {
		var cells []string
		for _, column := range columns {
			cell := ""
			if i := slices.Index(t.heading, column); i >= 0 {
				cell = row[i]
			}
			cells = append(cells, cell)
		}
		picked.rows = append(picked.rows, cells)
	}
	return picked
}

// rename gives columns other headings: old, new, old, new …
func (t table) rename(names ...string) table {
	t.heading = slices.Clone(t.heading)
	for i := 0; i < len(names); i += 2 {
		t.heading[slices.Index(t.heading, names[i])] = names[i+1]
	}
	return t
}

// change makes each cell of a column another.
func (t table) change(column string, change func(string) string) table {
	at := slices.Index(t.heading, column)
	changed := table{heading: t.heading}
	for _, row := range t.rows {
		row = slices.Clone(row)
		row[at] = change(row[at])
		changed.rows = append(changed.rows, row)
	}
	return changed
}

// write writes the table with one way of quoting.
func (t table) write(delim, lineEnd string, quote func(cell, delim string) string) string {
	var out strings.Builder
	for _, row := range append([][]string{t.heading}, t.rows...) {
		for i, cell := range row {
			if i > 0 {
				out.WriteString(delim)
			}
			out.WriteString(quote(cell, delim))
		}
		out.WriteString(lineEnd)
	}
	return out.String()
}

// php quotes as fputcsv does: a quote after a backslash is not doubled.
func php(cell, delim string) string {
	if !strings.ContainsAny(cell, delim+"\" \t\n\r\\") {
		return cell
	}
	var out bytes.Buffer
	out.WriteByte('"')
	escaped := false
	for i := range len(cell) {
		switch c := cell[i]; {
		case c == '\\':
			escaped = true
		case c == '"' && !escaped:
			out.WriteByte('"')
		default:
			escaped = false
		}
		out.WriteByte(cell[i])
	}
	out.WriteByte('"')
	return out.String()
}

// spreadsheet quotes as RFC 4180 asks, and only where needed.
func spreadsheet(cell, delim string) string {
	if !strings.ContainsAny(cell, delim+"\"\n\r") {
		return cell
	}
	return everyCell(cell, delim)
}

// everyCell quotes all, as WebToffee's Users screen does.
func everyCell(cell, _ string) string { return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"` }

func TestOurFputcsvWritesTheRealFile(t *testing.T) {
	if got := "\ufeff" + realTable(t).write(",", "\n", php); got != readReal(t) {
		t.Error("the real export, cut into cells and written again, is another file")
	}
}
