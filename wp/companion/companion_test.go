package companion_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"allyswitch/wp/companion"
)

func packed(t *testing.T) *zip.Reader {
	t.Helper()
	var out bytes.Buffer
	if err := companion.WriteZip(&out); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func read(t *testing.T, files fs.FS, name string) string {
	t.Helper()
	data, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheZipIsOnePluginWithItsLicence(t *testing.T) {
	archive := packed(t)
	for _, file := range archive.File {
		if !strings.HasPrefix(file.Name, companion.Slug+"/") {
			t.Errorf("%s is not in the plugin's folder: WordPress would take it for another plugin", file.Name)
		}
	}
	licence := read(t, archive, companion.Slug+"/LICENSE")
	if !strings.Contains(licence, "GNU GENERAL PUBLIC LICENSE") || !strings.Contains(licence, "Version 2") {
		t.Error("the licence is not the GNU General Public License, version 2")
	}
	if head := read(t, archive, companion.Plugin+".php"); !strings.Contains(head, "License: GPL-2.0-or-later") {
		t.Error("the plugin does not name its licence")
	}
}

func TestTheZipIsTheSameEachTime(t *testing.T) {
	var first, second bytes.Buffer
	for _, out := range []io.Writer{&first, &second} {
		if err := companion.WriteZip(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two zips of the same plugin differ")
	}
}

func TestTheVersionIsTheSameEverywhere(t *testing.T) {
	version := companion.Version()
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
		t.Fatalf("version %q", version)
	}
	for name, want := range map[string]string{
		companion.Plugin + ".php":      "const VERSION   = '" + version + "'",
		companion.Slug + "/readme.txt": "Stable tag: " + version,
		"../../../docs/companion.md":   "X-AllySwitch-Companion: " + version,
	} {
		text := ""
		if strings.HasPrefix(name, "..") {
			data, err := os.ReadFile(strings.TrimPrefix(name, "../"))
			if err != nil {
				t.Fatal(err)
			}
			text = string(data)
		} else {
			text = read(t, companion.Files(), name)
		}
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}

// A file that nobody loads, or one that is loaded and missing, shows only on the site.
func TestThePluginLoadsEachOfItsFiles(t *testing.T) {
	main := read(t, companion.Files(), companion.Plugin+".php")
	list := regexp.MustCompile(`array\( ('door'.*) \) as \$part`).FindStringSubmatch(main)
	if list == nil {
		t.Fatal("the list of parts is not found")
	}
	loaded := []string{"class-lifetime.php"}
	for part := range strings.SplitSeq(list[1], ", ") {
		loaded = append(loaded, "class-"+strings.Trim(part, "'")+".php")
	}
	entries, err := fs.ReadDir(companion.Files(), companion.Slug+"/includes")
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, entry := range entries {
		there = append(there, entry.Name())
	}
	slices.Sort(loaded)
	if !slices.Equal(loaded, there) {
		t.Errorf("loaded %v\nthere  %v", loaded, there)
	}
}

// The plugin promises to store one option; a refresh may put a password back. Code that writes anything else would break the promise.
func TestNothingWritesButWhatIsDescribed(t *testing.T) {
	allowed := map[string]string{
		"class-lifetime.php": "add_option",
		"class-refresh.php":  "$wpdb->update(",
	}
	writing := regexp.MustCompile(`\b(add_option|update_option|set_transient|update_user_meta|add_user_meta|update_post_meta|wp_schedule_event|wp_insert_|file_put_contents|fwrite)\b|\$wpdb->(insert|update|replace|delete)\(|wp_mail\(|wp_remote_|curl_`)
	err := fs.WalkDir(companion.Files(), companion.Slug+"/includes", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		for _, found := range writing.FindAllString(read(t, companion.Files(), path), -1) {
			if found != allowed[entry.Name()] {
				t.Errorf("%s has %s", path, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
