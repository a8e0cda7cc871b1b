package plain

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/ui"
)

// rowsAtOnce is how many rows are read out before somebody says go on.
const rowsAtOnce = 10

// table reads rows out and takes decisions on them by number.
func (w *walker) table(ctx context.Context, t *talk, table wizard.Table) (verdict, error) {
	w.say("List: %s (%s)", table.Title, ui.Count(int64(table.Rows)))
	top := 0
	w.rows(table, top, top+rowsAtOnce)
	for {
		line, where, err := w.prompt(ctx, t, tableHelp(table, top))
		if errors.Is(err, errEnded) {
			return goOn, nil
		}
		if err != nil || where != goOn {
			return where, err
		}
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			return goOn, nil
		case strings.EqualFold(words[0], "more"):
			if top += rowsAtOnce; top >= table.Rows {
				top = 0
			}
			w.rows(table, top, top+rowsAtOnce)
			continue
		}
		row, where, err := w.row(ctx, t, table, words)
		if err != nil || where == quit || where == leap {
			return where, err
		}
		table = w.tableNow(t, table)
		w.rows(table, row, row+1)
	}
}

// tableNow is the table as it is after a decision.
func (w *walker) tableNow(t *talk, before wizard.Table) wizard.Table {
	for _, item := range t.step.Sheet(w.keeper.State()).Items {
		if table, ok := item.(wizard.Table); ok && table.Key == before.Key {
			return table
		}
	}
	return before
}

func tableHelp(table wizard.Table, top int) string {
	text := "Press Enter to go on"
	if table.Rows > top+rowsAtOnce || top > 0 {
		text += ", type more for more rows"
	}
	for _, action := range table.Actions {
		text += ", a row's number and " + action.Key + " to " + action.Label
	}
	return text + "."
}

// rows reads rows out, from one up to another.
func (w *walker) rows(table wizard.Table, from, to int) {
	private := func(column int) bool { return column < len(table.Columns) && table.Columns[column].Private }
	for i := max(from, 0); from >= 0 && i < min(to, table.Rows); i++ {
		cells := w.look.Veil.Row(table.Row(i), private)
		parts := make([]string, 0, len(cells))
		for column, cell := range cells {
			title := ""
			if column < len(table.Columns) {
				title = table.Columns[column].Title + ": "
			}
			parts = append(parts, title+cell)
		}
		w.say("  %d. %s", i+1, strings.Join(parts, "; "))
	}
}

// row does something with the row that is named by its number, and returns it; −1 when there is none to read out again. The words that lead elsewhere do so from
// its question too; back leads from there to the list.
func (w *walker) row(ctx context.Context, t *talk, table wizard.Table, words []string) (int, verdict, error) {
	number, err := strconv.Atoi(words[0])
	action, found := actionOf(table, words)
	if err != nil || number < 1 || number > table.Rows || !found {
		w.say("  Type a row's number and one of the letters, for example: 1 %s", exampleKey(table))
		return -1, goOn, nil
	}
	answer := strings.Join(words[2:], " ")
	if action.Ask != nil && answer == "" {
		w.describe(*action.Ask)
		line, where, err := w.ask(ctx, t, *action.Ask)
		if errors.Is(err, errEnded) {
			return -1, goOn, nil // the list ends its turn at the same place
		}
		if err != nil || where != goOn {
			return -1, where, err
		}
		answer = line
	}
	if action.Ask != nil {
		answer, _ = chosen(*action.Ask, answer)
	}
	return number - 1, goOn, w.decide(action, number-1, answer)
}

func actionOf(table wizard.Table, words []string) (wizard.RowAction, bool) {
	for _, action := range table.Actions {
		if len(words) > 1 && (strings.EqualFold(words[1], action.Key) || strings.EqualFold(words[1], action.Label)) {
			return action, true
		}
	}
	return wizard.RowAction{}, false
}

func exampleKey(table wizard.Table) string {
	if len(table.Actions) == 0 {
		return "x"
	}
	return table.Actions[0].Key
}

// decide does what was decided about a row. Only a failed save ends the walk.
func (w *walker) decide(action wizard.RowAction, row int, answer string) error {
	if action.Ask != nil {
		if err := wizard.Check(*action.Ask, answer); err != nil {
			w.say("  That will not do: %s", wizard.Sentence(err))
			return nil
		}
	}
	change, err := action.Do(row, answer)
	if err != nil {
		w.say("  That did not work: %s", wizard.Sentence(err))
		return nil
	}
	if err := w.keeper.Apply(change); err != nil {
		w.explain(err)
		return err
	}
	w.say("  Done.")
	return nil
}
