package job

import (
	"sync"
	"time"
)

// Unknown is the time remaining while it cannot be told.
const Unknown time.Duration = -1

// maxWarnings are kept; more are counted only.
const maxWarnings = 10_000

// Status is what is known of a piece of work at one moment.
type Status struct {
	Name     string
	Running  bool
	Progress Progress
	// Warnings are to be read only. WarningsDropped counts those beyond the first ten thousand.
	Warnings        []string
	WarningsDropped int
	// Paused says that a pause was asked for, Held that the work has come to rest.
	Paused, Held bool
	// Started and Ended are zero before.
	Started, Ended time.Time
	// Elapsed is the time worked, without pauses.
	Elapsed time.Duration
	// Result and Err are what the work returned, once it has ended.
	Result any
	Err    error
	// Rate is units a second over the last minute, waiting included and pauses not.
	Rate float64
	// Remaining is the time left of this phase, Unknown before one per cent and twenty seconds (three seconds where two minutes will do for all of it).
	Remaining time.Duration
}

// meter counts what the work reports.
type meter struct {
	mutex  sync.Mutex
	known  Status
	window window
	// pausedAt is when the present pause began, zero when there is none; pauses is how long the former ones were together.
	pausedAt time.Time
	pauses   time.Duration
	// phaseStart is when the phase began, in time worked.
	phaseStart time.Duration
}

func (m *meter) begin(name string) {
	m.known = Status{Name: name, Running: true, Started: time.Now()}
}

func (m *meter) end(result any, err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.known.Ended = time.Now()
	m.known.Elapsed = m.worked()
	m.known.Rate = m.rate()
	m.known.Progress.Waiting, m.known.Progress.Until = "", time.Time{}
	m.known.Running, m.known.Paused = false, false
	m.known.Result, m.known.Err = result, err
}

func (m *meter) phase(doing string, total int64) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.known.Progress = Progress{Doing: doing, Total: total}
	m.phaseStart = m.worked()
	m.window = window{}
}

func (m *meter) add(done, failed int64) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.known.Progress.Done += done
	m.known.Progress.Failed += failed
	m.window.add(m.inPhase(), done+failed)
}

func (m *meter) wait(reason string, until time.Time) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.known.Progress.Waiting, m.known.Progress.Until = reason, until
}

func (m *meter) warn(text string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(m.known.Warnings) < maxWarnings {
		m.known.Warnings = append(m.known.Warnings, text)
		return
	}
	m.known.WarningsDropped++
}

func (m *meter) pause(paused bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if !m.known.Running || m.known.Paused == paused {
		return
	}
	m.known.Paused = paused
	if paused {
		m.pausedAt = time.Now()
		return
	}
	m.pauses += time.Since(m.pausedAt)
	m.pausedAt = time.Time{}
}

func (m *meter) status() Status {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	status := m.known
	status.Warnings = status.Warnings[:len(status.Warnings):len(status.Warnings)] // shared: it is only ever added to
	if status.Running {
		status.Elapsed, status.Rate, status.Remaining = m.worked(), m.rate(), m.remaining()
	}
	return status
}

// worked is the time since the start, without pauses.
func (m *meter) worked() time.Duration {
	now := time.Now()
	if !m.pausedAt.IsZero() {
		now = m.pausedAt
	}
	return now.Sub(m.known.Started) - m.pauses
}

func (m *meter) inPhase() time.Duration { return m.worked() - m.phaseStart }

func (m *meter) rate() float64 { return m.window.rate(m.inPhase()) }

// remaining is the time left of the phase. Early figures jump about, so there are none.
func (m *meter) remaining() time.Duration {
	const patience, shortPatience, short = 20 * time.Second, 3 * time.Second, 2 * time.Minute
	progress := m.known.Progress
	handled := progress.Handled()
	elapsed, rate := m.inPhase(), m.rate()
	switch {
	case progress.Total <= 0:
		return Unknown
	case handled >= progress.Total:
		return 0
	case handled*100 < progress.Total || elapsed < shortPatience || rate <= 0:
		return Unknown
	}
	left := time.Duration(float64(progress.Total-handled) / rate * float64(time.Second))
	if elapsed < patience && elapsed+left > short {
		return Unknown
	}
	return max(left, time.Until(progress.Until))
}
