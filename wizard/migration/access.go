package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wp"
)

// OfferingsFile is where the site's offerings are kept, when something could read them.
const OfferingsFile = "offerings.json"

// Offerings are the site's offerings, or nil when nobody could read them: then tag sets are compared instead.
type Offerings struct {
	Offerings []wp.Offering `json:"offerings"`
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
	return doing("write "+OfferingsFile, writeJSON(folder, OfferingsFile, Offerings{offerings}))
}

// Access compares what members could open before with what they can open now. Nothing unknown is counted as kept.
type Access struct {
	Kept      int `json:"kept"`
	Lost      int `json:"lost"`
	Gained    int `json:"gained"`
	Undecided int `json:"undecided"`
	// Pages is how many protected pages were compared, 0 when whole tag sets were.
	Pages int `json:"pages"`
	// Nobody says that there were no tags to compare at all.
	Nobody bool `json:"nobody,omitempty"`
}

// Sentence is the verdict.
func (a Access) Sentence() string {
	what := "all their tags"
	if a.Pages > 0 {
		what = fmt.Sprintf("access to all %d protected pages", a.Pages)
	}
	who := fmt.Sprintf("All %d members keep", a.Kept)
	if a.Lost+a.Undecided > 0 {
		who = fmt.Sprintf("%d of %d members keep", a.Kept, a.Kept+a.Lost+a.Undecided)
	}
	if a.Nobody {
		return "Nobody's tags are known, so nothing can be said about access."
	}
	return fmt.Sprintf("%s %s. Lost %d. Gained %d. Not decidable %d.", who, what, a.Lost, a.Gained, a.Undecided)
}

func (a *Access) finish(offerings *Offerings) {
	if offerings == nil {
		return
	}
	for _, offering := range offerings.Offerings {
		a.Pages += len(offering.Pages)
	}
}

var accessHeading = []string{"verdict", "ID", "user_email", "lost", "gained", "note"}

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
		p.access = append(p.access, []string{"not decidable", m.UserID(), m.Email, "", "", "not in the tag file"})
		return
	}
	if len(contacts) != 1 || !contacts[0].TagsKnown {
		p.undecided(access, m, contacts)
		return
	}
	lost, gained := p.difference(m, contacts[0])
	if len(lost) == 0 {
		access.Kept++
	} else {
		access.Lost++
	}
	if len(gained) > 0 {
		access.Gained++
	}
	if len(lost)+len(gained) > 0 {
		p.access = append(p.access, []string{verdict(lost, gained), m.UserID(), m.Email, strings.Join(lost, "|"), strings.Join(gained, "|"), ""})
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
		p.access = append(p.access, []string{"lost", m.UserID(), m.Email, strings.Join(p.tagNames(m.Tags), "|"), "", "no contact in the CRM"})
		return
	}
	access.Undecided++
	note := "the CRM did not show the tags"
	if len(contacts) > 1 {
		note = "several contacts have this address"
	}
	p.access = append(p.access, []string{"not decidable", m.UserID(), m.Email, "", "", note})
}

func (p *prover) tagNames(tags []uint32) []string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = p.roster.Tags[tag]
	}
	return names
}

// difference says what the member loses and gains: pages where the offerings are known, else tags.
func (p *prover) difference(m *Member, contact Seen) (lost, gained []string) {
	before, after := map[string]bool{}, map[string]bool{}
	for _, name := range p.tagNames(m.Tags) {
		before[name] = true
	}
	for _, name := range append(p.tagNames(contact.Tags), contact.Other...) {
		after[name] = true
	}
	if p.offerings == nil {
		return tagDifference(m.Tags, contact.Tags, p)
	}
	for _, offering := range p.offerings.Offerings {
		for _, page := range offering.Pages {
			had := offering.Opens(page, func(tag string) bool { return before[tag] })
			has := offering.Opens(page, func(tag string) bool { return after[tag] })
			if had && !has {
				lost = append(lost, page.Title)
			}
			if has && !had {
				gained = append(gained, page.Title)
			}
		}
	}
	return lost, gained
}

func tagDifference(before, after []uint32, p *prover) (lost, gained []string) {
	return p.tagNames(missingTags(before, after)), p.tagNames(missingTags(after, before))
}
