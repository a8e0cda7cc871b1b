package activecampaign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm"
)

// Everything is written by the bulk importer, single contacts too: it alone can be told not to start automations, which would mail
// people. Nothing here ever subscribes anybody to a list.

// row is one contact of an import, ready to send. place is its position in what the caller asked for.
type row struct {
	place int
	body  []byte
	// known says that the account has the contact already.
	known bool
}

// delivery brings the rows of one call to the importer and notes what became of each.
type delivery struct {
	driver   *driver
	op       string
	outcomes []crm.Outcome
	// full is the refusal of a single contact because the plan has no room; nothing more is sent after that.
	full *crm.Error
}

// Upsert queues contacts, with names, fields and tags, at the importer. Blanks are not sent.
func (d *driver) Upsert(ctx context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	const op = "import contacts"
	work := delivery{driver: d, op: op, outcomes: make([]crm.Outcome, len(contacts))}
	rows := make([]row, 0, len(contacts))
	for place, contact := range contacts {
		wire, err := importRowOf(contact)
		if err != nil {
			work.fail(place, err)
			continue
		}
		rows = append(rows, row{place: place, body: encode(wire), known: contact.ID != ""})
	}
	defer d.countBefore(ctx)()
	return work.run(ctx, rows)
}

// ApplyTag puts a tag on contacts through the importer, addressed by e-mail: /contactTags takes one pair at a time and cannot be kept quiet.
func (d *driver) ApplyTag(ctx context.Context, tag crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	const op = "put the tag on contacts"
	work := delivery{driver: d, op: op, outcomes: make([]crm.Outcome, len(to))}
	rows := make([]row, 0, len(to))
	for place, target := range to {
		wire, err := importRowOf(crm.Contact{Email: target.Email, Tags: []crm.Tag{tag}})
		if err != nil {
			work.fail(place, err)
			continue
		}
		rows = append(rows, row{place: place, body: encode(wire), known: true})
	}
	outcomes, err := work.run(ctx, rows)
	for i := range outcomes {
		outcomes[i].ID = to[i].ID
	}
	return outcomes, err
}

func importRowOf(contact crm.Contact) (importRow, error) {
	wire := importRow{
		Email:              strings.TrimSpace(contact.Email),
		FirstName:          contact.FirstName,
		LastName:           contact.LastName,
		ExcludeAutomations: true,
	}
	if wire.Email == "" {
		return wire, errors.New("there is no e-mail address")
	}
	for _, tag := range contact.Tags {
		if tag.Name == "" {
			return wire, errors.New("a tag has no name")
		}
		wire.Tags = append(wire.Tags, tag.Name)
	}
	for _, id := range slices.Sorted(maps.Keys(contact.Fields)) {
		number, err := strconv.Atoi(string(id))
		if err != nil {
			return wire, fmt.Errorf("%q is not the id of a custom field", id)
		}
		if value := contact.Fields[id]; value != "" {
			wire.Fields = append(wire.Fields, importField{ID: number, Value: value})
		}
	}
	return wire, nil
}

// encode writes JSON without the six-byte escapes that Go makes of <, > and &: they would eat into the size an import may have.
func encode(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil
	}
	return bytes.TrimRight(buffer.Bytes(), "\n")
}

func (w *delivery) fail(place int, cause error) {
	w.outcomes[place] = crm.Outcome{Result: crm.Failed, Err: &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-ROW", Op: w.op, Err: cause}}
}

// run delivers the rows. When the way is blocked before anything went, that is the answer; when something went before, each row says
// for itself what became of it.
func (w *delivery) run(ctx context.Context, rows []row) ([]crm.Outcome, error) {
	err := w.deliver(ctx, rows)
	if err == nil {
		return w.outcomes, nil
	}
	result := crm.Failed
	var e *crm.Error
	if errors.As(err, &e) && e.Sent {
		result = crm.Unknown
	}
	went := false
	for place, outcome := range w.outcomes {
		switch {
		case outcome.Result == crm.Queued:
			went = true
		case outcome.Result == "":
			w.outcomes[place] = crm.Outcome{Result: result, Err: err}
		}
	}
	if !went {
		return nil, err
	}
	return w.outcomes, nil
}

// deliver sends rows in as few imports as possible, and without those that would have the whole import refused.
func (w *delivery) deliver(ctx context.Context, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	if len(rows) > 1 && (len(rows) > importBatch || importSize(rows) > importBytes) {
		return w.halves(ctx, rows)
	}
	refusal, err := w.post(ctx, rows)
	switch {
	case err != nil:
		return err
	case refusal == nil:
		return nil
	case len(rows) == 1:
		w.refuse(rows, refusal)
		return nil
	case refusal.Kind == crm.KindPlanLimit:
		return w.halves(ctx, rows)
	}
	return w.without(ctx, rows, refusal)
}

// halves delivers one half after the other. When the first ends with a full account, the second stays where it is.
func (w *delivery) halves(ctx context.Context, rows []row) error {
	middle := len(rows) / 2
	if err := w.deliver(ctx, rows[:middle]); err != nil {
		return err
	}
	if w.full != nil {
		w.refuse(rows[middle:], w.full)
		return nil
	}
	return w.deliver(ctx, rows[middle:])
}

func importSize(rows []row) int {
	size := len(`{"contacts":[],"exclude_automations":true}`)
	for _, row := range rows {
		size += len(row.body) + 1
	}
	return size
}

// without leaves out the rows that the refusal names and sends the rest. Whether ActiveCampaign counts from 0 or from 1 is not
// documented: only one of them can cure the import, so the cure proves it. What neither cures is found by halving.
func (w *delivery) without(ctx context.Context, rows []row, refusal *crm.Error) error {
	var named *rejection
	if errors.As(refusal, &named) {
		for _, base := range w.driver.bases() {
			good, bad := split(rows, named, base)
			if len(bad) == 0 {
				continue
			}
			again, err := w.post(ctx, good)
			if err != nil {
				return err
			}
			if again == nil {
				w.driver.learnBase(base, len(good) > 0)
				w.refuseNamed(bad, named, base, rows, refusal)
				return nil
			}
		}
	}
	return w.halves(ctx, rows)
}

// bases are the index bases still possible, the likelier first.
func (d *driver) bases() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.base >= 0 {
		return []int{d.base}
	}
	return []int{0, 1}
}

func (d *driver) learnBase(base int, proven bool) {
	if !proven {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.base = base
}

// split parts the rows that a refusal names from the others; bad is empty when it names none, or one that is not there.
func split(rows []row, named *rejection, base int) (good, bad []row) {
	out := map[int]bool{}
	for _, reason := range named.reasons {
		at := reason.index - base
		if reason.index < 0 || at < 0 || at >= len(rows) {
			return rows, nil
		}
		out[at] = true
	}
	for at, row := range rows {
		if out[at] {
			bad = append(bad, row)
		} else {
			good = append(good, row)
		}
	}
	return good, bad
}

func (w *delivery) refuse(rows []row, refusal *crm.Error) {
	if refusal.Kind == crm.KindPlanLimit {
		w.full = refusal
	}
	for _, row := range rows {
		w.outcomes[row.place] = crm.Outcome{Result: crm.Failed, Err: refusal}
	}
}

// refuseNamed gives each refused row its own reason.
func (w *delivery) refuseNamed(bad []row, named *rejection, base int, rows []row, refusal *crm.Error) {
	w.refuse(bad, refusal)
	for _, reason := range named.reasons {
		own := *refusal
		if reason.text != "" {
			own.Hint = shorten(printable(reason.text))
		}
		place := rows[reason.index-base].place
		w.outcomes[place] = crm.Outcome{Result: crm.Failed, Err: &own}
	}
}

// post sends one import. A refusal of the import's contents is returned apart from errors that say nothing about them.
func (w *delivery) post(ctx context.Context, rows []row) (refusal *crm.Error, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	classes := []string{classImport}
	if len(rows) == 1 {
		classes = append(classes, classImportSingle)
	}
	var reply importReply
	err = w.driver.send(ctx, crm.Request{
		Op: w.op, Method: http.MethodPost, Path: "/import/bulk_import", Repeatable: true, Classes: classes,
		Raw: importBody(rows), ContentType: "application/json",
	}, &reply)
	if err != nil {
		if errors.As(err, &refusal) && (refusal.Kind == crm.KindInvalid || refusal.Kind == crm.KindPlanLimit) {
			return refusal, nil
		}
		return nil, err
	}
	w.driver.rememberImport(string(reply.BatchID), len(rows), known(rows))
	outcome := crm.Outcome{Result: crm.Queued}
	if reply.Success == nil || *reply.Success != "1" || reply.Queued.number() != len(rows) {
		outcome = crm.Outcome{Result: crm.Unknown, Err: incomplete(w.op, "the answer does not say that all contacts were queued")}
	}
	for _, row := range rows {
		w.outcomes[row.place] = outcome
	}
	return nil, nil
}

// known is how many of the rows are contacts that the account has already.
func known(rows []row) int {
	count := 0
	for _, row := range rows {
		if row.known {
			count++
		}
	}
	return count
}

// importBody says at both levels that automations stay quiet: the documentation shows the flag in each contact, other clients send it at the top.
func importBody(rows []row) []byte {
	body := make([]byte, 0, importSize(rows))
	body = append(body, `{"contacts":[`...)
	for i, row := range rows {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, row.body...)
	}
	return append(body, `],"exclude_automations":true}`...)
}
