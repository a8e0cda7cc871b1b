package checkpoint

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The permissions of all that is made here: its owner alone.
const (
	filePermission   fs.FileMode = 0o600
	folderPermission fs.FileMode = 0o700
)

// Left-over temp files are known by how their names begin and end.
const (
	tempPrefix = ".allyswitch-"
	tempSuffix = ".tmp"
)

// openFile opens a plain file of the folder and refuses anything else. With os.O_CREATE it makes the file, for its owner alone, when there is none.
func openFile(root *os.Root, name string, flag int) (*os.File, error) {
	const attempts = 10 // another process may be renaming over the very name
	for range attempts {
		before, err := plainFile(root, name)
		if err != nil {
			return nil, err
		}
		use := flag
		if before == nil && flag&os.O_CREATE != 0 {
			use |= os.O_EXCL
		}
		file, err := root.OpenFile(name, use, filePermission)
		if errors.Is(err, fs.ErrExist) && flag&os.O_EXCL == 0 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if before == nil || isNamed(root, name, file, before) {
			return private(file, flag)
		}
		file.Close()
	}
	return nil, unsafeFile(name, "changing all the time")
}

// plainFile describes what has the name: nil when nothing has, an ErrUnsafe when it is anything but a plain file.
func plainFile(root *os.Root, name string) (fs.FileInfo, error) {
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, unsafeFile(name, "a link to somewhere else")
	case info.IsDir():
		return nil, unsafeFile(name, "a folder")
	case !info.Mode().IsRegular():
		return nil, unsafeFile(name, "a device")
	}
	return info, nil
}

// isNamed says that an open file is the one that had the name just before or has it now: no link was slipped in between looking and opening.
func isNamed(root *os.Root, name string, file *os.File, before fs.FileInfo) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	if os.SameFile(opened, before) {
		return true
	}
	now, err := root.Lstat(name)
	return err == nil && os.SameFile(opened, now)
}

// private sets the permissions of a file that is going to be written.
func private(file *os.File, flag int) (*os.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		return file, nil
	}
	if err := setPrivate(file); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// newTemp makes a temp file beside the file that it is going to replace.
func newTemp(root *os.Root, name string) (*os.File, string, error) {
	temp := tempName(name)
	file, err := openFile(root, temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY)
	return file, temp, err
}

func tempName(name string) string {
	var random [6]byte
	rand.Read(random[:]) // never fails: crypto/rand
	return tempPrefix + name + "-" + hex.EncodeToString(random[:]) + tempSuffix
}

// removeTemps removes what a crash left behind and says how many files that were. Only the holder of the lock may call it.
func removeTemps(root *os.Root) (int, error) {
	names, err := fileNames(root)
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, name := range names {
		if strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix) {
			if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return removed, err
			}
			removed++
		}
	}
	return removed, nil
}

func fileNames(root *os.Root) ([]string, error) {
	folder, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Readdirnames(-1)
}

// rename replaces a file in one go. On Windows it waits up to about two seconds for a virus scanner to let go.
func rename(root *os.Root, from, to string) error {
	pause := 5 * time.Millisecond
	for {
		err := root.Rename(from, to)
		if err == nil || !isSharingViolation(err) || pause > time.Second {
			return err
		}
		time.Sleep(pause)
		pause *= 2
	}
}

// keepAs makes a second name for a file, atomically replacing what had that name; by a copy where the disk knows no links.
func keepAs(root *os.Root, name, second string) error {
	temp := tempName(second)
	defer root.Remove(temp) // a rename between two names of one file does nothing at all and leaves the first
	if err := root.Link(name, temp); err != nil {
		if err := copyFile(root, name, temp); err != nil {
			return err
		}
	}
	return rename(root, temp, second)
}

func copyFile(root *os.Root, from, to string) error {
	source, err := openFile(root, from, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := openFile(root, to, os.O_CREATE|os.O_EXCL|os.O_WRONLY)
	if err != nil {
		return err
	}
	defer target.Close()
	if _, err := io.Copy(target, source); err != nil {
		return err
	}
	return target.Sync()
}

// checkName refuses what is not a name of a file directly in the folder.
func checkName(name string) error {
	if name == "." || !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, tempPrefix) {
		return &Error{Code: "FOLDER-UNSAFE", Kind: ErrUnsafe, What: "That is not a name for a file in the migration's folder.",
			Means: "Nothing was written. Your members are not affected.", Now: "Use a plain file name, without any folder."}
	}
	return nil
}
