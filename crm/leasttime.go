package crm

import (
	"strconv"
	"time"
)

// LeastTime is the least time in which the windows, all of which count every one of these requests, allow so many requests. Answers
// are taken to come at once. Daily allowances are counted from the moment start.
func LeastTime(start time.Time, requests int, windows []Window) time.Duration {
	return leastTime(start, requests, windows, 1)
}

// leastTime lets each request go at the first moment that all windows allow.
func leastTime(start time.Time, requests int, windows []Window, speed float64) time.Duration {
	at := start
	moments := make([]time.Time, 0, requests)
	for range requests {
		for _, w := range windows {
			if before := len(moments) - w.Requests; before >= 0 && w.Requests > 0 {
				at = later(at, allowedAfter(w, moments[before], speed))
			}
		}
		moments = append(moments, at)
	}
	return at.Sub(start)
}

// allowedAfter is when a window that was full from this moment on lets the next request go.
func allowedAfter(w Window, moment time.Time, speed float64) time.Time {
	if w.Daily {
		return startOfDay(dayNumber(moment, speed)+1, speed)
	}
	return moment.Add(scaled(w.Per, speed))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func parseSpeed(text string) float64 {
	speed, err := strconv.ParseFloat(text, 64)
	if err != nil || speed < 1 {
		return 1
	}
	return speed
}
