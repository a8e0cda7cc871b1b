package kit

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// states are Kit's words for what a subscriber is. Whoever complained may be written to no more than who unsubscribed.
var states = map[string]crm.ContactState{
	"active":     crm.StateActive,
	"inactive":   crm.StateUnconfirmed,
	"cancelled":  crm.StateUnsubscribed,
	"complained": crm.StateUnsubscribed,
	"bounced":    crm.StateBounced,
}

// stateWords are the states that a new subscriber may be given. "active" is not among them: it is what Kit gives by itself, and
// what AllySwitch sends must never raise consent.
var stateWords = map[crm.ContactState]string{
	crm.StateUnconfirmed:  "inactive",
	crm.StateUnsubscribed: "cancelled",
	crm.StateBounced:      "bounced",
}

// Contacts reads everybody in the order of their numbers, so that who is added meanwhile comes last. Kit lists active
// subscribers only unless asked for all.
func (d *driver) Contacts(ctx context.Context, at crm.Cursor) (crm.Page, error) {
	query := cursorQuery(at)
	query.Set("status", "all")
	query.Set("sort_field", "id")
	query.Set("sort_order", "asc")
	query.Set("include", "tags")
	if at == "" {
		query.Set("include_total_count", "true")
	}
	reply, err := d.subscribers(ctx, "read the subscribers", query, at)
	if err != nil {
		return crm.Page{}, err
	}
	page := crm.Page{Total: -1}
	page.Next, _ = reply.Pagination.next(at)
	if reply.Pagination.TotalCount != nil {
		page.Total = *reply.Pagination.TotalCount
	}
	for _, found := range *reply.Subscribers {
		page.Contacts = append(page.Contacts, found.contact())
	}
	return page, nil
}

// subscribers reads one page of the list, which is believed only when everybody on it has a number and an address.
func (d *driver) subscribers(ctx context.Context, op string, query url.Values, at crm.Cursor) (subscribersReply, error) {
	request := crm.Request{Op: op, Method: http.MethodGet, Path: "/v4/subscribers", Query: query}
	reply, _, err := ask(ctx, d, request, func(reply subscribersReply, _ int) bool {
		return whole(reply.page())(at) && allNamed(*reply.Subscribers)
	})
	if err == nil {
		d.seen(*reply.Subscribers...)
	}
	return reply, err
}

func allNamed(list []subscriber) bool {
	for _, one := range list {
		if one.ID == 0 || one.Email == "" {
			return false
		}
	}
	return true
}

// Find asks for exactly this address in all states. An answer about anybody else is not believed: it would mean that Kit
// ignored the question.
func (d *driver) Find(ctx context.Context, email string) ([]crm.Contact, error) {
	query := url.Values{"email_address": {email}, "status": {"all"}, "include": {"tags"}}
	request := crm.Request{Op: "find a subscriber by e-mail", Method: http.MethodGet, Path: "/v4/subscribers", Query: query}
	reply, _, err := ask(ctx, d, request, func(reply subscribersReply, _ int) bool {
		return reply.Subscribers != nil && allNamed(*reply.Subscribers) && allAt(*reply.Subscribers, email)
	})
	if err != nil {
		return nil, err
	}
	var contacts []crm.Contact
	for _, found := range *reply.Subscribers {
		contacts = append(contacts, found.contact())
	}
	return contacts, nil
}

func allAt(list []subscriber, email string) bool {
	for _, one := range list {
		if address.Key(one.Email) != address.Key(email) {
			return false
		}
	}
	return true
}

// contact is the subscriber in the program's words. The custom field for last names is the last name, and no field besides.
func (s subscriber) contact() crm.Contact {
	contact := crm.Contact{
		ID: s.id(), Email: s.Email, FirstName: s.FirstName, State: states[s.State],
		Fields: map[crm.FieldID]string{}, FieldsKnown: s.Fields != nil, TagsKnown: s.Tags != nil,
	}
	contact.Created, _ = time.Parse(time.RFC3339, s.CreatedAt)
	for key, value := range s.Fields {
		switch {
		case value == nil:
		case key == lastNameKey:
			contact.LastName = *value
		default:
			contact.Fields[crm.FieldID(key)] = *value
		}
	}
	if s.Tags != nil {
		for _, found := range *s.Tags {
			contact.Tags = append(contact.Tags, found.crm())
		}
	}
	return contact
}

func (s subscriber) id() crm.ContactID { return crm.ContactID(strconv.FormatInt(s.ID, 10)) }

// seen keeps the highest number, and highestSeen tells it.
func (d *driver) seen(list ...subscriber) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range list {
		d.highest = max(d.highest, one.ID)
	}
}

func (d *driver) highestSeen() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.highest
}
