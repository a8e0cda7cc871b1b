package crm

import (
	"context"
	"errors"
	"time"

	"allyswitch/crm/address"
)

// mostRounds is how often a contact is sent again whose fate is unknown.
const mostRounds = 5

// Upsert creates or updates up to Features.UpsertBatch contacts, keyed by e-mail; one Outcome per contact, in order. No two writes to
// one contact happen at once. Blanks are not sent, and no consent is raised. Where a contact's fate is unknown it is looked up before
// it is sent again, unless the CRM cannot make a second one of it.
//
// An error is about all of them: when its Sent is set, any of them may have been written.
func (c *Client) Upsert(ctx context.Context, contacts []Contact) ([]Outcome, error) {
	const op = "write contacts"
	if err := c.ready(ctx, op); err != nil {
		return nil, err
	}
	keys, err := c.writable(op, contacts)
	if err != nil {
		return nil, err
	}
	unlock, err := c.writes.lock(ctx, keys)
	if err != nil {
		return nil, c.ready(ctx, op)
	}
	defer unlock()
	work := &writing{client: c, op: op, contacts: withoutBlanks(contacts), outcomes: make([]Outcome, len(contacts)), doubt: map[int]bool{}}
	return work.run(ctx)
}

// writable checks a batch before anything of it is sent.
func (c *Client) writable(op string, contacts []Contact) ([]string, error) {
	if limit := max(c.features.UpsertBatch, 1); len(contacts) > limit {
		return nil, c.refused(KindInvalid, op, "%d contacts at once, at most %d can go", len(contacts), limit)
	}
	seen := map[string]bool{}
	keys := make([]string, len(contacts))
	for i, contact := range contacts {
		keys[i] = address.Key(contact.Email)
		if keys[i] == "" || seen[keys[i]] {
			return nil, c.refused(KindInvalid, op, "contact %d of the batch has no address, or one that another contact of the batch has", i+1)
		}
		seen[keys[i]] = true
	}
	return keys, nil
}

// withoutBlanks leaves out what must not be sent: empty fields, and a state that would raise consent.
func withoutBlanks(contacts []Contact) []Contact {
	clean := make([]Contact, len(contacts))
	for i, contact := range contacts {
		clean[i] = contact
		clean[i].Fields = make(map[FieldID]string, len(contact.Fields))
		for id, value := range contact.Fields {
			if value != "" {
				clean[i].Fields[id] = value
			}
		}
		if contact.State == StateActive {
			clean[i].State = StateUnknown
		}
	}
	return clean
}

// writing is one Upsert with its repetitions.
type writing struct {
	client   *Client
	op       string
	contacts []Contact
	outcomes []Outcome
	// doubt are the places of contacts of which it was unknown once what became of them.
	doubt map[int]bool
}

// run sends all contacts, and again those whose fate stays unknown.
func (w *writing) run(ctx context.Context) ([]Outcome, error) {
	open := make([]int, len(w.contacts))
	for i := range open {
		open[i] = i
	}
	for round := 1; ; round++ {
		unknown, err := w.send(ctx, open)
		for _, place := range unknown {
			w.doubt[place] = true
		}
		if len(unknown) == 0 || ctx.Err() != nil || round == mostRounds || needsAPerson(err) {
			return w.outcomes, w.trouble(err)
		}
		if open, err = w.lookUp(ctx, unknown); err != nil {
			return w.outcomes, w.trouble(err)
		}
		if len(open) == 0 {
			return w.outcomes, nil
		}
	}
}

// trouble is an error with its name. Once there was doubt about a contact, a pause that was cut short or a look-up that was refused
// does not take it away.
func (w *writing) trouble(err error) error {
	err = w.client.named(w.op, err)
	if len(w.doubt) > 0 {
		return MaybeSent(err)
	}
	return err
}

// needsAPerson says that asking again by itself would get the same refusal.
func needsAPerson(err error) bool {
	return IsKind(err, KindAuth) || IsKind(err, KindPermission) || IsKind(err, KindPlanLimit)
}

// send writes the contacts at these places and returns the places whose fate is unknown. An error without unknown places is final.
func (w *writing) send(ctx context.Context, places []int) ([]int, error) {
	batch := make([]Contact, len(places))
	for i, place := range places {
		batch[i] = w.contacts[place]
	}
	outcomes, err := w.client.driver.Upsert(ctx, batch)
	if err == nil && len(outcomes) != len(batch) {
		err = w.client.odd(w.op, "%d answers to %d contacts", len(outcomes), len(batch))
	}
	if err != nil {
		for _, place := range places {
			w.outcomes[place] = Outcome{Result: Unknown, Err: err}
		}
		if wasSent(err) {
			return places, err
		}
		return nil, err
	}
	var unknown []int
	for i, outcome := range outcomes {
		w.outcomes[places[i]] = w.ours(places[i], w.client.whole(w.op, outcome))
		if w.outcomes[places[i]].Result == Unknown {
			unknown = append(unknown, places[i])
		}
	}
	return unknown, nil
}

// lookUp finds out which of these contacts must be sent again.
func (w *writing) lookUp(ctx context.Context, places []int) ([]int, error) {
	if w.client.features.UpsertIdempotent {
		return places, w.client.pause(ctx, "asking again what became of the last contacts", firstBackoff)
	}
	if err := w.client.pause(ctx, "looking up what became of the last contacts", max(w.client.features.ReadLag, firstBackoff)); err != nil {
		return nil, err
	}
	var missing []int
	for _, place := range places {
		found, err := w.client.Find(ctx, w.contacts[place].Email)
		if err != nil {
			return nil, err
		}
		if written := holding(found, w.contacts[place]); written != nil {
			w.outcomes[place] = w.ours(place, Outcome{ID: written.ID, Result: Updated})
			continue
		}
		missing = append(missing, place)
	}
	return missing, nil
}

// ours calls a contact created that the caller did not know and that an earlier try may have made: that it is there now does not
// say that somebody else had made it.
func (w *writing) ours(place int, outcome Outcome) Outcome {
	if outcome.Result == Updated && w.doubt[place] && w.contacts[place].ID == "" {
		outcome.Result = Created
	}
	return outcome
}

// holding is the contact that holds all that was to be written. One that does not may be written to again: it exists, so that no
// second one comes of it.
func holding(found []Contact, want Contact) *Contact {
	for i, contact := range found {
		if contact.holds(want) {
			return &found[i]
		}
	}
	return nil
}

// holds says whether a contact as it was read carries what was to be written. What was not read is not held against it: the
// read-back at the end compares everything.
func (c Contact) holds(want Contact) bool {
	if want.FirstName != "" && want.FirstName != c.FirstName || want.LastName != "" && c.LastName != "" && want.LastName != c.LastName {
		return false
	}
	if c.FieldsKnown {
		for id, value := range want.Fields {
			if c.Fields[id] != value {
				return false
			}
		}
	}
	if c.TagsKnown {
		for _, tag := range want.Tags {
			if !c.carries(tag) {
				return false
			}
		}
	}
	return true
}

func (c Contact) carries(tag Tag) bool {
	for _, has := range c.Tags {
		if has.ID == tag.ID && tag.ID != "" || tagKey(has.Name) == tagKey(tag.Name) {
			return true
		}
	}
	return false
}

// whole fills in what a driver left out of an outcome.
func (c *Client) whole(op string, outcome Outcome) Outcome {
	switch outcome.Result {
	case Created, Updated, Queued:
		return outcome
	case Failed, Unknown:
	default:
		outcome.Result = Unknown
	}
	if outcome.Err == nil {
		outcome.Err = c.odd(op, "the answer does not say what became of the contact")
	}
	outcome.Err = c.named(op, outcome.Err)
	return outcome
}

// wasSent says whether a failed request may have been carried out.
func wasSent(err error) bool {
	var trouble *Error
	return errors.As(err, &trouble) && trouble.Sent
}

// pause waits for a time of life, with its reason shown.
func (c *Client) pause(ctx context.Context, reason string, length time.Duration) error {
	length = scaled(length, c.settings.Meter.Read().Speed)
	defer c.settings.Meter.wait(Wait{Reason: reason, Until: time.Now().Add(length)})()
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return c.ready(ctx, reason)
	}
}
