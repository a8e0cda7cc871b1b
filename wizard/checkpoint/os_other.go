//go:build !windows

package checkpoint

import (
	"errors"
	"os"
	"syscall"
)

func isDiskFullHere(error) bool { return false }

func isReadOnlyHere(error) bool { return false }

// isSharingViolation is for Windows: elsewhere an open file does not hold up a rename.
func isSharingViolation(error) bool { return false }

// syncFolder makes renames in the folder last through a power cut. Some network disks cannot do it and say so; that is no reason to stop.
func syncFolder(root *os.Root) error {
	folder, err := root.Open(".")
	if err != nil {
		return err
	}
	defer folder.Close()
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// setPrivate makes a file readable and writable for its owner alone, whatever the umask was when it was made.
func setPrivate(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Mode().Perm() == filePermission {
		return err
	}
	return file.Chmod(filePermission)
}

// makePrivate takes the folder's permissions from everybody but its owner.
func makePrivate(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(dir, info.Mode().Perm()&^0o077)
}
