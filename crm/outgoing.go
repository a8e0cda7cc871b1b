package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// outgoing is a request as it goes out, encoded once for all its repetitions.
type outgoing struct {
	op          string
	method      string
	url         *url.URL
	header      http.Header
	body        []byte
	contentType string
}

// encode makes a request ready to be sent any number of times.
func (c *Conn) encode(request Request) (outgoing, *Error) {
	target, err := c.target(request)
	if err != nil {
		return outgoing{}, &Error{Kind: KindInvalid, Code: CodeInput, Err: err}
	}
	out := outgoing{op: request.Op, method: request.Method, url: target, header: request.Header}
	if out.method == "" {
		out.method = http.MethodGet
	}
	switch {
	case request.JSON != nil:
		out.body, err = encodeJSON(request.JSON)
		out.contentType = "application/json"
	case request.Form != nil:
		out.body, out.contentType = []byte(request.Form.Encode()), "application/x-www-form-urlencoded"
	case request.Raw != nil:
		out.body, out.contentType = request.Raw, request.ContentType
	}
	if err != nil {
		return outgoing{}, &Error{Kind: KindInvalid, Code: CodeInput, Err: err}
	}
	return out, nil
}

// encodeJSON writes "&" as itself: some vendors store \u0026 literally, and byte limits count it sixfold.
func encodeJSON(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buffer.Bytes(), "\n"), nil
}

// target is the address of a request below the base, with every escaped segment left as the driver escaped it.
func (c *Conn) target(request Request) (*url.URL, error) {
	base := *c.config.Base
	path := strings.TrimRight(base.EscapedPath(), "/")
	if request.Path != "" {
		path += "/" + strings.TrimLeft(request.Path, "/")
	}
	unescaped, err := url.PathUnescape(path)
	if err != nil {
		return nil, err
	}
	base.Path, base.RawPath, base.Fragment = unescaped, path, ""
	base.RawQuery = request.Query.Encode()
	return &base, nil
}

func (o outgoing) request(ctx context.Context) (*http.Request, error) {
	var body *bytes.Reader
	request, err := http.NewRequestWithContext(ctx, o.method, o.url.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	if o.body != nil {
		body = bytes.NewReader(o.body)
		if request, err = http.NewRequestWithContext(ctx, o.method, o.url.String(), body); err != nil {
			return nil, err
		}
	}
	maps.Copy(request.Header, o.header)
	if o.contentType != "" {
		request.Header.Set("Content-Type", o.contentType)
	}
	if request.Header.Get("Accept") == "" {
		request.Header.Set("Accept", "application/json")
	}
	if request.Header.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", "AllySwitch")
	}
	return request, nil
}

// log writes one line about a request: no query values, no bodies, no addresses, no secrets.
func (c *Conn) log(ctx context.Context, out outgoing, answer Response, took time.Duration, trouble *Error) {
	attributes := []slog.Attr{
		slog.String("op", out.op), slog.String("method", out.method),
		slog.String("path", c.redactor.text(logPath(out.url.EscapedPath()))),
		slog.String("query", strings.Join(slices.Sorted(maps.Keys(out.url.Query())), ",")),
		slog.Int("status", answer.Status), slog.Int64("ms", took.Milliseconds()),
		slog.Int("sent", len(out.body)), slog.Int("received", len(answer.Body)),
	}
	level := slog.LevelInfo
	if trouble != nil {
		level = slog.LevelWarn
		attributes = append(attributes, slog.String("kind", string(trouble.Kind)), slog.String("hint", c.redactor.logged(trouble.Hint)))
		if trouble.Err != nil {
			attributes = append(attributes, slog.String("cause", c.redactor.logged(trouble.Err.Error())))
		}
	}
	c.settings.Log.LogAttrs(ctx, level, "request", attributes...)
}
