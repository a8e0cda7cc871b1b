package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
)

// The files of a migration's folder that this package writes itself.
const (
	stateFile   = "checkpoint.json"
	backupFile  = "checkpoint.json.bak"
	journalFile = "journal.jsonl"
	lockFile    = "lock"
)

// Options say how to open a folder.
type Options struct {
	// Tool is the program and its version, "allyswitch 1.2.3": it is written into the state and the lock.
	Tool string
	// UseBackup goes on with checkpoint.json.bak when checkpoint.json is damaged or gone. The damaged one is moved into a subfolder.
	UseBackup bool
	// MendJournal keeps a damaged journal up to the damage. The whole damaged one is copied into a subfolder first.
	MendJournal bool
	// StartAgain moves the files of the former migration into a subfolder and begins with an empty state and journal.
	StartAgain bool
}

// Folder is an open migration. Its State and Save belong to one goroutine; everything else is safe for simultaneous use.
type Folder struct {
	dir       string
	tool      string
	root      *os.Root
	lock      *flock.Flock
	state     *State
	journal   *Journal
	recovered []string
}

// Open makes the folder when there is none, takes the lock, reads the state and opens the journal. What a crash left behind is cleared away and
// listed by Recovered. Every error is an *Error.
func Open(dir string, options Options) (*Folder, error) {
	dir, err := makeFolder(dir)
	if err != nil {
		return nil, explain("making the migration's folder", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, explain("opening the migration's folder", err)
	}
	f := &Folder{dir: dir, tool: options.Tool, root: root}
	if err := f.open(options); err != nil {
		f.Close()
		return nil, explain("opening the migration's folder", err)
	}
	return f, nil
}

// makeFolder makes the folder, for its owner alone whatever the umask.
func makeFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return dir, err
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return dir, err
	}
	if err := os.MkdirAll(dir, folderPermission); err != nil {
		return dir, err
	}
	return dir, os.Chmod(dir, folderPermission)
}

func (f *Folder) open(options Options) error {
	if err := f.secure(); err != nil {
		return err
	}
	lock, err := takeLock(f.root, f.dir, f.tool)
	if err != nil {
		return err
	}
	f.lock = lock
	if err := f.clearTemps(); err != nil {
		return err
	}
	if options.StartAgain {
		if err := f.startAgain(); err != nil {
			return err
		}
	}
	if err := f.loadState(options.UseBackup); err != nil {
		return err
	}
	return f.loadJournal(options.MendJournal)
}

// secure takes the folder away from everybody else when it is a migration's, or is going to be one and is empty. A folder that also holds other
// things is somebody's own affair: the files in it are private anyway.
func (f *Folder) secure() error {
	names, err := fileNames(f.root)
	if err != nil {
		return err
	}
	if len(names) == 0 || slices.Contains(names, lockFile) && slices.Contains(names, journalFile) {
		return makePrivate(f.dir)
	}
	return nil
}

// clearTemps removes left-over temp files, and finds out by making one whether the folder can be written.
func (f *Folder) clearTemps() error {
	removed, err := removeTemps(f.root)
	if err != nil {
		return err
	}
	if removed > 0 {
		f.note("%d unfinished files of an interrupted run were removed.", removed)
	}
	probe, name, err := newTemp(f.root, "probe")
	if err != nil {
		return err
	}
	probe.Close()
	return f.root.Remove(name)
}

// loadState reads checkpoint.json, or its backup when that is wanted, or begins anew where there is nothing.
func (f *Folder) loadState(useBackup bool) error {
	state, err := readState(f.root, stateFile)
	var known *Error
	switch {
	case err == nil:
		f.state = state
		return nil
	case errors.As(err, &known):
		return err
	case useBackup:
		return f.loadBackup(err)
	}
	backup := readBackup(f.root)
	if !errors.Is(err, errNoState) || backup != nil {
		return corruptState(err, backup)
	}
	f.state = &State{Program: program, Schema: Schema, Tool: f.tool, Created: time.Now().UTC(), Steps: map[string]*Step{}}
	return nil
}

// loadBackup goes on with the former checkpoint. The damaged one is moved away first, lest the next Save makes it the backup.
func (f *Folder) loadBackup(cause error) error {
	state, err := readState(f.root, backupFile)
	if err != nil {
		return corruptState(cause, readBackup(f.root))
	}
	if !errors.Is(cause, errNoState) {
		if err := f.setAside(stateFile); err != nil {
			return err
		}
	}
	f.note("checkpoint.json was damaged; the earlier copy of %s is used.", state.Saved.Local().Format("2 January 2006, 15:04"))
	f.state = state
	return f.Save(state)
}

// State is what the migration knew when it was last saved. It is the caller's own from then on.
func (f *Folder) State() *State { return f.state }

// Journal is the record of what was done.
func (f *Folder) Journal() *Journal { return f.journal }

// Dir is the folder's absolute path.
func (f *Folder) Dir() string { return f.dir }

// Path is where the file of that name lies, for showing to people. Use Create and OpenFile to touch it.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// Recovered are sentences about what Open had to put right, for people. It is empty after a clean end.
func (f *Folder) Recovered() []string { return slices.Clone(f.recovered) }

func (f *Folder) note(format string, values ...any) {
	f.recovered = append(f.recovered, fmt.Sprintf(format, values...))
}

// Close lets go of the folder. It may be called more than once.
func (f *Folder) Close() error {
	var errs []error
	if f.journal != nil {
		errs = append(errs, f.journal.close())
	}
	if f.lock != nil && f.lock.Locked() {
		errs = append(errs, f.release())
	}
	if f.root != nil {
		errs = append(errs, f.root.Close())
	}
	return explain("closing the migration's folder", errors.Join(errs...))
}

// release takes our name out of the lock file, then lets go of it. The file stays: removing it would let two processes lock two different files.
func (f *Folder) release() error {
	if file, err := openFile(f.root, lockFile, os.O_RDWR); err == nil {
		_ = writeHolder(file, nil)
		file.Close()
	}
	return f.lock.Unlock()
}
