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
	// quiet is how long nothing must have moved before a person in the middle of a batch is as good as its last: the last may have
	// been dropped. After dropped the last is written by a call of its own, so that it no longer holds up the rest.
	quiet   = time.Minute
	dropped = 5 * time.Minute
	// settlePatience is how long batches may take without getting on. Drip names no time.
	settlePatience = 30 * time.Minute
)

// queue is what was queued: the open batches by two of their people each, and a mark of everybody.
type queue struct {
	mu     sync.Mutex
	open   []batch
	marked map[uint64]bool
}

// batch is a batch that is not known to be done.
type batch struct{ last, middle row }

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

// settling is one wait for the batches.
type settling struct {
	d    *driver
	open []batch
	// count is how many people there were at the last look; still is for how long nothing has moved.
	count int
	still time.Duration
}

// Settle waits until the batches are done: until the last person of each is as they were written, and the number of people no longer
// changes. Drip does not say who was dropped, so Rejected stays empty: reading everybody back finds them, and writing them once more
// tells why.
func (d *driver) Settle(ctx context.Context) (crm.Settlement, error) {
	s := &settling{d: d, open: d.queued.take(), count: -1}
	defer func() { d.queued.putBack(s.open) }()
	if len(s.open) == 0 {
		return crm.Settlement{}, nil
	}
	for pause := firstLook; ; pause = min(pause*3/2, rarestLook) {
		moved, err := s.look(ctx)
		if err != nil {
			return crm.Settlement{}, err
		}
		switch {
		case moved:
			pause, s.still = firstLook, 0
		case len(s.open) == 0:
			return crm.Settlement{}, nil
		case s.still > settlePatience:
			return crm.Settlement{}, &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + "-BUSY", Op: "wait for the batches", Hint: "Drip has not worked off all batches yet"}
		}
		if err := d.conn.Rest(ctx, pause, "Drip is working off the batches"); err != nil {
			return crm.Settlement{}, err
		}
		s.still += pause
	}
}

// look sees which batches are done and whether anything has moved since the last look.
func (s *settling) look(ctx context.Context) (moved bool, err error) {
	var left []batch
	for i, one := range s.open {
		done, err := s.done(ctx, one)
		if err != nil {
			s.open = append(left, s.open[i:]...)
			return false, err
		}
		if !done {
			left = append(left, one)
		}
	}
	moved = len(left) < len(s.open)
	s.open = left
	count, err := s.d.count(ctx)
	if err != nil {
		return false, err
	}
	moved = moved || count != s.count
	s.count = count
	return moved, nil
}

func (s *settling) done(ctx context.Context, one batch) (bool, error) {
	there, err := s.isThere(ctx, one.last)
	if there || err != nil {
		return there, err
	}
	if s.still >= quiet {
		if there, err = s.isThere(ctx, one.middle); there || err != nil {
			return there, err
		}
	}
	if s.still < dropped {
		return false, nil
	}
	_, err = s.d.post(ctx, "save the person", one.last)
	if concernsOne(err) || crm.IsKind(err, crm.KindPlanLimit) {
		return true, nil
	}
	return err == nil, err
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
