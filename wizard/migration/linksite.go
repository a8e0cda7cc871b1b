package migration

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"strconv"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp/site"
)

// LinkedOnSite is what became of linking through the companion.
type LinkedOnSite struct {
	Set, Already, Held int
	// Problems are users who are not linked, each with the reason.
	Problems []Failure
}

// linkData is the journal's record of contact IDs that are about to be set, and of what was there before.
type linkData struct {
	Users    []int64  `json:"m"`
	Contacts []string `json:"id"`
	Before   []string `json:"before,omitempty"`
	// Unknown are the users whose contact ID could not be read before: nobody can give it back.
	Unknown []int64  `json:"unknown,omitempty"`
	Results []string `json:"r,omitempty"`
}

// LinkSite sets the contact ID of every member who is certain (sign "=") in contact-ids.csv. The intent with what was there before is on disk first; what is
// not as it was when the site was read is left alone. Nobody is deleted, and no mail is sent.
func LinkSite(ctx context.Context, folder *checkpoint.Folder, companion *site.Companion, system string, report job.Reporter) (LinkedOnSite, error) {
	deps := Deps{Folder: folder}
	links, err := certainLinks(folder)
	if err != nil {
		return LinkedOnSite{}, err
	}
	var result LinkedOnSite
	report.Phase("Linking users to their contacts", int64(len(links)))
	for from := 0; from < len(links); from += linkBatch {
		if err := report.Gate(ctx); err != nil {
			return result, err
		}
		batch := links[from:min(from+linkBatch, len(links))]
		if err := linkSome(ctx, deps, companion, system, batch, &result, report); err != nil {
			return result, err
		}
	}
	return result, saveLinkProblems(folder, result.Problems)
}

const linkBatch = 1000

// LinkProblemsFile lists users who could not be linked through the companion.
const LinkProblemsFile = "link-problems.csv"

func linkSome(ctx context.Context, deps Deps, companion *site.Companion, system string, links []site.Link, result *LinkedOnSite, report job.Reporter) error {
	before, err := whatIsThere(ctx, companion, links)
	if err != nil {
		return err
	}
	data := linkData{}
	for i := range links {
		links[i].Expected = before[links[i].UserID]
		data.Users, data.Contacts = append(data.Users, links[i].UserID), append(data.Contacts, links[i].ContactID)
		was := ""
		if links[i].Expected != nil {
			was = *links[i].Expected
		} else {
			data.Unknown = append(data.Unknown, links[i].UserID)
		}
		data.Before = append(data.Before, was)
	}
	name := "link-" + strconv.FormatInt(links[0].UserID, 10)
	if err := deps.note(checkpoint.Intent, OpLink, name, data); err != nil {
		return err
	}
	hit(OpLink + "-after-intent")
	options := site.WriteOptions{System: system, MailsHeldBack: func(mails int) { result.Held += mails }}
	done, err := companion.SetContactIDs(ctx, links, options)
	if err != nil {
		return doing("set contact IDs", err)
	}
	hit(OpLink + "-after-call")
	for _, one := range done {
		data.Results = append(data.Results, string(one.Result))
		result.count(one, report)
	}
	return deps.note(checkpoint.Done, OpLink, name, data)
}

// whatIsThere asks which contact IDs the users have now.
func whatIsThere(ctx context.Context, companion *site.Companion, links []site.Link) (map[int64]*string, error) {
	ids := make([]int64, len(links))
	for i, link := range links {
		ids[i] = link.UserID
	}
	found, err := companion.Lookup(ctx, ids, nil)
	if err != nil {
		return nil, doing("read the contact IDs that are there", err)
	}
	before := map[int64]*string{}
	for _, user := range found.Users {
		before[user.Stored.ID] = user.ContactID
	}
	return before, nil
}

func (r *LinkedOnSite) count(one site.Linked, report job.Reporter) {
	switch one.Result {
	case site.Set:
		r.Set++
	case site.Already:
		r.Already++
	default:
		report.Add(0, 1)
		r.Problems = append(r.Problems, Failure{Member: one.UserID, Reason: linkReason(one)})
		return
	}
	report.Add(1, 0)
}

func linkReason(one site.Linked) string {
	switch one.Result {
	case site.Changed:
		return "somebody set another contact ID since; look at this user by hand"
	case site.NotFound:
		return "this user is no longer on the site"
	case site.Unread, site.Unverified:
		return "the contact ID could not be read back; look at this user by hand"
	case site.Left:
		return "not tried: the site ran out of time; link again"
	}
	if one.Message != "" {
		return one.Message
	}
	return "AccessAlly did not take the contact ID"
}

func saveLinkProblems(folder *checkpoint.Folder, problems []Failure) error {
	rows := [][]string{{"ID", "reason"}}
	for _, problem := range problems {
		rows = append(rows, []string{strconv.FormatInt(problem.Member, 10), problem.Reason})
	}
	return writeRows(folder, LinkProblemsFile, rows)
}

// certainLinks reads the members with the sign "=" from contact-ids.csv.
func certainLinks(folder *checkpoint.Folder) ([]site.Link, error) {
	file, err := folder.OpenFile(ContactIDsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoPlan
	}
	if err != nil {
		return nil, doing("read "+ContactIDsFile, err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	var links []site.Link
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return links, nil
		}
		if err != nil {
			return nil, doing("read "+ContactIDsFile, err)
		}
		id, err := strconv.ParseInt(row[1], 10, 64)
		if row[0] == string(SignSame) && err == nil && row[4] != "" {
			links = append(links, site.Link{UserID: id, ContactID: row[4]})
		}
	}
}
