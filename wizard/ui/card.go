package ui

import "strings"

// Card draws lines into a box with a title, at most width wide and height high, and says when some do not fit. Offset scrolls them.
func (t Theme) Card(title string, lines []string, width, height, offset int) []string {
	inner := width - 4
	room := height - 2
	offset = max(min(offset, len(lines)-room), 0)
	shown := lines[offset:min(offset+room, len(lines))]
	corner := t.Signs.Corners
	head := " " + t.Cut(title, inner-2) + " "
	out := []string{t.Rule.Render(corner[0]+t.Signs.Line) + t.Title.Render(head) +
		t.Rule.Render(strings.Repeat(t.Signs.Line, max(width-3-Width(head), 0))+corner[1])}
	for _, line := range shown {
		out = append(out, t.Rule.Render(t.Signs.Side)+" "+t.Fit(line, inner)+" "+t.Rule.Render(t.Signs.Side))
	}
	return append(out, t.cardFoot(width, offset > 0, offset+room < len(lines)))
}

func (t Theme) cardFoot(width int, above, below bool) string {
	note := ""
	switch {
	case above && below:
		note = " " + t.Signs.Up + t.Signs.Down + " more "
	case above:
		note = " " + t.Signs.Up + " more "
	case below:
		note = " " + t.Signs.Down + " more "
	}
	fill := strings.Repeat(t.Signs.Line, max(width-3-Width(note), 0))
	return t.Rule.Render(t.Signs.Corners[2] + t.Signs.Line + note + fill + t.Signs.Corners[3])
}

// Over lays a box over the middle of a page of exactly width × height, and keeps the page's shape.
func (t Theme) Over(page, box []string, width, height int) []string {
	out := t.Box(page, width, height)
	wide := 0
	for _, line := range box {
		wide = max(wide, Width(line))
	}
	top, left := max((height-len(box))/2, 0), max((width-wide)/2, 0)
	for i, line := range box {
		if top+i < height {
			out[top+i] = t.Fit(strings.Repeat(" ", left)+line, width)
		}
	}
	return out
}
