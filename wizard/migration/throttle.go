package migration

import (
	"context"
	"fmt"
	"sync"
	"time"

	"allyswitch/crm"
)

// throttle spreads calls out so that only a part of the allowed pace is used. The rest of it is left to others who use the same account.
type throttle struct {
	percent int
	windows []crm.Window

	mu   sync.Mutex
	next time.Time
	// waiting is until when the last who came here waits.
	waiting time.Time
}

func newThrottle(deps Deps) *throttle {
	return &throttle{percent: deps.Throttle, windows: deps.CRM.Features().Windows}
}

// paced are the same with a throttle for one task.
func (deps Deps) paced() Deps {
	if deps.pacer == nil {
		deps.pacer = newThrottle(deps)
	}
	return deps
}

// slowly waits for the owner's part of the pace before so many calls.
func (deps Deps) slowly(ctx context.Context, costs []crm.Cost, calls int) error {
	if deps.pacer == nil {
		return ctx.Err()
	}
	cost := counts{}
	cost.add(costs, calls)
	return deps.pacer.take(ctx, cost, deps.CRM.Meter().Read().Speed)
}

// owes counts calls that turned out to be needed: who comes next waits for them as well.
func (deps Deps) owes(costs []crm.Cost, times int) {
	if deps.pacer == nil || times == 0 {
		return
	}
	cost := counts{}
	cost.add(costs, times)
	deps.pacer.owe(cost, deps.CRM.Meter().Read().Speed)
}

// eachContact reads everybody, at the owner's part of the pace.
func (deps Deps) eachContact(ctx context.Context, fn func(crm.Contact) error) (int, error) {
	turn := deps.pages(ctx)
	if err := turn(); err != nil {
		return 0, err
	}
	return deps.CRM.EachContact(ctx, func(contact crm.Contact) error {
		if err := fn(contact); err != nil {
			return err
		}
		return turn()
	})
}

// eachTagged reads who has a tag, at the owner's part of the pace.
func (deps Deps) eachTagged(ctx context.Context, tag crm.Tag, fn func(crm.Target) error) error {
	turn := deps.pages(ctx)
	if err := turn(); err != nil {
		return err
	}
	_, err := deps.CRM.EachTagged(ctx, tag, func(target crm.Target) error {
		if err := fn(target); err != nil {
			return err
		}
		return turn()
	})
	return err
}

// pages waits at the first call, and then after as many as a page holds: the next page is asked for once the last of this one has been dealt with.
func (deps Deps) pages(ctx context.Context) func() error {
	features, n := deps.CRM.Features(), -1
	return func() error {
		if n++; n%max(1, features.PageSize) != 0 {
			return nil
		}
		return deps.slowly(ctx, features.ReadCosts, 1)
	}
}

// take waits for the time at which calls of this cost may begin. speed is how many times faster than life the other end runs.
func (t *throttle) take(ctx context.Context, cost counts, speed float64) error {
	if t.percent <= 0 || t.percent >= 100 {
		return ctx.Err()
	}
	at := t.reserve(time.Now(), time.Duration(float64(t.pace(cost))/speed))
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// owe takes places in the row for calls that have gone already.
func (t *throttle) owe(cost counts, speed float64) {
	if t.percent <= 0 || t.percent >= 100 {
		return
	}
	length := time.Duration(float64(t.pace(cost)) / speed)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = t.next.Add(length)
}

// reserve takes the next place in the row.
func (t *throttle) reserve(now time.Time, length time.Duration) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.next
	if at.Before(now) {
		at = now
	}
	t.next = at.Add(length)
	if at.After(t.waiting) {
		t.waiting = at
	}
	return at
}

// pace is how long calls of this cost take at the owner's part of the pace. Daily allowances are no pace.
func (t *throttle) pace(cost counts) time.Duration {
	var longest time.Duration
	for _, window := range t.windows {
		if window.Daily || window.Requests <= 0 {
			continue
		}
		longest = max(longest, time.Duration(cost[window.Class])*window.Per/time.Duration(window.Requests))
	}
	return longest * 100 / time.Duration(t.percent)
}

// wait says why nothing is sent, zero when the throttle is not the reason.
func (t *throttle) wait() crm.Wait {
	if t == nil {
		return crm.Wait{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.waiting.After(time.Now()) {
		return crm.Wait{}
	}
	return crm.Wait{Reason: fmt.Sprintf("you asked for %d %% of the allowed pace", t.percent), Until: t.waiting}
}
