package checkpoint

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

func isDiskFullHere(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) || errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

func isReadOnlyHere(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

// isSharingViolation says that a virus scanner, an indexer or a back-up program holds the file for a moment.
func isSharingViolation(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

// syncFolder does nothing: Windows cannot flush a folder, and NTFS journals the rename itself.
func syncFolder(*os.Root) error { return nil }

// setPrivate does nothing: on Windows a file has the access list of its folder, which lies in the user's own profile.
func setPrivate(*os.File) error { return nil }

// makePrivate does nothing, see setPrivate.
func makePrivate(string) error { return nil }
