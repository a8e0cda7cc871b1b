package migration

import (
	"cmp"
	"context"
	"strings"

	"allyswitch/crm"
)

// The three columns of the member file that no CRM has a place for of its own. E-mail address and names go where the CRM keeps them.
const (
	FieldUserID     = "ID"
	FieldCustomerID = "customer_id"
	FieldRegistered = "user_registered"
)

// OwnFields are the custom fields that AllySwitch makes and writes, under the names that the CRM allows. It writes no others.
func OwnFields(features crm.Features) []crm.Field {
	var fields []crm.Field
	for _, name := range []string{FieldUserID, FieldCustomerID, FieldRegistered} {
		fields = append(fields, crm.Field{Name: cmp.Or(features.FieldNames[name], name), Type: crm.FieldText})
	}
	return fields
}

// fieldIDs says where each of our fields lies in this account.
type fieldIDs struct {
	user, customer, registered crm.FieldID
	// nameLength is where the CRM cuts names, 0 where it does not.
	nameLength int
}

// set keeps where one of our fields lies, by its place in OwnFields.
func (f *fieldIDs) set(place int, id crm.FieldID) {
	*[]*crm.FieldID{&f.user, &f.customer, &f.registered}[place] = id
}

func (f fieldIDs) all() []crm.FieldID { return []crm.FieldID{f.user, f.customer, f.registered} }

// findFields looks where our fields lie, without making any. A field that is not there yet has an empty ID.
func findFields(ctx context.Context, client *crm.Client) (fieldIDs, []string, error) {
	ids := fieldIDs{nameLength: client.Features().NameLength}
	existing, err := client.Fields(ctx)
	if err != nil {
		return ids, nil, doing("list the custom fields", err)
	}
	byName := map[string]crm.FieldID{}
	for _, field := range existing {
		byName[field.Name] = field.ID
	}
	var missing []string
	for place, field := range OwnFields(client.Features()) {
		if id, ok := byName[field.Name]; ok {
			ids.set(place, id)
		} else {
			missing = append(missing, field.Name)
		}
	}
	return ids, missing, nil
}

// contact is what is sent for a member. Names are sent only where the CRM has none: the CRM may know better. before is nil for somebody new.
func (f fieldIDs) contact(roster *Roster, member int, before *crm.Contact) crm.Contact {
	m := &roster.Members[member]
	contact := crm.Contact{Email: m.Email, FirstName: f.cut(m.FirstName), LastName: f.cut(m.LastName), Fields: map[crm.FieldID]string{}}
	if before != nil {
		contact.ID, contact.Email = before.ID, before.Email
		contact.FirstName = fillIfEmpty(before.FirstName, contact.FirstName)
		contact.LastName = fillIfEmpty(before.LastName, contact.LastName)
	}
	for id, value := range map[crm.FieldID]string{f.user: m.UserID(), f.customer: m.CustomerID, f.registered: m.Registered} {
		if id != "" && value != "" {
			contact.Fields[id] = value
		}
	}
	return contact
}

func fillIfEmpty(there, ours string) string {
	if there != "" {
		return ""
	}
	return ours
}

// cut shortens a name that the CRM has no room for. A member with a shortened name keeps their access; a member who is refused does not.
func (f fieldIDs) cut(name string) string {
	if runes := []rune(name); f.nameLength > 0 && len(runes) > f.nameLength {
		return strings.TrimSpace(string(runes[:f.nameLength]))
	}
	return name
}
