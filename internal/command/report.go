package command

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"allyswitch/steps"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration/report"
)

// Report writes the report of a migration again, into its folder.
func Report(options Options) error {
	dir, err := folderFor(options, "")
	if err != nil {
		return err
	}
	if seen, err := checkpoint.Peek(dir); errors.Is(err, fs.ErrNotExist) || (err == nil && seen.State == nil) {
		return fmt.Errorf("there is no migration in %s; start one with allyswitch, or name its folder with --dir", dir)
	}
	options.Dir = dir
	session, err := open(options, sessionInput{})
	if err != nil {
		return err
	}
	defer session.Close()
	written, err := steps.WriteReport(session.Deps, session.Steps, session.Folder.State())
	if err != nil {
		return err
	}
	return tellReport(options, dir, written)
}

// reportLine is a report that was written, for a machine to read.
type reportLine struct {
	Event   string   `json:"event"`
	Files   []string `json:"files"`
	Tone    string   `json:"tone"`
	Verdict string   `json:"verdict"`
	Doubts  []string `json:"doubts,omitempty"`
}

func tellReport(options Options, dir string, written *report.Written) error {
	line := reportLine{Event: "report", Tone: string(written.Verdict.Tone), Verdict: written.Verdict.Sentence, Doubts: written.Doubts}
	for _, name := range written.Files {
		line.Files = append(line.Files, filepath.Join(dir, name))
	}
	if options.JSON {
		return writeJSON(options.Out, line)
	}
	fmt.Fprintf(options.Out, "%s. %s\n", written.Verdict.Word, written.Verdict.Sentence)
	for _, doubt := range written.Doubts {
		fmt.Fprintf(options.Out, "  %s\n", doubt)
	}
	fmt.Fprintln(options.Out, "Written (the two called redacted name nobody, and are for support):")
	for _, file := range line.Files {
		fmt.Fprintf(options.Out, "  %s\n", file)
	}
	return nil
}

// unsound is a report that does not fit its journal and files.
type unsound struct{ check *report.Check }

func (u *unsound) Error() string { return u.check.Sentence() }

// Refused makes it the exit code of a gate: the check was made, and held.
func (u *unsound) Refused() bool { return true }

// verifyLine is a check, for a machine to read.
type verifyLine struct {
	Event    string   `json:"event"`
	Sound    bool     `json:"sound"`
	Report   string   `json:"report"`
	Lines    int64    `json:"journal_lines"`
	Since    int64    `json:"journal_lines_since"`
	Files    int      `json:"files"`
	Figures  int      `json:"figures"`
	Rows     int      `json:"rows"`
	Problems []string `json:"problems"`
	Sentence string   `json:"sentence"`
}

// Verify checks a report and its journal without a network. Without a file it is the report in the migration's folder. It opens nothing, and may run while
// another process works.
func Verify(options Options, file string) error {
	if file == "" {
		dir, err := folderFor(options, "")
		if err != nil {
			return err
		}
		file = filepath.Join(dir, report.HTMLFile)
	}
	check, err := report.Verify(file, options.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no %s; allyswitch report writes one, or name another file", file)
	}
	if err != nil {
		return err
	}
	if err := tellCheck(options, check); err != nil || check.Sound() {
		return err
	}
	return &unsound{check}
}

func tellCheck(options Options, check *report.Check) error {
	if options.JSON {
		return writeJSON(options.Out, verifyLine{Event: "verify", Sound: check.Sound(), Report: check.Report, Lines: check.Lines, Since: check.Since,
			Files: check.Files, Figures: check.Figures, Rows: check.Rows, Problems: check.Problems, Sentence: check.Sentence()})
	}
	for _, problem := range check.Problems {
		fmt.Fprintln(options.Out, problem)
	}
	if !check.Sound() {
		return nil
	}
	fmt.Fprintln(options.Out, check.Sentence())
	if check.Since > 1 {
		fmt.Fprintf(options.Out, "%d more lines were added to the journal since. A new report would tell of them.\n", check.Since)
	}
	return nil
}
