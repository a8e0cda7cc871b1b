package migration

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/words"
)

// Proof is what a read-back of everybody shows about contacts and tags.
type Proof struct {
	At          time.Time `json:"at"`
	Account     string    `json:"account"`
	Fingerprint string    `json:"fingerprint"`
	Members     int       `json:"members"`
	// Found have a contact, Missing have none, Left were left out on purpose (cannot go, or skipped).
	Found   int `json:"found"`
	Missing int `json:"missing"`
	Left    int `json:"left"`
	// Created and Updated were written, Unchanged needed nothing.
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	// Pairs are member-and-tag: how many there should be, are, are not, and could not be told.
	PairsExpected int `json:"pairs_expected"`
	PairsProven   int `json:"pairs_proven"`
	PairsMissing  int `json:"pairs_missing"`
	PairsUnknown  int `json:"pairs_unknown"`
	// TagsUnknown are members of whom nobody has told which tags they have on the site: nothing can be proven of them.
	TagsUnknown int `json:"tags_unknown,omitempty"`
	// Gaps are the members for whom something is missing or unknown. It is zero when everything is proven.
	Gaps int `json:"gaps"`
	// Links and Access are seen in the same read-back.
	Links  Links  `json:"links"`
	Access Access `json:"access"`
	// Canaries is how many made-up members were looked at beside the members; CanariesLost says what some of them lack.
	Canaries     int    `json:"canaries,omitempty"`
	CanariesLost string `json:"canaries_lost,omitempty"`
	// Lists are the SHA-256 of the lists that this read-back has left, by file: each row of them rests on it.
	Lists map[string]string `json:"lists,omitempty"`
}

// Complete says that every member's tags are proven present in the CRM.
func (p Proof) Complete() bool { return p.Gaps == 0 && p.Members > 0 }

// Sentence says it in one sentence.
func (p Proof) Sentence() string {
	if p.Complete() {
		return words.Say("All %d members are in the CRM with all %d of their tags.", p.Members, p.PairsExpected)
	}
	sentence := words.Say("%d of %d members are not proven yet: %d {has|have} no contact, %d {tag is|tags are} missing, %d could not be told.",
		p.Gaps, p.Members, p.Missing+p.Left, p.PairsMissing, p.PairsUnknown)
	if p.TagsUnknown > 0 {
		sentence += words.Say(" Of %d {member|members} nobody knows which tags they have on the site.", p.TagsUnknown)
	}
	return sentence
}

// ProofFile is where the last proof is kept.
const ProofFile = "proof.json"

// Prove reads everybody back and compares. It writes proof.json, gaps.csv, contact-ids.csv and access.csv, and changes nothing in the CRM.
func Prove(ctx context.Context, deps Deps, report job.Reporter) (*Proof, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	sent := begin(func() (*ledger, error) { return readLedger(deps.Folder) })
	defer sent() // the folder may be closed afterwards
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	account, err := checkAccount(ctx, deps)
	if err != nil {
		return nil, err
	}
	prover, err := newProver(deps, roster, sent)
	if err != nil {
		return nil, err
	}
	back, err := prover.readBackLate(ctx, report)
	if err != nil {
		return nil, err
	}
	links, err := createRows(deps.Folder, ContactIDsFile, linkHeading)
	if err != nil {
		return nil, err
	}
	defer links.abort()
	prover.linkRow, prover.at = links.write, time.Now().UTC()
	proof := prover.compare(back)
	if err := links.close(); err != nil {
		return nil, err
	}
	proof.At, proof.Account, proof.Fingerprint = prover.at, account.ID, roster.Fingerprint
	proof.Lists = map[string]string{ContactIDsFile: links.digest()}
	if err := proof.lookAtCanaries(ctx, deps, report); err != nil {
		return nil, err
	}
	return proof, prover.save(proof)
}

// prover holds what the read-back is compared with.
type prover struct {
	deps      Deps
	roster    *Roster
	ledger    *ledger
	offerings *Offerings
	// names are all tags that matter: the roster's, and behind them those that only offerings name. pages are the rules of the offerings in their numbers.
	names         []string
	pages         []pageRule
	before, after bits
	// named are the tags that an offering names which could be read.
	named bits
	left  map[int64]string
	gaps  [][]string
	// links are the members who are not certain, and orphans; linkRow is told of everybody.
	links   [][]string
	linkRow func([]string) error
	access  [][]string
	// at is when everybody was read back: the mark that each row of the lists carries.
	at time.Time
}

// begin does some work in another goroutine, and returns what waits for it.
func begin[T any](work func() (T, error)) (wait func() (T, error)) {
	wait = sync.OnceValues(work)
	go wait()
	return wait
}

func newProver(deps Deps, roster *Roster, sent func() (*ledger, error)) (*prover, error) {
	p := &prover{deps: deps, roster: roster, left: map[int64]string{}, linkRow: func([]string) error { return nil }}
	var err error
	if p.ledger, err = sent(); err != nil {
		return nil, err
	}
	plan, err := LoadPlan(deps.Folder)
	if err != nil {
		return nil, err
	}
	for _, left := range plan.Left {
		p.left[left.Member] = left.Reason
	}
	for id, skipped := range p.ledger.skipped {
		if skipped {
			p.left[id] = "left out by choice"
		}
	}
	p.offerings, err = LoadOfferings(deps.Folder)
	p.rules()
	return p, err
}

// expects says that a member ought to be there.
func (p *prover) expects(member int) bool {
	id := p.roster.Members[member].ID
	return p.left[id] == "" && p.ledger.arrived(&p.roster.Members[member])
}

func (p *prover) compare(back *ReadBack) *Proof {
	proof := &Proof{Members: p.roster.Len()}
	for i := range p.roster.Members {
		contacts := back.of(p.roster, i)
		p.compareMember(proof, i, contacts)
		p.linkMember(&proof.Links, i, contacts)
		p.accessMember(&proof.Access, i, contacts)
	}
	proof.Links.Orphans, proof.Links.Others = len(back.Orphans), back.Others
	for _, orphan := range back.Orphans {
		p.link([]string{string(SignCRMOnly), orphan.UserID, orphan.Email, "", string(orphan.ID),
			p.deps.CRM.ContactURL(orphan.ID), "in the CRM with a user ID, but no member of the site has this address"})
	}
	proof.Access.finish(p.offerings)
	return proof
}

func (p *prover) compareMember(proof *Proof, i int, contacts []Seen) {
	m := &p.roster.Members[i]
	proof.PairsExpected += len(m.Tags)
	if len(contacts) == 0 {
		p.absent(proof, i)
		return
	}
	proof.Found++
	switch written, ok := p.ledger.members[m.ID]; {
	case !ok:
	case written.letter == letterKept:
		proof.Unchanged++
	case !written.known:
		proof.Created++
	default:
		proof.Updated++
	}
	contact := p.linked(m.ID, contacts)
	if !m.TagsKnown {
		proof.TagsUnknown++
		p.gap(proof, i, notInTagFile, nil, contact.ID)
		return
	}
	if !contact.TagsKnown && len(m.Tags) > 0 {
		proof.PairsUnknown += len(m.Tags)
		p.gap(proof, i, "tags unknown", m.Tags, contact.ID)
		return
	}
	missing := missingTags(m.Tags, contact.Tags)
	proof.PairsProven += len(m.Tags) - len(missing)
	proof.PairsMissing += len(missing)
	if len(missing) > 0 {
		p.gap(proof, i, "tags missing", missing, contact.ID)
	}
}

// notInTagFile is the gap of members whose tags on the site are unknown. It is never taken for having none.
const notInTagFile = "tags on the site unknown"

func (p *prover) absent(proof *Proof, i int) {
	m := &p.roster.Members[i]
	proof.PairsMissing += len(m.Tags)
	if why := p.left[m.ID]; why != "" {
		proof.Left++
		p.gap(proof, i, why, m.Tags, "")
		return
	}
	proof.Missing++
	p.gap(proof, i, "no contact", m.Tags, "")
}

// linked is the contact that was written to, where several have the address.
func (p *prover) linked(member int64, contacts []Seen) Seen {
	for _, contact := range contacts {
		if contact.ID == p.ledger.members[member].id && contact.ID != "" {
			return contact
		}
	}
	return contacts[0]
}

func (p *prover) gap(proof *Proof, i int, problem string, tags []uint32, contact crm.ContactID) {
	proof.Gaps++
	m := &p.roster.Members[i]
	p.gaps = append(p.gaps, append([]string{m.UserID(), m.Email, problem, strings.Join(p.tagNames(tags), "|")}, p.restsOn(m, contact)...))
}

// tracing are the columns that say what a row rests on: the contact that the CRM showed, the line of the journal in which the member was last sent, and the
// read-back.
var tracing = []string{"contact_id", "journal_line", "read_back"}

func (p *prover) restsOn(m *Member, contact crm.ContactID) []string {
	line := ""
	if sent, ok := p.ledger.members[m.ID]; ok && sent.seq > 0 {
		line = strconv.FormatInt(sent.seq, 10)
	}
	return []string{string(contact), line, p.at.Format(time.RFC3339Nano)}
}

var gapsHeading = append([]string{"ID", "user_email", "problem", "tags"}, tracing...)

func (p *prover) save(proof *Proof) error {
	folder := p.deps.Folder
	for name, rows := range map[string][][]string{GapsFile: append([][]string{gapsHeading}, p.gaps...), AccessFile: append([][]string{accessHeading}, p.access...)} {
		sum, err := digestRows(folder, name, rows)
		if err != nil {
			return err
		}
		proof.Lists[name] = sum
	}
	if err := writeJSON(folder, ProofFile, proof); err != nil {
		return doing("write "+ProofFile, err)
	}
	return p.deps.note(checkpoint.Note, OpProof, "", proof)
}
