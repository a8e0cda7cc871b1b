package migration

import (
	"context"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// Holders are the users of the site who have certain contact IDs.
type Holders map[crm.ContactID][]SecondUser

// ReadHolders reads through the companion who has one of these contact IDs: two users must not share one. It reads all users, since AccessAlly looks nobody up
// by contact ID.
func ReadHolders(ctx context.Context, from *site.Site, contacts []crm.ContactID, report job.Reporter) (Holders, error) {
	holders := Holders{}
	for _, contact := range contacts {
		holders[contact] = nil
	}
	report.Phase("Looking whether other users have these contact IDs", 0)
	options := site.ReadOptions{Way: site.ByCompanion, Progress: func(at site.Progress) { report.Wait(at.Waiting, time.Time{}) }}
	_, err := from.Users(ctx, options, func(user site.User) error {
		report.Add(1, 0)
		if user.ContactID == nil {
			return nil
		}
		contact := crm.ContactID(*user.ContactID)
		if of, asked := holders[contact]; asked {
			holders[contact] = append(of, secondUser(user))
		}
		return nil
	})
	return holders, doing("look whether other users have these contact IDs", err)
}

// Taken says in words that another user than this one has a contact ID, and what to do about it. Empty when nobody has.
func (h Holders) Taken(contact crm.ContactID, user int64) string {
	for _, holder := range h[contact] {
		if holder.ID != user {
			return "another user has this contact already: " + holder.Words() +
				". Both would open the same. If it is the same person, let them use that user, or take the contact ID off there first"
		}
	}
	return ""
}
