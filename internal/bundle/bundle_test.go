package bundle

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"allyswitch/internal/version"
	"allyswitch/wizard/checkpoint"
)

// canaries must be in no bundle. Each stands where the program or the vendor could have put it.
var canaries = []string{
	"canary.member@example.com", "canary.login@example.org", "Zebediah", "Quackenbush", "Ludmila", "Wilhelmina", "Bartholomew", "canary-site", "canary-crm", "Canary Coaching", "canary-account",
	"canary-key-123456", "canary-salt", "canary-note", "canary-path", "canary-tag", "canary-hint", "canary-batch", "canary-folder", "canary-user", "canary-machine",
}

// withCanaries is a folder in which everything private is a canary.
func withCanaries(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "canary-folder")
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: "allyswitch test"})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	state := folder.State()
	state.Site = checkpoint.Site{URL: "https://canary-site.example.com", Name: "Canary Coaching"}
	state.CRM = checkpoint.CRM{Provider: "kit", URL: "https://canary-crm.example.net", Account: "canary-account", AccountName: "Canary Coaching", Fingerprint: "kit:canary-account"}
	ended := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	step := state.Step("import")
	step.Answers = map[string]string{"import.route": "api", "export.file": "/home/canary-user/canary-path.csv", "crm.key": "canary-key-123456", "free": "yes"}
	step.Ticks = map[string]checkpoint.Tick{"backup": {At: ended, Note: "canary-note"}}
	step.Tasks = map[string]checkpoint.Task{"all": {Started: ended, Ended: &ended, Outcome: "failed", Error: "KIT-422 Zebediah canary.member@example.com", Inputs: "canary-path"}}
	step.Counters = map[string]int64{"failed": 7}
	step.Notes = map[string]string{"user": "Ludmila", "proof": "257 members are in the CRM.", "columns": "canary-tag"}
	step.Inputs = "https://canary-site.example.com;"
	state.Step("privacy").Notes = map[string]string{"salt": "canary-salt"}
	if err := folder.Save(state); err != nil {
		t.Fatal(err)
	}
	if err := folder.Journal().Append(checkpoint.Entry{Phase: checkpoint.Intent, Op: "import", Batch: "canary-batch", Data: json.RawMessage(`{"e":"canary.member@example.com"}`)}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "allyswitch.log", `{"time":"2026-11-21T20:00:00Z","level":"WARN","msg":"request","op":"create the tag canary-tag","method":"POST","path":"/canary-path/wp-json/wp/v2/users/canary.login@example.org","query":"limit,offset","status":422,"ms":12,"kind":"invalid","hint":"canary-hint Zebediah","cause":"canary-key-123456","list":["canary-hint"],"nested":{"a":"canary-hint"}}
{"time":"canary-note","level":"INFO","msg":"request","op":"read the contacts","method":"GET","path":"/v4/subscribers/canary-user","status":200}
not JSON: canary-hint
`)
	write(t, dir, "members.csv", "ID,customer_id,user_email,user_registered,first_name,last_name\n1,,canary.member@example.com,,Zebediah,Quackenbush\n")
	write(t, dir, "rejected.csv", "\ufeffline,first_name,last_name\n2,Ludmila,\n")
	write(t, dir, "delta-members.csv", "ID,customer_id,user_email,user_registered,first_name,last_name\n2,2,new@example.com,,Wilhelmina,\n")
	write(t, dir, "orders.csv", "state,order_id,user_email,name\nopen,7,new@example.com,Bartholomew Ash\n")
	write(t, dir, "automations.csv", "state,kind,name,starts_with,people\nactive,automation,Import,,7\n")
	write(t, dir, "canary-path.csv", "")
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func input(dir string) Input {
	variables := map[string]string{"TERM": "xterm-256color", "USER": "canary-user", "HOSTNAME": "canary-machine", "TMUX": "/canary-path/tmux,1", "ALLYSWITCH_CRM_KEY": "canary-key-123456"}
	return Input{Dir: dir, Build: version.Build{Version: "1.2.3"}, Choices: map[string][]string{"import.route": {"api", "file"}, "crm.provider": {"kit"}},
		Env: func(name string) string { return variables[name] }, Now: time.Date(2026, 11, 21, 20, 12, 3, 0, time.UTC),
		Page: "Step 4 · Import\n  Zebediah Quackenbush  canary.member@example.com\n  QUACKENBUSH, ludmila and Ludmila\n  Wilhelmina has an order, and so has Bartholomew\n  https://canary-site.example.com/wp-admin, see members.csv\n  canary coaching on canary-machine\n"}
}

// unpacked writes a bundle and reads it back, file by file.
func unpacked(t *testing.T, in Input) map[string]string {
	t.Helper()
	made, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	path, err := made.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string]string{}
	for _, entry := range archive.File {
		file, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name] = string(data)
	}
	return files
}

func TestNobodyAndNothingPrivateIsInABundle(t *testing.T) {
	files := unpacked(t, input(withCanaries(t)))
	for name, text := range files {
		for _, canary := range canaries {
			// The page holds "ludmila" in small letters, which is a word like any other there.
			if strings.Contains(strings.ToLower(strings.ReplaceAll(text, "ludmila", "")), strings.ToLower(canary)) {
				t.Errorf("%s holds %q:\n%s", name, canary, text)
			}
		}
	}
}

func TestABundleHoldsWhatSupportNeeds(t *testing.T) {
	files := unpacked(t, input(withCanaries(t)))
	for name, wants := range map[string][]string{
		"manifest.json": {`"version": "1.2.3"`, `"state.json"`, `"sha256"`, "e-mail addresses", "but for those on the page on display"},
		"state.json":    {`"import.route": "api"`, `"crm": "kit"`, `"failed": 7`, "KIT-422", "257 members are in the CRM.", `"backup": "2026-11-21T20:00:00Z"`},
		"log.jsonl":     {`"status":422`, `"kind":"invalid"`, `"op":"create the tag …"`, `"path":"/*/wp-json/wp/v2/users/*"`, `"op":"read the contacts"`, `"unreadable":true`},
		"journal.txt":   {"1 import intent"},
		"files.txt":     {"members.csv", "[another file]"},
		"computer.json": {"xterm-256color", `"TMUX": "set"`},
		"page.txt":      {"Step 4 · Import", "members.csv", "member "},
	} {
		for _, want := range wants {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s does not hold %q:\n%s", name, want, files[name])
			}
		}
	}
}

func TestTheSameMemberHasOnePseudonymInAllBundles(t *testing.T) {
	dir := withCanaries(t)
	first, second := unpacked(t, input(dir))["page.txt"], unpacked(t, input(dir))["page.txt"]
	if first != second || !strings.Contains(first, "member ") {
		t.Errorf("the page was drawn as\n%s\nand then as\n%s", first, second)
	}
}

func TestHostsAreShownOnlyWhenAsked(t *testing.T) {
	in := input(withCanaries(t))
	in.Hosts = true
	files := unpacked(t, in)
	for _, name := range []string{"state.json", "page.txt"} {
		if !strings.Contains(files[name], "canary-site.example.com") {
			t.Errorf("with --hosts, %s has no host:\n%s", name, files[name])
		}
	}
	if strings.Contains(files["page.txt"], "canary.member@") {
		t.Error("--hosts must not show addresses of members")
	}
}

func TestThePreviewNamesEveryFileOfTheBundle(t *testing.T) {
	in := input(withCanaries(t))
	made, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	preview := strings.Join(made.Preview(), "\n")
	for name := range unpacked(t, in) {
		if !strings.Contains(preview, name+" (") {
			t.Errorf("the preview does not name %s:\n%s", name, preview)
		}
	}
	if entries, _ := filepath.Glob(filepath.Join(in.Dir, "*.zip")); len(entries) > 0 {
		t.Errorf("looking wrote %v", entries)
	}
}

func TestABundleIsForItsOwnerAloneAndReplacesNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	made, err := Make(input(withCanaries(t)))
	if err != nil {
		t.Fatal(err)
	}
	dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	path, err := made.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v (%v)", info.Mode(), err)
	}
	if _, err := made.Write(dir); err == nil {
		t.Error("a second one replaced the first")
	}
	trap := t.TempDir()
	if err := os.Symlink(victim, filepath.Join(trap, made.Name())); err != nil {
		t.Fatal(err)
	}
	if _, err := made.Write(trap); err == nil {
		t.Error("a link was followed")
	}
	if _, err := os.Stat(victim); err == nil {
		t.Error("the file behind the link was made")
	}
}

func TestALinkInTheFolderIsNotRead(t *testing.T) {
	dir := withCanaries(t)
	outside := filepath.Join(t.TempDir(), "outside.log")
	write(t, filepath.Dir(outside), "outside.log", `{"msg":"request","op":"outside"}`+"\n")
	if err := os.Remove(filepath.Join(dir, "allyswitch.log")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "allyswitch.log")); err != nil {
		t.Skip("no links here")
	}
	if text := unpacked(t, input(dir))["log.jsonl"]; strings.Contains(text, "outside") {
		t.Errorf("the log is another file's: %s", text)
	}
}

func TestADamagedCheckpointStillMakesABundle(t *testing.T) {
	dir := withCanaries(t)
	write(t, dir, "checkpoint.json", "{broken")
	files := unpacked(t, input(dir))
	if !strings.Contains(files["trouble.txt"], "FOLDER-DAMAGED") {
		t.Errorf("trouble.txt says %q", files["trouble.txt"])
	}
}

func TestWhereThereIsNoMigrationThereIsNoBundle(t *testing.T) {
	if _, err := Make(input(t.TempDir())); err == nil {
		t.Error("a bundle was made of an empty folder")
	}
}
