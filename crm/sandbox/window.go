package sandbox

import (
	"slices"
	"time"
)

// ClassAll is the rate class of requests that count in no other.
const ClassAll = "all"

// Window is one rate limit as the vendor enforces it: so many requests in any Per (rolling), or in each UTC day when Daily.
type Window struct {
	Class    string
	Requests int
	Per      time.Duration
	Daily    bool
}

const day = 24 * time.Hour

// meters are all windows of one credential.
type meters struct {
	windows []*meter
	speed   float64
}

type meter struct {
	Window
	moments []time.Time
	today   int64
	used    int
}

func newMeters(windows []Window, speed float64) *meters {
	m := &meters{speed: speed}
	for _, window := range windows {
		m.windows = append(m.windows, &meter{Window: window})
	}
	return m
}

// count enters a request into all windows of its classes, or into none when one of them is full.
func (m *meters) count(classes []string, now time.Time) (*Refusal, []Level) {
	var counted []*meter
	var refusal *Refusal
	for _, w := range m.windows {
		if !slices.Contains(classes, w.Class) {
			continue
		}
		counted = append(counted, w)
		w.forget(now, m.speed)
		if w.used >= w.Requests {
			refusal = worse(refusal, Refusal{Window: w.Window, RetryAfter: w.resetIn(now, m.speed), Quota: w.Daily})
		}
	}
	if refusal == nil {
		for _, w := range counted {
			w.add(now)
		}
	}
	var levels []Level
	for _, w := range counted {
		levels = append(levels, Level{Window: w.Window, Remaining: w.Requests - w.used, ResetIn: w.resetIn(now, m.speed)})
	}
	return refusal, levels
}

func worse(a *Refusal, b Refusal) *Refusal {
	if a != nil && a.RetryAfter >= b.RetryAfter {
		return a
	}
	return &b
}

// forget drops what the window no longer counts.
func (w *meter) forget(now time.Time, speed float64) {
	if w.Daily {
		if today := now.UnixNano() / int64(shorter(day, speed)); today != w.today {
			w.today, w.used = today, 0
		}
		return
	}
	start := now.Add(-shorter(w.Per, speed))
	for len(w.moments) > 0 && !w.moments[0].After(start) {
		w.moments = w.moments[1:]
	}
	w.used = len(w.moments)
}

func (w *meter) add(now time.Time) {
	w.used++
	if !w.Daily {
		w.moments = append(w.moments, now)
	}
}

// resetIn is when the window has room again, in life's own time.
func (w *meter) resetIn(now time.Time, speed float64) time.Duration {
	var at time.Time
	switch {
	case w.Daily:
		at = time.Unix(0, (w.today+1)*int64(shorter(day, speed)))
	case len(w.moments) == 0:
		return 0
	default:
		at = w.moments[0].Add(shorter(w.Per, speed))
	}
	return time.Duration(float64(at.Sub(now)) * speed)
}

func shorter(d time.Duration, speed float64) time.Duration { return time.Duration(float64(d) / speed) }
