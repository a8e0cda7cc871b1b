package wptest

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// question is a request as WordPress sees it.
type question struct {
	method string
	// base is the site's address without a slash at the end, path what follows.
	base, path string
	query      url.Values
	// route is the REST route, "" for none; plain says that it came by ?rest_route=.
	route string
	plain bool
	body  []byte
	// given says that credentials came along.
	given          bool
	user, password string
}

func newQuestion(r *http.Request) *question {
	q := &question{method: r.Method, path: r.URL.Path, query: parse(r.URL.RawQuery)}
	q.user, q.password, q.given = r.BasicAuth()
	q.base = baseOf(r)
	q.body, _ = io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if route, found := strings.CutPrefix(q.path, "/wp-json"); found && (route == "" || route[0] == '/') {
		q.route = "/" + strings.Trim(route, "/")
	}
	if q.query.Has("rest_route") {
		q.route, q.plain = "/"+strings.Trim(q.query.Get("rest_route"), "/"), true
		q.query.Del("rest_route")
	}
	return q
}

// baseOf is the site's address: what of the path a mux has taken away belongs to it.
func baseOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	whole, _, _ := strings.Cut(r.RequestURI, "?")
	if parsed, err := url.Parse(whole); err == nil {
		whole = parsed.Path
	}
	return scheme + "://" + r.Host + strings.TrimSuffix(strings.TrimSuffix(whole, r.URL.Path), "/")
}

// nonce is another one each time.
func (q *question) nonce() string { return fmt.Sprintf("%x", time.Now().UnixNano()) }

// json reads the body, or nothing when it is none.
func (q *question) json() map[string]json.RawMessage {
	given := map[string]json.RawMessage{}
	_ = json.Unmarshal(q.body, &given)
	return given
}

// reply is what goes back.
type reply struct {
	status  int
	headers map[string]string
	body    []byte
	pause   time.Duration
	// half breaks the answer off in the middle, lost before it begins.
	half, lost bool
}

func (r reply) header(name, value string) reply {
	headers := map[string]string{name: value}
	for each, value := range r.headers {
		if each != name {
			headers[each] = value
		}
	}
	r.headers = headers
	return r
}

// send writes the answer. A handler that panics with ErrAbortHandler breaks the connection.
func (r reply) send(w http.ResponseWriter) {
	time.Sleep(r.pause)
	if r.lost {
		panic(http.ErrAbortHandler)
	}
	for name, value := range r.headers {
		w.Header().Set(name, value)
	}
	body := r.body
	if r.half {
		body = body[:len(body)/2]
	}
	w.WriteHeader(r.status)
	w.Write(body)
}

// page is a web page.
func page(status int, title, body string) reply {
	text := "<!DOCTYPE html><html><head><title>" + html.EscapeString(title) + "</title></head><body><h1>" + html.EscapeString(title) + "</h1>" + body + "</body></html>"
	return reply{status: status, body: []byte(text), headers: map[string]string{"Content-Type": "text/html; charset=UTF-8"}}
}

// data is an answer in JSON.
func data(status int, value any) reply {
	body, err := json.Marshal(value)
	if err != nil {
		body = []byte(`{"code":"internal_server_error","message":"` + err.Error() + `","data":{"status":500}}`)
	}
	return reply{status: status, body: body, headers: map[string]string{"Content-Type": "application/json; charset=UTF-8"}}
}

// object is a JSON object.
type object map[string]any

// refuse is an error in WordPress's form.
func refuse(status int, code, message string) reply {
	return data(status, object{"code": code, "message": message, "data": object{"status": status}})
}

// invalid is WordPress's error for a parameter.
func invalid(name, code, message string) reply {
	return data(http.StatusBadRequest, object{"code": "rest_invalid_param", "message": "Invalid parameter(s): " + name,
		"data": object{"status": http.StatusBadRequest, "params": object{name: message}, "details": object{name: object{"code": code, "message": message, "data": nil}}}})
}

// only keeps the fields that were asked for with _fields.
func only(q *question, value object) object {
	if !q.query.Has("_fields") {
		return value
	}
	kept := object{}
	for name := range strings.SplitSeq(q.query.Get("_fields"), ",") {
		if field, ok := value[strings.TrimSpace(name)]; ok {
			kept[strings.TrimSpace(name)] = field
		}
	}
	return kept
}
