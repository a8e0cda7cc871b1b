package wp

import "bytes"

// phpDialect reads a row as PHP's fputcsv writes it: a quote after a backslash is not doubled, so that `\"` before a
// delimiter may close the cell or belong to it. Which of the two it is follows from the number of cells, and from fputcsv's
// habit of quoting every cell that has a space, tab, quote, backslash, delimiter or line end.
// (PHP manual, fputcsv: escape; and the note on its proprietary escape mechanism.)
type phpDialect struct {
	// literal also takes quotes within unquoted cells as they stand, for files that nobody has quoted properly.
	literal bool
}

// mostSteps bounds the search among all readings of one row.
const mostSteps = 20000

type phpRow struct {
	phpDialect
	text    []byte
	delim   byte
	columns int
	steps   *int
	cells   []span
}

// cut appends exactly the given number of cells, or reports false. It takes its steps from those that are left.
func (d phpDialect) cut(text []byte, delim byte, columns int, cells []span, steps *int) ([]span, bool) {
	row := phpRow{phpDialect: d, text: text, delim: delim, columns: columns, cells: cells, steps: steps}
	ok := row.from(0)
	return row.cells, ok
}

// from reads the cells from one place on. It leaves the cells as they were when no reading fits.
func (p *phpRow) from(at int) bool {
	if *p.steps--; *p.steps < 0 || len(p.cells) >= p.columns {
		return false
	}
	if at < len(p.text) && p.text[at] == '"' {
		return p.quoted(at) || p.literal && p.bare(at)
	}
	return p.bare(at)
}

func (p *phpRow) bare(at int) bool {
	end := bytes.IndexByte(p.text[at:], p.delim)
	if end < 0 {
		end = len(p.text)
	} else {
		end += at
	}
	cell := p.text[at:end]
	if bytes.IndexByte(cell, '\n') >= 0 || !p.literal && bytes.ContainsAny(cell, "\" \t\\") {
		return false
	}
	return p.accept(span{text: cell}, end)
}

// quoted tries each quote that may close the cell, the nearest first.
func (p *phpRow) quoted(from int) bool {
	doubled := false
	for at := from + 1; ; at++ {
		i := bytes.IndexByte(p.text[at:], '"')
		if i < 0 {
			return false
		}
		at += i
		ends := at+1 == len(p.text) || p.text[at+1] == p.delim
		if at > from+1 && p.text[at-1] == '\\' {
			if ends && p.accept(span{text: p.text[from+1 : at], doubled: doubled}, at+1) {
				return true
			}
			continue
		}
		if ends {
			return p.accept(span{text: p.text[from+1 : at], doubled: doubled}, at+1)
		}
		if p.text[at+1] != '"' {
			return false
		}
		doubled = true
		at++
	}
}

// accept takes a cell that ends at the given place and reads on behind it.
func (p *phpRow) accept(cell span, end int) bool {
	p.cells = append(p.cells, cell)
	if end == len(p.text) {
		if len(p.cells) == p.columns {
			return true
		}
	} else if p.from(end + 1) {
		return true
	}
	p.cells = p.cells[:len(p.cells)-1]
	return false
}
