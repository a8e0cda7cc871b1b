package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/ui"
	"allyswitch/wp/site"
)

// placesUnread is kept where AccessAlly shows its tags to nobody: then the worksheet is all there is.
const placesUnread = "not readable"

// placesRead says that a machine has read which places use a tag.
func placesRead(state *checkpoint.State) bool {
	read := note(state, TagReview, "read")
	return read != "" && read != placesUnread
}

// places are the rows of tag-references.csv.
func (s *step) places() *fileRows { return s.deps.files.rows(s.deps.Folder, migration.ReferencesFile) }

// placeKey is what the owner's word about a place is kept under.
func placeKey(rows *fileRows, row int) string {
	return migration.PlaceKey(func(column string) string { return rows.cell(row, column) })
}

// placeWord is what the owner has said of a place: that it was seen, or stays as it is on purpose. Empty while nothing was said.
func placeWord(state *checkpoint.State, rows *fileRows, row int) string {
	word, _, _ := strings.Cut(note(state, TagReview, placeKey(rows, row)), "\t")
	return word
}

// openPlaces calls back for every place that waits for a person: it points to a tag of before, or no machine can tell whether it is right.
func (s *step) openPlaces(state *checkpoint.State, each func(rows *fileRows, row int)) {
	rows := s.places()
	// What waits for somebody stands first in the file.
	for i := 0; i < rows.len() && rows.cell(i, "state") != migration.PlaceDone; i++ {
		if placeWord(state, rows, i) == "" {
			each(rows, i)
		}
	}
}

// placesOpen is how many places still wait for a person.
func (s *step) placesOpen(state *checkpoint.State) int {
	open := 0
	if placesRead(state) {
		s.openPlaces(state, func(*fileRows, int) { open++ })
	}
	return open
}

// countPlaces keeps how far the review is, after each reading and each word of the owner: the numbers still to do fall to zero.
func (s *step) countPlaces(state *checkpoint.State) {
	open := map[string]int{}
	s.openPlaces(state, func(rows *fileRows, row int) { open[rows.cell(row, "state")]++ })
	rows, done := s.places(), 0
	for i := rows.len() - 1; i >= 0 && rows.cell(i, "state") == migration.PlaceDone; i-- {
		done++
	}
	todo, look, unread := open[migration.PlaceToDo], open[migration.PlaceLook], open[migration.PlaceUnread]
	for key, value := range map[string]int{"places": rows.len(), "todo": todo, "look": look, "unreadable": unread, "done": done, "settled": rows.len() - done - todo - look - unread} {
		setCount(state, TagReview, key, value)
	}
}

// referenceItems read everything that uses a tag, again after each visit.
func (s *step) referenceItems(state *checkpoint.State) []wizard.Item {
	if level(state) != levelCompanion {
		return nil
	}
	items := []wizard.Item{s.companionTask(state, wizard.Task{Key: "references", Label: "Read everything that uses a tag", Required: !s.doneWith(state, "references"), Complete: s.doneWith(state, "references") && s.placesOpen(state) == 0,
		Help: "Read it again after you have changed something on the site. The number still to do falls to zero."},
		func(ctx context.Context, with *site.Companion, report job.Reporter) (wizard.Change, error) {
			_, err := migration.ReadReferences(ctx, s.deps.Folder, with, true, report)
			if site.Is(err, site.Unavailable) {
				report.Warn("AccessAlly on this site does not show which tags there are. Go through the worksheet by hand.")
				return func(state *checkpoint.State) { setNote(state, TagReview, "read", placesUnread) }, nil
			}
			if err != nil {
				return nil, err
			}
			return func(state *checkpoint.State) {
				setNote(state, TagReview, "read", "yes")
				s.countPlaces(state)
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
	has := func(key string) int64 { return count(state, TagReview, key) }
	text := say("%d {uses|use} a tag: %d still to do, %d done", has("places"), has("todo")+has("look")+has("unreadable"), has("done"))
	if n := has("settled"); n > 0 {
		text += say(", %d settled by you", n)
	}
	mark := wizard.MarkGood
	if has("todo")+has("look")+has("unreadable") > 0 {
		mark = wizard.MarkWarn
	}
	facts := []wizard.Fact{fact(mark, "Places", text)}
	if n := has("look"); n > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Look", say("of those still to do, no machine can tell of %d {place|places} whether {it is|they are} right: look there, and mark {it|them} with s", n)))
	}
	if n := has("unreadable"); n > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Unread", say("of those still to do, %d {place|places} could not be read: look there, and mark {it|them} with s", n)))
	}
	return facts
}

// placesDoubt names the places of a kind that wait for a person, as the companion has read them last.
func (s *step) placesDoubt(state *checkpoint.State, box string) string {
	var stale, look []string
	s.openPlaces(state, func(rows *fileRows, row int) {
		name := strconv.Quote(cmp.Or(rows.cell(row, "title"), rows.cell(row, "old_tag"), rows.cell(row, "kind")))
		switch {
		case boxOf(rows.cell(row, "kind")) != box:
		case rows.cell(row, "state") == migration.PlaceToDo:
			stale = append(stale, name)
		default:
			look = append(look, name)
		}
	})
	var why []string
	if len(stale) > 0 {
		why = append(why, fmt.Sprintf("on the site %s to a tag of before, the first is %s. Match it, save, and read everything again.", several(len(stale), "place of this kind still points", "places of this kind still point"), stale[0]))
	}
	if len(look) > 0 {
		why = append(why, fmt.Sprintf("nobody has looked at %s that no machine can judge, the first is %s. Look there, and press s beside it in the list.", several(len(look), "place of this kind", "places of this kind"), look[0]))
	}
	return strings.Join(why, " And ")
}

// boxOf is the box that a place belongs to by the companion's word for its kind. A kind that nobody knows belongs to the others.
func boxOf(word string) string {
	for _, kind := range reviewKinds() {
		if slices.Contains(kind.words, word) {
			return kind.box
		}
	}
	return "other"
}

// placesTable shows every place as the companion has read it, and takes the owner's word on those that no machine can settle.
func (s *step) placesTable(state *checkpoint.State) wizard.Table {
	rows := s.places()
	return wizard.Table{Key: "references", Title: "Everything that uses a tag (saved in tag-references.csv)", Rows: rows.len(),
		Columns: []wizard.Column{{Title: "State", Width: 8}, {Title: "What", Width: 15}, {Title: "Title"}, {Title: "Old tag", Width: 16}, {Title: "New tag, or why", Width: 18}},
		Row: func(i int) []string {
			return []string{cmp.Or(placeWord(state, rows, i), rows.cell(i, "state")), rows.cell(i, "kind"), rows.cell(i, "title"), rows.cell(i, "old_tag"), rows.cell(i, "new_tag") + noteAfter(rows.cell(i, "new_tag"), rows.cell(i, "note"))}
		},
		Actions: []wizard.RowAction{
			{Key: "s", Label: "seen, it is right", Ask: &wizard.Question{Key: "seen", Label: "What have you found there? (a note, or Enter)"}, Do: func(row int, words string) (wizard.Change, error) {
				if rows.cell(row, "state") == migration.PlaceToDo {
					return nil, errors.New("this place still points to a tag of before. Match it on the site and read everything again, or press x if it is to stay so")
				}
				return s.settlePlace(placeKey(rows, row), migration.PlaceSeen, words), nil
			}, Done: func(row int) bool { return placeWord(state, rows, row) != "" }},
			{Key: "x", Label: "stays so, or undo", Do: func(row int, _ string) (wizard.Change, error) {
				key := placeKey(rows, row)
				if note(state, TagReview, key) == "" {
					return s.settlePlace(key, migration.PlaceLeft, ""), nil
				}
				return func(state *checkpoint.State) {
					delete(state.Step(TagReview).Notes, key)
					s.countPlaces(state)
				}, nil
			}, Done: func(row int) bool { return placeWord(state, rows, row) != "" }}}}
}

// settlePlace keeps the owner's word about a place, with the time.
func (s *step) settlePlace(key, word, words string) wizard.Change {
	text := word + "\t" + time.Now().UTC().Format(time.RFC3339) + "\t" + ui.Clean(words)
	return func(state *checkpoint.State) {
		setNote(state, TagReview, key, text)
		s.countPlaces(state)
	}
}
