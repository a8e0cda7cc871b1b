package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/job"
)

// checkCanaries looks at the made-up members after a phase. Without any it does nothing.
func checkCanaries(ctx context.Context, deps Deps, phase string, report job.Reporter) (Canaries, error) {
	canaries, err := LoadCanaries(deps.Folder)
	if err != nil || canaries.Alive() == 0 {
		return canaries, err
	}
	flock := &flock{deps: deps, report: report, canaries: canaries}
	err = flock.check(ctx, phase)
	return flock.canaries, err
}

// lookAtCanaries puts beside a proof what the CRM shows of the made-up members. It takes nothing away from what is proven of the members.
func (p *Proof) lookAtCanaries(ctx context.Context, deps Deps, report job.Reporter) error {
	canaries, err := checkCanaries(ctx, deps, "proof", report)
	p.Canaries = canaries.Alive()
	var refusal *Refusal
	if errors.As(err, &refusal) {
		p.CanariesLost = refusal.Detail
		return nil
	}
	return err
}

// check reads every made-up member back, and says with ErrCanary who is not whole.
func (f *flock) check(ctx context.Context, phase string) error {
	f.report.Phase("Looking at the made-up members", int64(f.canaries.Alive()))
	var lost []string
	for i := range f.canaries.All {
		canary := &f.canaries.All[i]
		if canary.State != canarySent {
			continue
		}
		check := CanaryCheck{Phase: phase}
		err := f.lately(ctx, canary.Sent, func() (bool, error) {
			return f.look(ctx, canary, &check)
		})
		if err != nil {
			return doing("look at a made-up member", err)
		}
		check.At = time.Now().UTC()
		if check.whole() || phase != phaseAhead {
			canary.Checks = append(canary.Checks, check)
		}
		if !check.whole() {
			lost = append(lost, canary.problem(check))
		}
		f.report.Add(1, 0)
	}
	if err := f.canaries.save(f.deps.Folder); err != nil {
		return err
	}
	if len(lost) > 0 {
		return &Refusal{ErrCanary, strings.Join(lost, "; ")}
	}
	return nil
}

func (c *Canary) problem(check CanaryCheck) string {
	if check.Gone {
		return fmt.Sprintf("%s has no contact", c.Email)
	}
	return fmt.Sprintf("%s lacks %s", c.Email, strings.Join(check.Missing, ", "))
}

// look fills in what the CRM shows now, and says whether that is everything.
func (f *flock) look(ctx context.Context, canary *Canary, check *CanaryCheck) (bool, error) {
	found, err := f.deps.CRM.Find(ctx, canary.Email)
	if err != nil {
		return false, err
	}
	check.Gone, check.Missing, check.Unknown = len(found) == 0, nil, false
	if check.Gone {
		return false, nil
	}
	canary.ID = found[0].ID
	carried, known, err := f.carried(ctx, canary, found[0])
	if err != nil {
		return false, err
	}
	check.Unknown = !known
	for _, tag := range canary.Tags {
		if known && !carried[tag] {
			check.Missing = append(check.Missing, tag)
		}
	}
	return known && check.whole(), nil
}

// carried are the tags that the CRM shows of a canary, asked tag by tag where the contact itself does not tell.
func (f *flock) carried(ctx context.Context, canary *Canary, contact crm.Contact) (map[string]bool, bool, error) {
	carried := map[string]bool{}
	for _, tag := range contact.Tags {
		carried[tag.Name] = true
	}
	if contact.TagsKnown || f.deps.CRM.Features().TagsOnRead {
		return carried, contact.TagsKnown, nil
	}
	existing, err := tagsByName(ctx, f.deps.CRM)
	if err != nil {
		return nil, false, err
	}
	for _, name := range canary.Tags {
		tag, there := existing[name]
		if !there {
			continue
		}
		_, err := f.deps.CRM.EachTagged(ctx, tag, func(target crm.Target) error {
			carried[name] = carried[name] || target.ID == contact.ID
			return nil
		})
		if err != nil {
			return nil, false, err
		}
	}
	return carried, true, nil
}

// CanaryRemoval is what became of the made-up members in the end.
type CanaryRemoval struct {
	Removed int
	// Stays are those that the CRM does not let us delete: their tags are gone, and a person deletes them by hand.
	Stays []string
}

// RemoveCanaries takes the made-up members out of the CRM again, and reads back that they are gone.
func RemoveCanaries(ctx context.Context, deps Deps, report job.Reporter) (CanaryRemoval, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	var removal CanaryRemoval
	if err := CheckAccount(ctx, deps); err != nil {
		return removal, err
	}
	canaries, err := LoadCanaries(deps.Folder)
	if err != nil {
		return removal, err
	}
	report.Phase("Removing the made-up members", int64(canaries.Alive()))
	flock := &flock{deps: deps, report: report, canaries: canaries}
	for i := range flock.canaries.All {
		canary := &flock.canaries.All[i]
		if canary.alive() {
			if err := flock.remove(ctx, canary); err != nil {
				return removal, err
			}
			report.Add(1, 0)
		}
		switch canary.State {
		case canaryRemoved:
			removal.Removed++
		case canaryStays:
			removal.Stays = append(removal.Stays, canary.Email)
		}
	}
	return removal, nil
}

// remove deletes one where the CRM can, else takes its tags away. What is not read back as gone is an error.
func (f *flock) remove(ctx context.Context, canary *Canary) error {
	found, err := f.deps.CRM.Find(ctx, canary.Email)
	if err != nil {
		return doing("look for a made-up member", err)
	}
	canary.State = canaryRemoved
	for _, contact := range found {
		target := crm.Target{ID: contact.ID, Email: contact.Email}
		data := canaryData{Email: canary.Email, ID: string(contact.ID), Removed: true}
		err := f.deps.record(OpCanary, "remove "+canary.Email, data, func() (any, error) {
			var err error
			canary.State, err = f.takeAway(ctx, canary, target)
			data.Note = canary.State
			return data, err
		})
		if err != nil {
			canary.State = canarySent
			return doing("remove a made-up member", err)
		}
	}
	if canary.State == canaryRemoved {
		if err := f.seenGone(ctx, canary); err != nil {
			return err
		}
	}
	return f.canaries.save(f.deps.Folder)
}

// takeAway returns the state that the canary has afterwards.
func (f *flock) takeAway(ctx context.Context, canary *Canary, target crm.Target) (string, error) {
	remover, can := f.deps.CRM.Remover()
	switch {
	case can && f.deps.CRM.Features().CanDeleteContact:
		return canaryRemoved, remover.DeleteContact(ctx, target)
	case can && f.deps.CRM.Features().CanUntag:
		return canaryStays, f.untag(ctx, remover, canary, target)
	}
	return canaryStays, nil
}

func (f *flock) untag(ctx context.Context, remover crm.Remover, canary *Canary, target crm.Target) error {
	existing, err := tagsByName(ctx, f.deps.CRM)
	if err != nil {
		return err
	}
	for _, name := range canary.Tags {
		if tag, there := existing[name]; there {
			outcomes, err := remover.RemoveTag(ctx, tag, []crm.Target{target})
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(outcomes, func(o crm.Outcome) bool { return o.Result == crm.Failed }); i >= 0 {
				return outcomes[i].Err
			}
		}
	}
	return nil
}

func (f *flock) seenGone(ctx context.Context, canary *Canary) error {
	gone := false
	err := f.lately(ctx, time.Now(), func() (bool, error) {
		found, err := f.deps.CRM.Find(ctx, canary.Email)
		gone = err == nil && len(found) == 0
		return gone, err
	})
	if err == nil && !gone {
		err = &Refusal{ErrCanary, canary.Email + " was deleted, and the CRM still shows it"}
	}
	return doing("see that a made-up member is gone", err)
}
