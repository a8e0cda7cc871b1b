package wizard

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// card tells about an error: what happened, what it means, what to do, the code. Details are folded.
type card struct {
	title string
	// held says that nothing went wrong: it was held back on purpose.
	held     bool
	told     Explanation
	retry    Action
	unfolded bool
	offset   int
}

func (c *card) press(msg tea.KeyPressMsg) (Action, bool) {
	switch name := msg.String(); {
	case name == "esc" || name == "enter":
		return nil, true
	case name == "d":
		c.unfolded = !c.unfolded
	case name == "c":
		return Copy{Text: c.text()}, false
	case name == "r" && c.retry != nil:
		return c.retry, true
	case name == "up":
		c.offset = max(c.offset-1, 0)
	case name == "down":
		c.offset++
	}
	return nil, false
}

// text is what c copies for a message to support.
func (c *card) text() string {
	return "Code: " + c.told.Code + "\nWhat happened: " + c.told.What + "\nWhat it means: " + c.told.Means + "\nWhat to do: " + c.told.Now +
		"\nDetails: " + c.told.Detail
}

func (c *card) draw(look Look, width, height int) []string {
	wide := min(width-4, 76)
	theme := look.Theme
	var lines []string
	part := func(heading, text string) {
		lines = append(lines, theme.Heading.Render(heading))
		for _, line := range look.Wrap(text, wide-6) {
			lines = append(lines, "  "+line)
		}
	}
	part("What happened", c.told.What)
	part("What it means for your members", c.told.Means)
	part("What to do now", c.told.Now)
	lines = append(lines, theme.Heading.Render("Code to read aloud: ")+look.Text(c.told.Code))
	if c.unfolded {
		part("Details", c.told.Detail)
	}
	high := min(len(lines)+2, height)
	c.offset = max(min(c.offset, len(lines)-high+2), 0)
	sign := theme.Signs.Bad
	theme.Title = theme.Bad
	if c.held {
		sign, theme.Title = theme.Signs.Warn, theme.Warn.Bold(true)
	}
	return theme.Card(sign+" "+look.Text(c.title), lines, wide, high, c.offset)
}

func (c *card) hints() []key.Binding {
	hints := []key.Binding{hint("esc", "close")}
	if c.retry != nil {
		hints = append(hints, hint("r", "try again"))
	}
	details := "details"
	if c.unfolded {
		details = "fewer details"
	}
	return append(hints, hint("c", "copy"), hint("d", details))
}

func (c *card) say() string {
	if c.retry != nil {
		return "Read the code to me. Then press r to try again, or Escape to close this."
	}
	return "Read the code to me. Then press Escape to close this."
}
