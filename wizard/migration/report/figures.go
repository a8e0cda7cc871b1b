package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"allyswitch/wizard/migration"
)

// proofWords are the figures of a read-back in words, in the order in which they are told.
var proofWords = []struct{ name, words string }{
	{"members", "Members who move"},
	{"found", "Members with a contact in the CRM"},
	{"missing", "Members without a contact"},
	{"left", "Members who were left out on purpose"},
	{"created", "Contacts made"},
	{"updated", "Contacts that got something they lacked"},
	{"unchanged", "Contacts that had everything already"},
	{"pairs_expected", "Tags on members that there should be"},
	{"pairs_proven", "Tags on members that were seen"},
	{"pairs_missing", "Tags on members that are missing"},
	{"pairs_unknown", "Tags on members that could not be told"},
	{"gaps", "Members with a gap"},
	{"access.kept", "Members who keep their access"},
	{"access.lost", "Members who lose access"},
	{"access.gained", "Members who gain access"},
	{"access.undecided", "Members whose access cannot be decided"},
	{"access.pages", "Protected pages that were compared"},
	{"access.offerings", "Offerings that were compared as a whole"},
	{"access.unread", "Offerings that could not be read in full"},
	{"links.same", "Members with exactly one contact that shows their user ID"},
	{"links.site_only", "Members only on the site"},
	{"links.differs", "Members whose contact differs"},
	{"links.unclear", "Members whose contact could not be told"},
	{"links.orphans", "Contacts with a user ID, but without a member"},
	{"links.others", "Other contacts in the account"},
	{"canaries", "Made-up members who went ahead"},
}

// figures are all numbers of the report that rest on the journal or on a file. Made again from the same lines and files, they are the same.
func (f *facts) figures() []Figure {
	list := proofFigures(f.history.proof)
	list = append(list, f.history.figures()...)
	list = append(list, f.history.deltaFigures()...)
	list = append(list, f.history.orderFigures()...)
	list = append(list, f.history.aside.figures()...)
	return append(append(list, f.files.figures()...), f.files.byHandFigures()...)
}

// proofFigures takes every number of the read-back: those that are known in the words above, any other one under its own name.
func proofFigures(line *proofLine) []Figure {
	if line == nil {
		return nil
	}
	numbers := flatten(line.raw)
	var list []Figure
	for _, known := range proofWords {
		if value, there := numbers[known.name]; there {
			list = append(list, Figure{Name: known.name, Words: known.words, Value: value, Line: line.seq})
			delete(numbers, known.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		list = append(list, Figure{Name: name, Words: visible(name), Value: numbers[name], Line: line.seq})
	}
	return list
}

// flatten gives the whole numbers of a JSON object, those of objects in it under "outer.inner".
func flatten(raw json.RawMessage) map[string]int64 {
	numbers := map[string]int64{}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return numbers
	}
	for name, value := range object {
		var number int64
		if json.Unmarshal(value, &number) == nil && string(value) != "null" {
			numbers[name] = number
			continue
		}
		for inner, number := range flatten(value) {
			numbers[name+"."+inner] = number
		}
	}
	return numbers
}

// figures count over all lines that were read.
func (h *history) figures() []Figure {
	all := 0
	for _, n := range h.sent {
		all += n
	}
	return []Figure{
		{Name: "journal.proofs", Words: "Times that everybody was read back", Value: int64(h.proofs)},
		{Name: "journal.fields", Words: "Custom fields made", Value: int64(len(h.made[migration.OpField]))},
		{Name: "journal.tags", Words: "Tags made", Value: int64(len(h.made[migration.OpTagName]))},
		{Name: "journal.answers", Words: "Answers of the CRM about a member", Value: int64(all)},
		{Name: "journal.refused", Words: "Answers that refused a member", Value: int64(h.sent['f'])},
		{Name: "journal.tagged", Words: "Tags put on members by themselves", Value: int64(h.tagged)},
	}
}

// figures count the rows of the files.
func (f *fileFacts) figures() []Figure {
	var list []Figure
	add := func(file, name, words string, value int) {
		if _, read := f.hashes[file]; read {
			list = append(list, Figure{Name: name, Words: words, Value: int64(value), File: file})
		}
	}
	add(migration.MembersFile, "files.members", "Rows in members.csv", f.members)
	add(migration.RejectedFile, "files.rejected", "Rows in rejected.csv", f.rejected.total)
	add(migration.TagsFile, "files.pairs", "Tags on members in member-tags.csv", f.pairs)
	add(migration.FailedFile, "files.failed", "Rows in failed.csv", f.failed.total)
	add(migration.UndoLeftFile, "files.stays", "Rows in undo-left.csv", f.stays.total)
	add(migration.GapsFile, "files.gaps", "Rows in gaps.csv", f.gaps.total)
	add(migration.DeltaListFile, "files.delta", "Rows in delta.csv", f.delta.total)
	for _, verdict := range slices.Sorted(maps.Keys(f.access.by)) {
		add(migration.AccessFile, "files.access."+visible(verdict), fmt.Sprintf("Rows in access.csv that say “%s”", visible(verdict)), f.access.by[verdict])
	}
	for _, sign := range slices.Sorted(maps.Keys(f.links.by)) {
		add(migration.ContactIDsFile, "files.links."+visible(sign), fmt.Sprintf("Rows in contact-ids.csv with the sign %s", visible(sign)), f.links.by[sign])
	}
	return list
}

// doubts are figures that do not fit each other: a file that is not the one that the read-back left. A report that has any says so on top.
func (f *facts) doubts() []string {
	line := f.history.proof
	if line == nil {
		return nil
	}
	var list []string
	compare := func(file, what string, counted, told int) {
		if _, read := f.files.hashes[file]; read && counted != told {
			list = append(list, fmt.Sprintf("%s shows %d %s, but the read-back in journal line %d found %d.", file, counted, what, line.seq, told))
		}
	}
	proof, access, links := line.proof, f.files.access.by, f.files.links.by
	compare(migration.MembersFile, "members", f.files.members, proof.Members)
	compare(migration.TagsFile, "tags on members", f.files.pairs, proof.PairsExpected)
	compare(migration.GapsFile, "members with a gap", f.files.gaps.total, proof.Gaps)
	compare(migration.AccessFile, "members who lose access", access["lost"]+access["lost and gained"], proof.Access.Lost)
	compare(migration.AccessFile, "members who gain access", access["gained"]+access["lost and gained"], proof.Access.Gained)
	if !proof.Access.Nobody {
		compare(migration.AccessFile, "members whose access cannot be decided", access["not decidable"], proof.Access.Undecided)
	}
	compare(migration.ContactIDsFile, "members with the sign =", links[string(migration.SignSame)], proof.Links.Same)
	compare(migration.ContactIDsFile, "members with the sign +", links[string(migration.SignSiteOnly)], proof.Links.SiteOnly)
	compare(migration.ContactIDsFile, "members with the sign *", links[string(migration.SignDiffers)], proof.Links.Differs)
	compare(migration.ContactIDsFile, "members with the sign !", links[string(migration.SignUnclear)], proof.Links.Unclear)
	for _, text := range f.history.lists(f.files.hashes) {
		name, _, _ := strings.Cut(text, " ")
		if !slices.ContainsFunc(list, func(doubt string) bool { return strings.HasPrefix(doubt, name) }) {
			list = append(list, text)
		}
	}
	if f.proof != nil && f.proof.Sentence() != proof.Sentence() {
		list = append(list, fmt.Sprintf("proof.json does not say what journal line %d says.", line.seq))
	}
	return list
}
