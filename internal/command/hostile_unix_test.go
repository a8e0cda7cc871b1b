//go:build unix

package command

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode"
)

// hostile is what somebody could call themselves, or a tag, to get at the terminal or the spreadsheet of the owner: CSI, OSC, DCS, and then every C0 and C1
// control and every mark of direction that there is. Line breaks have tests of their own where files are read.
var hostile = "\x1b[2J\x1b]0;PWNED\x07\x1b]52;c;UFdORUQ=\x07\x1b]8;;https://evil.example\x1b\\\x1bPq\x1b\\\u009b2J\u009d0;x\u009c" +
	between(0x01, 0x09) + between(0x0b, 0x0c) + between(0x0e, 0x1f) + between(0x7f, 0x9f) + "\u061c\u200e\u200f" + between(0x202a, 0x202e) + between(0x2066, 0x2069)

// between is every character from one to another.
func between(from, to rune) string {
	var all strings.Builder
	for r := from; r <= to; r++ {
		all.WriteRune(r)
	}
	return all.String()
}

// formulas are what a spreadsheet would work out.
var formulas = []string{"=HYPERLINK(\"https://evil.example\")", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1"}

// invite adds people with such names to the site's files, and two rows that have to be left out.
func (w *world) invite() {
	w.t.Helper()
	w.append("export.csv", func(heading []string) [][]string {
		var rows [][]string
		for i, formula := range formulas {
			values := map[string]string{"ID": fmt.Sprint(9000 + i), "user_login": "hostile", "user_email": fmt.Sprintf("hostile%d@example.com", i), "first_name": hostile + "Ann", "last_name": formula,
				"display_name": hostile + formula, "user_registered": "2026-01-02 03:04:05", "roles": "subscriber"}
			rows = append(rows, rowOf(heading, values))
			values["user_email"], values["ID"] = hostile+"no address", fmt.Sprint(9100+i)
			rows = append(rows, rowOf(heading, values))
		}
		return rows
	})
	w.append("tags.csv", func([]string) [][]string {
		var rows [][]string
		for i, formula := range formulas {
			rows = append(rows, []string{fmt.Sprintf("hostile%d@example.com", i), formula}, []string{fmt.Sprintf("hostile%d@example.com", i), "Course " + hostile})
		}
		return rows
	})
}

func rowOf(heading []string, values map[string]string) []string {
	row := make([]string, len(heading))
	for i, title := range heading {
		row[i] = values[strings.Trim(title, "\ufeff\"")]
	}
	return row
}

func (w *world) append(name string, rows func(heading []string) [][]string) {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.files, name))
	if err != nil {
		w.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(data), "\n")
	var out bytes.Buffer
	out.Write(data)
	writer := csv.NewWriter(&out)
	if err := writer.WriteAll(rows(strings.Split(strings.TrimSpace(first), ","))); err != nil {
		w.t.Fatal(err)
	}
	w.write(name, out.String())
}

// controls says that a terminal obeys a character.
func controls(r rune) bool { return r != '\n' && unicode.IsControl(r) }

// misleads says that a character turns the direction of what is read. Files keep it: Hebrew and Arabic names need such marks, and tags must stay as they
// are to the letter. Nothing that is printed has it.
func misleads(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x61c
}

func harmless(t *testing.T, where, text string, obeyed ...func(rune) bool) {
	t.Helper()
	at := strings.IndexFunc(text, func(r rune) bool {
		return slices.ContainsFunc(obeyed, func(obeys func(rune) bool) bool { return obeys(r) })
	})
	if at >= 0 {
		t.Errorf("%s holds a control character: …%q…", where, text[max(0, at-60):min(len(text), at+60)])
	}
}

// safeFolder looks at every file that was written.
func (w *world) safeFolder() (files int) {
	w.t.Helper()
	err := filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm() != 0o600 {
			w.t.Errorf("%s has the mode %v", entry.Name(), info.Mode())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch {
		case entry.Name() == "lock": // its first byte is not text
		case entry.Name() == "allyswitch.log" || strings.HasPrefix(entry.Name(), "report"):
			harmless(w.t, entry.Name(), string(data), controls, misleads)
		case strings.HasSuffix(path, ".csv"):
			// A tab stays inside a cell; safeSheet looks at how cells begin.
			harmless(w.t, entry.Name(), strings.ReplaceAll(string(data), "\t", " "), controls)
		default:
			harmless(w.t, entry.Name(), string(data), controls)
		}
		if strings.HasSuffix(path, ".csv") {
			safeSheet(w.t, entry.Name(), data)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return files
}

// safeSheet opens a file as a spreadsheet does: whatever begins with one of these signs would be worked out. A single sign is no formula.
func safeSheet(t *testing.T, name string, data []byte) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if len(cell) > 1 && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet works out a cell of %s: %q", name, cell)
			}
		}
	}
}

func TestNamesAndTagsFromOutsideDoNothing(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	w := newWorld(t)
	w.invite()
	var out bytes.Buffer
	options := w.options(&out)
	options.JSON = false
	answers := w.answers("activecampaign", nil)
	if err := Run(t.Context(), options, RunOptions{Answers: answers, Until: "tags"}); Exit(err) == ExitMissing {
		t.Fatalf("%v\n%s", err, out.String())
	}
	harmless(t, "what is printed", out.String(), controls, misleads)
	if !strings.Contains(out.String(), "Ann") && w.safeFolder() < 10 {
		t.Errorf("the run did not get to the members:\n%s", out.String())
	}
	w.safeFolder()
	if data, err := os.ReadFile(filepath.Join(w.dir, "members.csv")); err != nil || !strings.Contains(string(data), "Ann") {
		t.Errorf("the people of the test are not in members.csv (%v)", err)
	}
	if data, err := os.ReadFile(filepath.Join(w.dir, "rejected.csv")); err != nil || !strings.Contains(string(data), "no address") {
		t.Errorf("the rows of the test are not in rejected.csv (%v)", err)
	}
	out.Reset()
	if err := Status(options); err != nil {
		t.Fatal(err)
	}
	harmless(t, "status", out.String(), controls, misleads)
}

func TestWordsOfTheCRMDoNothing(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	for _, crmID := range []string{"activecampaign", "kit", "keap", "ontraport", "drip"} {
		t.Run(crmID, func(t *testing.T) {
			w := newWorld(t)
			w.set(func(writer http.ResponseWriter, request *http.Request, _ string) bool {
				if strings.HasPrefix(request.URL.Path, "/site") {
					return false
				}
				writer.Header().Set("Content-Type", "application/json")
				writer.WriteHeader(http.StatusForbidden)
				_ = json.NewEncoder(writer).Encode(map[string]any{"message": hostile, "error": hostile, "errors": []string{hostile}})
				return true
			})
			var out bytes.Buffer
			options := w.options(&out)
			options.JSON = false
			err := Run(t.Context(), options, RunOptions{Answers: w.answers(crmID, nil)})
			if err == nil {
				t.Fatal("the run went well although the CRM refuses everything")
			}
			harmless(t, "what is printed", out.String()+Words(err), controls, misleads)
			w.safeFolder()
			if log, err := os.ReadFile(filepath.Join(w.dir, "allyswitch.log")); err != nil || !strings.Contains(string(log), "PWNED") {
				t.Errorf("the CRM's words are not in the log, so this proves nothing (%v)", err)
			}
		})
	}
}

func TestLinksInTheFolderLeadNobodyElsewhere(t *testing.T) {
	for _, name := range []string{"allyswitch.log", "members.csv", "rejected.csv", "plan.json", "report.html"} {
		t.Run(name, func(t *testing.T) {
			w, victim := newWorld(t), filepath.Join(t.TempDir(), "victim")
			if err := os.WriteFile(victim, []byte("precious"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(w.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(victim, filepath.Join(w.dir, name)); err != nil {
				t.Fatal(err)
			}
			got := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", nil)})
			if got.exit == ExitDone || !strings.Contains(got.words, "FOLDER-UNSAFE") {
				t.Errorf("the run ended with %d: %s", got.exit, got.words)
			}
			if data, err := os.ReadFile(victim); err != nil || string(data) != "precious" {
				t.Errorf("the file behind the link was written: %.80q (%v)", data, err)
			}
			if info, err := os.Stat(victim); err != nil || info.Mode().Perm() != 0o644 {
				t.Errorf("the rights of the file behind the link were changed (%v)", err)
			}
		})
	}
}
