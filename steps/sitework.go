package steps

import (
	"context"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/site"
)

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
