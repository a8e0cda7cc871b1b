package crm

import (
	"math"
	"time"
)

// latency learns how long answers of one class of calls take at the least.
type latency struct {
	count   int
	fastest time.Duration
	total   time.Duration
}

// add notes how long an answer took and returns how much later than usual its request may have arrived: what the answer took longer
// than the fastest. As long as few answers were seen, the fastest of them may still be slow; the more they vary, the slower.
func (l *latency) add(took time.Duration) time.Duration {
	l.count++
	l.total += took
	if l.count == 1 || took < l.fastest {
		l.fastest = took
	}
	vary := l.total/time.Duration(l.count) - l.fastest
	doubt := time.Duration(float64(vary)/math.Sqrt(float64(l.count))) + l.fastest/time.Duration(l.count*l.count)
	return min(took, took-l.fastest+doubt)
}
