package site

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// list is a way of reading that counts places instead of IDs: REST and XML-RPC.
type list struct {
	// fetch gets the users from an offset on, and the total, -1 when the site does not say.
	fetch func(ctx context.Context, offset, limit int, wait func(string)) (users []User, total int, err error)
	// size is how many users a page has, ahead how many pages are under way at once.
	size, ahead int
}

// How often a reading goes back because the list has shifted, and how often it asks for a short page again.
const (
	mostRewinds = 40
	mostRepeats = 3
)

// byOffset reads a list to its end, and what has been added meanwhile.
func (r *reader) byOffset(ctx context.Context, list list) error {
	if r.options.RegisteredSince != "" {
		return fmt.Errorf("%s cannot select users by registration", r.options.Way)
	}
	offset, back := max(0, r.reading.Cursor.Read-1), list.size-1
	for range mostRewinds {
		before := r.reading.Cursor
		stopped, err := r.run(ctx, list, offset)
		if err != nil {
			return err
		}
		if stopped < 0 {
			more, err := r.atEnd(ctx, list)
			if err == nil && !more && r.reading.Cursor.Read < r.reading.After {
				err = r.shifting(fmt.Sprintf("%d users of %d", r.reading.Cursor.Read, r.reading.After))
			}
			if err != nil || !more {
				return err
			}
			offset = max(0, r.reading.Cursor.Read-1)
			continue
		}
		if r.reading.Cursor != before {
			back = list.size - 1
		}
		offset = max(0, stopped-back)
		back *= 2
	}
	return r.shifting(fmt.Sprintf("after user %d", r.reading.Cursor.LastID))
}

func (r *reader) shifting(detail string) error {
	return r.site.client.trouble(Shifting, detail).during("read the members")
}

// fetched is a page that has come in.
type fetched struct {
	users []User
	total int
	err   error
}

// run reads pages from an offset on. It returns -1 at the end of the list, or the offset at which the list turned out to have shifted.
func (r *reader) run(ctx context.Context, list list, offset int) (stopped int, err error) {
	ctx, stop := context.WithCancel(ctx)
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	begin := func(at int) chan fetched {
		page := make(chan fetched, 1)
		working.Go(func() { page <- r.fetch(ctx, list, at) })
		return page
	}
	pages := []chan fetched{begin(offset)}
	first := int64(0)
	for next := offset; ; offset += list.size - 1 {
		got := <-pages[0]
		if got.err != nil {
			return 0, got.err
		}
		if ok, err := r.page(got, offset); err != nil || !ok {
			return offset, err
		}
		if offset > 0 && first > 0 && got.users[0].Stored.ID == first {
			return 0, r.shifting("the site does not heed from where on users are asked for")
		}
		if len(got.users) > 0 {
			first = got.users[0].Stored.ID
		}
		if len(got.users) < list.size || got.total >= 0 && offset+len(got.users) >= got.total {
			return -1, nil
		}
		pages = pages[1:]
		for len(pages) < list.ahead && (len(pages) == 0 || next+list.size < got.total) {
			next += list.size - 1
			pages = append(pages, begin(next))
		}
	}
}

// page takes a page's users. It says false when the page does not join on to the one before: then somebody in between was missed.
func (r *reader) page(got fetched, offset int) (joined bool, err error) {
	r.total(got.total)
	if !ascending(got.users) {
		return false, r.shifting("the users are not in the order that was asked for")
	}
	if offset > 0 && (len(got.users) == 0 || got.users[0].Stored.ID > r.reading.Cursor.LastID) {
		return false, nil
	}
	for _, user := range got.users {
		if err := r.take(user); err != nil {
			return false, err
		}
	}
	r.report()
	return true, nil
}

// fetch gets a page; again when it is shorter than the total allows.
func (r *reader) fetch(ctx context.Context, list list, offset int) fetched {
	for try := 0; ; try++ {
		users, total, err := list.fetch(ctx, offset, list.size, r.waiting)
		short := len(users) < list.size && offset+len(users) < total
		switch {
		case err != nil || !short:
			return fetched{users, total, err}
		case try == mostRepeats:
			detail := fmt.Sprintf("%d users from place %d on, of %d", len(users), offset+1, total)
			return fetched{err: r.site.client.trouble(ShortPage, detail).during("read the members")}
		}
		shortly := r.site.client.trouble(ShortPage, "")
		if err := pause(ctx, request{wait: r.waiting}, time.Second<<try, shortly); err != nil {
			return fetched{err: err}
		}
	}
}

// atEnd says whether the list has grown behind what was read: it looks at its last user.
func (r *reader) atEnd(ctx context.Context, list list) (more bool, err error) {
	known := r.reading.After
	last := known - 1
	if known < 0 {
		last = r.reading.Cursor.Read
	}
	users, total, err := list.fetch(ctx, max(0, last), 1, r.waiting)
	if err != nil {
		return false, err
	}
	if total >= 0 {
		r.total(total)
	}
	r.report()
	return total > known || len(users) > 0 && users[0].Stored.ID > r.reading.Cursor.LastID, nil
}
