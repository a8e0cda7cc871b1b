package migration

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// Carried is what became of the changes.
type Carried struct {
	Plan   *Plan
	Import ImportResult
	Proof  *Proof
	Delta  *Delta
}

// CarryChanges puts the second export in the place of the first, and plans, sends and proves: who has not changed is not sent again. It may be called
// again after it was stopped.
func CarryChanges(ctx context.Context, deps Deps, acceptNoRoom bool, report job.Reporter) (*Carried, error) {
	delta, err := LoadDelta(deps.Folder)
	if err != nil {
		return nil, err
	}
	for from, to := range map[string]string{DeltaMembersFile: MembersFile, DeltaRejectedFile: RejectedFile, DeltaTagsFile: TagsFile} {
		if err := copyFile(deps.Folder, from, to); err != nil {
			return nil, err
		}
		hit("delta-after-copy")
	}
	carried := &Carried{Delta: delta}
	if carried.Plan, err = MakePlan(ctx, deps, report); err != nil {
		return nil, err
	}
	carried.Import, err = Import(ctx, deps, ImportInput{AcceptNoRoom: acceptNoRoom}, report)
	if err != nil {
		return carried, err
	}
	delta.Waiting = carried.Import.Waiting + len(carried.Import.Failed)
	if carried.Proof, err = Prove(ctx, deps, report); err != nil {
		return carried, err
	}
	return carried, delta.save(deps, "carried")
}

// RemoveLostTags takes off, in the CRM, the tags that members have lost on the site. It is called only when the owner has said so. What counts as removed
// is what a read-back shows.
func RemoveLostTags(ctx context.Context, deps Deps, report job.Reporter) (*Delta, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	delta, err := LoadDelta(deps.Folder)
	if err != nil || delta.ToRemove() == 0 {
		return delta, err
	}
	u, err := openUndo(ctx, deps, 0, report)
	if err != nil {
		return delta, err
	}
	open, err := u.carriers(ctx, delta)
	if err != nil {
		return delta, err
	}
	for _, tag := range slices.Sorted(maps.Keys(open)) {
		if err := u.removeLost(ctx, tag, open[tag]); err != nil {
			return delta, err
		}
	}
	if err := u.settle(ctx); err != nil {
		return delta, err
	}
	if err := u.untilGone(ctx, delta); err != nil {
		return delta, err
	}
	return delta, delta.save(deps, "taken off")
}

// untilGone reads back until no contact carries a lost tag any more, or as long as this CRM may be late.
func (u *undoer) untilGone(ctx context.Context, delta *Delta) error {
	lag := scaled(u.deps.CRM, u.deps.CRM.Features().ReadLag)
	for pause := lag / 8; ; pause *= 2 {
		open, err := u.carriers(ctx, delta)
		left := time.Until(u.last.Add(lag))
		if err != nil || len(open) == 0 || left <= 0 {
			return err
		}
		if err := waitLate(ctx, u.deps, min(pause, left)+time.Millisecond, u.report); err != nil {
			return err
		}
	}
}

// carriers reads which contacts still carry a lost tag, by tag, and marks the others as removed.
func (u *undoer) carriers(ctx context.Context, delta *Delta) (map[string][]undoTarget, error) {
	l, err := lookAround(ctx, u.deps, u.book, u.roster, u.report)
	if err != nil {
		return nil, err
	}
	u.tags = l.tags
	open := map[string][]undoTarget{}
	for i, lost := range delta.Lost {
		carrying, known := 0, true
		for _, contact := range l.contacts[lost.Member] {
			known = known && contact.TagsKnown
			if slices.ContainsFunc(contact.Tags, func(tag crm.Tag) bool { return tag.Name == lost.Tag }) {
				open[lost.Tag] = append(open[lost.Tag], target(lost.Member, contact))
				carrying++
			}
		}
		delta.Lost[i].Removed = known && carrying == 0
	}
	return open, nil
}

func (u *undoer) removeLost(ctx context.Context, name string, targets []undoTarget) error {
	if !u.deps.CRM.Features().CanUntag {
		return fmt.Errorf("%s cannot take a tag off by its API", u.deps.CRM.Provider().Name)
	}
	size := max(1, u.deps.CRM.Features().TagBatch)
	return u.inGroups(ctx, "Taking the tag "+name+" off", max(size, groupSize), targets, func(ctx context.Context, part []undoTarget) error {
		batch, intent := u.nextBatch(), tagIntent{Tag: name, Members: intentOf("", false, part).Members}
		if err := u.deps.note(checkpoint.Intent, OpUntag, batch, intent); err != nil {
			return err
		}
		hit(OpUntag + "-after-intent")
		outcome := undoOutcome{Reasons: map[crm.ContactID]string{}}
		for some := range slices.Chunk(part, size) {
			if err := u.callTag(ctx, u.tags[name], false, some, &outcome); err != nil {
				return err
			}
		}
		u.mu.Lock()
		u.last = time.Now()
		u.mu.Unlock()
		u.report.Add(int64(len(part)-len(outcome.Reasons)), int64(len(outcome.Reasons)))
		return u.deps.note(checkpoint.Done, OpUntag, batch, outcome)
	})
}
