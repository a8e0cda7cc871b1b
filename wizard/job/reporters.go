package job

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Discard is a Reporter that keeps nothing.
var Discard Reporter = discard{}

type discard struct{}

func (discard) Phase(string, int64)            {}
func (discard) Add(int64, int64)               {}
func (discard) Wait(string, time.Time)         {}
func (discard) Warn(string)                    {}
func (discard) Gate(ctx context.Context) error { return ctx.Err() }

// Recording is a Reporter that remembers everything, for tests and for printing line by line. Its zero value is ready.
type Recording struct {
	mutex    sync.Mutex
	progress Progress
	waits    []string
	warnings []string
}

// Phase begins a new piece.
func (r *Recording) Phase(doing string, total int64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.progress = Progress{Doing: doing, Total: total}
}

// Add counts units.
func (r *Recording) Add(done, failed int64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.progress.Done += done
	r.progress.Failed += failed
}

// Wait keeps the reason.
func (r *Recording) Wait(reason string, until time.Time) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.progress.Waiting, r.progress.Until = reason, until
	if reason != "" {
		r.waits = append(r.waits, reason)
	}
}

// Warn keeps the sentence.
func (r *Recording) Warn(text string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.warnings = append(r.warnings, text)
}

// Gate never waits.
func (r *Recording) Gate(ctx context.Context) error { return ctx.Err() }

// Progress is the state of the present phase.
func (r *Recording) Progress() Progress {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.progress
}

// Waits are the reasons given for waiting, in order.
func (r *Recording) Waits() []string { return r.copied(&r.waits) }

// Warnings are the sentences kept, in order.
func (r *Recording) Warnings() []string { return r.copied(&r.warnings) }

func (r *Recording) copied(list *[]string) []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(*list)
}
