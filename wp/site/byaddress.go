package site

import (
	"context"
	"net/url"

	"allyswitch/crm/address"
	"allyswitch/wp"
)

// ByAddress finds the users who have an address, in the best way that works here. Nobody is an empty list; what could not be read is an error.
func (s *Site) ByAddress(ctx context.Context, email string) ([]wp.Stored, error) {
	login, err := s.Login(ctx)
	if err != nil {
		return nil, err
	}
	var found []wp.Stored
	switch login.Ways[0] {
	case ByREST:
		return s.search(ctx, "look for a user by address", email)
	case ByCompanion:
		with, err := s.Companion(ctx)
		if err != nil {
			return nil, err
		}
		looked, err := with.Lookup(ctx, nil, []string{email})
		for _, user := range looked.Users {
			found = append(found, user.Stored)
		}
		return found, err
	}
	// XML-RPC cannot search.
	_, err = s.Users(ctx, ReadOptions{Way: login.Ways[0], AccountsOnly: true}, func(user User) error {
		if address.Key(user.Email) == address.Key(email) {
			found = append(found, user.Stored)
		}
		return nil
	})
	return found, err
}

// search asks the REST API for users with an address. WordPress's search finds what contains it, so that each hit is compared.
func (s *Site) search(ctx context.Context, op, email string) ([]wp.Stored, error) {
	parameters := url.Values{"context": {"edit"}, "search": {email}, "orderby": {"id"}, "order": {"asc"}, "per_page": {"100"}, "_fields": {userFields}}
	var hits []restUser
	if err := s.get(ctx, op, "/wp/v2/users", parameters, &hits); err != nil {
		return nil, err
	}
	var found []wp.Stored
	for _, hit := range hits {
		user, complete := hit.stored()
		if !complete {
			return nil, s.client.trouble(OddAnswer, "a plugin leaves user names or addresses out of the list").during(op)
		}
		if address.Key(user.Email) == address.Key(email) {
			found = append(found, user)
		}
	}
	return found, nil
}
