package keap

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// Contacts implements crm.Driver. Keap tells neither a total nor, in its pages, who has which tag.
func (d *driver) Contacts(ctx context.Context, at crm.Cursor) (crm.Page, error) {
	var page wireContacts
	request := d.request("read the contacts", http.MethodGet, v2+"contacts")
	request.Query = pageQuery(at, url.Values{"fields": {contactShape}, "order_by": {"id asc"}, "page_size": {strconv.Itoa(pageSize)}})
	if err := d.json(ctx, request, &page); err != nil {
		return crm.Page{}, err
	}
	if page.Contacts == nil {
		return crm.Page{}, unknown(request.Op, "the answer has no list of contacts")
	}
	result := crm.Page{Contacts: make([]crm.Contact, len(page.Contacts)), Next: nextCursor(page.Next), Total: -1}
	for i, c := range page.Contacts {
		result.Contacts[i] = c.contact()
	}
	return result, nil
}

// Find implements crm.Driver. Keap's filter may compare the second and third address too; only the first counts here.
func (d *driver) Find(ctx context.Context, email string) ([]crm.Contact, error) {
	found, err := d.search(ctx, email)
	if err != nil {
		return nil, err
	}
	contacts := make([]crm.Contact, len(found.first))
	for i, c := range found.first {
		contacts[i] = c.contact()
	}
	return contacts, nil
}

// sightings are the contacts that have an address: as their first one, oldest contact first, or only as another one.
type sightings struct {
	first  []wireContact
	second []wireContact
}

// search asks for one address, in the spelling at hand and in lower case, and compares what comes.
func (d *driver) search(ctx context.Context, email string) (sightings, error) {
	var found sightings
	key := address.Key(email)
	spellings := []string{key}
	if plain := strings.TrimSpace(email); plain != key {
		spellings = append(spellings, plain)
	}
	seen := map[wireID]bool{}
	for _, spelling := range spellings {
		contacts, err := d.filtered(ctx, spelling, key)
		if err != nil {
			return found, err
		}
		for _, c := range contacts {
			if !seen[c.ID] {
				seen[c.ID] = true
				found.sort(c, key)
			}
		}
	}
	if len(found.first) == 0 {
		if err := d.searchBook(ctx, key, &found); err != nil {
			return found, err
		}
	}
	slices.SortFunc(found.first, byAge)
	return found, nil
}

func (s *sightings) sort(c wireContact, key string) {
	switch {
	case c.mainAddress() == key:
		s.first = append(s.first, c)
	case c.alsoHas(key):
		s.second = append(s.second, c)
	}
}

// byAge orders contacts by id: the lowest number is the oldest contact.
func byAge(a, b wireContact) int {
	if len(a.ID) != len(b.ID) {
		return len(a.ID) - len(b.ID)
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

// filtered asks Keap for an address. A name of a filter that Keap did not know would be ignored and everybody returned: that is
// noticed, for it would take for ever and "not found" would be a guess.
func (d *driver) filtered(ctx context.Context, email, key string) ([]wireContact, error) {
	request := d.request("find a contact", http.MethodGet, v2+"contacts")
	if strings.ContainsAny(email, ";\n\r") || strings.HasSuffix(email, "*") {
		return nil, invalid(request.Op, "this address has a character that Keap's search cannot take")
	}
	base := url.Values{"fields": {contactShape}, "filter": {"email==" + email}, "page_size": {strconv.Itoa(pageSize)}}
	var all []wireContact
	for at := crm.Cursor(""); ; {
		var page wireContacts
		request.Query = pageQuery(at, base)
		if err := d.json(ctx, request, &page); err != nil {
			return nil, err
		}
		if page.Contacts == nil {
			return nil, unknown(request.Op, "the answer has no list of contacts")
		}
		all = append(all, page.Contacts...)
		next := nextCursor(page.Next)
		if next == "" || next == at {
			return all, nil
		}
		if slices.ContainsFunc(page.Contacts, func(c wireContact) bool { return c.mainAddress() != key && !c.alsoHas(key) }) {
			return nil, unknown(request.Op, "Keap did not look for this address but gave other contacts")
		}
		at = next
	}
}

// searchBook asks for the contact that the book knows under an address: where Keap compares capitals, its filter misses "Ann@…".
func (d *driver) searchBook(ctx context.Context, key string, found *sightings) error {
	entry, known := d.book.look(key)
	if !known || entry.id == 0 {
		return nil
	}
	c, err := d.get(ctx, crm.ContactID(strconv.FormatInt(entry.id, 10)))
	if crm.IsKind(err, crm.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(found.second, func(known wireContact) bool { return known.ID == c.ID }) {
		found.sort(c, key)
	}
	return nil
}

// get reads one contact.
func (d *driver) get(ctx context.Context, id crm.ContactID) (wireContact, error) {
	var c wireContact
	request := d.request("read a contact", http.MethodGet, v2+"contacts/"+url.PathEscape(string(id)))
	request.Query = url.Values{"fields": {contactShape}}
	if err := d.json(ctx, request, &c); err != nil {
		return c, err
	}
	if crm.ContactID(c.ID) != id {
		return c, unknown(request.Op, "the answer is about another contact")
	}
	return c, nil
}

// pageQuery adds where a page begins. Keap's older tokens are whole addresses; of those only the query counts.
func pageQuery(at crm.Cursor, base url.Values) url.Values {
	query := url.Values{}
	for name, values := range base {
		query[name] = values
	}
	if whole, found := strings.CutPrefix(string(at), "?"); found {
		asked, _ := url.ParseQuery(whole)
		for name, values := range asked {
			query[name] = values
		}
	} else if at != "" {
		query.Set("page_token", string(at))
	}
	return query
}

// nextCursor reads next_page_token: absent or empty at the end, a token, or a whole address with the token in it.
func nextCursor(token string) crm.Cursor {
	next, err := url.Parse(token)
	if err != nil || !next.IsAbs() || next.Host == "" {
		return crm.Cursor(token)
	}
	if inside := next.Query().Get("page_token"); inside != "" {
		return crm.Cursor(inside)
	}
	return crm.Cursor("?" + next.RawQuery)
}
