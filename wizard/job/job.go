// Package job runs one piece of work at a time, away from the screen: it can be watched, stopped and waited for, and a panic in it becomes
// an error.
package job

import (
	"context"
	"time"
)

// Progress is what is known of a piece of work at one moment.
type Progress struct {
	// Doing says what is going on, in words: "Sending members to ActiveCampaign".
	Doing string
	// Done of Total units; Total is 0 while it is not known.
	Done  int64
	Total int64
	// Waiting says why nothing moves, empty when it does; Until is when it goes on, zero when not known.
	Waiting string
	Until   time.Time
	// Failed counts what did not work so far; a unit that failed is not among Done.
	Failed int64
}

// Handled is how many units are behind us, whatever came of them.
func (p Progress) Handled() int64 { return p.Done + p.Failed }

// Reporter is how work tells what it is doing. All methods are cheap and safe for simultaneous use; nothing is sent to the screen, which looks
// when it likes.
type Reporter interface {
	// Phase begins a new piece with its own count; total is 0 when it is not known.
	Phase(doing string, total int64)
	// Add counts units done, and units that failed: each unit is one or the other.
	Add(done, failed int64)
	// Wait says why nothing moves and until when; an empty reason means that it goes on.
	Wait(reason string, until time.Time)
	// Warn keeps a sentence to show at the end.
	Warn(text string)
	// Gate is called between two batches: it waits while the work is paused, and returns the context's error when it is to stop.
	Gate(ctx context.Context) error
}
