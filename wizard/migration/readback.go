package migration

import (
	"context"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/job"
)

// Seen is what the CRM shows of one contact, as far as it has to be compared. Half a million of them have to fit into memory.
type Seen struct {
	ID crm.ContactID
	// Email is kept for orphans only: a member's is known.
	Email string
	State crm.ContactState
	// UserID is our custom field; FieldsKnown is false when it could not be read.
	UserID      string
	FieldsKnown bool
	// Tags are those of the roster's tags that the contact carries; Other are tags it carries besides, as far as an offering names them. TagsKnown is
	// false when they could not be read: then nothing is known, not "none".
	Tags      []uint32
	Other     []string
	TagsKnown bool
}

// ReadBack is everybody in the CRM, as far as it concerns the members.
type ReadBack struct {
	// Members holds, for each member of the roster, the contacts with their address: none, one or several.
	Members [][]Seen
	// Orphans carry our ID field but belong to no member; Others are all the rest of the account.
	Orphans []Seen
	Others  int
}

// readBack reads everybody in all states, with fields and tags.
func readBack(ctx context.Context, deps Deps, roster *Roster, report job.Reporter) (*ReadBack, error) {
	own, _, err := findFields(ctx, deps.CRM)
	if err != nil {
		return nil, err
	}
	report.Phase("Reading everybody back from "+deps.CRM.Provider().Name, int64(roster.Len()))
	back := &ReadBack{Members: make([][]Seen, roster.Len())}
	index := tagIndex(roster.Tags)
	places := map[crm.ContactID]place{}
	byTag := !deps.CRM.Features().TagsOnRead
	_, err = deps.CRM.EachContact(ctx, func(contact crm.Contact) error {
		seen := see(contact, own, index)
		member, ok := roster.ByKey(address.Key(contact.Email))
		switch {
		case ok:
			report.Add(1, 0)
			if byTag {
				places[contact.ID] = placeOf(member, len(back.Members[member]))
			}
			if own := roster.Members[member].CustomerID; seen.UserID == own {
				seen.UserID = own
			}
			back.Members[member] = append(back.Members[member], seen)
		case seen.UserID != "":
			seen.Email = contact.Email
			back.Orphans = append(back.Orphans, seen)
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
	return back, back.readTags(ctx, deps, roster, places, report)
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

func see(contact crm.Contact, own fieldIDs, index map[string]uint32) Seen {
	seen := Seen{ID: crm.ContactID(strings.Clone(string(contact.ID))), State: contact.State, UserID: strings.Clone(contact.Fields[own.user]),
		FieldsKnown: contact.FieldsKnown, TagsKnown: contact.TagsKnown}
	for _, tag := range contact.Tags {
		seen.add(tag.Name, index)
	}
	return seen
}

func (s *Seen) add(name string, index map[string]uint32) {
	if i, ours := index[name]; ours {
		s.Tags = append(s.Tags, i)
	} else {
		s.Other = append(s.Other, strings.Clone(name))
	}
}

// readTags reads who has each of our tags, where the pages of contacts carry none. Everybody's tags are known once every tag has been read to its end.
func (b *ReadBack) readTags(ctx context.Context, deps Deps, roster *Roster, places map[crm.ContactID]place, report job.Reporter) error {
	existing, err := tagsByName(ctx, deps.CRM)
	if err != nil {
		return err
	}
	report.Phase("Reading who has which tag", int64(len(roster.Tags)))
	for i, name := range roster.Tags {
		if tag, there := existing[name]; there {
			_, err := deps.CRM.EachTagged(ctx, tag, func(target crm.Target) error {
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
		back, err := readBack(ctx, deps, p.roster, report)
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

func missingTags(wanted, has []uint32) []uint32 {
	var missing []uint32
	for _, tag := range wanted {
		found := false
		for _, other := range has {
			found = found || other == tag
		}
		if !found {
			missing = append(missing, tag)
		}
	}
	return missing
}
