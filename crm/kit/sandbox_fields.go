package kit

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

func fieldView(one *customLabel) map[string]any {
	return map[string]any{"id": one.id, "name": one.name(), "key": one.key, "label": one.label}
}

func (f *fake) listFields(w http.ResponseWriter, r *http.Request) {
	var fields []*customLabel
	for _, one := range newestFirst(f.store.fields) {
		if !one.listed.After(time.Now()) {
			fields = append(fields, one)
		}
	}
	if page, ok := pageOf(w, r, fields, func(one *customLabel) int64 { return one.id }); ok {
		writePage(w, "custom_fields", page, func(one *customLabel) any { return fieldView(one) })
	}
}

// mostFields is how many custom fields an account may have.
const mostFields = 140

// makeField makes a custom field, or returns the one that Kit takes for the same; words say why it does neither.
func (f *fake) makeField(text string) (one *customLabel, made bool, words string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, false, "Label can't be blank"
	}
	if found := f.store.fieldLike(func(c *customLabel) bool { return c.label == text }); found != nil {
		if f.setting(switchFieldLabel) == "refused" {
			return nil, false, "Label has already been taken"
		}
		return found, false, ""
	}
	if found := f.store.fieldKeyed(keyOf(text)); found != nil {
		switch f.setting(switchFieldKey) {
		case "existing":
			return found, false, ""
		case "refused":
			return nil, false, "Key has already been taken"
		}
	}
	if len(f.store.fields) >= mostFields {
		return nil, false, "You have reached the limit of custom fields"
	}
	one = f.store.addField(text, time.Now())
	one.listed = f.listedToo()
	return one, true, ""
}

func (f *fake) createField(w http.ResponseWriter, r *http.Request) {
	var input struct {
		Label string `json:"label"`
	}
	if !f.read(w, r, &input) {
		return
	}
	one, made, words := f.makeField(input.Label)
	status := http.StatusOK
	switch {
	case words != "":
		invalid(w, words)
		return
	case made:
		status = http.StatusCreated
	}
	sandbox.WriteJSON(w, status, map[string]any{"custom_field": fieldView(one)})
}

func (f *fake) fieldIn(w http.ResponseWriter, r *http.Request) *customLabel {
	id, _ := strconv.ParseInt(r.PathValue("field"), 10, 64)
	one := f.store.field(id)
	if one == nil {
		notFound(w)
	}
	return one
}

// renameField changes the key with the label, as Kit does.
func (f *fake) renameField(w http.ResponseWriter, r *http.Request) {
	one := f.fieldIn(w, r)
	var input struct {
		Label string `json:"label"`
	}
	if one == nil || !f.read(w, r, &input) {
		return
	}
	text := strings.TrimSpace(input.Label)
	other := f.store.fieldKeyed(keyOf(text))
	switch {
	case text == "":
		invalid(w, "Label can't be blank")
		return
	case other != nil && other != one:
		invalid(w, "Label has already been taken")
		return
	}
	one.label, one.key = text, keyOf(text)
	sandbox.WriteJSON(w, http.StatusOK, map[string]any{"custom_field": fieldView(one)})
}

// deleteField removes the field with all its values: nobody shows a field that is not there.
func (f *fake) deleteField(w http.ResponseWriter, r *http.Request) {
	one := f.fieldIn(w, r)
	if one == nil {
		return
	}
	f.store.fields = slices.DeleteFunc(f.store.fields, func(c *customLabel) bool { return c == one })
	w.WriteHeader(http.StatusNoContent)
}
