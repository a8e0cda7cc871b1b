package plain

import (
	"fmt"
	"slices"
	"strings"

	"allyswitch/wizard"
)

// RowMark stands for the row in the name of a key that decides about a row of a list.
const RowMark = "<row>"

// RowKey is how the decisions about the rows of a table are named in the answers: "<step>.<table>.<row>". The row is what stands in one of its cells, or in
// several with " / " between them; the answer is the key of what to do with it, then what that asks for: "y went well".
func RowKey(step, table string) string { return Key(step, table) + "." }

// autoRows takes the first decision of the answers about a row of a table that has not had its turn. A row that is not there is left for judge.
func (w *walker) autoRows(v *visit, table wizard.Table) (bool, error) {
	if len(table.Actions) == 0 {
		return false, nil
	}
	prefix := RowKey(v.step.ID(), table.Key)
	for _, key := range w.answersBelow(prefix) {
		if v.given[key] {
			continue
		}
		rows := rowsNamed(table, strings.TrimPrefix(key, prefix))
		switch len(rows) {
		case 0:
			continue
		case 1:
		default:
			return false, w.badRow(v, key, fmt.Sprintf("%d rows of the list have that: name more of their cells, with \" / \" between them", len(rows)))
		}
		v.given[key] = true
		moved, err := w.decideRow(v, table, rows[0], key)
		if moved || err != nil {
			return moved, err
		}
	}
	return false, nil
}

// answersBelow are the keys of the answers that begin so, in order.
func (w *walker) answersBelow(prefix string) []string {
	var keys []string
	for key := range w.Answers {
		if strings.HasPrefix(key, prefix) && key != prefix {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// rowsNamed are the rows in which every part of a name is a cell.
func rowsNamed(table wizard.Table, name string) []int {
	parts := strings.Split(name, " / ")
	var rows []int
	for i := range table.Rows {
		cells := table.Row(i)
		if !slices.ContainsFunc(parts, func(part string) bool { return !slices.Contains(cells, strings.TrimSpace(part)) }) {
			rows = append(rows, i)
		}
	}
	return rows
}

// decideRow does with a row what the answer says. What has been done already is not done again.
func (w *walker) decideRow(v *visit, table wizard.Table, row int, key string) (bool, error) {
	words := strings.Fields(w.Answers[key])
	action, found := actionOf(table, append([]string{""}, words...))
	if !found {
		return false, w.badRow(v, key, "the answer begins with one of: "+actionKeys(table))
	}
	if action.Done != nil && action.Done(row) {
		return false, nil
	}
	answer := strings.Join(words[1:], " ")
	if action.Ask != nil {
		answer, _ = chosen(*action.Ask, answer)
		if err := wizard.Check(*action.Ask, answer); err != nil {
			return false, w.badRow(v, key, wizard.Sentence(err))
		}
	}
	change, err := action.Do(row, answer)
	if err != nil {
		return false, &ErrRefused{Step: v.step.ID(), Reason: key + ": " + wizard.Sentence(err), Err: err}
	}
	if err := w.keeper.Apply(change); err != nil {
		return false, err
	}
	w.say("%s: %s", key, action.Label)
	w.tell(Event{Event: "answer", Step: v.step.ID(), Key: key})
	result := w.stepResult(v.step)
	result.Answered = append(result.Answered, key)
	return true, nil
}

func (w *walker) badRow(v *visit, key, problem string) error {
	return &ErrMissing{Step: v.step.ID(), Key: key, Label: "A row of a list", Help: RowHelp, Problem: problem}
}

// RowHelp says how a row is named, and what the answer is.
const RowHelp = "In place of " + RowMark + " what stands in one cell of the row, or in several with \" / \" between them. The answer is the letter, and after it what is asked for."

// actionKeys are the letters of a table with what each does.
func actionKeys(table wizard.Table) string {
	var keys []string
	for _, action := range table.Actions {
		keys = append(keys, action.Key+" ("+action.Label+")")
	}
	return strings.Join(keys, ", ")
}

// rowsLeft is the first decision about a row that no list of the step has, empty when each has found its row.
func (w *walker) rowsLeft(v *visit, sheet wizard.Sheet) string {
	for _, item := range sheet.Items {
		table, ok := item.(wizard.Table)
		if !ok || len(table.Actions) == 0 {
			continue
		}
		for _, key := range w.answersBelow(RowKey(v.step.ID(), table.Key)) {
			if !v.given[key] {
				return key
			}
		}
	}
	return ""
}

// RowLine describes the decisions about a table's rows for a list of questions.
func RowLine(table wizard.Table) (label, help string, keys []string) {
	for _, action := range table.Actions {
		keys = append(keys, action.Key)
	}
	return table.Title, RowHelp + " " + actionKeys(table) + ".", keys
}
