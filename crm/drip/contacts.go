package drip

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// page reads one page of the people in a state.
func (d *driver) page(ctx context.Context, op, status string, number, size int) (subscribers, error) {
	var answer subscribers
	request := crm.Request{
		Op:     op,
		Method: http.MethodGet,
		Path:   d.path("subscribers"),
		Query:  url.Values{"status": {status}, "page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(size)}},
	}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return answer, err
	}
	if answer.Meta == nil || answer.Subscribers == nil {
		return answer, unreadable(op, "the answer holds no list, or does not say how long it is")
	}
	return answer, nil
}

// Contacts reads everybody, the unsubscribed too: without status=all Drip leaves them out. Pages are numbered, so people who come
// or go meanwhile shift them; Client drops who comes twice and compares with the total.
func (d *driver) Contacts(ctx context.Context, at crm.Cursor) (crm.Page, error) {
	number := 1
	if at != "" {
		number, _ = strconv.Atoi(string(at))
	}
	const op = "read the people"
	answer, err := d.page(ctx, op, "all", max(number, 1), pageSize)
	if err != nil {
		return crm.Page{}, err
	}
	page := crm.Page{Total: answer.Meta.TotalCount, Contacts: make([]crm.Contact, 0, len(answer.Subscribers))}
	for _, one := range answer.Subscribers {
		if one.ID == "" {
			return crm.Page{}, unreadable(op, "somebody came without an ID")
		}
		page.Contacts = append(page.Contacts, one.contact())
	}
	if number < answer.Meta.TotalPages {
		page.Next = crm.Cursor(strconv.Itoa(number + 1))
	}
	return page, nil
}

func (s subscriber) contact() crm.Contact {
	contact := crm.Contact{
		ID:          crm.ContactID(s.ID),
		Email:       s.Email,
		FirstName:   string(s.FirstName),
		LastName:    string(s.LastName),
		State:       stateOf(s.Status),
		Created:     s.CreatedAt,
		Tags:        tagsOf(s.Tags),
		TagsKnown:   s.Tags != nil,
		FieldsKnown: s.CustomFields != nil,
		Fields:      map[crm.FieldID]string{},
	}
	for name, value := range s.CustomFields {
		if value != "" {
			contact.Fields[crm.FieldID(name)] = string(value)
		}
	}
	return contact
}

func stateOf(status string) crm.ContactState {
	switch status {
	case "active":
		return crm.StateActive
	case "unsubscribed":
		return crm.StateUnsubscribed
	case "undeliverable":
		return crm.StateBounced
	case "unconfirmed":
		return crm.StateUnconfirmed
	case "removed", "deleted":
		return crm.StateDeleted
	}
	return crm.StateUnknown
}

// Find asks by address. An address is the key of a person, so there is one at most.
func (d *driver) Find(ctx context.Context, email string) ([]crm.Contact, error) {
	const op = "find the person"
	found, err := d.fetch(ctx, op, email)
	if crm.IsKind(err, crm.KindNotFound) {
		return d.findAway(ctx, email)
	}
	if err != nil {
		return nil, err
	}
	if address.Key(found.Email) != address.Key(email) {
		return nil, unreadable(op, "the answer is about someone else")
	}
	return []crm.Contact{found.contact()}, nil
}

func (d *driver) fetch(ctx context.Context, op, idOrEmail string) (subscriber, error) {
	var answer subscribers
	request := crm.Request{Op: op, Method: http.MethodGet, Path: d.path("subscribers", idOrEmail)}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return subscriber{}, err
	}
	if len(answer.Subscribers) != 1 || answer.Subscribers[0].ID == "" {
		return subscriber{}, unreadable(op, "the answer holds not exactly one person")
	}
	return answer.Subscribers[0], nil
}

// awayLasts is for how long the list of people who get no mail is believed.
const awayLasts = time.Minute

// away are the people who have unsubscribed or cannot be reached. Drip's look-up may not know them ("only works with your active
// people"), its lists do.
type away struct {
	// turn is held by who reads or forgets them.
	turn   chan struct{}
	read   time.Time
	people map[string]crm.Contact
}

func newAway() away { return away{turn: make(chan struct{}, 1)} }

func (a *away) lock() { a.turn <- struct{}{} }

func (a *away) unlock() { <-a.turn }

// findAway looks among the people who get no mail. Only when they are not there either does Drip not know them.
func (d *driver) findAway(ctx context.Context, email string) ([]crm.Contact, error) {
	d.away.lock()
	defer d.away.unlock()
	if d.away.people == nil || time.Since(d.away.read) > awayLasts {
		people, err := d.readAway(ctx)
		if err != nil {
			return nil, err
		}
		d.away.people, d.away.read = people, time.Now()
	}
	if contact, there := d.away.people[address.Key(email)]; there {
		return []crm.Contact{contact}, nil
	}
	return nil, nil
}

func (d *driver) readAway(ctx context.Context) (map[string]crm.Contact, error) {
	people := map[string]crm.Contact{}
	for _, status := range []string{"unsubscribed", "undeliverable"} {
		for number := 1; ; number++ {
			answer, err := d.page(ctx, "find the person", status, number, pageSize)
			if err != nil {
				return nil, err
			}
			for _, one := range answer.Subscribers {
				people[address.Key(one.Email)] = one.contact()
			}
			if number >= answer.Meta.TotalPages {
				break
			}
		}
	}
	return people, nil
}

func (d *driver) forgetAway() {
	d.away.lock()
	defer d.away.unlock()
	d.away.people = nil
}
