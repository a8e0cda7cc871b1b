package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// heldBack is a refusal: nothing was done.
type heldBack struct{ text string }

func (h *heldBack) Error() string { return h.text }

// Refused makes it the exit code of a gate.
func (h *heldBack) Refused() bool { return true }

// openExisting opens a migration that is there already, for a command that works beside the wizard.
func openExisting(options Options) (*Session, error) {
	dir, err := folderFor(options, "")
	if err != nil {
		return nil, err
	}
	seen, err := checkpoint.Peek(dir)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && seen.State == nil) {
		return nil, fmt.Errorf("there is no migration in %s; start one with allyswitch, or name its folder with --dir", dir)
	}
	if err != nil {
		return nil, err
	}
	if seen.State.Demo {
		return nil, &heldBack{"This is a demo: its CRM was a made-up one and ended with it, so there is nothing to look at or to take back."}
	}
	options.Dir = dir
	return open(options, sessionInput{})
}

// phases is a Reporter that says line by line what is going on, and why nothing moves.
type phases struct {
	job.Reporter
	out io.Writer

	mu   sync.Mutex
	said string
}

func newPhases(out io.Writer) *phases { return &phases{Reporter: job.Discard, out: out} }

func (p *phases) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text != p.said {
		p.said = text
		fmt.Fprintln(p.out, text)
	}
}

// Phase says what begins.
func (p *phases) Phase(doing string, total int64) {
	if total > 0 {
		doing = fmt.Sprintf("%s (%d)", doing, total)
	}
	p.say(doing + " …")
}

// Wait says why nothing moves, when that takes a while.
func (p *phases) Wait(reason string, until time.Time) {
	if reason != "" && time.Until(until) > 5*time.Second {
		p.say(fmt.Sprintf("Waiting until %s: %s.", until.Local().Format("15:04:05"), reason))
	}
}
