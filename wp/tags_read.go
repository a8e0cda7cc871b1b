package wp

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jszwec/csvutil"

	"allyswitch/crm/address"
)

// TagOptions say how a file of member tags is read. The zero value will do.
type TagOptions struct {
	// Known are the names of all tags of the site, if they are known. They tell which commas belong to a name.
	Known []string
	// EmailColumn and TagColumn are the headings to use where the wizard has asked for them.
	EmailColumn, TagColumn string
}

// tagCells are the cells that are taken out of a row.
type tagCells struct {
	Email string `csv:"user_email"`
	Tags  string `csv:"tags"`
}

const columnTags = "tags"

// ReadMemberTags reads a file that says who has which tag: one row a member with all tags in a cell, or one row for each pair,
// or both mixed. Encoding, delimiter and headings may vary as in an export. A row without an address or that cannot be read
// is a finding; a file without the two columns is a *FileError. The whole result is in memory.
func ReadMemberTags(r io.Reader, options TagOptions) (*MemberTags, error) {
	src, err := openSource(r)
	if err != nil {
		return nil, err
	}
	head, err := peek(src.Reader)
	if err != nil {
		return nil, fmt.Errorf("reading the beginning of the member tags: %w", err)
	}
	found, ok := findHeading(head, knownTagHeading)
	if !ok {
		return nil, unreadableHeading()
	}
	mapping, err := tagMapping(found, sampleRows(head, found), options)
	if err != nil {
		return nil, err
	}
	rows, err := afterHeading(src, found)
	if err != nil {
		return nil, err
	}
	layout := Layout{Columns: found.cells, Mapping: mapping}
	return readTagRows(newTagFeed(rows, layout), layout, options)
}

func knownTagHeading(name string) bool {
	return isEmailHeading(name) || isTagHeading(name) || knownHeading(name)
}

func isEmailHeading(heading string) bool {
	return slices.Contains(otherNames(ColumnEmail), lettersAndDigits(heading))
}

func isTagHeading(heading string) bool {
	return slices.Contains([]string{"tags", "tag", "tagname", "tagnames", "usertags", "membertags", "contacttags", "taglist", "accessallytags"}, lettersAndDigits(heading))
}

// tagMapping finds the two columns: by the caller's choice, by name, and the addresses also by what stands in the column.
func tagMapping(found heading, samples [][]string, options TagOptions) (Mapping, error) {
	if isPerson(found.cells) {
		return nil, &FileError{"no-heading", "The first row of this file is a member already, but it should name the columns. Add a row email,tags at the top."}
	}
	mapping := Mapping{}
	choose := func(column, chosen string, fits func(string) bool) error {
		if chosen != "" && !slices.Contains(found.cells, chosen) {
			return &FileError{"unknown-heading", fmt.Sprintf("This file has no column “%s”. Its columns are %s. Choose one of these.", chosen, strings.Join(found.cells, ", "))}
		}
		if i := slices.IndexFunc(found.cells, fits); chosen == "" && i >= 0 {
			chosen = found.cells[i]
		}
		if chosen != "" {
			mapping[column] = chosen
		}
		return nil
	}
	if err := choose(ColumnEmail, options.EmailColumn, isEmailHeading); err != nil {
		return nil, err
	}
	if err := choose(columnTags, options.TagColumn, isTagHeading); err != nil {
		return nil, err
	}
	guessTagColumns(found, samples, mapping)
	if mapping[ColumnEmail] == "" {
		return nil, &FileError{"no-email-column", "Row 1 of this file names no column for the e-mail address. It should have the columns email and tags, with a comma between them. Its columns are: " + shorten(strings.Join(found.cells, ", ")) + "."}
	}
	if mapping[columnTags] == "" {
		return nil, &FileError{"no-tags-column", "Row 1 of this file names no column for the tags. It should have the columns email and tags, with a comma between them. Its columns are: " + shorten(strings.Join(found.cells, ", ")) + "."}
	}
	return mapping, nil
}

// guessTagColumns takes the only column with addresses, and in a file of two columns the other one for the tags.
func guessTagColumns(found heading, samples [][]string, mapping Mapping) {
	if mapping[ColumnEmail] == "" {
		mapping[ColumnEmail] = propose(found.cells, samples, Mapping{})[ColumnEmail]
	}
	if mapping[columnTags] != "" || mapping[ColumnEmail] == "" {
		return
	}
	var named []string
	for _, heading := range found.cells {
		if strings.Contains(lettersAndDigits(heading), "tag") || len(found.cells) == 2 {
			named = append(named, heading)
		}
	}
	named = slices.DeleteFunc(named, func(heading string) bool { return heading == mapping[ColumnEmail] })
	if len(named) == 1 {
		mapping[columnTags] = named[0]
	}
}

func newTagFeed(rows *records, layout Layout) *feed {
	f := &feed{rows: rows, heads: layout.Columns}
	f.want(ColumnEmail, layout)
	f.want(columnTags, layout)
	f.start()
	return f
}

type tagRow struct {
	place
	email, tags string
}

// readTagRows reads all rows before it cuts their tags, because only the whole file tells its separator.
func readTagRows(f *feed, layout Layout, options TagOptions) (*MemberTags, error) {
	decoder, err := csvutil.NewDecoder(f, f.names...)
	if err != nil {
		return nil, fmt.Errorf("matching the headings: %w", err)
	}
	found := &MemberTags{Tags: map[string][]string{}, Emails: map[string]string{}, Counts: map[string]int{}}
	known, seen := map[string]bool{}, map[byte]bool{}
	for _, name := range options.Known {
		known[cleanTag(name)] = true
	}
	var rows []tagRow
	for {
		var cells tagCells
		err := decoder.Decode(&cells)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading line %d of the member tags: %w", f.record.line, err)
		}
		found.Rows++
		row := tagRow{place{f.record.line, f.record.row}, cells.Email, cells.Tags}
		if found.usable(f.record.trouble, layout, &row) {
			signsIn(row.tags, known, seen)
			rows = append(rows, row)
		}
	}
	found.split(rows, tagSplitter{separatorOf(seen), known}, layout)
	found.Findings = append(found.Findings, similarNames(found.Names())...)
	if len(options.Known) > 0 {
		known := make([]string, len(options.Known))
		for i, name := range options.Known {
			known[i] = cleanTag(name)
		}
		found.Findings = append(found.Findings, unknownTags(found.Names(), known)...)
	}
	return found, nil
}

// usable notes a row that cannot be used, and cleans the address of one that can.
func (m *MemberTags) usable(trouble trouble, layout Layout, row *tagRow) bool {
	var made notes
	email := cleanAddress(row.email, &made)
	reason := note{column: layout.Mapping[ColumnEmail], value: email}
	switch {
	case trouble != "":
		reason = note{code: UnreadableRow, trouble: trouble}
	case email == "":
		reason.code = NoEmail
	case !address.Valid(email):
		reason.code = BadEmail
	default:
		row.email = email
		return true
	}
	m.Unused++
	finding := reason.finding(row.place)
	if trouble == troubleMore || trouble == troubleFewer {
		finding.Sentence = row.place.String() + ": " + trouble.cause() + " Put all tags of a member into one cell, in quotes when commas separate them, and choose the file again."
	}
	m.Findings = append(m.Findings, finding)
	return false
}

func (m *MemberTags) split(rows []tagRow, splitter tagSplitter, layout Layout) {
	var made notes
	for _, row := range rows {
		names := splitter.split(unguard(decodeBytes(row.tags, &made)))
		m.add(row.email, names)
		if len(names) == 0 {
			m.Findings = append(m.Findings, Finding{Code: NoTags, Column: layout.Mapping[columnTags], Value: row.email,
				Sentence: fmt.Sprintf("%s, column %s: there is no tag for %s. If this member has tags in AccessAlly, the file is not complete.", row.place, layout.Mapping[columnTags], row.email)})
		}
	}
}

// WriteMemberTags writes member-tags.csv: the columns email and tag, one row for each member and tag, sorted. A name with a
// separator in it stands in quotes of its own, and a member without tags has one row with an empty cell. ReadMemberTags reads it back the same.
func WriteMemberTags(w io.Writer, tags *MemberTags) error {
	out := newRowWriter(w, "member-tags.csv")
	if err := out.row("email", "tag"); err != nil {
		return err
	}
	for _, key := range sortedKeys(tags.Emails) {
		names := tags.Tags[key]
		if len(names) == 0 {
			names = []string{""}
		}
		for _, name := range names {
			if err := out.row(tags.Emails[key], quoteTag(name)); err != nil {
				return err
			}
		}
	}
	return out.flush()
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
