package migration

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"hash"
	"io"
	"slices"

	"allyswitch/wizard/checkpoint"
)

// rowFile is a CSV file of ours that is written row by row, safe to open in a spreadsheet. It takes the place of the former one when it is closed.
type rowFile struct {
	name string
	file *checkpoint.Writer
	csv  *csv.Writer
	sum  hash.Hash
	err  error
}

func createRows(folder *checkpoint.Folder, name string, heading []string) (*rowFile, error) {
	file, err := folder.Create(name)
	if err != nil {
		return nil, doing("write "+name, err)
	}
	rows := &rowFile{name: name, file: file, sum: sha256.New()}
	rows.csv = csv.NewWriter(io.MultiWriter(file, rows.sum))
	return rows, rows.write(heading)
}

// write adds a row. The first error stays, and close returns it.
func (r *rowFile) write(row []string) error {
	if r.err == nil {
		r.err = r.csv.Write(guardCells(row))
	}
	return r.err
}

// close puts the file in its place, or gives it up after an error.
func (r *rowFile) close() error {
	r.csv.Flush()
	if r.err == nil {
		r.err = r.csv.Error()
	}
	if r.err != nil {
		r.file.Abort()
		return doing("write "+r.name, r.err)
	}
	return doing("write "+r.name, r.file.Close())
}

// abort gives the file up; after close it does nothing.
func (r *rowFile) abort() { r.file.Abort() }

// digest is the SHA-256 of what was written, once it is closed.
func (r *rowFile) digest() string { return hex.EncodeToString(r.sum.Sum(nil)) }

// writeRows writes a small CSV file, its heading first.
func writeRows(folder *checkpoint.Folder, name string, rows [][]string) error {
	_, err := digestRows(folder, name, rows)
	return err
}

// digestRows writes a small CSV file and returns its SHA-256.
func digestRows(folder *checkpoint.Folder, name string, rows [][]string) (string, error) {
	file, err := createRows(folder, name, rows[0])
	if err != nil {
		return "", err
	}
	for _, row := range rows[1:] {
		if file.write(row) != nil {
			break
		}
	}
	err = file.close()
	return file.digest(), err
}

// guardCells puts an apostrophe before what a spreadsheet would take for a formula.
func guardCells(row []string) []string {
	for i, cell := range row {
		if len(cell) > 1 && likeFormula(cell) {
			return slices.Concat(row[:i], []string{"'" + cell}, guardCells(row[i+1:]))
		}
	}
	return row
}
