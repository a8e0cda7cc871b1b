package migration

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
)

// settleOpen finds out, for every intent without an outcome, who arrived, before anything is sent again.
func (r *importer) settleOpen(ctx context.Context) error {
	if len(r.ledger.open) == 0 {
		return nil
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	open := slices.SortedFunc(maps.Values(r.ledger.open), func(a, b openBatch) int { return cmp.Compare(a.seq, b.seq) })
	contacts, err := r.lookUp(ctx, open)
	if err != nil {
		return doing("look up the members of an interrupted run", err)
	}
	for _, batch := range open {
		if err := r.closeOpen(batch, contacts); err != nil {
			return err
		}
	}
	return nil
}

// lookUp asks for each member of the open batches, or reads everybody when that takes fewer requests.
func (r *importer) lookUp(ctx context.Context, open []openBatch) (map[string][]crm.Contact, error) {
	wanted := map[string]bool{}
	for _, batch := range open {
		for _, id := range batch.intent.Members {
			if member, ok := r.roster.ByID(id); ok {
				wanted[r.roster.Members[member].Key] = true
			}
		}
	}
	r.report.Phase("Looking up the members of the interrupted run", int64(len(wanted)))
	features := r.deps.CRM.Features()
	everybody := max(1, calls(r.befores.len()+len(r.ledger.members)+len(wanted), features.PageSize))
	if len(wanted) > everybody {
		return r.lookUpInPages(ctx, wanted)
	}
	found := map[string][]crm.Contact{}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		member, _ := r.roster.ByKey(key)
		contacts, err := r.deps.CRM.Find(ctx, r.roster.Members[member].Email)
		if err != nil {
			return nil, err
		}
		found[key] = contacts
		r.report.Add(1, 0)
	}
	return found, nil
}

func (r *importer) lookUpInPages(ctx context.Context, wanted map[string]bool) (map[string][]crm.Contact, error) {
	found := map[string][]crm.Contact{}
	_, err := r.deps.eachContact(ctx, func(contact crm.Contact) error {
		if key := address.Key(contact.Email); wanted[key] {
			found[key] = append(found[key], contact)
			r.report.Add(1, 0)
		}
		return nil
	})
	return found, err
}

func (r *importer) closeOpen(open openBatch, contacts map[string][]crm.Contact) error {
	outcome, known := upsertOutcome{}, open.intent.known()
	for _, id := range open.intent.Members {
		letter, contactID := byte(letterNot), ""
		if member, ok := r.roster.ByID(id); ok {
			if found := contacts[r.roster.Members[member].Key]; len(found) > 0 && r.complete(member, found[0]) {
				letter, contactID = letterUpdated, string(found[0].ID)
				if !known[id] {
					letter = letterCreated
				}
			}
		}
		outcome.Results += string(rune(letter))
		outcome.IDs = append(outcome.IDs, contactID)
	}
	if err := r.deps.note(checkpoint.Done, OpUpsert, open.batch, outcome); err != nil {
		return err
	}
	r.ledger.keep(open.seq, open.intent, outcome)
	delete(r.ledger.open, open.batch)
	return nil
}

// complete says that a contact holds everything that would be sent for this member. What cannot be read counts as not there: sending again is
// harmless, leaving out is not.
func (r *importer) complete(member int, contact crm.Contact) bool {
	wanted := r.contact(member)
	for id, value := range wanted.Fields {
		if contact.Fields[id] != value {
			return false
		}
	}
	if (wanted.FirstName != "" && contact.FirstName == "") || (wanted.LastName != "" && contact.LastName == "") {
		return false
	}
	if !r.deps.CRM.Features().TagsRideAlong {
		return true
	}
	has := map[string]bool{}
	for _, tag := range contact.Tags {
		has[tag.Name] = true
	}
	for _, tag := range wanted.Tags {
		if !has[tag.Name] {
			return false
		}
	}
	return contact.TagsKnown || len(wanted.Tags) == 0
}

// settle waits for work that the CRM finishes later, and records whom it did not take.
func (r *importer) settle(ctx context.Context) error {
	r.report.Phase("Waiting for "+r.deps.CRM.Provider().Name+" to finish", 0)
	settlement, err := r.deps.CRM.Settle(ctx)
	if err != nil {
		return doing("wait for the CRM to finish", err)
	}
	for email, why := range settlement.Rejected {
		if member, ok := r.roster.ByKey(address.Key(email)); ok {
			if err := r.recordRejected(member, why); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *importer) recordRejected(member int, why string) error {
	id := r.roster.Members[member].ID
	batch := r.ledger.nextBatch()
	intent := upsertIntent{Members: []int64{id}, Hashes: r.roster.ContentHash(member)}
	outcome := upsertOutcome{Results: string(rune(letterFailed)), Reasons: map[int64]string{id: why}}
	if err := r.deps.note(checkpoint.Intent, OpUpsert, batch, intent); err != nil {
		return err
	}
	if err := r.deps.note(checkpoint.Done, OpUpsert, batch, outcome); err != nil {
		return err
	}
	r.ledger.keep(0, intent, outcome)
	r.ledger.last = time.Now()
	return nil
}

// withoutComplete leaves out those who have everything in the CRM already, by what was read for the plan, and records that. Members that a proof found
// wanting are sent whatever the plan saw.
func (r *importer) withoutComplete(members []int) ([]int, error) {
	var wanting, complete []int
	for _, member := range members {
		id := r.roster.Members[member].ID
		if r.befores.count(id) == 1 && !r.again[id] && needsNothing(r.roster, member, r.own, *r.befores.first(id), false) {
			complete = append(complete, member)
		} else {
			wanting = append(wanting, member)
		}
	}
	for chunk := range slices.Chunk(complete, 250) {
		if err := r.recordComplete(chunk); err != nil {
			return nil, err
		}
	}
	return wanting, nil
}

func (r *importer) recordComplete(members []int) error {
	batch, intent, outcome := r.ledger.nextBatch(), r.intent(members), upsertOutcome{}
	for _, member := range members {
		outcome.Results += string(rune(letterKept))
		outcome.IDs = append(outcome.IDs, string(r.befores.first(r.roster.Members[member].ID).ID))
	}
	if err := r.deps.note(checkpoint.Intent, OpUpsert, batch, intent); err != nil {
		return err
	}
	if err := r.deps.note(checkpoint.Done, OpUpsert, batch, outcome); err != nil {
		return err
	}
	r.ledger.keep(0, intent, outcome)
	return nil
}
