package job

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// start begins work and fails the test when it cannot.
func start(t *testing.T, runner *Runner, fn Func) {
	t.Helper()
	if err := runner.Start(t.Context(), "importing", fn); err != nil {
		t.Fatal(err)
	}
}

func TestWorkRunsBesideTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runner Runner
		began := time.Now()
		start(t, &runner, func(_ context.Context, report Reporter) (any, error) {
			report.Phase("Sending members", 300)
			report.Add(99, 1)
			report.Warn("One address is none.")
			time.Sleep(time.Minute)
			report.Phase("Reading back", 0)
			return 42, nil
		})
		time.Sleep(30 * time.Second)
		status := runner.Snapshot()
		if !status.Running || status.Name != "importing" || status.Progress.Doing != "Sending members" || status.Progress.Handled() != 100 || status.Progress.Failed != 1 ||
			len(status.Warnings) != 1 || !status.Started.Equal(began) || status.Result != nil {
			t.Errorf("half-way: %+v", status)
		}
		if isClosed(runner.Done()) {
			t.Error("done before it was")
		}
		runner.Wait()
		status = runner.Snapshot()
		if status.Running || status.Result != 42 || status.Err != nil || status.Ended.Sub(began) != time.Minute || status.Progress.Doing != "Reading back" {
			t.Errorf("at the end: %+v", status)
		}
	})
}

func TestOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runner Runner
		wait := func(context.Context, Reporter) (any, error) { time.Sleep(time.Second); return nil, nil }
		start(t, &runner, wait)
		if err := runner.Start(t.Context(), "second", wait); !errors.Is(err, ErrBusy) {
			t.Errorf("a second one: %v", err)
		}
		runner.Wait()
		start(t, &runner, wait)
		runner.Wait()
	})
}

func TestStopAndWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runner Runner
		written := false
		start(t, &runner, func(ctx context.Context, _ Reporter) (any, error) {
			<-ctx.Done()
			time.Sleep(3 * time.Second) // the batch under way is finished and written down
			written = true
			return nil, ctx.Err()
		})
		runner.Stop()
		runner.Stop()
		runner.Wait()
		if !written {
			t.Error("Wait did not wait")
		}
		if status := runner.Snapshot(); !errors.Is(status.Err, context.Canceled) || status.Running {
			t.Errorf("after stopping: %+v", status)
		}
	})
}

func TestWithoutWork(t *testing.T) {
	var runner Runner
	runner.Stop()
	runner.Pause()
	runner.Resume()
	runner.Wait()
	if status := runner.Snapshot(); status.Running || status.Remaining != Unknown || runner.Paused() || !isClosed(runner.Done()) {
		t.Errorf("nothing ever ran: %+v", status)
	}
}

func TestPanicBecomesAnError(t *testing.T) {
	for name, fn := range map[string]Func{
		"in the work": func(context.Context, Reporter) (any, error) { panic(io.ErrUnexpectedEOF) },
		"in a goroutine of the work": func(context.Context, Reporter) (any, error) {
			result := make(chan error)
			go func() { result <- Protect(func() error { panic(io.ErrUnexpectedEOF) }) }()
			return nil, <-result
		},
	} {
		t.Run(name, func(t *testing.T) {
			var runner Runner
			start(t, &runner, fn)
			runner.Wait()
			var fault *PanicError
			status := runner.Snapshot()
			if !errors.As(status.Err, &fault) || !errors.Is(status.Err, io.ErrUnexpectedEOF) {
				t.Fatalf("got %v", status.Err)
			}
			if !strings.Contains(string(fault.Stack), "runner_test.go") || strings.Contains(fault.Error(), "goroutine") {
				t.Errorf("stack %.100q, text %q", fault.Stack, fault.Error())
			}
			start(t, &runner, func(context.Context, Reporter) (any, error) { return "fine", nil })
			runner.Wait()
		})
	}
}

func TestWorkThatEndsItsGoroutine(t *testing.T) {
	var runner Runner
	start(t, &runner, func(context.Context, Reporter) (any, error) { runtime.Goexit(); return nil, nil })
	runner.Wait()
	if err := runner.Snapshot().Err; !errors.Is(err, errNoResult) {
		t.Errorf("taken for a success: %v", err)
	}
}

func TestPauseHoldsAtTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runner Runner
		start(t, &runner, func(ctx context.Context, report Reporter) (any, error) {
			report.Phase("Sending members", 100)
			for range 100 {
				if err := report.Gate(ctx); err != nil {
					return nil, err
				}
				time.Sleep(time.Second)
				report.Add(1, 0)
			}
			return nil, nil
		})
		time.Sleep(30*time.Second + time.Millisecond)
		runner.Pause()
		if status := runner.Snapshot(); !status.Paused || status.Held {
			t.Errorf("in the middle of a batch: %+v", status)
		}
		time.Sleep(time.Hour)
		status := runner.Snapshot()
		if !status.Paused || !status.Held || !runner.Paused() || status.Progress.Done != 31 || status.Elapsed.Round(time.Second) != 30*time.Second {
			t.Errorf("after an hour's pause: %+v", status)
		}
		runner.Resume()
		time.Sleep(9 * time.Second)
		status = runner.Snapshot()
		if status.Paused || status.Held || status.Rate < 0.9 || status.Rate > 1.1 || status.Remaining.Round(10*time.Second) != time.Minute {
			t.Errorf("the pause counts: %+v", status)
		}
		runner.Pause()
		runner.Stop()
		runner.Wait()
		if status := runner.Snapshot(); !errors.Is(status.Err, context.Canceled) || status.Paused || status.Held {
			t.Errorf("stopped while paused: %+v", status)
		}
	})
}

func TestGateListensToBothContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runner Runner
		start(t, &runner, func(_ context.Context, report Reporter) (any, error) {
			runner.Pause()
			began := time.Now()
			short, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := report.Gate(short); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Minute {
				t.Errorf("the caller's context: %v after %v", err, time.Since(began))
			}
			return nil, report.Gate(context.Background())
		})
		time.Sleep(2 * time.Minute)
		runner.Stop()
		runner.Wait()
		if err := runner.Snapshot().Err; !errors.Is(err, context.Canceled) {
			t.Errorf("the work's context: %v", err)
		}
	})
}

func TestManyReportAtOnce(t *testing.T) {
	var runner Runner
	start(t, &runner, func(ctx context.Context, report Reporter) (any, error) {
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				for range 1000 {
					report.Add(1, 1)
					report.Wait("", time.Time{})
					report.Warn("again")
					if report.Gate(ctx) != nil {
						t.Error("the gate was shut")
					}
				}
			})
		}
		group.Wait()
		return nil, nil
	})
	for !isClosed(runner.Done()) {
		runner.Snapshot()
	}
	status := runner.Snapshot()
	if status.Progress.Handled() != 40_000 || len(status.Warnings) != maxWarnings || status.WarningsDropped != 20_000-maxWarnings {
		t.Errorf("%d units, %d warnings and %d dropped", status.Progress.Handled(), len(status.Warnings), status.WarningsDropped)
	}
}

func TestReportersForTests(t *testing.T) {
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	var recording Recording
	for _, report := range []Reporter{Discard, &recording} {
		report.Phase("Reading", 10)
		report.Add(3, 0)
		report.Phase("Sending", 5)
		report.Add(2, 1)
		report.Wait("The CRM asked for a pause", time.Time{})
		report.Warn("One address is none.")
		if report.Gate(t.Context()) != nil || !errors.Is(report.Gate(stopped), context.Canceled) {
			t.Errorf("the gate of %T", report)
		}
	}
	if got := recording.Progress(); got.Doing != "Sending" || got.Total != 5 || got.Done != 2 || got.Failed != 1 {
		t.Errorf("progress %+v", got)
	}
	if len(recording.Waits()) != 1 || len(recording.Warnings()) != 1 {
		t.Errorf("recorded %v %v", recording.Waits(), recording.Warnings())
	}
}

func BenchmarkReport(b *testing.B) {
	run := &run{}
	run.meter.begin("importing")
	report := &reporter{run: run, ctx: b.Context()}
	for b.Loop() {
		report.Add(1, 0)
	}
}
