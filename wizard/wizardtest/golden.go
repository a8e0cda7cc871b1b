package wizardtest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden compares lines with testdata/<name>.golden; with -update it writes the file.
func Golden(t testing.TB, name string, lines []string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name)+".golden")
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the tests with -update to write it)", err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s differs.\n--- got\n%s--- want\n%s", path, got, want)
	}
}

// Goldens draws a model at all Sizes, checks each frame and the keys in its last line, and compares it with its golden file. The model is made
// anew for each size.
func Goldens(t *testing.T, name string, model func() tea.Model) {
	t.Helper()
	for _, size := range Sizes() {
		full := fmt.Sprintf("%s-%dx%d", name, size.Width, size.Height)
		t.Run(full, func(t *testing.T) {
			lines := Frame(t, model(), size)
			Keys(t, lines)
			Golden(t, full, lines)
		})
	}
}

// Keys says when the last line shows no way out.
func Keys(t testing.TB, lines []string) {
	t.Helper()
	last := lines[len(lines)-1]
	for _, key := range []string{"Esc", "Enter", "F1", "ctrl+c"} {
		if strings.Contains(last, key) {
			return
		}
	}
	t.Errorf("the last line shows no keys: %q", last)
}
