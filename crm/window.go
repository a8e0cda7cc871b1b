package crm

import (
	"fmt"
	"slices"
	"time"
)

const day = 24 * time.Hour

// The guard is what is added to a window's length so that clocks and networks that are not quite even cost no refusal.
const (
	guardShare   = 100
	longestGuard = 250 * time.Millisecond
)

// window is one rate limit and what was used of it.
type window struct {
	Window
	// open is when the requests went that are under way: until they are answered, each may reach the vendor at any moment.
	open []time.Time
	// moments are when the answered requests reached the vendor, as near as can be told, in order.
	moments []time.Time
	// today and used are for daily windows.
	today int64
	used  int
	key   string
}

// per is the window's length at a speed, with its guard.
func (w *window) per(speed float64) time.Duration {
	per := scaled(w.Per, speed)
	return per + guard(per, speed)
}

func guard(per time.Duration, speed float64) time.Duration {
	least := per / guardShare
	if speed > 1 { // a real clock under a fast sandbox: thread switches take longer than a hundredth of a short window
		least = max(least, min(2*time.Millisecond, per/4))
	}
	return min(least, longestGuard)
}

func scaled(d time.Duration, speed float64) time.Duration { return time.Duration(float64(d) / speed) }

// free is when the next request may go. It is unknown while everything depends on requests that are not answered yet.
func (w *window) free(now time.Time, speed float64) (at time.Time, known bool) {
	if w.Daily {
		return w.freeToday(now, speed), true
	}
	room := max(w.Requests, 1) - len(w.open)
	if room <= 0 {
		return time.Time{}, false
	}
	if len(w.moments) < room {
		return now, true
	}
	return w.moments[len(w.moments)-room].Add(w.per(speed)), true
}

func (w *window) freeToday(now time.Time, speed float64) time.Time {
	if today := dayNumber(now, speed); today != w.today {
		w.today, w.used = today, 0
	}
	if w.used < w.Requests {
		return now
	}
	return startOfDay(w.today+1, speed).Add(scaled(longestGuard, speed))
}

// dayNumber counts UTC days; a sandbox's days are as much shorter as it is faster.
func dayNumber(now time.Time, speed float64) int64 { return now.UnixNano() / int64(scaled(day, speed)) }

func startOfDay(number int64, speed float64) time.Time {
	return time.Unix(0, number*int64(scaled(day, speed))).UTC()
}

func (w *window) begin(now time.Time) {
	w.open = append(w.open, now)
	w.used++
}

// end notes when an answered request reached the vendor, and forgets what is too old to matter.
func (w *window) end(sent, moment, now time.Time, speed float64) {
	if at := slices.Index(w.open, sent); at >= 0 {
		w.open = slices.Delete(w.open, at, at+1)
	}
	if w.Daily {
		return
	}
	w.add(moment)
	old := now.Add(-2 * w.per(speed))
	keep := max(0, len(w.moments)-max(w.Requests, 1))
	forget, _ := slices.BinarySearchFunc(w.moments[:keep], old, time.Time.Compare)
	w.moments = slices.Delete(w.moments, 0, forget)
}

func (w *window) add(moment time.Time) {
	at, _ := slices.BinarySearchFunc(w.moments, moment, time.Time.Compare)
	for at < len(w.moments) && w.moments[at].Equal(moment) {
		at++
	}
	w.moments = slices.Insert(w.moments, at, moment)
}

// shortWindow is the length below which the order of requests that are under way at once is not worth guessing: a refusal costs less
// there than holding back.
const shortWindow = 10 * time.Second

// ours is how many requests of our own, or known from other answers, the vendor can have counted when it answered a request: those in
// the window before it. Of those under way, the ones that went later do not count.
func (w *window) ours(sent time.Time, speed float64) int {
	at, _ := slices.BinarySearchFunc(w.moments, sent.Add(-w.per(speed)), time.Time.Compare)
	count := len(w.moments) - at
	for _, other := range w.open {
		if w.Per < shortWindow || !other.After(sent) {
			count++
		}
	}
	return count
}

// trust takes over what an answer says about the window: its size, and what others have used of it.
func (w *window) trust(reading LimitReading, sent, now time.Time, speed float64) {
	if reading.Limit > 0 {
		w.Requests = reading.Limit
	}
	if reading.Remaining < 0 {
		return
	}
	used := w.Requests - reading.Remaining
	if w.Daily {
		w.used = max(used+len(w.open)-1, 0) // the one that is being answered is under way still, and counted already
		return
	}
	others := used - w.ours(sent, speed)
	moment := now
	if reading.ResetIn > 0 {
		moment = now.Add(min(0, scaled(reading.ResetIn-w.Per, speed)))
	}
	for range min(others, w.Requests) {
		w.add(moment)
	}
}

// words say what the window allows: "100 imports a minute".
func (w *window) words() string {
	word := w.Word
	if word == "" {
		word = "requests"
	}
	return fmt.Sprintf("%d %s %s", w.Requests, word, perWords(w.Per, w.Daily))
}

func perWords(per time.Duration, daily bool) string {
	switch {
	case daily, per == day:
		return "a day"
	case per == time.Second:
		return "a second"
	case per == time.Minute:
		return "a minute"
	case per == time.Hour:
		return "an hour"
	}
	return "in " + per.String()
}
