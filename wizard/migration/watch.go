package migration

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// OpWatch is a look at everybody after the migration, in the journal.
const OpWatch = "watch"

// Watched is what is different now from what the last proof has shown.
type Watched struct {
	At time.Time `json:"at"`
	// Proven is when that proof was made.
	Proven  time.Time `json:"proven"`
	Members int       `json:"members"`
	// Lost members can open less than then, Gained more; Missing have no contact any more; Twice have several contacts now; Unlinked show another user ID.
	Lost     []string `json:"lost,omitempty"`
	Gained   []string `json:"gained,omitempty"`
	Missing  []string `json:"missing,omitempty"`
	Twice    []string `json:"twice,omitempty"`
	Unlinked []string `json:"unlinked,omitempty"`
	// Undecided are members whose tags could not be told now, though they could then.
	Undecided []string `json:"undecided,omitempty"`
	// Proof is the read-back itself.
	Proof *Proof `json:"-"`
}

// Any says that something has drifted.
func (d *Watched) Any() bool {
	return len(d.Lost)+len(d.Gained)+len(d.Missing)+len(d.Twice)+len(d.Unlinked)+len(d.Undecided) > 0
}

// Sentences say what has drifted, one a line, with the first members by address.
func (d *Watched) Sentences() []string {
	if !d.Any() {
		return []string{fmt.Sprintf("Nothing has changed since the proof of %s: %d members.", d.Proven.Local().Format("2 January 2006, 15:04"), d.Members)}
	}
	var sentences []string
	for _, one := range []struct {
		members   []string
		one, more string
	}{
		{d.Missing, "1 member has no contact any more", "%d members have no contact any more"},
		{d.Lost, "1 member has lost access", "%d members have lost access"},
		{d.Gained, "1 member can open more than before: a purchase, or a tag that was put on by hand", "%d members can open more than before: purchases, or tags that were put on by hand"},
		{d.Twice, "1 member has several contacts now: merge them, or nobody knows which one counts", "%d members have several contacts now: merge them, or nobody knows which one counts"},
		{d.Unlinked, "1 contact does not show its member's user ID any more", "%d contacts do not show their member's user ID any more"},
		{d.Undecided, "1 member: nobody can tell what they can open", "%d members: nobody can tell what they can open"},
	} {
		if len(one.members) == 0 {
			continue
		}
		text := one.one
		if len(one.members) > 1 {
			text = fmt.Sprintf(one.more, len(one.members))
		}
		sentences = append(sentences, text+" ("+some(one.members)+").")
	}
	return sentences
}

// some names the first few.
func some(members []string) string {
	const few = 3
	if len(members) <= few {
		return strings.Join(members, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(members[:few], ", "), len(members)-few)
}

// Watch reads everybody back and compares with what the last proof has shown. It changes nothing in the CRM, and leaves that proof and its lists as they
// are.
func Watch(ctx context.Context, deps Deps, report job.Reporter) (*Watched, error) {
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	before, err := readStandings(deps.Folder)
	if err != nil {
		return nil, err
	}
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	if _, err := checkAccount(ctx, deps); err != nil {
		return nil, err
	}
	prover, err := newProver(deps, roster, func() (*ledger, error) { return readLedger(deps.Folder) })
	if err != nil {
		return nil, err
	}
	back, err := prover.readBackLate(ctx, report)
	if err != nil {
		return nil, err
	}
	watched := &Watched{At: time.Now().UTC(), Proven: before.at, Members: roster.Len(), Proof: prover.compare(back)}
	watched.compare(before, prover.standings())
	return watched, deps.note(checkpoint.Note, OpWatch, "", watched)
}

// standings is how members stand in a read-back, as far as they do not stand well: by user ID.
type standings struct {
	at     time.Time
	emails map[string]string
	gaps   map[string]string
	links  map[string]string
	access map[string][3]string
}

// standings are those of the read-back that was just compared.
func (p *prover) standings() standings {
	return standingsOf(p.gaps, p.links, p.access)
}

func standingsOf(gaps, links, access [][]string) standings {
	s := standings{emails: map[string]string{}, gaps: map[string]string{}, links: map[string]string{}, access: map[string][3]string{}}
	for _, row := range gaps {
		s.emails[row[0]], s.gaps[row[0]] = row[1], row[2]
	}
	for _, row := range links {
		if row[0] != string(SignSame) && row[0] != string(SignCRMOnly) {
			s.emails[row[1]], s.links[row[1]] = row[2], row[0]
		}
	}
	for _, row := range access {
		s.emails[row[1]], s.access[row[1]] = row[2], [3]string{row[0], row[3], row[4]}
	}
	return s
}

// readStandings reads the lists that the last proof has left. Without a proof there is nothing to compare with.
func readStandings(folder *checkpoint.Folder) (standings, error) {
	var proof Proof
	if err := readJSON(folder, ProofFile, &proof); err != nil {
		return standings{}, doing("read the last proof", err)
	}
	var lists [3][][]string
	for i, name := range []string{GapsFile, ContactIDsFile, AccessFile} {
		rows, err := readList(folder, name)
		if err != nil {
			return standings{}, err
		}
		lists[i] = rows
	}
	s := standingsOf(lists[0], lists[1], lists[2])
	s.at = proof.At
	return s, nil
}

// readList reads one of our CSV files without its heading, and takes back what keeps spreadsheets from calculating.
func readList(folder *checkpoint.Folder, name string) ([][]string, error) {
	file, err := folder.OpenFile(name)
	if err != nil {
		return nil, doing("read "+name, err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	var rows [][]string
	for heading := true; ; heading = false {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, doing("read "+name, err)
		}
		if heading {
			continue
		}
		for i, cell := range row {
			if bare, guarded := strings.CutPrefix(cell, "'"); guarded && likeFormula(bare) {
				row[i] = bare
			}
		}
		rows = append(rows, row)
	}
}

// compare notes what stands worse, or otherwise, than before.
func (d *Watched) compare(before, now standings) {
	for id, problem := range now.gaps {
		if problem == "no contact" && before.gaps[id] != problem {
			d.Missing = append(d.Missing, now.emails[id])
		}
	}
	for id, sign := range now.links {
		switch {
		case before.links[id] == sign, sign == string(SignSiteOnly):
		case sign == string(SignUnclear):
			d.Twice = append(d.Twice, now.emails[id])
		case sign == string(SignDiffers):
			d.Unlinked = append(d.Unlinked, now.emails[id])
		}
	}
	for id, verdict := range now.access {
		was := before.access[id]
		if verdict[0] == "not decidable" && was[0] != verdict[0] && now.links[id] != string(SignUnclear) {
			d.Undecided = append(d.Undecided, now.emails[id])
		}
		if verdict[1] != was[1] && verdict[1] != "" && now.gaps[id] != "no contact" {
			d.Lost = append(d.Lost, now.emails[id])
		}
		if verdict[2] != was[2] && verdict[2] != "" {
			d.Gained = append(d.Gained, now.emails[id])
		}
	}
	for _, list := range [][]string{d.Lost, d.Gained, d.Missing, d.Twice, d.Unlinked, d.Undecided} {
		slices.Sort(list)
	}
}
