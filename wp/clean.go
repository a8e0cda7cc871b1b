package wp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"allyswitch/crm/address"
)

// CleanOptions say how Clean reads a file. The zero value reads one whose headings match.
type CleanOptions struct {
	// Mapping is what the owner has confirmed. Without it, Clean refuses a file whose layout needs a mapping.
	Mapping Mapping
	// Decisions are what the owner has decided about single rows. A decision by line goes before one by ID.
	Decisions map[RowKey]Decision
	// LeaveOut are addresses whose people are rejected, like by the decision LeaveOut: people who keep their login, but do not move.
	LeaveOut []string
	// Earlier is a members.csv from before, nil for none. Its people come first and keep their addresses: this is how a mended
	// rejected.csv is added when the export itself has been deleted.
	Earlier io.Reader
	// Progress is called every 1,000 rows and at the end, with the people and the bytes of the file read so far. It must be quick.
	Progress func(done, bytes int64)
}

// Summary is what Clean has done. People is always Kept + Rejected.
type Summary struct {
	// People counts all rows, those of Earlier among them.
	People   int64
	Kept     int64
	Rejected int64
	// Findings counts the people for each code, each person once.
	Findings map[string]int64
	// Examples are the first 20 findings of each code.
	Examples map[string][]Example
	// Fingerprint is the SHA-256 of members.csv in hexadecimal.
	Fingerprint string
	// BiographyResyncs counts the rows whose quotes broke the usual rules.
	BiographyResyncs int64
	// SecretsDropped are the headings of the columns with password hashes and session tokens.
	SecretsDropped []string
	// Administrators counts the people with that role; 0 also where the file has no roles.
	Administrators int64
	// AdministratorIDs are the user IDs of the first of them, as many as anybody could need.
	AdministratorIDs []int64
	// LeftOut counts the people whom CleanOptions.LeaveOut names.
	LeftOut int64
	Layout  Layout
}

// Example is a finding with the row that it is about, for a table in which the owner decides.
type Example struct {
	Finding
	Key    RowKey
	Line   int
	Number int
	Email  string
	Name   string
}

const mostExamples = 20

const mostAdministrators = 1000

// Clean reads an export and writes every person either to members, which has exactly the columns of MemberColumns, or to
// rejected, which has them too, with the line, the reason and what to do. It streams: memory does not grow with the file
// except by some bytes for each address, to find twins. Of several people with one address the first is kept.
//
// After an error both outputs are incomplete and must not be used. A file that needs a mapping gives ErrNeedsMapping, a file
// that is no export a *FileError, and a cancelled context its own error.
func Clean(ctx context.Context, in io.Reader, options CleanOptions, members, rejected io.Writer) (Summary, error) {
	counted := &countingReader{in: in}
	export, err := OpenExport(counted, options.Mapping)
	if err != nil {
		return Summary{}, err
	}
	if export.layout.NeedsMapping {
		return Summary{Layout: export.layout}, ErrNeedsMapping
	}
	c := &cleaner{options: options, addresses: newAddressSet(), ids: newIDSet(), bytes: counted, staysOut: map[string]bool{},
		members: newRowWriter(members, "members.csv"), rejected: newRowWriter(rejected, "rejected.csv"),
		summary: Summary{Findings: map[string]int64{}, Examples: map[string][]Example{}, SecretsDropped: export.layout.Secrets, Layout: export.layout}}
	for _, one := range options.LeaveOut {
		if key := address.Key(one); key != "" {
			c.staysOut[key] = true
		}
	}
	if err := c.run(ctx, export); err != nil {
		return c.summary, err
	}
	c.summary.Fingerprint = c.members.fingerprint()
	return c.summary, nil
}

type countingReader struct {
	in    io.Reader
	bytes int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.bytes += int64(n)
	return n, err
}

type cleaner struct {
	options           CleanOptions
	addresses         *addressSet
	ids               *idSet
	bytes             *countingReader
	members, rejected *rowWriter
	// staysOut are the keys of the addresses that are to be left out.
	staysOut map[string]bool
	summary  Summary
}

func (c *cleaner) run(ctx context.Context, export *Export) error {
	if err := c.headings(); err != nil {
		return err
	}
	if err := c.earlier(ctx); err != nil {
		return err
	}
	if err := c.people(ctx, export, c.options.Decisions); err != nil {
		return err
	}
	c.progress()
	if err := c.members.flush(); err != nil {
		return err
	}
	return c.rejected.flush()
}

// headings writes the first row of both files. The owner opens rejected.csv in a spreadsheet, which takes UTF-8 for something
// else unless a byte order mark says so; members.csv is for a CRM and has none.
func (c *cleaner) headings() error {
	c.rejected.buf = append(c.rejected.buf, "\xef\xbb\xbf"...)
	rejected := append([]string{ColumnLine}, MemberColumns()...)
	if err := c.rejected.row(append(rejected, ColumnReason, ColumnAdvice)...); err != nil {
		return err
	}
	return c.members.row(MemberColumns()...)
}

// earlier takes over the people of a former members.csv.
func (c *cleaner) earlier(ctx context.Context) error {
	if c.options.Earlier == nil {
		return nil
	}
	export, err := OpenExport(c.options.Earlier, nil)
	if err != nil {
		return fmt.Errorf("reading the members cleaned before: %w", err)
	}
	return c.people(ctx, export, nil)
}

func (c *cleaner) people(ctx context.Context, export *Export, decisions map[RowKey]Decision) error {
	for {
		if c.summary.People%1000 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			c.progress()
		}
		read, err := export.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.person(export, &read, decisions); err != nil {
			return err
		}
	}
}

func (c *cleaner) progress() {
	if c.options.Progress != nil {
		c.options.Progress(c.summary.People, c.bytes.bytes)
	}
}

// person decides where one row goes, and writes it there.
func (c *cleaner) person(export *Export, read *reading, decisions map[RowKey]Decision) error {
	key := ByLine(read.line)
	if read.member.ID > 0 && !c.ids.has(read.member.ID) {
		key = ByID(read.member.ID)
	}
	decision, decided := decide(decisions, key, read.line)
	if decided {
		export.apply(decision, read)
	}
	if c.staysOut[address.Key(read.member.Email)] {
		export.apply(Decision{Action: LeaveOut}, read)
		c.summary.LeftOut++
	}
	if _, lost := read.fatal(); !lost {
		c.claim(export, read, decision.Action == Keep)
	}
	c.count(read, key)
	if strings.Contains(export.cells.Roles, "administrator") {
		c.summary.Administrators++
		if id := read.member.ID; id > 0 && len(c.summary.AdministratorIDs) < mostAdministrators {
			c.summary.AdministratorIDs = append(c.summary.AdministratorIDs, id)
		}
	}
	if reason, lost := read.fatal(); lost {
		return c.reject(read, reason)
	}
	return c.keep(read)
}

func decide(decisions map[RowKey]Decision, key RowKey, line int) (Decision, bool) {
	if len(decisions) == 0 {
		return Decision{}, false
	}
	if decision, ok := decisions[ByLine(line)]; ok {
		return decision, true
	}
	decision, ok := decisions[key]
	return decision, ok
}

// claim takes ID and address for this row, or notes that an earlier row, which has been kept, has them.
func (c *cleaner) claim(export *Export, read *reading, keep bool) {
	id := read.member.ID
	if id > 0 && c.ids.has(id) && !keep {
		export.note(read, TwinID, ColumnID, strconv.FormatInt(id, 10))
		return
	}
	if first, taken := c.addresses.claim(export.key, read.row); taken && !keep {
		export.note(read, TwinEmail, ColumnEmail, read.member.Email)
		read.notes[len(read.notes)-1].first = first
		return
	}
	if id > 0 {
		c.ids.add(id)
	}
}

// count adds a row's findings to the summary, each code once.
func (c *cleaner) count(read *reading, key RowKey) {
	c.summary.People++
	if read.resynced {
		c.summary.BiographyResyncs++
	}
	for i, each := range read.notes {
		if counted(read.notes[:i], each.code) {
			continue
		}
		c.summary.Findings[each.code]++
		if examples := c.summary.Examples[each.code]; len(examples) < mostExamples {
			c.summary.Examples[each.code] = append(examples, Example{Finding: each.finding(read.place), Key: key, Line: read.line,
				Number: read.row, Email: read.member.Email, Name: fullName(read.member)})
		}
	}
}

func counted(before []note, code string) bool {
	for _, each := range before {
		if each.code == code {
			return true
		}
	}
	return false
}

func fullName(m Member) string {
	if m.FirstName == "" || m.LastName == "" {
		return m.FirstName + m.LastName
	}
	return m.FirstName + " " + m.LastName
}

func (c *cleaner) keep(read *reading) error {
	c.summary.Kept++
	m := &read.member
	if m.ID > 0 {
		c.members.buf = strconv.AppendInt(c.members.buf, m.ID, 10)
	}
	c.members.buf = append(c.members.buf, ',')
	c.members.add(m.CustomerID)
	c.members.add(m.Email)
	c.members.add(m.Registered)
	c.members.add(m.FirstName)
	c.members.add(m.LastName)
	return c.members.end()
}

// reject writes what the file has where a cell could not be understood, so that it can be mended. A row of rejected.csv that
// is rejected again keeps the line that it has in the export.
func (c *cleaner) reject(read *reading, reason note) error {
	c.summary.Rejected++
	m, line, id, date := &read.member, read.original, read.idText, read.member.Registered
	if line == "" {
		line = strconv.Itoa(read.line)
	}
	if m.ID > 0 {
		id = strconv.FormatInt(m.ID, 10)
	}
	if date == "" {
		date = read.dateText
	}
	return c.rejected.row(line, id, m.CustomerID, m.Email, date, m.FirstName, m.LastName, reason.code, reason.finding(read.place).Sentence)
}
