package command

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"allyswitch/wizard/checkpoint"
)

// damagedFolder is a migration whose checkpoint was spoilt after it had been saved twice.
func damagedFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	folder.State().Site.URL = "https://members.example.com"
	for range 2 {
		if err := folder.Save(folder.State()); err != nil {
			t.Fatal(err)
		}
	}
	folder.Close()
	if err := os.WriteFile(filepath.Join(dir, "checkpoint.json"), []byte("{\"schema\": 1, spoilt"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestADamagedCheckpointIsOpenedFromItsEarlierCopyWhenAsked(t *testing.T) {
	dir := damagedFolder(t)
	options := Options{Out: &bytes.Buffer{}, In: &bytes.Buffer{}, Env: func(string) string { return "" }}
	if _, err := openFolder(options, dir); err == nil {
		t.Fatal("a damaged folder was opened without asking")
	}
	options.Recover = recoverBackup
	folder, err := openFolder(options, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if got := folder.State().Site.URL; got != "https://members.example.com" {
		t.Errorf("the earlier copy says %q", got)
	}
}

func TestStartingAgainKeepsTheOldFiles(t *testing.T) {
	dir := damagedFolder(t)
	folder, err := openFolder(Options{Recover: recoverAgain, Out: &bytes.Buffer{}}, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	kept, err := filepath.Glob(filepath.Join(dir, "*", "checkpoint.json"))
	if err != nil || len(kept) != 1 || folder.State().Site.URL != "" {
		t.Errorf("kept %v, state %q (%v)", kept, folder.State().Site.URL, err)
	}
}

func asFolderError(t *testing.T, err error) *checkpoint.Error {
	t.Helper()
	var trouble *checkpoint.Error
	if !errors.As(err, &trouble) {
		t.Fatalf("not an error of the folder: %v", err)
	}
	return trouble
}

func TestTheWaysOutAreOfferedByNumber(t *testing.T) {
	_, err := checkpoint.Open(damagedFolder(t), checkpoint.Options{Tool: "test"})
	trouble := asFolderError(t, err)
	for typed, want := range map[string]string{"1\n": recoverBackup, "2\n": recoverAgain, "\n": "", "7\n": ""} {
		out := &bytes.Buffer{}
		if got := askRecovery(Options{In: bytes.NewBufferString(typed), Out: out}, trouble); got != want {
			t.Errorf("typed %q: %q, want %q\n%s", typed, got, want, out)
		}
	}
}

func TestAskingForAWayOutDoesNothingToASoundFolder(t *testing.T) {
	dir := t.TempDir()
	options := Options{Out: &bytes.Buffer{}, In: &bytes.Buffer{}}
	open := func() *checkpoint.Folder {
		t.Helper()
		folder, err := openFolder(options, dir)
		if err != nil {
			t.Fatal(err)
		}
		return folder
	}
	folder := open()
	folder.State().Site.URL = "https://members.example.com"
	if err := folder.Save(folder.State()); err != nil {
		t.Fatal(err)
	}
	folder.Close()
	for _, way := range []string{recoverBackup, recoverJournal, recoverAgain} {
		options.Recover = way
		folder := open()
		if got := folder.State().Site.URL; got != "https://members.example.com" || len(folder.Recovered()) > 0 {
			t.Errorf("--recover %s left %q: %v", way, got, folder.Recovered())
		}
		folder.Close()
	}
}

func TestADemoLeavesARealMigrationAlone(t *testing.T) {
	dir := damagedFolder(t)
	folder, err := openFolder(Options{Recover: recoverBackup, Out: &bytes.Buffer{}}, dir)
	if err != nil {
		t.Fatal(err)
	}
	folder.Close()
	err = Demo(t.Context(), Options{Dir: dir, Out: &bytes.Buffer{}, Env: func(string) string { return "" }}, DemoOptions{CRM: "kit", Auto: true, Speed: 5000})
	if Exit(err) != ExitRefused {
		t.Errorf("a demo in the folder of a real migration: %v", err)
	}
	if seen, err := checkpoint.Peek(dir); err != nil || seen.State == nil || seen.State.Site.URL != "https://members.example.com" {
		t.Errorf("the migration is now %+v (%v)", seen.State, err)
	}
}
