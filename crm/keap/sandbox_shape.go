package keap

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// contactProperties are the names that fields and update_mask know (Keap API v2, listContacts).
func contactProperties() []string {
	return strings.Split("addresses,anniversary_date,birth_date,company,contact_type,create_time,custom_fields,email_addresses,"+
		"family_name,fax_numbers,given_name,id,job_title,leadsource_id,links,middle_name,notes,origin,owner_id,phone_numbers,"+
		"preferred_locale,preferred_name,prefix,referral_code,score_value,social_accounts,source_type,spouse_name,suffix,tag_ids,"+
		"time_zone,update_time,utm_parameters,website,account_id,assistant_name,assistant_phone,billing_information,created_by,"+
		"groups,last_updated_by", ",")
}

// shape reads the fields parameter: the properties that the answer is to have. Custom fields and tags come only when asked for.
func (f *fake) shape(c *call) ([]string, *reply) {
	asked := c.URL.Query()["fields"]
	if len(asked) == 0 {
		return []string{"id", "given_name", "family_name", "email_addresses", "create_time", "update_time"}, nil
	}
	names := strings.Split(strings.Join(asked, ","), ",")
	for _, name := range names {
		if !slices.Contains(contactProperties(), name) {
			refused := c.fail(http.StatusBadRequest, "fields is invalid: "+name)
			return nil, &refused
		}
	}
	return names, nil
}

// contactV2 is a contact as REST v2 shows it: ids are strings.
type contactV2 struct {
	ID           string         `json:"id,omitempty"`
	GivenName    string         `json:"given_name,omitempty"`
	FamilyName   string         `json:"family_name,omitempty"`
	Emails       []emailShown   `json:"email_addresses,omitempty"`
	CustomFields []contentShown `json:"custom_fields,omitempty"`
	TagIDs       []string       `json:"tag_ids,omitempty"`
	SourceType   string         `json:"source_type,omitempty"`
	CreateTime   string         `json:"create_time,omitempty"`
	UpdateTime   string         `json:"update_time,omitempty"`
}

type emailShown struct {
	Email    string `json:"email"`
	Field    string `json:"field"`
	IsOptIn  bool   `json:"is_opt_in"`
	OptState string `json:"email_opt_status,omitempty"`
}

type contentShown struct {
	ID      string `json:"id"`
	Content any    `json:"content"`
}

func (f *fake) contactJSON(c *contact, shape []string) contactV2 {
	var shown contactV2
	for _, name := range shape {
		switch name {
		case "id":
			shown.ID = strconv.FormatInt(c.id, 10)
		case "given_name":
			shown.GivenName = c.given
		case "family_name":
			shown.FamilyName = c.family
		case "email_addresses":
			shown.Emails = emailsShown(c)
		case "custom_fields":
			shown.CustomFields = f.contentsShown(c)
		case "tag_ids":
			shown.TagIDs = tagIDs(c)
		case "create_time":
			shown.CreateTime = stamp(c.created)
		case "update_time":
			shown.UpdateTime = stamp(c.updated)
		case "source_type":
			shown.SourceType = "API"
		}
	}
	return shown
}

func emailsShown(c *contact) []emailShown {
	var shown []emailShown
	for at, e := range c.emails {
		if e.address != "" {
			shown = append(shown, emailShown{Email: e.address, Field: fmt.Sprintf("EMAIL%d", at+1), IsOptIn: stateName(e.status) == "active", OptState: e.status})
		}
	}
	return shown
}

// contentsShown lists custom fields: by the switch empty-fields also those without a value.
func (f *fake) contentsShown(c *contact) []contentShown {
	var shown []contentShown
	for _, field := range f.store.fields {
		value, found := c.fields[field.id]
		if found || f.is("empty-fields", "null") {
			shown = append(shown, contentShown{ID: strconv.FormatInt(field.id, 10), Content: f.content(value)})
		}
	}
	return shown
}

// content is a value as it is told, by the switch content-type.
func (f *fake) content(value any) any {
	text, isText := value.(string)
	if !isText || f.is("content-type", "string") {
		return value
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil && (text == "0" || !strings.HasPrefix(text, "0")) && !strings.HasPrefix(text, "+") {
		return json.RawMessage(text)
	}
	return value
}

func tagIDs(c *contact) []string {
	var ids []int64
	for id := range c.tags {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var texts []string
	for _, id := range ids {
		texts = append(texts, strconv.FormatInt(id, 10))
	}
	return texts
}

// stamp writes a time as Keap does.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
