package report

import (
	"slices"
	"strconv"

	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

// shown is how many rows of a long list a report shows. The file holds them all.
const shown = 500

// list is a CSV file of which only the first rows are kept, and all are counted.
type list struct {
	file  string
	rows  []record
	total int
	// by counts rows by what stands in one of the columns.
	by map[string]int
}

func (l *list) add(row record, kind string, keep bool) {
	l.by[kind]++
	if !keep {
		return
	}
	l.total++
	if len(l.rows) < shown {
		l.rows = append(l.rows, record{row.heading, slices.Clone(row.cells)})
	}
}

func newList(file string) list { return list{file: file, by: map[string]int{}} }

// fileFacts is what the files of the folder say.
type fileFacts struct {
	hashes                                       map[string]string
	members                                      int
	rejected, failed, gaps, access, links, stays list
	delta, orders                                list
	setup, places, offerings, running, controls  list
	// moved is when a person has ticked an order off.
	moved map[string]string
	tags  []tagCount
	pairs int
}

// jsonFiles are read whole.
var jsonFiles = []string{migration.PlanFile, migration.ProofFile, migration.RehearsalFile, migration.CanariesFile}

// otherFiles are not read into the report, but what is in it rests on them.
var otherFiles = []string{migration.BeforeFile, migration.OfferingsFile, migration.DeltaFile}

// readFiles reads all files that the figures rest on.
func readFiles(src *source) (*fileFacts, error) {
	f := &fileFacts{hashes: src.hashes, rejected: newList(migration.RejectedFile), failed: newList(migration.FailedFile),
		gaps: newList(migration.GapsFile), access: newList(migration.AccessFile), links: newList(migration.ContactIDsFile), stays: newList(migration.UndoLeftFile), delta: newList(migration.DeltaListFile), orders: newList(migration.OrdersChangesFile),
		setup: newList(migration.SetupFile), places: newList(migration.ReferencesFile), offerings: newList(migration.OfferingStartsFile), running: newList(migration.OrdersFile),
		controls: newList(migration.ControlsFile), moved: map[string]string{}}
	known := addresses{}
	err := src.rows(migration.MembersFile, func(row record) {
		f.members++
		known.add(row.cell(wp.ColumnEmail))
	})
	if err != nil {
		return nil, err
	}
	if err := f.readLists(src); err != nil {
		return nil, err
	}
	if f.tags, f.pairs, err = countTags(src, known); err != nil {
		return nil, err
	}
	for _, name := range otherFiles {
		if err := src.digest(name); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *fileFacts) readLists(src *source) error {
	for _, read := range []struct {
		list   *list
		column string
		keep   func(record) bool
	}{
		{&f.rejected, wp.ColumnReason, nil},
		{&f.failed, "", nil},
		{&f.gaps, "problem", nil},
		{&f.stays, "kind", nil},
		{&f.delta, "what", nil},
		{&f.orders, "what", nil},
		{&f.setup, "state", nil},
		{&f.places, "state", nil},
		{&f.offerings, "verdict", nil},
		{&f.running, "state", nil},
		{&f.controls, "", nil},
		{&f.access, "verdict", nil},
		{&f.links, "sign", func(row record) bool { return row.cell("sign") != string(migration.SignSame) }},
	} {
		err := src.rows(read.list.file, func(row record) {
			read.list.add(row, row.cell(read.column), read.keep == nil || read.keep(row))
		})
		if err != nil {
			return err
		}
	}
	return src.rows(migration.OrdersDoneFile, func(row record) { f.moved[row.cell("order")] = row.cell("at") })
}

// listed are the members in the lists, for whom the journal is asked.
func (f *fileFacts) listed() map[int64]int64 {
	members := map[int64]int64{}
	for _, list := range []list{f.gaps, f.access, f.links, f.failed, f.delta} {
		for _, row := range list.rows {
			if id, err := strconv.ParseInt(row.cell(wp.ColumnID), 10, 64); err == nil {
				members[id] = 0
			}
		}
	}
	return members
}
