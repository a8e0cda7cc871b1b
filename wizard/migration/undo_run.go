package migration

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/job"
)

const (
	// undoRounds is how often undo looks and goes on at most: contacts, then names, and again for what was not done the first time.
	undoRounds = 6
	// undoTries is how often one thing is asked of the CRM before it is said to stay.
	undoTries = 2
	// bulkLater is how long a CRM with bulk calls may go on working after the program that sent them has ended.
	bulkLater = 5 * time.Minute
)

// undoer is one run of Undo or PlanUndo.
type undoer struct {
	deps   Deps
	report job.Reporter
	roster *Roster
	book   *book
	// tags are the account's, by name, as last looked at.
	tags   map[string]crm.Tag
	result UndoResult

	mu sync.Mutex
	// refused says why something stays that was tried, by "<contact>", "tag <name>" and so on; tried counts.
	refused map[string]string
	tried   map[string]int
	batches int64
	guard   failureGuard
	// last is when something was last sent.
	last time.Time
}

// openUndo makes sure of the account and reads the journal.
func openUndo(ctx context.Context, deps Deps, after int64, report job.Reporter) (*undoer, error) {
	u := &undoer{deps: deps, report: report, refused: map[string]string{}, tried: map[string]int{}, batches: deps.Folder.Journal().End().Lines}
	var err error
	if u.roster, err = rosterOrNone(deps); err != nil {
		return nil, err
	}
	if _, err = checkAccount(ctx, deps); err != nil {
		return nil, err
	}
	if u.book, err = readBook(deps, u.roster, after); err != nil {
		return nil, err
	}
	for _, name := range u.roster.Tags {
		u.book.names[name] = true
	}
	return u, u.waitForImport(ctx)
}

// waitForImport lets the CRM finish what an import has sent: what shows up later would be overlooked.
func (u *undoer) waitForImport(ctx context.Context) error {
	if u.book.last.IsZero() {
		return nil
	}
	quiet := u.deps.CRM.Features().ReadLag
	if u.deps.CRM.Features().UpsertBatch > 1 {
		quiet = max(quiet, bulkLater)
	}
	left := time.Until(u.book.last.Add(scaled(u.deps.CRM, quiet)))
	if left <= 0 {
		return nil
	}
	return waitLate(ctx, u.deps, left, u.report)
}

func (u *undoer) look(ctx context.Context) (*UndoPlan, error) {
	l, err := lookAround(ctx, u.deps, u.book, u.roster, u.report)
	if err != nil {
		return nil, err
	}
	u.tags = l.tags
	if l.site, err = u.lookAtSite(ctx); err != nil {
		return nil, err
	}
	return u.weigh(l), nil
}

// rosterOrNone is an empty roster where no export was ever cleaned: the tools can be used without one.
func rosterOrNone(deps Deps) (*Roster, error) {
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if errors.Is(err, fs.ErrNotExist) {
		return &Roster{}, nil
	}
	return roster, err
}

// run looks, does what is to be done, and looks again, until nothing is left to do.
func (u *undoer) run(ctx context.Context) error {
	done := func(plan *UndoPlan) bool { return true }
	for range undoRounds {
		plan, err := u.lookLate(ctx, done)
		if err != nil {
			return err
		}
		u.result.UndoPlan = *plan
		if plan.Nothing() {
			return nil
		}
		if plan.work.contacts() {
			err = u.doContacts(ctx, plan.work)
			done = func(plan *UndoPlan) bool { return !plan.work.contacts() }
		} else {
			err = u.doNames(ctx, plan.work)
			done = (*UndoPlan).Nothing
		}
		if err != nil {
			return err
		}
	}
	plan, err := u.lookLate(ctx, done)
	if err != nil {
		return err
	}
	u.result.UndoPlan, u.result.Open = *plan, !plan.Nothing()
	return nil
}

// lookLate looks, and again while something that was done is still to be seen that may only be late.
func (u *undoer) lookLate(ctx context.Context, done func(*UndoPlan) bool) (*UndoPlan, error) {
	lag := scaled(u.deps.CRM, u.deps.CRM.Features().ReadLag)
	for pause := lag / 8; ; pause *= 2 {
		plan, err := u.look(ctx)
		if err != nil || lag == 0 || done(plan) {
			return plan, err
		}
		left := time.Until(u.last.Add(lag))
		if left <= 0 {
			return plan, nil
		}
		if err := waitLate(ctx, u.deps, min(pause, left)+time.Millisecond, u.report); err != nil {
			return nil, err
		}
	}
}

// refuse notes why something stays.
func (u *undoer) refuse(what, why string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.refused[what] = why
}

// try counts, and says whether something may be asked of the CRM once more.
func (u *undoer) try(what string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tried[what]++
	if u.tried[what] <= undoTries {
		return true
	}
	u.refused[what] = "the CRM was asked, but it still shows it"
	return false
}

// concernsOne says that an error is about this one thing, so that everything else can go on.
func concernsOne(err error) bool {
	for _, kind := range []crm.Kind{crm.KindInvalid, crm.KindConflict, crm.KindNotFound, crm.KindUnsupported, crm.KindPermission} {
		if crm.IsKind(err, kind) {
			return true
		}
	}
	return false
}
