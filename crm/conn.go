package crm

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// ConnConfig is what a driver tells Conn about its vendor.
type ConnConfig struct {
	// Name is how the vendor writes itself, for the words on the screen: "ActiveCampaign". Empty means "the CRM".
	Name string
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
	// ReturnQuota returns an error of kind Quota when a daily allowance is used up, for drivers that have another key. Otherwise
	// Conn waits for the next day.
	ReturnQuota bool
	// Secrets are redacted, by value and in their URL-escaped form, from every log line and error. AddSecrets adds to them.
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
	// Expires is when what the request was made from is too old: it does not go any more then, and the error is ErrExpired. Zero means
	// that it may wait for its turn as long as it must.
	Expires time.Time
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
	pacer    *pacer
	redactor *redactor
	client   *http.Client
	// answered says that this host has given a good answer before: only then is it worth waiting long for the next one.
	answered atomic.Bool
}

// What holds where a driver says nothing.
const (
	defaultInFlight = 4
	defaultTimeout  = 30 * time.Second
	defaultPatience = 20 * time.Minute
)

// NewConn makes a connection. It does no I/O. It returns an *Error of kind Invalid when Base is not https (or loopback http).
func NewConn(settings Settings, config ConnConfig) (*Conn, error) {
	if err := checkBase(config); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	settings = settings.withDefaults()
	conn := &Conn{config: config, settings: settings, redactor: newRedactor(config.Secrets)}
	conn.pacer = newPacer(settings, config)
	conn.client = &http.Client{Transport: settings.Transport, CheckRedirect: conn.checkRedirect}
	if settings.Transport == nil {
		conn.client.Transport = networkTransport(config.InFlight)
	}
	return conn, nil
}

// AddSecrets redacts these too from now on: tokens that the vendor has put in the place of others.
func (c *Conn) AddSecrets(secrets ...string) { c.redactor.add(secrets...) }

func (c ConnConfig) withDefaults() ConnConfig {
	if c.Name == "" {
		c.Name = "the CRM"
	}
	if c.InFlight <= 0 {
		c.InFlight = defaultInFlight
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Patience <= 0 {
		c.Patience = defaultPatience
	}
	return c
}

// networkTransport is the real network with enough idle connections that no request has to shake hands anew.
func networkTransport(inFlight int) http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = inFlight
	return transport
}

// checkBase refuses addresses that would send credentials in the clear.
func checkBase(config ConnConfig) error {
	base := config.Base
	problem := ""
	switch {
	case base == nil || base.Hostname() == "":
		problem = "the address is empty"
	case base.User != nil:
		problem = "the address must not contain a user name or password"
	case base.Scheme == "https", base.Scheme == "http" && Loopback(base.Hostname()):
		return nil
	default:
		problem = "the address must begin with https://"
	}
	return &Error{Kind: KindInvalid, Code: config.CodePrefix + CodeAddress, Op: "connect", Hint: problem}
}

// Loopback says whether a host, without a port, is this machine itself: what goes there needs no encryption.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
