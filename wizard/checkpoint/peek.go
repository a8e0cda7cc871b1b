package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Summary is what can be seen of a migration from outside.
type Summary struct {
	Dir string
	// State is nil when nothing has been saved yet.
	State *State
	// Holder is who has the migration open now, nil when nobody has.
	Holder *Holder
	// Lines is how many lines the journal has; Last is its last one, nil when there is none.
	Lines int64
	Last  *Entry
}

// Peek looks at a migration without opening it: it takes no lock, makes nothing, and may run while another process is at work. A folder that does
// not exist is an fs.ErrNotExist. With an error the Summary holds what could still be found out.
func Peek(dir string) (Summary, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Summary{}, explain("looking at the migration's folder", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Summary{Dir: dir}, explain("looking at the migration's folder", err)
	}
	defer root.Close()
	summary := Summary{Dir: dir, Holder: heldBy(root, dir)}
	if err := summary.look(root); err != nil {
		return summary, explain("looking at the migration's folder", err)
	}
	return summary, nil
}

func (s *Summary) look(root *os.Root) error {
	state, stateErr := readState(root, stateFile)
	var known *Error
	switch {
	case errors.Is(stateErr, errNoState):
		stateErr = nil
	case stateErr != nil && !errors.As(stateErr, &known):
		stateErr = corruptState(stateErr, readBackup(root))
	}
	s.State = state
	last, err := lastEntry(root)
	if last != nil {
		s.Lines, s.Last = last.Seq, last
	}
	return errors.Join(stateErr, err)
}

// lastEntry reads the last whole line of the journal. A line that is being written at this moment does not count.
func lastEntry(root *os.Root) (*Entry, error) {
	info, err := plainFile(root, journalFile)
	if info == nil || err != nil {
		return nil, err
	}
	file, err := openFile(root, journalFile, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	line, err := lastLine(file, info.Size())
	if line == nil || err != nil {
		return nil, err
	}
	var entry Entry
	body, hash, found := cutHash(line)
	if !found || !hashFits(body, hash) || json.Unmarshal(line, &entry) != nil {
		return nil, corruptJournal(nil)
	}
	return &entry, nil
}

// lastLine returns the last line that has its break, nil when there is none. It reads backwards in ever larger pieces.
func lastLine(file io.ReaderAt, size int64) ([]byte, error) {
	for length := min(size, 64<<10); length > 0; length = min(size, length*4) {
		piece := make([]byte, length)
		if _, err := file.ReadAt(piece, size-length); err != nil {
			return nil, err
		}
		end := bytes.LastIndexByte(piece, '\n')
		start := bytes.LastIndexByte(piece[:max(end, 0)], '\n')
		switch {
		case end >= 0 && start >= 0, end >= 0 && length == size:
			return piece[start+1 : end], nil
		case length == size || length > maxLine:
			return nil, nil
		}
	}
	return nil, nil
}
