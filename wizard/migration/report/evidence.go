package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Evidence is what a report holds for a machine: its figures, and what they rest on. It names nobody.
type Evidence struct {
	Program string    `json:"program"`
	Format  int       `json:"format"`
	Tool    string    `json:"tool"`
	Made    time.Time `json:"made"`
	// Journal is where the journal ended when the report was made.
	Journal Place `json:"journal"`
	// Files are the SHA-256 of the files that the figures and lists were taken from.
	Files   map[string]string `json:"files"`
	Figures []Figure          `json:"figures"`
}

// Place is the end of a line of the journal.
type Place struct {
	Lines int64  `json:"lines"`
	Hash  string `json:"hash"`
}

// Figure is one number, and the line of the journal or the file that it rests on.
type Figure struct {
	Name  string `json:"name"`
	Words string `json:"words"`
	Value int64  `json:"value"`
	// Line is a journal line; with neither Line nor File the figure was counted over the whole journal.
	Line int64  `json:"line,omitempty"`
	File string `json:"file,omitempty"`
}

// RestsOn says where the figure comes from.
func (f Figure) RestsOn() string {
	switch {
	case f.Line > 0:
		return fmt.Sprintf("journal line %d", f.Line)
	case f.File != "":
		return f.File
	}
	return "all lines of the journal"
}

// program and format mark the evidence as ours.
const (
	program = "allyswitch"
	format  = 2
)

// ErrNoEvidence means that a file is no report, or that its evidence was taken out or cannot be read.
var ErrNoEvidence = errors.New("the file holds no figures of an AllySwitch report")

// The marks around the evidence in the two kinds of report.
var marks = []struct{ begin, end string }{
	{`<script type="application/json" id="evidence-data">`, `</script>`},
	{"\n```json evidence\n", "\n```"},
}

// findEvidence reads the evidence of a report of either kind.
func findEvidence(text []byte) (*Evidence, error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for _, mark := range marks {
		_, rest, found := bytes.Cut(text, []byte(mark.begin))
		inside, after, closed := bytes.Cut(rest, []byte(mark.end))
		if !found || !closed {
			continue
		}
		if bytes.Contains(after, []byte(mark.begin)) {
			return nil, fmt.Errorf("%w: there are two blocks of figures in it", ErrNoEvidence)
		}
		var evidence Evidence
		if err := json.Unmarshal(inside, &evidence); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
		}
		return &evidence, evidence.ours()
	}
	return nil, ErrNoEvidence
}

func (e *Evidence) ours() error {
	switch {
	case e.Program != program:
		return ErrNoEvidence
	case e.Format > format:
		return fmt.Errorf("%w: a newer AllySwitch made it (%s)", ErrNoEvidence, visible(e.Tool))
	}
	return nil
}

// text is the evidence as it stands in the report. Angle brackets are escaped, so that it cannot end the element that it stands in.
func (e *Evidence) text() string {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return "{}"
	}
	return string(text)
}
