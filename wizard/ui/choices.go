package ui

// Option is one of several answers to choose from.
type Option struct {
	Label string
	Help  string
}

// Choices draws a list to choose from: at is where the cursor is (−1 when the list is not focused), chosen what has been answered (−1 for nothing).
// It also returns the line on which the cursor is.
func (t Theme) Choices(options []Option, at, chosen, width int) (lines []string, cursor int) {
	for i, option := range options {
		sign, pointer := t.Signs.Choice, " "
		if i == chosen {
			sign = t.Signs.Chosen
		}
		label := option.Label
		if i == at {
			pointer, label = t.Focus.Render(t.Signs.Pointer), t.Focus.Render(label)
			cursor = len(lines)
		}
		lines = append(lines, t.Cut(pointer+" "+sign+" "+label, width))
		if option.Help != "" && (i == at || at < 0 && i == chosen) {
			for _, line := range Wrap(option.Help, width-8) {
				lines = append(lines, "        "+t.Quiet.Render(line))
			}
		}
	}
	return lines, cursor
}
