package checkpoint

import (
	"errors"
	"io"
	"os"
)

// loadJournal opens the journal, drops a line that a crash cut off, and makes sure that nothing is missing that the state knows of.
func (f *Folder) loadJournal(mend bool) error {
	file, err := openFile(f.root, journalFile, os.O_CREATE|os.O_RDWR)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return err
	}
	end, err := findEnd(file, info.Size(), f.state.Journal)
	mended := false
	if mend && errors.Is(err, ErrCorrupt) {
		end, err = f.mend(file, info.Size())
		mended = true
	}
	if err == nil && end.Bytes < info.Size() {
		err = f.cut(file, end, info.Size(), mended)
	}
	if err != nil {
		file.Close()
		return damaged(err)
	}
	f.journal = newJournal(file, end)
	if mended {
		return f.Save(f.state)
	}
	return syncFolder(f.root)
}

// findEnd verifies the journal from where the state last knew it, and returns the end of its last good line. A cut-off last line is not an error:
// it was never acknowledged.
func findEnd(file io.ReaderAt, size int64, known Mark) (Mark, error) {
	if err := checkMark(file, size, known); err != nil {
		return known, err
	}
	return verifyFrom(file, size, known)
}

// verifyFrom returns the end of the last good line after a place.
func verifyFrom(file io.ReaderAt, size int64, mark Mark) (Mark, error) {
	lines := newLineReader(io.NewSectionReader(file, mark.Bytes, size-mark.Bytes))
	for {
		_, next, err := nextLine(lines, mark)
		var bad *BadLine
		switch {
		case errors.Is(err, io.EOF), errors.As(err, &bad) && bad.Problem == Torn:
			return mark, nil
		case err != nil:
			return mark, err
		}
		mark = next
	}
}

// checkMark looks whether the journal still has, at the place that the state knows, the line that the state knows.
func checkMark(file io.ReaderAt, size int64, known Mark) error {
	if known.Lines == 0 {
		return nil
	}
	expected := hashField + known.Hash + lineEnd + "\n"
	found := make([]byte, len(expected))
	if known.Bytes <= size && known.Bytes >= int64(len(expected)) {
		if _, err := file.ReadAt(found, known.Bytes-int64(len(expected))); err != nil {
			return err
		}
		if string(found) == expected {
			return nil
		}
	}
	return firstBad(file, size, known)
}

// firstBad says what is wrong with a journal in which the known place was not found.
func firstBad(file io.ReaderAt, size int64, known Mark) error {
	_, _, err := Verify(io.NewSectionReader(file, 0, size))
	var bad *BadLine
	switch {
	case errors.As(err, &bad) && bad.Problem == Torn, err == nil && size < known.Bytes:
		return &BadLine{known.Lines + 1, Missing}
	case err == nil:
		return &BadLine{known.Lines, Altered} // all of one piece, but another journal
	}
	return err
}

// mend keeps a copy of a damaged journal and returns the end of what is good from its beginning.
func (f *Folder) mend(file io.ReaderAt, size int64) (Mark, error) {
	if err := f.copyAside(journalFile); err != nil {
		return Mark{}, err
	}
	end, err := verifyFrom(file, size, Mark{})
	if errors.Is(err, ErrCorrupt) {
		err = nil
	}
	f.note("The journal was mended: %d good lines are kept.", end.Lines)
	return end, err
}

// cut drops what is after the end and makes that last.
func (f *Folder) cut(file *os.File, end Mark, size int64, mended bool) error {
	if err := file.Truncate(end.Bytes); err != nil {
		return err
	}
	if !mended {
		f.note("The last line of the journal had been cut off while it was written (%d bytes). It was never acted on and was dropped.", size-end.Bytes)
	}
	return file.Sync()
}
