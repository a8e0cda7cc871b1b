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

// book is which addresses Keap knows already. It is why an upsert can be one call: an address that is not in it is certainly new, and
// one that is gets its contact read first, because Keap's own upsert empties every custom field and further address that it is not
// sent (Keap API v2, CreateUpdateContactRequest). It holds a number an address, not the address.
type book struct {
	seed maphash.Seed
	// reading holds one token; a channel, so that waiting for somebody else's reading can be given up. It guards read.
	reading chan struct{}
	read    time.Time

	mu      sync.Mutex
	entries map[uint64]entry
}

// entry is who has an address. A zero id means doubt: it was sent, and no answer said what became of it.
type entry struct {
	id    int64
	first bool
}

// bookAge is how old the book may grow before what has changed is read again: other people write to the account too.
const bookAge = time.Hour

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

// ready reads everybody's addresses before the first write, and later what has changed.
func (d *driver) ready(ctx context.Context) error {
	b := d.book
	select {
	case b.reading <- struct{}{}:
		defer func() { <-b.reading }()
	case <-ctx.Done():
		return &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + crm.CodeStopped, Op: bookOp, Err: ctx.Err()}
	}
	began := time.Now()
	if !b.read.IsZero() && began.Sub(b.read) < bookAge {
		return nil
	}
	filter := ""
	if !b.read.IsZero() {
		filter = "start_update_time==" + b.read.Add(-5*time.Minute).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	err := d.readBook(ctx, filter)
	if filter != "" && crm.IsKind(err, crm.KindInvalid) {
		err = d.readBook(ctx, "")
	}
	if err == nil {
		b.read = began
	}
	return err
}

func (d *driver) readBook(ctx context.Context, filter string) error {
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
			d.book.add(c)
		}
		if next == "" {
			return nil
		}
		been[at], at = true, next
	}
}

// add enters all addresses of a contact.
func (b *book) add(c wireContact) {
	id, err := strconv.ParseInt(string(c.ID), 10, 64)
	if err != nil {
		return
	}
	for _, e := range c.Emails {
		if e.Email != "" {
			b.note(address.Key(e.Email), entry{id: id, first: e.Field == "EMAIL1"})
		}
	}
}
