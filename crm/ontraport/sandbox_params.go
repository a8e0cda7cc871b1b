package ontraport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// params are the parameters of a call. Values are strings from a query or a form, anything from a JSON body.
type params map[string]any

// readParams takes them from where Ontraport does: the query of GET and DELETE, the body of POST and PUT as a form or as JSON.
func readParams(r *http.Request) (params, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		return fromValues(r.URL.Query()), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		read := params{}
		decoder := json.NewDecoder(strings.NewReader(string(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&read); err != nil {
			return nil, errors.New("the body is not JSON")
		}
		return read, nil
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, errors.New("the body is not a form")
		}
		return fromValues(values), nil
	}
	return nil, fmt.Errorf("content type %q", kind)
}

func fromValues(values url.Values) params {
	read := params{}
	for name, value := range values {
		read[name] = value[0]
	}
	return read
}

// text is a parameter as a string.
func (p params) text(name string) string { return asText(p[name]) }

func asText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
		return "0"
	}
	return fmt.Sprint(value)
}

func (p params) number(name string) int {
	n, err := strconv.Atoi(p.text(name))
	if err != nil {
		return 0
	}
	return n
}

func (p params) yes(name string) bool {
	return slices.Contains([]string{"1", "true", "yes"}, strings.ToLower(p.text(name)))
}

// ids is a parameter that is a list in JSON, or numbers with commas between.
func (p params) ids(name string) []int {
	var ids []int
	list, isList := p[name].([]any)
	if !isList {
		for _, id := range strings.Split(p.text(name), ",") {
			list = append(list, id)
		}
	}
	for _, id := range list {
		if n, err := strconv.Atoi(strings.TrimSpace(asText(id))); err == nil {
			ids = append(ids, n)
		}
	}
	return ids
}

// criterion is one comparison of a list's condition.
type criterion struct {
	field, op string
	values    []string
}

// criteria reads "condition": comparisons with "AND" between. ok is false when it is not understood.
func (p params) criteria() (found []criterion, ok bool) {
	if p.text("condition") == "" {
		return nil, true
	}
	var parts []json.RawMessage
	if json.Unmarshal([]byte(p.text("condition")), &parts) != nil {
		return nil, false
	}
	for _, part := range parts {
		if string(part) == `"AND"` {
			continue
		}
		var read struct {
			Field struct {
				Field string `json:"field"`
			} `json:"field"`
			Op    string `json:"op"`
			Value struct {
				Value any `json:"value"`
				List  []struct {
					Value any `json:"value"`
				} `json:"list"`
			} `json:"value"`
		}
		if json.Unmarshal(part, &read) != nil || read.Field.Field == "" {
			return nil, false
		}
		c := criterion{field: read.Field.Field, op: strings.ToUpper(read.Op)}
		for _, one := range read.Value.List {
			c.values = append(c.values, asText(one.Value))
		}
		if len(c.values) == 0 {
			c.values = []string{asText(read.Value.Value)}
		}
		found = append(found, c)
	}
	return found, true
}

func itoa(n int) string { return strconv.Itoa(n) }
