// Package bundle makes the file that people send to support: where a migration stands and what went wrong, and nobody's name, address or key.
// What is not known to be harmless is left out; only then is it packed.
package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"allyswitch/internal/version"
	"allyswitch/wizard/checkpoint"
)

// Input is what a bundle is made of.
type Input struct {
	// Dir is the migration's folder. It is only read, and may be open in another process.
	Dir   string
	Build version.Build
	// Choices are the answers that may be shown, by question: those that a person picked from a list.
	Choices map[string][]string
	// Hosts shows the addresses of the site and of the CRM. They are masked otherwise.
	Hosts bool
	// Env looks up an environment variable. Of ours only the names are noted.
	Env func(string) string
	// Page is the page on display as text, with privacy on; empty when there is none.
	Page string
	// Now is when the bundle is made.
	Now time.Time
}

// File is one file of a bundle.
type File struct {
	Name string
	// Holds says in a sentence what is in it, and what was masked.
	Holds string
	Data  []byte
}

// Bundle is ready to be looked at, and to be written.
type Bundle struct {
	files []File
	made  time.Time
}

// Make reads the folder and masks what it reads. Nothing is written.
func Make(in Input) (*Bundle, error) {
	seen, err := checkpoint.Peek(in.Dir)
	if seen.State == nil && err == nil {
		return nil, fmt.Errorf("there is no migration in %s; name its folder with --dir", in.Dir)
	}
	root, rootErr := os.OpenRoot(in.Dir)
	if rootErr != nil {
		return nil, fmt.Errorf("look at the migration's folder: %w", rootErr)
	}
	defer root.Close()
	mask := newMask(in, seen.State)
	b := &Bundle{made: in.Now.UTC()}
	b.add("computer.json", "The program's version, the operating system and the terminal. No name of the computer or of its user.", indented(computer(in)))
	if seen.State != nil {
		b.add("state.json", "Where each step stands, with figures and times. Typed answers and notes are left out, except for choices from a list.", indented(mask.state(seen.State)))
	}
	if err != nil {
		b.add("trouble.txt", "Why the checkpoint could not be read as it should.", []byte(mask.code(err.Error())+"\n"))
	}
	b.add("journal.txt", "How many pieces of work were begun, done and failed, and when. Not with whom.", journal(root, mask))
	b.add("log.jsonl", "The last lines of the log: what was asked, how it was answered, how long it took. The CRM's own words are left out.", logLines(root))
	b.add("files.txt", "The files in the folder: sizes and times, not what is in them.", fileList(root))
	if in.Page != "" {
		b.add("page.txt", "The page on display. Names of people and addresses are pseudonyms; names of tags stand as they are.", []byte(mask.page(in.Page, namesIn(root))))
	}
	return b.withManifest(in), nil
}

func (b *Bundle) add(name, holds string, data []byte) {
	b.files = append(b.files, File{Name: name, Holds: holds, Data: data})
}

// Files are all files of the bundle, the manifest first.
func (b *Bundle) Files() []File { return b.files }

// Preview says what is in the bundle, one line a file.
func (b *Bundle) Preview() []string {
	lines := make([]string, len(b.files))
	for i, file := range b.files {
		lines[i] = fmt.Sprintf("%s (%s): %s", file.Name, size(len(file.Data)), file.Holds)
	}
	return lines
}

func size(bytes int) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%d kB", (bytes+500)/1000)
}

// manifestLine is what the manifest says of one file.
type manifestLine struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	Holds  string `json:"holds"`
}

func (b *Bundle) withManifest(in Input) *Bundle {
	manifest := struct {
		Made    time.Time      `json:"made"`
		Build   version.Build  `json:"build"`
		LeftOut []string       `json:"left_out"`
		Files   []manifestLine `json:"files"`
	}{Made: b.made, Build: in.Build, LeftOut: leftOut(in.Hosts, in.Page != "")}
	for _, file := range b.files {
		sum := sha256.Sum256(file.Data)
		manifest.Files = append(manifest.Files, manifestLine{Name: file.Name, Bytes: len(file.Data), SHA256: hex.EncodeToString(sum[:]), Holds: file.Holds})
	}
	first := File{Name: "manifest.json", Holds: "This list, with what was left out.", Data: indented(manifest)}
	b.files = append([]File{first}, b.files...)
	return b
}

func leftOut(hosts, page bool) []string {
	tags := "names of tags and custom fields"
	if page {
		tags += ", but for those on the page on display"
	}
	left := []string{"keys, passwords and tokens", "e-mail addresses", "names of people, accounts and this computer", tags,
		"the members, the journal's contents and the export"}
	if !hosts {
		left = append(left, "the addresses of the site and of the CRM (--hosts would show them)")
	}
	return left
}

// Name is a file name for a bundle made at a time.
func (b *Bundle) Name() string { return "support-" + b.made.Format("2006-01-02T15-04-05Z") + ".zip" }

// Write writes the bundle into a folder under its Name, for its owner alone, and returns the path. It replaces no file and follows no link.
func (b *Bundle) Write(dir string) (string, error) {
	packed, err := b.pack()
	if err != nil {
		return "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", fmt.Errorf("write the file for support: %w", err)
	}
	defer root.Close()
	file, err := root.OpenFile(b.Name(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("write the file for support: %w", err)
	}
	_, err = file.Write(packed)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = root.Remove(b.Name()) // half of it helps nobody
		return "", fmt.Errorf("write the file for support: %w", err)
	}
	return filepath.Join(dir, b.Name()), nil
}

func (b *Bundle) pack() ([]byte, error) {
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for _, file := range b.files {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: file.Name, Method: zip.Deflate, Modified: b.made})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", file.Name, err)
		}
		if _, err := entry.Write(file.Data); err != nil {
			return nil, fmt.Errorf("pack %s: %w", file.Name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("pack the file for support: %w", err)
	}
	return packed.Bytes(), nil
}

// shownVariables say how the terminal draws. Their values name nobody.
const shownVariables = "TERM TERM_PROGRAM TERM_PROGRAM_VERSION COLORTERM NO_COLOR LANG LC_ALL LC_CTYPE WT_SESSION TMUX SSH_TTY ACCESSIBLE COLUMNS LINES"

// computer describes what the program runs on.
func computer(in Input) any {
	terminal := map[string]string{}
	for _, name := range strings.Fields(shownVariables) {
		switch value := in.Env(name); {
		case value == "":
		case name == "TMUX" || name == "SSH_TTY" || name == "WT_SESSION": // a path or a number: that it is set says enough
			terminal[name] = "set"
		default:
			terminal[name] = short(value)
		}
	}
	return struct {
		Build      version.Build     `json:"build"`
		Processors int               `json:"processors"`
		Terminal   map[string]string `json:"terminal"`
	}{in.Build, runtime.NumCPU(), terminal}
}

// short keeps a value that a terminal sets to what such values look like.
func short(value string) string {
	value = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_.:", r) {
			return r
		}
		return '?'
	}, value)
	return value[:min(len(value), 40)]
}

func indented(value any) []byte {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return []byte("null\n")
	}
	return append(data, '\n')
}
