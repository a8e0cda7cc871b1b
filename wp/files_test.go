package wp

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesThatAreNoExportSayWhatTheyAre(t *testing.T) {
	for name, test := range map[string]struct{ text, code, says string }{
		"empty":               {"", "empty-file", "This file is empty."},
		"only spaces":         {"\ufeff \r\n\n", "empty-file", "This file is empty."},
		"Excel":               {"PK\x03\x04\x14\x00\x06\x00", "spreadsheet", "choose Save as"},
		"old Excel":           {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "spreadsheet", "choose Save as"},
		"web page":            {"\n<!DOCTYPE html>\n<html><body>Log in</body></html>", "web-page", "Log in to WordPress"},
		"PHP warning":         {"<br />\n<b>Warning</b>: foo in export.php", "web-page", "error page"},
		"JSON":                {`{"code":"rest_forbidden"}`, "json", "JSON file"},
		"JSON list":           {"[\n  {\"ID\": 1}]", "json", "JSON file"},
		"PDF":                 {"%PDF-1.7 …", "binary", "not a text file"},
		"NUL":                 {"ID,user_email\n1,a@example.com\n2,b\x00@example.com\n", "binary", "Line 3 of this file holds a NUL byte at character 4"},
		"only a heading":      {strings.Join(webtoffeeColumns[:27], ",") + "\n", "only-heading", "nobody below it"},
		"no e-mail column":    {"ID,first_name,last_name\n1,Ada,Lovelace\n2,Bob,Lee\n", "no-email-column", "no column user_email"},
		"an unknown sign":     {"ID:user_email:first_name\n1:a@example.com:Ada\n", "no-email-column", "only one column"},
		"no heading":          {"1,1,ada@example.com,2020-01-02 03:04:05,Ada,Lovelace\n", "no-heading", "is a person already"},
		"an open heading":     {"\"ID,user_email\n1,a@example.com\n", "no-heading", "never closed"},
		"a text that is none": {"Dear members,\nwelcome to the course.\n", "no-email-column", "no column user_email"},
	} {
		t.Run(name, func(t *testing.T) {
			var members, rejected bytes.Buffer
			_, err := Clean(t.Context(), strings.NewReader(test.text), CleanOptions{}, &members, &rejected)
			var file *FileError
			if !errors.As(err, &file) || file.Code != test.code || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
			if members.Len()+rejected.Len() > 0 {
				t.Error("nothing must be written")
			}
		})
	}
}

func TestAWrongChoiceOfColumnIsNamed(t *testing.T) {
	_, err := OpenExport(strings.NewReader("ID,Mail\n1,a@example.com\n"), Mapping{ColumnEmail: "E-Mail"})
	if err == nil || !strings.Contains(err.Error(), "no column “E-Mail”") || !strings.Contains(err.Error(), "ID, Mail") {
		t.Errorf("got %v", err)
	}
}

// brokenDisk reads a text and then fails.
func brokenDisk(text string) io.Reader {
	return io.MultiReader(strings.NewReader(text), failing{})
}

type failing struct{}

var errDisk = errors.New("input/output error")

func (failing) Read([]byte) (int, error)  { return 0, errDisk }
func (failing) Write([]byte) (int, error) { return 0, errDisk }

func TestAFailingDiskIsAnErrorAndNoEndOfFile(t *testing.T) {
	real := readReal(t)
	for _, length := range []int{0, 3, 100, 5000, len(real) / 2, len(real)} {
		if _, err := Clean(t.Context(), brokenDisk(real[:length]), CleanOptions{}, io.Discard, io.Discard); !errors.Is(err, errDisk) {
			t.Errorf("after %d bytes: got %v", length, err)
		}
	}
	if _, err := Clean(t.Context(), strings.NewReader(real), CleanOptions{}, failing{}, io.Discard); !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "writing members.csv") {
		t.Errorf("writing members: %v", err)
	}
	if _, err := Clean(t.Context(), strings.NewReader(real), CleanOptions{}, io.Discard, failing{}); !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "writing rejected.csv") {
		t.Errorf("writing rejected: %v", err)
	}
}

func TestMembersFileThatSomebodyHasEdited(t *testing.T) {
	text := "\ufeffID;customer_id;user_email;user_registered;first_name;last_name\r\n5;5;'+a@example.com;2020-01-02 03:04:05;\"Ann \"\"A\"\"\";'=Lee\r\n"
	members := membersByID(t, text)
	if want := (Member{ID: 5, CustomerID: "5", Email: "+a@example.com", Registered: "2020-01-02 03:04:05", FirstName: `Ann "A"`, LastName: "=Lee"}); !sameMember(members[5], want) {
		t.Errorf("got %+v", members[5])
	}
	for _, broken := range []string{"5;5;nobody;;A;B\r\n", "5;5;a@example.com;A\r\n", "x;5;a@example.com;;A;B\r\n"} {
		err := ReadMembers(strings.NewReader(text+broken), func(Member) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "reading members.csv: Row 3") {
			t.Errorf("%s: got %v", broken, err)
		}
	}
	stop := errors.New("enough")
	if err := ReadMembers(strings.NewReader(text), func(Member) error { return stop }); err != stop {
		t.Errorf("got %v", err)
	}
	if err := ReadMembers(strings.NewReader(text[:strings.Index(text, "5;5")]), func(Member) error { return nil }); err != nil {
		t.Errorf("a site may have nobody to move: %v", err)
	}
}

func TestDeleteExportTakesOnlyAFile(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "export.csv"), filepath.Join(dir, "link.csv")
	if err := os.WriteFile(file, []byte("ID"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	for _, path := range []string{dir, link, filepath.Join(dir, "missing.csv")} {
		if err := DeleteExport(path); err == nil {
			t.Errorf("%s was deleted", path)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Fatal("the file behind the link is gone")
	}
	if err := DeleteExport(file); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Error("the export is still there")
	}
}
