package wp

import "bytes"

// mostEnds is how many possible ends of a doubtful row are tried before it is given up.
const mostEnds = 40

// difficult reads a row that is not one simple line: a biography of several lines, doubled quotes, PHP's undoubled ones, or
// damage. In this order: as RFC 4180 says; as PHP writes, or with quotes taken literally, up to a line that looks like the
// next row; and if nothing fits, the row is lost up to the nearest such line.
func (r *records) difficult() (record, error) {
	found := record{line: r.line, row: r.row}
	strict := r.strict()
	fits := strict.state == strictWhole && (r.columns == 0 || len(r.cells) == r.columns || r.onlyBlanksMore())
	swallows := fits && r.swallows(r.cells)
	if fits && !swallows && (r.columns == 0 || !strict.doubtful || !r.rowBeginsWithin(r.buf[r.from:r.from+strict.length])) {
		return r.take(found, strict), nil
	}
	if r.columns == 0 {
		found.trouble = troubleQuotes
		return found, r.failure
	}
	if length, next, ok := r.search(); ok {
		found.cells, found.mended = r.attempt, true
		r.advance(next, bytes.Count(r.buf[r.from:r.from+length], []byte("\n"))+1)
		return found, nil
	}
	if fits && !swallows {
		strict = r.strict()
		r.onlyBlanksMore()
		return r.take(found, strict), nil
	}
	return r.lose(found, strict)
}

// take ends a row that strict has read.
func (r *records) take(found record, strict strictReading) record {
	found.cells = r.cells
	r.advance(strict.next, strict.lines)
	return found
}

// onlyBlanksMore allows for delimiters that a spreadsheet has added at the end of the row.
func (r *records) onlyBlanksMore() bool {
	if len(r.cells) < r.columns {
		return false
	}
	for _, cell := range r.cells[r.columns:] {
		if len(bytes.TrimSpace(cell.text)) > 0 {
			return false
		}
	}
	r.cells = r.cells[:r.columns]
	return true
}

type strictState int

const (
	strictWhole  strictState = iota // a row, ended by a line end or the end of the file
	strictBroken                    // a quote where RFC 4180 allows none
	strictOpen                      // a quote that is never closed
	strictLong                      // longer than longestRecord
)

type strictReading struct {
	state strictState
	// length is the row's bytes without its line end, next where the following row begins, lines how many lines it takes.
	length, next, lines int
	// doubtful says that a quote follows a backslash: PHP may have meant something else.
	doubtful bool
}

// strict reads one row as RFC 4180 says, over several lines if need be. The cells are in r.cells.
func (r *records) strict() strictReading {
	for {
		reading := r.strictWindow()
		open := reading.state == strictOpen || reading.state == strictWhole && reading.next > r.to-r.from
		if !open || r.ended {
			reading.next = min(reading.next, r.to-r.from)
			return reading
		}
		if r.to-r.from >= longestRecord {
			reading.state = strictLong
			return reading
		}
		r.fill()
	}
}

// strictWindow reads one row from what is in the buffer. When the buffer ends first, next lies behind the window.
func (r *records) strictWindow() strictReading {
	window := r.buf[r.from:r.to]
	reading := strictReading{lines: 1}
	r.cells = r.cells[:0]
	at := 0
	for {
		end := 0
		if at < len(window) && window[at] == '"' {
			closing, doubled := r.closingQuote(window, at+1, &reading)
			if closing < 0 {
				reading.state = strictOpen
				return reading
			}
			r.cells = append(r.cells, span{text: window[at+1 : closing], doubled: doubled})
			end = closing + 1
		} else {
			end = at + cellEnd(window[at:], r.delim)
			cell := window[at:end]
			if bytes.IndexByte(cell, '"') >= 0 {
				reading.state = strictBroken
				return reading
			}
			if end == len(window) || window[end] == '\n' {
				cell = bytes.TrimSuffix(cell, []byte("\r"))
			}
			r.cells = append(r.cells, span{text: cell})
		}
		if end < len(window) && window[end] == r.delim {
			at = end + 1
			continue
		}
		reading.length = end
		switch rest := window[end:]; {
		case len(rest) == 0 || rest[0] == '\n':
			reading.next = end + 1
		case rest[0] == '\r' && (len(rest) == 1 || rest[1] == '\n'):
			reading.next = end + 2
		default:
			reading.state = strictBroken
		}
		return reading
	}
}

// closingQuote finds the quote that closes the cell which begins at from, -1 when there is none.
func (r *records) closingQuote(window []byte, from int, reading *strictReading) (at int, doubled bool) {
	at = from
	for {
		i := bytes.IndexByte(window[at:], '"')
		if i < 0 {
			return -1, doubled
		}
		reading.lines += bytes.Count(window[at:at+i], []byte("\n"))
		at += i
		if at > from && window[at-1] == '\\' {
			reading.doubtful = true
		}
		if at+1 >= len(window) || window[at+1] != '"' {
			return at, doubled
		}
		doubled = true
		at += 2
	}
}

// cellEnd returns where an unquoted cell ends: at a delimiter, at a line end or with the text.
func cellEnd(text []byte, delim byte) int {
	for i, c := range text {
		if c == delim || c == '\n' {
			return i
		}
	}
	return len(text)
}

// swallows says whether a cell that cannot hold further rows does: then a stray quote has joined what are several people.
func (r *records) swallows(cells []span) bool {
	for i, cell := range cells {
		if i < len(r.oneLine) && r.oneLine[i] && r.rowBeginsWithin(cell.text) {
			return true
		}
	}
	return false
}

// rowBeginsWithin says whether a line of the text, but for its first, looks like the beginning of a row.
func (r *records) rowBeginsWithin(text []byte) bool {
	for {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return false
		}
		text = text[end+1:]
		if r.begins(firstLine(text)) {
			return true
		}
	}
}

func firstLine(text []byte) []byte {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return bytes.TrimSuffix(text, []byte("\r"))
}

// search reads the row as PHP writes, or else with quotes taken literally, up to the nearest of its possible ends that gives
// the right number of cells. The cells are in r.attempt.
func (r *records) search() (length, next int, ok bool) {
	end, steps := r.rowEnd(0), mostSteps
	for tries := 0; end >= 0 && tries < mostEnds && steps > 0; tries++ {
		text := bytes.TrimSuffix(r.buf[r.from:r.from+end], []byte("\r"))
		for _, dialect := range []phpDialect{{}, {literal: true}} {
			r.attempt, ok = dialect.cut(text, r.delim, r.columns, r.attempt[:0], &steps)
			if ok && !r.swallows(r.attempt) {
				return end, end + 1, true
			}
		}
		end = r.rowEnd(end + 1)
	}
	return 0, 0, false
}

// rowEnd returns the next line end, counted from the row's beginning and not before from, that the beginning of another row
// or the end of the file follows. It is -1 when there is none within the length of a row.
func (r *records) rowEnd(from int) int {
	for {
		window := r.buf[r.from:r.to]
		if from > len(window) || from >= longestRecord {
			return -1
		}
		i := bytes.IndexByte(window[from:], '\n')
		if i >= 0 {
			rest := window[from+i+1:]
			whole := r.ended || bytes.IndexByte(rest, '\n') >= 0 || len(rest) > longestRecord
			if whole {
				if len(bytes.TrimSpace(rest)) == 0 || r.begins(firstLine(rest)) {
					return from + i
				}
				from += i + 1
				continue
			}
		}
		if r.ended {
			if from < len(window) {
				return len(window)
			}
			return -1
		}
		r.fill()
	}
}

// lose gives up a row: it reaches to the nearest line that looks like the next one.
func (r *records) lose(found record, strict strictReading) (record, error) {
	found.mended = true
	end := r.rowEnd(0)
	if end < 0 {
		return r.loseLong(found)
	}
	text := r.buf[r.from : r.from+end]
	found.cells, _ = cutLine(firstLine(text), r.delim, r.cells[:0])
	r.cells = found.cells
	last := r.ended && r.from+end+1 >= r.to
	found.trouble = r.troubleOf(found, strict, last)
	r.advance(end+1, bytes.Count(text, []byte("\n"))+1)
	return found, r.failure
}

func (r *records) troubleOf(found record, strict strictReading, last bool) trouble {
	switch {
	case strict.state == strictWhole && len(found.cells) > r.columns:
		return troubleMore
	case last && (strict.state == strictOpen || len(found.cells) < r.columns):
		return troubleCut
	case strict.state == strictWhole && len(found.cells) < r.columns:
		return troubleFewer
	}
	return troubleQuotes
}

// loseLong drops a row that is longer than a row may be, line by line, up to one that looks like the next.
func (r *records) loseLong(found record) (record, error) {
	found.trouble, found.cells = troubleLong, nil
	lines := 0
	for {
		text, err := r.wholeLine()
		if err != nil {
			break
		}
		if lines > 0 && r.begins(firstLine(text)) {
			break
		}
		if r.from += len(text); r.lineIsWhole(text) {
			r.from = min(r.from+1, r.to)
			lines++
		}
	}
	r.line += lines
	r.row++
	return found, r.failure
}
