package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// The kinds of trouble with a migration's folder, for errors.Is.
var (
	// ErrNewerSchema: a newer version of the program wrote the checkpoint.
	ErrNewerSchema = errors.New("the checkpoint was written by a newer version")
	// ErrCorrupt: the checkpoint or the journal cannot be read as it was written.
	ErrCorrupt = errors.New("a file of the migration is damaged")
	// ErrLocked: another process works in the folder.
	ErrLocked = errors.New("the migration is open in another process")
	// ErrReadOnly: the folder or a file in it cannot be written.
	ErrReadOnly = errors.New("the migration's folder cannot be written")
	// ErrDiskFull: no room is left on the disk, or in the quota.
	ErrDiskFull = errors.New("the disk is full")
	// ErrNotOurs: the file called checkpoint.json belongs to another program.
	ErrNotOurs = errors.New("the checkpoint belongs to another program")
	// ErrUnsafe: a link, folder or device lies where a plain file is due, or the name given is not one for a file of the folder.
	ErrUnsafe = errors.New("not a plain file")
	// ErrBroken: an earlier write to the journal failed in a way that leaves its end unknown; nothing more is written until it is opened again.
	ErrBroken = errors.New("the journal takes no more lines")
)

// Error is any trouble with a migration's folder, in words for people.
type Error struct {
	// Code is short enough to read aloud: "FOLDER-LOCKED". All are in docs/checkpoint.md.
	Code string
	// What happened, what it Means for the members, what to do Now: whole sentences.
	What, Means, Now string
	// Holder is who has the lock, for ErrLocked when it is known.
	Holder *Holder
	// Backup is the former checkpoint, for ErrCorrupt when there is one.
	Backup *Backup
	// Kind is one of the errors above, nil for other trouble; Err is the cause, for the log.
	Kind, Err error
}

// Backup says what is known of checkpoint.json.bak.
type Backup struct {
	// Saved is when it was written: by its own word when Readable, else the file's time.
	Saved time.Time
	// Readable says that Options.UseBackup would work.
	Readable bool
}

// Error is the line for the log; screens use What, Means and Now.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s: %s", e.Code, e.What)
	}
	return fmt.Sprintf("%s: %s (%v)", e.Code, e.What, e.Err)
}

// Unwrap gives errors.Is and errors.As the kind and the cause.
func (e *Error) Unwrap() []error {
	var inside []error
	for _, err := range []error{e.Kind, e.Err} {
		if err != nil {
			inside = append(inside, err)
		}
	}
	return inside
}

// safeSoFar is what most trouble here means: it is noticed before anything is sent.
const safeSoFar = "Nothing was sent while this could not be written down. Your members are not affected, and nothing done so far is lost."

// explain turns an error of the operating system into an Error. An Error stays as it is, nil stays nil.
func explain(doing string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, fs.ErrNotExist):
		return &Error{Code: "FOLDER-NONE", Err: err, What: "A file or folder is not there: AllySwitch could not finish " + doing + ".",
			Means: "Nothing was changed. Your members are not affected.", Now: "Check the name of the folder (--dir), then try again."}
	case isDiskFull(err):
		return &Error{Code: "FOLDER-FULL", Kind: ErrDiskFull, Err: err, What: "The disk is full: AllySwitch could not finish " + doing + ".", Means: safeSoFar,
			Now: "Free some space on this computer (emptying the bin is often enough), then try again. AllySwitch goes on where it was."}
	case isReadOnly(err):
		return &Error{Code: "FOLDER-READONLY", Kind: ErrReadOnly, Err: err, What: "AllySwitch is not allowed to write in the migration's folder: it could not finish " + doing + ".",
			Means: safeSoFar, Now: "Make the folder writable for you, or choose another one with --dir, then try again."}
	}
	return &Error{Code: "FOLDER-IO", Err: err, What: "The computer reported an error while AllySwitch was " + doing + ".", Means: safeSoFar,
		Now: "Try again. If it happens again, check the disk, or copy the whole folder to another disk and open it there with --dir."}
}

func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) || isDiskFullHere(err)
}

func isReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || isReadOnlyHere(err)
}

func unsafeFile(name, what string) error {
	return &Error{Code: "FOLDER-UNSAFE", Kind: ErrUnsafe, What: fmt.Sprintf("%q in the migration's folder is %s, not a plain file.", name, what),
		Means: "AllySwitch does not follow it: it could lead to a file that is none of its business. Your members are not affected.",
		Now:   "Move it out of the folder, then try again."}
}

func newerSchema(schema int, tool string) error {
	return &Error{Code: "FOLDER-NEWER", Kind: ErrNewerSchema,
		What:  fmt.Sprintf("This migration was last saved by a newer AllySwitch (%s, format %d; this one knows format %d).", orUnknown(tool), schema, Schema),
		Means: "This version could misread it, so it changed nothing. Your members are not affected.",
		Now:   "Install the newest AllySwitch and open the migration again."}
}

func notOurs(err error) error {
	return &Error{Code: "FOLDER-FOREIGN", Kind: ErrNotOurs, Err: err, What: "The file checkpoint.json in this folder was not written by AllySwitch.",
		Means: "It was left as it is. Your members are not affected.", Now: "Choose another folder with --dir."}
}

func corruptState(err error, backup *Backup) error {
	now := "There is no earlier copy. You can start again in this folder: the old files are moved into a subfolder, not deleted."
	if backup != nil && backup.Readable {
		now = fmt.Sprintf("An earlier copy, saved %s, can be read. Go on with it, or start again: the old files are moved into a subfolder, not deleted.",
			backup.Saved.Local().Format("2 January 2006, 15:04"))
	} else if backup != nil {
		now = "The earlier copy cannot be read either. You can start again in this folder: the old files are moved into a subfolder, not deleted."
	}
	return &Error{Code: "FOLDER-DAMAGED", Kind: ErrCorrupt, Err: err, Backup: backup, What: "The file checkpoint.json, which holds your answers, is damaged and cannot be read.",
		Means: "Your members are not affected. What was sent to the CRM is written in the journal, another file.", Now: now}
}

func corruptJournal(err error) error {
	return &Error{Code: "FOLDER-JOURNAL", Kind: ErrCorrupt, Err: err, What: "The journal, which holds what was done, is damaged: " + reason(err) + ".",
		Means: "Your members are not affected, but AllySwitch cannot be sure what was done last, so it did nothing more.",
		Now:   "If you have a copy of journal.jsonl, put it back. Otherwise mend the journal: it is kept up to the damage, and every later member is looked up in the CRM before anything is sent."}
}

func brokenJournal(err error) error {
	return &Error{Code: "FOLDER-BROKEN", Kind: ErrBroken, Err: err, What: "An earlier error left the end of the journal unknown, so nothing more is written to it.",
		Means: safeSoFar, Now: "Close AllySwitch and start it again. It checks the journal and goes on where it was."}
}

func locked(holder *Holder) error {
	return &Error{Code: "FOLDER-LOCKED", Kind: ErrLocked, Holder: holder, What: "This migration is already open in " + holder.String() + ".",
		Means: "Two at once could do the same work twice, so this one did nothing. Your members are not affected.",
		Now:   "Go on in the other window, or close it and try again. \"allyswitch status\" shows where the migration stands."}
}

// reason is the sentence of a BadLine, without capitals, or a general word.
func reason(err error) string {
	var bad *BadLine
	if errors.As(err, &bad) {
		return bad.Error()
	}
	return "it cannot be read"
}

func orUnknown(text string) string {
	if text == "" {
		return "version unknown"
	}
	return text
}
