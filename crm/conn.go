package crm

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// ConnConfig is what a driver tells Conn about its vendor.
type ConnConfig struct {
	// CodePrefix begins error codes: "AC".
	CodePrefix string
	// Base is the address below which all paths lie. Plain http is allowed to a loopback address only.
	Base *url.URL
	// Windows are the published rate limits. A request counts in ClassAll and in each of its own classes.
	Windows []Window
	// InFlight is how many requests may be under way at once; Timeout how long one may take.
	InFlight int
	Timeout  time.Duration
	// Authorize adds the credentials to a request that goes to Base's own host. It is not called after a redirect elsewhere: those are refused.
	Authorize func(*http.Request)
	// Classify reads an answer as the vendor means it. Nil means that it is good. It fills Kind, Hint and RetryAfter; Conn fills the rest.
	// Conn itself has already dealt with transport errors, cut-off bodies and bodies over the size limit.
	Classify func(Response) *Error
	// Limits reads rate windows from the headers of any answer, also of refused ones; nil where the vendor sends none. What it says is
	// trusted over Windows.
	Limits func(http.Header) []LimitReading
	// Retry403 is how many times a 403 is asked again before it is believed (ActiveCampaign answers it now and then without cause).
	Retry403 int
	// Patience is how long Conn goes on trying one request through failures that pass; 0 means the default of 20 minutes.
	Patience time.Duration
	// Secrets are redacted, by value and in their URL-escaped form, from every log line and error.
	Secrets []string
}

// LimitReading is what one answer says about one rate window.
type LimitReading struct {
	Class string
	// Limit is how many requests the window holds, Remaining how many are left; -1 where not said.
	Limit     int
	Remaining int
	// Per is the length of the window the reading is about; 0 means the only or shortest window of the class.
	Per time.Duration
	// ResetIn is when the window is empty again, 0 where not said.
	ResetIn time.Duration
}

// Request is one request in a vendor's own terms.
type Request struct {
	// Op says in words what is being done, for errors and for the person who waits: "create the tag".
	Op     string
	Method string
	// Path is below Base, each segment already escaped.
	Path   string
	Query  url.Values
	Header http.Header
	// At most one of JSON, Form and Raw is set. ContentType goes with Raw.
	JSON        any
	Form        url.Values
	Raw         []byte
	ContentType string
	// Classes are the rate classes that the request counts in besides ClassAll.
	Classes []string
	// NotAll keeps a request out of ClassAll, for vendors that meter some calls apart (Drip's batches).
	NotAll bool
	// Repeatable says that sending it twice does no harm, so that Conn may send it again when it cannot know whether
	// it was carried out. GET and HEAD always are.
	Repeatable bool
}

// Response is a complete answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Conn sends a driver's requests: at the pace that the limits allow, again when that is safe, without secrets in its log,
// and never to another host. It is safe for simultaneous use.
type Conn struct {
	config   ConnConfig
	settings Settings
}

// NewConn makes a connection. It does no I/O. It returns an *Error of kind Invalid when Base is not https (or loopback http).
func NewConn(settings Settings, config ConnConfig) (*Conn, error) {
	return &Conn{config: config, settings: settings}, nil
}

// Do sends a request and returns the complete answer, or an *Error.
func (c *Conn) Do(ctx context.Context, request Request) (Response, error) {
	panic("built in the pacing work")
}

// JSON sends a request and decodes its answer into out. An answer that is empty, not JSON, or cut off is an *Error of kind Temporary
// with Sent set (WrongAddress when it is a web page), and is asked again when the request is repeatable.
func (c *Conn) JSON(ctx context.Context, request Request, out any) (Response, error) {
	panic("built in the pacing work")
}
