package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/words"
	"allyswitch/wp"
)

// OfferingsFile is where the site's offerings are kept, when something could read them.
const OfferingsFile = "offerings.json"

// Offerings are the site's offerings, or nil when nobody could read them: then tag sets are compared instead.
type Offerings struct {
	Offerings []wp.Offering `json:"offerings"`
	// Unread are the names of offerings that could not be read in full: what opens them is not known, so that tags which no other offering names are compared
	// one by one.
	Unread []string `json:"unread,omitempty"`
}

// LoadOfferings reads offerings.json; nil without an error when there is none.
func LoadOfferings(folder *checkpoint.Folder) (*Offerings, error) {
	var offerings Offerings
	err := readJSON(folder, OfferingsFile, &offerings)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &offerings, doing("read "+OfferingsFile, err)
}

// SaveOfferings keeps what was read from the site.
func SaveOfferings(folder *checkpoint.Folder, offerings []wp.Offering) error {
	return saveOfferings(folder, Offerings{Offerings: offerings})
}

func saveOfferings(folder *checkpoint.Folder, offerings Offerings) error {
	return doing("write "+OfferingsFile, writeJSON(folder, OfferingsFile, offerings))
}

// Access compares what members could open before with what they can open now. Nothing unknown is counted as kept.
type Access struct {
	Kept      int `json:"kept"`
	Lost      int `json:"lost"`
	Gained    int `json:"gained"`
	Undecided int `json:"undecided"`
	// Hidden are those of the undecided whose contact is not active, at a CRM that may hide it from AccessAlly then.
	Hidden int `json:"hidden,omitempty"`
	// Pages is how many protected pages were compared, 0 when whole tag sets were.
	Pages int `json:"pages"`
	// Offerings is how many offerings were compared as a whole, because the site names none of their pages; Unread how many could not be read in full.
	Offerings int `json:"offerings,omitempty"`
	Unread    int `json:"unread,omitempty"`
	// Nobody says that there were no tags to compare at all.
	Nobody bool `json:"nobody,omitempty"`
}

// Sentence is the verdict.
func (a Access) Sentence() string {
	what := a.what()
	who := words.Say("All %d members keep", a.Kept)
	if a.Lost+a.Undecided > 0 {
		who = words.Say("%d of %d members keep", a.Kept, a.Kept+a.Lost+a.Undecided)
	}
	if a.Nobody {
		return "Nobody's tags are known, so nothing can be said about access."
	}
	return words.Say("%s %s. Lost %d. Gained %d. Not decidable %d.", who, what, a.Lost, a.Gained, a.Undecided)
}

// what says what was compared.
func (a Access) what() string {
	var parts []string
	if a.Pages > 0 {
		parts = append(parts, words.Say("access to all %d protected pages", a.Pages))
	}
	if a.Offerings > 0 {
		parts = append(parts, fmt.Sprintf("all %d offerings", a.Offerings))
	}
	if a.Unread > 0 {
		parts = append(parts, "all their other tags")
	}
	switch len(parts) {
	case 0:
		return "all their tags"
	case 1:
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

func (a *Access) finish(offerings *Offerings) {
	if offerings == nil {
		return
	}
	a.Unread = len(offerings.Unread)
	for _, offering := range offerings.Offerings {
		a.Pages += len(offering.Pages)
		if len(offering.Pages) == 0 {
			a.Offerings++
		}
	}
}

var accessHeading = append([]string{"verdict", "ID", "user_email", "lost", "gained", "note"}, tracing...)

// change lists a member whose access is not simply kept, with what that rests on.
func (p *prover) change(verdict string, m *Member, lost, gained []string, note string, contacts []Seen) {
	contact := crm.ContactID("")
	if len(contacts) > 0 {
		contact = p.linked(m.ID, contacts).ID
	}
	row := []string{verdict, m.UserID(), m.Email, strings.Join(lost, "|"), strings.Join(gained, "|"), note}
	p.access = append(p.access, append(row, p.restsOn(m, contact)...))
}

// accessMember compares one member before and after. A member may lose one thing and gain another: then both are counted.
func (p *prover) accessMember(access *Access, i int, contacts []Seen) {
	m := &p.roster.Members[i]
	if !p.roster.TagsRead {
		access.Undecided++
		access.Nobody = true
		return
	}
	if !m.TagsKnown {
		access.Undecided++
		p.change("not decidable", m, nil, nil, notInTagFile, contacts)
		return
	}
	if len(contacts) != 1 || !contacts[0].TagsKnown {
		p.undecided(access, m, contacts)
		return
	}
	lost, gained := p.difference(m, contacts[0])
	if len(lost) == 0 && contacts[0].Hidden && len(m.Tags) > 0 {
		access.Undecided++
		access.Hidden++
		p.change("not decidable", m, nil, gained, "not active in the CRM: AccessAlly may not see the tags of this contact", contacts)
		return
	}
	if len(lost) == 0 {
		access.Kept++
	} else {
		access.Lost++
	}
	if len(gained) > 0 {
		access.Gained++
	}
	if len(lost)+len(gained) > 0 {
		p.change(verdict(lost, gained), m, lost, gained, "", contacts)
	}
}

func verdict(lost, gained []string) string {
	switch {
	case len(lost) > 0 && len(gained) > 0:
		return "lost and gained"
	case len(lost) > 0:
		return "lost"
	}
	return "gained"
}

// undecided is for members of whom the CRM does not show one certain set of tags. Somebody without a contact who had tags loses what they opened.
func (p *prover) undecided(access *Access, m *Member, contacts []Seen) {
	if len(contacts) == 0 {
		if len(m.Tags) == 0 {
			access.Kept++
			return
		}
		access.Lost++
		p.change("lost", m, p.tagNames(m.Tags), nil, "no contact in the CRM", nil)
		return
	}
	access.Undecided++
	note := "the CRM did not show the tags"
	if len(contacts) > 1 {
		note = "several contacts have this address"
	}
	p.change("not decidable", m, nil, nil, note, contacts)
}

func (p *prover) tagNames(tags []uint32) []string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = p.names[tag]
	}
	return names
}

// pageRule says by their numbers which tags open a protected page; noTag stands where there is none.
type pageRule struct {
	title                   string
	opener, instant, revoke int32
}

const noTag = -1

// rules puts the offerings into numbers, so that half a million members can be compared with hundreds of pages. Tags that no member has get numbers of their own
// behind those of the roster: one of them on a contact may open a page, or shut it.
func (p *prover) rules() {
	p.names = p.roster.Tags
	if p.offerings == nil {
		return
	}
	p.names = slices.Clone(p.names)
	index := tagIndex(p.names)
	number := func(name string) int32 {
		if name == "" {
			return noTag
		}
		if _, known := index[name]; !known {
			index[name] = uint32(len(p.names))
			p.names = append(p.names, name)
		}
		return int32(index[name])
	}
	for _, offering := range p.offerings.Offerings {
		for _, part := range partsOf(offering) {
			p.pages = append(p.pages, pageRule{part.title, number(part.opener), number(offering.Instant), number(offering.Revoke)})
		}
	}
	p.before, p.after, p.named = make(bits, len(p.names)/64+1), make(bits, len(p.names)/64+1), make(bits, len(p.names)/64+1)
	for _, page := range p.pages {
		p.named.add(page.opener, page.instant, page.revoke)
	}
}

// offeringPart is a page of an offering, or what stands for it where the site names no pages: the offering itself, and each of its modules.
type offeringPart struct{ title, opener string }

func partsOf(offering wp.Offering) []offeringPart {
	var parts []offeringPart
	for _, page := range offering.Pages {
		parts = append(parts, offeringPart{page.Title, offering.Opener(page.Module)})
	}
	if len(parts) > 0 {
		return parts
	}
	parts = append(parts, offeringPart{offering.Name, offering.Base})
	for _, module := range slices.Sorted(maps.Keys(offering.Modules)) {
		parts = append(parts, offeringPart{offering.Name + ", module " + module, offering.Opener(module)})
	}
	return parts
}

// bits are a set of numbers.
type bits []uint64

func (b bits) fill(numbers []uint32) {
	clear(b)
	for _, n := range numbers {
		b[n/64] |= 1 << (n % 64)
	}
}

func (b bits) add(numbers ...int32) {
	for _, n := range numbers {
		if n != noTag {
			b[n/64] |= 1 << (n % 64)
		}
	}
}

func (b bits) has(n int32) bool { return n != noTag && b[n/64]&(1<<(n%64)) != 0 }

// open is wp.Offering.Opens in numbers.
func (b bits) open(page pageRule) bool {
	return !b.has(page.revoke) && (b.has(page.instant) || b.has(page.opener))
}

// difference says what the member loses and gains: pages where the offerings are known, else tags. Who has the same tags as before loses and gains nothing.
func (p *prover) difference(m *Member, contact Seen) (lost, gained []string) {
	if sameTags(m.Tags, contact.Tags) {
		return nil, nil
	}
	if p.offerings == nil {
		return p.tagNames(missingTags(m.Tags, contact.Tags)), p.tagNames(missingTags(contact.Tags, m.Tags))
	}
	p.before.fill(m.Tags)
	p.after.fill(contact.Tags)
	for _, page := range p.pages {
		had, has := p.before.open(page), p.after.open(page)
		if had && !has {
			lost = append(lost, page.title)
		}
		if has && !had {
			gained = append(gained, page.title)
		}
	}
	if len(p.offerings.Unread) > 0 {
		lost = append(lost, p.otherTags(missingTags(m.Tags, contact.Tags))...)
		gained = append(gained, p.otherTags(missingTags(contact.Tags, m.Tags))...)
	}
	return lost, gained
}

// otherTags are those that no offering names which could be read: one that could not be read may hang on them.
func (p *prover) otherTags(tags []uint32) []string {
	var names []string
	for _, tag := range tags {
		if !p.named.has(int32(tag)) {
			names = append(names, "the tag "+p.names[tag])
		}
	}
	return names
}
