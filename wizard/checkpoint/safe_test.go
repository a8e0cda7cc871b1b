package checkpoint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// linked puts a link to a file outside in the folder's place of name, and returns a check that the file outside is as it was.
func linked(t *testing.T, dir, name string) (untouched func()) {
	t.Helper()
	outside := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(outside, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, name))
	if err := os.Symlink(outside, filepath.Join(dir, name)); err != nil {
		t.Skip(err)
	}
	return func() {
		t.Helper()
		text, err := os.ReadFile(outside)
		info, _ := os.Stat(outside)
		if string(text) != "precious" || err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("the file outside now is %q, %v, %v", text, info.Mode(), err)
		}
	}
}

func TestLinksInTheFolderAreNotFollowed(t *testing.T) {
	for _, name := range []string{stateFile, journalFile, lockFile} {
		t.Run("opening with "+name, func(t *testing.T) {
			dir := worked(t)
			untouched := linked(t, dir, name)
			for _, options := range []Options{testOptions, {UseBackup: true}, {StartAgain: true}, {MendJournal: true}} {
				_, err := Open(dir, options)
				expectError(t, err, ErrUnsafe, name)
			}
			untouched()
			if name != lockFile {
				_, err := Peek(dir)
				expectError(t, err, ErrUnsafe)
			}
		})
	}
	for _, name := range []string{stateFile, backupFile} {
		t.Run("saving with "+name, func(t *testing.T) {
			dir := worked(t)
			folder := open(t, dir, testOptions)
			untouched := linked(t, dir, name)
			expectError(t, folder.Save(folder.State()), ErrUnsafe, name)
			untouched()
		})
	}
	t.Run("other files", func(t *testing.T) {
		folder := open(t, worked(t), testOptions)
		untouched := linked(t, folder.Dir(), "members.csv")
		_, err := folder.Create("members.csv")
		expectError(t, err, ErrUnsafe)
		_, err = folder.OpenFile("members.csv")
		expectError(t, err, ErrUnsafe)
		_, err = folder.OpenLog("members.csv")
		expectError(t, err, ErrUnsafe)
		untouched()
	})
	t.Run("within the folder", func(t *testing.T) {
		folder := open(t, worked(t), testOptions)
		if err := os.Symlink(stateFile, folder.Path("members.csv")); err != nil {
			t.Skip(err)
		}
		_, err := folder.OpenFile("members.csv")
		expectError(t, err, ErrUnsafe)
	})
}

func TestFoldersAreNoFiles(t *testing.T) {
	dir := t.TempDir()
	os.Mkdir(filepath.Join(dir, stateFile), 0o700)
	_, err := Open(dir, testOptions)
	expectError(t, err, ErrUnsafe, "folder")
}

func TestNamesThatAreNoneOfOurs(t *testing.T) {
	folder := open(t, t.TempDir(), testOptions)
	for _, name := range []string{"", ".", "..", "../other", "/etc/passwd", "a/b", `a\b`, tempPrefix + "x" + tempSuffix, stateFile, backupFile, journalFile, lockFile} {
		if writer, err := folder.Create(name); err == nil {
			writer.Abort()
			t.Errorf("Create took %q", name)
		} else {
			expectError(t, err, ErrUnsafe)
		}
	}
	if _, err := folder.OpenFile("../other"); !errors.Is(err, ErrUnsafe) {
		t.Errorf("OpenFile: %v", err)
	}
	if _, err := folder.OpenFile("members.csv"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestWriterKeepsAllOrNothing(t *testing.T) {
	folder := open(t, t.TempDir(), testOptions)
	content := func() string {
		text, err := os.ReadFile(folder.Path("members.csv"))
		if errors.Is(err, fs.ErrNotExist) {
			return "none"
		}
		return string(text)
	}
	begin := func(text string) *Writer {
		writer, err := folder.Create("members.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		return writer
	}
	begin("half").Abort()
	if content() != "none" {
		t.Errorf("aborted, yet there is %q", content())
	}
	writer := begin("first")
	if content() != "none" {
		t.Error("the file is there before it is whole")
	}
	if err := writer.Close(); err != nil || content() != "first" {
		t.Errorf("closed: %q, %v", content(), err)
	}
	writer.Abort() // deferred, after Close
	if err := writer.Close(); err != nil || content() != "first" {
		t.Errorf("closed twice: %q, %v", content(), err)
	}
	if _, err := writer.Write([]byte("late")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("writing after Close: %v", err)
	}
	aborted := begin("second")
	aborted.Abort()
	if err := aborted.Close(); err == nil || content() != "first" {
		t.Errorf("closed after Abort: %q, %v", content(), err)
	}
	if err := begin("third").Close(); err != nil || content() != "third" {
		t.Errorf("replaced: %q, %v", content(), err)
	}
}

func TestLeftOversOfACrashAreRemoved(t *testing.T) {
	dir := worked(t)
	write(t, dir, tempPrefix+"members.csv-0011"+tempSuffix, []byte("ann@example.com"))
	untouched := linked(t, dir, tempPrefix+"link"+tempSuffix)
	write(t, dir, "notes.tmp", []byte("the owner's own"))
	folder := open(t, dir, testOptions)
	if len(folder.Recovered()) != 1 || !strings.Contains(folder.Recovered()[0], "2 unfinished") {
		t.Errorf("recovered: %v", folder.Recovered())
	}
	names, _ := filepath.Glob(filepath.Join(dir, tempPrefix+"*"))
	if len(names) != 0 {
		t.Errorf("left over: %v", names)
	}
	untouched()
	read(t, dir, "notes.tmp")
}

func TestSomebodysOwnFolderKeepsItsPermissions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "holiday.jpg", nil)
	os.Chmod(dir, 0o755)
	mustClose(t, open(t, dir, testOptions))
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o755 && info.Mode().Perm() != 0o777 {
		t.Errorf("the folder became %v", info.Mode())
	}
}

func TestAfterCloseNothingIsWritten(t *testing.T) {
	folder := open(t, t.TempDir(), testOptions)
	mustClose(t, folder)
	if err := folder.Journal().Append(batch("late")); !errors.Is(err, ErrBroken) {
		t.Errorf("appending: %v", err)
	}
	if err := folder.Save(folder.State()); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("saving: %v", err)
	}
}
