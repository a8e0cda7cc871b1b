package checkpoint

import (
	"bufio"
	"os"
	"slices"

	"allyswitch/wizard/checkpoint/failpoint"
)

// Writer writes a file of the folder whole or not at all: the file has its name only after Close. It is for one goroutine.
type Writer struct {
	root       *os.Root
	name, temp string
	file       *os.File
	buffer     *bufio.Writer
	err        error
	closed     bool
}

// Create begins a file, members.csv for example, that replaces the former one of that name when the Writer is closed. Close it to keep what was
// written; a deferred Abort drops it when something went wrong before.
func (f *Folder) Create(name string) (*Writer, error) {
	if err := f.checkOwn(name); err != nil {
		return nil, err
	}
	file, temp, err := newTemp(f.root, name)
	if err != nil {
		return nil, explain("writing "+name, err)
	}
	return &Writer{root: f.root, name: name, temp: temp, file: file, buffer: bufio.NewWriterSize(file, 64<<10)}, nil
}

// Write adds to the file. After an error every further call returns the same one, and Close keeps the former file.
func (w *Writer) Write(text []byte) (int, error) {
	if w.closed {
		return 0, explain("writing "+w.name, os.ErrClosed)
	}
	n, err := w.buffer.Write(text)
	w.fail(err)
	return n, w.err
}

// Close puts the file on the disk and under its name. A second Close returns what the first did.
func (w *Writer) Close() error {
	if w.closed {
		return w.err
	}
	w.closed = true
	w.fail(w.buffer.Flush())
	if w.err == nil {
		w.fail(w.file.Sync())
	}
	w.fail(w.file.Close())
	if w.err == nil {
		failpoint.Hit("file-before-rename")
		w.fail(rename(w.root, w.temp, w.name))
	}
	if w.err != nil {
		w.root.Remove(w.temp)
		return w.err
	}
	failpoint.Hit("file-after-rename")
	w.fail(syncFolder(w.root))
	return w.err
}

// Abort drops what was written; the former file stays. After Close it does nothing.
func (w *Writer) Abort() {
	if w.closed {
		return
	}
	w.closed = true
	w.fail(os.ErrClosed)
	w.file.Close()
	w.root.Remove(w.temp)
}

// fail keeps the first error.
func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = explain("writing "+w.name, err)
	}
}

// OpenFile opens a file of the folder for reading. A file that is not there is an fs.ErrNotExist.
func (f *Folder) OpenFile(name string) (*os.File, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	file, err := openFile(f.root, name, os.O_RDONLY)
	return file, explain("reading "+name, err)
}

// OpenLog opens a file of the folder for adding to its end, and makes it when there is none.
func (f *Folder) OpenLog(name string) (*os.File, error) {
	if err := f.checkOwn(name); err != nil {
		return nil, err
	}
	file, err := openFile(f.root, name, os.O_CREATE|os.O_WRONLY|os.O_APPEND)
	return file, explain("writing "+name, err)
}

// checkOwn refuses names that are no plain names or belong to the checkpoint itself, and what is not a plain file.
func (f *Folder) checkOwn(name string) error {
	if slices.Contains([]string{stateFile, backupFile, journalFile, lockFile}, name) {
		return unsafeFile(name, "the checkpoint's own")
	}
	if err := checkName(name); err != nil {
		return err
	}
	_, err := plainFile(f.root, name)
	return explain("writing "+name, err)
}
