package keap

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition is one part of a filter: name, operator, value (Keap API v2, filter).
type condition struct {
	name, operator, value string
}

// parseFilter reads "field==value;field>value". Several conditions all hold. An empty filter has none.
func parseFilter(text string) ([]condition, error) {
	var all []condition
	for _, part := range strings.Split(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		one, err := parseCondition(part)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func parseCondition(part string) (condition, error) {
	at := strings.IndexAny(part, "=<>!")
	if at <= 0 {
		return condition{}, fmt.Errorf("filter is invalid: %s", part)
	}
	for _, operator := range []string{"==", "!=", ">=", "<=", ">", "<"} {
		if value, found := strings.CutPrefix(part[at:], operator); found {
			return condition{name: strings.ToLower(part[:at]), operator: operator, value: value}, nil
		}
	}
	return condition{}, fmt.Errorf("filter is invalid: %s", part)
}

// text compares as strings are: == with an optional trailing star for a beginning; NONE for emptiness.
func (c condition) text(have string, fold bool) bool {
	want := c.value
	if fold {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	if strings.EqualFold(c.value, "NONE") {
		return have == ""
	}
	if beginning, wild := strings.CutSuffix(want, "*"); wild {
		return strings.HasPrefix(have, beginning)
	}
	return have == want
}

// number compares as numbers are.
func (c condition) number(have int64) (bool, error) {
	want, err := strconv.ParseInt(c.value, 10, 64)
	if err != nil {
		return false, fmt.Errorf("filter value is invalid: %s", c.value)
	}
	switch c.operator {
	case "==":
		return have == want, nil
	case "!=":
		return have != want, nil
	case ">":
		return have > want, nil
	case "<":
		return have < want, nil
	case ">=":
		return have >= want, nil
	}
	return have <= want, nil
}

// instant reads the value of a time filter; Keap rejects a date without a time.
func (c condition) instant() (time.Time, error) {
	at, err := time.Parse("2006-01-02T15:04:05.000Z07:00", c.value)
	if err != nil {
		return time.Time{}, fmt.Errorf("filter value is invalid: %s", c.value)
	}
	return at, nil
}

// member reads a set of ids, "1,2,3".
func (c condition) member(have int64) bool {
	return slices.Contains(strings.Split(c.value, ","), strconv.FormatInt(have, 10))
}

// holds says whether a contact fits all conditions.
func (f *fake) holds(all []condition, one *contact) (bool, error) {
	for _, c := range all {
		fits, err := f.fits(c, one)
		if !fits || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (f *fake) fits(c condition, one *contact) (bool, error) {
	switch c.name {
	case "email":
		return f.emailFits(c, one), nil
	case "given_name":
		return c.text(one.given, true), nil
	case "family_name":
		return c.text(one.family, true), nil
	case "contact_id":
		return c.number(one.id)
	case "ids", "contact_ids":
		return c.member(one.id), nil
	case "start_update_time":
		at, err := c.instant()
		return !one.updated.Before(at), err
	case "end_update_time":
		at, err := c.instant()
		return !one.updated.After(at), err
	}
	return f.customFits(c, one)
}

func (f *fake) emailFits(c condition, one *contact) bool {
	for at, e := range one.emails {
		if at > 0 && f.is("email-match", "first") {
			return false
		}
		if e.address != "" && c.text(e.address, f.is("email-case", "fold")) {
			return true
		}
	}
	return false
}

func (f *fake) customFits(c condition, one *contact) (bool, error) {
	for _, field := range f.store.fields {
		if strings.EqualFold(field.column(), c.name) {
			value := ""
			if held, found := one.fields[field.id]; found {
				value = fmt.Sprint(held)
			}
			return c.text(value, true), nil
		}
	}
	return false, fmt.Errorf("filter is invalid: %s is not a field", c.name)
}

// page is what page_size, page_token and order_by ask for.
type page struct {
	size  int
	from  int64
	order string
	desc  bool
}

// readPage reads the paging parameters. largest is 1000, or 25 for automations. A page_size of 0 means the largest.
func readPage(query url.Values, largest int, orders ...string) (page, error) {
	p := page{size: largest}
	if text := query.Get("page_size"); text != "" {
		size, err := strconv.Atoi(text)
		if err != nil || size < 0 || size > largest {
			return p, fmt.Errorf("page_size must be between 0 and %d", largest)
		}
		if size > 0 {
			p.size = size
		}
	}
	if token := query.Get("page_token"); token != "" {
		from, err := strconv.ParseInt(strings.TrimPrefix(token, "t"), 36, 64)
		if err != nil || !strings.HasPrefix(token, "t") {
			return p, fmt.Errorf("page_token is invalid")
		}
		p.from = from
	}
	name, direction, _ := strings.Cut(query.Get("order_by"), " ")
	if name != "" && !slices.Contains(orders, name) || direction != "" && direction != "asc" && direction != "desc" {
		return p, fmt.Errorf("order_by is invalid")
	}
	p.order, p.desc = name, direction == "desc"
	return p, nil
}

// next puts the token of the following page into an answer, by the switch page-end. more is false on the last page.
func (f *fake) next(c *call, answer map[string]any, from int64, more bool) {
	token := "t" + strconv.FormatInt(from, 36)
	switch {
	case more && f.is("page-end", "url"):
		query := c.URL.Query()
		query.Set("page_token", token)
		answer["next_page_token"] = "https://api.infusionsoft.com" + c.URL.Path + "?" + query.Encode()
	case more:
		answer["next_page_token"] = token
	case f.is("page-end", "empty"):
		answer["next_page_token"] = ""
	}
}
