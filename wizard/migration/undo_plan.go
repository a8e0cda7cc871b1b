package migration

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"allyswitch/crm"
	"allyswitch/wp/site"
)

// undoWork is what is to be sent, in the order in which it goes.
type undoWork struct {
	untag, retag map[string][]undoTarget
	values       []undoValues
	remove       []undoTarget
	links        []site.Link
	tags         []crm.Tag
	fields       []crm.Field
}

// undoTarget is a member's contact.
type undoTarget struct {
	member int64
	crm.Target
}

// undoValues are values that one contact gets back, and those that are emptied.
type undoValues struct {
	undoTarget
	set   crm.Contact
	blank crm.Blank
}

func (v undoValues) sets() bool {
	return v.set.FirstName != "" || v.set.LastName != "" || len(v.set.Fields) > 0
}

func (w *undoWork) contacts() bool {
	return len(w.untag)+len(w.retag)+len(w.values)+len(w.remove)+len(w.links) > 0
}

func (w *undoWork) names() bool { return len(w.tags)+len(w.fields) > 0 }

// weigher compares what is there with what was before.
type weigher struct {
	*undoer
	look *look
	plan *UndoPlan
	// held is how many of our contacts will still have a value in one of our fields, carry one of our tags.
	held    map[crm.FieldID]int
	carried map[string]int
	// unsubscribedAlways says that this CRM gives its new contacts that state itself.
	unsubscribedAlways bool
}

// weigh works out what is still to be done.
func (u *undoer) weigh(l *look) *UndoPlan {
	w := &weigher{undoer: u, look: l, plan: &UndoPlan{Members: u.book.touched(), Unseen: u.unseen()}, held: map[crm.FieldID]int{}, carried: map[string]int{}}
	w.plan.work.untag, w.plan.work.retag = map[string][]undoTarget{}, map[string][]undoTarget{}
	w.unsubscribedAlways = w.mostUnsubscribed()
	for _, id := range slices.Sorted(maps.Keys(u.book.members)) {
		if p := u.book.members[id]; p.written {
			w.member(id, p)
		} else {
			w.keepAll(l.contacts[id])
		}
	}
	w.madeUp()
	w.links()
	w.tools()
	w.names()
	w.count()
	return w.plan
}

func (w *weigher) member(id int64, p *past) {
	known, others := false, []crm.Contact{}
	for _, contact := range w.look.contacts[id] {
		if w.contact(id, p, contact) {
			known = true
		} else {
			others = append(others, contact)
		}
	}
	for _, contact := range others {
		if !known {
			w.leave(id, contact, "contact", contact.Email, "it is not the contact that AllySwitch wrote to, which is not there any more")
		} else if !p.besides(contact) {
			w.leave(id, contact, "contact", contact.Email, "the member has another contact, which AllySwitch wrote to. If it wrote to this one too, its values are still there")
		}
	}
}

// contact decides about one contact, and says whether it is the one that was written to.
func (w *weigher) contact(id int64, p *past, contact crm.Contact) bool {
	to := p.wroteTo(contact.ID)
	switch {
	case p.image != nil && contact.ID == p.image.ID:
		w.existing(id, p, contact)
	case p.image == nil && p.earlier, to != nil && to.earlier:
		w.untag(id, p, contact)
		w.keepValues(contact)
	case to != nil, p.image == nil && p.unnamed():
		w.made(id, p, contact)
	case p.unnamed() && !p.besides(contact):
		w.untag(id, p, contact)
		w.keepValues(contact)
		return false
	default:
		w.keepAll([]crm.Contact{contact})
		return false
	}
	return true
}

// made is a contact that was not there before: it goes, unless somebody has worked with it since.
func (w *weigher) made(id int64, p *past, contact crm.Contact) {
	features := w.deps.CRM.Features()
	why := w.whyKeep(id, p, contact)
	if why == "" && features.CanDeleteContact && w.refused[string(contact.ID)] == "" {
		w.plan.work.remove = append(w.plan.work.remove, target(id, contact))
		return
	}
	w.untag(id, p, contact)
	if why == "" && w.refused[string(contact.ID)] == "" {
		why = fmt.Sprintf("%s cannot delete contacts by its API; the tags are off and our fields empty. Delete it by hand", w.deps.CRM.Provider().Name)
		w.empty(id, contact)
	} else {
		w.keepValues(contact)
	}
	w.leave(id, contact, "contact", contact.Email, cmp.Or(w.refused[string(contact.ID)], why))
}

// empty clears our fields on a contact that stays.
func (w *weigher) empty(id int64, contact crm.Contact) {
	values := undoValues{undoTarget: target(id, contact)}
	for _, field := range w.look.own.all() {
		if field != "" && contact.Fields[field] != "" {
			values.blank.Fields = append(values.blank.Fields, field)
		}
	}
	w.change(contact, values)
}

// existing is a contact that was there before: it gets back what it had, where nobody has changed it since.
func (w *weigher) existing(id int64, p *past, contact crm.Contact) {
	w.untag(id, p, contact)
	values := undoValues{undoTarget: target(id, contact), set: crm.Contact{ID: contact.ID, Email: contact.Email}}
	w.back(id, contact, "first name", contact.FirstName, p.wrote.First, p.image.First, func(before string) {
		values.set.FirstName, values.blank.FirstName = before, before == ""
	})
	w.back(id, contact, "last name", contact.LastName, p.wrote.Last, p.image.Last, func(before string) {
		values.set.LastName, values.blank.LastName = before, before == ""
	})
	for _, field := range slices.Sorted(maps.Keys(p.wrote.Fields)) {
		changed := w.back(id, contact, w.fieldName(field), contact.Fields[field], p.wrote.Fields[field], p.image.Fields[field], func(before string) {
			if before == "" {
				values.blank.Fields = append(values.blank.Fields, field)
				return
			}
			if values.set.Fields == nil {
				values.set.Fields = map[crm.FieldID]string{}
			}
			values.set.Fields[field] = before
		})
		if !changed && contact.Fields[field] != "" {
			w.held[field]++
		}
	}
	for _, field := range w.look.own.all() {
		if p.wrote.Fields[field] == "" && contact.Fields[field] != "" {
			w.held[field]++
		}
	}
	w.change(contact, values)
}

// back decides about one value, and says whether it is to be changed.
func (w *weigher) back(id int64, contact crm.Contact, name, now, wrote, before string, change func(before string)) bool {
	switch {
	case wrote == "" || now == before:
		return false
	case now != wrote:
		w.leave(id, contact, "value", name, "it has been changed since, so it stays as it is now")
		return false
	}
	change(before)
	return true
}

// change keeps what is to be done with a contact's values, or says why nothing can be done.
func (w *weigher) change(contact crm.Contact, values undoValues) {
	if !values.sets() && values.blank.Nothing() {
		return
	}
	_, canBlank := w.deps.CRM.Blanker()
	why := w.refused["values "+string(contact.ID)]
	if why == "" && !values.sets() && !canBlank {
		why = fmt.Sprintf("%s cannot empty a value by its API", w.deps.CRM.Provider().Name)
	}
	if why != "" {
		w.leave(values.member, contact, "value", "what AllySwitch filled in", why)
		w.keepValues(contact)
		return
	}
	w.plan.work.values = append(w.plan.work.values, values)
}

// untag takes off the tags that we put on.
func (w *weigher) untag(id int64, p *past, contact crm.Contact) {
	if !contact.TagsKnown || p.image != nil && !p.image.TagsKnown {
		w.leave(id, contact, "tags", "its tags", "it is not known which tags the contact carries, or carried before")
		return
	}
	carries, added := map[string]bool{}, w.added(id, p)
	for _, tag := range contact.Tags {
		carries[tag.Name] = true
		if !added(tag.Name) {
			w.carried[tag.Name]++
			continue
		}
		if why := w.refused["tag "+tag.Name+" "+string(contact.ID)]; why != "" || !w.deps.CRM.Features().CanUntag {
			w.leave(id, contact, "tags", tag.Name, cmp.Or(why, "the CRM cannot take a tag off by its API"))
			w.carried[tag.Name]++
			continue
		}
		w.plan.work.untag[tag.Name] = append(w.plan.work.untag[tag.Name], target(id, contact))
	}
	for tag, members := range w.book.taken {
		if members[id] && p.had[tag] && !carries[tag] && w.look.tags[tag].ID != "" {
			w.plan.work.retag[tag] = append(w.plan.work.retag[tag], target(id, contact))
		}
	}
}

// added says of tags on a contact whether they are there because of us.
func (w *weigher) added(id int64, p *past) func(tag string) bool {
	if p.image != nil || p.earlier {
		return func(tag string) bool { return w.book.put[tag][id] && !p.had[tag] }
	}
	ours := w.book.names
	if member, ok := w.roster.ByID(id); ok {
		ours = setOf(w.roster.TagNames(member))
	}
	return func(tag string) bool { return ours[tag] || w.book.put[tag][id] }
}

// keepAll counts what contacts hold that undo does not touch.
func (w *weigher) keepAll(contacts []crm.Contact) {
	for _, contact := range contacts {
		for _, tag := range contact.Tags {
			w.carried[tag.Name]++
		}
		w.keepValues(contact)
	}
}

func (w *weigher) keepValues(contact crm.Contact) {
	for _, field := range w.look.own.all() {
		if contact.Fields[field] != "" {
			w.held[field]++
		}
	}
}

func (w *weigher) leave(id int64, contact crm.Contact, kind, what, why string) {
	w.plan.Left = append(w.plan.Left, UndoLeft{Member: id, Email: contact.Email, Contact: contact.ID, Kind: kind, What: what, Why: why})
}

func (w *weigher) fieldName(id crm.FieldID) string {
	for name, field := range w.look.fields {
		if field.ID == id {
			return name
		}
	}
	return string(id)
}

func target(id int64, contact crm.Contact) undoTarget {
	return undoTarget{id, crm.Target{ID: contact.ID, Email: contact.Email}}
}

// count adds the work up.
func (w *weigher) count() {
	work := &w.plan.work
	w.plan.Remove, w.plan.Restore, w.plan.Links = len(work.remove), len(work.values), len(work.links)
	for _, targets := range work.untag {
		w.plan.TagsOff += len(targets)
	}
	for _, targets := range work.retag {
		w.plan.TagsOn += len(targets)
	}
	for _, tag := range work.tags {
		w.plan.TagNames = append(w.plan.TagNames, tag.Name)
	}
	for _, field := range work.fields {
		w.plan.Fields = append(w.plan.Fields, field.Name)
	}
}
