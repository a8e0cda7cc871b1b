package crm

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

const (
	firstBackoff   = time.Second
	longestBackoff = time.Minute
	// strangerPatience is how long a host is waited for that has never given a good answer: its address may be wrong.
	strangerPatience = time.Minute
	// mostRefusals is how often in a row one request may be told that it is too fast.
	mostRefusals = 100
	// mostUnreadable is how often an answer that is there, but says nothing, is asked for again.
	mostUnreadable = 8
	// longestPause is the longest time that a vendor may ask to wait; what is longer is for a person to decide.
	longestPause = 26 * time.Hour
)

// attempts is the history of one request.
type attempts struct {
	conn    *Conn
	request Request
	// count is how many attempts failed; passing how many through trouble that passes, since when, and refusals for being too fast.
	count      int
	passing    int
	since      time.Time
	refusals   int
	unreadable int
	denied     int
}

// again decides whether to ask again, and waits until it makes sense to.
func (a *attempts) again(ctx context.Context, leave turn, answer Response, trouble *Error) bool {
	a.count++
	switch {
	case trouble.Kind == KindRate:
		return a.afterRefusal(leave, answer, trouble)
	case trouble.Kind == KindQuota:
		return a.afterQuota(leave, trouble)
	case trouble.Status == http.StatusForbidden && a.denied < a.conn.config.Retry403:
		a.denied++
		return a.backOff(ctx, a.denied, trouble.RetryAfter, "says no, which may pass")
	case trouble.Kind == KindTemporary, trouble.Kind == KindUnreachable:
		return a.afterTrouble(ctx, trouble)
	}
	return false
}

// afterRefusal pauses the class of calls that was too fast. A refused call was not carried out, so any call may go again.
func (a *attempts) afterRefusal(leave turn, answer Response, trouble *Error) bool {
	a.conn.settings.Meter.rateLimited()
	a.refusals++
	length, words := a.conn.pacer.longest(leave.classes)
	pause := a.conn.pacer.scale(trouble.RetryAfter)
	if pause == 0 {
		pause = a.conn.pacer.scale(a.conn.resetIn(answer.Header))
	}
	if pause == 0 {
		pause = max(length, a.conn.pacer.scale(firstBackoff))
	}
	if a.refusals > mostRefusals || pause > longestPause {
		return false
	}
	a.pause(refusedClass(leave, answer), pause, a.refusalWords(words))
	return true
}

// refusedClass is the class of calls that a refusal is about: a 429 is about all calls of the account, another status about calls like
// this one (ActiveCampaign refuses imports with 400).
func refusedClass(leave turn, answer Response) string {
	if answer.Status == http.StatusTooManyRequests && slices.Contains(leave.classes, ClassAll) {
		return ClassAll
	}
	return kindOf(leave.classes)
}

func (a *attempts) refusalWords(window string) string {
	if window == "" {
		return a.conn.config.Name + " asks for a pause"
	}
	return a.conn.config.Name + " asks for a pause: it allows " + window
}

// afterQuota waits for the next day, unless the driver has another key.
func (a *attempts) afterQuota(leave turn, trouble *Error) bool {
	a.conn.settings.Meter.rateLimited()
	a.refusals++
	if a.conn.config.ReturnQuota || trouble.RetryAfter > longestPause || a.refusals > mostRefusals {
		return false
	}
	pause := a.conn.pacer.scale(trouble.RetryAfter)
	if pause == 0 {
		pause = a.conn.pacer.untilTomorrow()
	}
	a.pause(kindOf(leave.classes), pause, "today's allowance at "+a.conn.config.Name+" is used up")
	return true
}

func (a *attempts) pause(class string, length time.Duration, reason string) {
	a.since = time.Time{}
	a.conn.pacer.pause(class, Wait{Reason: reason, Until: time.Now().Add(length + guard(length, 1))})
}

// afterTrouble asks again when that is safe and there is patience left.
func (a *attempts) afterTrouble(ctx context.Context, trouble *Error) bool {
	if trouble.Sent && !a.request.repeatable() || lasting(trouble.Err) && !a.conn.answered.Load() {
		return false
	}
	if trouble.Sent && trouble.Status != 0 && trouble.Status < http.StatusMultipleChoices {
		a.unreadable++
	}
	if a.since.IsZero() {
		a.since, a.passing = time.Now(), 0
	}
	a.passing++
	if a.unreadable > mostUnreadable || time.Since(a.since) > a.conn.pacer.scale(a.patience()) {
		return false
	}
	return a.backOff(ctx, a.passing, trouble.RetryAfter, "does not answer")
}

func (a *attempts) patience() time.Duration {
	if a.conn.answered.Load() {
		return a.conn.config.Patience
	}
	return min(a.conn.config.Patience, strangerPatience)
}

// backOff waits longer each time, at the length that the vendor asks for if it does. It returns false when ctx ends first.
func (a *attempts) backOff(ctx context.Context, try int, asked time.Duration, words string) bool {
	length := asked
	if length == 0 {
		length = backoff(try)
	}
	until := time.Now().Add(a.conn.pacer.scale(length))
	a.conn.pacer.sleep(ctx, Wait{Reason: a.conn.config.Name + " " + words + "; trying again", Until: until}, nil)
	return ctx.Err() == nil
}

// backoff doubles from a second to a minute; half of it is left to chance so that calls do not come back all at once.
func backoff(try int) time.Duration {
	length := longestBackoff
	if try < 7 {
		length = min(longestBackoff, firstBackoff<<(try-1))
	}
	return length/2 + rand.N(length/2)
}

// repeatable says that sending a request twice does no harm.
func (r Request) repeatable() bool {
	return r.Repeatable || r.asks()
}

// asks says that a request changes nothing.
func (r Request) asks() bool {
	return r.Method == "" || r.Method == http.MethodGet || r.Method == http.MethodHead
}

// resetIn is when the headers of a refusal say that a full window is empty again.
func (c *Conn) resetIn(header http.Header) time.Duration {
	var longest time.Duration
	for _, reading := range c.readLimits(header) {
		if reading.Remaining == 0 {
			longest = max(longest, reading.ResetIn)
		}
	}
	return longest
}

func (p *pacer) untilTomorrow() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	return startOfDay(dayNumber(now, p.speed)+1, p.speed).Sub(now) + scaled(longestGuard, p.speed)
}
