package steps

import (
	"fmt"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/ui"
)

// linksByHand is how many members a person opens where no machine can read the contact IDs (AccessAlly, Switch contacts: keep ten control contacts).
const linksByHand = 10

// linkKey begins the note about a member whose contact ID a person has looked at; after it come user ID and contact ID, so that the note holds for this pair
// only. The note is made as that about a control member.
const linkKey = "by-hand."

// LinksRead says that a machine has read the contact IDs on the site: without that nobody can call the users linked.
func LinksRead(state *checkpoint.State) bool { return linksRead(state) }

// linksRead says that a machine has read the contact IDs on the site: when it set them, or afterwards.
func linksRead(state *checkpoint.State) bool {
	return note(state, LinkUsers, "linked") != "" || note(state, LinkUsers, "site-links") != "" || note(state, Test, "site-links") != ""
}

// handRows are the rows of contact-ids.csv that a person is asked to look at: spread over all members who are certain, and always the same.
func (s *step) handRows() []int {
	rows := s.deps.files.rows(s.deps.Folder, migration.ContactIDsFile)
	var chosen []int
	want := min(linksByHand, rows.len())
	for i := range want {
		from, to := i*rows.len()/want, (i+1)*rows.len()/want
		for row := from; row < min(to, from+atOnce); row++ {
			if rows.cell(row, "sign") == string(migration.SignSame) {
				chosen = append(chosen, row)
				break
			}
		}
	}
	return chosen
}

// handKey is what the note about a row is kept under.
func handKey(rows *fileRows, row int) string {
	return linkKey + rows.cell(row, "ID") + "=" + rows.cell(row, "new_contact_id")
}

// handTable lists them, and takes down what the person has seen.
func (s *step) handTable(state *checkpoint.State) []wizard.Item {
	if level(state) == levelCompanion || linksRead(state) {
		return nil
	}
	rows, chosen := s.deps.files.rows(s.deps.Folder, migration.ContactIDsFile), s.handRows()
	result := func(how string) func(int, string) (wizard.Change, error) {
		return func(row int, words string) (wizard.Change, error) {
			key, text := handKey(rows, chosen[row]), how+"\t"+time.Now().UTC().Format(time.RFC3339)+"\t"+ui.Clean(words)
			return func(state *checkpoint.State) { setNote(state, LinkUsers, key, text) }, nil
		}
	}
	return []wizard.Item{wizard.Table{Key: "by-hand", Title: "Users to open on the site, once the importer has run", Rows: len(chosen),
		Columns: []wizard.Column{{Title: "Seen", Width: 16}, {Title: "ID", Width: 8}, {Title: "Address", Width: 30, Private: true}, {Title: "Contact ID"}},
		Row: func(i int) []string {
			return []string{marked(note(state, LinkUsers, handKey(rows, chosen[i]))), rows.cell(chosen[i], "ID"), rows.cell(chosen[i], "user_email"), rows.cell(chosen[i], "new_contact_id")}
		},
		Actions: []wizard.RowAction{{Key: "y", Label: "it shows this contact ID", Do: result(controlPassed)},
			{Key: "x", Label: "it shows another, or none", Ask: &wizard.Question{Key: "shows", Label: "What does it show?"}, Do: result(controlFailed)}}}}
}

// seenByHand counts the rows of the list that a person has looked at, and names those that are wrong.
func (s *step) seenByHand(state *checkpoint.State) (right int, wrong []string) {
	rows := s.deps.files.rows(s.deps.Folder, migration.ContactIDsFile)
	for _, row := range s.handRows() {
		how, rest, seen := strings.Cut(note(state, LinkUsers, handKey(rows, row)), "\t")
		switch {
		case !seen:
		case how == controlPassed:
			right++
		default:
			_, words, _ := strings.Cut(rest, "\t")
			wrong = append(wrong, "user "+rows.cell(row, "ID")+noteAfter("user", words))
		}
	}
	return right, wrong
}

// handDoubt contradicts a tick as long as a user is noted as linked to another contact, or to none.
func (s *step) handDoubt(state *checkpoint.State) string {
	if level(state) == levelCompanion || linksRead(state) {
		return ""
	}
	_, wrong := s.seenByHand(state)
	if len(wrong) == 0 {
		return ""
	}
	return "in the list of users to open it is noted as wrong for " + strings.Join(wrong, "; ") + ". Run the importer again or type the contact ID on the user's page, then mark the row anew."
}

// whyUnread is why nobody but a person can see the contact IDs.
func whyUnread(state *checkpoint.State) string {
	switch level(state) {
	case levelREST:
		return "WordPress shows AllySwitch no contact IDs without the companion plugin"
	case levelCompanion:
		return "the contact IDs have not been read from the site yet"
	}
	return "AllySwitch does not log in to the site, and no export shows contact IDs"
}

// unreadLinksFacts say, where no machine has read the contact IDs, that nobody knows whether everybody is linked, and how far the check by hand has come.
func (s *step) unreadLinksFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, LinkUsers, "links") == "" || linksRead(state) {
		return nil
	}
	all := count(state, LinkUsers, "linked")
	text := fmt.Sprintf("not known whether %s linked: %s", several(all, "member is", "members are"), whyUnread(state))
	if level(state) == levelCompanion {
		return []wizard.Fact{fact(wizard.MarkUnknown, "On the site", text)}
	}
	list := len(s.handRows())
	right, wrong := s.seenByHand(state)
	switch {
	case len(wrong) > 0:
		return []wizard.Fact{fact(wizard.MarkBad, "On the site", say("of %d opened by hand %d {is|are} not linked rightly; ", right+len(wrong), len(wrong))+text)}
	case right > 0:
		text += say(". Of the %d in the list %d {was|were} opened by hand, and right", list, right)
	default:
		text += say(". Check the %d in the list by hand", list)
	}
	return []wizard.Fact{fact(wizard.MarkUnknown, "On the site", text)}
}
