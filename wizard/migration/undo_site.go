package migration

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wp/site"
)

// OpUndoLink is the journal's word for users of the site who get the contact ID back that they had.
const OpUndoLink = "undo-link"

// pastLink is what the journal says of one user's contact ID on the site.
type pastLink struct {
	// before is what was there before the first time; known is false where nobody could read it.
	before string
	known  bool
	// ours are the contact IDs that AllySwitch set, or was about to set; none when all of them are to stay.
	ours []string
}

// takeLink notes contact IDs that were about to be set. Whether they were, the site shows.
func (b *book) takeLink(entry checkpoint.Entry) error {
	if entry.Phase != checkpoint.Intent {
		return nil
	}
	var data linkData
	if err := json.Unmarshal(entry.Data, &data); err != nil {
		return err
	}
	for i, user := range data.Users {
		if i >= len(data.Contacts) || i >= len(data.Before) {
			break
		}
		if entry.Seq <= b.after {
			b.links[user] = &pastLink{before: data.Contacts[i], known: true}
			continue
		}
		if b.links[user] == nil {
			b.links[user] = &pastLink{before: data.Before[i], known: !slices.Contains(data.Unknown, user)}
		}
		b.links[user].ours = append(b.links[user].ours, data.Contacts[i])
	}
	return nil
}

// linked are the users whose contact ID was set, in order.
func (b *book) linked() []int64 {
	var users []int64
	for _, user := range slices.Sorted(maps.Keys(b.links)) {
		if len(b.links[user].ours) > 0 {
			users = append(users, user)
		}
	}
	return users
}

// LinkedOnTheSite says that AllySwitch set contact IDs on the site after a line of the journal, so that undo needs the companion.
func LinkedOnTheSite(folder *checkpoint.Folder, after int64) (bool, error) {
	linked := false
	err := folder.Journal().Scan(func(entry checkpoint.Entry) error {
		linked = linked || entry.Op == OpLink && entry.Seq > after
		return nil
	})
	return linked, doing("read the journal", err)
}

// lookAtSite reads the contact IDs of all users whom AllySwitch has linked. Nil without an error means that the site cannot be asked.
func (u *undoer) lookAtSite(ctx context.Context) (map[int64]site.User, error) {
	users := u.book.linked()
	if len(users) == 0 || u.deps.Site == nil {
		return nil, nil
	}
	u.report.Phase("Reading contact IDs from the site", 0)
	found, err := u.deps.Site.Lookup(ctx, users, nil)
	if err != nil {
		return nil, doing("read the contact IDs that are on the site", err)
	}
	there := make(map[int64]site.User, len(found.Users))
	for _, user := range found.Users {
		there[user.Stored.ID] = user
	}
	return there, nil
}

// links decides about every contact ID that AllySwitch set on the site: it gets back what it was where it is still what AllySwitch set.
func (w *weigher) links() {
	for _, user := range w.book.linked() {
		past := w.book.links[user]
		if w.look.site == nil {
			w.keepLink(user, past, cmpText(w.deps.NoSite, "AllySwitch is not connected to the site with its companion"))
			continue
		}
		there, exists := w.look.site[user]
		switch {
		case !exists: // a user who is gone has no contact ID
		case there.ContactID == nil:
			w.keepLink(user, past, "the site did not show the contact ID that is there now")
		case past.known && *there.ContactID == past.before:
		case !slices.Contains(past.ours, *there.ContactID):
			w.keepLink(user, past, "somebody has set another contact ID since, "+*there.ContactID)
		default:
			w.linkBack(user, past, *there.ContactID)
		}
	}
}

func (w *weigher) linkBack(user int64, past *pastLink, now string) {
	why := w.refused["link "+strconv.FormatInt(user, 10)]
	switch {
	case why != "":
	case !past.known:
		why = "nobody could read what was there before"
	case past.before != "" && w.book.mergedAway(past.before):
		why = "the contact that it was, " + past.before + ", was merged into another since, and that cannot be undone"
	default:
		w.plan.work.links = append(w.plan.work.links, site.Link{UserID: user, ContactID: past.before, Expected: &now})
		return
	}
	w.keepLink(user, past, why)
}

func (w *weigher) keepLink(user int64, past *pastLink, why string) {
	was := "none"
	switch {
	case !past.known:
		was = "not known"
	case past.before != "":
		was = past.before
	}
	left := UndoLeft{Member: user, Kind: "link", What: fmt.Sprintf("the contact ID of user %d on the site; before it was: %s", user, was), Why: why}
	if member, ok := w.roster.ByID(user); ok {
		left.Email = w.roster.Members[member].Email
	}
	w.plan.Left = append(w.plan.Left, left)
}

// giveLinksBack sets the contact IDs that users had. What is not as it was read a moment ago is left alone; the next look says so.
func (u *undoer) giveLinksBack(ctx context.Context, links []site.Link) error {
	links = slices.DeleteFunc(slices.Clone(links), func(link site.Link) bool { return !u.try("link " + strconv.FormatInt(link.UserID, 10)) })
	if len(links) > 0 {
		u.report.Phase("Giving users of the site their contact IDs back", int64(len(links)))
	}
	for _, batch := range apart(links) {
		if err := u.report.Gate(ctx); err != nil {
			return err
		}
		if err := u.giveSomeBack(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (u *undoer) giveSomeBack(ctx context.Context, batch []site.Link) error {
	name, data := u.nextBatch(), linkData{}
	for _, link := range batch {
		data.Users, data.Contacts, data.Before = append(data.Users, link.UserID), append(data.Contacts, link.ContactID), append(data.Before, *link.Expected)
	}
	if err := u.deps.note(checkpoint.Intent, OpUndoLink, name, data); err != nil {
		return err
	}
	hit(OpUndoLink + "-after-intent")
	done, err := u.deps.Site.SetContactIDs(ctx, batch, site.WriteOptions{})
	if site.Is(err, site.Unavailable) {
		for _, link := range batch {
			u.refuse("link "+strconv.FormatInt(link.UserID, 10), "AccessAlly on the site offers no way to set it: "+err.Error())
		}
		return u.deps.note(checkpoint.Failed, OpUndoLink, name, errorData{crm.WithoutAddresses(err.Error())})
	}
	if err != nil {
		return doing("set contact IDs", err)
	}
	hit(OpUndoLink + "-after-call")
	for _, one := range done {
		data.Results = append(data.Results, string(one.Result))
		u.countLink(one)
	}
	return u.deps.note(checkpoint.Done, OpUndoLink, name, data)
}

func (u *undoer) countLink(one site.Linked) {
	switch one.Result {
	case site.Set, site.Already:
		u.count(&u.result.LinksBack)
		u.report.Add(1, 0)
	case site.Left: // the site ran out of time: the next round tries it once more
		u.report.Add(0, 1)
	default:
		u.refuse("link "+strconv.FormatInt(one.UserID, 10), linkReason(one))
		u.report.Add(0, 1)
	}
}

// apart cuts links into requests in which no contact ID stands twice: the companion takes that for a mistake, but before AllySwitch came several users may have had the same.
func apart(links []site.Link) [][]site.Link {
	var batches [][]site.Link
	for len(links) > 0 {
		var batch, later []site.Link
		taken := map[string]bool{}
		for _, link := range links {
			if len(batch) == linkBatch || taken[link.ContactID] {
				later = append(later, link)
				continue
			}
			taken[link.ContactID] = link.ContactID != ""
			batch = append(batch, link)
		}
		batches, links = append(batches, batch), later
	}
	return batches
}
