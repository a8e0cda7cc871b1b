package kit

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"allyswitch/crm"
)

// Kit has no native last name: it lives in a custom field, under this key, which new accounts have from the start.
const (
	lastNameKey   = "last_name"
	lastNameLabel = "Last name"
)

// fieldBook remembers custom fields by key: bulk writes want their numbers, everything else their keys.
type fieldBook map[string]customField

func (d *driver) remember(fields ...customField) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, field := range fields {
		d.fields[field.Key] = field
	}
}

func (d *driver) forget(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.fields, key)
}

func (d *driver) known(key string) (customField, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	field, ok := d.fields[key]
	return field, ok
}

// Fields lists the custom fields, the one for last names among them.
func (d *driver) Fields(ctx context.Context) ([]crm.Field, error) {
	list, err := d.listFields(ctx)
	if err != nil {
		return nil, err
	}
	fields := make([]crm.Field, len(list))
	for i, field := range list {
		fields[i] = field.crm()
	}
	return fields, nil
}

func (f customField) crm() crm.Field {
	return crm.Field{ID: crm.FieldID(f.Key), Name: f.Label, Type: crm.FieldText}
}

func (d *driver) listFields(ctx context.Context) ([]customField, error) {
	list, err := everything[customFieldsReply, customField](ctx, d, "list the custom fields", "/v4/custom_fields")
	if err != nil {
		return nil, err
	}
	list = d.newFields.complete(list, func(f customField) int64 { return f.ID })
	d.remember(list...)
	return list, nil
}

// CreateField makes a custom field, or returns the one of exactly that label. Kit makes a key of the label; where another
// label has that key already, nothing is sent and the error is a conflict.
func (d *driver) CreateField(ctx context.Context, field crm.Field) (crm.Field, error) {
	label := strings.TrimSpace(field.Name)
	list, err := d.listFields(ctx)
	if err != nil {
		return crm.Field{}, err
	}
	if rival, ok := sameKey(list, label); ok {
		return sameLabel(rival, label)
	}
	made, err := d.postField(ctx, label)
	if crm.IsKind(err, crm.KindConflict) {
		return d.takenField(ctx, label, err)
	}
	if err != nil {
		return crm.Field{}, err
	}
	d.remember(made)
	d.newFields.add(made.ID, made)
	return sameLabel(made, label)
}

// sameKey finds the field of that label, or else one whose key the label would get.
func sameKey(list []customField, label string) (rival customField, ok bool) {
	for _, field := range list {
		if sameText(field.Label, label) {
			return field, true
		}
		if field.Key != "" && field.Key == slug(label) {
			rival, ok = field, true
		}
	}
	return rival, ok
}

func (d *driver) postField(ctx context.Context, label string) (customField, error) {
	request := crm.Request{
		Op: "create the custom field " + label, Method: http.MethodPost, Path: "/v4/custom_fields", JSON: map[string]string{"label": label}, Repeatable: true,
	}
	reply, _, err := ask(ctx, d, request, func(reply customFieldReply, _ int) bool {
		return reply.CustomField != nil && reply.CustomField.Key != "" && reply.CustomField.ID != 0
	})
	if err != nil {
		return customField{}, err
	}
	return *reply.CustomField, nil
}

// takenField settles a refusal: somebody else, or our own lost attempt, may have made the field meanwhile.
func (d *driver) takenField(ctx context.Context, label string, refusal error) (crm.Field, error) {
	list, err := d.listFields(ctx)
	if err != nil {
		return crm.Field{}, err
	}
	if rival, ok := sameKey(list, label); ok {
		return sameLabel(rival, label)
	}
	return crm.Field{}, refusal
}

// sameLabel refuses a field whose key fits but whose label is another: values would land in somebody else's field.
func sameLabel(field customField, label string) (crm.Field, error) {
	if sameText(field.Label, label) {
		return field.crm(), nil
	}
	return crm.Field{}, &crm.Error{
		Kind: crm.KindConflict, Code: codePrefix + "-FIELDKEY", Op: "create the custom field " + label,
		Hint: fmt.Sprintf("Kit already has the custom field %q, which has the same key (%s). Rename that field in Kit, or use its name", field.Label, field.Key),
	}
}

// sameText compares what a person sees: after trimming, which Kit does too, and NFC.
func sameText(a, b string) bool {
	return norm.NFC.String(strings.TrimSpace(a)) == norm.NFC.String(strings.TrimSpace(b))
}

// slug is the key that Kit makes of a label: ASCII only, lower-case, underscored (developers.kit.com, "Create a custom field").
func slug(label string) string {
	var key strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.TrimSpace(label)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if gap && key.Len() > 0 {
				key.WriteByte('_')
			}
			gap = false
			key.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return key.String()
}

// fieldsFor makes sure that Kit has every custom field that the contacts use: an unknown one would be ignored in silence. It
// creates the field for last names when it is missing, and returns which of the keys do not exist. Writes that begin together look
// once.
func (d *driver) fieldsFor(ctx context.Context, contacts []crm.Contact) (missing map[string]bool, err error) {
	if missing = d.unknownKeys(contacts); len(missing) == 0 {
		return nil, nil
	}
	done, err := d.looking.take(ctx, "list the custom fields")
	if err != nil {
		return nil, err
	}
	defer done()
	if missing = d.unknownKeys(contacts); len(missing) == 0 {
		return nil, nil
	}
	if _, err := d.listFields(ctx); err != nil {
		return nil, err
	}
	if missing = d.unknownKeys(contacts); missing[lastNameKey] {
		if _, err := d.CreateField(ctx, crm.Field{Name: lastNameLabel}); err != nil {
			return nil, err
		}
		missing = d.unknownKeys(contacts)
	}
	return missing, nil
}

func (d *driver) unknownKeys(contacts []crm.Contact) map[string]bool {
	unknown := map[string]bool{}
	for _, contact := range contacts {
		for key := range wireFields(contact) {
			if _, ok := d.known(key); !ok {
				unknown[key] = true
			}
		}
	}
	return unknown
}

// DeleteField removes a custom field and, at Kit, every value in it.
func (d *driver) DeleteField(ctx context.Context, field crm.Field) error {
	if _, err := d.listFields(ctx); err != nil {
		return err
	}
	found, ok := d.known(string(field.ID))
	if !ok {
		return nil
	}
	_, err := d.do(ctx, crm.Request{
		Op: "delete the custom field " + field.Name, Method: http.MethodDelete, Path: "/v4/custom_fields/" + strconv.FormatInt(found.ID, 10), Repeatable: true,
	}, nil)
	if err != nil && !crm.IsKind(err, crm.KindNotFound) {
		return err
	}
	d.newFields.remove(found.ID)
	d.forget(found.Key)
	return nil
}
