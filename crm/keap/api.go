package keap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/address"
)

// wireID is an id on the wire: REST v2 writes strings, v1 numbers, and v2's own examples numbers too.
type wireID string

// UnmarshalJSON takes both.
func (id *wireID) UnmarshalJSON(raw []byte) error {
	*id = wireID(bytes.Trim(raw, `"`))
	if *id == "null" {
		*id = ""
	}
	return nil
}

// wireContact is a contact as REST v2 sends and takes it. What is empty is not sent.
type wireContact struct {
	ID           wireID        `json:"id,omitempty"`
	GivenName    string        `json:"given_name,omitempty"`
	FamilyName   string        `json:"family_name,omitempty"`
	Emails       []wireEmail   `json:"email_addresses,omitempty"`
	CustomFields []wireContent `json:"custom_fields,omitempty"`
	CreateTime   string        `json:"create_time,omitempty"`
}

// wireEmail is one of up to three addresses. There is deliberately no opt_in_reason here: sending one makes an address marketable,
// and consent is not ours to give (Keap API v2, EmailAddressRequest).
type wireEmail struct {
	Email  string `json:"email"`
	Field  string `json:"field"`
	Status string `json:"email_opt_status,omitempty"`
	OptIn  *bool  `json:"is_opt_in,omitempty"`
}

// wireContent is the value of one custom field, kept as it came so that writing it back changes nothing.
type wireContent struct {
	ID      wireID          `json:"id"`
	Content json.RawMessage `json:"content"`
}

// contactShape are the properties that are asked for of every contact. Tags are read by tag instead (TaggedContacts).
const contactShape = "id,email_addresses,given_name,family_name,custom_fields,create_time"

type wireContacts struct {
	Contacts []wireContact `json:"contacts"`
	Next     string        `json:"next_page_token"`
}

type wireTag struct {
	ID       wireID `json:"id"`
	Name     string `json:"name"`
	Category *struct {
		ID wireID `json:"id"`
	} `json:"category"`
}

type wireField struct {
	ID    wireID `json:"id"`
	Label string `json:"label"`
	Type  string `json:"field_type"`
}

func (f wireField) field() crm.Field {
	kind := crm.FieldText
	if strings.EqualFold(f.Type, "DATE") {
		kind = crm.FieldDate
	}
	return crm.Field{ID: crm.FieldID(f.ID), Name: f.Label, Type: kind, Kind: f.Type}
}

// slot is the address in one of the fields EMAIL1 to EMAIL3, nil when it is empty.
func (c wireContact) slot(field string) *wireEmail {
	for i, e := range c.Emails {
		if e.Field == field && e.Email != "" {
			return &c.Emails[i]
		}
	}
	return nil
}

// mainAddress is the key of the contact's first address, by which AccessAlly and we know it.
func (c wireContact) mainAddress() string {
	if e := c.slot("EMAIL1"); e != nil {
		return address.Key(e.Email)
	}
	return ""
}

// alsoHas says whether an address is the contact's second or third.
func (c wireContact) alsoHas(key string) bool {
	for _, field := range []string{"EMAIL2", "EMAIL3"} {
		if e := c.slot(field); e != nil && address.Key(e.Email) == key {
			return true
		}
	}
	return false
}

// contact is what the rest of the program sees.
func (c wireContact) contact() crm.Contact {
	contact := crm.Contact{ID: crm.ContactID(c.ID), FirstName: c.GivenName, LastName: c.FamilyName,
		Fields: map[crm.FieldID]string{}, FieldsKnown: c.CustomFields != nil}
	if e := c.slot("EMAIL1"); e != nil {
		contact.Email, contact.State = e.Email, e.state()
	}
	for _, value := range c.CustomFields {
		if text := value.text(); text != "" {
			contact.Fields[crm.FieldID(value.ID)] = text
		}
	}
	contact.Created, _ = time.Parse(time.RFC3339, c.CreateTime)
	return contact
}

// text is a value as a person would read it; an empty or null one is "".
func (v wireContent) text() string {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(v.Content))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil || value == nil {
		return ""
	}
	switch value := value.(type) {
	case string:
		return value
	case []any:
		var parts []string
		for _, part := range value {
			parts = append(parts, fmt.Sprint(part))
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(value)
}

// state reads Keap's word for whether mail may be sent (Keap API v2, email_opt_status).
func (e wireEmail) state() crm.ContactState {
	switch e.Status {
	case "UNENGAGED_MARKETABLE", "SINGLE_OPT_IN", "DOUBLE_OPT_IN", "CONFIRMED":
		return crm.StateActive
	case "NON_MARKETABLE", "UNENGAGED_NON_MARKETABLE":
		return crm.StateUnconfirmed
	case "BOUNCE", "HARD_BOUNCE", "INVALID":
		return crm.StateBounced
	case "MANUAL", "ADMIN", "SYSTEM", "LIST_UNSUBSCRIBE", "FEEDBACK", "SPAM", "LOCKDOWN", "DEACTIVATED":
		return crm.StateUnsubscribed
	}
	return crm.StateUnknown
}
