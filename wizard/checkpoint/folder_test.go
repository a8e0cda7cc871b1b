package checkpoint

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var testOptions = Options{Tool: "allyswitch test"}

// open opens a folder and closes it when the test ends.
func open(t testing.TB, dir string, options Options) *Folder {
	t.Helper()
	folder, err := Open(dir, options)
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	t.Cleanup(func() { folder.Close() })
	return folder
}

// mustClose ends a run, as leaving the wizard does.
func mustClose(t testing.TB, folder *Folder) {
	t.Helper()
	if err := folder.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
}

// batch is an intent with a member in it.
func batch(name string) Entry {
	return Entry{Phase: Intent, Op: "import", Batch: name, Data: json.RawMessage(`[{"email":"ann+` + name + `@example.com","name":"Tom & <Jerry>"}]`)}
}

func mustAppend(t testing.TB, folder *Folder, entries ...Entry) {
	t.Helper()
	if err := folder.Journal().Append(entries...); err != nil {
		t.Fatalf("appending: %v", err)
	}
}

func mustSave(t testing.TB, folder *Folder) {
	t.Helper()
	if err := folder.Save(folder.State()); err != nil {
		t.Fatalf("saving: %v", err)
	}
}

// entries reads the whole journal.
func entries(t testing.TB, folder *Folder) []Entry {
	t.Helper()
	var all []Entry
	if err := folder.Journal().Scan(func(entry Entry) error { all = append(all, entry); return nil }); err != nil {
		t.Fatalf("scanning: %v", err)
	}
	return all
}

// expectError checks the kind and that people are told what happened, what it means and what to do.
func expectError(t testing.TB, err, kind error, words ...string) *Error {
	t.Helper()
	var trouble *Error
	if !errors.As(err, &trouble) || !errors.Is(err, kind) {
		t.Fatalf("got %v, want an Error of kind %q", err, kind)
	}
	if trouble.Code == "" || trouble.What == "" || trouble.Means == "" || trouble.Now == "" {
		t.Errorf("the error leaves something unsaid: %+v", trouble)
	}
	for _, word := range words {
		if !strings.Contains(trouble.What+trouble.Means+trouble.Now, word) {
			t.Errorf("%+v does not speak of %q", trouble, word)
		}
	}
	return trouble
}

func TestGoesOnWhereItWas(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on", "the way")
	first := open(t, dir, testOptions)
	first.State().Site.URL = "https://members.example.com"
	first.State().Step("import").Counters = map[string]int64{"created": 302}
	mustAppend(t, first, batch("a"), batch("b"))
	mustAppend(t, first, Entry{Phase: Done, Op: "import", Batch: "a"})
	mustSave(t, first)
	mustClose(t, first)

	second := open(t, dir, testOptions)
	if got := second.State(); got.Site.URL != "https://members.example.com" || got.Step("import").Counters["created"] != 302 || got.Tool != "allyswitch test" || got.Saved.IsZero() {
		t.Errorf("the state came back as %+v", got)
	}
	if len(second.Recovered()) != 0 {
		t.Errorf("after a clean end something was recovered: %v", second.Recovered())
	}
	waiting := openIntents(t, second)
	if len(waiting) != 1 || waiting[0].Batch != "b" || string(waiting[0].Data) != string(batch("b").Data) {
		t.Errorf("open intents: %+v", waiting)
	}
	mustAppend(t, second, Entry{Phase: Done, Op: "import", Batch: "b"})
	if all := entries(t, second); len(all) != 4 || all[3].Seq != 4 || all[3].Prev != all[2].Hash {
		t.Errorf("the chain did not go on: %+v", all)
	}
}

func TestEveryFileIsForItsOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has access lists")
	}
	for _, mask := range []int{0, 0o022, 0o777} {
		dir := filepath.Join(t.TempDir(), "migration")
		withUmask(mask, func() {
			folder := open(t, dir, testOptions)
			mustAppend(t, folder, batch("a"))
			mustSave(t, folder)
			mustSave(t, folder) // makes the .bak
			writer, err := folder.Create("members.csv")
			if err != nil {
				t.Fatal(err)
			}
			if err := writer.Close(); err != nil {
				t.Fatal(err)
			}
			log, err := folder.OpenLog("allyswitch.log")
			if err != nil {
				t.Fatal(err)
			}
			log.Close()
			mustClose(t, folder)
			mustClose(t, open(t, dir, Options{Tool: "allyswitch test", StartAgain: true}))
		})
		seen := 0
		filepath.WalkDir(dir, func(path string, entry fs.DirEntry, _ error) error {
			info, err := entry.Info()
			if err != nil {
				t.Fatal(err)
			}
			want := filePermission
			if entry.IsDir() {
				want = folderPermission
			}
			if info.Mode().Perm() != want {
				t.Errorf("umask %04o: %s has %04o", mask, path, info.Mode().Perm())
			}
			seen++
			return nil
		})
		if seen < 9 {
			t.Errorf("umask %04o: only %d files were looked at", mask, seen)
		}
	}
}

func TestSaveKeepsTheFormerState(t *testing.T) {
	dir := t.TempDir()
	folder := open(t, dir, testOptions)
	for _, name := range []string{"one", "two", "three"} {
		folder.State().Site.Name = name
		mustSave(t, folder)
	}
	former, err := readState(folder.root, backupFile)
	if err != nil || former.Site.Name != "two" {
		t.Errorf("the backup holds %+v, %v", former, err)
	}
	names, _ := os.ReadDir(dir)
	if len(names) != 4 {
		t.Errorf("left in the folder: %v", names)
	}
}

func TestSaveAfterACrashBetweenItsTwoRenames(t *testing.T) {
	dir := t.TempDir()
	folder := open(t, dir, testOptions)
	mustSave(t, folder)
	// The crash left both names on the same file: renaming one onto the other does nothing.
	if err := os.Link(folder.Path(stateFile), folder.Path(backupFile)); err != nil {
		t.Skip(err)
	}
	folder.State().Site.Name = "after"
	mustSave(t, folder)
	names, _ := os.ReadDir(dir)
	if former, err := readState(folder.root, backupFile); err != nil || former.Site.Name != "" || len(names) != 4 {
		t.Errorf("the backup holds %+v, %v; in the folder: %v", former, err, names)
	}
}

func BenchmarkSave(b *testing.B) {
	folder := open(b, b.TempDir(), testOptions)
	state := folder.State()
	for _, id := range []string{"start", "maintenance", "export", "edit-csv", "import", "tags", "api-keys", "switch", "crm-setup", "tag-review", "automations",
		"link-users", "payments", "test"} {
		step := state.Step(id)
		step.Counters = map[string]int64{"members": 500_000, "created": 499_000, "failed": 1_000}
		step.Answers = map[string]string{"export.file": "/home/owner/Downloads/user_export_2026-11-21.csv", "crm.provider": "activecampaign"}
		step.Ticks = map[string]Tick{"done": {At: time.Now(), Note: "checked with support"}}
		step.Notes = map[string]string{"verdict": "Every one of the 500,000 members keeps access."}
	}
	bare := bareSave(b, folder)
	for b.Loop() {
		if err := folder.Save(state); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(bare), "x_bare")
}

// bareSave is how long it takes here, on average, to put the same bytes on the disk in the plainest way that is safe: write, flush, rename, flush the
// folder.
func bareSave(b *testing.B, folder *Folder) time.Duration {
	const times = 100
	text, err := json.MarshalIndent(folder.State(), "", "  ")
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for range times {
		file, err := os.Create(folder.Path("bare.new"))
		if err != nil {
			b.Fatal(err)
		}
		_, err = file.Write(text)
		err = errors.Join(err, file.Sync(), file.Close(), os.Rename(folder.Path("bare.new"), folder.Path("bare")), syncFolder(folder.root))
		if err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began) / times
}
