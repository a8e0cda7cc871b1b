package migration

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
)

// undoIntent is the journal's record of what is about to be taken back on contacts.
type undoIntent struct {
	Members  []int64         `json:"m"`
	Contacts []crm.ContactID `json:"id"`
	Tag      string          `json:"tag,omitempty"`
	// On says that the tag is put on again.
	On bool `json:"on,omitempty"`
}

// undoOutcome says whom the CRM refused, and why.
type undoOutcome struct {
	Reasons map[crm.ContactID]string `json:"why,omitempty"`
}

func intentOf(tag string, on bool, targets []undoTarget) undoIntent {
	intent := undoIntent{Tag: tag, On: on}
	for _, one := range targets {
		intent.Members, intent.Contacts = append(intent.Members, one.member), append(intent.Contacts, one.ID)
	}
	return intent
}

// doContacts takes back what was done to contacts, and on the site. Removing comes last: until then everything can be told.
func (u *undoer) doContacts(ctx context.Context, work undoWork) error {
	if err := u.giveLinksBack(ctx, work.links); err != nil {
		return err
	}
	for _, tags := range []struct {
		on      bool
		targets map[string][]undoTarget
	}{{false, work.untag}, {true, work.retag}} {
		for _, name := range slices.Sorted(maps.Keys(tags.targets)) {
			if err := u.changeTag(ctx, name, tags.on, tags.targets[name]); err != nil {
				return err
			}
		}
	}
	if err := u.settle(ctx); err != nil {
		return err
	}
	if err := u.giveBack(ctx, work.values); err != nil {
		return err
	}
	return u.removeContacts(ctx, work.remove)
}

// settle waits for work that the CRM finishes later.
func (u *undoer) settle(ctx context.Context) error {
	_, err := u.deps.CRM.Settle(ctx)
	return doing("wait for the CRM to finish", err)
}

// changeTag takes one tag off contacts, or puts it on again.
func (u *undoer) changeTag(ctx context.Context, name string, on bool, targets []undoTarget) error {
	tag, what := u.tags[name], "Taking the tag "+name+" off"
	if on {
		what = "Putting the tag " + name + " on again"
	}
	targets = u.again("tag "+name+" ", targets)
	size := max(1, u.deps.CRM.Features().TagBatch)
	group := size
	if size == 1 {
		group = groupSize
	}
	return u.inGroups(ctx, what, group, targets, func(ctx context.Context, part []undoTarget) error {
		return u.journalled(ctx, OpUndoTag, intentOf(name, on, part), func(outcome *undoOutcome) error {
			for some := range slices.Chunk(part, size) {
				if err := u.callTag(ctx, tag, on, some, outcome); err != nil {
					return err
				}
				hit(OpUndoTag + "-after-call")
			}
			return nil
		})
	})
}

func (u *undoer) callTag(ctx context.Context, tag crm.Tag, on bool, part []undoTarget, outcome *undoOutcome) error {
	targets := make([]crm.Target, len(part))
	for i, one := range part {
		targets[i] = one.Target
	}
	call := u.deps.CRM.ApplyTag
	if !on {
		remover, can := u.deps.CRM.Remover()
		if !can {
			return fmt.Errorf("%s cannot take a tag off by its API", u.deps.CRM.Provider().Name)
		}
		call = remover.RemoveTag
	}
	got, err := call(ctx, tag, targets)
	if err != nil {
		return doing("change the tag "+tag.Name, err)
	}
	for i, one := range got {
		if one.Result == crm.Failed {
			u.note(outcome, part[i], "tag "+tag.Name+" ", reason(one.Err))
		} else {
			u.count(&u.result.Untagged)
		}
	}
	return nil
}

// giveBack writes the values that contacts had, and empties those that they did not have.
func (u *undoer) giveBack(ctx context.Context, values []undoValues) error {
	var set, blank []undoTarget
	byContact := map[crm.ContactID]undoValues{}
	for _, one := range values {
		byContact[one.ID] = one
		if one.sets() {
			set = append(set, one.undoTarget)
		}
		if !one.blank.Nothing() {
			blank, u.book.emptied[one.member] = append(blank, one.undoTarget), true
		}
	}
	set, blank = u.again("values ", set), u.again("values ", blank)
	group := max(groupSize, u.deps.CRM.Features().UpsertBatch)
	err := u.inGroups(ctx, "Giving contacts back what they had", group, set, func(ctx context.Context, part []undoTarget) error {
		return u.journalled(ctx, OpUndoValues, intentOf("", false, part), func(outcome *undoOutcome) error {
			return u.write(ctx, part, byContact, outcome)
		})
	})
	if err != nil {
		return err
	}
	if err := u.settle(ctx); err != nil {
		return err
	}
	return u.inGroups(ctx, "Emptying what was empty", groupSize, blank, func(ctx context.Context, part []undoTarget) error {
		return u.journalled(ctx, OpUndoValues, intentOf("", false, part), func(outcome *undoOutcome) error {
			return u.empty(ctx, part, byContact, outcome)
		})
	})
}

func (u *undoer) write(ctx context.Context, part []undoTarget, values map[crm.ContactID]undoValues, outcome *undoOutcome) error {
	contacts := make([]crm.Contact, len(part))
	for i, one := range part {
		contacts[i] = values[one.ID].set
	}
	next := 0
	for _, batch := range u.deps.CRM.Batches(contacts) {
		got, err := u.deps.CRM.Upsert(ctx, batch)
		if err != nil {
			return doing("give a contact back what it had", err)
		}
		hit(OpUndoValues + "-after-call")
		for i, one := range got {
			if one.Result == crm.Failed {
				u.note(outcome, part[next+i], "values ", reason(one.Err))
			} else {
				u.count(&u.result.Restored)
			}
		}
		next += len(batch)
	}
	return nil
}

func (u *undoer) empty(ctx context.Context, part []undoTarget, values map[crm.ContactID]undoValues, outcome *undoOutcome) error {
	blanker, can := u.deps.CRM.Blanker()
	return u.oneByOne(part, "values ", outcome, &u.result.Restored, func(one undoTarget) error {
		if !can {
			return fmt.Errorf("%s cannot empty a value by its API", u.deps.CRM.Provider().Name)
		}
		err := blanker.ClearFields(ctx, one.Target, values[one.ID].blank)
		hit(OpUndoValues + "-after-call")
		return err
	})
}

// removeContacts removes the contacts that we made.
func (u *undoer) removeContacts(ctx context.Context, targets []undoTarget) error {
	remover, can := u.deps.CRM.Remover()
	if !can {
		return nil
	}
	targets = u.again("", targets)
	return u.inGroups(ctx, "Removing contacts that AllySwitch made", groupSize, targets, func(ctx context.Context, part []undoTarget) error {
		return u.journalled(ctx, OpUndoContact, intentOf("", false, part), func(outcome *undoOutcome) error {
			return u.oneByOne(part, "", outcome, &u.result.Removed, func(one undoTarget) error {
				err := remover.DeleteContact(ctx, one.Target)
				hit(OpUndoContact + "-after-call")
				return err
			})
		})
	})
}

// oneByOne does something with each contact. What is wrong with one of them is its own reason; anything else ends the work.
func (u *undoer) oneByOne(part []undoTarget, kind string, outcome *undoOutcome, counter *int, do func(undoTarget) error) error {
	for _, one := range part {
		switch err := do(one); {
		case err == nil:
			u.count(counter)
		case concernsOne(err):
			u.note(outcome, one, kind, reason(err))
		default:
			return err
		}
	}
	return nil
}

// inGroups does the work group by group, as many at once as the CRM likes.
func (u *undoer) inGroups(ctx context.Context, what string, size int, targets []undoTarget, do func(context.Context, []undoTarget) error) error {
	if len(targets) == 0 {
		return nil
	}
	u.report.Phase(what, int64(len(targets)))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, u.deps.CRM.Features().InFlight))
	for part := range slices.Chunk(targets, size) {
		if groupCtx.Err() != nil {
			break
		}
		group.Go(func() error {
			if err := u.report.Gate(groupCtx); err != nil {
				return err
			}
			return do(groupCtx, part)
		})
	}
	return doing(strings.ToLower(what[:1])+what[1:], group.Wait())
}

// journalled writes the intent, does the work, and writes whom the CRM refused. Work that ends with an error leaves the intent open: what is there
// decides, next time, what is still to be done.
func (u *undoer) journalled(ctx context.Context, op string, intent undoIntent, do func(*undoOutcome) error) error {
	if err := u.slowly(ctx, op, len(intent.Members)); err != nil {
		return err
	}
	batch := u.nextBatch()
	if err := u.deps.note(checkpoint.Intent, op, batch, intent); err != nil {
		return err
	}
	hit(op + "-after-intent")
	outcome := undoOutcome{Reasons: map[crm.ContactID]string{}}
	err := do(&outcome)
	u.mu.Lock()
	u.last = time.Now()
	u.mu.Unlock()
	if err != nil {
		return err
	}
	if err := u.deps.note(checkpoint.Done, op, batch, outcome); err != nil {
		return err
	}
	hit(op + "-after-outcome")
	refused, done := len(outcome.Reasons), len(intent.Members)-len(outcome.Reasons)
	u.report.Add(int64(done), int64(refused))
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.guard.count(strings.Repeat(string(rune(letterFailed)), refused) + strings.Repeat(string(rune(letterUpdated)), done))
}

// slowly waits for the owner's part of the pace before so many contacts are changed.
func (u *undoer) slowly(ctx context.Context, op string, contacts int) error {
	if features := u.deps.CRM.Features(); op == OpUndoTag {
		return u.deps.slowly(ctx, features.TagCosts, calls(contacts, max(1, features.TagBatch)))
	}
	return u.deps.slowly(ctx, []crm.Cost{{Class: crm.ClassAll, Calls: 1}}, contacts)
}

// again leaves out what was asked of the CRM often enough.
func (u *undoer) again(kind string, targets []undoTarget) []undoTarget {
	return slices.DeleteFunc(slices.Clone(targets), func(one undoTarget) bool { return !u.try(kind + string(one.ID)) })
}

func (u *undoer) note(outcome *undoOutcome, one undoTarget, kind, why string) {
	outcome.Reasons[one.ID] = why
	u.refuse(kind+string(one.ID), why)
}

func (u *undoer) count(counter *int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	*counter++
}

func (u *undoer) nextBatch() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.batches++
	return fmt.Sprintf("u%d", u.batches)
}
