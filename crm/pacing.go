package crm

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// pacer lets requests go as soon as all windows and the number of requests under way allow it.
type pacer struct {
	name        string
	returnQuota bool
	code        string
	meter       *Meter

	mu      sync.Mutex
	speed   float64
	windows []*window
	// open is how many requests are under way, of at most inFlight.
	open     int
	inFlight int
	// pauses are what the vendor asked for after a refusal, by class.
	pauses map[string]Wait
	// latencies are how long answers take, by class.
	latencies map[string]*latency
	// changed is closed, and made anew, whenever waiting requests should look again.
	changed chan struct{}
	// queues hold back, by class, all but the first of the requests that wait, so that they go in the order in which they came.
	queues map[string]chan struct{}
}

// turn is one request's leave to go.
type turn struct {
	classes []string
	sent    time.Time
}

func newPacer(settings Settings, config ConnConfig) *pacer {
	p := &pacer{
		name: config.Name, returnQuota: config.ReturnQuota, code: config.CodePrefix, meter: settings.Meter,
		speed: settings.Speed, inFlight: config.InFlight,
		pauses: map[string]Wait{}, latencies: map[string]*latency{}, changed: make(chan struct{}),
		queues: map[string]chan struct{}{},
	}
	if !Loopback(config.Base.Hostname()) {
		p.speed = 1 // real CRMs keep to life's own time, whatever a setting says
	}
	now := time.Now()
	for _, published := range config.Windows {
		w := &window{Window: published, key: quotaKey(config.Secrets, published)}
		if w.Daily {
			w.today, w.used = dayNumber(now, p.speed), settings.Quota.restored(now, w.key)
		}
		p.windows = append(p.windows, w)
	}
	settings.Meter.setSpeed(p.speed)
	return p
}

// begin waits for a turn. It returns an *Error of kind Quota where the driver prefers that to waiting for the next day.
func (p *pacer) begin(ctx context.Context, request Request) (turn, error) {
	classes := request.classes()
	queue := p.queue(classes)
	select {
	case queue <- struct{}{}:
		defer func() { <-queue }()
	case <-ctx.Done():
		return turn{}, p.stopped(request, ctx.Err())
	}
	for {
		if err := ctx.Err(); err != nil {
			return turn{}, p.stopped(request, err)
		}
		leave, wait, changed := p.take(classes)
		if !leave.sent.IsZero() {
			return leave, nil
		}
		if wait.daily && p.returnQuota {
			return turn{}, &Error{Kind: KindQuota, Code: p.code + CodeQuota, Op: request.Op, Hint: wait.Reason, RetryAfter: time.Until(wait.Until)}
		}
		p.sleep(ctx, wait.Wait, changed)
	}
}

// queue is where requests of the same classes wait for each other. It holds the one that is first.
func (p *pacer) queue(classes []string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := strings.Join(classes, "\n")
	if p.queues[key] == nil {
		p.queues[key] = make(chan struct{}, 1)
	}
	return p.queues[key]
}

// stopped is a request that never went.
func (p *pacer) stopped(request Request, err error) *Error {
	return &Error{Kind: KindTemporary, Code: p.code + CodeStopped, Op: request.Op, Err: err}
}

// classes are all rate classes that a request counts in.
func (r Request) classes() []string {
	if r.NotAll {
		return r.Classes
	}
	return append([]string{ClassAll}, r.Classes...)
}

// obstacle is what a request waits for; a zero Until means another request's answer.
type obstacle struct {
	Wait
	daily bool
}

// take gives leave when everything allows it; otherwise it says what is in the way.
func (p *pacer) take(classes []string) (turn, obstacle, chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	wait, free := p.obstacle(now, classes)
	if !free {
		return turn{}, wait, p.changed
	}
	p.open++
	for _, w := range p.windowsOf(classes) {
		w.begin(now)
		if w.Daily {
			p.meter.setUsed(now, w.key, w.used)
		}
	}
	return turn{classes: classes, sent: now}, obstacle{}, nil
}

// obstacle finds what takes longest of all that is in the way of a request.
func (p *pacer) obstacle(now time.Time, classes []string) (worst obstacle, free bool) {
	if p.open >= p.inFlight {
		return obstacle{}, false
	}
	free = true
	for _, class := range classes {
		if pause := p.pauses[class]; pause.Until.After(now) && pause.Until.After(worst.Until) {
			worst, free = obstacle{Wait: pause}, false
		}
	}
	for _, w := range p.windowsOf(classes) {
		at, known := w.free(now, p.speed)
		if !known {
			return obstacle{}, false
		}
		if at.After(now) && at.After(worst.Until) {
			worst, free = obstacle{Wait: Wait{Reason: p.name + " allows " + w.words(), Until: at}, daily: w.Daily}, false
		}
	}
	return worst, free
}

func (p *pacer) windowsOf(classes []string) []*window {
	var found []*window
	for _, w := range p.windows {
		if slices.Contains(classes, w.Class) {
			found = append(found, w)
		}
	}
	return found
}

// sleep waits until a moment, or until something has changed, or until ctx is done.
func (p *pacer) sleep(ctx context.Context, wait Wait, changed <-chan struct{}) {
	if wait.Until.IsZero() {
		select {
		case <-changed:
		case <-ctx.Done():
		}
		return
	}
	defer p.meter.wait(wait)()
	timer := time.NewTimer(time.Until(wait.Until))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-ctx.Done():
	}
}

// end gives the turn back. A request whose answer took longer than the fastest may have arrived that much later.
func (p *pacer) end(leave turn, readings []LimitReading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	late := p.latency(kindOf(leave.classes)).add(now.Sub(leave.sent))
	for _, reading := range readings {
		p.trust(reading, leave, now)
	}
	p.open--
	for _, w := range p.windowsOf(leave.classes) {
		w.end(leave.sent, leave.sent.Add(late), now, p.speed)
	}
	p.wake()
}

func (p *pacer) latency(kind string) *latency {
	if p.latencies[kind] == nil {
		p.latencies[kind] = &latency{}
	}
	return p.latencies[kind]
}

// kindOf is the class that says most about a request: imports take longer than other requests.
func kindOf(classes []string) string {
	if len(classes) == 0 {
		return ""
	}
	return classes[len(classes)-1]
}

// trust applies what an answer says to the window it is about; a window we did not know of is added.
func (p *pacer) trust(reading LimitReading, leave turn, now time.Time) {
	if reading.Class == "" {
		reading.Class = ClassAll
	}
	if w := p.windowFor(reading); w != nil {
		w.trust(reading, leave.sent, now, p.speed)
		if w.Daily {
			p.meter.setUsed(now, w.key, w.used)
		}
	}
}

// windowFor is the window that a reading is about: of its length, or the shortest of its class.
func (p *pacer) windowFor(reading LimitReading) *window {
	var found *window
	for _, w := range p.windows {
		if w.Class != reading.Class || reading.Per != 0 && reading.Per != w.length() {
			continue
		}
		if found == nil || w.length() < found.length() {
			found = w
		}
	}
	return found
}

func (w *window) length() time.Duration {
	if w.Daily {
		return day
	}
	return w.Per
}

// pause holds the requests of a class back until the vendor will take them again.
func (p *pacer) pause(class string, wait Wait) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait.Until.After(p.pauses[class].Until) {
		p.pauses[class] = wait
	}
}

// longest is the length of the longest window, days apart, that requests of these classes count in, at the present speed.
func (p *pacer) longest(classes []string) (per time.Duration, words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.windowsOf(classes) {
		if !w.Daily && w.per(p.speed) > per {
			per, words = w.per(p.speed), w.words()
		}
	}
	return per, words
}

// SpeedHeader is how a sandbox says that it runs faster than life. It is believed from a loopback address only.
const SpeedHeader = "Allyswitch-Sandbox-Speed"

// learnSpeed believes what a sandbox on this machine says about its speed.
func (p *pacer) learnSpeed(header http.Header) {
	speed := parseSpeed(header.Get(SpeedHeader))
	p.mu.Lock()
	defer p.mu.Unlock()
	if speed <= p.speed {
		return
	}
	p.speed = speed
	p.meter.setSpeed(speed)
	p.wake()
}

// wake lets all waiting requests look again. The lock is held.
func (p *pacer) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// scale is a duration at the present speed.
func (p *pacer) scale(d time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return scaled(d, p.speed)
}
