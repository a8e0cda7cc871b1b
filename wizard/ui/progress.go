package ui

import (
	"fmt"
	"strings"
	"time"

	"allyswitch/wizard/words"
)

// Bar draws a bar of width cells for done of total. It is full only when everything is done.
func (t Theme) Bar(done, total int64, width int) string {
	if width < 1 {
		return ""
	}
	filled := 0
	if total > 0 {
		filled = int(float64(width) * float64(min(done, total)) / float64(total))
	}
	return t.Focus.Render(strings.Repeat(t.Signs.Full, filled)) + t.Rule.Render(strings.Repeat(t.Signs.Empty, width-filled))
}

// Percent returns done of total in per cent, 0 when the total is not known.
func Percent(done, total int64) int {
	if total <= 0 {
		return 0
	}
	return int(min(done, total) * 100 / total)
}

// Count writes a number with commas between thousands.
func Count(n int64) string { return words.Count(n) }

// Span writes a duration the way people say it: "45 s", "12 min", "3 h 05 min".
func Span(d time.Duration) string {
	if d = d.Round(time.Second); d < time.Minute {
		return fmt.Sprintf("%d s", int(d/time.Second))
	}
	if d = d.Round(time.Minute); d < time.Hour {
		return fmt.Sprintf("%d min", int(d/time.Minute))
	}
	return fmt.Sprintf("%d h %02d min", int(d/time.Hour), int(d%time.Hour/time.Minute))
}

// Rate writes units a second in a unit that reads well: "12 a second", "3.0 a minute". It is empty when nothing moves.
func Rate(perSecond float64) string {
	switch {
	case perSecond <= 0:
		return ""
	case perSecond >= 9.95:
		return Count(int64(perSecond+0.5)) + " a second"
	case perSecond >= 1:
		return fmt.Sprintf("%.1f a second", perSecond)
	}
	return fmt.Sprintf("%.1f a minute", perSecond*60)
}
