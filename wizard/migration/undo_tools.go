package migration

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
)

// aside is what the journal says that the tools beside the steps have done and that undo can only list.
type aside struct {
	// users were made on the site, by address, 0 where the ID is not known; merges made one contact of two, by the contact that went.
	users  map[string]int64
	merges map[string]Pair
	// sending are the addresses of students whose contacts were about to be made, by batch.
	sending map[string][]string
	// fresh says that the last try at a merge, tag, field or user was the first.
	fresh map[string]bool
	// making is the address of the user who was about to be made last.
	making string
}

func newAside() aside {
	return aside{users: map[string]int64{}, merges: map[string]Pair{}, sending: map[string][]string{}, fresh: map[string]bool{}}
}

// studentTag is the journal's record of a tag that is about to be put on students.
type studentTag struct {
	Tag    string          `json:"tag"`
	IDs    []crm.ContactID `json:"id"`
	Emails []string        `json:"email,omitempty"`
}

// person is the number that undo knows somebody by: a member's user ID, or for everybody else a negative one that only their address gives.
func (b *book) person(email string) int64 {
	key := address.Key(email)
	if member, ok := b.roster.ByKey(key); ok {
		return b.roster.Members[member].ID
	}
	return stranger(key)
}

func stranger(key string) int64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(key)) // a hash takes everything
	return -int64(sum.Sum64()>>1) - 1
}

// brought notes a contact that a tool was about to make for somebody whom the CRM did not know.
func (b *book) brought(email string, entry checkpoint.Entry) *past {
	id, since, at := b.person(email), entry.Seq > b.after, onClock(entry.At, b.clock)
	p := b.members[id]
	if p == nil {
		p = &past{first: at, email: email}
		b.members[id] = p
	}
	p.failed, p.written, p.earlier = false, p.written || since, p.earlier || !since
	p.sending, p.known = at, false
	return p
}

// takeStudents reads a line about students who are put into the CRM.
func (b *book) takeStudents(entry checkpoint.Entry) error {
	b.last = entry.At
	switch {
	case strings.HasPrefix(entry.Batch, "contacts-") && entry.Phase == checkpoint.Intent:
		var emails []string
		err := json.Unmarshal(entry.Data, &emails)
		for _, email := range emails {
			b.brought(email, entry)
		}
		b.aside.sending[entry.Batch] = emails
		return err
	case strings.HasPrefix(entry.Batch, "contacts-") && entry.Phase == checkpoint.Done:
		var results []crm.Result
		err := json.Unmarshal(entry.Data, &results)
		for i, email := range b.aside.sending[entry.Batch] {
			if p := b.members[b.person(email)]; p != nil && i < len(results) {
				p.answered(letterOf(results[i]), "", entry.Seq <= b.after)
			}
		}
		return err
	case entry.Phase == checkpoint.Intent:
		return b.takeStudentTag(entry)
	}
	return nil
}

// takeStudentTag notes a tag that was about to be put on students, who all lacked it. Who was in the CRM already keeps everything else.
func (b *book) takeStudentTag(entry checkpoint.Entry) error {
	var intent studentTag
	if err := json.Unmarshal(entry.Data, &intent); err != nil {
		return err
	}
	b.names[intent.Tag] = true
	for i, contact := range intent.IDs {
		id, since := stranger(string(contact)), entry.Seq > b.after
		if i < len(intent.Emails) {
			id = b.person(intent.Emails[i])
		}
		p := b.members[id]
		if p == nil {
			p = &past{first: entry.At, image: &Before{Member: id, ID: contact, TagsKnown: true}, bare: true}
			b.members[id] = p
		}
		if !since {
			b.hadTag(p, intent.Tag)
			p.earlier = true
			continue
		}
		p.written = true
		mark(b.put, intent.Tag, id)
	}
	return nil
}

func (b *book) hadTag(p *past, tag string) {
	if p.had == nil {
		p.had = map[string]bool{}
	}
	p.had[tag] = true
}

// takePerson reads a line about a contact or user that was made for one person, or a tag that was put on.
func (b *book) takePerson(entry checkpoint.Entry) error {
	if entry.Batch == memberTag {
		if entry.Phase != checkpoint.Intent {
			return nil
		}
		b.last = entry.At
		return b.takeStudentTag(entry)
	}
	var data struct {
		Email  string
		ID     crm.ContactID
		Result crm.Result
	}
	if entry.Batch == "user" && entry.Seq > b.after {
		return b.takeUser(entry)
	}
	if entry.Phase == checkpoint.Failed {
		return nil
	}
	if err := json.Unmarshal(entry.Data, &data); err != nil {
		return err
	}
	switch {
	case entry.Batch == "contact" && entry.Phase == checkpoint.Intent:
		b.last = entry.At
		b.brought(data.Email, entry)
	case entry.Batch == "contact" && entry.Phase == checkpoint.Done:
		if p := b.members[b.person(data.Email)]; p != nil {
			p.answered(letterOf(data.Result), data.ID, entry.Seq <= b.after)
		}
	}
	return nil
}

// takeUser notes a user of the site who was made, or may have been: an intent without an outcome counts. Somebody who was there already does not, unless an
// earlier try may have made them.
func (b *book) takeUser(entry checkpoint.Entry) error {
	var data struct {
		Email   string
		User    int64
		Existed bool
	}
	if err := json.Unmarshal(entry.Data, &data); err != nil {
		return err
	}
	users := b.aside.users
	switch {
	case entry.Phase == checkpoint.Intent:
		_, before := users[data.Email]
		b.aside.making, b.aside.fresh[OpMember] = data.Email, !before
		if !before {
			users[data.Email] = 0
		}
	case b.aside.fresh[OpMember] && (entry.Phase == checkpoint.Failed || data.Existed):
		delete(users, b.aside.making)
	case entry.Phase == checkpoint.Done:
		users[b.aside.making] = data.User
	}
	return nil
}

// takeMerge notes a merge. An intent without an outcome counts: it may have been carried out, in part at least. So it does although a later try was refused.
func (b *book) takeMerge(entry checkpoint.Entry) error {
	if entry.Phase == checkpoint.Failed {
		if b.aside.fresh[entry.Op+entry.Batch] {
			delete(b.aside.merges, entry.Batch)
		}
		return nil
	}
	var data mergeData
	err := json.Unmarshal(entry.Data, &data)
	if entry.Seq > b.after {
		_, before := b.aside.merges[entry.Batch]
		b.aside.fresh[entry.Op+entry.Batch] = !before
		b.aside.merges[entry.Batch] = data.Pair
	}
	return err
}

func (b *book) mergedAway(contact string) bool {
	_, gone := b.aside.merges[contact]
	return gone
}

// tools lists what the tools have done and what no API takes back.
func (w *weigher) tools() {
	for _, email := range slices.Sorted(maps.Keys(w.book.aside.users)) {
		user, what := w.book.aside.users[email], "a user of the site, whom it may have made: its answer was lost"
		if user > 0 {
			what = fmt.Sprintf("user %d of the site", user)
		}
		w.plan.Left = append(w.plan.Left, UndoLeft{Member: user, Email: email, Kind: "user", What: what,
			Why: "AllySwitch never deletes a user of the site. If nobody uses the account, delete it by hand"})
	}
	_, merges := w.deps.CRM.Merger()
	for _, lost := range slices.Sorted(maps.Keys(w.book.aside.merges)) {
		pair := w.book.aside.merges[lost]
		left := UndoLeft{Email: pair.KeepEmail, Contact: pair.Keep, Kind: "merge", What: fmt.Sprintf("contact %s was merged into %s", pair.Lose, pair.Keep),
			Why: fmt.Sprintf("a merge cannot be undone. Both contacts as they were are in merge-%s.json", fileWord(lost))}
		if !merges {
			left.What = fmt.Sprintf("contact %s was given tags of %s", pair.Keep, pair.Lose)
		}
		w.plan.Left = append(w.plan.Left, left)
	}
}

// forgetStudents takes the contact IDs out of students.csv: the contacts are gone, or not AllySwitch's any more. Sending the students again finds them anew.
func forgetStudents(folder *checkpoint.Folder) error {
	list, err := LoadStudents(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Contact = ""
	}
	return saveStudents(folder, list)
}

// showsOther says that a contact shows a user ID that it would not show if AllySwitch had made it for this person.
func (w *weigher) showsOther(id int64, p *past, contact crm.Contact) bool {
	user := w.look.own.user
	if user == "" || !contact.FieldsKnown || w.book.emptied[id] {
		return false
	}
	shows := contact.Fields[user]
	return shows != fmt.Sprint(id) && (p.imported || shows != "")
}
