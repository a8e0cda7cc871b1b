package activecampaign

import (
	"context"
	"net/url"
)

// queuedImport is an import whose end nobody has seen yet.
type queuedImport struct {
	id string
	// newcomers says that nobody in it was known to be in the account before.
	newcomers bool
}

// arrivals tells by the number of contacts, in two requests, what asking about every import would tell in one request each: that nobody was left out. It
// counts only people who are new; an import with others in it is asked about. When somebody else adds as many contacts meanwhile as were left out, the number
// deceives: then reading everybody back still finds who is missing, and sending them again, whose number no longer fits, tells why.
type arrivals struct {
	counted  bool
	before   int
	expected int
}

// countBefore counts the contacts beside the first import: what is queued is not made at once, and should some of it be counted already, the number does not
// fit later and every import is asked about. The function that it returns waits for the answer. That it cannot be told is no fault.
func (d *driver) countBefore(ctx context.Context) (wait func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.arrivals.counted {
		return func() {}
	}
	d.arrivals.counted = true
	done := make(chan struct{})
	go func() {
		defer close(done)
		before, err := d.countContacts(ctx)
		if err != nil {
			before = -1
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.arrivals.before = before
	}()
	return func() { <-done }
}

// countContacts is how many contacts there are, -1 when the answer does not say.
func (d *driver) countContacts(ctx context.Context) (int, error) {
	var reply contactsReply
	if err := d.get(ctx, "count the contacts", "/contacts", url.Values{"limit": {"1"}}, &reply); err != nil {
		return -1, err
	}
	if reply.Meta == nil {
		return -1, nil
	}
	return reply.Meta.Total.number(), nil
}

// countable says that the number of contacts may tell whether everybody came.
func (d *driver) countable() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.arrivals.before >= 0 && d.arrivals.expected > 0
}

// dropArrived forgets the imports of newcomers alone, when as many contacts have come as were queued.
func (d *driver) dropArrived(ctx context.Context) error {
	d.mu.Lock()
	before, expected := d.arrivals.before, d.arrivals.expected
	d.mu.Unlock()
	if before < 0 || expected == 0 {
		return nil
	}
	now, err := d.countContacts(ctx)
	if err != nil || now != before+expected {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var others []queuedImport
	for _, queued := range d.queued {
		if !queued.newcomers {
			others = append(others, queued)
		}
	}
	d.queued = others
	return nil
}

// rememberImport notes an import that was queued. known is how many of its people were in the account before.
func (d *driver) rememberImport(id string, people, known int) {
	if id == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queued = append(d.queued, queuedImport{id: id, newcomers: known == 0})
	d.arrivals.expected += people - known
}

func (d *driver) pending() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.queued)
}

func (d *driver) firstImport() (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.queued) == 0 {
		return "", false
	}
	return d.queued[0].id, true
}

func (d *driver) dropImport(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.queued) > 0 && d.queued[0].id == id {
		d.queued = d.queued[1:]
	}
}

// forgetImports begins anew: the next import counts the contacts again.
func (d *driver) forgetImports() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queued = nil
	d.arrivals = arrivals{before: -1}
}
