package wizard

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// RunOptions are the ends of the terminal. The zero value is the program's own terminal.
type RunOptions struct {
	In      io.Reader
	Out     io.Writer
	Environ []string
	// Width and Height are the size of a terminal that cannot be asked.
	Width, Height int
	// Signals replaces the signals of the operating system, in tests.
	Signals <-chan os.Signal
}

// Run shows the wizard until somebody leaves it, the context ends or the program is asked to end (SIGINT, SIGTERM, SIGHUP). In every case the
// job that runs is stopped and waited for. The caller prints its summary afterwards, on the normal screen.
func Run(ctx context.Context, shell *Shell, options RunOptions) error {
	program := tea.NewProgram(shell, programOptions(shell, options)...)
	ended := make(chan struct{})
	stop := watch(ctx, options.Signals, ended, func() { program.Send(ShutdownMsg{}) })
	_, err := program.Run()
	close(ended)
	stop()
	shell.drain()
	if err != nil {
		return fmt.Errorf("running the wizard: %w", err)
	}
	return shell.keeper.Unsaved
}

// programOptions leaves signals to us: Bubble Tea's own handler and a context together can hang at the end.
func programOptions(shell *Shell, options RunOptions) []tea.ProgramOption {
	out := []tea.ProgramOption{tea.WithoutSignalHandler()}
	if options.In != nil {
		out = append(out, tea.WithInput(options.In))
	}
	if options.Out != nil {
		out = append(out, tea.WithOutput(options.Out))
	}
	if options.Environ != nil {
		out = append(out, tea.WithEnvironment(options.Environ))
	}
	if options.Width > 0 {
		out = append(out, tea.WithWindowSize(options.Width, options.Height))
	}
	if shell.options.NoColor || noColor(options.Environ) {
		shell.options.NoColor = true
		out = append(out, tea.WithColorProfile(colorprofile.ASCII))
	}
	return out
}

// noColor says that NO_COLOR has any value: the library would only take 1 or true.
func noColor(environ []string) bool {
	if environ == nil {
		return os.Getenv("NO_COLOR") != ""
	}
	for _, entry := range environ {
		if len(entry) > len("NO_COLOR=") && entry[:len("NO_COLOR=")] == "NO_COLOR=" {
			return true
		}
	}
	return false
}

// watch calls shutdown when the context ends or a signal comes. The stop function waits until it has ended.
func watch(ctx context.Context, signals <-chan os.Signal, ended <-chan struct{}, shutdown func()) (stop func()) {
	release := func() {}
	if signals == nil {
		own := make(chan os.Signal, 1)
		signal.Notify(own, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		signals, release = own, func() { signal.Stop(own) }
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		over := ctx.Done()
		for {
			select {
			case <-ended:
				return
			case <-over:
				over = nil
				shutdown()
			case <-signals:
				shutdown()
			}
		}
	}()
	return func() {
		release()
		<-done
	}
}

// drain stops a job that is still running when the screen has gone, and records its end: nothing may be sent unrecorded.
func (s *Shell) drain() {
	if s.running == nil {
		return
	}
	s.runner.Stop()
	select {
	case <-s.runner.Done():
	case <-time.After(patience):
		s.log.Error("the job did not stop in time")
		return
	}
	status, ended := s.runner.Snapshot(), s.running
	s.running = nil
	change, _ := status.Result.(Change)
	s.logEnd(ended, status)
	if err := s.keeper.End(ended.step.ID(), ended.task.Key, change, status.Err, status.Progress.Failed); err != nil {
		s.log.Error("save failed", "error", err)
	}
}
