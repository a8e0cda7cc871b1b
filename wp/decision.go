package wp

import (
	"fmt"
	"strconv"
	"strings"
)

// RowKey names a row for a decision: by WordPress ID where the file has one, else by line. As text, and so as a key in JSON,
// it is "id:36" or "line:28".
type RowKey struct {
	ID   int64
	Line int
}

// ByID names the rows with a WordPress ID, up to the first that is kept.
func ByID(id int64) RowKey { return RowKey{ID: id} }

// ByLine names the row that begins at a line of the file. It is the way to name a row without an ID, and one whose ID
// an earlier row has.
func ByLine(line int) RowKey { return RowKey{Line: line} }

// MarshalText writes the key as "id:36" or "line:28".
func (k RowKey) MarshalText() ([]byte, error) {
	if k.Line > 0 {
		return strconv.AppendInt([]byte("line:"), int64(k.Line), 10), nil
	}
	return strconv.AppendInt([]byte("id:"), k.ID, 10), nil
}

// UnmarshalText reads what MarshalText writes.
func (k *RowKey) UnmarshalText(text []byte) error {
	kind, number, _ := strings.Cut(string(text), ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || kind != "id" && kind != "line" {
		return fmt.Errorf("%q names no row: it should be like id:36 or line:28", text)
	}
	*k = ByID(n)
	if kind == "line" {
		*k = ByLine(int(n))
	}
	return nil
}

// Action is what the owner wants to happen with a row.
type Action string

// The three actions.
const (
	// Keep takes the row in spite of a twin address, a twin ID, a guest or a missing ID. It cannot make an address valid.
	Keep Action = "keep"
	// LeaveOut rejects the row. Its address is free for the next row that has it.
	LeaveOut Action = "leave-out"
	// Mend replaces cells; then the row is judged like any other.
	Mend Action = "mend"
)

// Decision is what the owner has decided about one row. Its texts are for Mend; an empty one changes nothing.
type Decision struct {
	Action     Action `json:"action"`
	ID         int64  `json:"id,omitempty"`
	Email      string `json:"email,omitempty"`
	Registered string `json:"registered,omitempty"`
	FirstName  string `json:"first_name,omitempty"`
	LastName   string `json:"last_name,omitempty"`
}

// apply changes a row as the owner has decided.
func (e *Export) apply(decision Decision, read *reading) {
	switch decision.Action {
	case LeaveOut:
		read.notes = append(read.notes[:0], note{code: LeftOut})
	case Keep:
		read.drop(Guest, NoID)
	case Mend:
		e.mend(decision, read)
	}
}

// mend replaces cells and judges the row again.
func (e *Export) mend(decision Decision, read *reading) {
	cells := rowCells{ID: read.idText, CustomerID: read.member.CustomerID, Email: read.member.Email,
		Registered: read.member.Registered, FirstName: read.member.FirstName, LastName: read.member.LastName,
		Roles: e.cells.Roles, Guest: e.cells.Guest}
	if read.member.ID > 0 {
		cells.ID = strconv.FormatInt(read.member.ID, 10)
	}
	if cells.Registered == "" {
		cells.Registered = e.cells.Registered
	}
	if decision.ID > 0 {
		cells.ID = strconv.FormatInt(decision.ID, 10)
		cells.CustomerID, cells.Guest = cells.ID, ""
	}
	replace := func(cell *string, with string) {
		if with != "" {
			*cell = with
		}
	}
	replace(&cells.Email, decision.Email)
	replace(&cells.Registered, decision.Registered)
	replace(&cells.FirstName, decision.FirstName)
	replace(&cells.LastName, decision.LastName)
	e.cells = cells
	*read = reading{place: read.place, notes: e.notes[:0], original: read.original, resynced: read.resynced}
	e.judge(read, &record{line: read.line, row: read.row})
}
