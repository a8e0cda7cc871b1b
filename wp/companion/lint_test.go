package companion_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"allyswitch/wp/companion"
)

// The plugin promises PHP 7.4: the oldest PHP on this machine looks at its grammar.
func TestTheOldestPHPHereReadsThePlugin(t *testing.T) {
	php := oldestPHP()
	if php == "" {
		t.Skip("skipped: no PHP. Install php-cli to check the plugin's grammar")
	}
	err := fs.WalkDir(os.DirFS("."), companion.Slug, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".php" {
			return err
		}
		if out, failed := exec.CommandContext(t.Context(), php, "-l", path).CombinedOutput(); failed != nil {
			t.Errorf("%s: %s", php, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func oldestPHP() string {
	for _, name := range []string{"php7.4", "php8.0", "php8.1", "php8.2", "php8.3", "php8.4", "php8.5", "php"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// A newer PHP does not mind what came after 7.4; this looks for what one is tempted to write.
func TestNothingNewerThanPHP74IsUsed(t *testing.T) {
	newer := []string{" match (", "match(", "?->", "readonly ", "enum ", "array_is_list(", "array_find(", "str_increment(", "json_validate(", "mb_trim("}
	err := fs.WalkDir(companion.Files(), companion.Slug, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".php" {
			return err
		}
		for line := range strings.Lines(read(t, companion.Files(), path)) {
			code := strings.TrimSpace(line)
			if strings.HasPrefix(code, "*") || strings.HasPrefix(code, "/") {
				continue
			}
			code, _, _ = strings.Cut(code, "// ")
			for _, word := range newer {
				if strings.Contains(strings.ReplaceAll(code, "preg_match(", ""), word) {
					t.Errorf("%s uses %s: %s", path, word, strings.TrimSpace(line))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
