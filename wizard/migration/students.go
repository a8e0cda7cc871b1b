package migration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp"
)

// The files of students: one batch at a time, what was left out of it, and the lists for AccessAlly's own importer.
const (
	StudentsFile         = "students.csv"
	StudentsRejectedFile = "students-rejected.csv"
	StudentsUsersFile    = "students-users.csv"
)

// Student is one person of a course platform's list.
type Student struct {
	// Out says that the owner leaves them out.
	Out                bool
	Email, First, Last string
	Line               int
	// Contact and User are known once they have been made; Problem says why one has not.
	Contact, User, Problem string
}

// Students counts a batch.
type Students struct{ Ready, Out, Rejected, Twice, Members int }

// StudentColumns are the columns that are of use.
func StudentColumns() []string {
	return []string{wp.ColumnEmail, wp.ColumnFirstName, wp.ColumnLastName}
}

// LookAtStudents says which headings of a course platform's list are sure, what is proposed for others, and what to ask.
func LookAtStudents(path string) (columns []string, sure, proposed wp.Mapping, ask []string, err error) {
	layout, err := LookAtExport(path, nil)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	sure, proposed = wp.Mapping{}, layout.Proposed
	for _, column := range StudentColumns() {
		heading := cmp.Or(layout.Mapping[column], layout.Proposed[column])
		if layout.Mapping[column] != "" || slices.Contains(studentNames(column), bare(heading)) {
			sure[column] = heading
		} else if heading != "" || column == wp.ColumnEmail {
			ask = append(ask, column)
		}
	}
	return layout.Columns, sure, proposed, ask, nil
}

func studentNames(column string) []string {
	switch column {
	case wp.ColumnEmail:
		return []string{"email", "emailaddress", "useremail", "studentemail", "mail"}
	case wp.ColumnFirstName:
		return []string{"firstname", "givenname", "forename"}
	}
	return []string{"lastname", "surname", "familyname"}
}

// ReadStudents cleans a course platform's list into students.csv, for one offering, to be looked at before anything is sent. Who has no usable address goes to
// students-rejected.csv.
func ReadStudents(ctx context.Context, folder *checkpoint.Folder, path string, mapping wp.Mapping, report job.Reporter) (Students, error) {
	report.Phase("Reading the list", 0)
	file, err := os.Open(path)
	if err != nil {
		return Students{}, doing("open the list", err)
	}
	defer file.Close()
	export, err := wp.OpenExport(file, mapping)
	if err != nil {
		return Students{}, err
	}
	members, err := membersByKey(folder)
	if err != nil {
		return Students{}, err
	}
	var list []Student
	counts, seen, rejected := Students{}, map[string]bool{}, [][]string{{"line", "user_email", "reason"}}
	for {
		row, err := export.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return Students{}, err
		}
		key := address.Key(row.Member.Email)
		switch {
		case !address.Valid(row.Member.Email):
			counts.Rejected++
			rejected = append(rejected, []string{strconv.Itoa(row.Line), row.Member.Email, "no usable e-mail address"})
		case seen[key]:
			counts.Twice++
		default:
			seen[key] = true
			student := Student{Email: row.Member.Email, First: row.Member.FirstName, Last: row.Member.LastName, Line: row.Line, User: members[key]}
			if student.User != "" {
				counts.Members++
			}
			list = append(list, student)
		}
	}
	counts.Ready = len(list)
	if err := writeRows(folder, StudentsRejectedFile, rejected); err != nil {
		return Students{}, err
	}
	return counts, saveStudents(folder, list)
}

// membersByKey are the user IDs of the site's members, where they have been read.
func membersByKey(folder *checkpoint.Folder) (map[string]string, error) {
	members := map[string]string{}
	err := eachRow(folder, MembersFile, func(cell func(string) string) { members[address.Key(cell(wp.ColumnEmail))] = cell(wp.ColumnID) })
	if errors.Is(err, fs.ErrNotExist) {
		return members, nil
	}
	return members, doing("read "+MembersFile, err)
}

func saveStudents(folder *checkpoint.Folder, list []Student) error {
	rows := [][]string{{"state", "user_email", "first_name", "last_name", "line", "contact_id", "ID", "note"}}
	for _, one := range list {
		rows = append(rows, []string{one.state(), one.Email, one.First, one.Last, strconv.Itoa(one.Line), one.Contact, one.User, one.Problem})
	}
	return writeRows(folder, StudentsFile, rows)
}

func (s Student) state() string {
	switch {
	case s.Out:
		return "left out"
	case s.Problem != "":
		return "look"
	case s.Contact != "":
		return "in CRM"
	}
	return "ready"
}

// LoadStudents reads the batch.
func LoadStudents(folder *checkpoint.Folder) ([]Student, error) {
	var list []Student
	err := eachRow(folder, StudentsFile, func(cell func(string) string) {
		line, _ := strconv.Atoi(cell("line"))
		list = append(list, Student{Out: cell("state") == "left out", Email: plainCell(cell("user_email")), First: plainCell(cell("first_name")), Last: plainCell(cell("last_name")), Line: line,
			Contact: cell("contact_id"), User: cell("ID"), Problem: cell("note")})
	})
	return list, doing("read "+StudentsFile, err)
}

// plainCell takes the apostrophe away that guards a cell from spreadsheets.
func plainCell(cell string) string {
	if rest, guarded := strings.CutPrefix(cell, "'"); guarded && likeFormula(rest) {
		return rest
	}
	return cell
}

// LeaveOutStudent leaves the student of a row out of the batch, or takes them in again, and returns how many are to go.
func LeaveOutStudent(folder *checkpoint.Folder, row int) (ready int, err error) {
	list, err := LoadStudents(folder)
	if err != nil {
		return 0, err
	}
	if row >= len(list) {
		return 0, fmt.Errorf("there is no row %d any more", row+1)
	}
	list[row].Out = !list[row].Out
	for _, one := range list {
		if !one.Out {
			ready++
		}
	}
	return ready, saveStudents(folder, list)
}

// WriteStudentUsers writes the list for AccessAlly's own User Migration Wizard: who is in the batch, with their contact ID where there is one, and the tags.
func WriteStudentUsers(folder *checkpoint.Folder, tags []string) error {
	list, err := LoadStudents(folder)
	if err != nil {
		return err
	}
	rows := [][]string{{"email", "first_name", "last_name", "contact_id", "tags"}}
	for _, one := range list {
		if !one.Out {
			rows = append(rows, []string{one.Email, one.First, one.Last, one.Contact, strings.Join(tags, ",")})
		}
	}
	return writeRows(folder, StudentsUsersFile, rows)
}
