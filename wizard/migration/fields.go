package migration

import (
	"context"

	"allyswitch/crm"
)

// The three columns of the member file that no CRM has a place for of its own. E-mail address and names go where the CRM keeps them.
const (
	FieldUserID     = "ID"
	FieldCustomerID = "customer_id"
	FieldRegistered = "user_registered"
)

// OwnFields are the custom fields that AllySwitch makes and writes. It writes no others.
func OwnFields() []crm.Field {
	return []crm.Field{
		{Name: FieldUserID, Type: crm.FieldText},
		{Name: FieldCustomerID, Type: crm.FieldText},
		{Name: FieldRegistered, Type: crm.FieldText},
	}
}

// fieldIDs says where each of our fields lies in this account.
type fieldIDs struct{ user, customer, registered crm.FieldID }

func (f *fieldIDs) set(name string, id crm.FieldID) {
	switch name {
	case FieldUserID:
		f.user = id
	case FieldCustomerID:
		f.customer = id
	case FieldRegistered:
		f.registered = id
	}
}

func (f fieldIDs) all() []crm.FieldID { return []crm.FieldID{f.user, f.customer, f.registered} }

// findFields looks where our fields lie, without making any. A field that is not there yet has an empty ID.
func findFields(ctx context.Context, client *crm.Client) (fieldIDs, []string, error) {
	var ids fieldIDs
	existing, err := client.Fields(ctx)
	if err != nil {
		return ids, nil, doing("list the custom fields", err)
	}
	byName := map[string]crm.FieldID{}
	for _, field := range existing {
		byName[field.Name] = field.ID
	}
	var missing []string
	for _, field := range OwnFields() {
		if id, ok := byName[field.Name]; ok {
			ids.set(field.Name, id)
		} else {
			missing = append(missing, field.Name)
		}
	}
	return ids, missing, nil
}

// contact is what is sent for a member. Names are sent only where the CRM has none: the CRM may know better. before is nil for somebody new.
func (f fieldIDs) contact(roster *Roster, member int, before *crm.Contact) crm.Contact {
	m := &roster.Members[member]
	contact := crm.Contact{Email: m.Email, FirstName: m.FirstName, LastName: m.LastName, Fields: map[crm.FieldID]string{}}
	if before != nil {
		contact.ID, contact.Email = before.ID, before.Email
		contact.FirstName = fillIfEmpty(before.FirstName, m.FirstName)
		contact.LastName = fillIfEmpty(before.LastName, m.LastName)
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
