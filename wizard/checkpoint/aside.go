package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"
)

// startAgain moves the files of the former migration aside, all of them: what is left of an old plan or proof would be taken for the new one's. A checkpoint
// of another program is not ours to move.
func (f *Folder) startAgain() error {
	if _, err := readState(f.root, stateFile); errors.Is(err, ErrNotOurs) || errors.Is(err, ErrUnsafe) {
		return err
	}
	return f.setAside(slices.DeleteFunc(FileNames(), func(name string) bool { return name == lockFile })...)
}

// setAside moves the files that exist into a new dated subfolder.
func (f *Folder) setAside(names ...string) error {
	var there []string
	for _, name := range names {
		info, err := plainFile(f.root, name)
		if err != nil {
			return err
		}
		if info != nil {
			there = append(there, name)
		}
	}
	if len(there) == 0 {
		return nil
	}
	subfolder, err := f.newSubfolder()
	if err != nil {
		return err
	}
	for _, name := range there {
		if err := rename(f.root, name, path.Join(subfolder, name)); err != nil {
			return err
		}
	}
	f.note("The former files were moved into the subfolder %s.", subfolder)
	return syncFolder(f.root)
}

// newSubfolder makes a private folder named after this moment.
func (f *Folder) newSubfolder() (string, error) {
	base := "before-" + time.Now().UTC().Format("2006-01-02T15-04-05Z")
	name := base
	for n := 2; ; n++ {
		err := f.root.Mkdir(name, folderPermission)
		if !errors.Is(err, fs.ErrExist) {
			return name, errors.Join(err, f.root.Chmod(name, folderPermission))
		}
		name = fmt.Sprintf("%s-%d", base, n)
	}
}

// copyAside copies a file into a new dated subfolder.
func (f *Folder) copyAside(name string) error {
	subfolder, err := f.newSubfolder()
	if err != nil {
		return err
	}
	source, err := openFile(f.root, name, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := openFile(f.root, path.Join(subfolder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY)
	if err != nil {
		return err
	}
	defer target.Close()
	if _, err := source.WriteTo(target); err != nil {
		return err
	}
	f.note("The damaged %s was copied into the subfolder %s.", name, subfolder)
	return target.Sync()
}
