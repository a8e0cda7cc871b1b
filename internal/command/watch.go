package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/ui"
)

// WatchOptions say how often to look.
type WatchOptions struct {
	// Once looks a single time.
	Once bool
	// Every is how long to wait between two looks.
	Every time.Duration
}

// leastEvery keeps a watch from using up the CRM's allowances.
const leastEvery = 10 * time.Minute

// watchLine is one look, for a machine to read.
type watchLine struct {
	Event     string             `json:"event"`
	Drifted   bool               `json:"drifted"`
	Watched   *migration.Watched `json:"watched,omitempty"`
	Sentences []string           `json:"sentences"`
	Access    string             `json:"access,omitempty"`
}

// Watch reads everybody back, once or again and again, and says what has drifted since the last proof. It changes nothing. Between two looks it lets go of
// the folder, so that the wizard can be opened. What passes by itself, such as a network that is away for an hour, does not end it.
func Watch(ctx context.Context, options Options, watch WatchOptions) error {
	if !watch.Once && watch.Every < leastEvery {
		return fmt.Errorf("--every must be at least %s: every look reads everybody", leastEvery)
	}
	return again(ctx, options, watch, func() (*migration.Watched, error) { return look(ctx, options) })
}

// again looks until the context ends, or once.
func again(ctx context.Context, options Options, watch WatchOptions, look func() (*migration.Watched, error)) error {
	for {
		watched, err := look()
		switch {
		case errors.Is(err, checkpoint.ErrLocked) && !watch.Once:
			fmt.Fprintln(options.Err, "The migration is open in another window. AllySwitch looks again later.")
		case crm.Passing(err) && !watch.Once:
			fmt.Fprintln(options.Err, Words(err)+"\nAllySwitch looks again later.")
		case err != nil:
			return err
		case watch.Once && watched.Any():
			return ErrDrifted
		}
		if watch.Once {
			return nil
		}
		if err := rest(ctx, watch.Every); err != nil {
			return err
		}
	}
}

// ErrDrifted says that something is not as the proof has shown it.
var ErrDrifted = fmt.Errorf("something is not as it was proven: %w", ErrPartly)

func rest(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// look is one look.
func look(ctx context.Context, options Options) (*migration.Watched, error) {
	session, err := openExisting(options)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	engine, err := session.Deps.Engine(session.Folder.State())
	if err != nil {
		return nil, err
	}
	watched, err := migration.Watch(ctx, engine, newPhases(options.Err))
	if err != nil {
		return nil, session.Deps.Explain(err)
	}
	return watched, tellWatched(options, session.Folder.State().Step("privacy").Notes["salt"], watched)
}

func tellWatched(options Options, salt string, watched *migration.Watched) error {
	access, veil := watched.Proof.Access.Sentence(), ui.Veil{On: options.Privacy, Salt: salt}
	for _, list := range [][]string{watched.Lost, watched.Gained, watched.Missing, watched.Twice, watched.Unlinked, watched.Undecided} {
		for i := range list {
			list[i] = veil.Text(list[i])
		}
	}
	if options.JSON {
		return writeJSON(options.Out, watchLine{Event: "watch", Drifted: watched.Any(), Watched: watched, Sentences: watched.Sentences(), Access: access})
	}
	fmt.Fprintln(options.Out, time.Now().Format("2 January 2006, 15:04"))
	for _, sentence := range watched.Sentences() {
		fmt.Fprintln(options.Out, "  "+sentence)
	}
	fmt.Fprintln(options.Out, "  "+access)
	return nil
}
