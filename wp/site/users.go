package site

import (
	"context"
	"fmt"
	"sync"

	"allyswitch/wp"
)

// User is somebody who has an account on the site.
type User struct {
	// Member is the user cleaned as the export reader cleans a row.
	wp.Member
	// Stored is the user as the site has it. wp.StoredWriter makes an export file of these.
	Stored wp.Stored
	// Mark changes when anything about the account changes; by the companion only, else empty.
	Mark string
	// ContactID is what AccessAlly has: "" for none. Nil is unknown: it was not asked for, or could not be read.
	ContactID *string
	// Tags are tag IDs. Empty is "AccessAlly says there are none". Nil is unknown.
	Tags []string
}

// Cursor is how far a reading has come. It is small and safe to keep in the checkpoint, and good for every way of reading.
type Cursor struct {
	LastID int64 `json:"last_id"`
	Read   int   `json:"read"`
}

// Progress is where a reading stands.
type Progress struct {
	Way  Way
	Read int
	// Total is how many users the site says it has, -1 when it does not say.
	Total int
	// Waiting is why nothing happens just now, "" when something does.
	Waiting string
}

// ReadOptions say how to read users. The zero value reads everybody in the best way that works.
type ReadOptions struct {
	// Way is a way that Login has found to work; "" finds out.
	Way Way
	// After goes on where an earlier reading has stopped.
	After Cursor
	// Progress is told of each page and each wait. It must be quick, and is never called twice at once.
	Progress func(Progress)
	// AccountsOnly leaves contact IDs and tags out, which the companion would read otherwise.
	AccountsOnly bool
	// RegisteredSince is a time as WordPress stores it ("2006-01-02 15:04:05", UTC): only who registered then or later. By the companion only.
	RegisteredSince string
}

// Reading is what a reading has done.
type Reading struct {
	Way Way
	// Cursor is how far it came: the place to go on from after an error.
	Cursor Cursor
	// Before and After are how many users the site said it had at the beginning and at the end; -1 when it does not say.
	Before, After int
}

// Users calls fn with every user in order of ID, each once. It is complete when it returns no error: the pages of a list overlap by one user, so
// that nobody is missed when people are deleted meanwhile, and the site's total is compared at the end. What fn returns ends the reading. After
// any error, Reading.Cursor is the place to go on from.
func (s *Site) Users(ctx context.Context, options ReadOptions, fn func(User) error) (Reading, error) {
	if options.Way == "" {
		login, err := s.Login(ctx)
		if err != nil {
			return Reading{Cursor: options.After, Before: -1, After: -1}, err
		}
		options.Way = login.Ways[0]
	}
	reader := &reader{site: s, options: options, fn: fn, reading: Reading{Way: options.Way, Cursor: options.After, Before: -1, After: -1},
		at: Progress{Way: options.Way, Read: options.After.Read, Total: -1}}
	var err error
	switch options.Way {
	case ByCompanion:
		err = reader.byKey(ctx)
	case ByREST:
		err = reader.byOffset(ctx, list{fetch: s.pageByREST, size: 100, ahead: inFlight})
	case ByXMLRPC:
		err = reader.byOffset(ctx, list{fetch: s.pageByXMLRPC, size: 1000, ahead: 1})
	default:
		err = fmt.Errorf("there is no way %q of reading users", options.Way)
	}
	return reader.reading, err
}

// reader is one reading under way.
type reader struct {
	site    *Site
	options ReadOptions
	fn      func(User) error
	reading Reading

	mu sync.Mutex
	// at is what was told last.
	at Progress
}

// take hands a user on unless an earlier page had it, and keeps count.
func (r *reader) take(user User) error {
	if user.Stored.ID <= r.reading.Cursor.LastID {
		return nil
	}
	user.Member = user.Stored.Member()
	if err := r.fn(user); err != nil {
		return err
	}
	r.reading.Cursor = Cursor{LastID: user.Stored.ID, Read: r.reading.Cursor.Read + 1}
	return nil
}

// total notes how many users there are.
func (r *reader) total(total int) {
	if r.reading.Before < 0 {
		r.reading.Before = total
	}
	r.reading.After = total
}

// report tells where the reading stands.
func (r *reader) report() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = Progress{Way: r.options.Way, Read: r.reading.Cursor.Read, Total: r.reading.After, Waiting: r.at.Waiting}
	r.tell()
}

// waiting tells why nothing happens, and that it goes on (""). Several goroutines call it.
func (r *reader) waiting(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at.Waiting = reason
	r.tell()
}

// tell calls Progress, with the lock held.
func (r *reader) tell() {
	if r.options.Progress != nil {
		r.options.Progress(r.at)
	}
}

// ascending says whether the users are in order of ID, as was asked for.
func ascending(users []User) bool {
	for i, user := range users {
		if user.Stored.ID <= 0 || i > 0 && user.Stored.ID <= users[i-1].Stored.ID {
			return false
		}
	}
	return true
}
