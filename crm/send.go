package crm

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"
)

// Do sends a request and returns the complete answer, or an *Error.
func (c *Conn) Do(ctx context.Context, request Request) (Response, error) {
	return c.send(ctx, request, func(Response) *Error { return nil })
}

// JSON sends a request and decodes its answer into out. An answer that is empty, not JSON, or cut off is an *Error of kind Temporary
// with Sent set (WrongAddress when it is a web page), and is asked again when the request is repeatable.
func (c *Conn) JSON(ctx context.Context, request Request, out any) (Response, error) {
	restore := keepValue(out)
	return c.send(ctx, request, func(answer Response) *Error {
		restore()
		return decodeJSON(answer, out)
	})
}

// keepValue returns a function that gives out its present value again, so that nothing of an unreadable answer stays in it.
func keepValue(out any) func() {
	target := reflect.ValueOf(out).Elem()
	before := reflect.New(target.Type()).Elem()
	before.Set(target)
	return func() { target.Set(before) }
}

// send asks until there is a good answer, or until asking again would not be safe or would not help.
func (c *Conn) send(ctx context.Context, request Request, accept func(Response) *Error) (Response, error) {
	out, err := c.encode(request)
	if err != nil {
		return Response{}, c.complete(request, err)
	}
	tries := &attempts{conn: c, request: request}
	doubt := false // an earlier attempt may have been carried out: later trouble does not undo that
	for {
		leave, err := c.begin(ctx, request)
		if err != nil && doubt {
			return Response{}, MaybeSent(err)
		} else if err != nil {
			return Response{}, err
		}
		answer, trouble := c.exchange(ctx, out, leave, tries.count > 0, accept)
		if trouble == nil {
			c.answered.Store(true)
			return answer, nil
		}
		doubt = doubt || trouble.Sent && !request.asks()
		trouble.Sent = trouble.Sent || doubt
		trouble = c.complete(request, trouble)
		if ctx.Err() != nil || !tries.again(ctx, leave, answer, trouble) {
			return answer, trouble
		}
	}
}

// ErrExpired is the cause of an *Error of kind Temporary: the request's turn did not come before Request.Expires, so it was not sent.
var ErrExpired = errors.New("it would have come too late, and was not sent")

// begin waits for a turn, for as long as the request is good.
func (c *Conn) begin(ctx context.Context, request Request) (turn, error) {
	if request.Expires.IsZero() {
		return c.pacer.begin(ctx, request)
	}
	limited, cancel := context.WithDeadline(ctx, request.Expires)
	defer cancel()
	leave, err := c.pacer.begin(limited, request)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = c.pacer.stopped(request, ErrExpired)
	}
	return leave, err
}

// complete adds what Conn knows to an error, and takes out what must not be in it.
func (c *Conn) complete(request Request, trouble *Error) *Error {
	trouble.Op = request.Op
	switch {
	case trouble.Code == "" && trouble.Status != 0:
		trouble.Code = c.config.CodePrefix + statusCode(trouble.Status)
	case trouble.Code == "":
		trouble.Code = c.config.CodePrefix + CodeNetwork
	case trouble.Code[0] == '-':
		trouble.Code = c.config.CodePrefix + trouble.Code
	}
	trouble.Hint = c.redactor.hint(trouble.Hint)
	trouble.Err = c.redactor.cause(trouble.Err)
	return trouble
}

// exchange is one request and its answer.
func (c *Conn) exchange(ctx context.Context, out outgoing, leave turn, again bool, accept func(Response) *Error) (Response, *Error) {
	c.settings.Meter.sent(leave.sent, leave.classes, len(out.body), again)
	answer, trouble := c.roundTrip(ctx, out)
	var readings []LimitReading
	if answer.Status != 0 {
		readings = c.readLimits(answer.Header)
		if there, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
			c.settings.Meter.tellsTime(there, leave.sent, time.Now())
		}
	}
	c.pacer.end(leave, readings)
	c.settings.Meter.received(len(answer.Body))
	if trouble == nil {
		trouble = c.judge(out, answer, accept)
	}
	c.log(ctx, out, answer, time.Since(leave.sent), trouble)
	return answer, trouble
}

func (c *Conn) readLimits(header http.Header) []LimitReading {
	if Loopback(c.config.Base.Hostname()) && header.Get(SpeedHeader) != "" {
		c.pacer.learnSpeed(header)
	}
	if c.config.Limits == nil {
		return nil
	}
	return c.config.Limits(header)
}

// roundTrip sends once and reads the whole answer.
func (c *Conn) roundTrip(ctx context.Context, out outgoing) (Response, *Error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	request, err := out.request(limited)
	if err != nil {
		return Response{}, &Error{Kind: KindInvalid, Code: CodeInput, Err: err}
	}
	if c.config.Authorize != nil {
		c.config.Authorize(request)
	}
	reply, err := c.client.Do(request)
	if err != nil {
		return Response{}, networkTrouble(ctx, err)
	}
	defer reply.Body.Close()
	return readAnswer(ctx, reply)
}

// shortestTimeout leaves a sandbox that is faster than life time to think.
const shortestTimeout = 5 * time.Second

// timeout is how long one request may take.
func (c *Conn) timeout() time.Duration {
	return max(c.pacer.scale(c.config.Timeout), min(c.config.Timeout, shortestTimeout))
}

// judge decides whether a complete answer is a good one.
func (c *Conn) judge(out outgoing, answer Response, accept func(Response) *Error) *Error {
	trouble := wrongAddress(answer)
	if trouble == nil {
		trouble = c.classify(answer)
	}
	if trouble != nil {
		trouble.Status = answer.Status
		trouble.Sent = trouble.Sent || answer.Status >= http.StatusInternalServerError
		if trouble.RetryAfter == 0 {
			trouble.RetryAfter = retryAfter(answer.Header, time.Now())
		}
		return trouble
	}
	if trouble = accept(answer); trouble != nil {
		trouble.Status = answer.Status
	}
	return trouble
}

func (c *Conn) classify(answer Response) *Error {
	if c.config.Classify != nil {
		return c.config.Classify(answer)
	}
	return ClassifyStatus(answer)
}

// ClassifyStatus reads an answer by its status alone: what most vendors mean by it. Drivers call it for what they know no better.
func ClassifyStatus(answer Response) *Error {
	kind := KindInvalid
	switch status := answer.Status; {
	case status < http.StatusBadRequest:
		return nil
	case status == http.StatusUnauthorized:
		kind = KindAuth
	case status == http.StatusForbidden:
		kind = KindPermission
	case status == http.StatusNotFound, status == http.StatusGone:
		kind = KindNotFound
	case status == http.StatusConflict:
		kind = KindConflict
	case status == http.StatusTooManyRequests:
		kind = KindRate
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= http.StatusInternalServerError:
		kind = KindTemporary
	}
	return &Error{Kind: kind, Hint: string(answer.Body[:min(len(answer.Body), longestHint)])}
}

// checkRedirect lets a redirect pass only on the same host, and only for requests that change nothing: a POST that is sent on
// becomes a GET, and would look like a success.
func (c *Conn) checkRedirect(next *http.Request, before []*http.Request) error {
	base := c.config.Base
	safe := before[0].Method == http.MethodGet || before[0].Method == http.MethodHead
	if safe && next.URL.Host == base.Host && next.URL.Scheme == base.Scheme && len(before) < 5 {
		return nil
	}
	return &redirected{to: next.URL.Scheme + "://" + next.URL.Host}
}

// redirected is an answer that sends elsewhere.
type redirected struct{ to string }

func (r *redirected) Error() string { return "the address sends on to " + r.to }

// networkTrouble says why there was no answer.
func networkTrouble(ctx context.Context, err error) *Error {
	var elsewhere *redirected
	switch {
	case ctx.Err() != nil:
		return &Error{Kind: KindTemporary, Code: CodeStopped, Sent: true, Err: ctx.Err()}
	case errors.As(err, &elsewhere):
		return &Error{Kind: KindWrongAddress, Code: CodeRedirect, Hint: elsewhere.Error() + "; nothing was sent there"}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Kind: KindTemporary, Code: CodeLate, Sent: true, Hint: "no answer came in time", Err: context.DeadlineExceeded}
	}
	return unreachable(err)
}
