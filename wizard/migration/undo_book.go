package migration

import (
	"encoding/json"
	"maps"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
)

// book is what the journal says has been done since a place in it: what undo has to take back.
type book struct {
	after int64
	// clock is how many seconds the CRM's clock is ahead of ours now: the tools' lines do not say it.
	clock   int64
	members map[int64]*past
	// put are the tags that were put on, or were about to be, one call each; taken are those that were taken off because the site had.
	put, taken map[string]map[int64]bool
	// tags and fields are those that we made, by name.
	tags, fields map[string]nameData
	// names are all tags that we ever wrote.
	names map[string]bool
	open  map[string]upsertIntent
	// emptied are members whose contact an interrupted undo has emptied: it shows no user ID any more.
	emptied map[int64]bool
	// links are the contact IDs that were set on the site, by user; aside is what the tools have done and undo can only list.
	links map[int64]*pastLink
	aside aside
	// roster says who is a member; everybody else is known by their address.
	roster *Roster
	// last is when anything was last written to the CRM.
	last time.Time
}

// readBook reads the whole journal.
func readBook(deps Deps, roster *Roster, after int64) (*book, error) {
	b := &book{after: after, clock: clockAhead(deps.CRM), roster: roster}
	b.begin()
	err := deps.Folder.Journal().Scan(b.take)
	return b, doing("read the journal", err)
}

// begin forgets everything: an undo came to its end.
func (b *book) begin() {
	b.members, b.put, b.taken = map[int64]*past{}, map[string]map[int64]bool{}, map[string]map[int64]bool{}
	b.tags, b.fields, b.names, b.open = map[string]nameData{}, map[string]nameData{}, map[string]bool{}, map[string]upsertIntent{}
	b.emptied, b.links, b.aside = map[int64]bool{}, map[int64]*pastLink{}, newAside()
}

func (b *book) take(entry checkpoint.Entry) error {
	switch entry.Op {
	case OpUpsert:
		b.last = entry.At
		if entry.Phase == checkpoint.Intent {
			return b.takeIntent(entry)
		}
		return b.takeOutcome(entry)
	case OpTag, OpUntag:
		b.last = entry.At
		if entry.Phase == checkpoint.Intent {
			return b.takeTag(entry)
		}
	case OpTagName, OpField:
		return b.takeName(entry)
	case OpUndoValues:
		return b.takeEmptied(entry)
	case OpUndo:
		return b.takeUndo(entry)
	case OpLink:
		return b.takeLink(entry)
	case OpStudent:
		return b.takeStudents(entry)
	case OpMember:
		return b.takePerson(entry)
	case OpMerge:
		return b.takeMerge(entry)
	}
	return nil
}

func (b *book) takeIntent(entry checkpoint.Entry) error {
	var intent upsertIntent
	if err := json.Unmarshal(entry.Data, &intent); err != nil {
		return err
	}
	b.open[entry.Batch] = intent
	since := entry.Seq > b.after
	befores := map[int64]*Before{}
	for i := range intent.Before {
		if befores[intent.Before[i].Member] == nil {
			befores[intent.Before[i].Member] = &intent.Before[i]
		}
	}
	for _, id := range intent.Members {
		b.sent(id, onClock(entry.At, intent.Clock), since, befores[id])
	}
	for i := range intent.Before {
		b.members[intent.Before[i].Member].saw(&intent.Before[i])
	}
	for _, wrote := range intent.Wrote {
		b.wrote(wrote, since)
	}
	return nil
}

// sent notes that a member was about to be sent. What the contact was like before the first time is what counts.
func (b *book) sent(id int64, at time.Time, since bool, before *Before) {
	p := b.members[id]
	fresh := p == nil
	if fresh {
		p = &past{first: at}
		b.members[id] = p
	}
	later := since && p.earlier && !p.written || p.failed
	if before != nil && (fresh || p.bare || later && p.image == nil) {
		p.image, p.bare = before, false
	}
	p.failed, p.imported, p.sending, p.known = false, true, at, before != nil
	if before != nil && p.image != nil {
		b.had(p, before)
	}
	p.written = p.written || since
	p.earlier = p.earlier || !since
}

// had adds the tags that the contact carried and that we have not put on it.
func (b *book) had(p *past, before *Before) {
	if p.had == nil {
		p.had = map[string]bool{}
	}
	for _, tag := range before.Tags {
		if !b.put[tag][before.Member] {
			p.had[tag] = true
		}
	}
}

// wrote adds up what was sent. What was sent before the place that undo goes back to becomes part of the image.
func (b *book) wrote(wrote Wrote, since bool) {
	p := b.members[wrote.Member]
	for _, tag := range wrote.Tags {
		b.names[tag] = true
		if since {
			mark(b.put, tag, wrote.Member)
		} else if p.had != nil {
			p.had[tag] = true
		}
	}
	if !since && p.image != nil {
		image := *p.image
		image.Fields = maps.Clone(image.Fields)
		overlay(&image.First, &image.Last, &image.Fields, wrote)
		p.image = &image
		return
	}
	p.wrote.Member = wrote.Member
	overlay(&p.wrote.First, &p.wrote.Last, &p.wrote.Fields, wrote)
}

func overlay(first, last *string, fields *map[crm.FieldID]string, wrote Wrote) {
	if wrote.First != "" {
		*first = wrote.First
	}
	if wrote.Last != "" {
		*last = wrote.Last
	}
	for id, value := range wrote.Fields {
		if *fields == nil {
			*fields = map[crm.FieldID]string{}
		}
		(*fields)[id] = value
	}
}

func mark(in map[string]map[int64]bool, tag string, member int64) {
	if in[tag] == nil {
		in[tag] = map[int64]bool{}
	}
	in[tag][member] = true
}

func (b *book) takeOutcome(entry checkpoint.Entry) error {
	var outcome upsertOutcome
	if err := json.Unmarshal(entry.Data, &outcome); err != nil {
		return err
	}
	intent := b.open[entry.Batch]
	for i, id := range intent.Members {
		answer, p := intent.outcome(i, outcome), b.members[id]
		if p == nil {
			continue
		}
		p.answered(answer.letter, answer.id, entry.Seq <= b.after)
	}
	delete(b.open, entry.Batch)
	return nil
}

// takeTag notes a tag that was about to be put on, or taken off. Whether it was, the read-back shows.
func (b *book) takeTag(entry checkpoint.Entry) error {
	var intent tagIntent
	if err := json.Unmarshal(entry.Data, &intent); err != nil {
		return err
	}
	b.names[intent.Tag] = true
	for _, id := range intent.Members {
		switch {
		case entry.Seq <= b.after:
			if p := b.members[id]; p != nil && p.had != nil {
				p.had[intent.Tag] = entry.Op == OpTag
			}
		case entry.Op == OpTag:
			mark(b.put, intent.Tag, id)
		default:
			mark(b.taken, intent.Tag, id)
		}
	}
	return nil
}

// takeName notes a tag or custom field that we made. An intent without an outcome counts: it may have been made. So it does although a later try was refused.
func (b *book) takeName(entry checkpoint.Entry) error {
	of := b.fields
	if entry.Op == OpTagName {
		of = b.tags
	}
	if entry.Phase == checkpoint.Failed {
		if b.aside.fresh[entry.Op+entry.Batch] {
			delete(of, entry.Batch)
		}
		return nil
	}
	var made nameData
	if err := json.Unmarshal(entry.Data, &made); err != nil {
		return err
	}
	if entry.Op == OpTagName {
		b.names[made.Name] = true
	}
	if entry.Seq > b.after && made.Name != "" {
		_, before := of[made.Name]
		b.aside.fresh[entry.Op+entry.Batch] = !before
		of[made.Name] = made
	}
	return nil
}

func (b *book) takeEmptied(entry checkpoint.Entry) error {
	if entry.Phase != checkpoint.Intent {
		return nil
	}
	var intent undoIntent
	err := json.Unmarshal(entry.Data, &intent)
	for _, id := range intent.Members {
		b.emptied[id] = true
	}
	return err
}

// takeUndo begins anew after an undo that came to its end. One that did not is gone on with.
func (b *book) takeUndo(entry checkpoint.Entry) error {
	if entry.Phase != checkpoint.Done {
		return nil
	}
	var data undoData
	if err := json.Unmarshal(entry.Data, &data); err != nil {
		return err
	}
	if data.After <= b.after {
		b.begin()
	}
	return nil
}

// touched is how many members undo is about.
func (b *book) touched() int {
	count := 0
	for _, p := range b.members {
		if p.written {
			count++
		}
	}
	return count
}
