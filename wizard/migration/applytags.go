package migration

import (
	"context"

	"golang.org/x/sync/errgroup"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
)

// tagPart is one journal entry's worth of putting one tag on contacts.
type tagPart struct {
	tag     crm.Tag
	members []int64
	targets []crm.Target
}

// applyTags puts tags on members where tags do not ride along with them.
func (r *importer) applyTags(ctx context.Context, members []int) error {
	if r.deps.CRM.Features().TagsRideAlong {
		return nil
	}
	parts, total := r.tagParts(members)
	r.report.Phase("Putting tags on members", int64(total))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, r.deps.CRM.Features().InFlight))
	for _, part := range parts {
		if groupCtx.Err() != nil {
			break
		}
		group.Go(func() error {
			features := r.deps.CRM.Features()
			if err := r.deps.slowly(groupCtx, features.TagCosts, calls(len(part.targets), features.TagBatch)); err != nil {
				return err
			}
			if err := r.report.Gate(groupCtx); err != nil {
				return err
			}
			return r.applyPart(groupCtx, part)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return r.settle(ctx)
}

// tagParts lists what is still to be tagged. A member whose contact ID is not known waits for the proof, which reads everybody.
func (r *importer) tagParts(members []int) (parts []tagPart, total int) {
	byTag := make([]tagPart, len(r.roster.Tags))
	for _, member := range r.withIDs(members) {
		m := &r.roster.Members[member]
		for _, tag := range m.Tags {
			name := r.roster.Tags[tag]
			if !r.again[m.ID] && (r.ledger.tagged[name][m.ID] || r.hadTag(m.ID, name)) {
				continue
			}
			byTag[tag].members = append(byTag[tag].members, m.ID)
			byTag[tag].targets = append(byTag[tag].targets, crm.Target{ID: r.ledger.members[m.ID].id, Email: m.Email})
			total++
		}
	}
	size := max(1, r.deps.CRM.Features().TagBatch)
	if size == 1 {
		size = groupSize
	}
	for tag, all := range byTag {
		for from := 0; from < len(all.members); from += size {
			to := min(from+size, len(all.members))
			parts = append(parts, tagPart{r.tags[r.roster.Tags[tag]], all.members[from:to], all.targets[from:to]})
		}
	}
	return parts, total
}

// withIDs are the members whom the CRM has taken: those just sent, and those whose tags an earlier run did not get to.
func (r *importer) withIDs(members []int) []int {
	asked := map[int]bool{}
	for _, member := range members {
		asked[member] = true
	}
	var with []int
	for i := range r.roster.Members {
		id := r.roster.Members[i].ID
		arrived := r.ledger.arrived(&r.roster.Members[i])
		if r.ledger.members[id].id != "" && (asked[i] || arrived) && !r.ledger.skipped[id] {
			with = append(with, i)
		}
	}
	return with
}

func (r *importer) hadTag(member int64, name string) bool {
	return r.befores.hasTag(member, r.ledger.members[member].id, name)
}

func (r *importer) applyPart(ctx context.Context, part tagPart) error {
	r.mu.Lock()
	batch := r.ledger.nextBatch()
	r.mu.Unlock()
	if err := r.deps.note(checkpoint.Intent, OpTag, batch, tagIntent{part.tag.Name, part.members}); err != nil {
		return err
	}
	hit(OpTag + "-after-intent")
	outcome, err := r.callTag(ctx, part)
	if err != nil && outcomeOpen(err) {
		return doing("put the tag "+part.tag.Name+" on members", err)
	}
	if noteErr := r.deps.note(checkpoint.Done, OpTag, batch, outcome); noteErr != nil {
		return noteErr
	}
	hit(OpTag + "-after-outcome")
	r.report.Add(int64(len(outcome.Members)-len(outcome.Reasons)), int64(len(outcome.Reasons)))
	return doing("put the tag "+part.tag.Name+" on members", err)
}

// callTag makes as many calls as the CRM's batch size asks for, and says for whom there is an answer.
func (r *importer) callTag(ctx context.Context, part tagPart) (tagOutcome, error) {
	outcome := tagOutcome{Tag: part.tag.Name, Reasons: map[int64]string{}}
	size := max(1, r.deps.CRM.Features().TagBatch)
	for from := 0; from < len(part.targets); from += size {
		to := min(from+size, len(part.targets))
		got, err := r.deps.CRM.ApplyTag(ctx, part.tag, part.targets[from:to])
		if err != nil {
			return outcome, err
		}
		for i, one := range got {
			member := part.members[from+i]
			outcome.Members = append(outcome.Members, member)
			if one.Result == crm.Failed || one.Result == crm.Unknown {
				outcome.Reasons[member] = reason(one.Err)
			}
		}
		hit(OpTag + "-after-call")
	}
	return outcome, nil
}
