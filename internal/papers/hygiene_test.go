package papers

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// someAddress matches what looks like an e-mail address. A version behind an at sign (tool@v1.2.3) ends in a number.
var someAddress = regexp.MustCompile(`(?i)[a-z0-9._%+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})\b`)

// madeUpDomain matches the domains that are reserved for examples and tests (RFC 2606).
var madeUpDomain = regexp.MustCompile(`(?i)^(?:.*\.)?(?:example\.(?:com|org|net)|test|invalid|example|localhost)$`)

// vendorsOwn are files that vendors wrote; the addresses in them are theirs.
var vendorsOwn = regexp.MustCompile(`^crm/[a-z]+/testdata/`)

// noAddresses look like addresses and are none: the shortest there can be, some that are wrong, and a login in front of a host.
var noAddresses = []string{"a@b.co", "b@c.org", "ada@-x-.com", "ada@ab--cd.com", "ada@-example.com", "ada@example.co", "pass@acme.api-us1.com"}

// ofOneMachine matches what only makes sense on the computer where it was written: folders of somebody, mirrors of package registries.
var ofOneMachine = regexp.MustCompile(`(?m)(?:^|[\s"'` + "`" + `(=:])(?:/w[o]rk/|/r[o]ot/|/tmp/[a-z]|/Users/[a-z]+/|C:\\Users\\)|(?:go)?proxy\.[a-z]*lang|goproxy\.|registry\.npm|py[p]i\.`)

// TestNothingOfSomebodysComputerIsInTheProject looks at every file of the project.
func TestNothingOfSomebodysComputerIsInTheProject(t *testing.T) {
	list := exec.Command("git", "ls-files", "-z")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Skip("this is no checkout")
	}
	files := strings.Split(strings.Trim(string(out), "\x00"), "\x00")
	if len(files) < 300 {
		t.Fatalf("only %d files were found", len(files))
	}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !utf8.Valid(data) || vendorsOwn.MatchString(name) || strings.HasSuffix(name, "hygiene_test.go") {
			continue
		}
		if found := ofOneMachine.FindString(string(data)); found != "" {
			t.Errorf("%s holds %q, which is of one computer only", name, found)
		}
		for _, found := range someAddress.FindAllStringSubmatch(string(data), -1) {
			if !madeUpDomain.MatchString(found[1]) && !slices.Contains(noAddresses, found[0]) {
				t.Errorf("%s holds %s, which could be somebody's address: use example.com", name, found[0])
			}
		}
	}
}

func TestWhatIsOfSomebodyIsNoticed(t *testing.T) {
	for _, text := range []string{"see /ro" + "ot/x", `"/tmp/demo"`, "C:\\Users\\anna", "https://goproxy.example.com", "https://registry.npm.example.com"} {
		if !ofOneMachine.MatchString(text) {
			t.Errorf("%q goes unnoticed", text)
		}
	}
	for text, madeUp := range map[string]bool{"a@example.com": true, "a@mail.example.org": true, "a@shop.test": true, "a@gmail.com": false, "a@example.com.evil.io": false} {
		found := someAddress.FindStringSubmatch(text)
		if found == nil || madeUpDomain.MatchString(found[1]) != madeUp {
			t.Errorf("%s: %v", text, found)
		}
	}
}
