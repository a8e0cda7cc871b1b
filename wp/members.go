package wp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"allyswitch/crm/address"
)

// ReadMembers calls fn with each person of a members.csv that Clean has written, as they were written: nothing is cleaned
// again. Delimiter, encoding and line ends may be others, since people open the file in a spreadsheet and save it. A row that
// cannot be read or has no address is an error, because Clean writes none; so is what fn returns, which ends the reading.
func ReadMembers(r io.Reader, fn func(Member) error) error {
	export, err := OpenExport(r, nil)
	if err != nil {
		var file *FileError
		if errors.As(err, &file) && file.Code == "only-heading" {
			return nil
		}
		return fmt.Errorf("reading members.csv: %w", err)
	}
	for {
		err := export.decode()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading members.csv: %w", err)
		}
		member, err := export.asWritten()
		if err != nil {
			return fmt.Errorf("reading members.csv: %w", err)
		}
		if err := fn(member); err != nil {
			return err
		}
	}
}

// asWritten takes the cells as they are, but for the guard against formulas and for bytes that are no UTF-8.
func (e *Export) asWritten() (Member, error) {
	at := &e.feed.record
	where := place{at.line, at.row}
	if at.trouble != "" {
		return Member{}, &FileError{UnreadableRow, note{code: UnreadableRow, trouble: at.trouble}.finding(where).Sentence}
	}
	var made notes
	text := func(cell string) string { return unguard(decodeBytes(cell, &made)) }
	member := Member{CustomerID: text(e.cells.CustomerID), Email: text(e.cells.Email), Registered: text(e.cells.Registered),
		FirstName: text(e.cells.FirstName), LastName: text(e.cells.LastName)}
	if e.cells.ID != "" {
		id, err := strconv.ParseInt(e.cells.ID, 10, 64)
		if err != nil {
			return Member{}, &FileError{NoID, note{code: NoID, column: ColumnID, value: e.cells.ID}.finding(where).Sentence}
		}
		member.ID = id
	}
	if !address.Valid(member.Email) {
		return Member{}, &FileError{BadEmail, note{code: BadEmail, column: ColumnEmail, value: member.Email}.finding(where).Sentence}
	}
	return member, nil
}

// DeleteExport deletes the raw export, which holds every user's password hash. It refuses anything but a regular file, so
// that neither a folder nor what a link points to can be lost. The copy on the server is not touched.
func DeleteExport(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("deleting the export: %w", err)
	}
	switch mode := info.Mode(); {
	case mode&os.ModeSymlink != 0:
		return fmt.Errorf("deleting the export: %s is a link to another file; delete that file yourself", path)
	case !mode.IsRegular():
		return fmt.Errorf("deleting the export: %s is a folder or device and not a file", path)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("deleting the export: %w", err)
	}
	return nil
}
