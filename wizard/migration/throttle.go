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
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.waiting.After(time.Now()) {
		return crm.Wait{}
	}
	return crm.Wait{Reason: fmt.Sprintf("you asked for %d %% of the allowed pace", t.percent), Until: t.waiting}
}
