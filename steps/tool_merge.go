package steps

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// emailsRepeat says that the chosen CRM may have several contacts with one address (Keap and Ontraport: their API references).
func emailsRepeat(provider crm.Provider) bool {
	return provider.ID == "keap" || provider.ID == "ontraport"
}

// mergesByAPI says that the chosen CRM makes one contact of two by API (Keap).
func mergesByAPI(provider crm.Provider) bool { return provider.ID == "keap" }

func newMergeContacts(deps *Deps) *step {
	s := newTool(deps, MergeContacts, "Merge two contacts of one person")
	s.sheet, s.advanced = s.mergeSheet, s.mergeIDs
	s.answered = func(state *checkpoint.State, key, _ string) error {
		if key == "merge.keep" || key == "merge.lose" {
			find := state.Step(MergeContacts).Tasks["find"]
			found := count(state, MergeContacts, "duplicates")
			afresh(state, MergeContacts, "merge.keep", "merge.lose", keyKeepID, keyLoseID)
			if !find.Started.IsZero() {
				state.Step(MergeContacts).Tasks = map[string]checkpoint.Task{"find": find}
				setCount(state, MergeContacts, "duplicates", int(found))
			}
		}
		return nil
	}
	return s
}

// The answers that name contacts by their IDs, where two share an address and nobody can choose in the list.
const (
	keyKeepID = "merge.keep-id"
	keyLoseID = "merge.lose-id"
)

func (s *step) mergeIDs(state *checkpoint.State) []wizard.Question {
	return []wizard.Question{
		s.ask(state, wizard.Question{Key: keyKeepID, Label: "The contact ID of the contact that stays", Help: "Only needed where both have the same address and nobody can choose in the list."}),
		s.ask(state, wizard.Question{Key: keyLoseID, Label: "The contact ID of the contact that goes", Help: "As above."}),
	}
}

func (s *step) mergeSheet(state *checkpoint.State) wizard.Sheet {
	provider, _ := s.deps.provider(state)
	name := s.deps.crmName(state)
	does := []string{fmt.Sprintf("One person has two contacts in %s. Here you choose which one stays, and that one gets everything that gives access.", name)}
	if mergesByAPI(provider) {
		does = append(does, "Keap merges tags and orders by itself. AllySwitch saves both contacts first, and looks afterwards whether every tag is there.")
	} else {
		does = append(does, fmt.Sprintf("AllySwitch moves the tags. The other contact you put away yourself in %s.", name))
	}
	return wizard.Sheet{
		Level: level(state),
		Does:  does,
		Warnings: append(s.beforeSwitch(state),
			"Nobody can take a merge back. Look at both contacts side by side first.",
			"Tags can start automations. Pause those that start with one of the tags, or the person is mailed.",
			"Two users of the site cannot share a contact ID. Where both addresses have a user, one of them is linked, and you decide about the other.",
		),
		Did:   mergeFacts(state),
		Items: s.mergeItems(state, provider, name),
		Known: "The contact that stays has all tags of both, the site knows its contact ID, and the orders have moved to it.",
		Help: []string{
			"Keep the contact that the site knows: its contact ID is on the user's profile, Users, Edit, AccessAlly. Then nothing has to be linked again.",
			"All contacts as they were are in files merge-….json in the migration's folder.",
			"If three or more contacts share an address, the tool goes on by itself with the next one, until one is left. Each is confirmed on its own.",
			"What can go wrong: the CRM shows changes late, or a tag is missing afterwards. Then the tag is named here, and you put it on by hand.",
			"In AccessAlly there is a merge screen too, on Keap only: Settings, General Setup, Display Settings, Merge Contacts Operation; then Permissions, Merge Users. On older versions: General Settings, Initial Setup, Additional Features; then Manage Users, Merge Contacts. It merges in Keap, and sorts out log-in and tags on the site.",
			"Support will ask for both contact IDs and the name of that file.",
		},
	}
}

func (s *step) mergeItems(state *checkpoint.State, provider crm.Provider, name string) []wizard.Item {
	var items []wizard.Item
	if emailsRepeat(provider) {
		items = append(items, s.crmTask(state, wizard.Task{Key: "find", Label: "Look for contacts that share an address", Complete: s.doneWith(state, "find"), Help: "Reads everybody. Changes nothing."},
			func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
				found, err := migration.FindDuplicates(ctx, deps, report)
				return func(state *checkpoint.State) { setCount(state, MergeContacts, "duplicates", found.Contacts) }, err
			}))
		if s.doneWith(state, "find") && count(state, MergeContacts, "duplicates") > 0 {
			items = append(items, s.duplicatesTable())
		}
	}
	items = append(items,
		s.ask(state, wizard.Question{Key: "merge.keep", Label: "The address of the contact that stays", Required: true, Validate: checkAddress, Help: "Choose it in the list above, if there is one, or type it."}),
		s.ask(state, wizard.Question{Key: "merge.lose", Label: "The address of the contact that goes", Required: true, Validate: checkAddress}))
	pair := pairOf(state)
	if pair.KeepEmail == "" || pair.LoseEmail == "" {
		return items
	}
	items = append(items, s.compareTask(state, pair))
	if note(state, MergeContacts, "compared") == "" {
		return items
	}
	items = append(items, s.pairTable("pair", "Side by side: dates, orders and tags (saved in merge-pair.csv)", false), s.pairTable("pair-person", "Side by side: name and fields", true))
	look := mergeStarts(state, provider)
	if len(look.tags) > 0 && note(state, MergeContacts, "merged") != "yes" {
		items = append(items, s.startsOf(state, look)...)
	}
	words := "merge " + string(pair.Lose) + " into " + string(pair.Keep)
	items = append(items, s.ask(state, wizard.Question{Key: "merge.confirm", Label: "This cannot be taken back", Required: true, Confirm: words, Help: "Type: " + words}), s.mergeTask(state, provider, pair, words))
	if note(state, MergeContacts, "merged") == "" {
		return items
	}
	return append(items, s.afterMergeItems(state, provider, name, pair)...)
}

// keyMergeAccept lets start what the moved tags could start.
const keyMergeAccept = "merge.accept"

// mergeStarts is the look at what the tags could start that are moved one by one. Where the CRM merges by itself, none are.
func mergeStarts(state *checkpoint.State, provider crm.Provider) toolStarts {
	look := toolStarts{accept: keyMergeAccept, words: memberStartsWords, whom: "the person"}
	if !mergesByAPI(provider) {
		look.tags = lines(note(state, MergeContacts, "moving"))
	}
	return look
}

// pairOf is who was chosen: addresses, and IDs where the list or the comparison told them.
func pairOf(state *checkpoint.State) migration.Pair {
	return migration.Pair{KeepEmail: state.Answer(MergeContacts, "merge.keep"), LoseEmail: state.Answer(MergeContacts, "merge.lose"),
		Keep: crm.ContactID(orText(note(state, MergeContacts, "keep"), state.Answer(MergeContacts, keyKeepID))), Lose: crm.ContactID(orText(note(state, MergeContacts, "lose"), state.Answer(MergeContacts, keyLoseID)))}
}

func (s *step) duplicatesTable() wizard.Table {
	table := s.table("duplicates", "Contacts that share an address (saved in duplicates.csv)", migration.DuplicatesFile,
		[]wizard.Column{{Title: "Address", Width: 24, Private: true}, {Title: "Contact ID", Width: 10}, {Title: "Name", Width: 14, Private: true}, {Title: "Made", Width: 10}, {Title: "Tags"}}, "email", "contact_id", "name", "created", "tags")
	rows := s.deps.files.rows(s.deps.Folder, migration.DuplicatesFile)
	table.Actions = []wizard.RowAction{
		{Key: "k", Label: "this one stays", Do: func(row int, _ string) (wizard.Change, error) {
			return choosePair(rows, row, "merge.keep", "keep"), nil
		}},
		{Key: "x", Label: "this one goes", Do: func(row int, _ string) (wizard.Change, error) {
			return choosePair(rows, row, "merge.lose", "lose"), nil
		}},
	}
	return table
}

// pairTable shows one half of the comparison. Names and fields have a table of their own, which privacy mode hides.
func (s *step) pairTable(key, title string, person bool) wizard.Table {
	all := s.deps.files.rows(s.deps.Folder, migration.PairFile)
	var rows []int
	for i := range all.len() {
		if what := all.cell(i, "what"); person == (what == "Name" || strings.HasPrefix(what, "Field ")) {
			rows = append(rows, i)
		}
	}
	return wizard.Table{Key: key, Title: title, Rows: len(rows),
		Columns: []wizard.Column{{Title: "What", Width: 20}, {Title: "Stays", Width: 16, Private: person}, {Title: "Goes", Width: 16, Private: person}, {Title: "Afterwards", Private: person}},
		Row: func(i int) []string {
			return []string{all.cell(rows[i], "what"), all.cell(rows[i], "keep"), all.cell(rows[i], "lose"), all.cell(rows[i], "after")}
		}}
}

// choosePair takes a contact from the list, and forgets what was done with another pair.
func choosePair(rows *fileRows, row int, question, key string) wizard.Change {
	return func(state *checkpoint.State) {
		kept := state.Step(MergeContacts)
		begun := note(state, MergeContacts, "lost") != "" && (key == "keep" && rows.cell(row, "contact_id") != note(state, MergeContacts, "keep") || !strings.EqualFold(rows.cell(row, "email"), kept.Answers["merge.keep"]))
		if note(state, MergeContacts, "merged") != "" || begun {
			kept.Notes, kept.Answers, kept.Ticks = nil, nil, nil
		}
		setAnswer(kept, question, rows.cell(row, "email"))
		setNote(state, MergeContacts, key, rows.cell(row, "contact_id"))
		forgetComparison(kept)
	}
}

func (s *step) compareTask(state *checkpoint.State, pair migration.Pair) wizard.Task {
	return s.crmTask(state, wizard.Task{Key: "compare", Label: "Show both side by side", Required: true, Complete: s.doneWith(state, "compare") && note(state, MergeContacts, "compared") != "", Help: "Changes nothing."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			found, err := migration.ComparePair(ctx, deps, pair, report)
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				setNote(state, MergeContacts, "keep", string(found.Keep))
				setNote(state, MergeContacts, "lose", string(found.Lose))
				setNote(state, MergeContacts, "compared", "yes")
				setNote(state, MergeContacts, "moving", strings.Join(found.Moving, "\n"))
			}, nil
		})
}

func (s *step) mergeTask(state *checkpoint.State, provider crm.Provider, pair migration.Pair, words string) wizard.Task {
	look := mergeStarts(state, provider)
	allowed, decided := s.allowed(state, look), len(look.tags) == 0 || s.startsDecided(state, look)
	label := "Move the tags to the contact that stays"
	if mergesByAPI(provider) {
		label = "Merge the two contacts in " + provider.Name
	}
	return s.crmTask(state, wizard.Task{Key: "merge", Label: label, Required: true, Complete: note(state, MergeContacts, "merged") != "" && note(state, MergeContacts, "missing") == "",
		Locked: cmp.Or(lockedUnless(decided, "See, and decide, what the tags could start first."), lockedUnless(state.Answer(MergeContacts, "merge.confirm") == words, "Type the words above first.")), Help: "Saves both contacts in a file first, and reads the one that stays again afterwards."},
		func(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
			done, err := migration.MergePair(ctx, deps, pair, report, allowed...)
			if err != nil {
				return nil, err
			}
			orders, _, err := migration.OrdersOf(deps.Folder, pair.Lose)
			return func(state *checkpoint.State) { s.keepMerge(state, pair, done, orders) }, err
		})
}

// keepMerge keeps what came of one merge. Where a third contact has the same address, it is next: the tool goes on until one is left.
func (s *step) keepMerge(state *checkpoint.State, pair migration.Pair, done migration.Merged, orders []string) {
	setNote(state, MergeContacts, "merged", "yes")
	setNote(state, MergeContacts, "gone", map[bool]string{true: "yes"}[done.Gone])
	for key, values := range map[string][]string{"saved": {done.Saved}, "moved": done.Moved, "missing": done.Missing, "orders": orders, "lost": {string(pair.Lose)}} {
		all := strings.Join(values, ", ")
		if before := note(state, MergeContacts, key); before != "" && key != "missing" {
			all = strings.TrimSuffix(before+", "+all, ", ")
		}
		setNote(state, MergeContacts, key, all)
	}
	next := s.nextDuplicate(state, pair)
	if next == "" || len(done.Missing) > 0 {
		return
	}
	kept := state.Step(MergeContacts)
	setNote(state, MergeContacts, "lose", next)
	delete(kept.Notes, "merged")
	forgetComparison(kept)
}

// nextDuplicate is the next contact with the address of the one that stays, empty when there is none left.
func (s *step) nextDuplicate(state *checkpoint.State, pair migration.Pair) string {
	rows, lost := s.deps.files.rows(s.deps.Folder, migration.DuplicatesFile), lostContacts(state)
	for i := range rows.len() {
		id := rows.cell(i, "contact_id")
		if strings.EqualFold(rows.cell(i, "email"), pair.KeepEmail) && strings.EqualFold(pair.KeepEmail, pair.LoseEmail) && id != string(pair.Keep) && !slices.Contains(lost, id) {
			return id
		}
	}
	return ""
}

// lostContacts are those that have been merged into the one that stays.
func lostContacts(state *checkpoint.State) []string {
	if text := note(state, MergeContacts, "lost"); text != "" {
		return strings.Split(text, ", ")
	}
	if note(state, MergeContacts, "merged") != "" {
		return []string{note(state, MergeContacts, "lose")}
	}
	return nil
}

// forgetComparison lets a pair be shown and confirmed anew.
func forgetComparison(kept *checkpoint.Step) {
	delete(kept.Notes, "compared")
	delete(kept.Notes, "moving")
	delete(kept.Answers, "merge.confirm")
	delete(kept.Answers, keyMergeAccept)
	delete(kept.Ticks, "starts-seen")
	for _, task := range []string{"compare", "starts", "merge", "site"} {
		delete(kept.Tasks, task)
	}
}

func mergeFacts(state *checkpoint.State) []wizard.Fact {
	var facts []wizard.Fact
	if kept := state.Steps[MergeContacts]; kept != nil && kept.Tasks["find"].Outcome == outcomeDone {
		text := "no address is shared by several contacts"
		if n := count(state, MergeContacts, "duplicates"); n > 0 {
			text = several(n, "contact") + " share an address with another one"
		}
		facts = append(facts, fact(wizard.MarkPlain, "Found", text))
	}
	lost := lostContacts(state)
	if len(lost) > 0 && note(state, MergeContacts, "merged") == "" {
		facts = append(facts, fact(wizard.MarkPlain, "Next", fmt.Sprintf("%s merged. The contact %s has the same address: show it side by side, and confirm again", several(len(lost), "contact is", "contacts are"), note(state, MergeContacts, "lose"))))
	}
	if len(lost) == 0 {
		return facts
	}
	facts = append(facts, fact(wizard.MarkGood, "Saved", "the contacts as they were, in "+note(state, MergeContacts, "saved")))
	if moved := note(state, MergeContacts, "moved"); moved != "" {
		facts = append(facts, fact(wizard.MarkGood, "Moved", "tags: "+moved))
	}
	if missing := note(state, MergeContacts, "missing"); missing != "" {
		facts = append(facts, fact(wizard.MarkBad, "Missing", "the contact that stays does not show these tags: "+missing))
	} else {
		facts = append(facts, fact(wizard.MarkGood, "Read again", "the contact that stays has all their tags"))
	}
	if text := note(state, MergeContacts, "site"); text != "" {
		facts = append(facts, fact(wizard.MarkPlain, "Site", text))
	}
	for _, second := range lines(note(state, MergeContacts, "seconds")) {
		facts = append(facts, fact(wizard.MarkWarn, "Second user", second+": left as it is"))
	}
	return facts
}
