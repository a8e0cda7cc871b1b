package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"allyswitch/wizard/migration"
)

// Box is a box of a step's page, and whether a person has ticked it.
type Box struct {
	Words string
	// Ticked is when, zero while it is open; Note is what was written to it. Doubt says why a tick does not count.
	Ticked   time.Time
	Note     string
	Doubt    string
	Optional bool
}

// Answered is a question of a step's page with its answer, in the words of the screen.
type Answered struct {
	Question, Answer string
	// Private answers were typed freely, and may say anything.
	Private bool
}

// Found is a line of what a step's page says was done or found. Private ones hold a name.
type Found struct {
	Label, Value string
	Private      bool
}

// byHandSteps are the steps that are mostly a person's work on the site and in the CRM, with the anchors of their parts.
var byHandSteps = []struct{ id, anchor string }{
	{"maintenance", "closed"}, {"crm-setup", "setup"}, {"tag-review", "references"}, {"automations", "messages"}, {"payments", "payments"}, {"test", "controls"},
}

// byHand are the parts of the report about those steps: what was found, answered and ticked, and the list that each goes by. A step that nobody has begun
// has no part.
func (f *facts) byHand() []Section {
	lists := map[string]func() []Table{"crm-setup": f.setupTables, "tag-review": f.referenceTables, "automations": f.messageTables, "payments": f.orderTables, "test": f.controlTables}
	var sections []Section
	for _, one := range byHandSteps {
		step, kept := f.step(one.id), f.state.Steps[one.id]
		if kept == nil || len(kept.Ticks)+len(kept.Tasks)+len(kept.Answers)+len(kept.Notes) == 0 {
			continue
		}
		section := Section{ID: one.anchor, Title: step.name(), Source: "From checkpoint.json: boxes are what a person says; AllySwitch could not check all of them."}
		if tables := lists[one.id]; tables != nil {
			section.Tables = tables()
		}
		section.Tables = append(section.Tables, step.foundTable(one.anchor), step.answersTable(one.anchor), step.boxesTable(one.anchor))
		section.Tables = slices.DeleteFunc(section.Tables, func(table Table) bool { return len(table.Rows) == 0 })
		sections = append(sections, section)
	}
	return sections
}

func (s Step) foundTable(anchor string) Table {
	table := Table{ID: anchor + "-found", Caption: "What was found", Columns: columns("What", "Found")}
	for _, found := range s.Found {
		table.Rows = append(table.Rows, []Text{outside(found.Label), freely(found.Value, found.Private)})
	}
	return table
}

func (s Step) answersTable(anchor string) Table {
	table := Table{ID: anchor + "-answers", Caption: "What was decided", Columns: columns("Question", "Answer")}
	for _, one := range s.Answers {
		table.Rows = append(table.Rows, []Text{outside(one.Question), freely(one.Answer, one.Private)})
	}
	return table
}

func (s Step) boxesTable(anchor string) Table {
	table := Table{ID: anchor + "-boxes", Caption: "The boxes", Columns: columns("Box", "State", "When", "Note", "Why it does not count")}
	for _, box := range s.Boxes {
		// A doubt may quote what somebody has written about a person.
		table.Rows = append(table.Rows, []Text{outside(box.Words), box.state(), box.when(), private(box.Note), private(box.Doubt)})
	}
	return table
}

func (b Box) state() Text {
	switch {
	case b.Doubt != "":
		return say("does not count")
	case !b.Ticked.IsZero():
		return say("ticked")
	case b.Optional:
		return say("not ticked, and need not be")
	}
	return say("open")
}

func (b Box) when() Text {
	if b.Ticked.IsZero() {
		return say("–")
	}
	return say(moment(b.Ticked))
}

func freely(words string, isPrivate bool) Text {
	if isPrivate {
		return private(words)
	}
	return outside(words)
}

// listTable shows a file of the folder, at most its first rows.
func listTable(id, caption string, from list, headings []Column, row func(record) []Text) Table {
	return Table{ID: id, Caption: caption, Columns: headings, More: cut(len(from.rows), from.total, from.file), Rows: rowsOf(from, row)}
}

// setupTables are what a look at the CRM's own set-up has found.
func (f *facts) setupTables() []Table {
	return []Table{listTable("setup-list", "What the CRM shows of its set-up (crm-setup.csv)", f.files.setup, columns("State", "What", "Note"), func(row record) []Text {
		return []Text{outside(row.cell("state")), outside(row.cell("what")), outside(row.cell("note"))}
	})}
}

// referenceTables are the places that use a tag: read from the site, or the rows of the worksheet that were ticked off.
func (f *facts) referenceTables() []Table {
	places := listTable("places", "Places that use a tag (tag-references.csv)", f.files.places, columns("State", "Kind", "Place", "Tag before", "Tag now", "Note", "What a person said", "When"), func(row record) []Text {
		word, at, words := "", "", ""
		if parts := strings.SplitN(f.state.Steps["tag-review"].Notes[migration.PlaceKey(row.cell)], "\t", 3); len(parts) == 3 {
			word, at, words = parts[0], parts[1], parts[2]
		}
		return []Text{outside(row.cell("state")), outside(row.cell("kind")), outside(row.cell("title")), outside(row.cell("old_tag")), outside(row.cell("new_tag")), outside(row.cell("note")), private(strings.TrimRight(word+": "+words, ": ")), stamped(at)}
	})
	sheet := Table{ID: "worksheet", Caption: "Rows of the worksheet that were ticked off", Columns: columns("Item", "When", "Note")}
	kept := f.state.Steps["tag-review"].Notes
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		if item, is := strings.CutPrefix(key, "item."); is && kept[key] != "" {
			at, words, _ := strings.Cut(kept[key], "\t")
			sheet.Rows = append(sheet.Rows, []Text{outside(item), stamped(at), private(words)})
		}
	}
	return []Table{places, sheet}
}

// messageTables are the offerings, with what starts in the CRM for each and who runs it.
func (f *facts) messageTables() []Table {
	kept := f.state.Steps["automations"].Notes
	return []Table{listTable("offerings", "Offerings, and what the CRM has for each (offering-automations.csv)", f.files.offerings, columns("Automation", "Offering", "Members", "Which", "Run by", "Note"), func(row record) []Text {
		return []Text{outside(row.cell("verdict")), outside(row.cell("offering")), outside(row.cell("people")), manyTags(row.cell("automations")), outside(cmp.Or(kept["run."+row.cell("offering")], "not decided")), outside(row.cell("note"))}
	})}
}

// orderTables are the subscriptions, what is charged next first, with what a person has ticked off.
func (f *facts) orderTables() []Table {
	return []Table{listTable("orders", "Subscriptions, what is charged next first (orders.csv)", f.files.running, columns("State", "Order", "Subscription", "Address", "New contact", "Next charge", "Amount", "Status", "Moved on", "Note"), func(row record) []Text {
		return []Text{outside(row.cell("state")), outside(row.cell("order_id")), outside(row.cell("subscription_id")), person(row.cell("user_email")), outside(row.cell("new_contact_id")), outside(row.cell("next_charge")),
			outside(row.cell("amount")), outside(row.cell("status")), stamped(f.files.moved[cmp.Or(row.cell("order_id"), row.cell("subscription_id"))]), outside(row.cell("note"))}
	})}
}

// controlTables are the people to test with, and how the test of each went.
func (f *facts) controlTables() []Table {
	kept := f.state.Steps["test"].Notes
	return []Table{listTable("controls-list", "People to test with, and how it went (controls.csv)", f.files.controls, columns("#User ID", "Address", "Must open", "Must not open", "Result", "When", "Note"), func(row record) []Text {
		result, at, words := "to do", "", ""
		if parts := strings.SplitN(kept["control."+row.cell("ID")], "\t", 3); len(parts) == 3 {
			result, at, words = parts[0], parts[1], parts[2]
		}
		return []Text{outside(row.cell("ID")), person(row.cell("user_email")), manyTags(row.cell("must_open")), manyTags(row.cell("must_not_open")), outside(result), stamped(at), private(words)}
	})}
}

// stamped is a time as the folder keeps it, for people.
func stamped(at string) Text {
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return say("–")
	}
	return say(moment(when))
}

// byHandFigures count the rows of the lists by their state.
func (f *fileFacts) byHandFigures() []Figure {
	var figures []Figure
	for _, one := range []struct {
		name, words string
		from        list
	}{{"setup", "Parts of the CRM's set-up", f.setup}, {"places", "Places that use a tag", f.places}, {"offerings", "Offerings by what starts for them", f.offerings},
		{"running", "Subscriptions by state", f.running}} {
		for _, state := range slices.Sorted(maps.Keys(one.from.by)) {
			figures = append(figures, Figure{Name: one.name + "." + visible(state), Words: one.words + ": " + visible(state), Value: int64(one.from.by[state]), File: one.from.file})
		}
	}
	if f.controls.total > 0 {
		figures = append(figures, Figure{Name: "controls", Words: "People to test with", Value: int64(f.controls.total), File: migration.ControlsFile})
	}
	return figures
}
