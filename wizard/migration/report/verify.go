package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"allyswitch/wizard/checkpoint"
)

// largestReport is far more than a report ever needs.
const largestReport = 64 << 20

// Check is what verifying a report has found.
type Check struct {
	// Report is the name of the file, Folder where its journal lies.
	Report string
	Folder string
	// Lines is how many lines of the journal the report rests on, Since how many were written after them; Files and Figures were made again.
	Lines, Since   int64
	Files, Figures int
	// Rows is how many rows about members were traced to their read-back and to the line that sent them.
	Rows int
	// Problems are what does not fit, in sentences that name the line, the file or the figure. Without any, all fits.
	Problems []string
	// alone says that only a journal was checked, without a report.
	alone bool
}

// Sound says that everything fits.
func (c *Check) Sound() bool { return len(c.Problems) == 0 }

// Sentence says in one sentence what the check proves, and what it does not.
func (c *Check) Sentence() string {
	switch {
	case c.alone && c.Sound():
		return fmt.Sprintf("All %s of the journal are unbroken: this proves that no line was changed or taken out by itself, but not that the last ones were not taken away, which only a report can show.", count(int(c.Lines), "line", "lines"))
	case c.alone:
		return "The journal is not as it was written: do not rely on it before that is explained."
	case !c.Sound():
		return fmt.Sprintf("This report does not fit its journal and files (%s): do not rely on it before that is explained, and write a new one with allyswitch report.",
			count(len(c.Problems), "difference", "differences"))
	}
	traced := ""
	if c.Rows > 0 {
		traced = ", and every row about a member who loses, gains or lacks something (" + grouped(c.Rows) + ") names the last read-back and the journal line that sent this member"
	}
	return fmt.Sprintf("All %s of the journal that this report rests on are unbroken, all %s are the ones it was made from, its text is as it was written, and its %s follow from them%s: "+
		"this proves that nobody changed any of it by itself afterwards, but not that what the CRM answered was true, and not that nobody who has the whole folder wrote journal, files and report anew together.",
		count(int(c.Lines), "line", "lines"), count(c.Files, "file", "files"), count(c.Figures, "figure", "figures"), traced)
}

func (c *Check) problem(format string, values ...any) {
	c.Problems = append(c.Problems, fmt.Sprintf(format, values...))
}

// Verify makes every figure of a report again from the journal and the files in a folder, without a network and without changing anything. An empty folder
// means the one that the report lies in. Of a journal.jsonl only the chain is checked. An error means that the check itself could not be made.
func Verify(path, folder string) (*Check, error) {
	if filepath.Base(path) == journalFile {
		return verifyJournal(path)
	}
	text, err := readReport(path)
	if err != nil {
		return nil, doing("read the report", err)
	}
	if folder == "" {
		folder = filepath.Dir(path)
	}
	check := &Check{Report: filepath.Base(path), Folder: folder}
	evidence, err := findEvidence(text)
	if errors.Is(err, ErrNoEvidence) {
		check.problem("%s: %v.", check.Report, err)
		return check, nil
	}
	if err != nil {
		return nil, err
	}
	return check, check.against(folder, text, evidence)
}

// verifyJournal checks a journal by itself.
func verifyJournal(path string) (*Check, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, doing("read the journal", err)
	}
	defer file.Close()
	check := &Check{Report: journalFile, Folder: filepath.Dir(path), alone: true}
	var bad *checkpoint.BadLine
	check.Lines, _, err = checkpoint.Verify(file)
	if errors.As(err, &bad) {
		check.problem("journal.jsonl: %s.", bad.Error())
		return check, nil
	}
	return check, doing("read the journal", err)
}

func readReport(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, largestReport))
}

// against compares with what lies in the folder.
func (c *Check) against(folder string, text []byte, evidence *Evidence) error {
	src, err := openSource(folder)
	if err != nil {
		return doing("open the folder", err)
	}
	defer src.close()
	if _, err := src.root.Stat(journalFile); errors.Is(err, fs.ErrNotExist) && evidence.Journal.Lines > 0 {
		c.problem("There is no journal.jsonl beside the report. Name the migration's folder with --dir.")
		return nil
	}
	history, err := readHistory(src, evidence.Journal.Lines, nil, nil)
	var bad *checkpoint.BadLine
	if errors.As(err, &bad) {
		c.problem("journal.jsonl: %s.", bad.Error())
		return nil
	}
	if err != nil {
		return doing("read the journal", err)
	}
	c.journal(history, evidence)
	if err := c.words(src, text, evidence); err != nil {
		return err
	}
	return c.figures(src, history, evidence)
}

// journal compares where the journal was when the report was made.
func (c *Check) journal(history *history, evidence *Evidence) {
	c.Lines = history.lines
	switch {
	case history.lines < evidence.Journal.Lines:
		c.problem("journal.jsonl: it has %s, but the report rests on %s. The last ones are gone.", count(int(history.lines), "line", "lines"), grouped(int(evidence.Journal.Lines)))
	case history.hash != evidence.Journal.Hash:
		c.problem("journal.jsonl: line %d is not the one that the report was made from. The journal was written anew, or belongs to another migration.", evidence.Journal.Lines)
	}
}

// words looks in the rest of the journal for the line that vouches for the text of this report.
func (c *Check) words(src *source, text []byte, evidence *Evidence) error {
	file, err := src.root.Open(journalFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return doing("read the journal", err)
	}
	defer file.Close()
	all, _, err := checkpoint.Verify(file)
	if err != nil {
		return doing("read the journal", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	wanted, vouched := sum(text), false
	err = eachEntry(file, all, func(entry checkpoint.Entry) error {
		if entry.Seq > evidence.Journal.Lines {
			c.Since++
			vouched = vouched || vouchesFor(entry, wanted)
		}
		return nil
	})
	if !vouched {
		c.problem("%s: its text is not as it was written. No line of the journal after line %d holds its SHA-256.", c.Report, evidence.Journal.Lines)
	}
	return doing("read the journal", err)
}

func vouchesFor(entry checkpoint.Entry, wanted string) bool {
	var note reportNote
	if entry.Op != OpReport || json.Unmarshal(entry.Data, &note) != nil {
		return false
	}
	for _, sum := range note.Files {
		if sum == wanted {
			return true
		}
	}
	return false
}

// figures makes all figures again and compares them, and the files that they rest on.
func (c *Check) figures(src *source, history *history, evidence *Evidence) error {
	files, err := readFiles(src)
	if err != nil {
		c.problem("A file cannot be read as it was: %v.", err)
		return nil
	}
	for _, name := range slices.Concat(jsonFiles, otherFiles) {
		if err := src.digest(name); err != nil {
			return err
		}
	}
	c.files(src.hashes, evidence)
	again := map[string]Figure{}
	for _, figure := range (&facts{history: history, files: files}).figures() {
		again[figure.Name] = figure
	}
	for _, told := range evidence.Figures {
		c.figure(told, again)
		delete(again, told.Name)
	}
	if evidence.Format < format {
		clear(again) // an earlier version knew fewer figures
	}
	for _, figure := range again {
		c.problem("%s: the report leaves out “%s”, which is %s by %s.", c.Report, figure.Words, grouped(int(figure.Value)), figure.RestsOn())
	}
	for _, text := range history.lists(src.hashes) {
		c.problem("%s", text)
	}
	err = c.rows(src, history)
	slices.Sort(c.Problems)
	return err
}

func (c *Check) figure(told Figure, again map[string]Figure) {
	c.Figures++
	found, there := again[told.Name]
	switch {
	case !there:
		c.problem("%s: nothing in the folder says “%s” (%s).", c.Report, visible(told.Words), grouped(int(told.Value)))
	case found.Value != told.Value:
		c.problem("%s: “%s” is %s in the report, but %s by %s.", c.Report, found.Words, grouped(int(told.Value)), grouped(int(found.Value)), found.RestsOn())
	case found.Line != told.Line || found.File != told.File:
		c.problem("%s: “%s” rests on %s, not on %s.", c.Report, found.Words, found.RestsOn(), visible(told.RestsOn()))
	case found.Words != told.Words:
		c.problem("%s: the figure “%s” is called “%s” in the report.", c.Report, found.Words, visible(told.Words))
	}
}

func (c *Check) files(now map[string]string, evidence *Evidence) {
	for _, name := range sortedNames(evidence.Files) {
		c.Files++
		switch sum, there := now[name]; {
		case !there:
			c.problem("%s: the report rests on it, but it is gone.", visible(name))
		case sum != evidence.Files[name]:
			c.problem("%s: it is not the file that the report was made from. It was changed afterwards.", visible(name))
		}
	}
}
