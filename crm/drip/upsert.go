package drip

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

const (
	// fewAgain is how many people who were queued before are sent one by one when they come again: a batch dropped them without a
	// word, and only a call of their own tells why. Of more than that so many are.
	fewAgain = 100
	// probes is how many of a crowd that comes again are asked about one by one.
	probes = 10
)

// writing is one call of Upsert.
type writing struct {
	d        *driver
	op       string
	rows     []row
	outcomes []crm.Outcome
}

// Upsert writes people with their fields and tags. A handful goes one by one, which tells at once what became of each; the rest goes
// as a batch, of which Drip says nothing: see Settle.
func (d *driver) Upsert(ctx context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	w := &writing{d: d, op: "save the people", rows: make([]row, len(contacts)), outcomes: make([]crm.Outcome, len(contacts))}
	var good []int
	for i, contact := range contacts {
		written, err := rowOf(contact)
		if err != nil {
			w.fail(i, refusal(crm.KindInvalid, w.op, err.Error()))
			continue
		}
		w.rows[i] = written
		good = append(good, i)
	}
	single, batch := w.split(good)
	for _, i := range single {
		if err := w.saveOne(ctx, i); err != nil {
			return nil, w.afterSome(err)
		}
	}
	return w.outcomes, w.afterSome(w.saveBatch(ctx, batch))
}

// afterSome is an error about a piece of work of which others may have been saved already.
func (w *writing) afterSome(err error) error {
	if slices.ContainsFunc(w.outcomes, func(o crm.Outcome) bool { return o.Result == crm.Updated || o.Result == crm.Queued }) {
		return crm.MaybeSent(err)
	}
	return err
}

// rowOf is a contact as it goes out: nothing that is blank. People who are to be unsubscribed are so only if Drip does not know them.
func rowOf(contact crm.Contact) (row, error) {
	r := row{Email: contact.Email, FirstName: contact.FirstName, LastName: contact.LastName}
	for id, value := range contact.Fields {
		switch {
		case value == "":
			continue
		case !isSlug(string(id)):
			return row{}, fmt.Errorf("%q is not a field's name at Drip: letters, digits and underscores only", id)
		case utf8.RuneCountInString(value) > longestValue:
			return row{}, fmt.Errorf("the value of %s is longer than %d characters", id, longestValue)
		}
		if r.CustomFields == nil {
			r.CustomFields = map[string]string{}
		}
		r.CustomFields[string(id)] = value
	}
	for _, tag := range contact.Tags {
		if tag.Name != "" {
			r.Tags = append(r.Tags, tag.Name)
		}
	}
	if contact.State == crm.StateUnsubscribed {
		r.InitialStatus = "unsubscribed"
	}
	return r, nil
}

// split decides who goes one by one: a handful; who looks as if a batch would drop them; who was dropped before.
func (w *writing) split(places []int) (single, batch []int) {
	if len(places) < fewestInABatch {
		return places, nil
	}
	again := w.d.queued.before(w.rows, places)
	ask := len(again)
	if ask > fewAgain {
		ask = probes
	}
	for _, i := range places {
		if again[i] && ask > 0 || !address.Valid(w.rows[i].Email) {
			single = append(single, i)
			if again[i] {
				ask--
			}
			continue
		}
		batch = append(batch, i)
	}
	if len(batch) < fewestInABatch {
		return append(single, batch...), nil
	}
	return single, batch
}

// saveOne writes one person. Drip does not tell a new person from an old one. It returns an error only for what would befall everybody else too.
func (w *writing) saveOne(ctx context.Context, i int) error {
	saved, err := w.d.post(ctx, w.op, w.rows[i])
	switch {
	case err == nil:
		w.outcomes[i] = crm.Outcome{ID: crm.ContactID(saved.ID), Result: crm.Updated}
	case concernsOne(err):
		w.fail(i, err)
	default:
		return err
	}
	return nil
}

func (w *writing) fail(i int, err error) {
	w.outcomes[i] = crm.Outcome{Result: crm.Failed, Err: err}
}

// concernsOne says that it was this person's data that was refused.
func concernsOne(err error) bool {
	return crm.IsKind(err, crm.KindInvalid) || crm.IsKind(err, crm.KindConflict) || crm.IsKind(err, crm.KindNotFound)
}

// post writes one person and returns them as Drip holds them now. Sending it twice does no harm: the address is the key.
func (d *driver) post(ctx context.Context, op string, one row) (subscriber, error) {
	var answer subscribers
	request := crm.Request{Op: op, Method: http.MethodPost, Path: d.path("subscribers"), JSON: people{[]row{one}}, Repeatable: true}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return subscriber{}, err
	}
	if len(answer.Subscribers) != 1 || answer.Subscribers[0].ID == "" {
		return subscriber{}, unreadable(op, "the answer does not say who was saved")
	}
	saved := answer.Subscribers[0]
	if one.Email != "" && address.Key(saved.Email) != address.Key(one.Email) || one.Email == "" && saved.ID != one.ID {
		return subscriber{}, unreadable(op, "the answer is about someone else")
	}
	return saved, nil
}

// saveBatch queues people. When a batch is refused as a whole, it is tried again in halves, so that what is wrong with one person
// costs nobody else anything.
func (w *writing) saveBatch(ctx context.Context, places []int) error {
	if len(places) == 0 {
		return nil
	}
	rows := make([]row, 0, len(places))
	for _, i := range places {
		rows = append(rows, w.rows[i])
	}
	err := w.d.postBatch(ctx, w.op, rows)
	switch {
	case err == nil:
		for _, i := range places {
			w.outcomes[i] = crm.Outcome{Result: crm.Queued}
		}
		return nil
	case !concernsOne(err):
		return err
	}
	middle := len(places) / 2
	for _, half := range [][]int{places[:middle], places[middle:]} {
		if err := w.saveHalf(ctx, half); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) saveHalf(ctx context.Context, places []int) error {
	if len(places) >= fewestInABatch {
		return w.saveBatch(ctx, places)
	}
	for _, i := range places {
		if err := w.saveOne(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// postBatch queues people. The answer is 201 whatever becomes of them (developer.drip.com, "Batch API").
func (d *driver) postBatch(ctx context.Context, op string, rows []row) error {
	request := crm.Request{
		Op:         op,
		Method:     http.MethodPost,
		Path:       d.path("subscribers", "batches"),
		JSON:       batches{[]people{{rows}}},
		Classes:    []string{classBatch},
		NotAll:     true,
		Repeatable: true,
	}
	if _, err := d.conn.Do(ctx, request); err != nil {
		return err
	}
	d.queued.add(rows)
	return nil
}
