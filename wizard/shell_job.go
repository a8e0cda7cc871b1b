package wizard

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/job"
	"allyswitch/wizard/ui"
)

// pollEvery is how often a running job is looked at.
const pollEvery = 100 * time.Millisecond

// running is the job that runs.
type running struct {
	step     Sheeted
	task     Task
	stopping bool
	// status is what was seen at the last look.
	status job.Status
}

// startTask runs a task of the step on display, once it is recorded that it starts.
func (s *Shell) startTask(key string) tea.Cmd {
	step, ok := s.shown.(Sheeted)
	if !ok {
		return nil
	}
	if err := s.busy(); err != nil {
		return s.notify(ui.Warning, Sentence(err))
	}
	task, err := s.keeper.Task(step, key)
	if err != nil {
		return s.open(&card{told: Explain(err), title: "This did not work"})
	}
	if task.Run == nil || task.Locked != "" {
		return s.notify(ui.Warning, task.Locked)
	}
	if err := s.keeper.Begin(step.ID(), key); err != nil {
		return s.saved(err)
	}
	return s.launch(step, task)
}

func (s *Shell) launch(step Sheeted, task Task) tea.Cmd {
	err := s.runner.Start(context.Background(), step.ID()+"."+task.Key, func(ctx context.Context, report job.Reporter) (any, error) {
		return task.Run(ctx, report)
	})
	if err != nil {
		return tea.Batch(s.saved(s.keeper.End(step.ID(), task.Key, nil, err, 0)), s.notify(ui.Failure, Sentence(err)))
	}
	s.log.Info("task started", "step", step.ID(), "task", task.Key)
	s.running = &running{step: step, task: task, status: s.runner.Snapshot()}
	return tea.Batch(s.refresh(), s.tell(s.jobMsg()), pollSoon())
}

func pollSoon() tea.Cmd {
	return tea.Tick(pollEvery, func(time.Time) tea.Msg { return pollMsg{} })
}

// poll looks at the job that runs.
func (s *Shell) poll() tea.Cmd {
	if s.running == nil {
		return nil
	}
	s.running.status = s.runner.Snapshot()
	if s.running.status.Running {
		return tea.Batch(s.tell(s.jobMsg()), pollSoon())
	}
	return s.finish(s.running.status)
}

// jobMsg is how the job stands, for screens.
func (s *Shell) jobMsg() JobMsg {
	if s.running == nil {
		return JobMsg{}
	}
	return JobMsg{
		Status: s.running.status, Step: s.running.step.ID(), Task: s.running.task.Key, Label: s.running.task.Label,
		Here: s.running.step.ID() == s.shown.ID(), Stopping: s.running.stopping,
	}
}

// finish records how the job ended and tells about it.
func (s *Shell) finish(status job.Status) tea.Cmd {
	ended := s.running
	s.running = nil
	change, _ := status.Result.(Change)
	saved := s.keeper.End(ended.step.ID(), ended.task.Key, change, status.Err, status.Progress.Failed)
	s.logEnd(ended, status)
	cmds := []tea.Cmd{s.tell(s.jobMsg()), s.saved(saved)}
	if s.quitting {
		if saved != nil {
			s.quitting = false
			return tea.Batch(cmds...)
		}
		return tea.Batch(append(cmds, tea.Quit)...)
	}
	if saved == nil {
		cmds = append(cmds, s.tellEnd(ended, status))
	}
	return tea.Batch(cmds...)
}

func (s *Shell) logEnd(ended *running, status job.Status) {
	attributes := []any{"step", ended.step.ID(), "task", ended.task.Key, "done", status.Progress.Done, "failed", status.Progress.Failed,
		"seconds", status.Elapsed.Seconds()}
	if status.Err == nil {
		s.log.Info("task ended", attributes...)
		return
	}
	attributes = append(attributes, "error", status.Err)
	var fault *job.PanicError
	if errors.As(status.Err, &fault) {
		attributes = append(attributes, "stack", string(fault.Stack))
	}
	s.log.Error("task ended", attributes...)
}

// tellEnd says how the job ended: a line when all is well, a card when something has to be read.
func (s *Shell) tellEnd(ended *running, status job.Status) tea.Cmd {
	label := ended.task.Label
	switch outcome(status.Err, status.Progress.Failed) {
	case OutcomeStopped:
		return s.notify(ui.Info, "Stopped. What was done stays done, and the next start goes on from there.")
	case OutcomeFailed:
		return s.openByItself(s.failure(ended, status.Err))
	case OutcomePartly:
		if status.Err != nil {
			return s.openByItself(s.failure(ended, status.Err))
		}
		return tea.Batch(s.warnings(label, status),
			s.notify(ui.Warning, label+": partly done. "+ui.Count(status.Progress.Failed)+" did not work."))
	}
	return tea.Batch(s.warnings(label, status), s.notify(ui.Success, label+": done."))
}

func (s *Shell) failure(ended *running, err error) *card {
	title := "This did not work"
	if Refused(err) {
		title = "Held back, for the safety of your members"
	}
	return &card{told: Explain(err), title: title, held: Refused(err), retry: rerun{step: ended.step.ID(), key: ended.task.Key}}
}

// warnings opens the sentences that the job kept for its end.
func (s *Shell) warnings(label string, status job.Status) tea.Cmd {
	if len(status.Warnings) == 0 {
		return nil
	}
	texts := status.Warnings
	if status.WarningsDropped > 0 {
		texts = append(texts[:len(texts):len(texts)], ui.Count(int64(status.WarningsDropped))+" more are in allyswitch.log.")
	}
	return s.openByItself(&sheetText{title: label + ": please read", paragraphs: texts, sign: true})
}

func (s *Shell) stopTask() tea.Cmd {
	if s.running == nil {
		return nil
	}
	s.running.stopping = true
	s.runner.Stop()
	return s.tell(s.jobMsg())
}

func (s *Shell) pauseTask() tea.Cmd {
	switch {
	case s.running == nil:
		return nil
	case s.runner.Paused():
		s.runner.Resume()
	default:
		s.runner.Pause()
	}
	s.running.status = s.runner.Snapshot()
	return s.tell(s.jobMsg())
}
