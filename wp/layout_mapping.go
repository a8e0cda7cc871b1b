package wp

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"allyswitch/crm/address"
)

// layOut matches the headings with the wanted columns: by the caller's mapping when there is one, else where they are the same.
func layOut(src *source, found heading, samples [][]string, mapping Mapping) (Layout, error) {
	if isPerson(found.cells) {
		return Layout{}, &FileError{"no-heading", "The first row of this file is a person already, but it should name the columns. Add a row " + strings.Join(MemberColumns(), ",") + " at the top, or export the users again."}
	}
	layout := Layout{Kind: kindOf(found), Encoding: src.encoding, Delimiter: rune(found.delim), LineEnds: src.lineEnds,
		Columns: found.cells, Secrets: secretColumns(found.cells, samples), Samples: map[string][]string{}}
	if err := checkMapping(mapping, layout); err != nil {
		return Layout{}, err
	}
	layout.Mapping = exactMapping(layout)
	if mapping != nil {
		for _, column := range MemberColumns() {
			delete(layout.Mapping, column)
		}
		for column, heading := range mapping {
			layout.Mapping[column] = heading
		}
	}
	layout.Proposed = layout.Mapping
	if mapping == nil {
		layout.Proposed = propose(found.cells, samples, layout.Mapping)
		layout.NeedsMapping = needsMapping(layout, samples)
	}
	layout.Missing = missing(layout.Proposed)
	for i, heading := range found.cells {
		if values := withoutSecrets(valuesOf(samples, i)); !slices.Contains(layout.Secrets, heading) && len(values) > 0 {
			layout.Samples[heading] = values[:min(3, len(values))]
		}
	}
	return layout, nil
}

// checkMapping refuses a mapping that names a heading which is not there or which holds secrets.
func checkMapping(mapping Mapping, layout Layout) error {
	for column, heading := range mapping {
		if !slices.Contains(layout.Columns, heading) {
			return &FileError{"unknown-heading", fmt.Sprintf("This file has no column “%s”, which was chosen for %s. Its columns are %s. Choose one of these.", heading, column, strings.Join(layout.Columns, ", "))}
		}
		if slices.Contains(layout.Secrets, heading) {
			return &FileError{"secret-column", fmt.Sprintf("The column “%s”, which was chosen for %s, holds passwords or login tokens. AllySwitch never reads it. Choose another column.", heading, column)}
		}
	}
	return nil
}

// exactMapping takes the headings that are the wanted ones but for case, spaces and old misspellings.
func exactMapping(layout Layout) Mapping {
	mapping := Mapping{}
	for _, column := range wantedColumns() {
		if column == ColumnLine && layout.Kind != KindRejected {
			continue
		}
		for _, heading := range layout.Columns {
			if headingName(heading) == strings.ToLower(column) && !slices.Contains(layout.Secrets, heading) {
				mapping[column] = heading
				break
			}
		}
	}
	return mapping
}

// needsMapping says whether there is something to ask: a column that is missing while there are headings that nobody knows,
// or an e-mail column below whose heading no addresses stand.
func needsMapping(layout Layout, samples [][]string) bool {
	email, ok := layout.Mapping[ColumnEmail]
	if !ok {
		return true
	}
	if share, judged := valueScore(ColumnEmail, valuesOf(samples, slices.Index(layout.Columns, email))); judged && len(samples) >= 4 && share < 0.25 {
		return true
	}
	if len(missing(layout.Mapping)) == 0 {
		return false
	}
	return slices.ContainsFunc(layout.Columns, func(heading string) bool {
		return heading != "" && !knownHeading(headingName(heading)) && !slices.Contains(layout.Secrets, heading)
	})
}

func missing(mapping Mapping) []string {
	var columns []string
	for _, column := range MemberColumns() {
		if _, ok := mapping[column]; !ok {
			columns = append(columns, column)
		}
	}
	return columns
}

// checkPeople refuses files in which nobody can be found.
func checkPeople(head []byte, found heading, layout Layout) error {
	if _, ok := layout.Proposed[ColumnEmail]; !ok {
		return noEmailColumn(layout)
	}
	body, _ := cutSepLine(head)
	if len(head) < sniffSize && bytes.Count(bytes.TrimSpace(body), []byte("\n")) == 0 {
		return &FileError{"only-heading", "This file has a heading in row 1 and nobody below it. Export the users again, choose all roles, wait until the download has finished, and choose the new file."}
	}
	return nil
}

// isPerson says whether the row that should be the heading is somebody, whose secrets must not be named as a column.
func isPerson(cells []string) bool {
	return slices.ContainsFunc(cells, address.Valid) || slices.ContainsFunc(cells, looksSecret)
}

func noEmailColumn(layout Layout) error {
	if len(layout.Columns) == 1 {
		return &FileError{"no-email-column", fmt.Sprintf("Row 1 of this file has only one column, “%s”. Either it is not an export of users, or its columns are separated by a sign other than comma, semicolon, tab or bar. Export the users again with a comma between the columns.", shorten(layout.Columns[0]))}
	}
	return &FileError{"no-email-column", fmt.Sprintf("Row 1 of this file has no column user_email, and no other column holds e-mail addresses. Its columns are: %s. Export the users again with the column user_email ticked.", shorten(strings.Join(layout.Columns, ", ")))}
}

func unreadableHeading() error {
	return &FileError{"no-heading", "Row 1 of this file should name the columns, but it cannot be read: a quote in it is never closed. Export the users again and choose the new file."}
}
