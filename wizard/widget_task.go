package wizard

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
)

// taskWidget starts a piece of work and shows how it goes.
type taskWidget struct {
	name string
	task Task
	job  JobMsg
}

func (w *taskWidget) id() string { return w.name }

func (w *taskWidget) adopt(item Item) bool {
	task, ok := item.(Task)
	if ok {
		w.task = task
	}
	return ok
}

func (w *taskWidget) captures() bool { return false }
func (w *taskWidget) dirty() bool    { return false }
func (w *taskWidget) escape() bool   { return false }

// running says that it is this task's job that runs.
func (w *taskWidget) running() bool { return w.job.Running && w.job.Here && w.job.Task == w.task.Key }

func (w *taskWidget) update(msg tea.Msg) reply {
	switch msg := msg.(type) {
	case JobMsg:
		w.job = msg
		return reply{}
	case tea.KeyPressMsg:
		if w.running() {
			return w.steer(msg.String())
		}
		return w.press(msg.String())
	}
	return reply{ignored: true}
}

func (w *taskWidget) steer(key string) reply {
	switch key {
	case "s":
		return reply{action: StopTask{}}
	case "p", "space":
		return reply{action: PauseTask{}}
	case "enter":
		return reply{action: Notify{Text: "It is running. Press s to stop it safely, p to pause."}}
	}
	return reply{ignored: true}
}

func (w *taskWidget) press(key string) reply {
	again := key == "r" && w.task.Last.Ended != nil
	switch {
	case key == "enter" && w.task.Complete:
		return reply{move: 1}
	case key != "enter" && !again:
		return reply{ignored: true}
	case w.task.Locked != "":
		return reply{action: Notify{Kind: ui.Warning, Text: w.task.Locked}}
	case w.job.Running:
		return reply{action: Notify{Kind: ui.Warning, Text: "Another piece of work is running: " + w.job.Label + ". It has to end first."}}
	case w.task.Run == nil:
		return reply{action: Notify{Kind: ui.Warning, Text: "This cannot be done from here."}}
	}
	return reply{action: StartTask{Key: w.task.Key}}
}

func (w *taskWidget) draw(look Look, room frame) drawing {
	style, sign := w.sign(look)
	text := w.task.Label
	lines := head(look, room.focused, style, sign, text, room.width)
	if w.running() {
		return drawing{lines: append(lines, w.progress(look, room.width)...)}
	}
	cursor := 0
	if room.focused && w.ready() && !room.shut {
		cursor = len(lines) // Enter does not start what cannot be seen to start
		lines = append(lines, "     "+look.Theme.Button.Render("[ Enter: "+w.verb()+" ]"))
	}
	lines = append(lines, quiet(look, w.lastRun(look), room.width)...)
	if w.task.Locked != "" && !w.task.Complete {
		lines = append(lines, detail(look, "Not yet:", w.task.Locked, room.width)...)
	}
	if room.focused {
		lines = append(lines, quiet(look, w.task.Help, room.width)...)
	}
	return drawing{lines: lines, cursor: cursor}
}

// ready says that Enter starts it.
func (w *taskWidget) ready() bool {
	return w.task.Locked == "" && !w.task.Complete && w.task.Run != nil && !w.job.Running
}

// verb is what Enter does.
func (w *taskWidget) verb() string {
	switch {
	case Interrupted(w.task.Last):
		return "go on"
	case w.task.Last.Outcome == OutcomeStopped, w.task.Last.Outcome == OutcomePartly:
		return "go on with the rest"
	case w.task.Last.Outcome == OutcomeFailed:
		return "try again"
	}
	return "start"
}

func (w *taskWidget) sign(look Look) (styled, string) {
	theme := look.Theme
	switch {
	case w.running():
		return theme.Focus, theme.Signs.Now
	case w.task.Complete:
		return theme.Good, theme.Signs.Good
	case w.task.Locked != "":
		return theme.Quiet, theme.Signs.Locked
	case w.task.Last.Outcome == OutcomeFailed:
		return theme.Bad, theme.Signs.Bad
	case w.task.Last.Outcome == OutcomePartly, Interrupted(w.task.Last):
		return theme.Warn, theme.Signs.Warn
	}
	return theme.Quiet, theme.Signs.Ready
}

// lastRun says what is known of the last run.
func (w *taskWidget) lastRun(look Look) string {
	last := w.task.Last
	switch {
	case last.Started.IsZero():
		return ""
	case Interrupted(last) && w.task.Locked != "":
		return "It was interrupted. Nothing is lost. Once what is missing is there, it goes on where it was."
	case Interrupted(last):
		return "It was interrupted. Nothing is lost. Press Enter to go on."
	}
	at := look.Time(*last.Ended)
	switch last.Outcome {
	case OutcomeDone:
		return "Done " + at + "."
	case OutcomePartly:
		return "Partly done " + at + ". Some could not be done. " + last.Error
	case OutcomeStopped:
		return "Stopped " + at + ". What was done stays done."
	}
	return "Failed " + at + ". " + last.Error
}

// progress draws how the job goes: what, how far, how fast, how long still, and why nothing moves.
func (w *taskWidget) progress(look Look, width int) []string {
	progress, theme := w.job.Progress, look.Theme
	lines := detail(look, "", w.doing(), width)
	if progress.Total > 0 {
		percent := fmt.Sprintf(" %3d %%", ui.Percent(progress.Done, progress.Total))
		lines = append(lines, "     "+theme.Bar(progress.Done, progress.Total, min(width-12, 50))+percent)
	}
	lines = append(lines, detail(look, "", w.figures(look), width)...)
	if progress.Failed > 0 {
		lines = append(lines, warning(look, ui.Count(progress.Failed)+" did not work so far. You can look at them when it has ended.", width)...)
	}
	if progress.Waiting != "" {
		lines = append(lines, detail(look, "Waiting:", waiting(look, progress.Waiting, progress.Until), width)...)
	}
	return lines
}

func waiting(look Look, reason string, until time.Time) string {
	if until.IsZero() {
		return reason
	}
	left := max(time.Until(until), 0)
	return strings.TrimRight(reason, ".") + ". Goes on at " + look.Clock(until) + ", in " + ui.Span(left) + "."
}

func (w *taskWidget) doing() string {
	switch {
	case w.job.Stopping:
		return "Stopping safely" + ellipsis
	case w.job.Held:
		return "Paused: " + w.job.Progress.Doing
	case w.job.Paused:
		return "Pausing after this piece: " + w.job.Progress.Doing
	case w.job.Progress.Doing == "":
		return "Starting" + ellipsis
	}
	return w.job.Progress.Doing
}

// ellipsis is drawn with three full stops, which every console has.
const ellipsis = "..."

func (w *taskWidget) figures(look Look) string {
	progress := w.job.Progress
	var parts []string
	switch {
	case progress.Total > 0:
		parts = append(parts, ui.Count(progress.Done)+" of "+ui.Count(progress.Total))
	case progress.Done > 0:
		parts = append(parts, ui.Count(progress.Done)+" so far")
	}
	if rate := ui.Rate(w.job.Rate); rate != "" {
		parts = append(parts, rate)
	}
	if w.job.Remaining != job.Unknown {
		parts = append(parts, "about "+ui.Span(w.job.Remaining)+" left")
	}
	return strings.Join(parts, look.Theme.Signs.Dot)
}

func (w *taskWidget) hints() []key.Binding {
	switch {
	case w.running() && w.job.Paused:
		return []key.Binding{hint("p", "go on"), hint("s", "stop safely")}
	case w.running():
		return []key.Binding{hint("p", "pause"), hint("s", "stop safely")}
	case w.task.Complete:
		return []key.Binding{hint("enter", "go on"), hint("r", "run again")}
	case w.task.Locked != "":
		return []key.Binding{hint("enter", "why not yet")}
	}
	return []key.Binding{hint("enter", w.verb())}
}

func (w *taskWidget) say() string {
	switch {
	case w.running():
		return "Wait until this has ended."
	case w.task.Complete:
		return "This is done. Press Enter to go on."
	case w.task.Locked != "":
		return "This cannot start yet. Press Shift and Tab together to go back to what is missing."
	}
	return "Press Enter to start: " + w.task.Label + "."
}
