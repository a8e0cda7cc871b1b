package sandbox

import (
	"slices"
	"time"
)

// later holds work that becomes visible some time after the answer: bulk imports, search indexes. It needs no goroutine: whoever
// looks first after the work was due finds it done.
type later struct{ jobs []job }

type job struct {
	due  time.Time
	work func()
}

func (l *later) add(due time.Time, work func()) {
	at := len(l.jobs)
	for at > 0 && l.jobs[at-1].due.After(due) {
		at--
	}
	l.jobs = slices.Insert(l.jobs, at, job{due, work})
}

// catchUp does all work that is due, in the order in which it fell due.
func (l *later) catchUp(now time.Time) {
	for len(l.jobs) > 0 && !l.jobs[0].due.After(now) {
		next := l.jobs[0]
		l.jobs = l.jobs[1:]
		next.work()
	}
}
