package report

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// The columns in which the lists of a read-back say what each row rests on.
const (
	columnLine     = "journal_line"
	columnReadBack = "read_back"
)

// tracedLists are the lists whose rows say so.
var tracedLists = []string{migration.AccessFile, migration.GapsFile}

// claims are what the rows of a list say they rest on.
type claims struct {
	file string
	// lines are the members by the line of the journal that is said to have sent them; marks counts rows by their read-back; rows are all that say anything.
	lines map[int64][]int64
	marks map[string]int
	rows  int
}

// readClaims reads what every row of a list rests on, not only those that the report shows.
func readClaims(src *source, name string) (*claims, error) {
	c := &claims{file: name, lines: map[int64][]int64{}, marks: map[string]int{}}
	return c, src.rows(name, func(row record) {
		if mark := row.cell(columnReadBack); mark != "" {
			c.marks[mark]++
			c.rows++
		}
		line, lineErr := strconv.ParseInt(row.cell(columnLine), 10, 64)
		id, idErr := strconv.ParseInt(row.cell("ID"), 10, 64)
		if lineErr == nil && idErr == nil {
			c.lines[line] = append(c.lines[line], id)
		}
	})
}

// rows checks that each row of the lists rests on the last read-back of the journal, and on a line that sent this very member.
func (c *Check) rows(src *source, history *history) error {
	for _, name := range tracedLists {
		claims, err := readClaims(src, name)
		if err != nil {
			c.problem("A file cannot be read as it was: %v.", err)
			return nil
		}
		c.Rows += claims.rows
		c.marks(claims, history)
		if err := c.lines(src, claims, history.lines); err != nil {
			return err
		}
	}
	return nil
}

func (c *Check) marks(claims *claims, history *history) {
	for _, mark := range sortedCounts(claims.marks) {
		if history.proof == nil || mark != history.proof.proof.At.Format(time.RFC3339Nano) {
			c.problem("%s: %s on a read-back of %s, which is not the last one in the journal.", claims.file, count(claims.marks[mark], "row rests", "rows rest"), visible(mark))
		}
	}
}

// lines looks each line up that a row rests on.
func (c *Check) lines(src *source, claims *claims, upTo int64) error {
	if len(claims.lines) == 0 {
		return nil
	}
	file, err := src.root.Open(journalFile)
	if err != nil {
		return doing("read the journal", err)
	}
	defer file.Close()
	err = eachEntry(file, upTo, func(entry checkpoint.Entry) error {
		members := claims.lines[entry.Seq]
		delete(claims.lines, entry.Seq)
		if wrong := notSent(entry, members); len(wrong) > 0 {
			c.problem("%s: the row of user %d rests on journal line %d, which did not send this member.", claims.file, wrong[0], entry.Seq)
		}
		return nil
	})
	for line, members := range claims.lines {
		c.problem("%s: the row of user %d rests on journal line %d, which is not there.", claims.file, members[0], line)
	}
	return doing("read the journal", err)
}

// notSent are those of the members whom a line did not send.
func notSent(entry checkpoint.Entry, members []int64) []int64 {
	if len(members) == 0 {
		return nil
	}
	var data memberData
	if entry.Op != migration.OpUpsert || entry.Phase != checkpoint.Intent || json.Unmarshal(entry.Data, &data) != nil {
		return members
	}
	sent := make(map[int64]bool, len(data.M))
	for _, id := range data.M {
		sent[id] = true
	}
	var wrong []int64
	for _, id := range members {
		if !sent[id] {
			wrong = append(wrong, id)
		}
	}
	return wrong
}

// lists are those that are not what the last read-back left, by the SHA-256 that it put into the journal.
func (h *history) lists(hashes map[string]string) []string {
	if h.proof == nil {
		return nil
	}
	var list []string
	for _, name := range sortedNames(h.proof.proof.Lists) {
		if now, there := hashes[name]; there && now != h.proof.proof.Lists[name] {
			list = append(list, fmt.Sprintf("%s is not the list that the read-back in journal line %d left.", name, h.proof.seq))
		}
	}
	return list
}
