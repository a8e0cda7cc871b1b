package command

import (
	"archive/zip"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// packed reads one file of the only bundle in a folder.
func packed(t *testing.T, dir, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "support-*.zip"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the bundles are %v (%v)", found, err)
	}
	archive, err := zip.OpenReader(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestABundleIsShownFirstAndWrittenOnlyWhenThatIsWanted(t *testing.T) {
	options, out := finished(t)
	if err := Bundle(options, BundleOptions{}); err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(filepath.Join(options.Dir, "*.zip")); len(found) > 0 || !strings.Contains(out.String(), "Nothing was written") {
		t.Errorf("without a yes it wrote %v and said\n%s", found, out)
	}
	out.Reset()
	scripted := options
	scripted.JSON = true
	var told struct{ Event, File string }
	if err := Bundle(scripted, BundleOptions{}); err != nil || json.Unmarshal(out.Bytes(), &told) != nil || told.Event != "bundle-preview" || told.File != "" {
		t.Errorf("in JSON, without a yes: %v\n%s", err, out)
	}
	out.Reset()
	if err := Bundle(options, BundleOptions{Yes: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "state.json (") || !strings.Contains(out.String(), "Written: "+options.Dir) {
		t.Errorf("it said\n%s", out)
	}
	if files := packed(t, options.Dir, "files.txt"); strings.Contains(files, "another file") {
		t.Errorf("a file that the program made is not known to it:\n%s", files)
	}
	if state := packed(t, options.Dir, "state.json"); !strings.Contains(state, `"import.route": "api"`) {
		t.Errorf("the state does not show what was chosen from a list:\n%s", state)
	}
}

func TestTheScreenMakesTheSameBundleWithItsPage(t *testing.T) {
	options, _ := finished(t)
	hook := support{options: options, dir: options.Dir}
	files, err := hook.Preview()
	if err != nil || !strings.Contains(strings.Join(files, "\n"), "page.txt") {
		t.Fatalf("the preview is %v (%v)", files, err)
	}
	if _, err := hook.Write("Step 4\n  quinn.rossi142@example.com\n"); err != nil {
		t.Fatal(err)
	}
	if page := packed(t, options.Dir, "page.txt"); !strings.HasPrefix(page, "Step 4\n") || strings.Contains(page, "@") {
		t.Errorf("the page in the bundle is\n%s", page)
	}
}
