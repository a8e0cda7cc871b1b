package migration

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wp"
)

// WriteUploads writes the files for the CRM's own import: in its column names, split at its row limit, and one more for each tag where tags are given to a whole
// file. It returns their names. Members whom the CRM knows already are not in them, since some imports overwrite what is there with blanks: those go by API.
func WriteUploads(deps Deps) ([]string, error) {
	upload := deps.CRM.Provider().Upload
	if upload == nil {
		return nil, fmt.Errorf("%s has no import that could be recommended", deps.CRM.Provider().Name)
	}
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return nil, err
	}
	known, err := loadBefores(deps.Folder)
	if err != nil {
		return nil, err
	}
	writer := uploadWriter{known: known, deps: deps, upload: *upload, roster: roster, names: deps.CRM.Features().FieldNames}
	if err := writer.write("upload", writer.everybody()); err != nil {
		return nil, err
	}
	if upload.TagPerFile {
		for tag, name := range roster.Tags {
			if err := writer.write(fmt.Sprintf("upload-tag-%02d-%s", tag+1, fileWord(name)), writer.tagged(uint32(tag))); err != nil {
				return nil, err
			}
		}
	}
	return writer.written, nil
}

type uploadWriter struct {
	deps    Deps
	upload  crm.Upload
	roster  *Roster
	names   map[string]string
	known   *befores
	written []string
}

func (w *uploadWriter) everybody() []int {
	var members []int
	for i := range w.roster.Members {
		m := &w.roster.Members[i]
		if m.Twin < 0 && w.known.count(m.ID) == 0 && !likeFormula(m.Email) {
			members = append(members, i)
		}
	}
	return members
}

func (w *uploadWriter) tagged(tag uint32) []int {
	var members []int
	for _, i := range w.everybody() {
		for _, has := range w.roster.Members[i].Tags {
			if has == tag {
				members = append(members, i)
			}
		}
	}
	return members
}

// write splits the members over as many files as the CRM's row limit asks for.
func (w *uploadWriter) write(name string, members []int) error {
	size := cmp.Or(w.upload.MaxRows, max(len(members), 1))
	for from, part := 0, 1; from < len(members); from, part = from+size, part+1 {
		file := name + ".csv"
		if len(members) > size {
			file = fmt.Sprintf("%s-%d.csv", name, part)
		}
		rows := [][]string{w.heading()}
		for _, member := range members[from:min(from+size, len(members))] {
			rows = append(rows, w.row(member))
		}
		if err := writeRows(w.deps.Folder, file, rows); err != nil {
			return err
		}
		w.written = append(w.written, file)
	}
	return nil
}

func (w *uploadWriter) heading() []string {
	var heading []string
	for _, column := range wp.MemberColumns() {
		heading = append(heading, cmp.Or(w.upload.Columns[column], w.names[column], column))
	}
	if w.upload.TagsColumn != "" {
		heading = append(heading, w.upload.TagsColumn)
	}
	return heading
}

func (w *uploadWriter) row(member int) []string {
	m := &w.roster.Members[member]
	row := []string{m.UserID(), m.CustomerID, m.Email, m.Registered, harmless(m.FirstName), harmless(m.LastName)}
	if w.upload.TagsColumn != "" {
		row = append(row, strings.Join(w.tagNames(member), w.upload.TagSeparator))
	}
	return row
}

// tagNames leaves out names that hold the separator: the CRM would cut them in two. The API brings those.
func (w *uploadWriter) tagNames(member int) []string {
	return slices.DeleteFunc(w.roster.TagNames(member), func(name string) bool { return strings.Contains(name, w.upload.TagSeparator) })
}

// likeFormula says that a spreadsheet would calculate with this cell. An apostrophe before it, as in our other files, would end up in the CRM, so such cells stay
// out of upload files: the API brings them afterwards.
func likeFormula(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
}

func harmless(cell string) string {
	if likeFormula(cell) {
		return ""
	}
	return cell
}

// fileWord is a tag's name as part of a file's name.
func fileWord(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
}
