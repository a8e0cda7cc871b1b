package migration_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"allyswitch/wizard/checkpoint"
)

// TestStartingAgainKnowsEveryFile looks through the sources for names of files: one that checkpoint.FileNames lacks would stay when somebody starts again, and
// be taken for the new migration's.
func TestStartingAgainKnowsEveryFile(t *testing.T) {
	constant := regexp.MustCompile(`(?m)^\s*(?:const )?\w+File\s*=\s*"([a-z-]+\.[a-z]+)"`)
	found := 0
	for _, folder := range []string{".", "report"} {
		sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") {
				continue
			}
			text, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range constant.FindAllStringSubmatch(string(text), -1) {
				if found++; !slices.Contains(checkpoint.FileNames(), name[1]) {
					t.Errorf("%s, in %s, is not among checkpoint.FileNames", name[1], source)
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d names were found", found)
	}
}
