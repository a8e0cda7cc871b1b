package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// Transport carries requests to a handler within the process, without sockets, so that it works on a fake clock. The caller's
// deadline holds while the handler works or sleeps; a handler that panics with http.ErrAbortHandler breaks the connection, before
// the answer when it has written nothing and in the midst of it when it has, just as on a real server.
func Transport(handler http.Handler) http.RoundTripper { return transport{handler} }

type transport struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	received, err := asReceived(request)
	if err != nil {
		return nil, err
	}
	answers := make(chan *recorder, 1)
	go func() { answers <- serve(t.handler, received) }()
	select {
	case answer := <-answers:
		return answer.response(request)
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
}

// asReceived is a request as a server sees it.
func asReceived(request *http.Request) (*http.Request, error) {
	received := request.Clone(request.Context())
	received.RequestURI = request.URL.RequestURI()
	received.RemoteAddr = "127.0.0.1:49152"
	if received.Host == "" {
		received.Host = request.URL.Host
	}
	received.Body = http.NoBody
	if request.Body == nil {
		return received, nil
	}
	body, err := io.ReadAll(request.Body)
	request.Body.Close()
	received.Body, received.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return received, err
}

// serve runs the handler; broken says that it aborted.
func serve(handler http.Handler, request *http.Request) (answer *recorder) {
	answer = newRecorder()
	defer func() {
		switch trouble := recover(); trouble {
		case nil:
		case http.ErrAbortHandler:
			answer.broken = true
		default:
			panic(trouble)
		}
	}()
	handler.ServeHTTP(answer, request)
	return answer
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	// sent are the headers at the moment the status was written: later changes do not count.
	sent   http.Header
	broken bool
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status, r.sent = status, r.header.Clone()
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(data []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(data)
}

// errReset is what a client sees when the other side goes away.
var errReset = errors.Join(errors.New("read: connection reset by peer"), syscall.ECONNRESET)

func (r *recorder) response(request *http.Request) (*http.Response, error) {
	if r.broken && r.status == 0 {
		return nil, errReset
	}
	r.WriteHeader(http.StatusOK)
	if r.sent.Get("Date") == "" { // a real server adds it
		r.sent.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	var body io.Reader = bytes.NewReader(r.body.Bytes())
	if r.broken {
		body = io.MultiReader(body, brokenReader{})
	}
	length := int64(r.body.Len())
	if told, err := strconv.ParseInt(r.sent.Get("Content-Length"), 10, 64); err == nil {
		length = told
	}
	return &http.Response{
		Status: strconv.Itoa(r.status) + " " + http.StatusText(r.status), StatusCode: r.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.sent, Body: io.NopCloser(body), ContentLength: length, Request: request,
	}, nil
}

// brokenReader is the end of a body that breaks off.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// copyTo sends a recorded answer on.
func (r *recorder) copyTo(w http.ResponseWriter) {
	r.WriteHeader(http.StatusOK)
	copyHeader(w.Header(), r.sent)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // a client that went away is its own affair
}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		to[name] = values
	}
}
