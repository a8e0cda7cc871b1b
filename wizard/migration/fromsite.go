package migration

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// The files that are read from the site itself. The first two take the place of the owner's two downloads.
const (
	SiteUsersFile    = "site-users.csv"
	SiteTagsFile     = "site-tags.csv"
	SiteContactsFile = "site-contacts.csv"
)

// The same, read once more before the switch: they take the place of a second export and a second tag file.
const (
	SiteUsersAgainFile = "site-users-again.csv"
	SiteTagsAgainFile  = "site-tags-again.csv"
)

// FromSite is what was read from the site itself.
type FromSite struct {
	// Way is "companion", "rest" or "xml-rpc".
	Way   string
	Users int
	// Tagged are users whose tags are known; TagsUnknown those whose tags could not be read. Both are zero without the companion.
	Tagged, TagsUnknown int
	TagNames            int
	// Offerings could be read in full; Undecided are named with the reason.
	Offerings int
	Undecided []string
}

// ReadSite reads every user of the site, and with the companion their tags, contact IDs and the offerings. It writes the files in which the next steps look,
// and changes nothing on the site.
func ReadSite(ctx context.Context, folder *checkpoint.Folder, from *site.Site, report job.Reporter) (FromSite, error) {
	return readSite(ctx, &siteReader{folder: folder, from: from, report: report, users: SiteUsersFile, tagFile: SiteTagsFile})
}

// ReadSiteAgain reads users, and with the companion their tags, once more, beside what was read first. Contact IDs and offerings stay those of the first time.
func ReadSiteAgain(ctx context.Context, folder *checkpoint.Folder, from *site.Site, report job.Reporter) (FromSite, error) {
	return readSite(ctx, &siteReader{folder: folder, from: from, report: report, users: SiteUsersAgainFile, tagFile: SiteTagsAgainFile, again: true})
}

func readSite(ctx context.Context, reader *siteReader) (FromSite, error) {
	from := reader.from
	login, err := from.Login(ctx)
	if err != nil {
		return FromSite{}, err
	}
	reader.way, reader.tags = login.Ways[0], &wp.MemberTags{Tags: map[string][]string{}, Emails: map[string]string{}, Counts: map[string]int{}}
	reader.result.Way = string(reader.way)
	if reader.way == site.ByCompanion {
		if err := reader.readOfferings(ctx); err != nil {
			return FromSite{}, err
		}
	}
	return reader.result, reader.readUsers(ctx)
}

type siteReader struct {
	folder   *checkpoint.Folder
	from     *site.Site
	report   job.Reporter
	way      site.Way
	names    map[string]string
	tags     *wp.MemberTags
	contacts [][]string
	result   FromSite
	// users and tagFile are the names of the files, again whether it is the second time.
	users, tagFile string
	again          bool
}

// readOfferings reads tags and offerings. An offering that is not fully understood is left out and named: a half understood one would prove nothing.
func (r *siteReader) readOfferings(ctx context.Context) error {
	r.report.Phase("Reading tags and offerings", 0)
	companion, err := r.from.Companion(ctx)
	if err != nil {
		return err
	}
	tags, _, err := companion.Tags(ctx)
	if site.Is(err, site.Unavailable) {
		return nil
	}
	if err != nil {
		return err
	}
	r.names = make(map[string]string, len(tags))
	for _, tag := range tags {
		r.names[tag.ID] = tag.Name
	}
	r.result.TagNames = len(tags)
	if r.again {
		return nil
	}
	offerings, err := companion.Offerings(ctx)
	if site.Is(err, site.Unavailable) {
		return nil
	}
	if err != nil {
		return err
	}
	named, undecided := site.Named(offerings, tags)
	r.result.Offerings = len(named)
	kept := Offerings{Offerings: named}
	for _, one := range undecided {
		kept.Unread = append(kept.Unread, one.Offering.Name)
		r.result.Undecided = append(r.result.Undecided, fmt.Sprintf("%s: %s", one.Offering.Name, one.Why))
	}
	return saveOfferings(r.folder, kept)
}

func (r *siteReader) readUsers(ctx context.Context) error {
	out, err := r.folder.Create(r.users)
	if err != nil {
		return err
	}
	defer out.Abort()
	users := wp.NewStoredWriter(out)
	total := int64(0)
	r.report.Phase("Reading the users of the site", 0)
	progress := func(at site.Progress) {
		if at.Total > 0 && total == 0 {
			total = int64(at.Total)
			r.report.Phase("Reading the users of the site", total)
			r.report.Add(int64(r.result.Users), 0)
		}
		r.report.Wait(at.Waiting, time.Time{})
	}
	_, err = r.from.Users(ctx, site.ReadOptions{Way: r.way, Progress: progress}, func(user site.User) error {
		r.result.Users++
		r.report.Add(1, 0)
		r.take(user)
		return users.Write(user.Stored)
	})
	if err != nil {
		return err
	}
	if err := users.Flush(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return r.saveTags()
}

// take keeps tags and contact ID of a user, where they are known.
func (r *siteReader) take(user site.User) {
	if user.ContactID != nil {
		r.contacts = append(r.contacts, []string{strconv.FormatInt(user.Stored.ID, 10), *user.ContactID})
	}
	if r.names == nil {
		return
	}
	names, known := r.named(user.Tags)
	if !known {
		r.result.TagsUnknown++
		return
	}
	r.result.Tagged++
	key := address.Key(user.Email)
	r.tags.Emails[key] = user.Email
	r.tags.Tags[key] = slices.Compact(slices.Sorted(slices.Values(append(r.tags.Tags[key], names...))))
	for _, name := range names {
		r.tags.Counts[name]++
	}
}

// named turns tag IDs into names. A tag without a name makes the whole set unknown: it could be the one that opens something.
func (r *siteReader) named(ids []string) (names []string, known bool) {
	if ids == nil {
		return nil, false
	}
	names = []string{}
	for _, id := range ids {
		name, ok := r.names[id]
		if !ok {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

func (r *siteReader) saveTags() error {
	if r.names == nil {
		return nil
	}
	out, err := r.folder.Create(r.tagFile)
	if err != nil {
		return err
	}
	defer out.Abort()
	if err := wp.WriteMemberTags(io.Writer(out), r.tags); err != nil {
		return doing("write "+r.tagFile, err)
	}
	if err := out.Close(); err != nil {
		return err
	}
	if r.again {
		return nil
	}
	return writeRows(r.folder, SiteContactsFile, append([][]string{{"ID", "contact_id"}}, r.contacts...))
}
