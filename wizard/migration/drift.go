package migration

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
)

// PlanMembersFile keeps who the plan was made for; DriftFile says who is not as they were then.
const (
	PlanMembersFile = "plan-members.csv"
	DriftFile       = "drift.csv"
)

// Drift is how the members differ from those of the plan.
type Drift struct {
	Joined, Left, Changed int
	// NewTags are names that no member had when the plan was made: nothing is known about what they would start.
	NewTags []string
	rows    []driftRow
}

// driftRow is one member who is not as the plan knew them.
type driftRow struct {
	what, email, note string
	member            int64
}

// Count is how many members differ.
func (d Drift) Count() int { return d.Joined + d.Left + d.Changed }

// Sentence says it in figures, with the first of them by name.
func (d Drift) Sentence() string {
	if len(d.rows) == 0 && len(d.NewTags) == 0 {
		return "the members are read in another way than before"
	}
	text := fmt.Sprintf("%d joined, %d left, %d changed", d.Joined, d.Left, d.Changed)
	if len(d.rows) > 0 {
		text += fmt.Sprintf(" (the first is %s, who %s; all are in %s)", d.rows[0].email, d.rows[0].what, DriftFile)
	}
	if len(d.NewTags) > 0 {
		text += fmt.Sprintf("; tags that are new: %s", strings.Join(d.NewTags, ", "))
	}
	return text
}

// Within says that the owner allows this much. Tags that are new are never allowed: what they would start has not been looked at.
func (d Drift) Within(allowed int) bool {
	return len(d.NewTags) == 0 && len(d.rows) > 0 && d.Count() <= allowed
}

// mark changes when anything about a member does.
func (r *Roster) mark(member int) string {
	if r.Members[member].TagsKnown {
		return r.ContentHash(member)
	}
	return r.ContentHash(member) + "?"
}

// savePlanMembers keeps who the plan was made for, one short line a member.
func savePlanMembers(folder *checkpoint.Folder, roster *Roster) error {
	file, err := folder.Create(PlanMembersFile)
	if err != nil {
		return doing("write "+PlanMembersFile, err)
	}
	writer := csv.NewWriter(file)
	_ = writer.Write([]string{"ID", "user_email", "mark"}) // an error stays with the writer
	for i := range roster.Members {
		_ = writer.Write([]string{roster.Members[i].UserID(), roster.Members[i].Email, roster.mark(i)})
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		file.Abort()
		return doing("write "+PlanMembersFile, err)
	}
	return doing("write "+PlanMembersFile, file.Close())
}

// planned is a member as the plan knew them.
type planned struct{ email, mark string }

func loadPlanMembers(folder *checkpoint.Folder) (map[int64]planned, error) {
	file, err := folder.OpenFile(PlanMembersFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, doing("read "+PlanMembersFile, err)
	}
	defer file.Close()
	reader, members := csv.NewReader(file), map[int64]planned{}
	reader.ReuseRecord = true
	for line := 0; ; line++ {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return members, nil
		}
		if err != nil {
			return nil, doing("read "+PlanMembersFile, err)
		}
		if id, err := strconv.ParseInt(row[0], 10, 64); err == nil && len(row) == 3 {
			members[id] = planned{strings.Clone(row[1]), strings.Clone(row[2])}
		}
	}
}

// driftSince compares the members with those of the plan, and writes drift.csv.
func driftSince(folder *checkpoint.Folder, plan *Plan, roster *Roster) (Drift, error) {
	before, err := loadPlanMembers(folder)
	if err != nil {
		return Drift{}, err
	}
	drift := Drift{NewTags: newTagNames(plan, roster)}
	drift.compare(before, roster)
	rows := [][]string{{"what", "ID", "user_email", "note"}}
	for _, row := range drift.rows {
		rows = append(rows, []string{row.what, strconv.FormatInt(row.member, 10), row.email, row.note})
	}
	return drift, writeRows(folder, DriftFile, rows)
}

func newTagNames(plan *Plan, roster *Roster) []string {
	known := map[string]bool{}
	for _, tag := range plan.Tags {
		known[tag.Tag] = true
	}
	return slices.DeleteFunc(slices.Clone(roster.Tags), func(name string) bool { return known[name] })
}

func (d *Drift) compare(before map[int64]planned, roster *Roster) {
	for i := range roster.Members {
		m := &roster.Members[i]
		was, known := before[m.ID]
		switch {
		case !known:
			d.Joined++
			d.rows = append(d.rows, driftRow{"joined", m.Email, "", m.ID})
		case was.mark != roster.mark(i):
			d.Changed++
			note := "name, tags or another of the columns"
			if was.email != m.Email {
				note = "the address was " + was.email
			}
			d.rows = append(d.rows, driftRow{"changed", m.Email, note, m.ID})
		}
	}
	for id, was := range before {
		if _, still := roster.ByID(id); !still {
			d.Left++
			d.rows = append(d.rows, driftRow{"left", was.email, "", id})
		}
	}
	slices.SortStableFunc(d.rows, func(a, b driftRow) int { return strings.Compare(a.what+a.email, b.what+b.email) })
}

// lookAtDrifted looks up, before anything is sent, what the CRM holds under the addresses that the plan did not know: their values must not be lost.
func (r *importer) lookAtDrifted(ctx context.Context, drift Drift) error {
	looked := false
	for _, row := range drift.rows {
		member, still := r.roster.ByID(row.member)
		if !still || r.knowsBefore(member) {
			continue
		}
		found, err := r.deps.CRM.Find(ctx, r.roster.Members[member].Email)
		if err != nil {
			return doing("look up a member who joined since the plan", err)
		}
		r.befores.forget(row.member)
		for _, contact := range found {
			r.befores.add(beforeOf(row.member, contact, r.own), &r.roster.Members[member])
		}
		looked = true
	}
	if !looked {
		return nil
	}
	return r.befores.save(r.deps.Folder, r.roster)
}

// knowsBefore says that nothing has to be looked up: the plan saw the contact under this address, or this very member has been sent already.
func (r *importer) knowsBefore(member int) bool {
	m := &r.roster.Members[member]
	if sent, ok := r.ledger.members[m.ID]; ok && sent.hash == m.content {
		return true
	}
	for _, before := range r.befores.of(m.ID) {
		if address.Key(before.Email) == m.Key {
			return true
		}
	}
	for _, open := range r.ledger.open {
		if slices.Contains(open.intent.Members, m.ID) {
			return true
		}
	}
	return false
}
