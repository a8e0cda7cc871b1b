package wizard

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// tableWidget shows rows, however many: only those in sight are asked for.
type tableWidget struct {
	name    string
	table   Table
	grid    ui.Table
	search  search
	ask     *rowAsk
	problem string
	// visible is about how many rows are in sight: how far PgUp and PgDn go.
	visible int
	veil    ui.Veil
}

// rowAsk is the question of a row action that waits for its answer.
type rowAsk struct {
	action  RowAction
	row     int
	input   ui.Input
	problem string
}

func newTable(name string, table Table) *tableWidget {
	w := &tableWidget{name: name, visible: 5}
	w.take(table)
	return w
}

func (w *tableWidget) take(table Table) {
	w.table = table
	w.grid.Rows = table.Rows
	if table.Rows == 0 {
		w.ask = nil // nothing is drawn in which it could be answered
	}
	w.grid.Show(w.visible)
}

func (w *tableWidget) id() string { return w.name }

func (w *tableWidget) adopt(item Item) bool {
	table, ok := item.(Table)
	if ok {
		w.take(table)
	}
	return ok
}

func (w *tableWidget) captures() bool { return w.search.typing || w.ask != nil }
func (w *tableWidget) dirty() bool    { return w.ask != nil && w.ask.input.Value() != "" }

func (w *tableWidget) escape() bool {
	open := w.captures() || w.search.running
	w.search, w.ask = search{query: w.search.query}, nil
	return open
}

// copied is the row under the cursor, cells apart by tabs.
func (w *tableWidget) copied(look Look) string {
	if w.grid.Rows == 0 {
		return ""
	}
	return strings.Join(w.cells(look, w.grid.Cursor), "\t")
}

// cells are the cells of a row as they are drawn.
func (w *tableWidget) cells(look Look, row int) []string {
	raw := w.table.Row(row)
	cells := make([]string, len(raw))
	for i, cell := range raw {
		cells[i] = ui.Clean(cell)
	}
	return look.Veil.Row(cells, w.private)
}

func (w *tableWidget) private(column int) bool {
	return column < len(w.table.Columns) && w.table.Columns[column].Private
}

func (w *tableWidget) update(msg tea.Msg) reply {
	switch msg := msg.(type) {
	case LookMsg:
		w.veil = msg.Look.Veil
		return reply{ignored: true}
	case SizeMsg:
		w.visible = max(msg.Height-6, least)
		return reply{ignored: true}
	case searchMsg:
		return w.searchOn(msg)
	case tea.KeyPressMsg:
		if w.ask != nil {
			return w.answer(msg)
		}
		if w.search.typing {
			return w.typeSearch(msg)
		}
		return w.press(msg.String())
	case tea.PasteMsg:
		if w.ask != nil {
			w.ask.input.Update(msg)
			return reply{}
		}
		if w.search.typing {
			w.search.input.Update(msg)
			return reply{}
		}
	}
	return reply{ignored: true}
}

func (w *tableWidget) press(key string) reply {
	switch key {
	case "up":
		return w.step(-1)
	case "down":
		return w.step(1)
	case "pgup":
		return w.step(-w.visible)
	case "pgdown":
		return w.step(w.visible)
	case "home":
		return w.step(-w.grid.Rows)
	case "end":
		return w.step(w.grid.Rows)
	case "enter":
		return reply{move: 1}
	case "/":
		w.search.open()
		return reply{}
	case "n":
		if w.search.query != "" {
			return w.find(w.grid.Cursor + 1)
		}
	}
	return w.act(key)
}

func (w *tableWidget) step(by int) reply {
	w.problem = ""
	w.grid.Move(by)
	w.grid.Show(w.visible)
	return reply{}
}

// act does what a key of the table's own stands for, asking first where it has to.
func (w *tableWidget) act(key string) reply {
	for _, action := range w.table.Actions {
		if action.Key != key || w.grid.Rows == 0 {
			continue
		}
		if action.Ask == nil {
			return reply{action: RowDo{Action: action, Row: w.grid.Cursor}}
		}
		w.ask = &rowAsk{action: action, row: w.grid.Cursor, input: ui.NewInput(action.Ask.Value, action.Ask.Secret)}
		return reply{}
	}
	return reply{ignored: true}
}

func (w *tableWidget) answer(msg tea.KeyPressMsg) reply {
	if msg.String() != "enter" {
		if w.ask.input.Update(msg) {
			w.ask.problem = ""
		}
		return reply{}
	}
	value, question := w.ask.input.Value(), *w.ask.action.Ask
	if value == "" && question.Confirm == "" {
		value = question.Default
	}
	if picked := pick(question, value); picked != "" {
		value = picked
	}
	if value == "" && question.Required {
		w.ask.problem = "This cannot be left empty. Esc leaves it as it was."
		return reply{}
	}
	if err := Check(question, value); err != nil {
		w.ask.problem = Sentence(err)
		return reply{}
	}
	do := RowDo{Action: w.ask.action, Row: w.ask.row, Answer: value}
	w.ask = nil
	return reply{action: do}
}

// hints also lead through the table's own actions.
func (w *tableWidget) hints() []key.Binding {
	switch {
	case w.ask != nil:
		return []key.Binding{hint("enter", "save")}
	case w.search.typing:
		return []key.Binding{hint("enter", "search")}
	}
	var hints []key.Binding
	for _, action := range w.table.Actions {
		hints = append(hints, hint(action.Key, ui.Clean(action.Label)))
	}
	hints = append(hints, hint("/", "search"))
	if w.search.query != "" {
		hints = append(hints, hint("n", "next match"))
	}
	return append(hints, hint("↑/↓", "move"))
}

func (w *tableWidget) say() string {
	switch {
	case w.ask != nil:
		return "Type the answer and press Enter, or Esc to leave it."
	case w.search.typing:
		return "Type what to look for and press Enter."
	}
	return "Move through the list with the arrow keys. Press Enter to go on."
}

// slice is how long one piece of a search may take: short enough for the next frame to be in time.
const slice = 5 * time.Millisecond
