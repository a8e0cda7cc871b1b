package keap

import (
	"context"
	"hash/maphash"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// book is which addresses Keap knows already. It is why an upsert can be one call: an address that is not in it, a moment after new
// contacts were looked for, is new; one that is gets its contact read first, because Keap's own upsert empties every custom field and
// further address that it is not sent (Keap API v2, CreateUpdateContactRequest). It holds a number an address, not the address.
type book struct {
	seed maphash.Seed
	// share is how many contacts may be created after one look for new ones.
	share int
	// reading holds one token; a channel, so that waiting for somebody else's reading can be given up. It guards read, which is when
	// everybody, or what had changed, was read, and highest, the highest number that a list has shown.
	reading chan struct{}
	read    time.Time
	highest int64

	mu sync.Mutex
	// looked is when new contacts were last looked for, created how many were let pass as new since.
	looked  time.Time
	created int
	// blind says that Keap does not tell new contacts apart: then each address is asked for.
	blind   bool
	entries map[uint64]entry
}

// entry is who has an address. A zero id means doubt: it was sent, and no answer said what became of it.
type entry struct {
	id    int64
	first bool
}

const (
	// bookAge is how old the book may grow before what has changed is read again: other people write to the account too.
	bookAge = time.Hour
	// newAge is how old it may be about new contacts: somebody may sign up by a form of the owner's while members are sent.
	newAge = 5 * time.Second
	// overlap is how far below the highest number a look for new contacts begins: a contact may come to be seen after later ones.
	overlap = 200
)

// createsALook is how many contacts are created in newAge at the allowed pace. As many share one look, also when they go faster.
func createsALook(keys int, oauth bool) int {
	return keys * aMinute(oauth) * int(newAge/time.Second) / 60
}

func newBook() *book {
	return &book{seed: maphash.MakeSeed(), reading: make(chan struct{}, 1), entries: map[uint64]entry{}}
}

// look says what the book knows of an address.
func (b *book) look(key string) (entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, known := b.entries[maphash.String(b.seed, key)]
	return e, known
}

// note enters an address. The oldest contact that has it as its first address counts; doubt never replaces knowledge.
func (b *book) note(key string, e entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	number := maphash.String(b.seed, key)
	known, found := b.entries[number]
	better := !found || known.id == 0 || e.id != 0 && (e.first && !known.first || e.first == known.first && e.id < known.id)
	if better {
		b.entries[number] = e
	}
}

const bookOp = "read who is in Keap already"

// turn waits until nobody else reads.
func (b *book) turn(ctx context.Context) (done func(), err error) {
	select {
	case b.reading <- struct{}{}:
		return func() { <-b.reading }, nil
	case <-ctx.Done():
		return nil, &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + crm.CodeStopped, Op: bookOp, Err: ctx.Err()}
	}
}

// ready reads everybody's addresses before the first write, and later what has changed.
func (d *driver) ready(ctx context.Context) error {
	b := d.book
	done, err := b.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	began := time.Now()
	if !b.read.IsZero() && began.Sub(b.read) < bookAge {
		return nil
	}
	filter := ""
	if !b.read.IsZero() {
		filter = "start_update_time==" + b.read.Add(-5*time.Minute).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	whole := filter == ""
	err = d.readBook(ctx, filter, 0)
	if !whole && crm.IsKind(err, crm.KindInvalid) {
		whole, err = true, d.readBook(ctx, "", 0)
	}
	if err != nil {
		return err
	}
	b.read = began
	if whole {
		b.found()
	}
	return nil
}

// found notes that all new contacts are in the book. Lists are in the order of the numbers, so that new ones come last.
func (b *book) found() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looked, b.created = time.Now(), 0
}

// fresh says that no look for new contacts is due. While somebody is looking, the others go on for as long again.
func (b *book) fresh(times int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.blind || b.created < times*b.share && time.Since(b.looked) < time.Duration(times)*newAge
}

// stranger says whether an address is nobody's, if need be after a look for new contacts.
func (d *driver) stranger(ctx context.Context, key string) (bool, error) {
	b := d.book
	if !b.fresh(1 + len(b.reading)) {
		if err := d.lookForNew(ctx); err != nil {
			return false, err
		}
	}
	_, known := b.look(key)
	b.mu.Lock()
	defer b.mu.Unlock()
	if known || b.blind {
		return false, nil
	}
	b.created++
	return true, nil
}

// lookForNew reads the contacts with the highest numbers. Where Keap does not understand the question, or ignores it, the book is blind.
func (d *driver) lookForNew(ctx context.Context) error {
	b := d.book
	done, err := b.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	if b.fresh(1) {
		return nil
	}
	after := max(b.highest-overlap, 0)
	err = d.readBook(ctx, "contact_id>"+strconv.FormatInt(after, 10), after)
	if crm.IsKind(err, crm.KindInvalid) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.blind = true
		return nil
	}
	if err == nil {
		b.found()
	}
	return err
}

// readBook enters everybody whom a filter lets pass. Contacts with a number that is not above after mean that Keap ignored it.
func (d *driver) readBook(ctx context.Context, filter string, after int64) error {
	request := d.request(bookOp, http.MethodGet, v2+"contacts")
	base := url.Values{"fields": {"id,email_addresses"}, "order_by": {"id asc"}, "page_size": {strconv.Itoa(pageSize)}}
	if filter != "" {
		base.Set("filter", filter)
	}
	for at, been := crm.Cursor(""), map[crm.Cursor]bool{}; ; {
		var page wireContacts
		request.Query = pageQuery(at, base)
		if err := d.json(ctx, request, &page); err != nil {
			return err
		}
		next := nextCursor(page.Next)
		if page.Contacts == nil || next != "" && been[next] {
			return unknown(request.Op, "the answer has no list of contacts, or gives the same page again")
		}
		for _, c := range page.Contacts {
			if number, err := strconv.ParseInt(string(c.ID), 10, 64); err == nil && number <= after {
				return invalid(request.Op, "Keap ignored what was asked for")
			}
			d.book.add(c)
		}
		if next == "" {
			return nil
		}
		been[at], at = true, next
	}
}

// add enters all addresses of a contact that a list has shown.
func (b *book) add(c wireContact) {
	id, err := strconv.ParseInt(string(c.ID), 10, 64)
	if err != nil {
		return
	}
	b.highest = max(b.highest, id)
	for _, e := range c.Emails {
		if e.Email != "" {
			b.note(address.Key(e.Email), entry{id: id, first: e.Field == "EMAIL1"})
		}
	}
}
