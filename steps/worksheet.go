package steps

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/ui"
)

// keyReviewItems is the answer that names single items of the site, beside those that every site has.
const keyReviewItems = "review.items"

// reviewKinds are the kinds of items that hold tags: the box that each belongs to, its name on the worksheet, and the companion's words for it. The first
// six are those of AccessAlly's article, the rest is what it leaves out.
func reviewKinds() []reviewKind {
	return []reviewKind{
		{"permissions", "Permissions", "every offering: base, module, instant and revoke tag", []string{"offering"}},
		{"forms", "Forms", "every order form and opt-in form", []string{"order-form"}},
		{"files", "Protected Content", "every file", []string{"protected-content"}},
		{"operations", "Custom Operations", "every operation, those for fields as well", []string{"custom-operation"}},
		{"events", "ProgressAlly events", "every event", []string{"progressally-event"}},
		{"directories", "Directories", "every directory", []string{"directory"}},
		{"progress-pages", "ProgressAlly on pages", "completion, quiz and survey tags", []string{"progressally-page", "progressally-quiz"}},
		{"page-permissions", "Pages", "permissions of their own, redirects", []string{"page-permission"}},
		{"shortcodes", "Shortcodes", "text for people with a tag", []string{"shortcode"}},
		{"theme", "The theme's code", "numbers of tags in it", []string{"theme-code"}},
		{"community", "CommunityAlly, WP Fusion", "groups and links", []string{"community", "wp-fusion"}},
		{"teams", "Teams", "leader and member tag, release and revoke", []string{"team"}},
		{"other", "Other", "settings and whatever else holds a tag", []string{"setting"}},
	}
}

type reviewKind struct {
	box, name, what string
	// words are the companion's.
	words []string
}

// reviewItem is a row of the worksheet.
type reviewItem struct{ box, kind, title, tag string }

func (r reviewItem) key() string { return "item." + r.kind + ": " + r.title }

// reviewItems are the rows of the worksheet: two for each offering, one for each other kind, and what the owner has named.
func (s *step) reviewItems(state *checkpoint.State) []reviewItem {
	var rows []reviewItem
	offerings := s.offerings(state)
	for _, kind := range reviewKinds() {
		added := false
		if kind.box == "permissions" || kind.box == "forms" {
			for _, offering := range offerings {
				rows, added = append(rows, reviewItem{kind.box, kind.name, offering.Name, offering.Base}), true
			}
		}
		for _, item := range listed(state.Answer(TagReview, keyReviewItems)) {
			if word, title, _ := strings.Cut(item, ":"); strings.EqualFold(strings.TrimSpace(word), kind.name) {
				rows, added = append(rows, reviewItem{kind.box, kind.name, strings.TrimSpace(title), ""}), true
			}
		}
		if !added {
			rows = append(rows, reviewItem{kind.box, kind.name, kind.what, ""})
		}
	}
	return rows
}

func checkReviewItems(text string) error {
	var names []string
	for _, kind := range reviewKinds() {
		names = append(names, kind.name)
	}
	for _, item := range listed(text) {
		word, title, found := strings.Cut(item, ":")
		known := false
		for _, name := range names {
			known = known || strings.EqualFold(strings.TrimSpace(word), name)
		}
		if !found || !known || strings.TrimSpace(title) == "" {
			return fmt.Errorf("%q is not a kind and a name, with a colon between them; the kinds are %s", ui.Clean(item), strings.Join(names, ", "))
		}
	}
	return nil
}

// itemDone is what was noted about a row, empty while it is open.
func itemDone(state *checkpoint.State, row reviewItem) string {
	at, words, found := strings.Cut(note(state, TagReview, row.key()), "\t")
	if !found {
		return ""
	}
	text := "done"
	if when, err := time.Parse(time.RFC3339, at); err == nil {
		text += " " + when.Format("2 Jan 15:04")
	}
	return text + noteAfter(text, words)
}

// worksheetItems are for sites that nobody can read: a worksheet to print, and the same on the screen, ticked off row by row and kept.
func (s *step) worksheetItems(state *checkpoint.State) []wizard.Item {
	items := s.offeringsQuestion(state)
	items = append(items, s.ask(state, wizard.Question{Key: keyReviewItems, Label: "Single items, if you want a row for each (optional)", Validate: checkReviewItems,
		Help: "Like this: Custom Operations: Give the bonus | Directories: Members near you. Without it there is one row for each kind."}))
	rows := s.reviewItems(state)
	items = append(items, wizard.Table{Key: "worksheet", Title: "Your worksheet", Rows: len(rows),
		Columns: []wizard.Column{{Title: "State", Width: 11}, {Title: "Kind", Width: 19}, {Title: "Item"}, {Title: "Tag", Width: 18}},
		Row: func(i int) []string {
			return []string{cmp.Or(itemDone(state, rows[i]), "to do"), rows[i].kind, rows[i].title, rows[i].tag}
		},
		Actions: []wizard.RowAction{
			{Key: "d", Label: "done", Ask: &wizard.Question{Key: "chosen", Label: "Which tag have you chosen? (a note, or Enter)"}, Do: func(row int, words string) (wizard.Change, error) {
				key, text := rows[row].key(), time.Now().UTC().Format(time.RFC3339)+"\t"+ui.Clean(words)
				return func(state *checkpoint.State) { setNote(state, TagReview, key, text) }, nil
			}, Done: func(row int) bool { return itemDone(state, rows[row]) != "" }},
			{Key: "o", Label: "open again", Do: func(row int, _ string) (wizard.Change, error) {
				key := rows[row].key()
				return func(state *checkpoint.State) { delete(state.Step(TagReview).Notes, key) }, nil
			}},
		}})
	return append(items, s.do(state, wizard.Task{Key: "print", Label: "Write the worksheet to print", Complete: s.doneWith(state, "print"), Help: "Saved as " + migration.WorksheetFile + ": open it in a browser and print it.",
		Run: func(context.Context, job.Reporter) (wizard.Change, error) {
			return nil, s.writeWorksheet(state, rows)
		}}))
}

func (s *step) writeWorksheet(state *checkpoint.State, rows []reviewItem) error {
	sheet := migration.Worksheet{Site: state.Site.URL, CRM: s.deps.crmName(state)}
	for _, row := range rows {
		sheet.Rows = append(sheet.Rows, migration.WorksheetRow{Kind: row.kind, Title: row.title, Tag: row.tag, Done: itemDone(state, row)})
	}
	return migration.WriteWorksheet(s.deps.engine(state), sheet)
}

// reviewDoubt contradicts a tick that the companion, or the worksheet once it is used, still shows to be open.
func (s *step) reviewDoubt(state *checkpoint.State, box string) string {
	if level(state) == levelCompanion && placesRead(state) {
		return s.placesDoubt(state, box)
	}
	var open []string
	used := false
	for _, row := range s.reviewItems(state) {
		if row.box != box {
			continue
		}
		if itemDone(state, row) != "" {
			used = true
		} else {
			open = append(open, row.title)
		}
	}
	if !used || len(open) == 0 {
		return ""
	}
	return fmt.Sprintf("on your worksheet %s still open: %s.", several(len(open), "row is", "rows are"), strings.Join(open, ", "))
}

// worksheetFacts say how far the worksheet is, once it is used.
func (s *step) worksheetFacts(state *checkpoint.State) []wizard.Fact {
	if level(state) == levelCompanion {
		return nil
	}
	rows, done := s.reviewItems(state), 0
	for _, row := range rows {
		if itemDone(state, row) != "" {
			done++
		}
	}
	if done == 0 {
		return nil
	}
	mark := wizard.MarkWarn
	if done == len(rows) {
		mark = wizard.MarkGood
	}
	return []wizard.Fact{fact(mark, "Worksheet", fmt.Sprintf("%s done, %s still to do", several(done, "row"), number(len(rows)-done)))}
}
