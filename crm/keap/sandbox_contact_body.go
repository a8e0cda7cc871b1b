package keap

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// contactBody is what a client may send of a contact: the properties of CreateUpdateContactRequest (v2) and of v1's
// CreateOrPatchContact. Those that the sandbox does not keep are taken and forgotten.
type contactBody struct {
	GivenName       *string        `json:"given_name"`
	FamilyName      *string        `json:"family_name"`
	EmailAddresses  *[]emailBody   `json:"email_addresses"`
	CustomFields    *[]contentBody `json:"custom_fields"`
	PhoneNumbers    []any          `json:"phone_numbers"`
	Addresses       []addressBody  `json:"addresses"`
	SourceType      string         `json:"source_type"`
	DuplicateOption string         `json:"duplicate_option"`
	OptInReason     string         `json:"opt_in_reason"`
	TagIDs          any            `json:"tag_ids"`

	forgotten
}

// forgotten are documented properties that make no difference here.
type forgotten struct {
	Company            any `json:"company"`
	Origin             any `json:"origin"`
	Prefix             any `json:"prefix"`
	Suffix             any `json:"suffix"`
	Website            any `json:"website"`
	Anniversary        any `json:"anniversary"`
	AnniversaryDate    any `json:"anniversary_date"`
	Birthday           any `json:"birthday"`
	BirthDate          any `json:"birth_date"`
	ContactType        any `json:"contact_type"`
	FaxNumbers         any `json:"fax_numbers"`
	JobTitle           any `json:"job_title"`
	LeadSourceID       any `json:"lead_source_id"`
	LeadsourceID       any `json:"leadsource_id"`
	MiddleName         any `json:"middle_name"`
	OwnerID            any `json:"owner_id"`
	PreferredLocale    any `json:"preferred_locale"`
	PreferredName      any `json:"preferred_name"`
	ReferralCode       any `json:"referral_code"`
	SocialAccounts     any `json:"social_accounts"`
	SpouseName         any `json:"spouse_name"`
	TimeZone           any `json:"time_zone"`
	UTMParameters      any `json:"utm_parameters"`
	AssistantName      any `json:"assistant_name"`
	AssistantPhone     any `json:"assistant_phone"`
	BillingInformation any `json:"billing_information"`
	Notes              any `json:"notes"`
}

type emailBody struct {
	Email       string `json:"email"`
	Field       string `json:"field"`
	OptInReason string `json:"opt_in_reason"`
}

type contentBody struct {
	ID      json.RawMessage `json:"id"`
	Content any             `json:"content"`
}

type addressBody struct {
	Field       string `json:"field"`
	Line1       string `json:"line1"`
	Line2       string `json:"line2"`
	Locality    string `json:"locality"`
	Region      string `json:"region"`
	RegionCode  string `json:"region_code"`
	PostalCode  string `json:"postal_code"`
	ZipCode     string `json:"zip_code"`
	ZipFour     string `json:"zip_four"`
	CountryCode string `json:"country_code"`
}

// slot is 0 to 2 for EMAIL1 to EMAIL3, -1 for anything else.
func slot(field string) int {
	return slices.Index([]string{"EMAIL1", "EMAIL2", "EMAIL3"}, field)
}

// first is the EMAIL1 of the body, "" when there is none.
func (b *contactBody) first() string {
	if b.EmailAddresses == nil {
		return ""
	}
	for _, e := range *b.EmailAddresses {
		if slot(e.Field) == 0 {
			return strings.TrimSpace(e.Email)
		}
	}
	return ""
}

// wrong says what Keap would not take, "" when it takes all.
func (b *contactBody) wrong(s *store, v1 bool) string {
	for _, check := range []func() string{
		func() string { return longer("given_name", b.GivenName, 40) },
		func() string { return longer("family_name", b.FamilyName, 40) },
		b.wrongEmails, b.wrongAddresses,
		func() string { return b.wrongFields(s, v1) },
	} {
		if message := check(); message != "" {
			return message
		}
	}
	if b.TagIDs != nil {
		return "Tags can't be added or removed through this object"
	}
	return ""
}

func longer(name string, value *string, limit int) string {
	if value != nil && utf8.RuneCountInString(*value) > limit {
		return fmt.Sprintf("%s length must be between 0 and %d", name, limit)
	}
	return ""
}

func (b *contactBody) wrongEmails() string {
	if b.EmailAddresses == nil {
		return ""
	}
	for _, e := range *b.EmailAddresses {
		limit := 100
		if slot(e.Field) == 0 {
			limit = 75
		}
		at := strings.IndexByte(e.Email, '@')
		switch {
		case slot(e.Field) < 0:
			return "email_addresses.field is invalid"
		case utf8.RuneCountInString(e.Email) > limit:
			return fmt.Sprintf("email_addresses.email length must be between 0 and %d", limit)
		case at <= 0 || at == len(e.Email)-1 || strings.ContainsAny(e.Email, " \t\n"):
			return "email_addresses.email is invalid"
		}
	}
	return ""
}

func (b *contactBody) wrongAddresses() string {
	for _, a := range b.Addresses {
		if (a.Region != "" || a.RegionCode != "") && a.CountryCode == "" {
			return "country_code is required if region is specified"
		}
	}
	return ""
}

func (b *contactBody) wrongFields(s *store, v1 bool) string {
	if b.CustomFields == nil {
		return ""
	}
	for _, c := range *b.CustomFields {
		id, fits := fieldID(c.ID, v1)
		if !fits || s.fieldByID(id) == nil {
			return "custom_fields.id is invalid"
		}
		if text, isText := c.Content.(string); isText && len(text) > 65535 {
			return "custom_fields.content is too long"
		}
	}
	return ""
}

// fieldID reads an id as its version writes it: a number in v1, a string in v2.
func fieldID(raw json.RawMessage, v1 bool) (int64, bool) {
	text := string(raw)
	if !v1 {
		if json.Unmarshal(raw, &text) != nil {
			return 0, false
		}
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// writeInto changes a contact as the body says. replace says whether lists are replaced whole.
func (b *contactBody) writeInto(c *contact, v1, replace bool) {
	if b.GivenName != nil {
		c.given = *b.GivenName
	}
	if b.FamilyName != nil {
		c.family = *b.FamilyName
	}
	if b.EmailAddresses != nil {
		b.writeEmails(c, replace)
	}
	if b.CustomFields != nil {
		b.writeFields(c, v1, replace)
	}
}

func (b *contactBody) writeEmails(c *contact, replace bool) {
	former := c.emails
	if replace {
		c.emails = [3]email{}
	}
	for _, e := range *b.EmailAddresses {
		at := slot(e.Field)
		status := former[at].status
		if !strings.EqualFold(former[at].address, strings.TrimSpace(e.Email)) {
			status = "NON_MARKETABLE"
		}
		reason := e.OptInReason
		if reason == "" {
			reason = b.OptInReason
		}
		c.emails[at] = email{address: strings.TrimSpace(e.Email), status: optIn(status, reason)}
	}
}

// optIn is what a reason for consent makes of a status: it raises only these (Keap's own list; "MANUAL" is a manual opt-out).
func optIn(status, reason string) string {
	raised := []string{"UNENGAGED_MARKETABLE", "UNENGAGED_NON_MARKETABLE", "NON_MARKETABLE", "MANUAL", ""}
	if reason != "" && slices.Contains(raised, status) {
		return "SINGLE_OPT_IN"
	}
	return status
}

func (b *contactBody) writeFields(c *contact, v1, replace bool) {
	if replace || c.fields == nil {
		c.fields = map[int64]any{}
	}
	for _, value := range *b.CustomFields {
		id, _ := fieldID(value.ID, v1)
		if value.Content == nil || value.Content == "" {
			delete(c.fields, id)
			continue
		}
		c.fields[id] = value.Content
	}
}

// read takes the body of a create, an update or an upsert and checks it.
func (f *fake) readContact(c *call) (*contactBody, *reply) {
	var body contactBody
	if refused := c.decode(&body); refused != nil {
		return nil, refused
	}
	if message := body.wrong(f.store, c.v1()); message != "" {
		refused := c.fail(http.StatusBadRequest, message)
		return nil, &refused
	}
	return &body, nil
}
