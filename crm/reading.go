package crm

import (
	"context"

	"allyswitch/crm/address"
)

// Find returns the contacts with exactly this address: none, one or several. An answer about somebody else is an error, never "none".
func (c *Client) Find(ctx context.Context, email string) ([]Contact, error) {
	const op = "find a contact"
	if err := c.ready(ctx, op); err != nil {
		return nil, err
	}
	key := address.Key(email)
	if key == "" {
		return nil, c.refused(KindInvalid, op, "the address is empty")
	}
	found, err := c.driver.Find(ctx, email)
	if err != nil {
		return nil, c.named(op, err)
	}
	for _, contact := range found {
		if address.Key(contact.Email) != key || contact.ID == "" {
			return nil, c.odd(op, "the answer is about somebody else")
		}
		if err := c.nameTags(ctx, contact.Tags); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// mostExpected is for how many contacts room is made at once, whatever a CRM says that it has.
const mostExpected = 1 << 20

// EachContact calls fn for everybody in the CRM, in all states except deleted, once each, and returns how many there were. An error on
// any page, a page that repeats, or fewer contacts than the CRM counts is an error of the whole: what was not read is unknown.
func (c *Client) EachContact(ctx context.Context, fn func(Contact) error) (int, error) {
	const op = "read the contacts"
	seen := map[ContactID]bool{}
	least := -1
	err := c.pages(ctx, op, func(at Cursor) (Cursor, error) {
		page, err := c.driver.Contacts(ctx, at)
		if err != nil {
			return "", err
		}
		if len(seen) == 0 && page.Total > len(page.Contacts) {
			seen = make(map[ContactID]bool, min(page.Total, mostExpected))
		}
		if page.Total >= 0 && (least < 0 || page.Total < least) {
			least = page.Total
		}
		for _, contact := range page.Contacts {
			if contact.ID == "" {
				return "", c.odd(op, "a contact has no ID")
			}
			if seen[contact.ID] {
				continue
			}
			seen[contact.ID] = true
			if err := c.nameTags(ctx, contact.Tags); err != nil {
				return "", err
			}
			if err := fn(contact); err != nil {
				return "", &callerError{err}
			}
		}
		return page.Next, nil
	})
	if err == nil && len(seen) < least {
		err = c.odd(op, "the CRM counts %d contacts but gave only %d", least, len(seen))
	}
	return len(seen), err
}

// EachTagged calls fn once for every contact that carries a tag. It returns an *Error of kind Unsupported where the pages of contacts
// carry tags themselves.
func (c *Client) EachTagged(ctx context.Context, tag Tag, fn func(Target) error) (int, error) {
	const op = "read who has the tag"
	reader, can := c.driver.(TagReader)
	if !can {
		return 0, c.refused(KindUnsupported, op, "this CRM tells tags with the contacts")
	}
	seen := map[Target]bool{}
	err := c.pages(ctx, op, func(at Cursor) (Cursor, error) {
		page, err := reader.TaggedContacts(ctx, tag, at)
		if err != nil {
			return "", err
		}
		for _, target := range page.Targets {
			if seen[target] {
				continue
			}
			seen[target] = true
			if err := fn(target); err != nil {
				return "", &callerError{err}
			}
		}
		return page.Next, nil
	})
	return len(seen), err
}

// pages reads page after page until the last one.
func (c *Client) pages(ctx context.Context, op string, read func(Cursor) (Cursor, error)) error {
	been := map[Cursor]bool{}
	for at := Cursor(""); ; {
		if err := c.ready(ctx, op); err != nil {
			return err
		}
		next, err := read(at)
		if own, is := err.(*callerError); is {
			return own.err
		}
		if err != nil {
			return c.named(op, err)
		}
		if next == "" {
			return nil
		}
		been[at] = true
		if been[next] {
			return c.odd(op, "the CRM gives the same page again and again")
		}
		at = next
	}
}

// callerError is an error of the function that the caller gave, which goes back as it is.
type callerError struct{ err error }

func (e *callerError) Error() string { return e.err.Error() }
