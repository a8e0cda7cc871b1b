package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// source reads the files of one folder, without a lock and without leaving it, and remembers the SHA-256 of what it has read.
type source struct {
	root   *os.Root
	hashes map[string]string
}

func openSource(dir string) (*source, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &source{root: root, hashes: map[string]string{}}, nil
}

func (s *source) close() { s.root.Close() }

// digested is a file whose SHA-256 is kept once it has been read to its end.
type digested struct {
	*os.File
	digest hash.Hash
	done   func(string)
}

func (s *source) open(name string) (*digested, error) {
	file, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	return &digested{file, sha256.New(), func(sum string) { s.hashes[name] = sum }}, nil
}

// Read passes on what it reads to the digest.
func (d *digested) Read(into []byte) (int, error) {
	n, err := d.File.Read(into)
	d.digest.Write(into[:n])
	return n, err
}

// finish reads what nobody wanted and closes the file.
func (d *digested) finish() error {
	defer d.Close()
	// The one underlying Read is wanted here, not the file's own WriteTo.
	if _, err := io.Copy(io.Discard, struct{ io.Reader }{d}); err != nil {
		return err
	}
	d.done(hex.EncodeToString(d.digest.Sum(nil)))
	return nil
}

// json reads a whole file. There is false without an error when the file is not there.
func (s *source) json(name string, into any) (there bool, err error) {
	file, err := s.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, doing("read "+name, err)
	}
	err = json.NewDecoder(file).Decode(into)
	return err == nil, doing("read "+name, errors.Join(err, file.finish()))
}

// digest only takes the SHA-256 of a file. A file that is not there is no error.
func (s *source) digest(name string) error {
	file, err := s.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return doing("read "+name, err)
	}
	return doing("read "+name, file.finish())
}

// record is one row of a CSV file.
type record struct {
	heading []string
	cells   []string
}

// cell is a cell by the name of its column, without the apostrophe that guards against formulas; empty when there is none.
func (r record) cell(column string) string {
	at := slices.Index(r.heading, column)
	if at < 0 || at >= len(r.cells) {
		return ""
	}
	return unguard(r.cells[at])
}

func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@\t\r", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

// rows reads a CSV file row by row. The record is valid until the next one. A file that is not there has no rows.
func (s *source) rows(name string, each func(record)) error {
	file, err := s.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return doing("read "+name, err)
	}
	err = eachRow(file, each)
	return doing("read "+name, errors.Join(err, file.finish()))
}

func eachRow(from io.Reader, each func(record)) error {
	reader := csv.NewReader(from)
	reader.ReuseRecord, reader.FieldsPerRecord = true, -1
	var row record
	for {
		cells, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case row.heading == nil:
			row.heading = slices.Clone(cells)
			row.heading[0] = string(bytes.TrimPrefix([]byte(row.heading[0]), []byte("\uFEFF")))
			continue
		}
		row.cells = cells
		each(row)
	}
}
