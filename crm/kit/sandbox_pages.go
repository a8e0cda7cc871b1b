package kit

import (
	"net/http"
	"slices"
	"strconv"

	"allyswitch/crm/sandbox"
)

// listing is one page of a list and where it lies.
type listing[T any] struct {
	items      []T
	pagination map[string]any
}

// pageOf cuts the page that a request asks for out of a whole list, which is in the order of the answer. It answers itself when
// the cursor is none.
func pageOf[T any](w http.ResponseWriter, r *http.Request, all []T, id func(T) int64) (listing[T], bool) {
	query := r.URL.Query()
	size := pageSize(query.Get("per_page"))
	first, last := 0, len(all)
	if after := query.Get("after"); after != "" {
		at, ok := position(all, after, id)
		if !ok {
			invalid(w, "The cursor is invalid")
			return listing[T]{}, false
		}
		first = at
	}
	if before := query.Get("before"); before != "" {
		at, ok := position(all, before, id)
		if !ok {
			invalid(w, "The cursor is invalid")
			return listing[T]{}, false
		}
		last = max(at-1, 0)
		first = max(first, last-size)
	}
	last = min(last, first+size)
	page := newListing(all[first:last], id)
	page.pagination["has_previous_page"], page.pagination["has_next_page"] = first > 0, last < len(all)
	page.pagination["per_page"] = size
	if query.Get("include_total_count") == "true" {
		page.pagination["total_count"] = len(all)
	}
	return page, true
}

// newListing is a page with the cursors of its first and last items.
func newListing[T any](items []T, id func(T) int64) listing[T] {
	page := listing[T]{items: items, pagination: map[string]any{"start_cursor": nil, "end_cursor": nil}}
	if len(items) > 0 {
		page.pagination["start_cursor"] = encodeCursor(id(items[0]))
		page.pagination["end_cursor"] = encodeCursor(id(items[len(items)-1]))
	}
	return page
}

// position is where the items after a cursor begin. The item itself may be gone: the order tells where it was.
func position[T any](all []T, cursor string, id func(T) int64) (int, bool) {
	mark, ok := decodeCursor(cursor)
	if !ok {
		return 0, false
	}
	descending := len(all) > 1 && id(all[0]) > id(all[1])
	at := slices.IndexFunc(all, func(item T) bool {
		if descending {
			return id(item) < mark
		}
		return id(item) > mark
	})
	if at < 0 {
		at = len(all)
	}
	return at, true
}

func pageSize(text string) int {
	size, err := strconv.Atoi(text)
	if err != nil || size < 1 {
		return 500
	}
	return min(size, 1000)
}

// writePage answers with a page, its items rendered.
func writePage[T any](w http.ResponseWriter, name string, page listing[T], render func(T) any) {
	items := make([]any, len(page.items))
	for i, item := range page.items {
		items[i] = render(item)
	}
	sandbox.WriteJSON(w, http.StatusOK, map[string]any{name: items, "pagination": page.pagination})
}

// newestFirst is Kit's order where it does not say another.
func newestFirst[T any](items []T) []T {
	reversed := slices.Clone(items)
	slices.Reverse(reversed)
	return reversed
}
