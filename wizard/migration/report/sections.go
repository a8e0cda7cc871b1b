package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

// access is the proof, member by member.
func (f *facts) access() Section {
	section := Section{ID: "access", Title: "Who keeps access, and who does not", Source: f.proofSource()}
	if f.history.proof == nil {
		section.Words = []string{"There is no read-back yet. Until there is one, nobody can say who keeps access."}
		return section
	}
	proof := f.history.proof.proof
	what := "Compared were whole sets of tags, because the site's offerings were not known."
	if proof.Access.Pages > 0 {
		what = fmt.Sprintf("Compared were all %s, by AccessAlly's own rule: a page opens with its instant tag or its module's tag (the base tag where the module has none), and not with its revoke tag.", count(proof.Access.Pages, "protected page", "protected pages"))
	}
	if n := proof.Access.Offerings; n > 0 {
		what += fmt.Sprintf(" %s no pages, and %s compared as a whole by the same rule.", count(n, "offering names", "offerings name"), map[bool]string{true: "was", false: "were"}[n == 1])
	}
	if n := proof.Access.Unread; n > 0 {
		what += fmt.Sprintf(" %s could not be read in full, so that tags which no other offering names were compared one by one.", count(n, "offering", "offerings"))
	}
	section.Words = []string{proof.Sentence(), what, "A member counts as kept only when the CRM showed one contact with certain tags. What could not be read counts as undecided, never as kept."}
	if f.history.takenBack() {
		section.Words = append([]string{"This was so before everything was taken back."}, section.Words...)
	}
	section.Tables = append(section.Tables, f.accessTable(), f.gapsTable())
	return section
}

func (f *facts) accessTable() Table {
	return Table{ID: "changes", Caption: "Members who lose or gain access, or cannot be decided", Columns: columns("Verdict", "#User ID", "Address", "Loses", "Gains", "Why", "Contact", "#Journal line"),
		More: cut(len(f.files.access.rows), f.files.access.total, f.files.access.file),
		Rows: rowsOf(f.files.access, func(row record) []Text {
			return []Text{outside(row.cell("verdict")), outside(row.cell("ID")), person(row.cell("user_email")), manyTags(row.cell("lost")), manyTags(row.cell("gained")), outside(row.cell("note")), outside(row.cell("contact_id")), f.line(row)}
		})}
}

func (f *facts) gapsTable() Table {
	return Table{ID: "gaps", Caption: "Members with a gap: something that should be in the CRM was not seen there", Columns: columns("#User ID", "Address", "Problem", "Tags", "Contact", "#Journal line"),
		More: cut(len(f.files.gaps.rows), f.files.gaps.total, f.files.gaps.file),
		Rows: rowsOf(f.files.gaps, func(row record) []Text {
			return []Text{outside(row.cell("ID")), person(row.cell("user_email")), outside(row.cell("problem")), manyTags(row.cell("tags")), outside(row.cell("contact_id")), f.line(row)}
		})}
}

// members is what became of everybody in the export.
func (f *facts) members() Section {
	parts := f.outcomes()
	table := Table{ID: "outcomes", Caption: "Everybody in the export, by what became of them", Columns: columns("What became of them", "#People", "#Share")}
	total := 0
	for _, part := range parts {
		total += part.Value
	}
	for _, part := range parts {
		table.Rows = append(table.Rows, []Text{say(part.Label), number(part.Value), say(percent(part.Value, total))})
	}
	table.Rows = append(table.Rows, []Text{say("Together"), number(total), say(percent(total, total))})
	section := Section{ID: "members", Title: "What became of everybody", Tables: []Table{table}, Source: f.proofSource()}
	if total > 0 {
		section.Charts = []Chart{stacked("People in the export by what became of them", parts)}
	}
	if f.files.failed.total > 0 {
		section.Tables = append(section.Tables, f.failedTable())
	}
	return section
}

// outcomes are parts of all people of the export: from the last read-back, or before one from what was sent.
func (f *facts) outcomes() []Part {
	rejected := Part{"Left behind in rejected.csv", f.files.rejected.total}
	if f.history.proof == nil {
		going := f.files.members
		arrived, failed, skipped := f.count("import", "arrived"), f.count("import", "failed"), f.count("import", "skipped")
		return parts(Part{"Taken by the CRM, not read back yet", arrived}, Part{"Still to go", max(0, going-arrived-failed-skipped)}, Part{"Refused by the CRM", failed}, Part{"Left out by you", skipped}, rejected)
	}
	proof := f.history.proof.proof
	other := max(0, proof.Found-proof.Created-proof.Updated-proof.Unchanged)
	return parts(Part{"New contact made", proof.Created}, Part{"Contact that was there got what it lacked", proof.Updated}, Part{"Contact had everything already", proof.Unchanged},
		Part{"Found in the CRM, not sent by AllySwitch", other}, Part{"Left out on purpose", proof.Left}, Part{"No contact in the CRM", proof.Missing}, rejected)
}

// parts leaves out what is zero.
func parts(all ...Part) []Part {
	return slices.DeleteFunc(all, func(part Part) bool { return part.Value == 0 })
}

func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

func (f *facts) failedTable() Table {
	return Table{ID: "failed", Caption: "Members whom the CRM refused", Columns: columns("#User ID", "Address", "Why", "#Journal line"),
		More: cut(len(f.files.failed.rows), f.files.failed.total, f.files.failed.file),
		Rows: rowsOf(f.files.failed, func(row record) []Text {
			return []Text{outside(row.cell("ID")), person(row.cell("user_email")), outside(row.cell("reason")), f.line(row)}
		})}
}

// links is how members and contacts fit together.
func (f *facts) links() Section {
	section := Section{ID: "links", Title: "Members and their contacts", Source: f.proofSource()}
	if f.history.proof == nil {
		return Section{}
	}
	section.Words = []string{f.history.proof.proof.Links.Sentence()}
	if !f.linksRead() {
		section.Words = append(section.Words, "This is what the CRM shows. AllySwitch has not read the contact IDs on the site itself, so whether the site links each user to this contact is not in these figures.")
	}
	signs := Table{ID: "signs", Caption: "Links by sign", Columns: columns("Sign", "Meaning", "#How many")}
	for _, sign := range signWords {
		signs.Rows = append(signs.Rows, []Text{say(string(sign.sign)), say(sign.words), number(f.files.links.by[string(sign.sign)])})
	}
	uncertain := Table{ID: "uncertain", Caption: "All that are not certain", Columns: columns("Sign", "#User ID", "Address", "Contact", "Why", "#Journal line"),
		More: cut(len(f.files.links.rows), f.files.links.total, f.files.links.file),
		Rows: rowsOf(f.files.links, func(row record) []Text {
			return []Text{outside(row.cell("sign")), outside(row.cell("ID")), person(row.cell("user_email")), outside(row.cell("new_contact_id")), outside(row.cell("note")), f.line(row)}
		})}
	section.Tables = []Table{signs, uncertain}
	return section
}

// tags are the tags with how many members have each, and the custom fields that were made.
func (f *facts) tags() Section {
	section := Section{ID: "tags", Title: "Tags and custom fields", Source: "Counted in member-tags.csv; what was made is in the journal lines named."}
	most := 1
	if len(f.files.tags) > 0 {
		most = f.files.tags[0].members
	}
	made := map[string]int64{}
	for _, tag := range f.history.made[migration.OpTagName] {
		made[tag.name] = tag.seq
	}
	table := Table{ID: "tag-counts", Caption: "Tags, and how many members have each", Columns: columns("Tag", "#Members", "Made by AllySwitch")}
	for _, tag := range f.files.tags[:min(shown, len(f.files.tags))] {
		members := number(tag.members)
		members.Share = max(1, tag.members*100/most)
		table.Rows = append(table.Rows, []Text{outside(tag.name), members, madeIn(made[tag.name])})
	}
	table.More = cut(len(table.Rows), len(f.files.tags), migration.TagsFile)
	fields := Table{ID: "fields", Caption: "Custom fields made in the CRM", Columns: columns("Field", "Journal line")}
	for _, field := range f.history.made[migration.OpField] {
		fields.Rows = append(fields.Rows, []Text{outside(field.name), number(int(field.seq))})
	}
	section.Words = []string{fmt.Sprintf("%s, %s on members.", count(len(f.files.tags), "different tag", "different tags"), count(f.files.pairs, "tag", "tags"))}
	section.Tables = []Table{table, fields}
	return section
}

func madeIn(line int64) Text {
	if line == 0 {
		return say("was there")
	}
	return say("line " + grouped(int(line)))
}

// rejected are the rows of the export that could not become members.
func (f *facts) rejected() Section {
	section := Section{ID: "rejected", Title: "Rows of the export that stayed behind", Source: "From rejected.csv."}
	if f.files.rejected.total == 0 {
		section.Words = []string{"None. Every row of the export became a member."}
		return section
	}
	section.Words = []string{fmt.Sprintf("%s of the export did not become members. These people have no contact in the CRM through AllySwitch.", count(f.files.rejected.total, "row", "rows"))}
	reasons := Table{ID: "reasons", Caption: "Rows by reason", Columns: columns("Reason", "#Rows")}
	by := f.files.rejected.by
	for _, code := range slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Or(by[b]-by[a], strings.Compare(a, b)) }) {
		reasons.Rows = append(reasons.Rows, []Text{outside(rejectedWords(code)), number(by[code])})
	}
	rows := Table{ID: "rejected-rows", Caption: "The rows, and what to do about each", Columns: columns("#Line", "#User ID", "Address", "What to do"),
		More: cut(len(f.files.rejected.rows), f.files.rejected.total, f.files.rejected.file),
		Rows: rowsOf(f.files.rejected, func(row record) []Text {
			return []Text{outside(row.cell(wp.ColumnLine)), outside(row.cell(wp.ColumnID)), person(row.cell(wp.ColumnEmail)), {Words: visible(row.cell(wp.ColumnAdvice)), Kind: Advice}}
		})}
	section.Tables = []Table{reasons, rows}
	return section
}

func rejectedWords(code string) string {
	words := map[string]string{wp.NoEmail: "No e-mail address", wp.BadEmail: "Not an e-mail address", wp.TwinEmail: "The address of somebody else too", wp.TwinID: "The user ID of an earlier row",
		wp.NoID: "No user ID", wp.Guest: "Guest customer without an account", wp.UnreadableRow: "The row could not be read", wp.LeftOut: "Left out by you"}
	return cmp.Or(words[code], code)
}

// happened is the timeline.
func (f *facts) happened() Section {
	events := f.timeline()
	table := Table{ID: "events", Caption: "What happened, in order", Columns: columns("When", "Step", "Who", "What", "Note", "Journal lines")}
	for _, event := range events[:min(shown, len(events))] {
		table.Rows = append(table.Rows, []Text{say(moment(event.at)), event.step, say(event.who), event.what, event.note, say(event.lines)})
	}
	table.More = cut(len(table.Rows), len(events), "checkpoint.json and journal.jsonl")
	return Section{ID: "timeline", Title: "What happened, and who did it", Tables: []Table{table},
		Words:  []string{"Boxes were ticked by a person; AllySwitch could not check all of them. Tasks are shown with their last run."},
		Source: "From checkpoint.json and journal.jsonl."}
}

// left is what is still to be done.
func (f *facts) left() Section {
	section := Section{ID: "left", Title: "What is left to do"}
	for _, step := range f.options.Steps {
		for _, open := range step.Open {
			section.Points = append(section.Points, outside(step.name()+": "+open))
		}
	}
	if n := f.files.rejected.total; n > 0 {
		section.Points = append(section.Points, say(fmt.Sprintf("Decide about %s of the export that stayed behind.", count(n, "row", "rows"))))
	}
	if len(section.Points) == 0 {
		section.Words = []string{"Nothing that AllySwitch knows of. Look again after one day and after three: new purchases should have their tags, and renewals should go through."}
	}
	return section
}

// undo says how to go back, or what undo has left.
func (f *facts) undo() Section {
	section := Section{ID: "undo", Title: "How to take it back", Words: []string{
		"The journal holds what every contact was like before anything was written. So what AllySwitch did in the CRM can be taken back: allyswitch undo --dry-run shows what would happen, and allyswitch undo does it.",
		"Contacts that AllySwitch made are removed where the CRM can delete contacts. Contacts that were there before get back the values they had, unless somebody has changed them since. Tags that AllySwitch put on members go.",
		"Keep this folder until the first month of renewals has gone through. Never restore an old database of the site once payments have run again: that erases payments, and cards could be charged twice.",
	}}
	if f.history.undone == nil {
		return section
	}
	section.Title = "What was taken back"
	section.Words = []string{fmt.Sprintf("Undo ended on %s.", moment(f.history.undone.at)), f.history.undone.sentence}
	section.Source = fmt.Sprintf("Journal line %d and undo-left.csv.", f.history.undone.seq)
	section.Tables = []Table{{ID: "stays", Caption: "What stays although it was not there before", Columns: columns("Kind", "#User ID", "Address", "What", "Why", "#Journal line"),
		More: cut(len(f.files.stays.rows), f.files.stays.total, f.files.stays.file),
		Rows: rowsOf(f.files.stays, func(row record) []Text {
			return []Text{outside(row.cell("kind")), outside(row.cell("ID")), person(row.cell("user_email")), outside(row.cell("what")), outside(row.cell("why")), f.line(row)}
		})}}
	return section
}
