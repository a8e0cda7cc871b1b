package steps

import (
	"cmp"
	"slices"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

// noColumn is the answer that a file has no such column.
const noColumn = "-"

// columns are the headings of an export, and what was answered about them. They are kept with a step, under names that begin with a word of their own; file is
// what the owner calls the export.
type columns struct{ step, prefix, file string }

func firstColumns() columns  { return columns{Export, "", "the export"} }
func secondColumns() columns { return columns{Switch, "delta.", "the second export"} }

// keep notes the headings of a file, and which columns have to be asked about. An answer that names a heading which this file has not is dropped.
func (c columns) keep(state *checkpoint.State, layout wp.Layout) {
	setNote(state, c.step, c.prefix+"columns", strings.Join(layout.Columns, "\n"))
	var ask, same []string
	for column, heading := range layout.Mapping {
		same = append(same, column+"\t"+heading)
	}
	slices.Sort(same)
	setNote(state, c.step, c.prefix+"mapping", strings.Join(same, "\n"))
	for _, column := range wp.MemberColumns() {
		if layout.Mapping[column] == "" && layout.NeedsMapping {
			ask = append(ask, column)
			setNote(state, c.step, c.prefix+"proposed."+column, cmp.Or(layout.Proposed[column], noColumn))
		}
		if answer := state.Answer(c.step, c.key(column)); answer != noColumn && !slices.Contains(layout.Columns, answer) {
			delete(state.Step(c.step).Answers, c.key(column))
		}
	}
	setNote(state, c.step, c.prefix+"ask", strings.Join(ask, "\n"))
}

func (c columns) key(column string) string { return c.prefix + "column." + column }

// questions ask which heading stands for a column, only for those that are not there under their own name.
func (c columns) questions(s *step, state *checkpoint.State) []wizard.Item {
	var items []wizard.Item
	var headings []wizard.Choice
	for _, heading := range strings.Split(note(state, c.step, c.prefix+"columns"), "\n") {
		headings = append(headings, wizard.Choice{Value: heading, Label: heading})
	}
	for _, column := range strings.Fields(note(state, c.step, c.prefix+"ask")) {
		question := wizard.Question{Key: c.key(column), Label: "Which column of " + c.file + " holds " + column + "?", Required: true, Default: note(state, c.step, c.prefix+"proposed."+column),
			Choices: append([]wizard.Choice{{Value: noColumn, Label: "no column: leave it empty"}}, headings...), Help: "There is no column of this name. AllySwitch proposes the one that looks most like it."}
		if c.needed(state, column) {
			question.Choices, question.Help = headings, "There is no column of this name. Without it nobody can be told apart, or linked: if no other column holds it, export the users again, with all columns."
			if question.Default == noColumn {
				question.Default = ""
			}
		}
		items = append(items, s.choose(state, question))
	}
	return items
}

// needed says that nothing can be done without a column: the address, and the user ID. WebToffee writes the ID twice, and either column will do.
func (c columns) needed(state *checkpoint.State, column string) bool {
	return column == wp.ColumnEmail || column == wp.ColumnID && !slices.ContainsFunc(lines(note(state, c.step, c.prefix+"mapping")), func(pair string) bool {
		return strings.HasPrefix(pair, wp.ColumnCustomerID+"\t")
	})
}

// mapping is what has been answered about columns, nil when nothing had to be asked.
func (c columns) mapping(state *checkpoint.State) wp.Mapping {
	if note(state, c.step, c.prefix+"ask") == "" {
		return nil
	}
	mapping := wp.Mapping{}
	for _, column := range wp.MemberColumns() {
		if heading := state.Answer(c.step, c.key(column)); heading != "" && heading != noColumn {
			mapping[column] = heading
		}
	}
	for _, pair := range strings.Split(note(state, c.step, c.prefix+"mapping"), "\n") {
		if column, heading, ok := strings.Cut(pair, "\t"); ok {
			mapping[column] = heading
		}
	}
	return mapping
}

// mapping is what has been answered about the columns of the first export.
func mapping(state *checkpoint.State) wp.Mapping { return firstColumns().mapping(state) }

// columnsOf is the note that names the second export whose columns are kept.
const columnsOf = "delta.columns-of"

// secondGiven looks at the heading of a second export when it is given: it may have other columns than the first. A file that cannot be read is told of when
// changes are looked for.
func secondGiven(state *checkpoint.State, key, value string) error {
	if strings.HasPrefix(key, secondColumns().key("")) {
		setNote(state, Switch, "delta.files", "") // whoever has looked before has looked at other columns
	}
	if key == "delta.export.file" && value != "" {
		if layout, err := migration.LookAtExport(cleanPath(value), nil); err == nil {
			keepSecondColumns(state, value, layout)
		}
	}
	return rememberExport(state, key, value)
}

// keepSecondColumns asks about the columns of a second export, unless they are those of the first.
func keepSecondColumns(state *checkpoint.State, file string, layout wp.Layout) {
	if fits(mapping(state), layout) {
		layout.NeedsMapping = false
	}
	secondColumns().keep(state, layout)
	setNote(state, Switch, columnsOf, file+"\n"+fileMark(file))
}

// fits says that a file has every column that was chosen for another.
func fits(mapping wp.Mapping, layout wp.Layout) bool {
	for _, heading := range mapping {
		if !slices.Contains(layout.Columns, heading) {
			return false
		}
	}
	return mapping != nil
}

// columnsKnown says that the columns of this very file are kept.
func columnsKnown(state *checkpoint.State, file string) bool {
	return note(state, Switch, columnsOf) == file+"\n"+fileMark(file)
}

// secondQuestions ask about the columns of the second export, where they are others.
func (s *step) secondQuestions(state *checkpoint.State, file string) []wizard.Item {
	if !columnsKnown(state, file) {
		return nil
	}
	return secondColumns().questions(s, state)
}

// secondMappings are the ways to read a second export, the best first: as it was answered for this file, and as the first.
func (s *step) secondMappings(state *checkpoint.State, file string) []wp.Mapping {
	switch {
	case file == s.deps.path(migration.SiteUsersAgainFile):
		return nil // what was read from the site has the usual headings, whatever the first export had
	case columnsKnown(state, file):
		return []wp.Mapping{secondColumns().mapping(state), mapping(state)}
	}
	return []wp.Mapping{mapping(state)}
}

// suiting is the first of several mappings that fits a file, nil when none does: then the usual headings have to be there.
func suiting(mappings []wp.Mapping, layout wp.Layout) wp.Mapping {
	for _, one := range mappings {
		if fits(one, layout) {
			return one
		}
	}
	return nil
}
