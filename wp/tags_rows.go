package wp

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// NoTag is in the place of a tag's number for a member without tags.
const NoTag = -1

// EachNumberedTag reads a file that WriteMemberTags wrote, a row at a time, with a number in the place of each name: NoTag for a member without tags. It returns
// the names by number, in the order in which they were first seen. Unlike ReadMemberTags it holds no member in memory, and takes no other layout. The file has a row for each member and tag, so it is the longest there is: rows without quotes are cut at their comma, and each name is looked up once a row.
func EachNumberedTag(r io.Reader, fn func(email string, tag int) error) (names []string, err error) {
	rows := newTagRows(r)
	err = rows.each(fn)
	return rows.names, err
}

func newTagRows(r io.Reader) *tagRows {
	return &tagRows{from: bufio.NewReaderSize(r, 1<<20), cellTags: map[string]int{}, nameTags: map[string]int{}, splitter: tagSplitter{separator: ','}}
}

func (t *tagRows) each(fn func(email string, tag int) error) error {
	for heading := true; ; {
		line, err := t.line()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading member-tags.csv: %w", err)
		}
		if len(line) == 0 {
			continue
		}
		first, second, err := t.cells(line)
		if err != nil {
			return fmt.Errorf("reading member-tags.csv: %w", err)
		}
		if heading {
			heading = false
			continue
		}
		if err := fn(t.address(first), t.tag(second)); err != nil {
			return err
		}
	}
}

// tagRows reads the rows of such a file.
type tagRows struct {
	from *bufio.Reader
	// whole holds a row that goes over several lines, number counts lines.
	whole  []byte
	number int
	// written and email are the last address as it stands in the file and as it is meant.
	written []byte
	email   string
	// names are the tags by number; cellTags and nameTags are their numbers by how they stand in the file, and by name.
	names              []string
	cellTags, nameTags map[string]int
	splitter           tagSplitter
}

// line is the next row without its break, valid until the next. A row with an odd number of quotes goes on in the next line.
func (t *tagRows) line() ([]byte, error) {
	t.number++
	piece, err := t.from.ReadSlice('\n')
	if err == nil && bytes.IndexByte(piece, '"') < 0 {
		return unbroken(piece), nil
	}
	t.whole = append(t.whole[:0], piece...)
	for {
		switch {
		case errors.Is(err, io.EOF) && len(t.whole) > 0:
			return unbroken(t.whole), nil
		case err == nil && bytes.Count(t.whole, []byte{'"'})%2 == 0:
			return unbroken(t.whole), nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
		piece, err = t.from.ReadSlice('\n')
		t.whole = append(t.whole, piece...)
	}
}

// unbroken is a line without its break.
func unbroken(line []byte) []byte {
	if last := len(line) - 1; last >= 0 && line[last] == '\n' {
		line = line[:last]
	}
	if last := len(line) - 1; last >= 0 && line[last] == '\r' {
		line = line[:last]
	}
	return line
}

// cells are the two cells of a row.
func (t *tagRows) cells(line []byte) (first, second []byte, err error) {
	at := bytes.IndexByte(line, ',')
	first, second = line[:max(at, 0)], line[at+1:]
	if at < 0 || bytes.IndexByte(second, ',') >= 0 || bytes.IndexByte(line, '"') >= 0 {
		row, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err == nil && len(row) != 2 {
			err = csv.ErrFieldCount
		}
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", t.number, err)
		}
		first, second = []byte(row[0]), []byte(row[1])
	}
	return first, second, nil
}

// address is what stands in a cell; neighbours with the same address get the same string.
func (t *tagRows) address(cell []byte) string {
	if t.written == nil || !bytes.Equal(cell, t.written) {
		t.written, t.email = append(t.written[:0], cell...), unguard(string(cell))
	}
	return t.email
}

// tag is the number of the name in a cell, NoTag where there is none.
func (t *tagRows) tag(cell []byte) int {
	if number, known := t.cellTags[string(cell)]; known {
		return number
	}
	number := NoTag
	if names := t.splitter.split(unguard(string(cell))); len(names) > 0 && names[0] != "" {
		known := false
		if number, known = t.nameTags[names[0]]; !known {
			number = len(t.names)
			t.names, t.nameTags[names[0]] = append(t.names, names[0]), number
		}
	}
	t.cellTags[string(cell)] = number
	return number
}
