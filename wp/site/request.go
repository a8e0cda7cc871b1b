package site

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// How long, how large and how often.
const (
	timeLimit    = 60 * time.Second
	slowAfter    = 5 * time.Second
	pageLimit    = 1 << 20
	dataLimit    = 64 << 20
	mostHops     = 10
	longestPause = 60 * time.Second
)

// request is one question to a site.
type request struct {
	// op says in words what is being done, for errors: "read the members".
	op     string
	method string
	url    *url.URL
	header http.Header
	body   []byte
	// login sends the credentials along, which the client does for the site's own host only.
	login bool
	// repeatable says that asking twice does no harm. GET always is.
	repeatable bool
	// partial says that the beginning of a long answer will do.
	partial bool
	// wait is told why nothing happens, and that it goes on (""). Nil means that nobody is told.
	wait func(reason string)
}

// answer is a complete answer, or the beginning of one when that was enough.
type answer struct {
	status int
	header http.Header
	body   []byte
	url    *url.URL
	// repeated says that the question was sent before and may have been carried out then, although no answer came.
	repeated bool
}

// client sends requests to one site. It is safe for simultaneous use.
type client struct {
	http           *http.Client
	log            *slog.Logger
	user, password string
	// home is the site's address as soon as it is known: credentials go nowhere else.
	home *url.URL
	// name is what to call the site in sentences.
	name string
}

func newClient(settings Settings) *client {
	transport := settings.Transport
	if transport == nil {
		clone := http.DefaultTransport.(*http.Transport).Clone()
		clone.MaxIdleConnsPerHost = inFlight
		transport = clone
	}
	log := settings.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	never := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{http: &http.Client{Transport: transport, CheckRedirect: never}, log: log,
		user: settings.Values["site.user"], password: applicationPassword(settings.Values["site.password"])}
}

func (c *client) trouble(kind Kind, detail string) *Diagnosis { return diagnose(kind, c.name, detail) }

// once asks one time. The error is a *Diagnosis, or the context's own.
func (c *client) once(ctx context.Context, r request) (answer, error) {
	if !speakable(r.url) {
		return answer{}, c.trouble(PlainHTTP, r.url.Host).during(r.op)
	}
	limited, stop := context.WithTimeout(ctx, timeLimit)
	defer stop()
	outgoing, err := c.outgoing(limited, r)
	if err != nil {
		return answer{}, c.trouble(NotAnAddress, err.Error()).during(r.op)
	}
	if r.wait != nil {
		told := make(chan struct{})
		slow := time.AfterFunc(slowAfter, func() {
			defer close(told)
			r.wait("the site has not answered for 5 seconds; it has up to a minute")
		})
		defer func() {
			if !slow.Stop() {
				<-told // or the reason would come after its end, and stay
				r.wait("")
			}
		}()
	}
	began := time.Now()
	received, err := c.http.Do(outgoing)
	if err != nil {
		return answer{}, c.transportTrouble(ctx, err, r)
	}
	defer received.Body.Close()
	got, err := c.read(ctx, received, r)
	c.log.Debug("site", "method", r.method, "path", r.url.Path, "status", received.StatusCode, "bytes", len(got.body), "ms", time.Since(began).Milliseconds())
	return got, err
}

func (c *client) outgoing(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	outgoing, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), body)
	if err != nil {
		return nil, err
	}
	for name, values := range r.header {
		outgoing.Header[name] = values
	}
	outgoing.Header.Set("User-Agent", "AllySwitch")
	if r.login && c.home != nil && sameOrigin(c.home, r.url) {
		outgoing.SetBasicAuth(c.user, c.password)
	}
	return outgoing, nil
}

func (c *client) read(ctx context.Context, received *http.Response, r request) (answer, error) {
	limit := int64(dataLimit)
	if r.partial {
		limit = pageLimit
	}
	got := answer{status: received.StatusCode, header: received.Header, url: r.url}
	body, err := io.ReadAll(io.LimitReader(received.Body, limit+1))
	got.body = body
	switch {
	case int64(len(body)) > limit && r.partial:
		got.body = body[:limit]
	case int64(len(body)) > limit:
		return got, c.trouble(BigAnswer, r.url.Path).during(r.op).with(got.status, 0)
	case err != nil && r.partial && len(body) > 0 && ctx.Err() == nil:
	case err != nil && ctx.Err() != nil:
		return got, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return got, c.trouble(Late, r.url.Path).during(r.op).caused(err)
	case err != nil:
		return got, c.trouble(HalfAnswer, r.url.Path).during(r.op).with(got.status, 0).caused(err)
	}
	return got, nil
}

// transportTrouble says why no answer came.
func (c *client) transportTrouble(ctx context.Context, err error, r request) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var network net.Error
	kind := Unreachable
	switch {
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid), errors.As(err, &verify), errors.As(err, &record):
		kind = Certificate
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		kind = Late
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		kind = HalfAnswer
	}
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return c.trouble(kind, err.Error()).during(r.op).caused(err)
}

// ask asks, again when the trouble may pass, and judges the answer as data. Redirects within the site are followed for GET.
func (c *client) ask(ctx context.Context, r request) (answer, error) {
	repeated := false
	for try := 0; ; try++ {
		got, err := c.follow(ctx, r)
		got.repeated = repeated
		if err == nil {
			err = c.judge(got, r)
		}
		var trouble *Diagnosis
		if !errors.As(err, &trouble) {
			return got, err
		}
		untouched := trouble.Kind == TooFast || trouble.Kind == Busy
		if !trouble.passing() || try == len(pauses()) || !r.mayRepeat() && !untouched || trouble.RetryAfter > longestPause {
			return got, err
		}
		repeated = repeated || !untouched
		c.log.Warn("site: asking again", "code", trouble.Code, "detail", trouble.Detail, "try", try+1)
		if err := pause(ctx, r, max(pauses()[try], trouble.RetryAfter), trouble); err != nil {
			return got, err
		}
	}
}

func (r request) mayRepeat() bool {
	return r.repeatable || r.method == http.MethodGet || r.method == http.MethodHead
}

// pauses are how long to wait before each further try.
func pauses() []time.Duration {
	return []time.Duration{time.Second, 4 * time.Second, 15 * time.Second, 30 * time.Second}
}

// pause waits, and says why.
func pause(ctx context.Context, r request, length time.Duration, trouble *Diagnosis) error {
	if r.wait != nil {
		r.wait(trouble.What + " Trying again in " + length.String() + ".")
		defer r.wait("")
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follow asks and goes along with redirects that stay on the site's own host. Others are an answer like any other.
func (c *client) follow(ctx context.Context, r request) (answer, error) {
	for hop := 0; ; hop++ {
		got, err := c.once(ctx, r)
		if err != nil {
			return got, err
		}
		target := got.redirect()
		if target == nil || r.method != http.MethodGet || !sameOrigin(target, r.url) {
			return got, nil
		}
		if hop == mostHops {
			return got, c.trouble(RedirectLoop, target.Host+target.Path).during(r.op).with(got.status, 0)
		}
		r.url = target
	}
}

// redirect is where an answer sends us, nil when it does not.
func (a answer) redirect() *url.URL {
	if a.status < 300 || a.status > 399 || a.header.Get("Location") == "" {
		return nil
	}
	target, err := a.url.Parse(a.header.Get("Location"))
	if err != nil || target.Host == "" {
		return nil
	}
	return target
}

// retryAfter is how long the answer asks to wait. Dates are not worth reading: they are as wrong as the host's clock.
func (a answer) retryAfter() time.Duration {
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > 24*3600 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
