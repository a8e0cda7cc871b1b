package migration

import (
	"context"
	"fmt"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// The kinds of work of undo in the journal. OpUndo spans it all; OpUntag is also what the owner allows when members have lost tags on the site.
const (
	OpUndo        = "undo"
	OpUntag       = "untag"
	OpUndoTag     = "undo-tag"
	OpUndoValues  = "undo-values"
	OpUndoContact = "undo-contact"
	OpUndoTagName = "undo-tag-name"
	OpUndoField   = "undo-field"
)

// The files that undo writes: what it would do or has done, and what stays although it was not there before.
const (
	UndoFile     = "undo.csv"
	UndoLeftFile = "undo-left.csv"
)

// UndoPlan is what undo is going to do, worked out from the journal and from what the CRM shows now.
type UndoPlan struct {
	// Members is how many people were written: members, and those whom the tools have brought.
	Members int `json:"members"`
	// Remove are contacts that we made, Restore those that get values back, TagsOff and TagsOn how many times a tag is taken off or put on again.
	Remove  int `json:"remove"`
	Restore int `json:"restore"`
	TagsOff int `json:"tags_off"`
	TagsOn  int `json:"tags_on"`
	// Links is how many users of the site get the contact ID back that they had.
	Links int `json:"links,omitempty"`
	// TagNames and Fields are those that we made and that go.
	TagNames []string `json:"tag_names,omitempty"`
	Fields   []string `json:"fields,omitempty"`
	// MadeUp are made-up members who are still in the CRM.
	MadeUp int `json:"made_up,omitempty"`
	// Left is what stays, each with its reason.
	Left []UndoLeft `json:"left,omitempty"`
	// Unseen is a sentence about what this CRM cannot show beforehand, empty where it shows all.
	Unseen string `json:"unseen,omitempty"`

	work undoWork
}

// UndoLeft is something that stays although it was not there before, or could not be told.
type UndoLeft struct {
	Member  int64         `json:"member,omitempty"`
	Email   string        `json:"email,omitempty"`
	Contact crm.ContactID `json:"contact,omitempty"`
	// Kind is "contact", "tags", "value", "tag", "field", "link" (on the site), "user" (of the site) or "merge"; What names it, Why says why it stays.
	Kind string `json:"kind"`
	What string `json:"what"`
	Why  string `json:"why"`
}

// Nothing says that there is nothing to do.
func (p *UndoPlan) Nothing() bool { return !p.work.contacts() && !p.work.names() && p.MadeUp == 0 }

// Sentence says what undo would do.
func (p *UndoPlan) Sentence() string {
	madeUp := ""
	if p.MadeUp > 0 {
		madeUp = " " + howMany(p.MadeUp, "made-up member goes", "made-up members go") + " first."
	}
	if p.Links > 0 {
		madeUp += " " + howMany(p.Links, "user of the site gets", "users of the site get") + " the contact ID back that was there before."
	}
	if p.Nothing() {
		return "There is nothing to take back." + p.exceptions(" %s would stay.")
	}
	return fmt.Sprintf("Undo is about %s. %s that AllySwitch made would be removed, %s would get back what they had, a tag would be taken off %s, and %s and %s would go.%s%s",
		howMany(p.Members, "member", "members"), howMany(p.Remove, "contact", "contacts"), howMany(p.Restore, "contact", "contacts"), howMany(p.TagsOff, "time", "times"),
		howMany(len(p.TagNames), "tag name", "tag names"), howMany(len(p.Fields), "custom field", "custom fields"), madeUp, p.exceptions(" %s would stay."))
}

// howMany is a number with the word for it.
func howMany(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// Confirmation is what the owner has to type.
func (p *UndoPlan) Confirmation() string { return fmt.Sprintf("undo %d members", p.Members) }

// UndoResult is what an undo has come to, as a read-back at its end shows.
type UndoResult struct {
	UndoPlan
	// Removed, Restored, Untagged and Names were counted over this run; what an interrupted run did before is not among them.
	Removed  int `json:"removed"`
	Restored int `json:"restored"`
	Untagged int `json:"untagged"`
	Names    int `json:"names"`
	// LinksBack is how many contact IDs on the site are as they were before.
	LinksBack int `json:"links_back,omitempty"`
	// Open says that something is still to be done although it was tried.
	Open bool `json:"open,omitempty"`
}

// Sentence is the proof in one sentence.
func (r *UndoResult) Sentence() string {
	if r.Open {
		return fmt.Sprintf("Undo is not finished: %s to remove, %s to give back what they had, %s a tag to take off, %s on the site. Start it again.",
			howMany(r.Remove, "contact", "contacts"), howMany(r.Restore, "contact", "contacts"), howMany(r.TagsOff, "time", "times"), howMany(r.Links, "contact ID", "contact IDs"))
	}
	if len(r.Left) == 0 {
		return "Everything is as it was before."
	}
	return "Everything is as it was before, except " + r.exceptions("%s that stay.") + " " + UndoLeftFile + " says why."
}

// exceptions counts what stays, by kind, in the words of the format.
func (p *UndoPlan) exceptions(format string) string {
	var parts []string
	for _, kind := range []struct{ kind, one, more string }{
		{"contact", "contact", "contacts"}, {"tags", "contact's tags", "contacts' tags"}, {"value", "value", "values"}, {"tag", "tag name", "tag names"}, {"field", "custom field", "custom fields"},
		{"link", "contact ID on the site", "contact IDs on the site"}, {"user", "user of the site", "users of the site"}, {"merge", "merge", "merges"},
	} {
		count := 0
		for _, left := range p.Left {
			if left.Kind == kind.kind {
				count++
			}
		}
		if count > 0 {
			parts = append(parts, howMany(count, kind.one, kind.more))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf(format, strings.Join(parts, ", "))
}

// UndoneUntil finds the place in the journal that undo goes back to: the last line before a time. The zero time means the beginning.
func UndoneUntil(folder *checkpoint.Folder, since time.Time) (int64, error) {
	last := int64(0)
	if since.IsZero() {
		return 0, nil
	}
	err := folder.Journal().Scan(func(entry checkpoint.Entry) error {
		if entry.At.Before(since) {
			last = entry.Seq
		}
		return nil
	})
	return last, doing("read the journal", err)
}

// PlanUndo works out what undo would do and writes undo.csv and undo-left.csv. It sends nothing. After is the last line of the journal that stays
// done, 0 to take everything back.
func PlanUndo(ctx context.Context, deps Deps, after int64, report job.Reporter) (*UndoPlan, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	u, err := openUndo(ctx, deps, after, report)
	if err != nil {
		return nil, err
	}
	plan, err := u.look(ctx)
	if err != nil {
		return nil, err
	}
	return plan, u.save(plan)
}

// Undo takes back what the journal says was done after a line, and proves it by reading everybody back. It can be stopped at any moment: what is there
// decides what is still to be done, so that the next call goes on.
func Undo(ctx context.Context, deps Deps, after int64, report job.Reporter) (*UndoResult, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	u, err := openUndo(ctx, deps, after, report)
	if err != nil {
		return nil, err
	}
	batch := u.nextBatch()
	if err := deps.note(checkpoint.Intent, OpUndo, batch, undoData{After: after}); err != nil {
		return nil, err
	}
	hit(OpUndo + "-after-intent")
	if after == 0 {
		if _, err := RemoveCanaries(ctx, deps, report); err != nil {
			return nil, err
		}
	}
	if err := u.run(ctx); err != nil {
		return nil, err
	}
	result := u.result
	if err := u.save(&result.UndoPlan); err != nil {
		return nil, err
	}
	if result.Open {
		return &result, deps.note(checkpoint.Failed, OpUndo, batch, errorData{result.Sentence()})
	}
	if after == 0 {
		if err := forgetStudents(deps.Folder); err != nil {
			return nil, err
		}
	}
	hit(OpUndo + "-before-outcome")
	return &result, deps.note(checkpoint.Done, OpUndo, batch, undoDone{undoData{after}, result.Sentence()})
}

type undoDone struct {
	undoData
	Sentence string `json:"sentence"`
}

// save writes what is to be done, and what stays.
func (u *undoer) save(plan *UndoPlan) error {
	left := [][]string{{"kind", "ID", "user_email", "contact_id", "contact_page", "what", "why"}}
	for _, one := range plan.Left {
		left = append(left, []string{one.Kind, memberText(one.Member), one.Email, string(one.Contact), u.page(one.Contact), one.What, one.Why})
	}
	if err := writeRows(u.deps.Folder, UndoLeftFile, left); err != nil {
		return err
	}
	return writeRows(u.deps.Folder, UndoFile, append([][]string{{"what", "ID", "user_email", "contact_id", "contact_page", "detail"}}, u.rows(plan)...))
}

func (u *undoer) page(id crm.ContactID) string {
	if id == "" {
		return ""
	}
	return u.deps.CRM.ContactURL(id)
}

func memberText(id int64) string {
	if id <= 0 {
		return ""
	}
	return fmt.Sprint(id)
}
