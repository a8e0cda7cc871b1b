package migration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// ProgressFile is where a running piece of work says how far it is, for another terminal. It is gone when nothing runs.
const ProgressFile = "progress.json"

// progressEvery is how often ProgressFile is written while something changes, progressBeat how often while nothing does.
const (
	progressEvery = 2 * time.Second
	progressBeat  = 30 * time.Second
)

// Progress is how far a running piece of work is.
type Progress struct {
	Task    string    `json:"task"`
	Label   string    `json:"label"`
	Started time.Time `json:"started"`
	At      time.Time `json:"at"`
	PID     int       `json:"pid"`
	Doing   string    `json:"doing,omitempty"`
	Done    int64     `json:"done"`
	Total   int64     `json:"total,omitempty"`
	Failed  int64     `json:"failed,omitempty"`
	// Waiting says why nothing moves, Until when it goes on; Paused that a person has held it.
	Waiting string     `json:"waiting,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
	Paused  bool       `json:"paused,omitempty"`
}

// ShowProgress passes everything on to report, and writes it to ProgressFile as well until the returned function is called. Trouble with that file
// never stops the work.
func ShowProgress(folder *checkpoint.Folder, task, label string, report job.Reporter) (job.Reporter, func()) {
	shown := &shownProgress{Reporter: report, known: Progress{Task: task, Label: label, Started: time.Now().UTC(), PID: os.Getpid()}}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		shown.write(folder, stop)
	}()
	return shown, func() { close(stop); <-done }
}

// shownProgress remembers what the work reports.
type shownProgress struct {
	job.Reporter
	mu      sync.Mutex
	known   Progress
	atGate  int
	stopped time.Time
}

// Phase begins a new piece.
func (s *shownProgress) Phase(doing string, total int64) {
	s.Reporter.Phase(doing, total)
	s.change(func(p *Progress) {
		p.Doing, p.Total, p.Done, p.Failed, p.Waiting, p.Until = doing, total, 0, 0, "", nil
	})
}

// Add counts units.
func (s *shownProgress) Add(done, failed int64) {
	s.Reporter.Add(done, failed)
	s.change(func(p *Progress) { p.Done, p.Failed = p.Done+done, p.Failed+failed })
}

// Wait keeps why nothing moves.
func (s *shownProgress) Wait(reason string, until time.Time) {
	s.Reporter.Wait(reason, until)
	s.change(func(p *Progress) {
		p.Waiting, p.Until = reason, nil
		if reason != "" && !until.IsZero() {
			at := until.UTC()
			p.Until = &at
		}
	})
}

// Gate notes that somebody holds the work, when it does not come back at once.
func (s *shownProgress) Gate(ctx context.Context) error {
	s.change(func(*Progress) {
		if s.atGate++; s.atGate == 1 {
			s.stopped = time.Now()
		}
	})
	defer s.change(func(*Progress) { s.atGate-- })
	return s.Reporter.Gate(ctx)
}

func (s *shownProgress) change(edit func(*Progress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit(&s.known)
}

func (s *shownProgress) now() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.known
	now.Paused = s.atGate > 0 && time.Since(s.stopped) >= time.Second
	return now
}

// write writes the file every two seconds while something changes, and removes it in the end.
func (s *shownProgress) write(folder *checkpoint.Folder, stop <-chan struct{}) {
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	defer os.Remove(folder.Path(ProgressFile))
	var last []byte
	var at time.Time
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		now := s.now()
		text, err := json.Marshal(now)
		if err != nil || bytes.Equal(text, last) && time.Since(at) < progressBeat {
			continue
		}
		last, at = text, time.Now()
		now.At = at.UTC()
		_ = writeJSON(folder, ProgressFile, now)
	}
}

// LoadProgress reads what runs in a folder, without opening it; nil when nothing does.
func LoadProgress(dir string) (*Progress, error) {
	text, err := os.ReadFile(filepath.Join(dir, ProgressFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, doing("read "+ProgressFile, err)
	}
	var progress Progress
	if err := json.Unmarshal(text, &progress); err != nil {
		return nil, doing("read "+ProgressFile, err)
	}
	return &progress, nil
}
