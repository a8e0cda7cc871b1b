package kit

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"allyswitch/crm/address"
)

// question is what a request wants to know of the list of subscribers.
type question struct {
	query         url.Values
	status        string
	sort          string
	ascending     bool
	addresses     []string
	withAddresses bool
}

// readQuestion checks the parameters of a list; words say what is wrong with them.
func readQuestion(r *http.Request) (q question, words string) {
	query := r.URL.Query()
	q = question{
		query: query, status: query.Get("status"), sort: query.Get("sort_field"),
		ascending: query.Get("sort_order") == "asc", withAddresses: query.Has("email_address"),
	}
	if q.status == "" {
		q.status = "active"
	}
	if q.sort == "" {
		q.sort = "id"
	}
	if q.withAddresses {
		q.addresses = strings.Split(query.Get("email_address"), ",")
	}
	switch order := query.Get("sort_order"); {
	case q.status != "all" && !slices.Contains(vendorStates, q.status):
		return q, "The status param is invalid"
	case q.sort == "cancelled_at" && q.status != "cancelled":
		return q, "The status param must be `cancelled` if sort_field is `cancelled_at`"
	case !slices.Contains([]string{"id", "updated_at", "cancelled_at"}, q.sort):
		return q, "The sort_field param is invalid"
	case order != "" && order != "asc" && order != "desc":
		return q, "The sort_order param is invalid"
	case slices.ContainsFunc(q.addresses, func(email string) bool { return !address.Valid(email) }):
		return q, "Email address is invalid"
	}
	return q, ""
}

// found is a subscriber as a list shows it.
type found struct {
	person *person
	record record
}

// fits says how a list shows a person that the question is about; nil when it does not.
func (q question) fits(p *person, now time.Time) *record {
	seen := p.visible(now)
	if seen == nil || q.status != "all" && seen.state != q.status || !within(q.query.Get, p.created, seen.updated) {
		return nil
	}
	return seen
}

// within applies the date filters, which are days.
func within(get func(string) string, created, updated time.Time) bool {
	for _, filter := range []struct {
		name string
		at   time.Time
	}{{"created", created}, {"updated", updated}} {
		if day := get(filter.name + "_after"); day != "" && filter.at.UTC().Format(time.DateOnly) <= day {
			return false
		}
		if day := get(filter.name + "_before"); day != "" && filter.at.UTC().Format(time.DateOnly) >= day {
			return false
		}
	}
	return true
}

// answerQuestion cuts out the page that is asked for. It answers itself when the cursor is none.
func (f *fake) answerQuestion(w http.ResponseWriter, r *http.Request, q question) (listing[found], bool) {
	if q.sort == "id" && !q.withAddresses && !q.query.Has("before") {
		return f.pageByNumber(w, q)
	}
	candidates := f.store.people
	if q.withAddresses {
		candidates = nil
		for _, email := range q.addresses {
			if p := f.store.personAt(email); p != nil {
				candidates = append(candidates, p)
			}
		}
	}
	now := time.Now()
	var matches []found
	for _, p := range candidates {
		if seen := q.fits(p, now); seen != nil {
			matches = append(matches, found{p, *seen})
		}
	}
	q.order(matches)
	return pageOf(w, r, matches, func(one found) int64 { return one.person.id })
}

// order sorts a list; newest first unless asked otherwise.
func (q question) order(list []found) {
	moment := func(one found) time.Time {
		switch q.sort {
		case "updated_at":
			return one.record.updated
		case "cancelled_at":
			return one.record.cancelled
		}
		return time.Time{}
	}
	slices.SortStableFunc(list, func(a, b found) int {
		if c := moment(a).Compare(moment(b)); c != 0 {
			return c
		}
		return compare(a.person.id, b.person.id)
	})
	if !q.ascending {
		slices.Reverse(list)
	}
}

// pageByNumber walks from the cursor no further than it must: accounts may be large.
func (f *fake) pageByNumber(w http.ResponseWriter, q question) (listing[found], bool) {
	at, step, ok := q.start(f.store.people)
	if !ok {
		invalid(w, "The cursor is invalid")
		return listing[found]{}, false
	}
	now, size := time.Now(), pageSize(q.query.Get("per_page"))
	var matches []found
	for ; at >= 0 && at < len(f.store.people) && len(matches) <= size; at += step {
		if seen := q.fits(f.store.people[at], now); seen != nil {
			matches = append(matches, found{f.store.people[at], *seen})
		}
	}
	page := newListing(matches[:min(len(matches), size)], func(one found) int64 { return one.person.id })
	page.pagination["has_previous_page"], page.pagination["has_next_page"] = q.query.Get("after") != "", len(matches) > size
	page.pagination["per_page"] = size
	if q.query.Get("include_total_count") == "true" {
		page.pagination["total_count"] = f.countFitting(q, now)
	}
	return page, true
}

// start is where a walk over people begins, and in which direction it goes.
func (q question) start(people []*person) (at, step int, ok bool) {
	cursor := q.query.Get("after")
	at, step = 0, 1
	if !q.ascending {
		at, step = len(people)-1, -1
	}
	if cursor == "" {
		return at, step, true
	}
	mark, ok := decodeCursor(cursor)
	at, there := slices.BinarySearchFunc(people, mark, func(p *person, id int64) int { return compare(p.id, id) })
	switch {
	case !q.ascending:
		at--
	case there:
		at++
	}
	return at, step, ok
}

func (f *fake) countFitting(q question, now time.Time) int {
	count := 0
	for _, p := range f.store.people {
		if q.fits(p, now) != nil {
			count++
		}
	}
	return count
}
