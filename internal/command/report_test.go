package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
)

// finished is a demo that has run to its end, and options for the commands after it.
func finished(t *testing.T) (Options, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	options := Options{Dir: filepath.Join(t.TempDir(), "migration"), JSON: true, In: strings.NewReader(""), Out: out, Err: out, Env: func(string) string { return "" }, Version: "1.0.0"}
	if err := Demo(t.Context(), options, DemoOptions{CRM: "activecampaign", Members: 30, Faults: "none", Speed: 1000, Auto: true}); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out.Reset()
	options.JSON = false
	return options, out
}

func TestTheReportIsThereAtTheEndAndFits(t *testing.T) {
	options, out := finished(t)
	if err := Verify(options, ""); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(out.String(), "this proves that nobody changed any of it") || !strings.Contains(out.String(), "but not that what the CRM answered was true") {
		t.Errorf("verify says %q", out)
	}
	page, err := os.ReadFile(filepath.Join(options.Dir, report.HTMLFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"13. Test, test, and test again", "Ticked: The people to test with can log in", "ActiveCampaign"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

func TestAReportIsWrittenAgain(t *testing.T) {
	options, out := finished(t)
	if err := os.Remove(filepath.Join(options.Dir, report.HTMLFile)); err != nil {
		t.Fatal(err)
	}
	options.JSON = true
	if err := Report(options); err != nil {
		t.Fatal(err)
	}
	var line reportLine
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Tone != "good" || len(line.Files) != 4 || len(line.Doubts) > 0 {
		t.Errorf("%+v, %v", line, err)
	}
	if err := Verify(options, ""); err != nil {
		t.Error(err)
	}
}

func TestAReportThatWasEditedHasItsOwnExitCode(t *testing.T) {
	options, out := finished(t)
	options.JSON = true
	path := filepath.Join(options.Dir, migration.ContactIDsFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "+,99,late@example.com,,,,\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	err = Verify(options, filepath.Join(options.Dir, report.MarkdownFile))
	if Exit(err) != ExitRefused {
		t.Errorf("the exit code is %d for %v", Exit(err), err)
	}
	var line verifyLine
	if jsonErr := json.Unmarshal(out.Bytes(), &line); jsonErr != nil || line.Sound || len(line.Problems) == 0 || !strings.Contains(line.Problems[0], "contact-ids.csv") {
		t.Errorf("%+v, %v", line, jsonErr)
	}
	if !strings.Contains(Words(err), "do not rely on it") {
		t.Errorf("the words are %q", Words(err))
	}
}

func TestThereIsNoReportWithoutAMigration(t *testing.T) {
	options := Options{Dir: filepath.Join(t.TempDir(), "nothing"), Out: &bytes.Buffer{}, Env: func(string) string { return "" }}
	if err := Report(options); err == nil || !strings.Contains(err.Error(), "there is no migration") {
		t.Errorf("report says %v", err)
	}
	if _, err := os.Stat(options.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("a folder was made by only asking")
	}
	if err := Verify(options, ""); err == nil || Exit(err) != ExitError {
		t.Errorf("verify says %v", err)
	}
}
