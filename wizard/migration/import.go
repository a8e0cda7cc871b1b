package migration

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// ImportInput says which members are to be sent.
type ImportInput struct {
	// Sample sends only so many members, chosen so that they cover as many tags as they can; 0 sends everybody.
	Sample int
	// RetryFailed sends those again whom the CRM refused.
	RetryFailed bool
	// Again are members to be sent whatever the journal says: a proof found them missing.
	Again []int64
	// AcceptNoRoom goes on although the CRM's plan seems to have no room.
	AcceptNoRoom bool
}

// ImportResult is what became of the members.
type ImportResult struct {
	// Sent went out in this run, Arrived is everybody whom the CRM has taken so far, Waiting are still to be sent.
	Sent    int
	Arrived int
	Waiting int
	Failed  []Failure
	Skipped int
	// TagsMade and FieldsMade were made in all runs together.
	TagsMade   int
	FieldsMade int
	Sample     []SampleRow
}

// Failure is a member whom the CRM did not take, and why.
type Failure struct {
	Member int64
	Email  string
	Reason string
}

// groupSize is how many members one journal entry covers where the CRM takes them one at a time.
const groupSize = 20

// importer is one run of Import.
type importer struct {
	deps    Deps
	report  job.Reporter
	roster  *Roster
	ledger  *ledger
	befores befores
	own     fieldIDs
	tags    map[string]crm.Tag
	left    map[int64]bool
	again   map[int64]bool

	mu     sync.Mutex
	sent   int
	guard  failureGuard
	result ImportResult
}

// Import sends the members to the CRM, with their custom fields and tags. It goes on where an earlier run ended, looks up what nobody knows the
// outcome of, and sends nobody twice.
func Import(ctx context.Context, deps Deps, input ImportInput, report job.Reporter) (ImportResult, error) {
	defer watchWaits(ctx, deps.CRM, report)()
	run, err := openImport(ctx, deps, input, report)
	if err != nil {
		return ImportResult{}, err
	}
	err = run.send(ctx, input)
	result, closeErr := run.finish(ctx, input)
	return result, errors.Join(err, closeErr)
}

// openImport passes the gates: plan, account, tag names, room.
func openImport(ctx context.Context, deps Deps, input ImportInput, report job.Reporter) (*importer, error) {
	run := &importer{deps: deps, report: report, left: map[int64]bool{}, again: map[int64]bool{}}
	for _, id := range input.Again {
		run.again[id] = true
	}
	var err error
	if run.roster, err = LoadRoster(deps.Folder, deps.UnlistedHaveNone); err != nil {
		return nil, err
	}
	plan, err := LoadPlan(deps.Folder)
	if err != nil {
		return nil, err
	}
	account, err := checkAccount(ctx, deps)
	if err != nil {
		return nil, err
	}
	if err := plan.gates(run.roster, account, input); err != nil {
		return nil, err
	}
	for _, left := range plan.Left {
		run.left[left.Member] = true
	}
	if run.befores, err = loadBefores(deps.Folder); err != nil {
		return nil, err
	}
	if run.ledger, err = readLedger(deps.Folder); err != nil {
		return nil, err
	}
	return run, run.prepare(ctx)
}

func (p *Plan) gates(roster *Roster, account crm.Account, input ImportInput) error {
	if err := p.Holds(roster, account); err != nil {
		return err
	}
	if len(p.Conflicts) > 0 {
		return &Refusal{ErrTagConflicts, fmt.Sprintf("%d of %d, the first is %q", len(p.Conflicts), len(roster.Tags), p.Conflicts[0].Name)}
	}
	if fits, known := p.Room.Fits(); known && !fits && !input.AcceptNoRoom {
		return &Refusal{ErrNoRoom, fmt.Sprintf("the plan allows %d contacts, there would be %d", p.Room.Limit, p.Room.After)}
	}
	return nil
}

// prepare makes fields and tags, and settles what an interrupted run left open.
func (r *importer) prepare(ctx context.Context) error {
	var err error
	if r.own, err = ensureFields(ctx, r.deps, r.report); err != nil {
		return err
	}
	if r.tags, _, err = ensureTags(ctx, r.deps, r.roster.Tags, r.report); err != nil {
		return err
	}
	return r.settleOpen(ctx)
}

func (r *importer) send(ctx context.Context, input ImportInput) error {
	members, err := r.withoutComplete(r.choose(input))
	if err != nil {
		return err
	}
	r.report.Phase("Sending members to "+r.deps.CRM.Provider().Name, int64(len(members)))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, r.deps.CRM.Features().InFlight))
	for _, part := range r.parts(members) {
		if groupCtx.Err() != nil {
			break
		}
		group.Go(func() error {
			if err := r.report.Gate(groupCtx); err != nil {
				return err
			}
			return r.sendPart(groupCtx, part)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	return r.applyTags(ctx, members)
}

// choose lists the members that are to be sent now.
func (r *importer) choose(input ImportInput) []int {
	var members []int
	for i := range r.roster.Members {
		if r.wanted(i, input) {
			members = append(members, i)
		}
	}
	if input.Sample > 0 {
		return chooseSample(r.roster, members, input.Sample)
	}
	return members
}

func (r *importer) wanted(member int, input ImportInput) bool {
	id := r.roster.Members[member].ID
	hash := r.roster.ContentHash(member)
	switch {
	case r.left[id] || r.ledger.skipped[id] || r.roster.Members[member].Twin >= 0:
		return false
	case r.again[id]:
		return true
	case len(input.Again) > 0 || r.ledger.arrived(id, hash):
		return false
	case r.ledger.failed(id, hash):
		return input.RetryFailed
	}
	return true
}

// part is what one journal entry covers: one bulk call, or a group of single ones.
type part struct {
	members []int
	batches [][]crm.Contact
}

func (r *importer) parts(members []int) []part {
	contacts := make([]crm.Contact, len(members))
	for i, member := range members {
		contacts[i] = r.contact(member)
	}
	var parts []part
	next := 0
	for _, batch := range r.deps.CRM.Batches(contacts) {
		last := len(parts) - 1
		single := len(batch) == 1 && r.deps.CRM.Features().UpsertBatch == 1
		if !single || last < 0 || len(parts[last].members) >= groupSize {
			parts = append(parts, part{})
			last++
		}
		parts[last].members = append(parts[last].members, members[next:next+len(batch)]...)
		parts[last].batches = append(parts[last].batches, batch)
		next += len(batch)
	}
	return parts
}

func (r *importer) contact(member int) crm.Contact {
	var before *crm.Contact
	if list := r.befores[r.roster.Members[member].ID]; len(list) > 0 {
		before = list[0].contact()
	}
	contact := r.own.contact(r.roster, member, before)
	if r.deps.CRM.Features().TagsRideAlong {
		for _, name := range r.roster.TagNames(member) {
			contact.Tags = append(contact.Tags, r.tags[name])
		}
		contact.TagsKnown = true
	}
	return contact
}

// sendPart writes the intent, sends, and writes the outcome. A call that was cut off leaves the intent open: the next run looks the members up.
func (r *importer) sendPart(ctx context.Context, p part) error {
	r.mu.Lock()
	batch := r.ledger.nextBatch()
	r.mu.Unlock()
	if err := r.deps.note(checkpoint.Intent, OpUpsert, batch, r.intent(p.members)); err != nil {
		return err
	}
	hit(OpUpsert + "-after-intent")
	var outcomes []crm.Outcome
	for _, contacts := range p.batches {
		got, err := r.deps.CRM.Upsert(ctx, contacts)
		if err != nil {
			return doing("send members", r.closePart(p, batch, outcomes, err))
		}
		outcomes = append(outcomes, got...)
		hit(OpUpsert + "-after-call")
	}
	return r.closePart(p, batch, outcomes, nil)
}

func (r *importer) intent(members []int) upsertIntent {
	var intent upsertIntent
	for _, member := range members {
		id := r.roster.Members[member].ID
		intent.Members = append(intent.Members, id)
		intent.Hashes += r.roster.ContentHash(member)
		intent.Before = append(intent.Before, r.befores[id]...)
	}
	return intent
}

// closePart records what is known. With an error that leaves it open whether the work was done, nothing is recorded.
func (r *importer) closePart(p part, batch string, outcomes []crm.Outcome, err error) error {
	if err != nil && outcomeOpen(err) {
		return err
	}
	outcome, failed := r.outcome(p.members, outcomes, err)
	if noteErr := r.deps.note(checkpoint.Done, OpUpsert, batch, outcome); noteErr != nil {
		return noteErr
	}
	hit(OpUpsert + "-after-outcome")
	r.mu.Lock()
	defer r.mu.Unlock()
	intent := r.intent(p.members)
	for i, id := range intent.Members {
		r.ledger.members[id] = intent.outcome(i, outcome)
	}
	r.ledger.last = time.Now()
	r.sent += len(p.members)
	r.report.Add(int64(len(p.members)-failed), int64(failed))
	if err != nil {
		return err
	}
	return r.guard.count(outcome.Results)
}

// outcomeOpen says that the CRM may have done the work although there is no answer.
func outcomeOpen(err error) bool {
	var trouble *crm.Error
	if errors.As(err, &trouble) {
		return trouble.Sent
	}
	return true
}

func (r *importer) outcome(members []int, outcomes []crm.Outcome, err error) (upsertOutcome, int) {
	result := upsertOutcome{Reasons: map[int64]string{}}
	failed, ids := 0, false
	for i, member := range members {
		letter, id := byte(letterNot), ""
		if i < len(outcomes) {
			letter, id = letterOf(outcomes[i].Result), string(outcomes[i].ID)
			if letter == letterFailed {
				failed++
				result.Reasons[r.roster.Members[member].ID] = reason(outcomes[i].Err)
			}
		}
		ids = ids || id != ""
		result.Results += string(rune(letter))
		result.IDs = append(result.IDs, id)
	}
	if !ids {
		result.IDs = nil
	}
	return result, failed
}

func letterOf(result crm.Result) byte {
	switch result {
	case crm.Created:
		return letterCreated
	case crm.Updated:
		return letterUpdated
	case crm.Queued:
		return letterQueued
	case crm.Failed:
		return letterFailed
	}
	return letterNot
}

// reason is the CRM's own words where there are any.
func reason(err error) string {
	var trouble *crm.Error
	switch {
	case err == nil:
		return "the CRM did not say why"
	case errors.As(err, &trouble) && trouble.Hint != "":
		return trouble.Hint
	}
	return err.Error()
}
