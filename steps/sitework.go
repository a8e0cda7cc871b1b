package steps

import (
	"context"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

// placesUnread is kept where AccessAlly shows its tags to nobody: then the worksheet is all there is.
const placesUnread = "not readable"

// placesRead says that a machine has read which places use a tag.
func placesRead(state *checkpoint.State) bool {
	read := note(state, TagReview, "read")
	return read != "" && read != placesUnread
}

// placesOpen is how many places point to a tag of before, without those that stay so on purpose.
func (s *step) placesOpen(state *checkpoint.State) int {
	if !placesRead(state) {
		return 0
	}
	rows, open := s.deps.files.rows(s.deps.Folder, migration.ReferencesFile), 0
	for i := 0; i < rows.len() && rows.cell(i, "state") == "to do"; i++ {
		if note(state, TagReview, placeKey(rows, i)) == "" {
			open++
		}
	}
	return open
}

// referenceItems read everything that uses a tag, again after each visit.
func (s *step) referenceItems(state *checkpoint.State) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	items := []wizard.Item{s.companionTask(state, wizard.Task{Key: "references", Label: "Read everything that uses a tag", Required: !s.doneWith(state, "references"), Complete: s.doneWith(state, "references") && s.placesOpen(state) == 0,
		Help: "Read it again after you have changed something on the site. The number still to do falls to zero."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			found, err := migration.ReadReferences(ctx, s.deps.Folder, with, true, report)
			if site.Is(err, site.Unavailable) {
				report.Warn("AccessAlly on this site does not show which tags there are. Go through the worksheet by hand.")
				return func(state *checkpoint.State) { setNote(state, TagReview, "read", placesUnread) }, nil
			}
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				for key, value := range map[string]int{"places": found.Places, "todo": found.ToDo, "done": found.Done, "look": found.Look, "unreadable": found.Unreadable} {
					setCount(state, TagReview, key, value)
				}
				setNote(state, TagReview, "read", "yes")
			}, nil
		})}
	switch note(state, TagReview, "read") {
	case "":
		return items
	case placesUnread:
		return append(items, s.worksheetItems(state)...)
	}
	return append(items, s.placesTable(state))
}

func referenceFacts(state *checkpoint.State) []wizard.Fact {
	if !placesRead(state) {
		return nil
	}
	mark := wizard.MarkGood
	if count(state, TagReview, "todo") > 0 {
		mark = wizard.MarkWarn
	}
	facts := []wizard.Fact{fact(mark, "Places", say("%d {uses|use} a tag: %d still to do, %d done, %d to be looked at", count(state, TagReview, "places"),
		count(state, TagReview, "todo"), count(state, TagReview, "done"), count(state, TagReview, "look")))}
	if n := count(state, TagReview, "unreadable"); n > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Unread", say("%d {place|places} could not be read: look there yourself", n)))
	}
	return facts
}

// linkOnSite links through the companion, and reads again what it did.
func (s *step) linkOnSite(state *checkpoint.State, matched bool) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	provider, _ := s.deps.provider(state)
	items := []wizard.Item{s.companionTask(state, wizard.Task{Key: "link", Label: "Link the members who are certain", Complete: s.doneWith(state, "link") && count(state, LinkUsers, "link-problems") == 0,
		Locked: lockedUnless(matched, "Match the members first."), Help: "Sets their contact IDs on the site. What was there before is kept in the journal, and what changed since is left alone."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			done, err := migration.LinkSite(ctx, s.deps.Folder, with, provider.AccessAllySystem, report)
			if err != nil && done.Set+done.Already+len(done.Problems) == 0 {
				return nil, err // what is known of the run before stays
			}
			return func(state *checkpoint.State) {
				for key, value := range map[string]int{"link-set": done.Set, "link-already": done.Already, "link-problems": len(done.Problems), "link-mails": done.Held} {
					setCount(state, LinkUsers, key, value)
				}
				setNote(state, LinkUsers, "linked", "yes")
			}, err
		})}
	if count(state, LinkUsers, "link-problems") > 0 {
		rows := s.deps.files.rows(s.deps.Folder, migration.LinkProblemsFile)
		items = append(items, wizard.Table{Key: "link-problems", Title: "Users who are not linked (saved in link-problems.csv)", Rows: rows.len(),
			Columns: []wizard.Column{{Title: "ID", Width: 8}, {Title: "Reason"}},
			Row:     func(i int) []string { return []string{rows.cell(i, "ID"), rows.cell(i, "reason")} }})
	}
	return items
}

func linkedFacts(state *checkpoint.State) []wizard.Fact {
	if note(state, LinkUsers, "linked") == "" {
		return nil
	}
	mark := wizard.MarkGood
	if count(state, LinkUsers, "link-problems") > 0 {
		mark = wizard.MarkWarn
	}
	text := say("%d contact {ID|IDs} set on the site, %d {was|were} right already, %d could not be set", count(state, LinkUsers, "link-set"), count(state, LinkUsers, "link-already"), count(state, LinkUsers, "link-problems"))
	if held := count(state, LinkUsers, "link-mails"); held > 0 {
		text += say("; %d {mail was|mails were} held back", held)
	}
	return []wizard.Fact{fact(mark, "Linked", text)}
}
