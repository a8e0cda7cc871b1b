package migration

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// clocksApart is how far the CRM's clock may be from what the journal says of it: both tell whole seconds, and an answer takes its time.
const clocksApart = 5 * time.Second

// whyKeep says why a contact must stay although nobody knew it before the import: it may not be ours, or somebody works with it. Empty when it may go.
// Whoever removes a contact removes all that others have put on it, so that in doubt it stays.
func (w *weigher) whyKeep(id int64, p *past, contact crm.Contact) string {
	first, there := p.sentFirst(contact.ID)
	switch {
	case !contact.TagsKnown:
		return "the CRM did not show its tags"
	case p.failed && id < 0:
		return "the CRM refused it when AllySwitch sent it: somebody else made it"
	case !contact.Created.IsZero() && contact.Created.Before(first.Add(-clocksApart)):
		return "it is older than the import: somebody else made it after the plan"
	case there && w.deps.CRM.Features().TellsNew, p.wasThere(contact.ID, id, w.look.own.user):
		return "the CRM had it already when AllySwitch first sent it: somebody else made it after the plan"
	case p.unnamed() && len(w.look.contacts[id]) > 1:
		return "the member has several contacts, and the CRM did not say which of them AllySwitch made"
	case w.showsOther(id, p, contact):
		return "it does not show this member's user ID"
	case w.moved(id, contact):
		return "its address is not the member's any more"
	case contact.State == crm.StateUnsubscribed && !w.unsubscribedAlways, contact.State == crm.StateBounced:
		return "it has been unsubscribed, or mail to it came back: to remove it would lose that"
	}
	if tag := w.foreignTag(contact); tag != "" {
		return fmt.Sprintf("somebody works with it: it carries the tag %q", tag)
	}
	if field := w.foreignField(contact); field != "" {
		return fmt.Sprintf("somebody works with it: it has a value in the field %q", field)
	}
	return ""
}

func (w *weigher) moved(id int64, contact crm.Contact) bool {
	member, ok := w.roster.ByID(id)
	return ok && w.roster.Members[member].Key != address.Key(contact.Email)
}

// foreignTag is a tag on a contact that we never put on anybody.
func (w *weigher) foreignTag(contact crm.Contact) string {
	for _, tag := range contact.Tags {
		if !w.book.names[tag.Name] {
			return tag.Name
		}
	}
	return ""
}

func (w *weigher) foreignField(contact crm.Contact) string {
	own := w.look.own.all()
	for _, field := range slices.Sorted(maps.Keys(contact.Fields)) {
		if contact.Fields[field] != "" && !slices.Contains(own, field) {
			return w.fieldName(field)
		}
	}
	return ""
}

// mostUnsubscribed says that more than half of the contacts that we made are unsubscribed: then the CRM made them so.
func (w *weigher) mostUnsubscribed() bool {
	all, unsubscribed := 0, 0
	for id, contacts := range w.look.contacts {
		for _, contact := range contacts {
			if p := w.book.members[id]; p.written && p.image == nil {
				all++
				if contact.State == crm.StateUnsubscribed {
					unsubscribed++
				}
			}
		}
	}
	return 2*unsubscribed > all
}

// names decides about the tags and custom fields that we made. They go when nobody will use them.
func (w *weigher) names() {
	features := w.deps.CRM.Features()
	for _, name := range slices.Sorted(maps.Keys(w.book.tags)) {
		if tag, there := w.look.tags[name]; there {
			w.tagName(features, tag)
		}
	}
	gone := map[crm.FieldID]bool{}
	for _, name := range slices.Sorted(maps.Keys(w.book.fields)) {
		if field, there := w.look.fields[name]; there {
			gone[field.ID] = w.field(features, field)
		}
	}
	w.plan.work.values = slices.DeleteFunc(w.plan.work.values, func(values undoValues) bool { return values.without(gone) })
	w.withoutGone(gone)
}

func (w *weigher) tagName(features crm.Features, tag crm.Tag) {
	why := w.refused["tag "+tag.Name]
	switch made := w.book.tags[tag.Name]; {
	case why != "":
	case made.ID != "" && made.ID != string(tag.ID):
		why = "it is another tag of the same name now"
	case w.look.carriers[tag.Name]+w.carried[tag.Name] > 0:
		why = "somebody still carries it"
	case w.look.starts[tag.Name] != "":
		why = fmt.Sprintf("it starts %q", w.look.starts[tag.Name])
	case !features.CanDeleteTag:
		why = fmt.Sprintf("%s cannot delete tags by its API", w.deps.CRM.Provider().Name)
	default:
		w.plan.work.tags = append(w.plan.work.tags, tag)
		return
	}
	w.plan.Left = append(w.plan.Left, UndoLeft{Kind: "tag", What: tag.Name, Why: why})
}

// field says whether a field goes.
func (w *weigher) field(features crm.Features, field crm.Field) bool {
	why := w.refused["field "+field.Name]
	switch made := w.book.fields[field.Name]; {
	case why != "":
	case made.ID != "" && made.ID != string(field.ID):
		why = "it is another field of the same name now"
	case w.look.users[field.ID]+w.held[field.ID] > 0:
		why = "somebody still has a value in it"
	case !features.CanDeleteField:
		why = fmt.Sprintf("%s cannot delete custom fields by its API", w.deps.CRM.Provider().Name)
	default:
		w.plan.work.fields = append(w.plan.work.fields, field)
		return true
	}
	w.plan.Left = append(w.plan.Left, UndoLeft{Kind: "field", What: field.Name, Why: why})
	return false
}

// without leaves out the fields that go with all their values, and says whether nothing is left to do.
func (v *undoValues) without(gone map[crm.FieldID]bool) bool {
	kept := slices.DeleteFunc(slices.Clone(v.blank.Fields), func(field crm.FieldID) bool { return gone[field] })
	left := *v
	left.blank.Fields = kept
	return !left.sets() && left.blank.Nothing()
}

func (w *weigher) withoutGone(gone map[crm.FieldID]bool) {
	for i := range w.plan.work.values {
		blank := &w.plan.work.values[i].blank
		blank.Fields = slices.DeleteFunc(blank.Fields, func(field crm.FieldID) bool { return gone[field] })
	}
}

// unseen says what this CRM cannot show before a tag goes.
func (u *undoer) unseen() string {
	features := u.deps.CRM.Features()
	if !features.CanDeleteTag || len(u.book.tags) == 0 || features.AutomationsHidden == "" {
		return ""
	}
	return fmt.Sprintf("Tags that AllySwitch made go, when nobody carries them. Look first whether one of your %s uses them: %s",
		cmp.Or(features.AutomationWord, "automations"), features.AutomationsHidden)
}

// madeUp counts made-up members who are still to be removed, and lists those whom the CRM does not let us remove.
func (w *weigher) madeUp() {
	for _, contact := range w.look.madeUp {
		if w.book.after > 0 {
			w.keepAll([]crm.Contact{contact})
		} else if w.deps.CRM.Features().CanDeleteContact {
			w.plan.MadeUp++
		} else {
			w.leave(0, contact, "contact", contact.Email, "a made-up member whom the CRM does not let AllySwitch delete. Delete it by hand")
		}
	}
}
