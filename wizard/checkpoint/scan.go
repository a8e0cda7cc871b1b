package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Scan calls fn for every entry, from the first to the last that is on the disk when it is called, and verifies each on the way. Memory does not
// grow with the journal. An error of fn ends the scan and is returned as it is; a bad line is an ErrCorrupt with a BadLine in it.
func (j *Journal) Scan(fn func(Entry) error) error {
	end := j.End()
	lines := newLineReader(io.NewSectionReader(j.file, 0, end.Bytes))
	var mark Mark
	for mark.Bytes < end.Bytes {
		line, next, err := nextLine(lines, mark)
		if err != nil {
			return damaged(err)
		}
		var entry Entry
		if err := json.Unmarshal(line, &entry); err != nil {
			return damaged(&BadLine{next.Lines, Altered})
		}
		if err := fn(entry); err != nil {
			return err
		}
		mark = next
	}
	return nil
}

// Verify reads a journal and checks that every line is as it was written, in order, with none missing. It returns how many lines are right from the
// beginning and the hash of the last of them; a journal that ends early can be told only by comparing these with what a report says. A bad line is
// a *BadLine.
func Verify(r io.Reader) (count int64, lastHash string, err error) {
	lines := newLineReader(r)
	var mark Mark
	for {
		_, next, err := nextLine(lines, mark)
		if errors.Is(err, io.EOF) {
			return mark.Lines, mark.Hash, nil
		}
		if err != nil {
			return mark.Lines, mark.Hash, err
		}
		mark = next
	}
}

// nextLine reads and verifies the line after a place. At the end it returns io.EOF.
func nextLine(lines *lineReader, after Mark) ([]byte, Mark, error) {
	line, whole, err := lines.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, after, io.EOF
	case err != nil:
		return nil, after, fmt.Errorf("reading line %d of the journal: %w", after.Lines+1, err)
	case !whole:
		return nil, after, &BadLine{after.Lines + 1, Torn}
	}
	next, err := checkLine(line, after)
	if err != nil && bytes.Contains(line, []byte(hole)) {
		err = &BadLine{after.Lines + 1, Torn}
	}
	return line, next, err
}

// hole is what a power cut can leave where data never arrived although the file had already grown. JSON never holds a zero byte.
const hole = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// damaged puts a bad line into words; reading past the end means that the file was made shorter under our hands.
func damaged(err error) error {
	var bad *BadLine
	if errors.As(err, &bad) || errors.Is(err, io.EOF) {
		return corruptJournal(err)
	}
	return explain("reading the journal", err)
}
