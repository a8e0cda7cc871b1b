package site

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// keyPage is how many users a page of the companion has, rangesAhead how many ranges of IDs are read at once: more bring nothing on two processors.
const (
	keyPage     = 2000
	rangesAhead = 2
)

// byKey reads users through the companion, by pages after the last ID: nobody can be skipped, whoever comes or goes. A larger site is read in several
// ranges of IDs at once, and handed on in order all the same.
func (r *reader) byKey(ctx context.Context) error {
	with := "contact_id,tags"
	if r.options.AccountsOnly {
		with = ""
	}
	k := &keys{reader: r, companion: &Companion{site: r.site}, with: with}
	first := k.page(ctx, keyRange{after: r.reading.Cursor.LastID})
	more, err := k.take(first)
	if err == nil && more && r.options.RegisteredSince == "" && first.total > 2*keyPage {
		err = k.ranges(ctx)
	}
	if err == nil && more {
		err = k.rest(ctx, 0)
	}
	if err != nil || r.options.RegisteredSince != "" || r.reading.Cursor.Read >= r.reading.After {
		return err
	}
	if err := k.rest(ctx, 0); err != nil { // Somebody has joined since the last page.
		return err
	}
	if read, total := r.reading.Cursor.Read, r.reading.After; read < total {
		return r.site.client.trouble(ShortPage, fmt.Sprintf("%d users of %d", read, total)).during("read the members")
	}
	return nil
}

// keys is a reading by IDs.
type keys struct {
	*reader
	companion *Companion
	with      string
}

// keyRange are the users whose ID is greater than after and not greater than upTo, which is 0 for everybody.
type keyRange struct{ after, upTo int64 }

// keyed is a page that has come in.
type keyed struct {
	users []User
	total int
	more  bool
	err   error
}

// ranges reads up to the newest user that the site had at the beginning, in ranges that hold about a page each.
func (k *keys) ranges(ctx context.Context) error {
	environment, err := k.companion.Look(ctx)
	if err != nil {
		return err
	}
	cursor, newest := k.reading.Cursor, environment.Site.NewestUser
	left := int64(max(1, k.reading.After-cursor.Read))
	width := max(keyPage, (newest-cursor.LastID)*keyPage*9/10/left)
	ctx, stop := context.WithCancel(ctx)
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	type part struct {
		keyRange
		page chan keyed
	}
	var parts []part
	for after := cursor.LastID; after < newest || len(parts) > 0; {
		for len(parts) < rangesAhead && after < newest {
			next := part{keyRange{after, min(after+width, newest)}, make(chan keyed, 1)}
			after = next.upTo
			working.Go(func() { next.page <- k.page(ctx, next.keyRange) })
			parts = append(parts, next)
		}
		more, err := k.take(<-parts[0].page)
		if err == nil && more {
			err = k.rest(ctx, parts[0].upTo)
		}
		if err != nil {
			return err
		}
		parts = parts[1:]
	}
	return nil
}

// rest reads page by page from the last user that was handed on, up to an ID, or to the end when that is 0.
func (k *keys) rest(ctx context.Context, upTo int64) error {
	for {
		more, err := k.take(k.page(ctx, keyRange{k.reading.Cursor.LastID, upTo}))
		if err != nil || !more {
			return err
		}
	}
}

// take hands a page's users on.
func (k *keys) take(got keyed) (more bool, err error) {
	if got.err != nil {
		return false, got.err
	}
	k.total(got.total)
	for _, user := range got.users {
		if err := k.reader.take(user); err != nil {
			return false, err
		}
	}
	k.report()
	return got.more, nil
}

// page gets the first page of a range.
func (k *keys) page(ctx context.Context, of keyRange) keyed {
	parameters := url.Values{"after": {strconv.FormatInt(of.after, 10)}, "with": {k.with}, "limit": {strconv.Itoa(keyPage)}}
	if of.upTo > 0 {
		parameters.Set("up_to", strconv.FormatInt(of.upTo, 10))
	}
	if since := k.options.RegisteredSince; since != "" {
		parameters.Set("registered_since", strings.Replace(since, " ", "T", 1)+"Z")
	}
	var told struct {
		Users []companionUser `json:"users"`
		Next  *int64          `json:"next"`
		Total *int            `json:"total"`
	}
	if err := k.companion.get(ctx, "read the members", "/users", parameters, &told, k.waiting); err != nil {
		return keyed{err: err}
	}
	users, err := k.companion.usersOf(told.Users)
	if err != nil {
		return keyed{err: err}
	}
	odd := func(why string) keyed {
		return keyed{err: k.site.client.trouble(OddAnswer, why).during("read the members")}
	}
	switch {
	case told.Users == nil || told.Total == nil:
		return odd("a page of users without users or total")
	case !ascending(users) || len(users) > 0 && users[0].Stored.ID <= of.after:
		return odd("a page of users in another order than asked for")
	case told.Next != nil && (len(users) == 0 || *told.Next != users[len(users)-1].Stored.ID):
		return odd("a page of users does not say where to go on")
	}
	return keyed{users: users, total: *told.Total, more: told.Next != nil}
}
