package report

import (
	"cmp"
	"fmt"
	"strings"

	"allyswitch/wizard/migration"
)

// starts is what the import could set off in the CRM, and what was decided about each.
func (f *facts) starts() Section {
	if f.plan == nil {
		return Section{}
	}
	blast := f.plan.Blast
	section := Section{ID: "starts", Title: "What could start by itself", Source: "From plan.json; what was accepted is in the journal lines named."}
	switch {
	case blast.Unknown != "":
		section.Words = append(section.Words, "The CRM could not say which automations there are. That is not the same as none.")
	case len(blast.Starts) == 0:
		section.Words = append(section.Words, "The CRM showed nothing active that the tags and fields could start.")
	}
	if blast.Hidden != "" {
		section.Words = append(section.Words, "Part of what may start is never shown by this CRM's API, and had to be looked at by hand.")
		section.Points = []Text{outside(blast.Hidden)}
	}
	if len(blast.Starts) == 0 {
		return section
	}
	table := Table{ID: "starts-table", Caption: "Active automations, sequences, forms and campaigns", Columns: columns("Name", "Kind", "Started by", "People", "Decision")}
	for _, start := range blast.Starts[:min(shown, len(blast.Starts))] {
		table.Rows = append(table.Rows, []Text{outside(start.Name), outside(start.Kind), outside(cmp.Or(start.Trigger, "not told")), say(start.Reach()), f.decision(start)})
	}
	table.More = cut(len(table.Rows), len(blast.Starts), migration.PlanFile)
	section.Tables = []Table{table}
	return section
}

// decision says what keeps an automation quiet, or who accepted it.
func (f *facts) decision(start migration.Start) Text {
	switch line := f.history.accepted[start.ID]; {
	case start.Quiet != "":
		return outside("kept quiet: " + start.Quiet)
	case line > 0:
		return say(fmt.Sprintf("accepted by you with the number of people, journal line %d", line))
	case start.People == 0:
		return say("nothing to decide")
	}
	return say("paused, or nothing was sent")
}

// canarySection is about the made-up members who went ahead.
func (f *facts) canarySection() Section {
	if len(f.canaries.All) == 0 {
		return Section{}
	}
	section := Section{ID: "canaries", Title: "Made-up members who went ahead", Source: "From canaries.json.",
		Words: []string{"They are not people, and are not counted among the members. They were looked at after every phase."}}
	table := Table{ID: "canaries-table", Caption: "Made-up members", Columns: columns("Stands for", "Address", "Now", "Looked at", "Lacked")}
	for _, canary := range f.canaries.All[:min(shown, len(f.canaries.All))] {
		table.Rows = append(table.Rows, []Text{outside(canary.Offering), person(canary.Email), outside(cmp.Or(canary.State, "not sent yet")),
			say(count(len(canary.Checks), "time", "times")), lacked(canary.Checks)})
	}
	section.Tables = []Table{table}
	return section
}

// lacked is what was missing at any of the checks.
func lacked(checks []migration.CanaryCheck) Text {
	var parts []string
	for _, check := range checks {
		switch {
		case check.Gone:
			parts = append(parts, "no contact ("+check.Phase+")")
		case check.Unknown:
			parts = append(parts, "tags not shown ("+check.Phase+")")
		case len(check.Missing) > 0:
			parts = append(parts, strings.Join(check.Missing, ", ")+" ("+check.Phase+")")
		}
	}
	return outside(cmp.Or(strings.Join(parts, "; "), "nothing"))
}

// watches are the looks at everybody after the switch.
func (f *facts) watches() Section {
	if len(f.history.watched) == 0 {
		return Section{}
	}
	table := Table{ID: "watches", Caption: "Looks, compared with the proof of their time", Columns: columns("When", "#Lost access", "#Can open more", "#No contact", "#Several contacts", "#Other user ID", "#Not told", "#Journal line")}
	for _, look := range f.history.watched[max(0, len(f.history.watched)-shown):] {
		table.Rows = append(table.Rows, []Text{say(moment(look.At)), number(len(look.Lost)), number(len(look.Gained)), number(len(look.Missing)),
			number(len(look.Twice)), number(len(look.Unlinked)), number(len(look.Undecided)), number(int(look.seq))})
	}
	return Section{ID: "watch", Title: "Looks after the switch", Source: "From journal.jsonl.", Tables: []Table{table},
		Words: []string{"Members who can open more than before have mostly bought something. All else is a reason to look at them."}}
}

// drifted says what the last look after the proof has found, other than that members can open more.
func (f *facts) drifted() []string {
	if len(f.history.watched) == 0 {
		return nil
	}
	last := f.history.watched[len(f.history.watched)-1]
	worse := len(last.Lost) + len(last.Missing) + len(last.Twice) + len(last.Unlinked) + len(last.Undecided)
	if worse == 0 || f.history.proof == nil || last.seq < f.history.proof.seq {
		return nil
	}
	return []string{fmt.Sprintf("A later look found members who are not as they were proven: %d lost access, %d have no contact, %d have several, %d show another user ID, %d could not be told (journal line %d).",
		len(last.Lost), len(last.Missing), len(last.Twice), len(last.Unlinked), len(last.Undecided), last.seq)}
}
