package wp

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jszwec/csvutil"
)

// Export reads the people of an export file one after the other. It is not safe for use by several goroutines.
type Export struct {
	layout  Layout
	feed    *feed
	decoder *csvutil.Decoder
	cells   rowCells
	notes   []note
	// key is address.Key of the row that was read last.
	key []byte
	// Which columns the file has.
	hasID, hasEmail, hasRegistered, hasRoles bool
}

// Row is one person of the file, cleaned, with everything that was found on the way.
type Row struct {
	// Line is the physical line where the row begins, from 1.
	Line int
	// Number is the row as a spreadsheet counts it: the heading is row 1.
	Number int
	Member Member
	// Findings are notes and, when one is Fatal, the reasons why this cannot become a member. A twin address is found by
	// Clean and not here.
	Findings []Finding
}

// rowCells are the cells that are taken out of a row. csvutil fills them by the headings.
type rowCells struct {
	ID          string `csv:"ID"`
	CustomerID  string `csv:"customer_id"`
	Email       string `csv:"user_email"`
	Registered  string `csv:"user_registered"`
	FirstName   string `csv:"first_name"`
	LastName    string `csv:"last_name"`
	Login       string `csv:"user_login"`
	DisplayName string `csv:"display_name"`
	Roles       string `csv:"roles"`
	Guest       string `csv:"is_guest_user"`
	Line        string `csv:"line"`
}

// OpenExport looks at the beginning of an export file. A nil mapping means that the headings decide; Layout tells what they
// say. A file that is no CSV, is empty, has only a heading or no e-mail column gives a *FileError, and so does a mapping that
// names a heading which the file does not have.
func OpenExport(r io.Reader, mapping Mapping) (*Export, error) {
	src, err := openSource(r)
	if err != nil {
		return nil, err
	}
	head, err := peek(src.Reader)
	if err != nil {
		return nil, fmt.Errorf("reading the beginning of the file: %w", err)
	}
	found, ok := findHeading(head, knownHeading)
	if !ok {
		return nil, unreadableHeading()
	}
	samples := sampleRows(head, found)
	layout, err := layOut(src, found, samples, mapping)
	if err != nil {
		return nil, err
	}
	if err := checkPeople(head, found, layout); err != nil {
		return nil, err
	}
	return newExport(src, found, layout)
}

func newExport(src *source, found heading, layout Layout) (*Export, error) {
	rows, err := afterHeading(src, found)
	if err != nil {
		return nil, err
	}
	feed := newFeed(rows, layout)
	if len(feed.names) == 0 {
		return &Export{layout: layout, feed: feed}, nil // csvutil would take the first row for the headings
	}
	decoder, err := csvutil.NewDecoder(feed, feed.names...)
	if err != nil {
		return nil, fmt.Errorf("matching the headings: %w", err)
	}
	has := func(column string) bool { return slices.Contains(feed.names, column) }
	return &Export{layout: layout, feed: feed, decoder: decoder, hasID: has(ColumnID) || has(ColumnCustomerID),
		hasEmail: has(ColumnEmail), hasRegistered: has(ColumnRegistered), hasRoles: has(ColumnRoles)}, nil
}

// afterHeading returns the rows of a file behind its heading.
func afterHeading(src *source, found heading) (*records, error) {
	rows := newRecords(src, found.delim)
	if found.sepLine {
		if _, err := rows.next(); err != nil {
			return nil, fmt.Errorf("reading the heading: %w", err)
		}
	}
	if _, err := rows.next(); err != nil {
		return nil, fmt.Errorf("reading the heading: %w", err)
	}
	rows.columns = len(found.cells)
	return rows, nil
}

// Layout tells what the file is and how it is read.
func (e *Export) Layout() Layout { return e.layout }

// Next returns the next person, or io.EOF after the last. Other errors come from the reader below and end the file.
func (e *Export) Next() (Row, error) {
	read, err := e.read()
	if err != nil {
		return Row{}, err
	}
	var made notes
	read.member.Login = cleanText(e.cells.Login, &made)
	read.member.DisplayName = cleanText(e.cells.DisplayName, &made)
	row := Row{Line: read.line, Number: read.row, Member: read.member}
	row.Member.Roles = splitRoles(cleanText(e.cells.Roles, &made))
	for _, note := range read.notes {
		row.Findings = append(row.Findings, note.finding(read.place))
	}
	return row, nil
}

// reading is a row on its way to a Row or to Clean's files. Its notes are good until the next row.
type reading struct {
	place
	member Member
	notes  []note
	// idText and dateText are what the file has where it is neither a number nor a date, so that it can be mended.
	idText, dateText string
	// original is the line that a rejected.csv names for the row, else the row's own.
	original string
	resynced bool
}

// fatal returns the first reason why the row cannot become a member.
func (r *reading) fatal() (note, bool) {
	for _, note := range r.notes {
		if note.fatal() {
			return note, true
		}
	}
	return note{}, false
}

// drop takes away the findings with one of the codes.
func (r *reading) drop(codes ...string) {
	kept := r.notes[:0]
	for _, note := range r.notes {
		if !slices.Contains(codes, note.code) {
			kept = append(kept, note)
		}
	}
	r.notes = kept
}

func (e *Export) read() (reading, error) {
	if err := e.decode(); err != nil {
		return reading{}, err
	}
	at := &e.feed.record
	read := reading{place: place{at.line, at.row}, notes: e.notes[:0], original: e.cells.Line, resynced: at.mended}
	e.judge(&read, at)
	e.notes = read.notes
	return read, nil
}

// decode lets csvutil put the next row into e.cells. They are emptied first: csvutil leaves alone what the file has no column for, and there would stay what the
// row before was mended with.
func (e *Export) decode() error {
	if !e.hasEmail {
		return fmt.Errorf("%w: no heading has been matched with the e-mail address", ErrNeedsMapping)
	}
	e.cells = rowCells{}
	err := e.decoder.Decode(&e.cells)
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return fmt.Errorf("reading after line %d: %w", e.feed.record.line, err)
	}
	return nil
}

// judge cleans the cells and notes what is to be said about them.
func (e *Export) judge(read *reading, at *record) {
	if at.trouble != "" {
		read.notes = append(read.notes, note{code: UnreadableRow, trouble: at.trouble})
		read.member.ID, _ = strconv.ParseInt(e.cells.ID, 10, 64)
		read.member.CustomerID, read.member.Email = e.cells.CustomerID, e.cells.Email
		read.idText = e.cells.ID
		return
	}
	if at.mended {
		read.notes = append(read.notes, note{code: MendedQuotes})
	}
	e.judgeID(read)
	e.judgeEmail(read)
	e.judgeDate(read)
	read.member.FirstName = e.text(read, ColumnFirstName, e.cells.FirstName)
	read.member.LastName = e.text(read, ColumnLastName, e.cells.LastName)
	if e.hasRoles && e.cells.Roles == "" {
		e.note(read, NoRole, ColumnRoles, "")
	}
}

func (e *Export) note(read *reading, code, column, value string) {
	read.notes = append(read.notes, note{code: code, column: e.layout.Mapping[column], value: value})
}

// text cleans a cell and notes what that took.
func (e *Export) text(read *reading, column, text string) string {
	var made notes
	text = cleanText(text, &made)
	e.noteMade(read, column, text, made)
	return text
}

func (e *Export) noteMade(read *reading, column, text string, made notes) {
	if made == 0 {
		return
	}
	for _, code := range made.codes(e.layout.Encoding == EncodingWindows1252) {
		e.note(read, code, column, text)
	}
}

// judgeID reads the user ID. WebToffee writes it twice, so either column will do for both; a row with neither is a guest.
func (e *Export) judgeID(read *reading) {
	id, customer := e.text(read, ColumnID, e.cells.ID), e.text(read, ColumnCustomerID, e.cells.CustomerID)
	if id == "" {
		id = customer
	}
	if customer == "" {
		customer = id
	}
	read.member.CustomerID = customer
	switch guest := isYes(e.cells.Guest); {
	case guest, id == "" && e.hasID:
		e.note(read, Guest, "", "")
		return
	case id == "":
		return
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || number <= 0 {
		read.idText = id
		e.note(read, NoID, ColumnID, id)
		return
	}
	read.member.ID = number
	if customer != id {
		e.note(read, OtherCustomerID, ColumnCustomerID, customer)
	}
}

func isYes(text string) bool {
	return text == "1" || strings.EqualFold(text, "true") || strings.EqualFold(text, "yes")
}

func (e *Export) judgeEmail(read *reading) {
	var made notes
	email := cleanAddress(e.cells.Email, &made)
	read.member.Email = email
	e.noteMade(read, ColumnEmail, email, made)
	var valid bool
	e.key, valid = readAddress(e.key[:0], email)
	switch {
	case email == "":
		e.note(read, NoEmail, ColumnEmail, "")
	case !valid:
		e.note(read, BadEmail, ColumnEmail, email)
	}
}

func (e *Export) judgeDate(read *reading) {
	if !e.hasRegistered {
		return
	}
	if isDate(e.cells.Registered) {
		read.member.Registered = e.cells.Registered
		return
	}
	text := e.text(read, ColumnRegistered, e.cells.Registered)
	date, state := readDate(text)
	read.member.Registered = date
	switch state {
	case dateZero:
		e.note(read, ZeroDate, ColumnRegistered, text)
	case dateBad:
		read.dateText = text
		e.note(read, BadDate, ColumnRegistered, text)
	}
}
