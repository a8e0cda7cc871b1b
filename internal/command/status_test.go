package command

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// TestStatusShowsWhatRunsInAnotherTerminal holds a folder open, with work under way in it, and asks for the status.
func TestStatusShowsWhatRunsInAnotherTerminal(t *testing.T) {
	dir := t.TempDir()
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: "allyswitch test"})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if err := folder.Save(folder.State()); err != nil {
		t.Fatal(err)
	}
	until := time.Now().Add(time.Minute)
	writeProgress(t, folder, migration.Progress{Label: "Send everybody else", Doing: "Sending members to Kit", Total: 400, Done: 120, Failed: 3,
		Waiting: "Kit allows 120 requests a minute", Until: &until})
	text := status(t, dir, false)
	for _, words := range []string{"Send everybody else", "Sending members to Kit", "123 of 400", "3 failed", "Kit allows 120 requests a minute"} {
		if !strings.Contains(text, words) {
			t.Errorf("the status does not say %q:\n%s", words, text)
		}
	}
	var report statusReport
	if err := json.Unmarshal([]byte(status(t, dir, true)), &report); err != nil || report.Progress == nil || report.Progress.Done != 120 {
		t.Errorf("as JSON: %v %+v", err, report.Progress)
	}
	writeProgress(t, folder, migration.Progress{Label: "Send everybody else", Paused: true})
	if text := status(t, dir, false); !strings.Contains(text, "paused") {
		t.Errorf("it is paused:\n%s", text)
	}
}

func writeProgress(t *testing.T, folder *checkpoint.Folder, progress migration.Progress) {
	t.Helper()
	file, err := folder.Create(migration.ProgressFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(file).Encode(progress); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAKilledProcessRunsNoMore leaves a progress file behind, as a killed process does.
func TestAKilledProcessRunsNoMore(t *testing.T) {
	dir := t.TempDir()
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: "allyswitch test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Save(folder.State()); err != nil {
		t.Fatal(err)
	}
	writeProgress(t, folder, migration.Progress{Label: "Send everybody else", Doing: "Sending"})
	folder.Close()
	if text := status(t, dir, false); strings.Contains(text, "Running") {
		t.Errorf("nothing runs:\n%s", text)
	}
}

func status(t *testing.T, dir string, asJSON bool) string {
	t.Helper()
	var out bytes.Buffer
	if err := Status(Options{Dir: dir, Out: &out, JSON: asJSON, Env: func(string) string { return "" }}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestStatusListsTheTools says of each tool whether it was used.
func TestStatusListsTheTools(t *testing.T) {
	dir := t.TempDir()
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: "allyswitch test"})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	state := folder.State()
	state.Step("team-settings").Answers = map[string]string{"teams.use": "no"}
	done := time.Now()
	state.Step("add-member").Answers = map[string]string{"member.email": "jo@example.com"}
	state.Step("add-member").Done = &done
	state.Step("add-member").Inputs = ";"
	if err := folder.Save(state); err != nil {
		t.Fatal(err)
	}
	var report statusReport
	if err := json.Unmarshal([]byte(status(t, dir, true)), &report); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, tool := range report.Tools {
		got[tool.Step] = tool.Status
	}
	want := map[string]string{"import-students": "not used", "add-member": "done", "merge-contacts": "not used", "team-settings": "begun"}
	for tool, word := range want {
		if got[tool] != word {
			t.Errorf("%s is %q, not %q", tool, got[tool], word)
		}
	}
	if text := status(t, dir, false); !strings.Contains(text, "Add one member by hand") || strings.Contains(text, "jo@example.com") {
		t.Errorf("the status says\n%s", text)
	}
}

// TestStatusHasNumbers: beside each word stands how much is still open.
func TestStatusHasNumbers(t *testing.T) {
	dir := t.TempDir()
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: "allyswitch test"})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	state := folder.State()
	note := func(step string, notes map[string]string, counters map[string]int64) {
		state.Step(step).Notes, state.Step(step).Counters = notes, counters
	}
	note("crm-setup", map[string]string{"asked": "x"}, map[string]int64{"missing": 2, "unknown": 1, "there": 4})
	note("tag-review", map[string]string{"read": "yes"}, map[string]int64{"todo": 7, "look": 3, "done": 40})
	note("payments", map[string]string{"orders": "9 subscriptions: 6 to move"}, map[string]int64{"orders-open": 6})
	note("test", map[string]string{"control.1": "passed\t2026-01-02T03:04:05Z\t", "control.2": "failed\t2026-01-02T03:04:05Z\tcannot log in"}, map[string]int64{"controls": 4})
	if err := folder.Save(state); err != nil {
		t.Fatal(err)
	}
	text := status(t, dir, false)
	for _, words := range []string{"2 not there, 1 not to be told, 4 there", "10 places still to do, of which 3 to look at and 0 not read; 40 done, 0 settled by you", "6 orders still open; 9 subscriptions: 6 to move", "4 people to test with: 1 as it should be, 1 not"} {
		if !strings.Contains(text, words) {
			t.Errorf("the status does not say %q:\n%s", words, text)
		}
	}
	if strings.Contains(text, "cannot log in") {
		t.Error("the status says what somebody has noted about a person")
	}
	var report statusReport
	if err := json.Unmarshal([]byte(status(t, dir, true)), &report); err != nil || report.Steps[12].Standing == "" {
		t.Errorf("as JSON: %v %+v", err, report.Steps)
	}
}
