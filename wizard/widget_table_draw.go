package wizard

import (
	"strconv"
	"strings"

	"allyswitch/wizard/ui"
)

// Rows that are shown however small the window is, and at most while the focus is elsewhere.
const (
	least  = 3
	glance = 5
)

func (w *tableWidget) draw(look Look, room frame) drawing {
	theme := look.Theme
	lines := head(look, room.focused, theme.Body, theme.Signs.Plain, w.title(), room.width)
	if w.table.Rows == 0 {
		return drawing{lines: append(lines, quiet(look, "Nothing to show.", room.width)...)}
	}
	below := w.below(look, room)
	rows := max(min(room.height-len(lines)-len(below)-3-wholeLines, w.table.Rows), least)
	if !room.focused {
		rows = min(rows, glance)
	}
	grid := w.grid
	grid.Focused = room.focused
	grid.Columns = w.columns(look)
	below = append(w.whole(look, grid, room), below...)
	grid.Show(rows)
	drawn := grid.Lines(theme, func(i int) []string { return w.cells(look, i) }, room.width-4, rows+1)
	cursor := len(lines) + 1 + grid.Cursor - grid.Top
	for _, line := range drawn {
		lines = append(lines, "    "+line)
	}
	if w.captures() {
		cursor = len(lines)
	}
	return drawing{lines: append(lines, below...), cursor: cursor}
}

// wholeLines is the room kept for cells of the focused row that do not fit into their columns.
const wholeLines = 3

// whole shows in full what does not fit into the columns of the focused row.
func (w *tableWidget) whole(look Look, grid ui.Table, room frame) []string {
	if !room.focused || w.captures() {
		return nil
	}
	cells := w.cells(look, grid.Cursor)
	var lines []string
	for _, column := range grid.Short(cells, room.width-4) {
		lines = append(lines, detail(look, grid.Columns[column].Title+":", cells[column], room.width)...)
	}
	if len(lines) > wholeLines {
		lines[wholeLines-1] = look.Theme.Fit(lines[wholeLines-1], room.width-1-ui.Width(look.Theme.Signs.More)) + " " + look.Theme.Signs.More
		lines = lines[:wholeLines]
	}
	return lines
}

// columns are the headings, made fit to be drawn.
func (w *tableWidget) columns(look Look) []ui.Column {
	columns := make([]ui.Column, len(w.table.Columns))
	for i, column := range w.table.Columns {
		columns[i] = ui.Column{Title: look.Text(column.Title), Width: column.Width}
	}
	return columns
}

func (w *tableWidget) title() string {
	return w.table.Title + " (" + ui.Count(int64(w.table.Rows)) + ")"
}

// below is what stands under the rows: where we are, the search, the question of an action.
func (w *tableWidget) below(look Look, room frame) []string {
	lines := quiet(look, "Row "+ui.Count(int64(w.grid.Cursor+1))+" of "+ui.Count(int64(w.table.Rows))+w.search.told(look), room.width)
	if w.search.typing {
		lines = append([]string{"     Search: " + w.search.input.View(look.Theme, look.Veil, room.focused, false, room.width-14)}, lines...)
	}
	if w.ask != nil {
		lines = append(w.drawAsk(look, room), lines...)
	}
	return append(lines, warning(look, w.problem, room.width)...)
}

func (w *tableWidget) drawAsk(look Look, room frame) []string {
	question := *w.ask.action.Ask
	side := look.Theme.Quiet.Render(look.Theme.Signs.Side)
	lines := []string{
		"     " + look.Theme.Heading.Render(look.Theme.Cut(look.Text(question.Label), room.width-6)),
		"     " + side + " " + w.ask.input.View(look.Theme, look.Veil, true, w.anyPrivate(), room.width-8),
	}
	if question.Confirm != "" {
		lines = append(lines, detail(look, "Type exactly:", question.Confirm, room.width)...)
	}
	lines = append(lines, quiet(look, options(question), room.width)...)
	lines = append(lines, quiet(look, question.Help, room.width)...)
	return append(lines, warning(look, w.ask.problem, room.width)...)
}

func (w *tableWidget) anyPrivate() bool {
	for _, column := range w.table.Columns {
		if column.Private {
			return true
		}
	}
	return false
}

// options lists the choices of a row's question by number.
func options(question Question) string {
	parts := make([]string, len(question.Choices))
	for i, choice := range question.Choices {
		parts[i] = strconv.Itoa(i+1) + " " + choice.Label
	}
	return strings.Join(parts, ", ")
}

// pick turns the number or label of a choice into its value, empty when it is none.
func pick(question Question, typed string) string {
	for i, choice := range question.Choices {
		if typed == strconv.Itoa(i+1) || strings.EqualFold(typed, choice.Label) || typed == choice.Value {
			return choice.Value
		}
	}
	return ""
}
