package migration

import (
	"strconv"

	"allyswitch/wizard/words"
)

// Sign says in one character how a member of the site and the contacts of the CRM fit together.
type Sign byte

// The signs.
const (
	SignSame     Sign = '=' // exactly one contact, and it shows this member's user ID
	SignSiteOnly Sign = '+' // no contact has the member's address
	SignCRMOnly  Sign = '-' // a contact with a user ID, but no member
	SignDiffers  Sign = '*' // one contact, but something on it is not this member's
	SignUnclear  Sign = '!' // several contacts, or something could not be read
)

// Links counts members by sign.
type Links struct {
	Same     int `json:"same"`
	SiteOnly int `json:"site_only"`
	Differs  int `json:"differs"`
	Unclear  int `json:"unclear"`
	Orphans  int `json:"orphans"`
	// Others are contacts that have nothing to do with the members.
	Others int `json:"others"`
}

// Linked is how many members have exactly one contact that shows their user ID.
func (l Links) Linked() int { return l.Same }

// Unlinked is how many have not.
func (l Links) Unlinked() int { return l.SiteOnly + l.Differs + l.Unclear }

// Sentence says it in one sentence.
func (l Links) Sentence() string {
	total := l.Linked() + l.Unlinked()
	if l.Unlinked() == 0 {
		return words.Say("All %d members have exactly one contact in the CRM, and each contact shows the right user ID.", total)
	}
	return words.Say("%d of %d members are certain. %d {has|have} no contact, %d {has|have} a contact that differs, %d could not be told.",
		l.Linked(), total, l.SiteOnly, l.Differs, l.Unclear)
}

var linkHeading = []string{"sign", "ID", "user_email", "old_contact_id", "new_contact_id", "contact_page", "note"}

func (p *prover) linkMember(links *Links, i int, contacts []Seen) {
	m := &p.roster.Members[i]
	sign, note := signOf(m, contacts)
	switch sign {
	case SignSame:
		links.Same++
	case SignSiteOnly:
		links.SiteOnly++
	case SignDiffers:
		links.Differs++
	case SignUnclear:
		links.Unclear++
	}
	id, page := "", ""
	if sign == SignSame || sign == SignDiffers {
		id, page = string(contacts[0].ID), p.deps.CRM.ContactURL(contacts[0].ID)
	}
	p.link([]string{string(sign), m.UserID(), m.Email, "", id, page, note})
}

// link passes a row on, and keeps it when it is not certain: of half a million, almost all are.
func (p *prover) link(row []string) {
	_ = p.linkRow(row) // an error stays with the writer
	if row[0] != string(SignSame) {
		p.links = append(p.links, row)
	}
}

// signOf compares a member with the contacts that have their address.
func signOf(m *Member, contacts []Seen) (Sign, string) {
	if len(contacts) == 0 {
		return SignSiteOnly, "no contact has this address"
	}
	if len(contacts) > 1 {
		return SignUnclear, strconv.Itoa(len(contacts)) + " contacts have this address: merge them first"
	}
	contact := contacts[0]
	switch {
	case !contact.FieldsKnown:
		return SignUnclear, "the CRM did not show the contact's custom fields"
	case contact.UserID == "":
		return SignDiffers, "the contact shows no user ID"
	case contact.UserID != m.UserID():
		return SignDiffers, "the contact shows user ID " + contact.UserID
	}
	return SignSame, ""
}
