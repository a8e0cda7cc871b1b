package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// sampleSize is how many members go first, to be looked at.
const sampleSize = 10

func newImport(deps *Deps) *step {
	s := &step{id: Import, title: "Import the members into the CRM", deps: deps}
	s.inputs = restsOn(theMembers, theAccount)
	s.sheet = s.importSheet
	s.advanced = s.advancedImport
	return s
}

func (s *step) importSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	return wizard.Sheet{
		Does: []string{
			fmt.Sprintf("This step brings your members into %s: address, first and last name, the three fields ID, customer_id and user_registered, and their tags.", name),
			"First a plan, which sends nothing. Then ten members to look at. Then everybody else.",
		},
		Warnings: s.importWarnings(state, name),
		Did:      s.importFacts(state),
		Items:    s.importItems(state, name),
		Known:    fmt.Sprintf("%s has taken every member, or you have decided about each that it did not take.", name),
		Help: []string{
			"Blanks never overwrite what the CRM knows. Names are filled in only where the CRM has none. People who unsubscribed stay unsubscribed.",
			"You can stop at any moment, even pull the plug. The next start looks up what is not certain, and sends nobody twice.",
			"While it waits, it says why. Most often the CRM allows only so many requests a minute.",
			"Tell support: the numbers under \"So far\", and the code if there is an error.",
		},
	}
}

func (s *step) importWarnings(state *checkpoint.State, name string) []string {
	warnings := []string{fmt.Sprintf("Do not switch on automations in %s yet. Tags start them, and thousands of welcome mails could go out.", name)}
	if count(state, EditCSV, "pairs") == 0 {
		warnings = append(warnings, "There is no tag file, so members go without tags. Give it in step 2 first, if you can.")
	}
	return warnings
}

func (s *step) importItems(state *checkpoint.State, name string) []wizard.Item {
	items := s.planItems(state)
	if !s.doneWith(state, "plan") {
		return items
	}
	room, held := state.Answer(Import, "import.room") == "yes", startsOpen(state)
	items = append(items, s.roomQuestion(state)...)
	items = append(items, s.routeQuestion(state)...)
	items = append(items, s.startItems(state, name)...)
	items = append(items, s.uploadItems(state, name)...)
	items = append(items, s.mailQuestion(state, name)...)
	items = append(items, s.careItems(state, name)...)
	items = append(items, s.rehearseItem(state, name))
	items = append(items, s.crmTask(state, wizard.Task{Key: "sample", Label: say("Send the first %d {member|members}", sampleSize), Required: true, Locked: held,
		Complete: s.ranWith(state, "sample") || s.allSent(state), Help: "Ten members who together have as many of your tags as possible."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			return runImport(ctx, deps, migration.ImportInput{Sample: sampleSize, AcceptNoRoom: room}, report)
		}))
	items = append(items, s.sampleItems(state, name)...)
	_, looked := state.Step(Import).Ticks["sample-seen"]
	items = append(items, s.crmTask(state, wizard.Task{Key: "all", Label: "Send everybody else", Required: true, Complete: s.allSent(state),
		Locked: cmp.Or(held, lockedUnless(looked, "Look at the sample first, and tick the box.")), Help: "Goes on where it stopped, if it was stopped."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			return runImport(ctx, deps, migration.ImportInput{AcceptNoRoom: room}, report)
		}))
	return append(items, s.failureItems(state, room)...)
}

func lockedUnless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

// crmTask is a task that needs the CRM. It is locked while the key is not known.
func (s *step) crmTask(state *checkpoint.State, task wizard.Task, run func(context.Context, migration.Deps, job.Reporter) (wizard.Change, error)) wizard.Task {
	provider, values, missing := s.deps.settings(state)
	engine := s.deps.engine(state)
	if task.Locked == "" {
		task.Locked = missing
	}
	task.Run = func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
		deps, err := s.deps.connect(engine, provider, values)
		if err != nil {
			return nil, err
		}
		before := traffic(deps.CRM)
		change, err := run(ctx, deps, report)
		after := traffic(deps.CRM)
		return withTraffic(change, after.minus(before), deps.CRM.Quota()), err
	}
	return s.do(state, task)
}

func (s *step) planItems(state *checkpoint.State) []wizard.Item {
	items := []wizard.Item{s.crmTask(state, wizard.Task{Key: "plan", Label: "Make the plan", Required: true, Complete: s.doneWith(state, "plan"),
		Help: "Reads who is in the CRM already. Nothing is sent."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			plan, err := migration.MakePlan(ctx, deps, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) { keepPlan(state, plan) }, nil
		})}
	if text := note(state, Import, "conflicts"); text != "" {
		items = append(items, conflictTable(text))
	}
	return items
}

func keepPlan(state *checkpoint.State, plan *migration.Plan) {
	for key, value := range map[string]int{"plan.members": plan.Members, "plan.new": plan.New, "plan.changed": plan.Changed, "plan.unchanged": plan.Unchanged,
		"plan.left": len(plan.Left), "plan.several": len(plan.Several), "plan.unsubscribed": plan.Quiet.Unsubscribed, "plan.bounced": plan.Quiet.Bounced, "plan.unconfirmed": plan.Quiet.Unconfirmed,
		"plan.requests": plan.Write.Requests, "plan.read-requests": plan.ReadBack.Requests, "plan.tags": len(plan.NewTags), "plan.fields": len(plan.NewFields),
		"plan.limit": plan.Room.Limit, "plan.after": plan.Room.After, "plan.cut": plan.Cut,
		"plan.values": plan.Values(), "plan.pairs": plan.PairsAdded, "plan.shared": plan.Shared, "plan.used": plan.UsedToday} {
		setCount(state, Import, key, value)
	}
	setNote(state, Import, "plan.time", migration.Spell(plan.Write.Duration()))
	setNote(state, Import, "plan.read-time", migration.Spell(plan.ReadBack.Duration()))
	setNote(state, Import, "room", roomWord(plan.Room))
	setNote(state, Import, "plan.note", plan.Note)
	setNote(state, Import, "plan.hidden", plan.QuietHidden)
	keepRoutes(state, plan.Routes, plan.ReadBack.Duration())
	var conflicts []string
	for _, conflict := range plan.Conflicts {
		conflicts = append(conflicts, conflict.Name+"\t"+conflict.Other+"\t"+conflict.Why)
	}
	setNote(state, Import, "conflicts", strings.Join(conflicts, "\n"))
	keepBlast(state, plan.Blast)
}

func roomWord(room migration.Room) string {
	fits, known := room.Fits()
	switch {
	case !known:
		return "unknown"
	case fits:
		return "fits"
	}
	return "full"
}

func conflictTable(text string) wizard.Table {
	rows := strings.Split(text, "\n")
	return wizard.Table{Key: "conflicts", Title: "Tags that cannot be made under exactly their names", Rows: len(rows),
		Columns: []wizard.Column{{Title: "Tag", Width: 22}, {Title: "In the way", Width: 22}, {Title: "Why"}},
		Row:     func(i int) []string { return strings.SplitN(rows[i], "\t", 3) }}
}

func (s *step) roomQuestion(state *checkpoint.State) []wizard.Item {
	if note(state, Import, "room") != "full" {
		return nil
	}
	return []wizard.Item{s.ask(state, wizard.Question{Key: "import.room", Label: "Your plan seems too small. Go on all the same?", Required: true,
		Help:    say("There would be %d {contact|contacts}, the plan allows %d. Some CRMs bill more, others refuse.", count(state, Import, "plan.after"), count(state, Import, "plan.limit")),
		Choices: []wizard.Choice{{Value: "no", Label: "No, wait until the plan is bigger"}, {Value: "yes", Label: "Yes, the plan grows by itself"}}})}
}

func (s *step) sampleItems(state *checkpoint.State, name string) []wizard.Item {
	if count(state, Import, "sample") == 0 {
		return nil
	}
	rows := s.deps.files.rows(s.deps.Folder, migration.SampleFile)
	table := wizard.Table{Key: "sample", Title: "The sample, as " + name + " shows it now", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "", Width: 2}, {Title: "ID", Width: 8}, {Title: "Address", Width: 30, Private: true}, {Title: "Tags"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, "sign"), rows.cell(i, "ID"), rows.cell(i, "user_email"), cmp.Or(rows.cell(i, "note"), apart(rows.cell(i, "tags")))}
		}}
	return []wizard.Item{table, s.tick(state, wizard.Tick{Key: "sample-seen", Text: "You have looked at the sample in " + name + ", and it is right",
		Look: "two or three of these people in the CRM. Name, ID and tags should be as on your site, and nobody should have got a mail."})}
}

// allSent says that nobody waits any more: every member was taken, refused, or left out.
func (s *step) allSent(state *checkpoint.State) bool {
	return s.doneWith(state, "plan") && note(state, Import, "fingerprint") == s.inputs(state) && count(state, Import, "waiting") == 0
}

// runImport sends, and keeps what came of it. Failures do not make it an error: they are a list to look at.
func runImport(ctx context.Context, deps migration.Deps, input migration.ImportInput, report job.Reporter) (wizard.Change, error) {
	result, err := migration.Import(ctx, deps, input, report)
	if refused := int64(len(result.Failed)); err == nil && refused > 0 {
		// Each phase counts for itself. The last word is how many were refused, or the work would count as done.
		report.Phase("Counting who was refused", refused)
		report.Add(0, refused)
	}
	rehearsal, rehearsalErr := migration.LoadRehearsal(deps.Folder)
	canaries, canariesErr := migration.LoadCanaries(deps.Folder)
	err = errors.Join(err, rehearsalErr, canariesErr)
	if !result.Counted {
		return nil, err // what is known of the run before stays
	}
	return func(state *checkpoint.State) {
		setNote(state, Import, "fingerprint", theMembers(state)+";"+theAccount(state)+";")
		for key, value := range map[string]int{"arrived": result.Arrived, "waiting": result.Waiting, "failed": len(result.Failed), "skipped": result.Skipped,
			"tags-made": result.TagsMade, "fields-made": result.FieldsMade} {
			setCount(state, Import, key, value)
		}
		setCount(state, Import, "quiet-checked", result.QuietChecked)
		setNote(state, Import, "woken", strings.Join(result.Woken, ", "))
		keepActual(state, rehearsal)
		setCount(state, Import, "canaries", canaries.Alive())
		setCount(state, Import, "canaries-sent", len(canaries.All))
		if len(result.Sample) > 0 {
			setCount(state, Import, "sample", len(result.Sample))
			delete(state.Step(Import).Ticks, "sample-seen")
		}
	}, err
}

func (s *step) failureItems(state *checkpoint.State, room bool) []wizard.Item {
	if count(state, Import, "failed") == 0 {
		return nil
	}
	rows := s.deps.files.rows(s.deps.Folder, migration.FailedFile)
	table := wizard.Table{Key: "failures", Title: "Members whom the CRM did not take (saved in failed.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "ID", Width: 8}, {Title: "Address", Width: 30, Private: true}, {Title: "Reason"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, "ID"), rows.cell(i, "user_email"), rows.cell(i, "reason")}
		},
		Actions: []wizard.RowAction{{Key: "x", Label: "leave out", Do: func(row int, _ string) (wizard.Change, error) {
			return s.skip(rows, row)
		}}}}
	retry := s.crmTask(state, wizard.Task{Key: "retry", Label: "Send the failed ones again", Required: true,
		Help: "After you have mended the cause. Or leave them out, one by one, in the list."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			return runImport(ctx, deps, migration.ImportInput{RetryFailed: true, AcceptNoRoom: room}, report)
		})
	return []wizard.Item{table, retry}
}

func (s *step) skip(rows *fileRows, row int) (wizard.Change, error) {
	id, err := strconv.ParseInt(rows.cell(row, "ID"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("this row has no user ID")
	}
	if err := migration.Skip(migration.Deps{Folder: s.deps.Folder}, id, true); err != nil {
		return nil, explain(err, s.deps)
	}
	return func(state *checkpoint.State) {
		setCount(state, Import, "failed", int(count(state, Import, "failed"))-1)
		setCount(state, Import, "skipped", int(count(state, Import, "skipped"))+1)
	}, nil
}

func (s *step) importFacts(state *checkpoint.State) []wizard.Fact {
	if !s.doneWith(state, "plan") {
		return nil
	}
	facts := []wizard.Fact{
		fact(wizard.MarkPlain, "Plan", say("%d {member|members}: %d new, %d {gets|get} something they lack, %d {needs|need} nothing", count(state, Import, "plan.members"),
			count(state, Import, "plan.new"), count(state, Import, "plan.changed"), count(state, Import, "plan.unchanged"))),
		fact(wizard.MarkPlain, "Writes", say("%d {value|values} and %d {tag|tags}, of which %d {tag|tags} and %d {field|fields} are made new", count(state, Import, "plan.values"),
			count(state, Import, "plan.pairs"), count(state, Import, "plan.tags"), count(state, Import, "plan.fields"))),
		fact(wizard.MarkPlain, "Proof", say("reading everybody back takes %s, %d {request|requests}", note(state, Import, "plan.read-time"), count(state, Import, "plan.read-requests"))),
	}
	facts = append(facts, routeFacts(state)...)
	facts = append(facts, closedHoursFact(state)...)
	facts = append(facts, s.careFacts(state)...)
	facts = append(facts, s.startFacts(state)...)
	facts = append(facts, s.rehearsalFacts(state)...)
	if note(state, Import, "fingerprint") == "" {
		return facts
	}
	mark := wizard.MarkGood
	if count(state, Import, "failed")+count(state, Import, "waiting") > 0 {
		mark = wizard.MarkWarn
	}
	return append(facts, fact(mark, "Sent", say("%d taken, %d still to go, %d refused, %d left out by you", count(state, Import, "arrived"),
		count(state, Import, "waiting"), count(state, Import, "failed"), count(state, Import, "skipped"))))
}

func (s *step) careFacts(state *checkpoint.State) []wizard.Fact {
	var facts []wizard.Fact
	if text := note(state, Import, "conflicts"); text != "" {
		facts = append(facts, fact(wizard.MarkBad, "Tags", several(int64(strings.Count(text, "\n")+1), "tag")+" cannot be made under the exact name: see the list. Nothing can be sent before that is mended and the plan is made again."))
	}
	if n := count(state, Import, "plan.unsubscribed") + count(state, Import, "plan.bounced"); n > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "No mail", say("%d {member is|members are} unsubscribed or bounced in the CRM, and {stays|stay} so", n)))
	}
	if n := count(state, Import, "plan.unconfirmed"); n > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "No mail?", say("%d {member is|members are} in the CRM without a confirmed consent, and {stays|stay} so: it may hold mail back from them", n)))
	}
	facts = append(facts, s.mailFact(state)...)
	if n := count(state, Import, "plan.several"); n > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Several", say("%d {member has|members have} more than one contact in the CRM: merge those before step 11", n)))
	}
	if n := count(state, Import, "plan.shared"); n > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Shared", say("%d {member has|members have} the address of another member, and {shares|share} the contact", n)))
	}
	if n := count(state, Import, "plan.used"); n > 0 {
		facts = append(facts, fact(wizard.MarkPlain, "Quota", say("%d of today's requests {was|were} used already", n)))
	}
	if n := count(state, Import, "plan.left"); n > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Cannot go", say("%d {member has|members have} an address that no CRM takes", n)))
	}
	if n := count(state, Import, "plan.cut"); n > 0 {
		facts = append(facts, fact(wizard.MarkWarn, "Names", say("%d {name is too long for the CRM, and is|names are too long for the CRM, and are} shortened", n)))
	}
	if text := note(state, Import, "plan.hidden"); text != "" {
		facts = append(facts, fact(wizard.MarkWarn, "May be hidden", text+" They may lose their access at the switch until they subscribe again. Step 5 counts them."))
	}
	if text := note(state, Import, "plan.note"); text != "" {
		facts = append(facts, fact(wizard.MarkWarn, "Your plan", text))
	}
	switch note(state, Import, "room") {
	case "full":
		facts = append(facts, fact(wizard.MarkBad, "Room", say("there would be %d {contact|contacts}, the plan allows %d", count(state, Import, "plan.after"), count(state, Import, "plan.limit"))))
	case "unknown":
		facts = append(facts, fact(wizard.MarkUnknown, "Room", "the CRM does not tell how many contacts the plan allows"))
	}
	return facts
}

// traffic is what went over the wire so far.
func traffic(client *crm.Client) trafficCount {
	reading := client.Meter().Read()
	return trafficCount{requests: reading.Requests, limited: reading.RateLimited, floor: client.Meter().Floor(client.Features().Windows), at: time.Now()}
}

type trafficCount struct {
	requests, limited int
	floor             time.Duration
	at                time.Time
}

func (t trafficCount) minus(o trafficCount) trafficCount {
	return trafficCount{requests: t.requests - o.requests, limited: t.limited - o.limited, floor: t.floor - o.floor, at: time.Time{}.Add(t.at.Sub(o.at))}
}

// withTraffic adds what a task sent to the figures of the whole migration.
func withTraffic(change wizard.Change, sent trafficCount, quota crm.Quota) wizard.Change {
	return func(state *checkpoint.State) {
		if change != nil {
			change(state)
		}
		state.CRM.QuotaDay, state.CRM.QuotaUsed = quota.Day, quota.Used
		setCount(state, Finish, "requests", int(count(state, Finish, "requests"))+sent.requests)
		setCount(state, Finish, "rate-limited", int(count(state, Finish, "rate-limited"))+sent.limited)
		setCount(state, Finish, "floor-ms", int(count(state, Finish, "floor-ms"))+int(sent.floor.Milliseconds()))
		setCount(state, Finish, "ms", int(count(state, Finish, "ms"))+int(sent.at.Sub(time.Time{}).Milliseconds()))
	}
}
