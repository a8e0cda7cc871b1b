package migration

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
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
	// Counted says that everybody was counted. An import that could not even begin knows nothing: its figures are no "none".
	Counted bool
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
	// QuietChecked is how many automations were looked at again after sending, to see that they had stayed quiet; Woken are those that had not.
	QuietChecked int
	Woken        []string
	// Requests and Seconds are what this run took, at life's own speed.
	Requests int
	Seconds  float64
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
	befores *befores
	plan    *Plan
	blast   Blast
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
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	began, before := time.Now(), deps.CRM.Meter().Read().Requests
	run, err := openImport(ctx, deps, input, report)
	if err != nil {
		return ImportResult{}, err
	}
	if err = run.canariesAhead(ctx); err == nil {
		err = run.send(ctx, input)
	}
	if err == nil {
		err = run.lookAfter(ctx, input)
	}
	result, closeErr := run.finish(ctx, input)
	reading := deps.CRM.Meter().Read()
	result.Requests, result.Seconds = reading.Requests-before, time.Since(began).Seconds()*reading.Speed
	return result, errors.Join(err, closeErr, run.keepActual(result))
}

// lookAfter looks, once everything is sent, at what was to stay quiet and at the made-up members.
func (r *importer) lookAfter(ctx context.Context, input ImportInput) error {
	phase := "import"
	if input.Sample > 0 {
		phase = "sample"
	}
	if err := r.checkQuiet(ctx); err != nil {
		return err
	}
	_, err := checkCanaries(ctx, r.deps, phase, r.report)
	return err
}

func (r *importer) send(ctx context.Context, input ImportInput) error {
	members, err := r.withoutComplete(r.choose(input))
	if err != nil {
		return err
	}
	r.report.Phase("Sending members to "+r.deps.CRM.Provider().Name, int64(len(members)))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, r.deps.CRM.Features().InFlight))
	for part := range r.parts(members) {
		if groupCtx.Err() != nil {
			break
		}
		group.Go(func() error {
			features := r.deps.CRM.Features()
			if err := r.deps.slowly(groupCtx, features.UpsertCosts, len(part.batches)); err != nil {
				return err
			}
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
	m := &r.roster.Members[member]
	id := m.ID
	switch {
	case r.left[id] || r.ledger.skipped[id] || r.roster.Members[member].Twin >= 0:
		return false
	case r.again[id]:
		return true
	case len(input.Again) > 0 || r.ledger.arrived(m):
		return false
	case r.ledger.failed(m):
		return input.RetryFailed
	}
	return true
}

// part is what one journal entry covers: one bulk call, or a group of single ones.
type part struct {
	members []int
	batches [][]crm.Contact
}

// partsAtOnce is how many bulk calls' worth of contacts are made ready at a time: half a million at once would fill the memory.
const partsAtOnce = 20

// parts cuts the members into what one journal entry covers, a piece at a time.
func (r *importer) parts(members []int) iter.Seq[part] {
	return func(yield func(part) bool) {
		for piece := range slices.Chunk(members, partsAtOnce*max(groupSize, r.deps.CRM.Features().UpsertBatch)) {
			for _, one := range r.cut(piece) {
				if !yield(one) {
					return
				}
			}
		}
	}
}

func (r *importer) cut(members []int) []part {
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
	if first := r.befores.first(r.roster.Members[member].ID); first != nil {
		before = first.contact()
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
	intent := upsertIntent{Clock: clockAhead(r.deps.CRM)}
	for _, member := range members {
		id := r.roster.Members[member].ID
		intent.Members = append(intent.Members, id)
		intent.Hashes += r.roster.ContentHash(member)
		intent.Before = append(intent.Before, r.befores.of(id)...)
		if wrote, differs := r.wrote(member); differs {
			intent.Wrote = append(intent.Wrote, wrote)
		}
	}
	return intent
}

// closePart records what is known. With an error that leaves it open whether the work was done, or while nobody knows it of a single one, nothing is
// recorded: the next run looks them up.
func (r *importer) closePart(p part, batch string, outcomes []crm.Outcome, err error) error {
	if err != nil && outcomeOpen(err) || slices.ContainsFunc(outcomes, isUnknown) {
		return err
	}
	outcome, failed := r.outcome(p.members, outcomes, err)
	if noteErr := r.deps.note(checkpoint.Done, OpUpsert, batch, outcome); noteErr != nil {
		return noteErr
	}
	hit(OpUpsert + "-after-outcome")
	r.owe(outcome.Results)
	r.mu.Lock()
	defer r.mu.Unlock()
	intent := r.intent(p.members)
	r.ledger.keep(0, intent, outcome)
	r.ledger.last = time.Now()
	r.sent += len(p.members)
	r.report.Add(int64(len(p.members)-failed), int64(failed))
	if err != nil {
		return err
	}
	return r.guard.count(outcome.Results)
}

// owe counts the further requests that contacts took which were there before, or were not.
func (r *importer) owe(results string) {
	features := r.deps.CRM.Features()
	r.deps.owes(features.KnownCosts, strings.Count(results, string(rune(letterUpdated))))
	r.deps.owes(features.NewCosts, strings.Count(results, string(rune(letterCreated))))
}

func isUnknown(outcome crm.Outcome) bool { return outcome.Result == crm.Unknown }

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

// letterOf is for results that are known.
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
