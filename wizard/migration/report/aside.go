package report

import (
	"encoding/json"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// tally counts one kind of work beside the members' own, over some lines of the journal.
type tally struct {
	name, words string
	n           int
	from, to    int64
}

// asideKinds are the kinds, in the order in which they are told.
var asideKinds = []tally{
	{name: "students", words: "Students of a course platform made contacts in the CRM"},
	{name: "students.refused", words: "Students whom the CRM refused"},
	{name: "students.tags", words: "Tags put on students"},
	{name: "member.contacts", words: "Contacts made for a single member"},
	{name: "member.tags", words: "Tags put on the contact of a single member"},
	{name: "users", words: "Users made on the site, without any mail"},
	{name: "merges", words: "Contacts merged, or given the other's tags"},
	{name: "links", words: "Contact IDs set on the site"},
	{name: "links.refused", words: "Contact IDs that the site did not take"},
	{name: "links.back", words: "Contact IDs on the site given back by undo"},
}

// asideFacts are the tallies by name.
type asideFacts map[string]*tally

// add counts n of a kind at a line. Nothing is not counted.
func (a asideFacts) add(name string, n int, line int64) {
	if n == 0 {
		return
	}
	if a[name] == nil {
		kind := asideKinds[slices.IndexFunc(asideKinds, func(kind tally) bool { return kind.name == name })]
		kind.from = line
		a[name] = &kind
	}
	a[name].n, a[name].to = a[name].n+n, line
}

// take reads a line about work beside the members' own. Only what has an outcome counts.
func (a asideFacts) take(entry checkpoint.Entry) error {
	if entry.Phase != checkpoint.Done {
		return nil
	}
	switch entry.Op {
	case migration.OpStudent:
		return a.takeStudents(entry)
	case migration.OpMember:
		if entry.Batch == "tag" {
			a.add("member.tags", 1, entry.Seq)
			return nil
		}
		var made struct {
			User    int64
			Existed bool
		}
		err := json.Unmarshal(entry.Data, &made)
		if entry.Batch == "contact" {
			a.add("member.contacts", 1, entry.Seq)
		} else if !made.Existed {
			a.add("users", 1, entry.Seq)
		}
		return err
	case migration.OpMerge:
		a.add("merges", 1, entry.Seq)
	case migration.OpLink:
		return a.takeLinks(entry, "links")
	case migration.OpUndoLink:
		return a.takeLinks(entry, "links.back")
	}
	return nil
}

func (a asideFacts) takeStudents(entry checkpoint.Entry) error {
	var results []crm.Result
	err := json.Unmarshal(entry.Data, &results)
	refused := 0
	for _, result := range results {
		if result == crm.Failed {
			refused++
		}
	}
	kind := "students"
	if strings.HasPrefix(entry.Batch, "tag-") {
		kind = "students.tags"
	}
	a.add(kind, len(results)-refused, entry.Seq)
	a.add("students.refused", refused, entry.Seq)
	return err
}

func (a asideFacts) takeLinks(entry checkpoint.Entry, kind string) error {
	var done struct{ R []string }
	err := json.Unmarshal(entry.Data, &done)
	set, refused := 0, 0
	for _, result := range done.R {
		switch result {
		case "set":
			set++
		case "already":
		default:
			refused++
		}
	}
	a.add(kind, set, entry.Seq)
	a.add("links.refused", refused, entry.Seq)
	return err
}

// all are the tallies in order.
func (a asideFacts) all() []tally {
	var list []tally
	for _, kind := range asideKinds {
		if a[kind.name] != nil {
			list = append(list, *a[kind.name])
		}
	}
	return list
}

func (a asideFacts) figures() []Figure {
	var list []Figure
	for _, kind := range a.all() {
		list = append(list, Figure{Name: "aside." + kind.name, Words: kind.words, Value: int64(kind.n)})
	}
	return list
}

// beside is what the tools beside the steps have done, and what was done on the site.
func (f *facts) beside() Section {
	done := f.history.aside.all()
	if len(done) == 0 {
		return Section{}
	}
	table := Table{ID: "beside-table", Caption: "Work beside the members' own", Columns: columns("What", "#How many", "Journal lines")}
	for _, kind := range done {
		table.Rows = append(table.Rows, []Text{say(kind.words), number(kind.n), say(span{from: kind.from, to: kind.to}.lines())})
	}
	return Section{ID: "beside", Title: "What the tools did, and what was done on the site", Source: "Counted in journal.jsonl, from the outcomes.", Tables: []Table{table},
		Words: []string{"These people and contacts are not counted among the members above. Undo takes back contacts, tags and contact IDs; users of the site and merges it only lists."}}
}
