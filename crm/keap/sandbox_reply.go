package keap

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// call is one request that has passed the gateway.
type call struct {
	*http.Request
	body []byte
}

// handler answers one request; the store is locked while it does.
type handler func(*call) reply

// reply is one answer. Body is sent as JSON unless it is already bytes; nil sends none.
type reply struct {
	status int
	body   any
	kind   string
}

func ok(body any) reply      { return reply{status: http.StatusOK, body: body} }
func created(body any) reply { return reply{status: http.StatusCreated, body: body} }

func noContent() reply { return reply{status: http.StatusNoContent} }

// biggestBody is more than any documented request of Keap needs.
const biggestBody = 4 << 20

// readCall reads the body and refuses what is not JSON (or XML on the XML-RPC path).
func readCall(r *http.Request) (*call, *reply) {
	c := &call{Request: r}
	body, err := io.ReadAll(io.LimitReader(r.Body, biggestBody))
	if err != nil {
		refused := c.fail(http.StatusBadRequest, "request body could not be read")
		return c, &refused
	}
	c.body = body
	if len(body) > 0 && !c.typed() {
		refused := c.fail(http.StatusUnsupportedMediaType, "Content-Type '"+r.Header.Get("Content-Type")+"' is not supported")
		return c, &refused
	}
	return c, nil
}

// typed says whether the body comes with the content type that its path wants.
func (c *call) typed() bool {
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if strings.Contains(c.URL.Path, "/xmlrpc/") {
		return kind == "text/xml" || kind == "application/xml"
	}
	return kind == "application/json"
}

// v1 says whether the request is one of REST v1, whose ids are numbers and whose errors have only a message.
func (c *call) v1() bool { return strings.Contains(c.URL.Path, "/rest/v1/") }

// decode reads the body strictly: a property that the documentation does not know is refused.
func (c *call) decode(into any) *reply {
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		refused := c.fail(http.StatusBadRequest, "request body is invalid: "+err.Error())
		return &refused
	}
	return nil
}

// fail is an error in the words of the version that was asked.
func (c *call) fail(status int, message string) reply {
	if c.v1() {
		return reply{status: status, body: map[string]any{"message": message}}
	}
	return reply{status: status, body: map[string]any{
		"code": status, "message": message, "status": http.StatusText(status),
		"details": []any{map[string]any{"domain": "keap", "resource": c.Method + " " + strings.TrimPrefix(c.URL.Path, "/crm")}},
	}}
}

// id reads a path value that must be an id.
func (c *call) id(name string) (int64, *reply) {
	id, err := strconv.ParseInt(c.PathValue(name), 10, 64)
	if err != nil || id <= 0 {
		refused := c.fail(http.StatusBadRequest, name+" is invalid")
		return 0, &refused
	}
	return id, nil
}

func (r reply) write(w http.ResponseWriter) {
	raw, isRaw := r.body.([]byte)
	if !isRaw && r.body != nil {
		raw, _ = json.Marshal(r.body)
	}
	kind := r.kind
	if kind == "" {
		kind = "application/json;charset=UTF-8"
	}
	if raw != nil {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(raw)
}
