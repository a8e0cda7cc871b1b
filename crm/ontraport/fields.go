package ontraport

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"allyswitch/crm"
)

// section is where new fields appear in the contact's page.
const section = "Membership"

// customFields is what Ontraport names custom fields: the server gives them a number (api.ontraport.com/doc, "Field editor").
var customFields = regexp.MustCompile(`^f[0-9]+$`)

// fieldKind is what must be known of a field to read and write its values.
type fieldKind struct {
	crm.Field
	// kind is Ontraport's own type: text, drop, list, fulldate…
	kind string
	// options are the labels that may be chosen, by option id.
	options map[string]string
}

// catalog remembers the fields and tags of an account, which contacts only refer to by number.
type catalog struct {
	mu     sync.Mutex
	fields map[crm.FieldID]fieldKind
	tags   map[crm.TagID]crm.Tag
	// ghosts are tag ids that contacts still carry although the tags are gone.
	ghosts map[crm.TagID]bool
}

// Fields lists the custom fields of contacts. Ontraport's own fields are left out: they have words for names.
func (d *driver) Fields(ctx context.Context) ([]crm.Field, error) {
	kinds, err := d.readFields(ctx)
	if err != nil {
		return nil, err
	}
	fields := make([]crm.Field, 0, len(kinds))
	for _, kind := range kinds {
		fields = append(fields, kind.Field)
	}
	slices.SortFunc(fields, func(a, b crm.Field) int { return number(string(a.ID)[1:]) - number(string(b.ID)[1:]) })
	return fields, nil
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// readFields asks for all fields and their options, and remembers them.
func (d *driver) readFields(ctx context.Context) (map[crm.FieldID]fieldKind, error) {
	var answer envelope[object[meta]]
	request := crm.Request{
		Op:     "list the custom fields",
		Method: http.MethodGet,
		Path:   "/1/objects/meta",
		Query:  url.Values{"objectID": {contactObject}, "format": {"byId"}},
	}
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return nil, err
	}
	contact, found := answer.Data[contactObject]
	if !found || len(contact.Fields) == 0 {
		return nil, unreadable(request.Op, "the answer describes no contact fields, not even the e-mail address")
	}
	kinds := map[crm.FieldID]fieldKind{}
	for name, field := range contact.Fields {
		if customFields.MatchString(name) {
			kinds[crm.FieldID(name)] = kindOfField(name, field)
		}
	}
	d.catalog.mu.Lock()
	defer d.catalog.mu.Unlock()
	d.catalog.fields = kinds
	return kinds, nil
}

func kindOfField(name string, field metaField) fieldKind {
	kind := fieldKind{
		Field:   crm.Field{ID: crm.FieldID(name), Name: string(field.Alias), Type: crm.FieldText, Kind: string(field.Type)},
		kind:    strings.ToLower(string(field.Type)),
		options: map[string]string{},
	}
	if kind.isDate() {
		kind.Type = crm.FieldDate
	}
	for id, label := range field.Options {
		kind.options[id] = string(label)
	}
	return kind
}

// knownFields are the remembered fields, read once when there are none yet.
func (d *driver) knownFields(ctx context.Context) (map[crm.FieldID]fieldKind, error) {
	d.catalog.mu.Lock()
	known := d.catalog.fields
	d.catalog.mu.Unlock()
	if known != nil {
		return known, nil
	}
	return d.readFields(ctx)
}

// CreateField makes a text or date field in the section Membership, unless one of exactly that alias is there. Aliases may
// well repeat in Ontraport, so it looks first, and again after an answer that got lost.
func (d *driver) CreateField(ctx context.Context, field crm.Field) (crm.Field, error) {
	for try := 1; ; try++ {
		found, err := d.fieldNamed(ctx, field.Name)
		if err != nil || found.ID != "" {
			return found, err
		}
		made, err := d.makeField(ctx, field)
		if err == nil || !maybeDone(err) || try == lostAnswers {
			return made, err
		}
	}
}

// lostAnswers is how many times something is looked up and made again when the answer to making it does not come.
const lostAnswers = 4

func (d *driver) fieldNamed(ctx context.Context, name string) (crm.Field, error) {
	fields, err := d.Fields(ctx)
	if err != nil {
		return crm.Field{}, err
	}
	for _, field := range fields {
		if field.Name == name {
			return field, nil
		}
	}
	return crm.Field{}, nil
}

func (d *driver) makeField(ctx context.Context, field crm.Field) (crm.Field, error) {
	made := newField{Alias: field.Name, Type: "text"}
	if field.Type == crm.FieldDate {
		made.Type = "fulldate"
	}
	request := crm.Request{
		Op:     "create the custom field",
		Method: http.MethodPost,
		Path:   "/1/objects/fieldeditor",
		JSON: newSection{
			Name:        section,
			Description: "What your membership site knows about its members.",
			Fields:      [][]newField{{made}, {}, {}},
		},
	}
	var answer envelope[fieldsMade]
	if _, err := d.conn.JSON(ctx, request, &answer); err != nil {
		return crm.Field{}, err
	}
	for id, alias := range answer.Data.Success {
		if string(alias) == field.Name && customFields.MatchString(id) {
			d.forgetFields()
			return crm.Field{ID: crm.FieldID(id), Name: string(alias), Type: field.Type}, nil
		}
	}
	if said := fmt.Sprint(answer.Data.Error); answer.Data.Error != nil && said != "[]" && said != "map[]" {
		return crm.Field{}, &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-FIELD", Op: request.Op, Status: http.StatusOK, Hint: strings.Join(strings.Fields(said), " ")}
	}
	return crm.Field{}, unreadable(request.Op, "the answer names neither the new field nor an error")
}

func (d *driver) forgetFields() {
	d.catalog.mu.Lock()
	defer d.catalog.mu.Unlock()
	d.catalog.fields = nil
}

// DeleteField deletes one custom field and what all contacts hold in it. It is called for undo only.
func (d *driver) DeleteField(ctx context.Context, field crm.Field) error {
	op := "delete the custom field"
	if !customFields.MatchString(string(field.ID)) {
		return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: op, Hint: "this is not a custom field of Ontraport"}
	}
	defer d.forgetFields()
	return d.remove(ctx, op, "/1/objects/fieldeditor", url.Values{"objectID": {contactObject}, "field": {string(field.ID)}})
}

// remove deletes the one thing that query names. What is not there any more counts as deleted.
func (d *driver) remove(ctx context.Context, op, path string, query url.Values) error {
	_, err := d.conn.Do(ctx, crm.Request{Op: op, Method: http.MethodDelete, Path: path, Query: query, Repeatable: true})
	if crm.IsKind(err, crm.KindNotFound) {
		return nil
	}
	return err
}
