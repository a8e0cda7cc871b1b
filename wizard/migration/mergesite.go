package migration

import (
	"context"
	"fmt"
	"slices"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// MergedOnSite is what became of a merge on the site.
type MergedOnSite struct {
	LinkedOnSite
	// Seconds are further users of the same person. They are left as they are: a contact ID belongs to one user only.
	Seconds []SecondUser
}

// SecondUser is a user whose person has the contact ID that stays under another user.
type SecondUser struct {
	ID    int64
	Email string
	// Contact is the contact ID that the user has, empty for none. Known is false where it could not be read.
	Contact string
	Known   bool
}

// Words name the second user for people.
func (u SecondUser) Words() string {
	switch {
	case !u.Known:
		return fmt.Sprintf("user %d, %s, whose contact ID could not be read", u.ID, u.Email)
	case u.Contact == "":
		return fmt.Sprintf("user %d, %s, without a contact ID", u.ID, u.Email)
	}
	return fmt.Sprintf("user %d, %s, with the contact ID %s", u.ID, u.Email, u.Contact)
}

// LinkMerged gives the user of a person whose contacts were merged the contact ID that stays: if they have one that was lost in the merge, or none. Where both
// addresses have a user, it is the one who has that ID already, or else the one with the address that stays; the other is named and left alone, since every user
// needs a contact ID of their own. Whoever has a third contact ID is a problem that a person looks at. Tags are refreshed afterwards. It is in the journal like any
// other link.
func LinkMerged(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, system string, pair Pair, lost []crm.ContactID, report job.Reporter) (MergedOnSite, error) {
	var result MergedOnSite
	report.Phase("Linking on the site", 0)
	found, err := companion.Lookup(ctx, nil, uniqueOf(pair.KeepEmail, pair.LoseEmail))
	if err != nil || len(found.Users) == 0 {
		return result, err
	}
	one := found.Users[userThatStays(found.Users, pair)]
	for _, user := range found.Users {
		if user.Stored.ID != one.Stored.ID {
			result.Seconds = append(result.Seconds, secondUser(user))
		}
	}
	switch {
	case one.ContactID == nil:
		result.Problems = append(result.Problems, Failure{Member: one.Stored.ID, Reason: "their contact ID could not be read; look at this user by hand"})
		return result, nil
	case *one.ContactID == string(pair.Keep):
		result.Already++
		return result, nil
	case *one.ContactID != "" && !slices.Contains(lost, crm.ContactID(*one.ContactID)):
		result.Problems = append(result.Problems, Failure{Member: one.Stored.ID, Reason: "they have another contact ID, " + *one.ContactID + "; look at this user by hand"})
		return result, nil
	}
	links := []site.Link{{UserID: one.Stored.ID, ContactID: string(pair.Keep)}}
	if err := linkSome(ctx, Deps{Folder: folder}, companion, system, links, &result.LinkedOnSite, report); err != nil {
		return result, err
	}
	_, err = companion.RefreshUsers(ctx, []int64{one.Stored.ID}, site.WriteOptions{System: system})
	if site.Is(err, site.Unavailable) {
		return result, nil // AccessAlly refreshes by itself within a day.
	}
	return result, err
}

// userThatStays is where in the list the user is who has the contact ID that stays, or else the address; or else the first.
func userThatStays(users []site.User, pair Pair) int {
	has := slices.IndexFunc(users, func(user site.User) bool { return user.ContactID != nil && *user.ContactID == string(pair.Keep) })
	if has < 0 {
		has = slices.IndexFunc(users, func(user site.User) bool { return address.Key(user.Email) == address.Key(pair.KeepEmail) })
	}
	return max(has, 0)
}

func secondUser(user site.User) SecondUser {
	second := SecondUser{ID: user.Stored.ID, Email: user.Email, Known: user.ContactID != nil}
	if second.Known {
		second.Contact = *user.ContactID
	}
	return second
}

func uniqueOf(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}
