package wizard

import (
	"time"

	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
)

// Look is how everything is drawn at the moment: theme, privacy, time zone.
type Look struct {
	Theme ui.Theme
	Veil  ui.Veil
	Zone  *time.Location
	// Large draws menu paths one click a line, for following along over a shared screen.
	Large bool
}

// Text makes text from outside fit to be drawn: cleaned, and veiled while privacy is on.
func (l Look) Text(text string) string { return l.Veil.Text(ui.Clean(text)) }

// Wrap is Text broken into lines.
func (l Look) Wrap(text string, width int) []string {
	return ui.Wrap(l.Veil.Text(ui.CleanLines(text)), width)
}

// Time writes a moment the way people do.
func (l Look) Time(at time.Time) string {
	zone := l.Zone
	if zone == nil {
		zone = time.Local
	}
	return at.In(zone).Format("2 Jan 2006 15:04")
}

// Clock writes a moment of today.
func (l Look) Clock(at time.Time) string {
	zone := l.Zone
	if zone == nil {
		zone = time.Local
	}
	return at.In(zone).Format("15:04:05")
}

// LookMsg tells a Screen the look to draw itself with.
type LookMsg struct{ Look Look }

// SizeMsg tells a Screen the room it has.
type SizeMsg struct{ Width, Height int }

// RefreshMsg tells a Screen that the state has changed.
type RefreshMsg struct{ GoesOn string }

// AnsweredMsg tells a Screen whether its answer was taken.
type AnsweredMsg struct {
	Key string
	Err error
}

// JobMsg tells a Screen how the job stands, ten times a second while one runs and once when it has ended.
type JobMsg struct {
	job.Status
	// Step and Task say which job it is, Label what it is called. Here says that it belongs to the step on display.
	Step, Task, Label string
	Here              bool
	// Stopping says that it was asked to stop.
	Stopping bool
}
