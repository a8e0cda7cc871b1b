package crm

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Meter counts what is sent and says what is being waited for. The zero Meter is ready to use; it is safe for simultaneous use.
type Meter struct {
	mu       sync.Mutex
	count    Reading
	calls    map[string]int
	waits    map[int]Wait
	nextWait int
	quota    Quota
}

// Reading is what a Meter says at one moment.
type Reading struct {
	// Requests is how many requests were sent, each repetition counted; Retries how many of them were repetitions.
	Requests int
	Retries  int
	// RateLimited is how many answers said that we were too fast.
	RateLimited int
	// ByClass is how many requests counted in each rate class, ClassAll among them.
	ByClass map[string]int
	// BytesSent and BytesReceived count bodies.
	BytesSent     int64
	BytesReceived int64
	// Started is when the first request was sent, zero before that.
	Started time.Time
	// Speed is how many times faster than life the sandbox at the other end runs; 1 in life.
	Speed float64
	// ClockAhead is how far the clock at the other end is ahead of ours, to about two seconds, by the Date header of its last quick answer (RFC 9110, 6.6.1);
	// 0 while no answer has told the time.
	ClockAhead time.Duration
	// Waiting is the longest wait of those under way, zero when nothing waits.
	Waiting Wait
}

// Wait is why nothing is being sent, in words for people, and until when.
type Wait struct {
	Reason string
	Until  time.Time
}

// Read returns what was counted so far.
func (m *Meter) Read() Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	reading := m.count
	reading.ByClass = maps.Clone(m.count.ByClass)
	reading.Speed = max(reading.Speed, 1)
	reading.Waiting = m.longestWait()
	return reading
}

// Waiting says why nothing is being sent, and until when; zero when nothing waits.
func (m *Meter) Waiting() Wait {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.longestWait()
}

func (m *Meter) longestWait() Wait {
	var longest Wait
	for _, wait := range m.waits {
		if wait.Until.After(longest.Until) {
			longest = wait
		}
	}
	return longest
}

// Floor is the least time in which the windows allow the requests that were counted, at the speed of the other end.
func (m *Meter) Floor(windows []Window) time.Duration {
	m.mu.Lock()
	calls, started, speed := maps.Clone(m.calls), m.count.Started, max(m.count.Speed, 1)
	m.mu.Unlock()
	var floor time.Duration
	for class := range classesOf(windows) {
		count, shared := callsOf(calls, class)
		floor = max(floor, leastTime(started, count, windowsOf(windows, shared), speed))
	}
	return floor
}

// classesOf lists the classes that the windows count.
func classesOf(windows []Window) map[string]bool {
	classes := map[string]bool{}
	for _, window := range windows {
		classes[window.Class] = true
	}
	return classes
}

// callsOf is how many calls counted in a class, and the classes that all of these calls counted in.
func callsOf(calls map[string]int, class string) (count int, shared []string) {
	for key, n := range calls {
		classes := strings.Split(key, "\n")
		if !slices.Contains(classes, class) {
			continue
		}
		if count == 0 {
			shared = classes
		}
		shared = slices.DeleteFunc(shared, func(c string) bool { return !slices.Contains(classes, c) })
		count += n
	}
	return count, shared
}

func windowsOf(windows []Window, classes []string) []Window {
	return slices.DeleteFunc(slices.Clone(windows), func(w Window) bool { return !slices.Contains(classes, w.Class) })
}

func (m *Meter) sent(now time.Time, classes []string, bytes int, again bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.count.ByClass == nil {
		m.count.ByClass, m.calls = map[string]int{}, map[string]int{}
	}
	if m.count.Started.IsZero() {
		m.count.Started = now
	}
	m.count.Requests++
	m.count.BytesSent += int64(bytes)
	if again {
		m.count.Retries++
	}
	for _, class := range classes {
		m.count.ByClass[class]++
	}
	m.calls[strings.Join(classes, "\n")]++
}

// quickAnswer is how soon an answer must have come for its Date to say what the time is at the other end.
const quickAnswer = 3 * time.Second

// tellsTime compares the other end's clock, which tells whole seconds, with ours half-way between question and answer.
func (m *Meter) tellsTime(there, sent, received time.Time) {
	if taken := received.Sub(sent); taken <= quickAnswer {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.count.ClockAhead = there.Add(time.Second / 2).Sub(sent.Add(taken / 2))
	}
}

func (m *Meter) received(bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count.BytesReceived += int64(bytes)
}

func (m *Meter) rateLimited() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count.RateLimited++
}

func (m *Meter) setSpeed(speed float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count.Speed = max(m.count.Speed, speed)
}

// wait shows a wait until the returned function is called.
func (m *Meter) wait(wait Wait) (done func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waits == nil {
		m.waits = map[int]Wait{}
	}
	id := m.nextWait
	m.nextWait++
	m.waits[id] = wait
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.waits, id)
	}
}
