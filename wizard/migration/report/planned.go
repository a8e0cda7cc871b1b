package report

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"allyswitch/wizard/migration"
)

// planned puts the plan beside what happened.
func (f *facts) planned() Section {
	section := Section{ID: "plan", Title: "The plan, and what happened", Source: "The plan is plan.json; what happened is " + f.happenedSource()}
	if f.plan == nil {
		return Section{}
	}
	section.Words = append([]string{fmt.Sprintf("The plan was made on %s.", moment(f.plan.Made))}, f.rehearsalWords()...)
	section.Words = append(section.Words, f.quietWords()...)
	section.Tables = append([]Table{f.planTable()}, f.conflictTable()...)
	return section
}

// planTable has a column for the rehearsal when there was one.
func (f *facts) planTable() Table {
	table := Table{ID: "plan-table", Caption: "Planned and done", Columns: columns("What", "#Planned", "#Done", "Difference")}
	if f.rehearsal != nil {
		table.Caption, table.Columns = "Planned, rehearsed and done", columns("What", "#Planned", "#Rehearsed", "#Done", "Difference")
	}
	for _, row := range f.planRows() {
		cells := []Text{say(row.what), number(row.planned), knownNumber(row.done), differenceText(row)}
		if f.rehearsal != nil {
			cells = slices.Insert(cells, 2, knownNumber(row.rehearsed))
		}
		table.Rows = append(table.Rows, cells)
	}
	return table
}

// rehearsalWords say what the rehearsal was, and what would have stopped it.
func (f *facts) rehearsalWords() []string {
	if f.rehearsal == nil {
		return nil
	}
	words := []string{fmt.Sprintf("It was rehearsed on %s, on a copy of the account in this computer. It predicted: %s", moment(f.rehearsal.At), f.rehearsal.Access.Sentence())}
	if f.plan != nil && !f.rehearsal.Fits(f.plan) {
		words = append(words, "The plan was made anew after the rehearsal, so the two are not about the same.")
	}
	return words
}

func (f *facts) happenedSource() string {
	if f.history.proof == nil {
		return "not known before everybody is read back."
	}
	return fmt.Sprintf("journal line %d.", f.history.proof.seq)
}

// planRow is one figure of the plan beside what came of it; rehearsed and done are -1 when they are not known.
type planRow struct {
	what                     string
	planned, rehearsed, done int
}

func (f *facts) planRows() []planRow {
	rows := []planRow{
		{"Members", f.plan.Members, -1, -1}, {"New contacts", f.plan.New, -1, -1}, {"Contacts that get something they lack", f.plan.Changed, -1, -1},
		{"Contacts that need nothing", f.plan.Unchanged, -1, -1}, {"Members who cannot go", len(f.plan.Left), -1, -1}, {"Tags on members", f.plan.TagPairs, -1, -1},
		{"Tags to make", len(f.plan.NewTags), -1, len(f.history.made[migration.OpTagName])},
		{"Custom fields to make", len(f.plan.NewFields), -1, len(f.history.made[migration.OpField])},
		{"Requests to send everybody", f.plan.Write.Requests, -1, -1},
	}
	if f.history.proof != nil {
		proof := f.history.proof.proof
		for i, done := range []int{proof.Members, proof.Created, proof.Updated, proof.Unchanged, proof.Left, proof.PairsProven} {
			rows[i].done = done
		}
	}
	if tried := f.rehearsal; tried != nil {
		for i, predicted := range []int{tried.Members, tried.Created, tried.Updated, tried.Unchanged, tried.LeftOut} {
			rows[i].rehearsed = predicted
		}
		requests := &rows[len(rows)-1]
		requests.rehearsed = tried.Send.Requests
		if tried.Actual != nil {
			requests.done = tried.Actual.Requests
		}
	}
	return rows
}

func knownNumber(n int) Text {
	if n < 0 {
		return say("not known")
	}
	return number(n)
}

func differenceText(row planRow) Text {
	switch {
	case row.done < 0:
		return say("")
	case row.done == row.planned:
		return say("as planned")
	case row.done > row.planned:
		return say(grouped(row.done-row.planned) + " more")
	}
	return say(grouped(row.planned-row.done) + " fewer")
}

// quietWords say what was taken care of.
func (f *facts) quietWords() []string {
	var words []string
	if n := f.plan.Quiet.Unsubscribed + f.plan.Quiet.Bounced + f.plan.Quiet.Unconfirmed; n > 0 {
		words = append(words, fmt.Sprintf("%s got no mail from the CRM before (unsubscribed, bounced or not confirmed), and it stays so.", count(n, "member", "members")))
		if f.plan.QuietHidden != "" {
			words = append(words, f.plan.QuietHidden)
		}
	}
	if n := len(f.plan.Several); n > 0 {
		words = append(words, fmt.Sprintf("%s had more than one contact in the CRM.", count(n, "member", "members")))
	}
	return words
}

// conflictTable lists tags that could not be made.
func (f *facts) conflictTable() []Table {
	if len(f.plan.Conflicts) == 0 {
		return nil
	}
	conflicts := Table{ID: "conflicts", Caption: "Tags that could not be made under exactly their names", Columns: columns("Tag", "In the way", "Why")}
	for _, conflict := range f.plan.Conflicts[:min(shown, len(f.plan.Conflicts))] {
		conflicts.Rows = append(conflicts.Rows, []Text{outside(conflict.Name), outside(conflict.Other), outside(conflict.Why)})
	}
	conflicts.More = cut(len(conflicts.Rows), len(f.plan.Conflicts), migration.PlanFile)
	return []Table{conflicts}
}

// traffic is what went over the wire, beside what the CRM allows.
func (f *facts) traffic() Section {
	requests := f.count("finish", "requests")
	if requests == 0 && f.requests.total == 0 {
		return Section{}
	}
	section := Section{ID: "requests", Title: "Requests, and what the CRM allows", Source: "From checkpoint.json and allyswitch.log, which are no part of the hash chain: these numbers are told, not proven."}
	table := Table{ID: "requests-table", Caption: "Requests", Columns: columns("What", "#How many")}
	add := func(what string, value Text) { table.Rows = append(table.Rows, []Text{say(what), value}) }
	if f.plan != nil {
		add("Planned: write everybody", number(f.plan.Write.Requests))
		add("Planned: read everybody back once", number(f.plan.ReadBack.Requests))
	}
	add("Made, over all tasks", number(requests))
	add("Turned away by the CRM, because they came too fast", number(f.count("finish", "rate-limited")))
	add("Time that the work took", say(spell(f.count("finish", "ms"))))
	add("Least time that the limits allow for these requests", say(spell(f.count("finish", "floor-ms"))))
	f.addQuota(add)
	section.Tables = []Table{table}
	if chart, ok := f.paceChart(); ok {
		section.Charts = []Chart{chart}
	}
	return section
}

func spell(milliseconds int) string {
	return migration.Spell(time.Duration(milliseconds) * time.Millisecond)
}

func (f *facts) addQuota(add func(string, Text)) {
	used := 0
	for _, key := range slices.Sorted(maps.Keys(f.state.CRM.QuotaUsed)) {
		used += f.state.CRM.QuotaUsed[key]
	}
	if used > 0 {
		add("Of the daily allowance, used on "+f.state.CRM.QuotaDay+" (UTC)", number(used))
	}
	if f.plan != nil && f.plan.Write.DayShare > 0 {
		add("Part of a day's allowance that writing takes", say(fmt.Sprintf("%.1f %%", 100*f.plan.Write.DayShare)))
	}
}

// paceChart shows requests over the time in which there was work, with the limit where it is known.
func (f *facts) paceChart() (Chart, bool) {
	pace := f.requests.pace()
	if len(pace.columns) < 2 {
		return Chart{}, false
	}
	limit := allowed(f.options.Limits, pace.unit)
	unit := "minute"
	if pace.unit == time.Second {
		unit = "second"
	}
	alt := fmt.Sprintf("%s in %s. The busiest %s had %s.", count(f.requests.total, "request", "requests"), count(len(f.requests.seconds), "second with any", "seconds with any"), unit, grouped(pace.busiest))
	if limit > 0 {
		alt += fmt.Sprintf(" The limits allow %s in any %s.", grouped(limit), unit)
	} else {
		alt += " The CRM's limit is not known here, so no line is drawn for it."
	}
	return over("Requests in each "+unit+" with work (idle time is left out)", alt, pace, limit), true
}
