package migration

import (
	"context"
	"strconv"
	"time"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
	"allyswitch/wp/site"
)

// SiteAccounts is how the site's users compare with the members that were matched, as far as WordPress itself shows them: its REST API and XML-RPC have no
// contact IDs, so nobody is counted as linked.
type SiteAccounts struct {
	// There are still on the site under their address; Gone are no longer on it; Moved have another address than at the export.
	There, Gone, Moved int
}

// Problems is how many need somebody to look.
func (s SiteAccounts) Problems() int { return s.Gone + s.Moved }

// Sentence says it for people.
func (s SiteAccounts) Sentence() string {
	text := words.Say("%d {member is|members are} still there under {its|their} address", s.There)
	if s.Gone > 0 {
		text += words.Say(", %d no longer on the site", s.Gone)
	}
	if s.Moved > 0 {
		text += words.Say(", %d with another address now", s.Moved)
	}
	return text
}

// ReadSiteAccounts reads the users of the site without the companion, and says of every certain member of contact-ids.csv whether they are still there under
// their address. It changes nothing, and writes site-links.csv.
func ReadSiteAccounts(ctx context.Context, folder *checkpoint.Folder, from *site.Site, report job.Reporter) (SiteAccounts, error) {
	links, err := certainLinks(folder)
	if err != nil {
		return SiteAccounts{}, err
	}
	now, err := addressesNow(ctx, from, report)
	if err != nil {
		return SiteAccounts{}, err
	}
	addresses, err := matchedAddresses(folder)
	if err != nil {
		return SiteAccounts{}, err
	}
	var count SiteAccounts
	rows := [][]string{siteLinksHeading()}
	for _, link := range links {
		switch key, there := now[link.UserID]; {
		case !there:
			count.Gone++
			rows = append(rows, siteLinksRow("gone", link, "", removedSince))
		case key != address.Key(addresses[strconv.FormatInt(link.UserID, 10)]):
			count.Moved++
			rows = append(rows, siteLinksRow("new address", link, "", movedSince))
		default:
			count.There++
		}
	}
	return count, writeRows(folder, SiteLinksFile, rows)
}

// addressesNow is every user of the site with the key of their address.
func addressesNow(ctx context.Context, from *site.Site, report job.Reporter) (map[int64]string, error) {
	login, err := from.Login(ctx)
	if err != nil {
		return nil, err
	}
	report.Phase("Reading the users of the site again", 0)
	now := map[int64]string{}
	progress := func(at site.Progress) { report.Wait(at.Waiting, time.Time{}) }
	_, err = from.Users(ctx, site.ReadOptions{Way: login.Ways[0], AccountsOnly: true, Progress: progress}, func(user site.User) error {
		now[user.Stored.ID] = address.Key(user.Member.Email)
		report.Add(1, 0)
		return nil
	})
	return now, err
}

// matchedAddresses are the addresses of contact-ids.csv by user ID.
func matchedAddresses(folder *checkpoint.Folder) (map[string]string, error) {
	addresses := map[string]string{}
	err := eachRow(folder, ContactIDsFile, func(cell func(string) string) { addresses[cell("ID")] = plainCell(cell("user_email")) })
	return addresses, doing("read "+ContactIDsFile, err)
}
