package drip

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"allyswitch/crm"
)

// slugs remembers which name each identifier was made of, so that two names cannot share one field.
type slugs struct {
	mu    sync.Mutex
	names map[string]string
}

// Fields lists the identifiers that people of this account have values in. There are no types: everything is text.
func (d *driver) Fields(ctx context.Context) ([]crm.Field, error) {
	var answer struct {
		Identifiers []string `json:"custom_field_identifiers"`
	}
	request := crm.Request{Op: "list the custom fields", Method: http.MethodGet, Path: d.path("custom_field_identifiers")}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return nil, err
	}
	if answer.Identifiers == nil {
		return nil, unreadable(request.Op, "the answer holds no list")
	}
	fields := make([]crm.Field, 0, len(answer.Identifiers))
	for _, name := range answer.Identifiers {
		fields = append(fields, crm.Field{ID: crm.FieldID(name), Name: name, Type: crm.FieldText})
	}
	return fields, nil
}

// CreateField finds the identifier for a name. Nothing is sent: a field comes into being with the first value. Two names that lead
// to one identifier ("Join Date" and "join-date") would overwrite each other, so the second is a conflict.
func (d *driver) CreateField(_ context.Context, field crm.Field) (crm.Field, error) {
	const op = "create the custom field"
	slug := slugOf(field.Name)
	switch {
	case slug == "":
		return crm.Field{}, refusal(crm.KindInvalid, op, "the name \""+field.Name+"\" has no letter or digit that Drip takes in a field's name")
	case strings.HasPrefix(slug, "drip_"):
		return crm.Field{}, refusal(crm.KindInvalid, op, "names that begin with drip_ are kept for Drip's own fields")
	case isOwnField(slug):
		return crm.Field{}, refusal(crm.KindConflict, op, "\""+field.Name+"\" would be Drip's own field "+slug)
	}
	d.slugs.mu.Lock()
	defer d.slugs.mu.Unlock()
	if other, taken := d.slugs.names[slug]; taken && other != field.Name {
		return crm.Field{}, refusal(crm.KindConflict, op, "\""+field.Name+"\" and \""+other+"\" would both be the field "+slug)
	}
	if d.slugs.names == nil {
		d.slugs.names = map[string]string{}
	}
	d.slugs.names[slug] = field.Name
	return crm.Field{ID: crm.FieldID(slug), Name: field.Name, Type: crm.FieldText}, nil
}

// slugOf makes an identifier of a name: letters, digits and underscores, lower case, accents taken off.
func slugOf(name string) string {
	var slug strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(strings.TrimSpace(name))) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			slug.WriteRune(r)
		case r == 'ß':
			slug.WriteString("ss")
		case unicode.IsSpace(r), unicode.IsPunct(r), unicode.IsSymbol(r):
			slug.WriteByte('_')
		}
	}
	return strings.Trim(slug.String(), "_")
}

// isOwnField says whether a name is one of the values that Drip keeps beside the custom fields.
func isOwnField(slug string) bool {
	switch slug {
	case "email", "new_email", "id", "tags", "remove_tags", "status", "initial_status", "custom_fields":
		return true
	}
	return false
}

func isSlug(id string) bool {
	return id != "" && strings.Trim(strings.ToLower(id), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// refusal is an error about what was to be sent: nothing was.
func refusal(kind crm.Kind, op, hint string) *crm.Error {
	return &crm.Error{Kind: kind, Code: codePrefix + crm.CodeInput, Op: op, Hint: hint}
}

// Tags lists the names of the tags that somebody carries. Names are all that Drip has of tags.
func (d *driver) Tags(ctx context.Context) ([]crm.Tag, error) {
	var answer struct {
		Tags []string `json:"tags"`
	}
	request := crm.Request{Op: "list the tags", Method: http.MethodGet, Path: d.path("tags")}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return nil, err
	}
	if answer.Tags == nil {
		return nil, unreadable(request.Op, "the answer holds no list")
	}
	return tagsOf(answer.Tags), nil
}

func tagsOf(names []string) []crm.Tag {
	tags := make([]crm.Tag, 0, len(names))
	for _, name := range names {
		tags = append(tags, crm.Tag{ID: crm.TagID(name), Name: name})
	}
	return tags
}

// CreateTag sends nothing: a tag comes into being when somebody first carries it.
func (d *driver) CreateTag(_ context.Context, name string) (crm.Tag, error) {
	if strings.TrimSpace(name) == "" {
		return crm.Tag{}, refusal(crm.KindInvalid, "create the tag", "the tag has no name")
	}
	return crm.Tag{ID: crm.TagID(name), Name: name}, nil
}
