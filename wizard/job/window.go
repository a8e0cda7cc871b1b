package job

import "time"

// windowSeconds is how far back the rate looks.
const windowSeconds = 60

// window counts units by the second over the last minute. Its zero value is empty.
type window struct {
	counts [windowSeconds]int64
	last   int64 // the latest second counted
	total  int64 // since the beginning
}

// add counts units at a time since the beginning.
func (w *window) add(at time.Duration, units int64) {
	w.advance(at)
	w.counts[w.last%windowSeconds] += units
	w.total += units
}

// advance empties the seconds that have passed without any.
func (w *window) advance(at time.Duration) {
	second := int64(at / time.Second)
	if second-w.last >= windowSeconds {
		w.counts = [windowSeconds]int64{}
		w.last = second
	}
	for w.last < second {
		w.last++
		w.counts[w.last%windowSeconds] = 0
	}
}

// rate is units a second over the last minute, or since the beginning where that is shorter. After a minute without any it is the average since the
// beginning: waiting for a daily limit does not make the time left endless.
func (w *window) rate(at time.Duration) float64 {
	if at <= 0 {
		return 0
	}
	w.advance(at)
	var sum int64
	for _, count := range w.counts {
		sum += count
	}
	if sum == 0 {
		return float64(w.total) / at.Seconds()
	}
	// The present second is only as long as it has lasted.
	span := min(at, (windowSeconds-1)*time.Second+at%time.Second)
	return float64(sum) / max(span, time.Second).Seconds()
}
