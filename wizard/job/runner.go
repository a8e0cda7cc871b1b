package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// ErrBusy says that another piece of work is still running.
var ErrBusy = errors.New("another piece of work is still running")

// errNoResult is the error of work that ended its goroutine instead of returning.
var errNoResult = errors.New("the work ended without a result")

// Func is a piece of work. It stops soon after its context is done.
type Func func(ctx context.Context, report Reporter) (any, error)

// PanicError is a panic turned into an error. Its text is for people who write programs; Stack is for the log alone.
type PanicError struct {
	Value any
	Stack []byte
}

// Error names the panic, without the stack.
func (p *PanicError) Error() string { return fmt.Sprintf("a fault in the program: %v", p.Value) }

// Unwrap gives the panic's value when it was an error.
func (p *PanicError) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Protect calls fn and turns a panic into a *PanicError. Work that starts goroutines of its own wraps each in it: a panic there would otherwise end
// the program.
func Protect(fn func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return fn()
}

// Runner runs one piece of work at a time on a goroutine of its own. Its zero value is ready; all methods are safe for simultaneous use.
type Runner struct {
	mutex   sync.Mutex
	current *run
}

// run is one piece of work, and what is left of it when it has ended.
type run struct {
	meter
	gate   gate
	cancel context.CancelFunc
	done   chan struct{}
}

// Start begins the work and returns at once: with ErrBusy when some is still running. The work's context ends with ctx or by Stop.
func (r *Runner) Start(ctx context.Context, name string, fn Func) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.current != nil && !isClosed(r.current.done) {
		return ErrBusy
	}
	ctx, cancel := context.WithCancel(ctx)
	current := &run{cancel: cancel, done: make(chan struct{})}
	current.meter.begin(name)
	r.current = current
	go current.work(ctx, fn)
	return nil
}

// work calls fn and keeps what became of it, also when it panics or ends its goroutine.
func (r *run) work(ctx context.Context, fn Func) {
	var result any
	err := errNoResult
	defer func() {
		r.cancel()
		r.meter.end(result, err)
		close(r.done)
	}()
	err = Protect(func() (inner error) {
		result, inner = fn(ctx, &reporter{run: r, ctx: ctx})
		return inner
	})
}

// Snapshot is what is known at this moment of the work that runs, or ran last. It is cheap: a screen may ask ten times a second.
func (r *Runner) Snapshot() Status {
	current := r.now()
	if current == nil {
		return Status{Remaining: Unknown}
	}
	status := current.meter.status()
	status.Held = current.gate.isHeld()
	return status
}

// Stop asks the work to end. Wait for it before leaving the program: what it has sent must be written down.
func (r *Runner) Stop() {
	if current := r.now(); current != nil {
		current.cancel()
	}
}

// Wait blocks until the work's goroutine has ended. Without work it returns at once.
func (r *Runner) Wait() { <-r.Done() }

// Done is closed when the work's goroutine has ended. Without work it is closed already.
func (r *Runner) Done() <-chan struct{} {
	if current := r.now(); current != nil {
		return current.done
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

// Pause holds the work up where it next passes a Gate. Time spent so counts neither for the rate nor for the time remaining.
func (r *Runner) Pause() {
	if current := r.now(); current != nil {
		current.gate.pause()
		current.meter.pause(true)
	}
}

// Resume lets paused work go on.
func (r *Runner) Resume() {
	if current := r.now(); current != nil {
		current.meter.pause(false)
		current.gate.resume()
	}
}

// Paused says that a pause was asked for. Status.Held says that the work has come to rest.
func (r *Runner) Paused() bool {
	current := r.now()
	return current != nil && current.meter.status().Paused
}

func (r *Runner) now() *run {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.current
}

// reporter is what the work talks to.
type reporter struct {
	run *run
	ctx context.Context
}

func (r *reporter) Phase(doing string, total int64)     { r.run.meter.phase(doing, total) }
func (r *reporter) Add(done, failed int64)              { r.run.meter.add(done, failed) }
func (r *reporter) Wait(reason string, until time.Time) { r.run.meter.wait(reason, until) }
func (r *reporter) Warn(text string)                    { r.run.meter.warn(text) }
func (r *reporter) Gate(ctx context.Context) error      { return r.run.gate.pass(ctx, r.ctx) }

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
