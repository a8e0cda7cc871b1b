package wp

import (
	"bytes"
	"errors"
	"io"
)

// longestRecord bounds the memory that one row may take. WordPress biographies are far shorter.
const longestRecord = 1 << 20

// A span is one cell of a row, without its quotes.
type span struct {
	text []byte
	// doubled says that each quote in text stands for a pair that must be made one again.
	doubled bool
}

// value returns the cell as it was before it was quoted. It appends to into, which may be reused.
func (s span) value(into []byte) []byte {
	if !s.doubled {
		return append(into, s.text...)
	}
	text := s.text
	for {
		i := bytes.Index(text, []byte(`""`))
		if i < 0 {
			return append(into, text...)
		}
		into = append(into, text[:i+1]...)
		text = text[i+2:]
	}
}

// records cuts a CSV file into rows. It reads the RFC 4180 dialect (WebToffee's Users screen, spreadsheets) and that of
// PHP's fputcsv (WebToffee's exports, wp-cli), where a quote after a backslash is not doubled; a row that can be read in
// neither way costs that row and not its neighbours. Memory is one buffer that holds at least one row.
type records struct {
	in    io.Reader
	delim byte
	// columns is how many cells each row must have; 0 while the heading is read.
	columns int
	// begins says whether a line looks like the beginning of a row. It is how a lost reader finds its place again.
	begins func(line []byte) bool
	// oneLine are the columns whose cells cannot hold further rows: names and addresses, not biographies.
	oneLine []bool

	buf      []byte
	from, to int
	ended    bool
	failure  error

	line, row int // of the next row
	cells     []span
	attempt   []span
}

// record is one row. Its cells are good until the next call.
type record struct {
	line, row int
	cells     []span
	// trouble is why the row cannot be read, empty when it can.
	trouble trouble
	// mended says that the row was read in PHP's dialect or that the reader had to find its place again.
	mended bool
}

// trouble is why a row cannot be read.
type trouble string

const (
	troubleFewer  trouble = "fewer"  // fewer cells than the heading
	troubleMore   trouble = "more"   // more cells than the heading
	troubleQuotes trouble = "quotes" // quotes that fit no dialect
	troubleLong   trouble = "long"   // longer than longestRecord
	troubleCut    trouble = "cut"    // the file ends within the row
	troubleSecret trouble = "secret" // a password hash stands where another column belongs: the cells have shifted
)

func newRecords(in io.Reader, delim byte) *records {
	return &records{in: in, delim: delim, buf: make([]byte, 2*sniffSize), line: 1, row: 1}
}

// next returns the next row that is not blank, or io.EOF.
func (r *records) next() (record, error) {
	for {
		line, err := r.wholeLine()
		if err != nil {
			return record{}, err
		}
		whole := r.lineIsWhole(line)
		if whole && len(bytes.TrimSpace(line)) == 0 {
			r.advance(len(line)+1, 1)
			continue
		}
		if whole && r.simple(line) {
			found := record{line: r.line, row: r.row, cells: r.cells}
			r.advance(len(line)+1, 1)
			return found, nil
		}
		return r.difficult()
	}
}

// wholeLine returns the next physical line without its LF. It is shorter than the line when that is longer than a row may be.
func (r *records) wholeLine() ([]byte, error) {
	searched := 0
	for {
		window := r.buf[r.from:r.to]
		if i := bytes.IndexByte(window[searched:], '\n'); i >= 0 {
			return window[:searched+i], nil
		}
		searched = len(window)
		if len(window) >= longestRecord {
			return window[:longestRecord], nil
		}
		if r.ended {
			if r.failure != nil {
				return nil, r.failure
			}
			if len(window) == 0 {
				return nil, io.EOF
			}
			return window, nil
		}
		r.fill()
	}
}

func (r *records) lineIsWhole(line []byte) bool { return len(line) < longestRecord }

// fill reads more of the file behind what is already there, making room first.
func (r *records) fill() {
	if r.from > 0 {
		r.to = copy(r.buf, r.buf[r.from:r.to])
		r.from = 0
	}
	if r.to == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	for range 100 {
		n, err := r.in.Read(r.buf[r.to:])
		r.to += n
		if err != nil {
			r.ended = true
			if !errors.Is(err, io.EOF) {
				r.failure = err
			}
			return
		}
		if n > 0 {
			return
		}
	}
	r.ended, r.failure = true, io.ErrNoProgress
}

func (r *records) advance(bytes, lines int) {
	r.from = min(r.from+bytes, r.to)
	r.line += lines
	r.row++
}

// simple cuts a line that is a whole row in RFC 4180's dialect with nothing doubtful in it, which nearly all rows are.
// It reports false, and nothing is lost, when the row needs a closer look.
func (r *records) simple(line []byte) bool {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	cells, ok := cutLine(line, r.delim, r.cells[:0])
	r.cells = cells
	return ok && (r.columns == 0 || len(cells) == r.columns)
}

// cutLine appends the cells of one physical line. It refuses quotes that are doubled, left open or follow a backslash.
func cutLine(line []byte, delim byte, cells []span) ([]span, bool) {
	for {
		if len(line) > 0 && line[0] == '"' {
			end := 1 + bytes.IndexByte(line[1:], '"')
			if end == 0 || line[end-1] == '\\' {
				return cells, false
			}
			cells = append(cells, span{text: line[1:end]})
			line = line[end+1:]
			if len(line) == 0 {
				return cells, true
			}
			if line[0] != delim {
				return cells, false
			}
			line = line[1:]
			continue
		}
		end := 0
		for end < len(line) && line[end] != delim {
			if line[end] == '"' {
				return cells, false
			}
			end++
		}
		cells = append(cells, span{text: line[:end]})
		if end == len(line) {
			return cells, true
		}
		line = line[end+1:]
	}
}
