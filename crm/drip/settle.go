package drip

import (
	"context"
	"hash/fnv"
	"io"
	"slices"
	"sync"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

const (
	// firstLook and rarestLook are the pauses between two looks at whether the batches are done; they grow.
	firstLook  = 2 * time.Second
	rarestLook = 15 * time.Second
	// quiet is how long no batch must have become done before a person in the middle of one is as good as its last: the last may have
	// been dropped. After dropped it is asked whether Drip takes the last at all.
	quiet   = time.Minute
	dropped = 5 * time.Minute
	// settlePatience is how long batches may take without one of them becoming done. Drip names no time.
	settlePatience = 30 * time.Minute
	// lastLooks is how often the number of people is read, at most, when all batches are done: it may never rest in a busy account.
	lastLooks = 6
)

// queue is what was queued: the open batches by two of their people each, and a mark of everybody.
type queue struct {
	mu     sync.Mutex
	open   []batch
	marked map[uint64]bool
}

// batch is a batch that is not known to be done.
type batch struct {
	last, middle row
	// asked says that the last was written by a call of its own, so that to find it means nothing any more.
	asked bool
}

func (q *queue) add(rows []row) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open = append(q.open, batch{last: rows[len(rows)-1], middle: rows[len(rows)/2]})
	if q.marked == nil {
		q.marked = map[uint64]bool{}
	}
	for _, one := range rows {
		q.marked[mark(one)] = true
	}
}

// mark is a number for a person, which takes less room than the address.
func mark(one row) uint64 {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, one.ID+" "+address.Key(one.Email))
	return hash.Sum64()
}

// before are the places of people who were queued before.
func (q *queue) before(rows []row, places []int) map[int]bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	again := map[int]bool{}
	for _, i := range places {
		if q.marked[mark(rows[i])] {
			again[i] = true
		}
	}
	return again
}

func (q *queue) take() []batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	open := q.open
	q.open = nil
	return open
}

func (q *queue) putBack(open []batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open = append(slices.Clone(open), q.open...)
}

// settling is one wait for the batches. still is for how long none has become done.
type settling struct {
	d     *driver
	open  []batch
	still time.Duration
}

// Settle waits until the batches are done: until the last person of each is as they were written, and the number of people rests.
// Drip does not say who was dropped, so Rejected stays empty: reading everybody back finds them, and writing them once more tells why.
func (d *driver) Settle(ctx context.Context) (crm.Settlement, error) {
	s := &settling{d: d, open: d.queued.take()}
	defer func() { d.queued.putBack(s.open) }()
	if len(s.open) == 0 {
		return crm.Settlement{}, nil
	}
	for pause := firstLook; ; pause = min(pause*3/2, rarestLook) {
		before := len(s.open)
		if err := s.look(ctx); err != nil {
			return crm.Settlement{}, err
		}
		switch {
		case len(s.open) == 0:
			return crm.Settlement{}, d.rests(ctx)
		case len(s.open) < before:
			pause, s.still = firstLook, 0
		case s.still > settlePatience:
			return crm.Settlement{}, &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + "-BUSY", Op: "wait for the batches", Hint: "Drip has not worked off all batches yet"}
		}
		if err := d.conn.Rest(ctx, pause, waiting); err != nil {
			return crm.Settlement{}, err
		}
		s.still += pause
	}
}

// waiting is what is said meanwhile.
const waiting = "Drip is working off the batches"

// rests waits until the number of people is the same twice.
func (d *driver) rests(ctx context.Context) error {
	before := -1
	for range lastLooks {
		count, err := d.count(ctx)
		if err != nil || count == before {
			return err
		}
		before = count
		if err := d.conn.Rest(ctx, firstLook, waiting); err != nil {
			return err
		}
	}
	return nil
}

// look drops the batches that are done.
func (s *settling) look(ctx context.Context) error {
	var left []batch
	for i := range s.open {
		done, err := s.done(ctx, &s.open[i])
		if err != nil {
			s.open = append(left, s.open[i:]...)
			return err
		}
		if !done {
			left = append(left, s.open[i])
		}
	}
	s.open = left
	return nil
}

// done says whether a batch is done: its last person is there, or after a while the one in the middle, or Drip takes neither.
func (s *settling) done(ctx context.Context, one *batch) (bool, error) {
	if !one.asked {
		if there, err := s.isThere(ctx, one.last); there || err != nil {
			return there, err
		}
	}
	if s.still >= quiet || one.asked {
		if there, err := s.isThere(ctx, one.middle); there || err != nil {
			return there, err
		}
	}
	if s.still < dropped || one.asked {
		return false, nil
	}
	one.asked = true
	for _, written := range []row{one.last, one.middle} {
		if refused, err := s.refuses(ctx, written); err != nil || !refused {
			return false, err
		}
	}
	return true, nil
}

// refuses says whether Drip does not take a person. If it does they are written now, which is harmless.
func (s *settling) refuses(ctx context.Context, written row) (bool, error) {
	_, err := s.d.post(ctx, "save the person", written)
	if concernsOne(err) || crm.IsKind(err, crm.KindPlanLimit) {
		return true, nil
	}
	return false, err
}

// isThere says whether a person is as they were written.
func (s *settling) isThere(ctx context.Context, written row) (bool, error) {
	who := written.Email
	if who == "" {
		who = written.ID
	}
	found, err := s.d.fetch(ctx, "see whether the batch is done", who)
	if crm.IsKind(err, crm.KindNotFound) {
		return false, nil
	}
	return err == nil && found.holds(written), err
}

// holds says whether somebody has all that was written.
func (s subscriber) holds(written row) bool {
	if written.FirstName != "" && string(s.FirstName) != written.FirstName || written.LastName != "" && string(s.LastName) != written.LastName {
		return false
	}
	for name, value := range written.CustomFields {
		if string(s.CustomFields[name]) != value {
			return false
		}
	}
	for _, tag := range written.Tags {
		if !slices.Contains(s.Tags, tag) {
			return false
		}
	}
	return !slices.ContainsFunc(written.RemoveTags, func(tag string) bool { return slices.Contains(s.Tags, tag) })
}
