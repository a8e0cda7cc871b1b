package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Vendor is what one fake CRM tells Server about itself.
type Vendor struct {
	// Handler answers as the vendor does on a good day. Server calls it for one request at a time, so that it needs no locks; it must
	// not sleep.
	Handler http.Handler
	// Windows are the rate limits that the vendor enforces.
	Windows []Window
	// Classes are the rate classes of a request; nil means ClassAll for every request.
	Classes func(*http.Request) []string
	// Credential is whose windows a request counts in; nil means that all share them.
	Credential func(*http.Request) string
	// Refuse writes the vendor's answer to a request that is too fast; nil means a bare 429 with Retry-After.
	Refuse func(http.ResponseWriter, *http.Request, Refusal)
	// Fail writes the vendor's answer when it is in trouble (500, 502, 503); nil means a bare status.
	Fail func(w http.ResponseWriter, r *http.Request, status int)
	// Limits adds the vendor's rate headers to an answer, refused ones too; nil where the vendor sends none.
	Limits func(http.Header, []Level)
	// Spare says which requests no fault may befall; nil for none. Rarely needed.
	Spare func(*http.Request) bool
}

// Refusal is why a request was too fast.
type Refusal struct {
	Window Window
	// RetryAfter is when the window has room again, in life's own time: the client divides by Options.Speed.
	RetryAfter time.Duration
	// Quota says that it is a day's allowance that is used up.
	Quota bool
}

// Level is how full a window is after a request. Times are life's own.
type Level struct {
	Window
	Remaining int
	ResetIn   time.Duration
}

// Server stands in front of a vendor's own handler and adds what all five have in common: latency, faults, rate windows, the count
// of traffic, the speed header. Embed it: ServeHTTP, Traffic and UnexpectedRequests are then the sandbox's own.
type Server struct {
	options Options
	vendor  Vendor
	faults  *faults
	later   later

	mu         sync.Mutex
	windows    map[string]*meters
	traffic    Traffic
	unexpected []string
}

// NewServer makes a server. The vendor's handler may use the server, so it may be set afterwards, with Handle.
func NewServer(options Options, vendor Vendor) *Server {
	if options.Speed < 1 {
		options.Speed = 1
	}
	return &Server{options: options, vendor: vendor, faults: newFaults(options), windows: map[string]*meters{}}
}

// Handle sets the vendor's handler, for sandboxes whose handler needs the server.
func (s *Server) Handle(handler http.Handler) { s.vendor.Handler = handler }

// Options are what the sandbox was made with.
func (s *Server) Options() Options { return s.options }

// Setting is the value of a switch: the one that was chosen, or the default.
func (o Options) Setting(switches []Switch, name string) string {
	if value, chosen := o.Switches[name]; chosen {
		return value
	}
	for _, s := range switches {
		if s.Name == name && len(s.Settings) > 0 {
			return s.Settings[0]
		}
	}
	return ""
}

// Scale is a duration of life at the sandbox's speed.
func (s *Server) Scale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.options.Speed)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if s.options.Speed > 1 {
		w.Header().Set(SpeedHeader, strconv.FormatFloat(s.options.Speed, 'g', -1, 64))
	}
	latency := s.options.Latency + s.faults.slowness(r, body)
	sleep(r.Context(), s.Scale(latency/2))
	answer, after := s.answer(r, body)
	after.spoil(s, w, r, answer)
	sleep(r.Context(), s.Scale(latency-latency/2))
	answer.copyTo(w)
	after.breakOff(w)
}

// answer is what the vendor says, and the fault that befalls the answer on its way.
func (s *Server) answer(r *http.Request, body []byte) (*recorder, fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.later.catchUp(time.Now())
	s.traffic.Requests++
	befalls := s.fault(r, body)
	if befalls != noFault {
		s.traffic.Faults++
	}
	answer := newRecorder()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if befalls.before() {
		befalls.refuse(s, answer, r)
		return answer, befalls
	}
	refusal, levels := s.count(r)
	if s.vendor.Limits != nil {
		s.vendor.Limits(answer.header, levels)
	}
	if refusal != nil {
		s.traffic.RateLimited++
		s.refuse(answer, r, *refusal)
		return answer, noFault
	}
	s.vendor.Handler.ServeHTTP(answer, r)
	return answer, befalls
}

func (s *Server) fault(r *http.Request, body []byte) fault {
	if s.vendor.Spare != nil && s.vendor.Spare(r) {
		return noFault
	}
	return s.faults.next(r, body, s.traffic.Requests, time.Now())
}

// count enters a request into the windows of its credential.
func (s *Server) count(r *http.Request) (*Refusal, []Level) {
	credential, classes := "", []string{ClassAll}
	if s.vendor.Credential != nil {
		credential = s.vendor.Credential(r)
	}
	if s.vendor.Classes != nil {
		classes = s.vendor.Classes(r)
	}
	if s.windows[credential] == nil {
		s.windows[credential] = newMeters(s.vendor.Windows, s.options.Speed)
	}
	return s.windows[credential].count(classes, time.Now())
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, refusal Refusal) {
	if s.vendor.Refuse != nil {
		s.vendor.Refuse(w, r, refusal)
		return
	}
	w.Header().Set("Retry-After", Seconds(refusal.RetryAfter))
	w.WriteHeader(http.StatusTooManyRequests)
}

// Seconds writes a duration as headers want it: whole seconds, rounded up.
func Seconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, status int) {
	if s.vendor.Fail != nil {
		s.vendor.Fail(w, r, status)
		return
	}
	w.WriteHeader(status)
}

// Traffic counts what was answered.
func (s *Server) Traffic() Traffic {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.traffic
}

// Unexpected notes a request that the vendor does not know or that no careful client would send; tests fail on it. Call it from the
// handler only, and answer as the vendor would.
func (s *Server) Unexpected(r *http.Request, why string) {
	s.traffic.Unexpected++
	if len(s.unexpected) < 100 {
		s.unexpected = append(s.unexpected, fmt.Sprintf("%s %s: %s", r.Method, r.URL.Path, why))
	}
}

// UnexpectedRequests lists the requests that were noted as unexpected, with the reasons.
func (s *Server) UnexpectedRequests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.unexpected)
}

// Locked runs work while no request is being handled, after all work that was due is done. Load and Contents use it.
func (s *Server) Locked(work func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.later.catchUp(time.Now())
	work()
}

// Later does work once a delay of life has passed, before the first request or look after that. Call it from the handler only, or
// within Locked; the work itself may call it again.
func (s *Server) Later(delay time.Duration, work func()) {
	s.later.add(time.Now().Add(s.Scale(delay)), work)
}

// sleep waits, but not longer than the client does.
func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
