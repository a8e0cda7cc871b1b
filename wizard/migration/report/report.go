// Package report writes what a migration has come to, for the owner, for support and for the years after: report.html and report.md, each with a twin
// that names nobody. Every figure says which line of the journal or which file it rests on, and Verify recomputes them all.
package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"allyswitch/wizard/checkpoint"
)

// The files that Write makes in the migration's folder. The redacted ones hold no address, no name of a person, and no name of a site or account.
const (
	HTMLFile         = "report.html"
	MarkdownFile     = "report.md"
	RedactedHTMLFile = "report-redacted.html"
	RedactedTextFile = "report-redacted.md"
)

// OpReport is the journal's word for a report that was written: with it, the journal holds the SHA-256 of the report itself.
const OpReport = "report"

// Options are what a report has to be told because no file of the folder says it.
type Options struct {
	// Tool is the version that writes, CRM the name as its vendor writes it.
	Tool string
	CRM  string
	// Steps are all steps in order, in the words that the screens use.
	Steps []Step
	// Limits are the CRM's published limits, on the clock that the migration ran by; empty when they are not known here.
	Limits []Limit
}

// Step is one step in the words of the screens.
type Step struct {
	ID, Title string
	// Number is 0 for start and finish.
	Number int
	// Words are the texts of boxes and tasks, by key.
	Words map[string]string
	// Open is what is still to be done in this step, in order. It is empty when the step is done.
	Open []string
	// Found, Answers and Boxes are what the step's page shows now.
	Found   []Found
	Answers []Answered
	Boxes   []Box
}

// Limit is how many requests may be made in any stretch of time.
type Limit struct {
	Requests int
	Per      time.Duration
}

// Written says what Write has made.
type Written struct {
	Files   []string
	Verdict Verdict
	Doubts  []string
}

// page is a file of the report before it is on the disk.
type page struct {
	name string
	text []byte
}

// reportNote is the journal's record of a report: the SHA-256 of each of its files.
type reportNote struct {
	Files map[string]string `json:"files"`
}

// Write makes the report from the files of the folder. The journal gets a line with the SHA-256 of what is written, before it is written. A journal that
// is damaged is an ErrCorrupt of checkpoint, and nothing is written.
func Write(folder *checkpoint.Folder, options Options) (*Written, error) {
	made, salt, err := collect(folder.Dir(), options)
	if err != nil {
		return nil, doing("write the report", err)
	}
	pages, err := render(made, salt)
	if err != nil {
		return nil, doing("write the report", err)
	}
	if err := vouch(folder, pages); err != nil {
		return nil, doing("write the report", err)
	}
	written := &Written{Verdict: made.Verdict, Doubts: made.Doubts}
	for _, page := range pages {
		if err := save(folder, page); err != nil {
			return written, doing("write "+page.name, err)
		}
		written.Files = append(written.Files, page.name)
	}
	return written, nil
}

func render(made *Report, salt string) ([]page, error) {
	veiled := made.redacted(salt)
	whole, err := made.html()
	if err != nil {
		return nil, err
	}
	hidden, err := veiled.html()
	if err != nil {
		return nil, err
	}
	return []page{{HTMLFile, whole}, {MarkdownFile, made.markdown()}, {RedactedHTMLFile, hidden}, {RedactedTextFile, veiled.markdown()}}, nil
}

func vouch(folder *checkpoint.Folder, pages []page) error {
	note := reportNote{Files: map[string]string{}}
	for _, page := range pages {
		note.Files[page.name] = sum(page.text)
	}
	raw, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return folder.Journal().Append(checkpoint.Entry{Phase: checkpoint.Note, Op: OpReport, Data: raw})
}

func save(folder *checkpoint.Folder, page page) error {
	file, err := folder.Create(page.name)
	if err != nil {
		return err
	}
	defer file.Abort()
	if _, err := file.Write(page.text); err != nil {
		return err
	}
	return file.Close()
}

func sum(text []byte) string {
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:])
}

// doing wraps an error with what was being done, and leaves nil alone.
func doing(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
