package steps

import (
	"context"
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// What to do in the CRM with tags that members have lost on the site.
const (
	lostKeep   = "keep"
	lostRemove = "remove"
)

// deltaItems hold the switch back until whoever has joined or changed since the export is carried over: by a second export, or by the owner's word that
// there is nobody.
func (s *step) deltaItems(state *checkpoint.State) []wizard.Item {
	file, tags := state.Answer(Switch, "delta.export.file"), state.Answer(Switch, "delta.tags.file")
	items := append(s.readAgain(state), s.ask(state, wizard.Question{Key: "delta.export.file", Label: "A second export, made now", Validate: checkFile,
		Help: "Export all users once more as in step 2. AllySwitch finds who is new, who has changed and who is gone, and sends only them. Leave it empty when nobody can have changed."}))
	unchanged := s.tick(state, wizard.Tick{Key: "unchanged", Text: "Nobody has joined, paid or changed since the export",
		Look: "new users and new orders on your site. In maintenance mode there are none. If there are, give a second export above."})
	if file == "" {
		return append(items, unchanged)
	}
	looked := note(state, Switch, "delta.files") == file+"\n"+tags
	ask := s.secondQuestions(state, file)
	items = append(items, ask...)
	items = append(items,
		s.ask(state, wizard.Question{Key: "delta.tags.file", Label: "The tag file, made anew as well", Validate: checkFile,
			Help: "Without it, tags that were bought or taken away since then stay unknown."}),
		s.crmTask(state, wizard.Task{Key: "look", Label: "Look for changes since the export", Required: true, Complete: looked, Help: "Compares the second export with what was sent. Nothing is sent.",
			Locked: lockedUnless(complete(wizard.Sheet{Items: ask}), "Say first which column of the second export is which.")},
			s.lookForChanges(file, tags, state)))
	if looked {
		items = append(items, s.changeItems(state)...)
	}
	unchanged.Text = "Nobody has joined, paid or changed since the second export"
	return append(items, doubt(unchanged, changedDoubt(state, looked)))
}

// changedDoubt contradicts the tick that nobody has changed as long as a second look has found somebody who is not carried over.
func changedDoubt(state *checkpoint.State, looked bool) string {
	if open := count(state, Switch, "delta.waiting"); looked && open > 0 {
		return fmt.Sprintf("the second export shows %s to be carried over. Do that first.", several(open, "member who is still", "members who are still"))
	}
	return ""
}

// readAgain reads the users from the site once more where AllySwitch may log in: that takes the place of the second export, and with the companion of the second
// tag file. After the switch it would tell of the new CRM's tags.
func (s *step) readAgain(state *checkpoint.State) []wizard.Item {
	if level(state) == levelFiles || Switched(state) {
		return nil
	}
	return []wizard.Item{s.siteTask(state, wizard.Task{Key: "again", Label: "Read the users from the site again", Required: note(state, Export, "from-site") != "" && state.Answer(Switch, "delta.export.file") == "", Complete: s.doneWith(state, "again"),
		Help: "Takes the place of a second export. Changes nothing."},
		func(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
			read, err := migration.ReadSiteAgain(ctx, s.deps.Folder, found, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				kept := state.Step(Switch)
				setAnswer(kept, "delta.export.file", s.deps.path(migration.SiteUsersAgainFile))
				if read.TagNames > 0 {
					setAnswer(kept, "delta.tags.file", s.deps.path(migration.SiteTagsAgainFile))
				}
				setNote(state, Switch, "delta.files", "") // whoever has looked before has looked at what was read before
			}, nil
		})}
}

func (s *step) lookForChanges(file, tags string, state *checkpoint.State) func(context.Context, migration.Deps, job.Reporter) (wizard.Change, error) {
	input, mappings := migration.DeltaInput{File: cleanPath(file)}, s.secondMappings(state, file)
	if tags != "" {
		input.Tags = cleanPath(tags)
	}
	return func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
		layout, err := migration.LookAtExport(input.File, nil)
		if err != nil {
			return nil, err
		}
		if input.Mapping = suiting(mappings, layout); input.Mapping == nil && layout.NeedsMapping {
			report.Warn("The second export has other columns than the first. Say above which is which, then look again.")
			return func(state *checkpoint.State) { keepSecondColumns(state, file, layout) }, nil
		}
		if err := migration.CheckExportIsOurs(deps, migration.CleanInput{File: input.File, Mapping: input.Mapping}); err != nil {
			return nil, err
		}
		delta, err := migration.LookForChanges(ctx, deps, input, report)
		if err != nil {
			return nil, err
		}
		return func(state *checkpoint.State) {
			keepDelta(state, delta)
			setNote(state, Switch, "delta.files", file+"\n"+tags)
			if !Switched(state) {
				delete(state.Step(Switch).Ticks, "unchanged") // it was said of an earlier export
			}
		}, nil
	}
}

func keepDelta(state *checkpoint.State, delta *migration.Delta) {
	for key, value := range map[string]int{"delta.new": delta.New, "delta.changed": delta.Changed, "delta.gone": delta.Gone, "delta.waiting": delta.Waiting,
		"delta.lost": delta.ToRemove(), "delta.unlisted": delta.Unlisted} {
		setCount(state, Switch, key, value)
	}
	setNote(state, Switch, "delta", delta.Sentence())
}

// changeItems carry over what was found, and ask about tags that members have lost.
func (s *step) changeItems(state *checkpoint.State) []wizard.Item {
	name, waiting, lost := s.deps.crmName(state), count(state, Switch, "delta.waiting"), count(state, Switch, "delta.lost")
	rows := s.deps.files.rows(s.deps.Folder, migration.DeltaListFile)
	items := []wizard.Item{wizard.Table{Key: "delta", Title: "What has changed since the export (saved in delta.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "What", Width: 8}, {Title: "ID", Width: 8}, {Title: "Address", Width: 30, Private: true}, {Title: "Detail"}},
		Row: func(i int) []string {
			return []string{rows.cell(i, "what"), rows.cell(i, "ID"), rows.cell(i, "user_email"), rows.cell(i, "detail")}
		}},
		s.crmTask(state, wizard.Task{Key: "carry", Label: "Carry the changes over, and prove them", Required: true, Complete: waiting == 0,
			Help: "Sends only who is new or has changed. Goes on where it stopped, if it was stopped."}, s.carryChanges(state)),
	}
	if lost == 0 && state.Answer(Switch, "delta.lost") == "" {
		return items
	}
	items = append(items, s.ask(state, wizard.Question{Key: "delta.lost", Label: say("%d {tag is|tags are} gone on the site. Take {it|them} off in %s too?", lost, name), Required: true,
		Help:    fmt.Sprintf("AllySwitch takes nothing away without your word. A tag that stays in %s opens after the switch what the site has closed.", name),
		Choices: []wizard.Choice{{Value: lostKeep, Label: "No, leave them"}, {Value: lostRemove, Label: "Yes, take exactly these off"}}}))
	if state.Answer(Switch, "delta.lost") == lostRemove {
		items = append(items, s.crmTask(state, wizard.Task{Key: "take-off", Label: "Take these tags off", Required: true, Complete: lost == 0, Help: "Then reads everybody back."}, s.removeLost))
	}
	return items
}

func (s *step) carryChanges(state *checkpoint.State) func(context.Context, migration.Deps, job.Reporter) (wizard.Change, error) {
	room := state.Answer(Import, "import.room") == "yes"
	return func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
		carried, err := migration.CarryChanges(ctx, deps, room, report)
		if carried == nil {
			return nil, err
		}
		if err != nil {
			// The members are the new ones from here on: steps 3 to 5 show what is to be decided or done.
			return func(state *checkpoint.State) { setNote(state, EditCSV, "fingerprint", carried.Plan.Fingerprint) }, err
		}
		return func(state *checkpoint.State) {
			s.stayingDone(state, func() { keepCarried(state, carried) })
		}, nil
	}
}

// keepCarried keeps what steps 3 to 5 would have kept, had they been done again.
func keepCarried(state *checkpoint.State, carried *migration.Carried) {
	setNote(state, EditCSV, "fingerprint", carried.Plan.Fingerprint)
	setCount(state, EditCSV, "members", carried.Plan.Members)
	setCount(state, EditCSV, "pairs", carried.Plan.TagPairs)
	keepPlan(state, carried.Plan)
	setNote(state, Import, "fingerprint", theMembers(state)+";"+theAccount(state)+";")
	for key, value := range map[string]int{"arrived": carried.Import.Arrived, "waiting": carried.Import.Waiting, "failed": len(carried.Import.Failed),
		"skipped": carried.Import.Skipped, "tags-made": carried.Import.TagsMade} {
		setCount(state, Import, key, value)
	}
	keepProof(state, Tags, carried.Proof)
	keepDelta(state, carried.Delta)
}

func (s *step) removeLost(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
	delta, err := migration.RemoveLostTags(ctx, deps, report)
	if err != nil {
		return nil, err
	}
	proof, err := migration.Prove(ctx, deps, report)
	if err != nil {
		return nil, err
	}
	return func(state *checkpoint.State) {
		s.stayingDone(state, func() {
			keepDelta(state, delta)
			keepProof(state, Tags, proof)
		})
	}, nil
}

// stayingDone changes what earlier steps rest on, after their work was done again for it: what was done before the change is done after it.
func (s *step) stayingDone(state *checkpoint.State, change func()) {
	before := map[*step]string{}
	for one := s; one != nil; one = one.before {
		before[one] = one.inputs(state)
	}
	change()
	for one := s; one != nil; one = one.before {
		kept := state.Step(one.id)
		if kept.Inputs == before[one] {
			kept.Inputs = one.inputs(state)
		}
		for key, task := range kept.Tasks {
			if task.Inputs == before[one] {
				task.Inputs = one.inputs(state)
				kept.Tasks[key] = task
			}
		}
	}
}

// deltaFacts say what has changed since the export.
func (s *step) deltaFacts(state *checkpoint.State) []wizard.Fact {
	sentence := note(state, Switch, "delta")
	if sentence == "" || state.Answer(Switch, "delta.export.file") == "" {
		return nil
	}
	mark := wizard.MarkGood
	if count(state, Switch, "delta.waiting")+count(state, Switch, "delta.lost") > 0 {
		mark = wizard.MarkWarn
	}
	facts := []wizard.Fact{fact(mark, "Since then", sentence)}
	if n := count(state, Switch, "delta.unlisted"); n > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Not listed", say("%d {member is|members are} not in the tag file: what they have now is not known", n)))
	}
	return facts
}

// carriedOver says that nobody is left behind, as far as AllySwitch has looked, and that the owner says so too.
func (s *step) carriedOver(state *checkpoint.State) bool {
	return complete(wizard.Sheet{Items: s.deltaItems(state)})
}

// unfoldDelta shows all that can be asked about a second export.
func unfoldDelta(state *checkpoint.State) {
	setAnswer(state.Step(Switch), "delta.export.file", "x")
	setNote(state, Switch, "delta.files", "x\n")
	setNote(state, Switch, outsideNote, `{"hindered":"unreachable"}`)
	setNote(state, Switch, columnsOf, "x\n"+fileMark("x"))
	setNote(state, Switch, "delta.ask", strings.Join(wp.MemberColumns(), "\n"))
	setNote(state, Switch, "delta.columns", "a heading of your file")
	for _, column := range wp.MemberColumns() {
		setAnswer(state.Step(Switch), secondColumns().key(column), "a heading of your file")
	}
	setAnswer(state.Step(Switch), "delta.lost", lostRemove)
	setNote(state, Switch, "remembered", rememberedAll)
	state.Step(Switch).Ticks = map[string]checkpoint.Tick{"unchanged": {}, "closed-again": {}, contentClosed: {}}
	setNote(state, Import, "woken", "x")
}
