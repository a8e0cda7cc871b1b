package migration

import (
	"context"
	"slices"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// LinkMerged gives the users with one of two merged contacts' addresses the contact ID that stays: those who have one that was lost in the merge, or none.
// Whoever has another is a problem that a person looks at. Their tags are refreshed afterwards. It is in the journal like any other link.
func LinkMerged(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, system string, pair Pair, lost []crm.ContactID, report job.Reporter) (LinkedOnSite, error) {
	var result LinkedOnSite
	report.Phase("Linking on the site", 0)
	found, err := companion.Lookup(ctx, nil, uniqueOf(pair.KeepEmail, pair.LoseEmail))
	if err != nil {
		return result, err
	}
	var links []site.Link
	for _, user := range found.Users {
		switch {
		case user.ContactID == nil:
			result.Problems = append(result.Problems, Failure{Member: user.Stored.ID, Reason: "their contact ID could not be read; look at this user by hand"})
		case *user.ContactID == string(pair.Keep):
			result.Already++
		case *user.ContactID == "" || slices.Contains(lost, crm.ContactID(*user.ContactID)):
			links = append(links, site.Link{UserID: user.Stored.ID, ContactID: string(pair.Keep)})
		default:
			result.Problems = append(result.Problems, Failure{Member: user.Stored.ID, Reason: "they have another contact ID, " + *user.ContactID + "; look at this user by hand"})
		}
	}
	if len(links) == 0 {
		return result, nil
	}
	if err := linkSome(ctx, Deps{Folder: folder}, companion, system, links, &result, report); err != nil {
		return result, err
	}
	ids := make([]int64, len(links))
	for i, link := range links {
		ids[i] = link.UserID
	}
	_, err = companion.RefreshUsers(ctx, ids, site.WriteOptions{System: system})
	if site.Is(err, site.Unavailable) {
		return result, nil // AccessAlly refreshes by itself within a day.
	}
	return result, err
}

func uniqueOf(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}
