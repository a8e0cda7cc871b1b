package migration

import (
	"context"
	"strconv"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
)

// finish says what became of everybody, writes failed.csv, and reads the sample back.
func (r *importer) finish(ctx context.Context, input ImportInput) (ImportResult, error) {
	result := &r.result
	result.Sent, result.Counted = r.sent, true
	result.TagsMade, result.FieldsMade = r.ledger.made[OpTagName], r.ledger.made[OpField]
	for i := range r.roster.Members {
		r.countMember(i)
	}
	if err := saveFailures(r.deps.Folder, r.roster, result.Failed); err != nil {
		return *result, err
	}
	if input.Sample == 0 || ctx.Err() != nil {
		return *result, nil
	}
	return *result, r.readSample(ctx)
}

func (r *importer) countMember(i int) {
	if twin := r.roster.Members[i].Twin; twin >= 0 {
		i = int(twin)
	}
	m := &r.roster.Members[i]
	switch {
	case r.ledger.skipped[m.ID]:
		r.result.Skipped++
	case r.left[m.ID]:
	case r.ledger.arrived(m):
		r.result.Arrived++
	case r.ledger.failed(m):
		r.result.Failed = append(r.result.Failed, Failure{m.ID, m.Email, r.ledger.reasons[m.ID]})
	default:
		r.result.Waiting++
	}
}

// saveFailures writes failed.csv in the shape of members.csv with a reason, so that it can be mended and read again.
func saveFailures(folder *checkpoint.Folder, roster *Roster, failures []Failure) error {
	rows := [][]string{{"ID", "customer_id", "user_email", "user_registered", "first_name", "last_name", "reason"}}
	for _, failure := range failures {
		if i, ok := roster.ByID(failure.Member); ok {
			m := &roster.Members[i]
			rows = append(rows, []string{m.UserID(), m.CustomerID, m.Email, m.Registered, m.FirstName, m.LastName, failure.Reason})
		}
	}
	return writeRows(folder, FailedFile, rows)
}

// readSample reads the members of the sample back from the CRM and puts what it shows beside what was sent.
func (r *importer) readSample(ctx context.Context) error {
	members := chooseSample(r.roster, r.arrivedMembers(), 10)
	r.report.Phase("Reading the sample back", int64(len(members)))
	for _, member := range members {
		contacts, err := r.deps.CRM.Find(ctx, r.roster.Members[member].Email)
		if err != nil {
			return doing("read the sample back", err)
		}
		r.result.Sample = append(r.result.Sample, r.sampleRow(member, contacts))
		r.report.Add(1, 0)
	}
	return saveSample(r.deps.Folder, r.result.Sample)
}

func (r *importer) arrivedMembers() []int {
	var members []int
	for i := range r.roster.Members {
		if r.ledger.arrived(&r.roster.Members[i]) {
			members = append(members, i)
		}
	}
	return members
}

func (r *importer) sampleRow(member int, contacts []crm.Contact) SampleRow {
	m := &r.roster.Members[member]
	row := SampleRow{Member: m.ID, Email: m.Email, Name: m.FirstName + " " + m.LastName, Tags: r.roster.TagNames(member)}
	switch {
	case len(contacts) == 0:
		row.Sign, row.Note = string(SignSiteOnly), "not to be seen in the CRM yet"
		return row
	case len(contacts) > 1:
		row.Sign, row.Note = string(SignUnclear), strconv.Itoa(len(contacts))+" contacts have this address"
		return row
	}
	row.ContactURL = r.deps.CRM.ContactURL(contacts[0].ID)
	row.Sign = string(SignSame)
	if !r.complete(member, contacts[0]) {
		row.Sign, row.Note = string(SignDiffers), "something that was sent is not to be seen yet"
	}
	return row
}
