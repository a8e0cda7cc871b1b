package ontraport

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// envelope is what every answer in JSON is wrapped in (api.ontraport.com/doc, "Response format").
type envelope[T any] struct {
	Code      text `json:"code"`
	Data      T    `json:"data"`
	AccountID text `json:"account_id"`
	// Count is sent with a list when count=true was asked for (change log, 2025-08-28).
	Count text `json:"count"`
}

// text is a value that Ontraport sends as a string, and now and then as a number, a truth value or null.
type text string

// UnmarshalJSON takes any JSON value. Null is "", what is neither string nor scalar stays as it was written.
func (t *text) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		*t = ""
		return nil
	}
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		*t = text(plain)
		return nil
	}
	*t = text(raw)
	return nil
}

// number is the value as a whole number, -1 when it is none.
func (t text) number() int {
	n, err := strconv.Atoi(strings.TrimSpace(string(t)))
	if err != nil {
		return -1
	}
	return n
}

// object is a JSON object that may come as a list: PHP writes an empty or consecutively numbered array so.
type object[T any] map[string]T

// UnmarshalJSON takes {"0":…}, […], "", false and null.
func (o *object[T]) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	*o = object[T]{}
	switch {
	case bytes.HasPrefix(raw, []byte("{")):
		return json.Unmarshal(raw, (*map[string]T)(o))
	case bytes.HasPrefix(raw, []byte("[")):
		var list []T
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		for i, value := range list {
			(*o)[strconv.Itoa(i)] = value
		}
	}
	return nil
}

// record is one object of Ontraport's, by field name. All numbers are strings.
type record map[string]text

// saved is the answer to saveorupdate and to PUT /Contacts: a new contact's own values, or under attrs what has changed.
type saved struct {
	ID    text   `json:"id"`
	Email text   `json:"email"`
	Attrs record `json:"attrs"`
}

// id is where it is of the two places where it may be; empty when it is in neither.
func (s saved) id() string {
	if s.Attrs != nil && s.Attrs["id"] != "" {
		return string(s.Attrs["id"])
	}
	return string(s.ID)
}

// byEmail is the answer of object/getByEmail: ids with all=1, id without.
type byEmail struct {
	ID  text   `json:"id"`
	IDs []text `json:"ids"`
}

// meta is one object type as objects/meta describes it.
type meta struct {
	Name   text              `json:"name"`
	Fields object[metaField] `json:"fields"`
}

// metaField is one field: its name for people, its type, and what may be chosen in it, by option id.
type metaField struct {
	Alias   text         `json:"alias"`
	Type    text         `json:"type"`
	Options object[text] `json:"options"`
}

// newSection is the body of POST objects/fieldeditor: a section of up to three columns of fields.
type newSection struct {
	ObjectID    int          `json:"objectID"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Fields      [][]newField `json:"fields"`
}

type newField struct {
	Alias    string `json:"alias"`
	Type     string `json:"type"`
	Required int    `json:"required"`
	Unique   int    `json:"unique"`
}

// fieldsMade says, by field name, which aliases were made; the rest is in Error.
type fieldsMade struct {
	Success object[text] `json:"success"`
	Error   any          `json:"error"`
}

// tagging is the body of PUT objects/tag.
type tagging struct {
	ObjectID int           `json:"objectID"`
	IDs      []json.Number `json:"ids"`
	AddList  []json.Number `json:"add_list"`
}

// condition is one comparison of the criteria that lists are filtered by.
type condition struct {
	Field struct {
		Field string `json:"field"`
	} `json:"field"`
	Op    string `json:"op"`
	Value any    `json:"value"`
}

type oneValue struct {
	Value string `json:"value"`
}

type manyValues struct {
	List []oneValue `json:"list"`
}

// where writes one comparison as lists want it in their "condition" parameter.
func where(field, op string, value any) string {
	c := condition{Op: op, Value: value}
	c.Field.Field = field
	written, err := json.Marshal([]condition{c})
	if err != nil {
		return "[]"
	}
	return string(written)
}
