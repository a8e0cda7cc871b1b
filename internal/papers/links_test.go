package papers

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are all Markdown files of the project, with what is in them.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found[name] = string(data)
		}
	}
	if len(found) < 8 {
		t.Fatalf("only %d pages were found", len(found))
	}
	return found
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

func TestLinksInThePapersLeadSomewhere(t *testing.T) {
	for name, text := range pages(t) {
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), match[1])); err != nil {
				t.Errorf("%s has a link to %s, which is not there", filepath.Base(name), match[1])
			}
		}
	}
}

// testName matches the name of a test as papers write it.
var testName = regexp.MustCompile("`(Test[A-Z]\\w+)(?:/[^`]*)?`")

// TestEveryTestThatThePapersNameIsThere keeps "kept by" true.
func TestEveryTestThatThePapersNameIsThere(t *testing.T) {
	tests := allTests(t)
	named := 0
	for name, text := range pages(t) {
		for _, match := range testName.FindAllStringSubmatch(text, -1) {
			named++
			if !strings.Contains(tests, "func "+match[1]+"(") {
				t.Errorf("%s names %s, and there is no such test", filepath.Base(name), match[1])
			}
		}
	}
	if named < 10 {
		t.Errorf("only %d names of tests were found: the search is broken", named)
	}
}

// allTests is the text of all test files, and of the suites that are code for tests.
func allTests(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
