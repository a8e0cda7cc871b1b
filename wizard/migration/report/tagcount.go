package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"allyswitch/crm/address"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

// tagCount is a tag and how many members have it.
type tagCount struct {
	name    string
	members int
}

// addresses say how many members have an address, by the key that addresses are compared by.
type addresses map[string]int

func (a addresses) add(email string) { a[address.Key(email)]++ }

func (a addresses) of(email string) int { return a[address.Key(email)] }

// countTags counts how many members have each tag. member-tags.csv has a row for each member and tag, so it is the longest file there is: it is read as
// bytes, and only rows with quotes are read as CSV.
func countTags(src *source, members addresses) ([]tagCount, int, error) {
	file, err := src.open(migration.TagsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, doing("read "+migration.TagsFile, err)
	}
	counter := &tagCounter{members: members, cells: map[string]*int{}}
	err = counter.read(bufio.NewReaderSize(file, 1<<20))
	if err := errors.Join(err, file.finish()); err != nil {
		return nil, 0, doing("read "+migration.TagsFile, err)
	}
	return counter.result()
}

// tagCounter counts by the cell as it is written; every name is written in one way only.
type tagCounter struct {
	members addresses
	cells   map[string]*int
	email   []byte
	weight  int
}

func (c *tagCounter) read(from *bufio.Reader) error {
	for heading := true; ; heading = false {
		line, err := c.line(from)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if email, cell, ok := cutRow(line); ok && !heading {
			c.count(email, cell)
		}
	}
}

// cutRow cuts a row after its first cell.
func cutRow(line []byte) (email, cell []byte, ok bool) {
	end := []byte(",")
	if bytes.HasPrefix(line, []byte(`"`)) {
		end = []byte(`",`)
	}
	at := bytes.Index(line, end)
	if at < 0 {
		return nil, nil, false
	}
	return line[:at+len(end)-1], line[at+len(end):], true
}

// line is the next row without its break. A row with an odd number of quotes goes on in the next line.
func (c *tagCounter) line(from *bufio.Reader) ([]byte, error) {
	line, err := from.ReadSlice('\n')
	if err == nil && bytes.Count(line, []byte(`"`))%2 == 0 {
		return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
	}
	whole := slices.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) || err == nil && bytes.Count(whole, []byte(`"`))%2 == 1 {
		line, err = from.ReadSlice('\n')
		whole = append(whole, line...)
	}
	if errors.Is(err, io.EOF) && len(whole) > 0 {
		err = nil
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(whole, []byte("\n")), []byte("\r")), err
}

func (c *tagCounter) count(email, cell []byte) {
	if len(cell) == 0 {
		return
	}
	if c.email == nil || !bytes.Equal(email, c.email) {
		c.email = append(c.email[:0], email...)
		c.weight = c.members.of(firstCell(email))
	}
	count := c.cells[string(cell)]
	if count == nil {
		count = new(int)
		c.cells[string(cell)] = count
	}
	*count += c.weight
}

// firstCell is the text of one written cell.
func firstCell(cell []byte) string {
	if bytes.IndexByte(cell, '"') < 0 {
		return unguard(string(cell))
	}
	row, err := csv.NewReader(bytes.NewReader(cell)).Read()
	if err != nil {
		return string(cell)
	}
	return unguard(row[0])
}

// result is sorted by members, then by name.
func (c *tagCounter) result() ([]tagCount, int, error) {
	var tags []tagCount
	pairs := 0
	for cell, members := range c.cells {
		name, err := tagName(cell)
		if err != nil {
			return nil, 0, doing("read "+migration.TagsFile, err)
		}
		if *members > 0 {
			tags = append(tags, tagCount{name, *members})
			pairs += *members
		}
	}
	slices.SortFunc(tags, func(a, b tagCount) int { return cmp.Or(b.members-a.members, strings.Compare(a.name, b.name)) })
	return tags, pairs, nil
}

// tagName reads a cell of member-tags.csv as the engine does.
func tagName(cell string) (string, error) {
	const anybody = "somebody@example.com"
	tags, err := wp.ReadMemberTags(strings.NewReader("email,tag\n"+anybody+","+cell+"\n"), wp.TagOptions{})
	if err != nil {
		return "", err
	}
	for _, names := range tags.Tags {
		if len(names) == 1 {
			return names[0], nil
		}
	}
	return firstCell([]byte(cell)), nil
}
