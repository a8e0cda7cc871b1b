package papers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readPaper(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheReadmeSaysWhatGoesByMachineInWhichCRM(t *testing.T) {
	table, err := Automatic()
	if err != nil {
		t.Fatal(err)
	}
	text := readPaper(t, "README.md")
	before, rest, found := strings.Cut(text, automaticBegin)
	_, after, ended := strings.Cut(rest, automaticEnd)
	if !found || !ended {
		t.Fatal("README.md has lost the marks of the table")
	}
	made := before + automaticBegin + "\n" + table + "\n" + automaticEnd + after
	if *update {
		if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != made {
		t.Errorf("README.md is behind the drivers: run `go generate ./internal/papers`. First difference:\n%s", firstDifference(text, made))
	}
}

// TestEveryPromiseNamesTheTestThatKeepsIt looks at the last cell of each row of the tables of promises. That such tests exist is looked at elsewhere.
func TestEveryPromiseNamesTheTestThatKeepsIt(t *testing.T) {
	for _, table := range []struct{ paper, heading string }{{"README.md", "## What it promises"}, {"SECURITY.md", "## What there is to protect, and how"}} {
		_, section, found := strings.Cut(readPaper(t, table.paper), table.heading+"\n")
		if !found {
			t.Fatalf("%s has no %q", table.paper, table.heading)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		rows := 0
		for line := range strings.Lines(section) {
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.Contains(cells[len(cells)-1], "kept by") {
				continue
			}
			rows++
			if kept := cells[len(cells)-1]; !testName.MatchString(kept) && !strings.Contains(kept, "`scripts/") {
				t.Errorf("%s: no test is named for %s", table.paper, line)
			}
		}
		if rows < 8 {
			t.Errorf("%s has %d promises: the search is broken", table.paper, rows)
		}
	}
}

func TestTheReadmeHasTwoCommandsToTheDemo(t *testing.T) {
	text := readPaper(t, "README.md")
	for _, want := range []string{"go run . demo ", "go test ./... "} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("README.md does not show %q", want)
		}
	}
	for _, heading := range []string{"## Two commands", "## The thirteen steps", "## What goes by machine in which CRM", "## What it promises", "## What has not been tried"} {
		if !strings.Contains(text, heading+"\n") {
			t.Errorf("README.md has no %q", heading)
		}
	}
}
