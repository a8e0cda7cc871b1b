package wp

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
)

// EachMemberTag reads a file that WriteMemberTags wrote, a row at a time: tag is empty for a member without tags. Unlike ReadMemberTags it holds nothing in
// memory, and takes no other layout. The file has a row for each member and tag, so it is the longest there is: rows without quotes are cut at their comma,
// and neighbours with the same address or tag get the same string.
func EachMemberTag(r io.Reader, fn func(email, tag string) error) error {
	rows := tagRows{from: bufio.NewReaderSize(r, 1<<20), tags: map[string]string{}, splitter: tagSplitter{separator: ','}}
	for heading := true; ; {
		line, err := rows.line()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading member-tags.csv: %w", err)
		}
		if len(line) == 0 {
			continue
		}
		email, tag, err := rows.cells(line)
		if err != nil {
			return fmt.Errorf("reading member-tags.csv: %w", err)
		}
		if heading {
			heading = false
			continue
		}
		if err := fn(email, tag); err != nil {
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
	// written and email are the last address as it stands in the file and as it is meant; tags are the names by how they stand in the file.
	written  []byte
	email    string
	tags     map[string]string
	splitter tagSplitter
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

// cells are the address and the tag of a row.
func (t *tagRows) cells(line []byte) (email, tag string, err error) {
	at := bytes.IndexByte(line, ',')
	first, second := line[:max(at, 0)], line[at+1:]
	if at < 0 || bytes.IndexByte(second, ',') >= 0 || bytes.IndexByte(line, '"') >= 0 {
		row, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err == nil && len(row) != 2 {
			err = csv.ErrFieldCount
		}
		if err != nil {
			return "", "", fmt.Errorf("line %d: %w", t.number, err)
		}
		first, second = []byte(row[0]), []byte(row[1])
	}
	if t.written == nil || !bytes.Equal(first, t.written) {
		t.written, t.email = slices.Clone(first), unguard(string(first))
	}
	return t.email, t.tag(second), nil
}

// tag is the name in a cell, empty where there is none.
func (t *tagRows) tag(cell []byte) string {
	if name, known := t.tags[string(cell)]; known {
		return name
	}
	name := ""
	if names := t.splitter.split(unguard(string(cell))); len(names) > 0 {
		name = names[0]
	}
	t.tags[string(cell)] = name
	return name
}
