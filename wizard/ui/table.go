package ui

import "strings"

// Column is a heading of a table and the cells it wants; 0 takes a share of what is left.
type Column struct {
	Title string
	Width int
}

// Table draws the part of a table that is in sight. It never asks for more rows than it draws.
type Table struct {
	Columns []Column
	Rows    int
	// Cursor is the row that is looked at, Top the first row in sight.
	Cursor, Top int
	Focused     bool
}

// Move moves the cursor by some rows, and keeps it inside.
func (b *Table) Move(by int) { b.Cursor = max(min(b.Cursor+by, b.Rows-1), 0) }

// Show moves the part in sight as little as needed to show the cursor in so many lines.
func (b *Table) Show(lines int) {
	lines = max(lines, 1)
	b.Cursor = max(min(b.Cursor, b.Rows-1), 0)
	if b.Cursor < b.Top {
		b.Top = b.Cursor
	}
	if b.Cursor >= b.Top+lines {
		b.Top = b.Cursor - lines + 1
	}
	b.Top = max(min(b.Top, b.Rows-lines), 0)
}

// Lines draws the heading and up to height−1 rows. Cells are taken from row, which is called once for each row drawn.
func (b Table) Lines(theme Theme, row func(i int) []string, width, height int) []string {
	widths := b.widths(width - 2)
	titles := make([]string, len(b.Columns))
	for i, column := range b.Columns {
		titles[i] = column.Title
	}
	out := []string{"  " + theme.Heading.Render(theme.cells(titles, widths))}
	for i := b.Top; i < min(b.Top+height-1, b.Rows); i++ {
		line := theme.cells(row(i), widths)
		if i == b.Cursor && b.Focused {
			out = append(out, theme.Focus.Render(theme.Signs.Pointer)+" "+theme.Focus.Render(line))
			continue
		}
		out = append(out, "  "+line)
	}
	return out
}

// Short returns the columns in which a cell of a row does not fit.
func (b Table) Short(cells []string, width int) []int {
	var short []int
	for i, wide := range b.widths(width - 2) {
		if i < len(cells) && Width(cells[i]) > wide {
			short = append(short, i)
		}
	}
	return short
}

// widths shares the width out: fixed columns first, the others take what is left in equal parts, and nothing is wider than the whole.
func (b Table) widths(width int) []int {
	widths := make([]int, len(b.Columns))
	left, open := width-max(len(b.Columns)-1, 0), 0
	for i, column := range b.Columns {
		widths[i] = column.Width
		left -= column.Width
		if column.Width == 0 {
			open++
		}
	}
	for i, column := range b.Columns {
		if column.Width == 0 {
			widths[i] = max(left/open, 4)
			left, open = left-widths[i], open-1
		}
	}
	return squeeze(widths, width-max(len(b.Columns)-1, 0))
}

// squeeze takes cells from the widest columns until all fit.
func squeeze(widths []int, width int) []int {
	total := 0
	for _, w := range widths {
		total += w
	}
	for total > width && total > len(widths) {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		widths[widest]--
		total--
	}
	return widths
}

func (t Theme) cells(cells []string, widths []int) string {
	parts := make([]string, len(widths))
	for i, width := range widths {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		parts[i] = t.Fit(cell, width)
	}
	return strings.Join(parts, " ")
}
