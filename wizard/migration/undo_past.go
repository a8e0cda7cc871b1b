package migration

import (
	"fmt"
	"slices"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// past is what the journal says of one member. Its times are those of the CRM's clock.
type past struct {
	// first is when the first write was about to be sent.
	first time.Time
	// image is what the contact was like before the first write; nil when there was none, so that the contact is ours.
	image *Before
	// others are further contacts that were there before a write: those with the same address, and those of another address that the member had later.
	others []*Before
	had    map[string]bool
	wrote  Wrote
	// contacts are those that were written to, as far as the CRM has told which.
	contacts []written
	// earlier says that the member was sent before the place that undo goes back to: their contact stays.
	earlier bool
	// written says that something may have been written since that place.
	written bool
	// failed says that the CRM has refused whatever was sent so far: a contact that shows up later is not ours.
	failed bool
	// there says that the CRM called the first write an update, although nobody had seen a contact.
	there bool
	// doubt is when the first write was about to be sent that may have made a contact without anybody having been told which; zero for none.
	doubt time.Time
	// sending is when the write under way was about to be sent, known that its contact had been seen before.
	sending time.Time
	known   bool
	// email is there for somebody whom a tool has brought; bare says that the image knows the contact only, not what it held; imported that the import sent them.
	email          string
	bare, imported bool
}

// written is a contact that the CRM has named in an answer to a write.
type written struct {
	id crm.ContactID
	// first is when the first write to it was about to be sent; there says that the CRM called that an update, although nobody had seen the contact; earlier
	// that it came before the place that undo goes back to.
	first          time.Time
	there, earlier bool
}

// saw keeps a contact that was there before a write, unless it is the image.
func (p *past) saw(before *Before) {
	if p.image != nil && p.image.ID == before.ID || slices.ContainsFunc(p.others, func(other *Before) bool { return other.ID == before.ID }) {
		return
	}
	p.others = append(p.others, before)
}

// answered takes in what the CRM said of a write.
func (p *past) answered(letter byte, id crm.ContactID, earlier bool) {
	p.failed = letter == letterFailed && len(p.contacts) == 0
	there, first := letter == letterUpdated && !p.known && p.doubt.IsZero(), p.sending
	if !p.doubt.IsZero() {
		first = p.doubt
	}
	switch {
	case id != "" && p.wroteTo(id) == nil:
		p.contacts = append(p.contacts, written{id, first, there, earlier})
	case id == "" && letter != letterFailed:
		p.there, p.doubt = p.there || there, first
	}
}

// unnamed says that the CRM may have written to a contact without saying to which.
func (p *past) unnamed() bool { return len(p.contacts) == 0 || !p.doubt.IsZero() }

// wroteTo is what is known of the writes to a contact, nil when the CRM has named no write to it.
func (p *past) wroteTo(id crm.ContactID) *written {
	for i := range p.contacts {
		if p.contacts[i].id == id {
			return &p.contacts[i]
		}
	}
	return nil
}

// seenBefore is a contact that was there before a write, nil when nobody has seen it.
func (p *past) seenBefore(id crm.ContactID) *Before {
	for _, other := range p.others {
		if other.ID == id {
			return other
		}
	}
	return nil
}

// sentFirst is when a contact was first written to, and whether the CRM said that it was there already.
func (p *past) sentFirst(id crm.ContactID) (time.Time, bool) {
	if one := p.wroteTo(id); one != nil {
		return one.first, one.there
	}
	return p.first, p.there
}

// wasThere says that somebody else made a contact which the first plan did not know: a later plan has seen it without the user ID that AllySwitch writes. Where
// an earlier write may have made it in part, only its age tells.
func (p *past) wasThere(id crm.ContactID, member int64, userField crm.FieldID) bool {
	before := p.seenBefore(id)
	return before != nil && p.imported && p.doubt.IsZero() && before.Fields[userField] != fmt.Sprint(member)
}

// besides says that a contact was there before, with the address of the one that was written to, and that nothing was written to it.
func (p *past) besides(contact crm.Contact) bool {
	return p.image != nil && p.wroteTo(contact.ID) == nil && p.seenBefore(contact.ID) != nil && address.Key(contact.Email) == address.Key(p.image.Email)
}

// onClock is a time of our clock as a clock tells it that is so many seconds ahead.
func onClock(at time.Time, ahead int64) time.Time {
	return at.Add(time.Duration(ahead) * time.Second)
}

// clockAhead is how many seconds the CRM's clock is ahead of ours.
func clockAhead(client *crm.Client) int64 {
	return int64(client.Meter().Read().ClockAhead.Round(time.Second) / time.Second)
}
