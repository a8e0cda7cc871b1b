package migration

import (
	"context"
	"slices"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/job"
)

// Seen is what the CRM shows of one contact, as far as it has to be compared. Half a million of them have to fit into memory.
type Seen struct {
	ID crm.ContactID
	// UserID is our custom field; FieldsKnown is false when it could not be read.
	UserID      string
	FieldsKnown bool
	// Tags are those that the contact carries of the tags that were asked for, ascending. TagsKnown is false when they could not be read: then nothing is
	// known, not "none".
	Tags      []uint32
	TagsKnown bool
	// Hidden says that AccessAlly may not see this contact, because it is not active: crm.Features.InactiveHidden.
	Hidden bool
}

// ReadBack is everybody in the CRM, as far as it concerns the members.
type ReadBack struct {
	// Members holds, for each member of the roster, the contacts with their address: none, one or several.
	Members [][]Seen
	// Orphans carry our ID field but belong to no member; Others are all the rest of the account.
	Orphans []Orphan
	Others  int
	// free is where the next contacts go: one piece of memory for many.
	free []Seen
}

// Orphan is a contact with a user ID, but without a member.
type Orphan struct {
	ID            crm.ContactID
	Email, UserID string
}

// keep adds a contact to those of a member. Almost everybody has one.
func (b *ReadBack) keep(member int, seen Seen) {
	if len(b.Members[member]) > 0 {
		b.Members[member] = append(b.Members[member], seen)
		return
	}
	if len(b.free) == 0 {
		b.free = make([]Seen, 1024)
	}
	b.free[0] = seen
	b.Members[member], b.free = b.free[:1:1], b.free[1:]
}

// readBack reads everybody in all states, with fields and, of these names, tags. The first names are the roster's.
func readBack(ctx context.Context, deps Deps, roster *Roster, names []string, report job.Reporter) (*ReadBack, error) {
	own, _, err := findFields(ctx, deps.CRM)
	if err != nil {
		return nil, err
	}
	if deps.CRM.Features().TagsOnRead {
		// Where contacts carry the IDs of their tags, the names are remembered. A tag that was renamed in the meantime would be taken for proven.
		if _, err := deps.CRM.Tags(ctx); err != nil {
			return nil, doing("list the tags", err)
		}
	}
	report.Phase("Reading everybody back from "+deps.CRM.Provider().Name, int64(roster.Len()))
	back := &ReadBack{Members: make([][]Seen, roster.Len())}
	index, sets, scratch := tagIndex(names), newTagSets(), make([]uint32, 0, len(names)+64)
	places := map[crm.ContactID]place{}
	byTag, hides := !deps.CRM.Features().TagsOnRead, deps.CRM.Features().InactiveHidden != ""
	_, err = deps.eachContact(ctx, func(contact crm.Contact) error {
		seen := see(contact, own)
		seen.Hidden = hides && contact.State != crm.StateActive
		tags := numbersOf(contact.Tags, index, scratch)
		member, ok := roster.ByKey(address.Key(contact.Email))
		switch {
		case ok:
			report.Add(1, 0)
			if byTag {
				places[contact.ID] = placeOf(member, len(back.Members[member]))
			}
			seen.UserID = shared(seen.UserID, roster.Members[member].CustomerID)
			if seen.Tags = roster.Members[member].Tags; !sameTags(seen.Tags, tags) {
				seen.Tags = sets.keep(tags)
			}
			back.keep(member, seen)
		case seen.UserID != "":
			back.Orphans = append(back.Orphans, Orphan{seen.ID, strings.Clone(contact.Email), strings.Clone(seen.UserID)})
		default:
			back.Others++
		}
		return report.Gate(ctx)
	})
	if err != nil {
		return nil, doing("read everybody back", err)
	}
	if !byTag {
		return back, nil
	}
	return back, back.readTags(ctx, deps, names, places, report)
}

// of are the contacts with a member's address. Twins share theirs.
func (b *ReadBack) of(roster *Roster, member int) []Seen {
	if twin := roster.Members[member].Twin; twin >= 0 {
		return b.Members[twin]
	}
	return b.Members[member]
}

// place is where a contact lies in ReadBack.Members.
type place struct{ member, contact int32 }

func placeOf(member, contact int) place { return place{int32(member), int32(contact)} }

func tagIndex(names []string) map[string]uint32 {
	index := make(map[string]uint32, len(names))
	for i, name := range names {
		index[name] = uint32(i)
	}
	return index
}

func see(contact crm.Contact, own fieldIDs) Seen {
	return Seen{ID: crm.ContactID(strings.Clone(string(contact.ID))), UserID: contact.Fields[own.user],
		FieldsKnown: contact.FieldsKnown, TagsKnown: contact.TagsKnown}
}

// shared is a text of its own, or the one that is kept anyhow when both are the same.
func shared(text, kept string) string {
	if text == kept {
		return kept
	}
	return strings.Clone(text)
}

// numbersOf are the numbers of those tags that have one, ascending, in the memory of numbers.
func numbersOf(tags []crm.Tag, index map[string]uint32, numbers []uint32) []uint32 {
	numbers = numbers[:0]
	for _, tag := range tags {
		if number, asked := index[tag.Name]; asked {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// readTags reads who has each of the tags, where the pages of contacts carry none. Everybody's tags are known once every tag has been read to its end.
func (b *ReadBack) readTags(ctx context.Context, deps Deps, names []string, places map[crm.ContactID]place, report job.Reporter) error {
	existing, err := tagsByName(ctx, deps.CRM)
	if err != nil {
		return err
	}
	report.Phase("Reading who has which tag", int64(len(names)))
	for _, list := range b.Members {
		for i := range list {
			list[i].Tags = nil
		}
	}
	for i, name := range names {
		if tag, there := existing[name]; there {
			err := deps.eachTagged(ctx, tag, func(target crm.Target) error {
				if at, ok := places[target.ID]; ok {
					seen := &b.Members[at.member][at.contact]
					seen.Tags = append(seen.Tags, uint32(i))
				}
				return report.Gate(ctx)
			})
			if err != nil {
				return doing("read who has the tag "+name, err)
			}
		}
		report.Add(1, 0)
	}
	for _, list := range b.Members {
		for i := range list {
			list[i].TagsKnown = true
		}
	}
	return nil
}

// readBackLate reads everybody back, and again while somebody is missing who may only be late: a read of this CRM may lag behind a write.
func (p *prover) readBackLate(ctx context.Context, report job.Reporter) (*ReadBack, error) {
	deps := p.deps
	lag := scaled(deps.CRM, deps.CRM.Features().ReadLag)
	for pause := lag / 8; ; pause *= 2 {
		back, err := readBack(ctx, deps, p.roster, p.names, report)
		if err != nil || lag == 0 || p.complete(back) {
			return back, err
		}
		left := time.Until(p.ledger.last.Add(lag))
		if left <= 0 {
			return back, nil
		}
		if err := waitLate(ctx, deps, min(pause, left)+time.Millisecond, report); err != nil {
			return nil, err
		}
	}
}

func waitLate(ctx context.Context, deps Deps, pause time.Duration, report job.Reporter) error {
	report.Phase("Waiting until "+deps.CRM.Provider().Name+" shows what was written", 0)
	report.Wait(deps.CRM.Provider().Name+" shows changes late", time.Now().Add(pause))
	defer report.Wait("", time.Time{})
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// complete says that everybody expected is there with all their tags.
func (p *prover) complete(back *ReadBack) bool {
	for i := range p.roster.Members {
		if !p.expects(i) {
			continue
		}
		contacts := back.of(p.roster, i)
		if len(contacts) == 0 || len(missingTags(p.roster.Members[i].Tags, contacts[0].Tags)) > 0 {
			return false
		}
	}
	return true
}
