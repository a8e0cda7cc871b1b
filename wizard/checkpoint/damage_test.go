package checkpoint

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// worked makes a folder with two saves and two journal lines, closed.
func worked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	folder := open(t, dir, testOptions)
	for _, name := range []string{"first", "second"} {
		mustAppend(t, folder, batch(name))
		folder.State().Site.Name = name
		mustSave(t, folder)
	}
	mustClose(t, folder)
	return dir
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, dir, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), text, filePermission); err != nil {
		t.Fatal(err)
	}
}

// aside returns the path of a file in the one subfolder that holds former files.
func aside(t *testing.T, dir, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "before-*", name))
	if err != nil || len(found) != 1 {
		t.Fatalf("former %s: %v, %v", name, found, err)
	}
	return found[0]
}

func TestCorruptCheckpointOffersTheBackup(t *testing.T) {
	good := read(t, worked(t), stateFile)
	for name, bad := range map[string][]byte{
		"empty":            {},
		"cut in half":      good[:len(good)/2],
		"zeros":            make([]byte, 4096),
		"not JSON":         []byte("This is my shopping list"),
		"wrong type":       bytes.Replace(good, []byte(`"steps": {}`), []byte(`"steps": 7`), 1),
		"schema is text":   bytes.Replace(good, []byte(`"schema": 1`), []byte(`"schema": "1"`), 1),
		"schema is broken": bytes.Replace(good, []byte(`"schema": 1`), []byte(`"schema": 0.5`), 1),
		"something after":  append(slices.Clone(good), good...),
		"impossible place": bytes.Replace(good, []byte(`"lines": 2`), []byte(`"lines": -2`), 1),
	} {
		t.Run(name, func(t *testing.T) {
			dir := worked(t)
			write(t, dir, stateFile, bad)
			_, err := Open(dir, testOptions)
			trouble := expectError(t, err, ErrCorrupt, "earlier copy", "start again")
			if trouble.Backup == nil || !trouble.Backup.Readable || trouble.Backup.Saved.IsZero() {
				t.Errorf("nothing good is said of the backup: %+v", trouble.Backup)
			}
			if !bytes.Equal(read(t, dir, stateFile), bad) {
				t.Error("the damaged file was touched without being asked")
			}

			folder := open(t, dir, Options{Tool: "allyswitch test", UseBackup: true})
			if folder.State().Site.Name != "first" || len(folder.Recovered()) == 0 {
				t.Errorf("the backup gave %+v, said %v", folder.State(), folder.Recovered())
			}
			if len(entries(t, folder)) != 2 {
				t.Error("the journal lost lines")
			}
			if text, _ := os.ReadFile(aside(t, dir, stateFile)); !bytes.Equal(text, bad) {
				t.Error("the damaged file was not kept")
			}
			mustClose(t, folder)
			mustClose(t, open(t, dir, testOptions)) // all is well again
		})
	}
}

func TestWithoutAReadableBackup(t *testing.T) {
	dir := worked(t)
	write(t, dir, stateFile, []byte("{"))
	write(t, dir, backupFile, []byte("{"))
	_, err := Open(dir, testOptions)
	if trouble := expectError(t, err, ErrCorrupt, "cannot be read either"); trouble.Backup == nil || trouble.Backup.Readable {
		t.Errorf("the backup is said to be %+v", trouble.Backup)
	}
	_, err = Open(dir, Options{UseBackup: true})
	expectError(t, err, ErrCorrupt)

	folder := open(t, dir, Options{Tool: "allyswitch test", StartAgain: true})
	if folder.State().Site.Name != "" || len(entries(t, folder)) != 0 {
		t.Error("starting again did not start with nothing")
	}
	for _, name := range []string{stateFile, backupFile, journalFile} {
		aside(t, dir, name)
	}
	if os.Remove(filepath.Join(dir, backupFile)) == nil {
		t.Error("a former file stayed in its place")
	}
}

// TestStartingAgainLeavesNothingOfTheFormerMigration: an old plan or proof must not be taken for the new migration's. What the owner put there stays.
func TestStartingAgainLeavesNothingOfTheFormerMigration(t *testing.T) {
	dir := worked(t)
	for _, name := range FileNames() {
		if name != stateFile && name != journalFile && name != lockFile {
			write(t, dir, name, []byte("old"))
		}
	}
	write(t, dir, "my own export.csv", []byte("mine"))
	folder := open(t, dir, Options{Tool: "allyswitch test", StartAgain: true})
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, _ := os.ReadFile(filepath.Join(dir, entry.Name()))
		if string(text) == "old" {
			t.Errorf("%s of the former migration is still there", entry.Name())
		}
	}
	for _, name := range []string{"plan.json", "before.jsonl", "proof.json", "delta.json", "canaries.json", "students.csv"} {
		aside(t, dir, name)
	}
	if string(read(t, dir, "my own export.csv")) != "mine" {
		t.Error("the owner's own file was moved")
	}
	mustClose(t, folder)
}

func TestMissingCheckpointIsNoNewMigration(t *testing.T) {
	dir := worked(t)
	os.Remove(filepath.Join(dir, stateFile))
	_, err := Open(dir, testOptions)
	expectError(t, err, ErrCorrupt, "earlier copy")
	if folder := open(t, dir, Options{UseBackup: true}); folder.State().Site.Name != "first" {
		t.Error("the backup was not used")
	}
}

func TestNewerAndForeignCheckpointsAreLeftAlone(t *testing.T) {
	ours := string(read(t, worked(t), stateFile))
	for _, test := range []struct {
		name, text string
		kind       error
		words      []string
	}{
		{"newer", `{"program":"allyswitch","schema":2,"tool":"allyswitch 9.1\u001b[2J","steps":["all","new"]}`, ErrNewerSchema, []string{"allyswitch 9.1", "newest"}},
		{"much newer", strings.Replace(ours, `"schema": 1`, `"schema": 41`, 1), ErrNewerSchema, nil},
		{"of another program", `{"epoch":12,"model_state":{}}`, ErrNotOurs, []string{"--dir"}},
		{"of another program that has a schema", `{"program":"other","schema":1}`, ErrNotOurs, nil},
		{"a list", `[1,2]`, ErrNotOurs, nil},
		{"a word", `"hello"`, ErrNotOurs, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := worked(t)
			write(t, dir, stateFile, []byte(test.text))
			for _, options := range []Options{testOptions, {UseBackup: true}} {
				_, err := Open(dir, options)
				trouble := expectError(t, err, test.kind, test.words...)
				if strings.ContainsRune(trouble.Error(), 0x1b) {
					t.Error("a control character came through")
				}
			}
			if test.kind == ErrNotOurs {
				_, err := Open(dir, Options{StartAgain: true})
				expectError(t, err, ErrNotOurs)
			}
			if string(read(t, dir, stateFile)) != test.text {
				t.Error("the file was touched")
			}
		})
	}
}

func TestDamagedJournalIsNotBuiltOn(t *testing.T) {
	for name, damage := range map[string]func(journal []byte) []byte{
		"an altered line":     func(j []byte) []byte { j[len(j)/4] ^= 1; j[len(j)-10] ^= 1; return j },
		"the last line gone":  func(j []byte) []byte { return j[:bytes.IndexByte(j, '\n')+1] },
		"half a line gone":    func(j []byte) []byte { return j[:len(j)-5] },
		"emptied":             func([]byte) []byte { return nil },
		"another's journal":   func([]byte) []byte { return append(threeLinesOf("x"), threeLinesOf("y")...) },
		"a good one, not his": func([]byte) []byte { return threeLinesOf("somebody else's") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := worked(t)
			bad := damage(read(t, dir, journalFile))
			write(t, dir, journalFile, bad)
			_, err := Open(dir, testOptions)
			expectError(t, err, ErrCorrupt, "mend")
			if !bytes.Equal(read(t, dir, journalFile), bad) {
				t.Fatal("the damaged journal was touched without being asked")
			}

			folder := open(t, dir, Options{Tool: "allyswitch test", MendJournal: true})
			mustAppend(t, folder, batch("after"))
			if all := entries(t, folder); all[len(all)-1].Batch != "after" {
				t.Error("the mended journal does not go on")
			}
			if text, _ := os.ReadFile(aside(t, dir, journalFile)); !bytes.Equal(text, bad) {
				t.Error("the damaged journal was not kept")
			}
			mustClose(t, folder)
			mustClose(t, open(t, dir, testOptions))
		})
	}
}

// threeLinesOf is a good journal about something else.
func threeLinesOf(name string) []byte {
	d := &memoryDisk{}
	if err := newJournal(d, Mark{}).Append(batch(name), batch(name), batch(name)); err != nil {
		panic(err)
	}
	return d.bytes
}

func TestAlteredLineFromBeforeTheLastSaveIsFoundWhenRead(t *testing.T) {
	dir := worked(t)
	journal := read(t, dir, journalFile)
	journal[bytes.Index(journal, []byte("ann"))] = 'A'
	write(t, dir, journalFile, journal)
	folder := open(t, dir, testOptions) // opening looks at the end only, and is fast however long the journal is
	err := folder.Journal().Scan(func(Entry) error { return nil })
	expectError(t, err, ErrCorrupt, "line 1 was altered")
	var bad *BadLine
	if !errors.As(err, &bad) || bad.Line != 1 || bad.Problem != Altered {
		t.Errorf("got %v", bad)
	}
}

func TestZerosOfAPowerCutAreDropped(t *testing.T) {
	dir := worked(t)
	journal := read(t, dir, journalFile)
	write(t, dir, journalFile, append(append(slices.Clone(journal), make([]byte, 4096)...), []byte("rest of it\n")...))
	folder := open(t, dir, testOptions)
	if len(folder.Recovered()) != 1 || len(entries(t, folder)) != 2 || !bytes.Equal(read(t, dir, journalFile), journal) {
		t.Errorf("recovered %v", folder.Recovered())
	}
}
