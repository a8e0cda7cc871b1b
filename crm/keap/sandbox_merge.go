package keap

import (
	"maps"
	"net/http"
	"strconv"
)

// mergeContacts merges the duplicate into the primary: the primary's id stays, the duplicate is gone. It cannot be undone.
func (f *fake) mergeContacts(c *call) reply {
	if f.is("merge-v2", "absent") {
		return c.fail(http.StatusNotFound, "Resource not found")
	}
	shape, refused := f.shape(c)
	if refused != nil {
		return *refused
	}
	var body struct {
		ContactID          string `json:"contact_id"`
		DuplicateContactID string `json:"duplicate_contact_id"`
	}
	if refused := c.decode(&body); refused != nil {
		return *refused
	}
	keep, _ := strconv.ParseInt(body.ContactID, 10, 64)
	lose, _ := strconv.ParseInt(body.DuplicateContactID, 10, 64)
	switch {
	case keep == lose:
		return c.fail(http.StatusBadRequest, "contact_id and duplicate_contact_id must differ")
	case f.store.contacts[keep] == nil:
		return c.fail(http.StatusNotFound, "contact_id is invalid")
	case f.store.contacts[lose] == nil:
		return c.fail(http.StatusNotFound, "duplicate_contact_id is invalid")
	}
	f.merge(f.store.contacts[keep], f.store.contacts[lose])
	return ok(f.contactJSON(f.store.contacts[keep], shape))
}

// merge decides by switch whose values win and whether tags unite.
func (f *fake) merge(keep, lose *contact) {
	winner, other := keep, lose
	if f.is("merge-wins", "loser") || f.is("merge-wins", "newest") && lose.updated.After(keep.updated) {
		winner, other = lose, keep
	}
	given, family := first(winner.given, other.given), first(winner.family, other.family)
	fields := maps.Clone(other.fields)
	if fields == nil {
		fields = map[int64]any{}
	}
	maps.Copy(fields, winner.fields)
	tags := maps.Clone(lose.tags)
	f.store.change(keep, func() {
		keep.given, keep.family, keep.fields = given, family, fields
	})
	f.store.remove(lose)
	if f.is("merge-tags", "union") {
		f.store.quietly(func() {
			for id := range tags {
				f.store.apply(f.store.tags[id], keep)
			}
		})
	}
}

func first(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}
