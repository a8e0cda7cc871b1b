package sandbox

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// The fault profiles. FaultsFull makes no fault by itself: the vendor's handler refuses contacts beyond Options.PlanLimit in its own
// words.
const (
	FaultsNone   = "none"
	FaultsSlow   = "slow"
	FaultsStorm  = "storm"
	FaultsQuota  = "quota"
	FaultsOutage = "outage"
	FaultsFull   = "full"
)

// Profiles lists the fault profiles by name.
func Profiles() []string {
	return []string{FaultsNone, FaultsSlow, FaultsStorm, FaultsQuota, FaultsOutage, FaultsFull}
}

const (
	// stormShare is how much of all answers a storm spoils: one in so many.
	stormShare = 5
	// troubleBegins is after how many requests an outage or a used-up allowance begins.
	troubleBegins = 5
	outageLasts   = 10 * time.Minute
	// quotaWithoutWindow is how long a used-up allowance lasts at a vendor without windows.
	quotaWithoutWindow = time.Minute
	slowest            = 8 * time.Second
	// longestSilence is how long an answer is held back that the client is meant to give up on.
	longestSilence = 5 * time.Minute
)

// fault is what befalls one request.
type fault string

const (
	noFault fault = ""
	// These befall a request before anything is done.
	tooFast      fault = "too fast"
	usedUp       fault = "used up"
	serverError  fault = "500"
	badGateway   fault = "502"
	unavailable  fault = "503"
	resetAtStart fault = "reset before"
	// These befall the answer, after the work was done.
	lateError  fault = "500 after"
	resetAtEnd fault = "reset after"
	cutOff     fault = "cut off"
	garbage    fault = "garbage"
	empty      fault = "empty"
	silence    fault = "silence"
)

var stormFaults = []fault{
	tooFast, serverError, badGateway, unavailable, resetAtStart, lateError, resetAtEnd, cutOff, garbage, empty, silence,
}

// faults decides what befalls each request. The same seed and the same requests give the same faults, whatever their order.
type faults struct {
	profile string
	seed    uint64
	speed   float64
	// seen counts repetitions of the same request, so that a repetition has a luck of its own.
	seen map[uint64]uint64
	// until is when an outage or a used-up allowance ends.
	until time.Time
}

func newFaults(options Options) *faults {
	return &faults{profile: options.Faults, seed: options.Seed, speed: options.Speed, seen: map[uint64]uint64{}}
}

// next is what befalls the request that is the nth in all.
func (f *faults) next(r *http.Request, body []byte, nth int, now time.Time) fault {
	switch f.profile {
	case FaultsStorm:
		return f.storm(r, body)
	case FaultsOutage:
		if f.during(nth, now, outageLasts) {
			return pick(f.dice(r, body), serverError, badGateway, unavailable, resetAtStart)
		}
	case FaultsQuota:
		if f.during(nth, now, 0) {
			return usedUp
		}
	}
	return noFault
}

func (f *faults) storm(r *http.Request, body []byte) fault {
	dice := f.dice(r, body)
	if dice.IntN(stormShare) != 0 {
		return noFault
	}
	return pick(dice, stormFaults...)
}

func pick(dice *rand.Rand, from ...fault) fault { return from[dice.IntN(len(from))] }

// during says whether the trouble that begins after troubleBegins requests is on. A length of 0 means until somebody sets its end.
func (f *faults) during(nth int, now time.Time, length time.Duration) bool {
	if nth <= troubleBegins {
		return false
	}
	if f.until.IsZero() {
		if length == 0 {
			return true
		}
		f.until = now.Add(shorter(length, f.speed))
	}
	return now.Before(f.until)
}

// dice depend on the seed, the request and how often it was seen.
func (f *faults) dice(r *http.Request, body []byte) *rand.Rand {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, r.Method+" "+r.URL.String()+"\n")
	_, _ = hash.Write(body)
	key := hash.Sum64()
	f.seen[key]++
	return rand.New(rand.NewPCG(f.seed^key, f.seen[key]))
}

// slowness is how much longer an answer takes in the slow profile. It depends on the request alone.
func (f *faults) slowness(r *http.Request, body []byte) time.Duration {
	if f.profile != FaultsSlow {
		return 0
	}
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, r.Method+" "+r.URL.String()+"\n"+strconv.FormatUint(f.seed, 10))
	_, _ = hash.Write(body)
	return time.Duration(hash.Sum64() % uint64(slowest))
}

// before says that the fault keeps the request from being carried out.
func (f fault) before() bool {
	switch f {
	case tooFast, usedUp, serverError, badGateway, unavailable, resetAtStart:
		return true
	}
	return false
}

// refuse writes the answer to a request that is not carried out. The server is locked.
func (f fault) refuse(s *Server, w *recorder, r *http.Request) {
	switch f {
	case tooFast:
		s.refuse(w, r, Refusal{Window: s.longestWindow(r), RetryAfter: time.Second})
	case usedUp:
		s.refuse(w, r, s.usedUp(r))
	case badGateway:
		s.fail(w, r, http.StatusBadGateway)
	case unavailable:
		s.fail(w, r, http.StatusServiceUnavailable)
	case resetAtStart:
	default:
		s.fail(w, r, http.StatusInternalServerError)
	}
}

// longestWindow is the longest window of a request.
func (s *Server) longestWindow(r *http.Request) Window {
	classes := []string{ClassAll}
	if s.vendor.Classes != nil {
		classes = s.vendor.Classes(r)
	}
	longest := Window{Class: ClassAll}
	for _, w := range s.vendor.Windows {
		for _, class := range classes {
			if w.Class == class && (w.Daily && !longest.Daily || !longest.Daily && w.Per > longest.Per) {
				longest = w
			}
		}
	}
	return longest
}

// usedUp is the refusal while somebody else has used up the longest window of the account.
func (s *Server) usedUp(r *http.Request) Refusal {
	now := time.Now()
	window := s.longestWindow(r)
	if s.faults.until.IsZero() {
		s.faults.until = now.Add(shorter(quotaWithoutWindow, s.options.Speed))
		if window.Daily {
			number := now.UnixNano() / int64(shorter(day, s.options.Speed))
			s.faults.until = time.Unix(0, (number+1)*int64(shorter(day, s.options.Speed)))
		} else if window.Per > 0 {
			s.faults.until = now.Add(shorter(window.Per, s.options.Speed))
		}
	}
	wait := time.Duration(float64(s.faults.until.Sub(now)) * s.options.Speed)
	return Refusal{Window: window, RetryAfter: wait, Quota: window.Daily}
}

// spoil changes or holds back an answer that is ready.
func (f fault) spoil(s *Server, w http.ResponseWriter, r *http.Request, answer *recorder) {
	switch f {
	case resetAtStart, resetAtEnd:
		panic(http.ErrAbortHandler)
	case silence:
		sleep(r.Context(), s.Scale(longestSilence))
		panic(http.ErrAbortHandler)
	case lateError:
		*answer = *newRecorder()
		s.fail(answer, r, http.StatusInternalServerError)
	case garbage:
		answer.replaceBody([]byte("\x00\x1f\x8b{{{ upstream connect error"))
	case empty:
		answer.replaceBody(nil)
	case cutOff:
		answer.WriteHeader(http.StatusOK)
		answer.sent.Set("Content-Length", strconv.Itoa(answer.body.Len()))
		answer.body.Truncate(answer.body.Len() / 2)
	}
}

// breakOff ends the connection in the midst of an answer.
func (f fault) breakOff(w http.ResponseWriter) {
	if f == cutOff {
		_ = http.NewResponseController(w).Flush() // a real server holds short answers back; in memory there is nothing to flush
		panic(http.ErrAbortHandler)
	}
}

func (r *recorder) replaceBody(body []byte) {
	r.WriteHeader(http.StatusOK)
	r.sent.Del("Content-Length")
	r.body.Reset()
	r.body.Write(body)
}
