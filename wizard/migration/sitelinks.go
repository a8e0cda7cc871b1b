package migration

import (
	"context"
	"strconv"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
	"allyswitch/wp/site"
)

// SiteLinksFile lists the members whose contact ID on the site is not the one in contact-ids.csv.
const SiteLinksFile = "site-links.csv"

// SiteLinks is how the site's contact IDs compare with those that were matched.
type SiteLinks struct {
	// Right have the contact ID that belongs to them; Unlinked have none; Wrong have another one; Gone are no longer on the site; Moved have another
	// address than at the export; Unread could not be read.
	Right, Unlinked, Wrong, Gone, Moved, Unread int
}

// Problems is how many need somebody to look.
func (s SiteLinks) Problems() int { return s.Unlinked + s.Wrong + s.Gone + s.Moved + s.Unread }

// Sentence says it for people.
func (s SiteLinks) Sentence() string {
	text := words.Say("%d linked rightly, %d not linked, %d linked to another contact", s.Right, s.Unlinked, s.Wrong)
	for _, more := range []struct {
		count int
		words string
	}{{s.Gone, "no longer on the site"}, {s.Moved, "with another address now"}, {s.Unread, "could not be read"}} {
		if more.count > 0 {
			text += words.Say(", %d %s", more.count, more.words)
		}
	}
	return text
}

// ReadSiteLinks reads from the site which contact ID and address every certain member of contact-ids.csv has now, and says what to do about each that is
// not right. It changes nothing, and writes site-links.csv.
func ReadSiteLinks(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, report job.Reporter) (SiteLinks, error) {
	links, err := certainLinks(folder)
	if err != nil {
		return SiteLinks{}, err
	}
	addresses, err := matchedAddresses(folder)
	if err != nil {
		return SiteLinks{}, err
	}
	var count SiteLinks
	rows := [][]string{siteLinksHeading()}
	report.Phase("Reading the contact IDs on the site", int64(len(links)))
	for from := 0; from < len(links); from += linkBatch {
		if err := report.Gate(ctx); err != nil {
			return SiteLinks{}, err
		}
		batch := links[from:min(from+linkBatch, len(links))]
		there, err := usersThere(ctx, companion, batch)
		if err != nil {
			return SiteLinks{}, err
		}
		for _, link := range batch {
			if row := count.judge(link, there[link.UserID], addresses[strconv.FormatInt(link.UserID, 10)]); row != nil {
				rows = append(rows, row)
			}
		}
		report.Add(int64(len(batch)), 0)
	}
	return count, writeRows(folder, SiteLinksFile, rows)
}

func usersThere(ctx context.Context, companion *site.Companion, links []site.Link) (map[int64]*site.User, error) {
	ids := make([]int64, len(links))
	for i, link := range links {
		ids[i] = link.UserID
	}
	found, err := companion.Lookup(ctx, ids, nil)
	if err != nil {
		return nil, doing("read the contact IDs on the site", err)
	}
	there := map[int64]*site.User{}
	for i := range found.Users {
		there[found.Users[i].Stored.ID] = &found.Users[i]
	}
	return there, nil
}

// What to do about users who are not as they were exported.
const (
	removedSince = "this user was removed from the site since the export: if that was on purpose, take the contact's tags off by hand"
	movedSince   = "the user has another address than at the export: give the contact the same one, or nothing that goes by address finds them"
)

func siteLinksHeading() []string {
	return []string{"state", "ID", "contact_id", "should_be", "what_to_do"}
}

func siteLinksRow(state string, link site.Link, is, todo string) []string {
	return []string{state, strconv.FormatInt(link.UserID, 10), is, link.ContactID, todo}
}

// judge counts one member, and returns the row about them when something is to be done.
func (s *SiteLinks) judge(link site.Link, user *site.User, was string) []string {
	row := func(state, is, todo string) []string { return siteLinksRow(state, link, is, todo) }
	switch {
	case user == nil:
		s.Gone++
		return row("gone", "", removedSince)
	case user.ContactID == nil:
		s.Unread++
		return row("not read", "", "AccessAlly did not tell: open the user and look at Contact ID")
	case *user.ContactID == "":
		s.Unlinked++
		return row("not linked", "", "link again; if it stays, type the contact ID on the user's page")
	case *user.ContactID != link.ContactID:
		s.Wrong++
		return row("another", *user.ContactID, "look at both contacts before you change it: the other one may hold orders")
	case address.Key(user.Member.Email) != address.Key(was):
		s.Moved++
		return row("new address", link.ContactID, movedSince)
	}
	s.Right++
	return nil
}
