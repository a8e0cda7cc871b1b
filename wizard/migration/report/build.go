package report

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"allyswitch/wizard/migration"
)

// report puts together what there is to say.
func (f *facts) report() *Report {
	made := &Report{Made: f.made, Tool: f.options.Tool, Demo: f.state.Demo, Doubts: f.allDoubts(), Facts: f.what(), known: f.known()}
	made.Verdict = f.verdict(len(made.Doubts) > 0)
	made.Key = f.key(len(made.Doubts) > 0)
	proven := []Section{f.access(), f.members(), f.links(), f.tags(), f.planned(), f.starts(), f.canarySection(), f.changes(), f.subscriptions(), f.beside()}
	told := []Section{f.traffic(), f.rejected(), f.happened(), f.watches(), f.left(), f.undo()}
	for _, section := range slices.Concat(proven, f.byHand(), told) {
		if section.ID != "" {
			made.Sections = append(made.Sections, section)
		}
	}
	made.Evidence = Evidence{Program: program, Format: format, Tool: f.options.Tool, Made: f.made.UTC(),
		Journal: Place{f.history.lines, f.history.hash}, Files: f.files.hashes, Figures: f.figures()}
	made.Sections = append(made.Sections, made.restsOn())
	return made
}

func (f *facts) allDoubts() []string {
	if f.history.takenBack() {
		return nil
	}
	return slices.Concat(f.stale(), f.drifted(), f.doubts())
}

// undoneVerdict is the verdict of an undo, which reads everybody back at its end.
func (f *facts) undoneVerdict() Verdict {
	verdict := Verdict{Good, "Taken back", f.history.undone.sentence, fmt.Sprintf("Undo ended on %s: journal line %d.", moment(f.history.undone.at), f.history.undone.seq)}
	if f.files.stays.total > 0 {
		verdict.Tone, verdict.Word = Unknown, "Taken back, with exceptions"
	}
	return verdict
}

// verdict is the one sentence. Only a read-back that is complete, that nothing has changed since, and that lost and gained nothing is good.
func (f *facts) verdict(doubtful bool) Verdict {
	if f.history.takenBack() {
		return f.undoneVerdict()
	}
	if f.history.proof == nil {
		return Verdict{Unknown, "Not proven", "Nothing has been proven yet: nobody has been read back from the CRM, so nothing can be said about access.", ""}
	}
	proof, access := f.history.proof.proof, f.history.proof.proof.Access
	verdict := Verdict{Good, "Proven", access.Sentence() + f.linksUnread(), f.proofSource()}
	switch {
	case doubtful:
		verdict.Tone, verdict.Word = Unknown, "Was so, but has to be looked at again"
	case access.Lost > 0:
		verdict.Tone, verdict.Word = Bad, "Members lose access"
	case access.Gained > 0:
		verdict.Tone, verdict.Word = Bad, "Members gain access that they did not have"
	case access.Undecided > 0 || access.Nobody:
		verdict.Tone, verdict.Word = Unknown, "Not everybody can be decided"
	case !proof.Complete():
		verdict.Tone, verdict.Word = Unknown, "Access is kept, but there are gaps"
	}
	return verdict
}

// linksUnread admits, beside what the CRM shows, that nobody has read the contact IDs on the site.
func (f *facts) linksUnread() string {
	if f.linksRead() {
		return ""
	}
	return " Not known: whether the site links every user to their contact."
}

// linksRead says that a step has read the contact IDs of all who are sure on the site: when it set them, or afterwards. What a tool has set for a single person
// says nothing about the others.
func (f *facts) linksRead() bool {
	read := func(id, key string) bool { kept := f.state.Steps[id]; return kept != nil && kept.Notes[key] != "" }
	return read("link-users", "linked") || read("link-users", "site-links") || read("test", "site-links")
}

func (f *facts) proofSource() string {
	if f.history.proof == nil {
		return ""
	}
	return fmt.Sprintf("Everybody was read back on %s: journal line %d.", moment(f.history.proof.proof.At), f.history.proof.seq)
}

// stale is what has changed since the last read-back, so that it may no longer be true.
func (f *facts) stale() []string {
	line := f.history.proof
	if line == nil {
		return nil
	}
	var list []string
	if line.proof.CanariesLost != "" {
		list = append(list, "Some of the made-up members who went ahead lack something in the CRM.")
	}
	if f.history.lastWork > line.seq {
		list = append(list, fmt.Sprintf("Something was done after the last read-back: journal line %d comes after line %d. Read everybody back again.", f.history.lastWork, line.seq))
	}
	if kept := f.state.Steps["edit-csv"]; kept != nil && line.proof.Fingerprint != "" && kept.Notes["fingerprint"] != "" && kept.Notes["fingerprint"] != line.proof.Fingerprint {
		list = append(list, "Members or tags were cleaned or given anew after the last read-back, and differ from it. Read everybody back again.")
	}
	return list
}

// key is never good while there is a doubt.
func (f *facts) key(doubtful bool) []KeyFigure {
	if f.history.proof == nil || f.history.takenBack() {
		return []KeyFigure{{f.files.members, "members to move", Unknown}, {f.files.rejected.total, "rows left behind", toneOf(f.files.rejected.total, Unknown)}}
	}
	access := f.history.proof.proof.Access
	figures := []KeyFigure{
		{access.Kept, "keep their access", Good},
		{access.Lost, "lose access", toneOf(access.Lost, Bad)},
		{access.Gained, "gain access", toneOf(access.Gained, Bad)},
		{access.Undecided, "cannot be decided", toneOf(access.Undecided, Unknown)},
	}
	for i := range figures {
		if doubtful && figures[i].Tone == Good {
			figures[i].Tone = Unknown
		}
	}
	return figures
}

// toneOf is good for zero.
func toneOf(n int, otherwise Tone) Tone {
	if n == 0 {
		return Good
	}
	return otherwise
}

// what was moved where, when, by which version.
func (f *facts) what() []Fact {
	state := f.state
	facts := []Fact{
		{"From", site(orUnknown(strings.TrimSpace(state.Site.Name + " " + state.Site.URL)))},
		{"To", say(cmp.Or(f.options.CRM, state.CRM.Provider, "not chosen yet"))},
		{"Account", site(orUnknown(strings.TrimSpace(cmp.Or(state.CRM.AccountName, state.CRM.Account) + " " + state.CRM.URL)))},
		{"Begun", say(moment(state.Created))},
	}
	if f.history.proof != nil {
		facts = append(facts, Fact{"Last read-back", say(moment(f.history.proof.proof.At))})
	}
	return append(facts, Fact{"This report", say(moment(f.made))}, Fact{"Times are in", say(f.made.Local().Format("MST (UTC-07:00)"))}, Fact{"Made by", say(cmp.Or(f.options.Tool, "allyswitch"))})
}

func orUnknown(text string) string { return cmp.Or(text, "not known") }

// known are the names of site and account, which a redacted report must not show anywhere.
func (f *facts) known() []string {
	names := []string{f.state.Site.Name, f.state.CRM.Account, f.state.CRM.AccountName}
	for _, address := range []string{f.state.Site.URL, f.state.CRM.URL} {
		names = append(names, address)
		if parsed, err := url.Parse(address); err == nil {
			names = append(names, parsed.Host, parsed.Hostname(), strings.TrimPrefix(parsed.Hostname(), "www."))
		}
	}
	if f.plan != nil {
		names = append(names, f.plan.Account, f.plan.AccountName)
	}
	return names
}

// restsOn is the section that shows what every figure rests on.
func (r *Report) restsOn() Section {
	figures := Table{ID: "figures", Caption: "Every figure, and what it rests on", Columns: columns("Figure", "#Value", "Rests on")}
	for _, figure := range r.Evidence.Figures {
		figures.Rows = append(figures.Rows, []Text{say(figure.Words), number(int(figure.Value)), say(figure.RestsOn())})
	}
	hashes := Table{ID: "hashes", Caption: "The files, and the SHA-256 of each", Columns: []Column{{Title: "File"}, {Title: "SHA-256", Wide: true}}}
	for _, name := range sortedNames(r.Evidence.Files) {
		hashes.Rows = append(hashes.Rows, []Text{say(name), say(r.Evidence.Files[name])})
	}
	end := "There is no journal yet."
	if r.Evidence.Journal.Lines > 0 {
		end = fmt.Sprintf("When this report was made, journal.jsonl had %s. The hash of the last one is %s.", count(int(r.Evidence.Journal.Lines), "line", "lines"), r.Evidence.Journal.Hash)
	}
	return Section{ID: "evidence", Title: "What this rests on", Words: []string{
		"Each line of the journal carries the hash of the line before it. So nobody can change a line and leave the rest as it is. " + end,
		"Each row about a member who loses, gains or cannot be decided names the read-back that it was taken from, the contact that was read, and the journal line in which the member was sent. The read-back's own line holds the SHA-256 of these lists.",
		"To check this report against its journal, without a network: allyswitch verify report.html. It makes every figure again from the lines and files below.",
		"That shows whether somebody changed a line, a file or a figure afterwards. It does not show that what the CRM answered was true.",
	}, Tables: []Table{figures, hashes}}
}

// cut says where the rest of a list is, nothing when all of it is shown.
func cut(shownRows, total int, file string) string {
	if shownRows >= total {
		return ""
	}
	return fmt.Sprintf("The first %s of %s are shown. All of them are in %s.", grouped(shownRows), grouped(total), file)
}

// line is the line of the journal that a row says it rests on, or else the one that names its member last.
func (f *facts) line(row record) Text {
	if line, err := strconv.Atoi(row.cell(columnLine)); err == nil {
		return number(line)
	}
	var id int64
	if _, err := fmt.Sscan(row.cell("ID"), &id); err != nil || f.history.members[id] == 0 {
		return say("none")
	}
	return number(int(f.history.members[id]))
}

// rowsOf makes the rows of a table from a list.
func rowsOf(from list, row func(record) []Text) [][]Text {
	rows := make([][]Text, 0, len(from.rows))
	for _, each := range from.rows {
		rows = append(rows, row(each))
	}
	return rows
}

// manyTags writes the tags or pages of a cell, which are divided by bars, one behind the other.
func manyTags(cell string) Text { return outside(strings.ReplaceAll(cell, "|", ", ")) }

// signWords say what the signs of the links mean.
var signWords = []struct {
	sign  migration.Sign
	words string
}{
	{migration.SignSame, "exactly one contact, which shows this member's user ID"},
	{migration.SignSiteOnly, "only on the site: no contact has this address"},
	{migration.SignCRMOnly, "only in the CRM: a contact with a user ID, but no member"},
	{migration.SignDiffers, "one contact, but something on it is not this member's"},
	{migration.SignUnclear, "could not be told"},
}
