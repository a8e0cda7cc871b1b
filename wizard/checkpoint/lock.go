package checkpoint

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Holder is who has a migration open.
type Holder struct {
	PID  int    `json:"pid"`
	Host string `json:"host"`
	// Tool is the version of the program, Since when it opened the folder.
	Tool  string    `json:"tool"`
	Since time.Time `json:"since"`
}

// String is for the middle of a sentence.
func (h *Holder) String() string {
	if h == nil || h.PID == 0 {
		return "another window"
	}
	return fmt.Sprintf("another window (process %d on %s, since %s)", h.PID, h.Host, h.Since.Local().Format("2 January, 15:04"))
}

// The holder's text starts at the second byte and is filled up with spaces: Windows lets nobody else read the first byte while it is locked, nor cut
// the file.
const (
	holderOffset = 1
	holderSize   = 1023
)

// takeLock locks the folder for this process and writes down who that is.
func takeLock(root *os.Root, dir, tool string) (*flock.Flock, error) {
	file, err := openFile(root, lockFile, os.O_CREATE|os.O_RDWR)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetFlag(os.O_RDWR))
	if err := waitForLock(lock, file); err != nil {
		return nil, err
	}
	if err := sameFile(lock, file); err != nil {
		lock.Unlock()
		return nil, err
	}
	host, _ := os.Hostname()
	if err := writeHolder(file, &Holder{PID: os.Getpid(), Host: host, Tool: tool, Since: time.Now().UTC()}); err != nil {
		lock.Unlock()
		return nil, err
	}
	return lock, nil
}

// waitForLock tries for a tenth of a second: "allyswitch status" touches the lock for a moment to see whether it is held.
func waitForLock(lock *flock.Flock, file *os.File) error {
	const attempts, pause = 6, 20 * time.Millisecond
	for range attempts {
		taken, err := lock.TryLock()
		if taken || err != nil {
			return err
		}
		time.Sleep(pause)
	}
	return locked(readHolder(file))
}

// sameFile makes sure that what was locked is the plain file that was looked at.
func sameFile(lock *flock.Flock, file *os.File) error {
	held, err := lock.Stat()
	if err != nil {
		return err
	}
	seen, err := file.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(held, seen) {
		return unsafeFile(lockFile, "changing all the time")
	}
	return nil
}

// writeHolder writes who holds the lock; nobody when holder is nil.
func writeHolder(file io.WriterAt, holder *Holder) error {
	text := []byte{}
	if holder != nil {
		var err error
		if text, err = json.Marshal(holder); err != nil {
			return err
		}
	}
	_, _ = file.WriteAt([]byte(" "), 0) // for whoever prints the file; Windows refuses it, and it does not matter
	line := make([]byte, holderSize)
	for i := range line {
		line[i] = ' '
	}
	line[holderSize-1] = '\n'
	copy(line[:holderSize-1], text)
	_, err := file.WriteAt(line, holderOffset)
	return err
}

// readHolder returns nil when the file says nothing that can be read.
func readHolder(file io.ReaderAt) *Holder {
	var holder Holder
	if json.NewDecoder(io.NewSectionReader(file, holderOffset, holderSize)).Decode(&holder) != nil || holder.PID == 0 {
		return nil
	}
	return &holder
}

// heldBy says who has the folder open now, nil when nobody has. What a killed process left in the file does not count: the system let go of its lock.
func heldBy(root *os.Root, dir string) *Holder {
	file, err := openFile(root, lockFile, os.O_RDONLY)
	if err != nil {
		return nil
	}
	defer file.Close()
	probe := flock.New(filepath.Join(dir, lockFile), flock.SetFlag(os.O_RDONLY))
	free, err := probe.TryRLock()
	if free {
		probe.Unlock()
	}
	if free || err != nil {
		return nil
	}
	if holder := readHolder(file); holder != nil {
		return holder
	}
	return &Holder{}
}
