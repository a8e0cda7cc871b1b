package papers

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheReleaseIsMadeOfWhatIsThere looks at every file that .goreleaser.yaml puts into a release. What scripts/packed makes is not there yet.
func TestTheReleaseIsMadeOfWhatIsThere(t *testing.T) {
	found := 0
	for _, match := range regexp.MustCompile(`\{src: ([^,}]+)`).FindAllStringSubmatch(readPaper(t, ".goreleaser.yaml"), -1) {
		found++
		if made, _ := filepath.Match("packed/*", filepath.Dir(match[1])+"/x"); made || strings.HasPrefix(match[1], "packed/") {
			if name := filepath.Base(match[1]); name != "*" && !strings.Contains(readPaper(t, "scripts/packed"), strings.TrimSuffix(name, filepath.Ext(name))) {
				t.Errorf("scripts/packed does not make %s", match[1])
			}
			continue
		}
		if files, err := filepath.Glob(filepath.Join(root, match[1])); err != nil || len(files) == 0 {
			t.Errorf("the release wants %s, which is not there", match[1])
		}
	}
	if found < 10 {
		t.Errorf("only %d files were found: the search is broken", found)
	}
}

// TestOneCommitIsBuiltInOneWay compares how a release is built with how scripts/reproducible builds it twice, and with what main.go is told.
func TestOneCommitIsBuiltInOneWay(t *testing.T) {
	release, twice, program := readPaper(t, ".goreleaser.yaml"), readPaper(t, "scripts/reproducible"), readPaper(t, "main.go")
	for _, want := range []string{"-trimpath", "-buildvcs=false", "-mod=readonly", "CGO_ENABLED=0", "-s -w"} {
		if !strings.Contains(release, want) || !strings.Contains(twice, want) {
			t.Errorf("a release and scripts/reproducible do not both build with %s", want)
		}
	}
	variable := regexp.MustCompile(`-X main\.(\w+)=`)
	names := func(text string) (all []string) {
		for _, match := range variable.FindAllStringSubmatch(text, -1) {
			all = append(all, match[1])
		}
		slices.Sort(all)
		return all
	}
	if of := names(release); len(of) == 0 || !slices.Equal(of, names(twice)) {
		t.Errorf("a release sets %v, scripts/reproducible %v", of, names(twice))
	}
	for _, name := range names(release) {
		if !regexp.MustCompile(`(?m)^\t` + name + `\s+=`).MatchString(program) {
			t.Errorf("main.go has no variable %s for the linker to set", name)
		}
	}
}

// TestTheWorkflowsRunWhatThePapersSay keeps the workflows to what CONTRIBUTING.md and docs/terminals.md say of them.
func TestTheWorkflowsRunWhatThePapersSay(t *testing.T) {
	checks, release := readPaper(t, ".github/workflows/ci.yml"), readPaper(t, ".github/workflows/release.yml")
	for _, want := range []string{"- run: .ci/run\n", "macos-latest", "windows-latest", "- run: go test ./...\n", "args: check"} {
		if !strings.Contains(checks, want) {
			t.Errorf("ci.yml does not have %q", want)
		}
	}
	for _, want := range []string{"- run: .ci/run\n", "- run: scripts/reproducible\n", "cosign-installer", "download-syft", "args: release --clean"} {
		if !strings.Contains(release, want) {
			t.Errorf("release.yml does not have %q", want)
		}
	}
	for name, text := range map[string]string{"ci.yml": checks, "release.yml": release} {
		if !strings.Contains(text, "\npermissions:\n  contents: read\n") {
			t.Errorf("%s may do more than read", name)
		}
		if strings.Count(text, "actions/checkout@") != strings.Count(text, "persist-credentials: false") {
			t.Errorf("%s leaves a token in a checkout", name)
		}
	}
}
