package activecampaign

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object of an answer.
type object = map[string]any

// call is one request to the sandbox and the way to answer it.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	query url.Values
	id    string
	// hollow says that a good answer loses its body on the way.
	hollow bool
}

// reply answers in JSON as PHP writes it: slashes are escaped.
func (c *call) reply(status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		c.w.WriteHeader(http.StatusInternalServerError)
		return
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	if c.hollow && status < 300 {
		return
	}
	_, _ = c.w.Write(bytes.ReplaceAll(bytes.TrimRight(body.Bytes(), "\n"), []byte("/"), []byte(`\/`)))
}

func (c *call) html(status int, body string) {
	c.w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	c.w.WriteHeader(status)
	_, _ = c.w.Write([]byte("<!DOCTYPE html><html><body>" + body + "</body></html>"))
}

func (c *call) message(status int, words string) { c.reply(status, object{"message": words}) }

func (c *call) errors(status int, entries ...object) { c.reply(status, object{"errors": entries}) }

// notFound is how ActiveCampaign says that there is no such thing.
func (c *call) notFound(kind string) {
	c.message(http.StatusNotFound, "No Result found for "+kind+" with id "+c.id)
}

func (c *call) missing(attribute string) {
	c.errors(http.StatusUnprocessableEntity, object{"status": 422, "title": "Missing attribute", "source": object{"pointer": "/data/attributes/" + attribute}})
}

// read decodes the member of that name of a request's body, as in {"contact": {…}}. What cannot be read is answered with 400.
func (c *call) read(name string, into any) bool {
	var body map[string]json.RawMessage
	if json.NewDecoder(c.r.Body).Decode(&body) == nil && json.Unmarshal(body[name], into) == nil {
		return true
	}
	c.reply(http.StatusBadRequest, object{})
	return false
}

// number is the id in the path.
func (c *call) number() int {
	n, err := strconv.Atoi(c.id)
	if err != nil {
		return -1
	}
	return n
}

// window is which part of a collection is asked for: 20 unless said, 100 at most ("Pagination").
func (c *call) window(total int) (from, to int) {
	limit, err := strconv.Atoi(c.query.Get("limit"))
	if err != nil || limit <= 0 {
		limit = 20
	}
	offset, err := strconv.Atoi(c.query.Get("offset"))
	if err != nil || offset < 0 {
		offset = 0
	}
	from = min(offset, total)
	return from, min(from+min(limit, pageSize), total)
}

// list answers with a part of a collection.
func list[T any](c *call, key string, all []T, render func(T) object, more object) {
	from, to := c.window(len(all))
	rows := make([]object, 0, to-from)
	for _, entry := range all[from:to] {
		rows = append(rows, render(entry))
	}
	answer := object{key: rows, "meta": object{"total": strconv.Itoa(len(all))}}
	for name, value := range more {
		answer[name] = value
	}
	c.reply(http.StatusOK, answer)
}

// digits writes a number as ActiveCampaign does: as a string.
func digits(n int) string { return strconv.Itoa(n) }

// stamp writes a time as ActiveCampaign does, in the account's time zone.
func stamp(at time.Time) string {
	return at.In(time.FixedZone("", -5*60*60)).Format(time.RFC3339)
}

// links are the addresses of what belongs to a thing.
func links(path string, names ...string) object {
	links := object{}
	for _, name := range names {
		links[name] = sandboxHost + apiPath + path + "/" + name
	}
	return links
}

// equal compares as the vendor's database does: without regard to case.
func equal(a, b string) bool { return strings.EqualFold(a, b) }
