package activecampaign

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// The wire types of API v3. Nearly every number and flag arrives as a string, now and then as a number or boolean: text takes all.
// Collections whose absence means something are pointers: absent is unknown, never empty.

// text is a scalar in whatever JSON type it comes; null is "".
type text string

// UnmarshalJSON takes strings, numbers, booleans and null.
func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case bytes.Equal(data, []byte("null")), bytes.Equal(data, []byte("false")):
		*t = ""
	case bytes.Equal(data, []byte("true")):
		*t = "1"
	case len(data) > 0 && data[0] == '"':
		return json.Unmarshal(data, (*string)(t))
	default:
		*t = text(data)
	}
	return nil
}

// number is the text as a whole number, -1 when it is none.
func (t text) number() int {
	n, err := strconv.Atoi(strings.TrimSpace(string(t)))
	if err != nil {
		return -1
	}
	return n
}

type metaJSON struct {
	Total text `json:"total"`
}

type userReply struct {
	User *struct {
		ID       text            `json:"id"`
		Username text            `json:"username"`
		Email    text            `json:"email"`
		Links    map[string]text `json:"links"`
	} `json:"user"`
}

// accountReply is GET /settings/account ("Retrieve account information").
type accountReply struct {
	Account text `json:"account"`
	CName   text `json:"cname"`
	Limit   text `json:"subscriber_limit"`
	Total   text `json:"subscriber_total"`
	Trial   text `json:"trial"`
}

type fieldJSON struct {
	ID        text    `json:"id,omitempty"`
	Title     text    `json:"title"`
	Type      text    `json:"type"`
	Relations *[]text `json:"relations,omitempty"`
}

// fieldReply is what creating or reading one field answers: one field as recorded, the whole list as in the published description.
type fieldReply struct {
	Field  *fieldJSON  `json:"field"`
	Fields []fieldJSON `json:"fields"`
}

type tagJSON struct {
	ID      text `json:"id,omitempty"`
	Name    text `json:"tag"`
	TagType text `json:"tagType"`
}

type tagReply struct {
	Tag *tagJSON `json:"tag"`
}

type contactJSON struct {
	ID          text `json:"id"`
	Email       text `json:"email"`
	FirstName   text `json:"firstName"`
	LastName    text `json:"lastName"`
	Created     text `json:"cdate"`
	Deleted     text `json:"deleted"`
	Anonymized  text `json:"anonymized"`
	BouncedHard text `json:"bounced_hard"`
}

type contactTagJSON struct {
	ID      text `json:"id"`
	Contact text `json:"contact"`
	Tag     text `json:"tag"`
}

type contactListJSON struct {
	Contact text `json:"contact"`
	Status  text `json:"status"`
}

type fieldValueJSON struct {
	Contact text `json:"contact"`
	Field   text `json:"field"`
	Value   text `json:"value"`
}

type contactsReply struct {
	Contacts     *[]contactJSON     `json:"contacts"`
	ContactTags  *[]contactTagJSON  `json:"contactTags"`
	ContactLists *[]contactListJSON `json:"contactLists"`
	FieldValues  *[]fieldValueJSON  `json:"fieldValues"`
	Meta         *metaJSON          `json:"meta"`
}

type contactReply struct {
	Contact *contactJSON `json:"contact"`
}

type contactTagsReply struct {
	ContactTags *[]contactTagJSON `json:"contactTags"`
}

type automationJSON struct {
	ID     text `json:"id"`
	Name   text `json:"name"`
	Status text `json:"status"`
	// Entered is how many contacts have come in so far; hidden automations may leave it out.
	Entered text `json:"entered"`
}

type automationsMeta struct {
	Starts []struct {
		Series text `json:"series"`
		Type   text `json:"type"`
	} `json:"starts"`
}

type webhookJSON struct {
	ID      text     `json:"id,omitempty"`
	Name    text     `json:"name"`
	URL     text     `json:"url"`
	Events  []string `json:"events"`
	Sources []string `json:"sources"`
}

type webhookReply struct {
	Webhook *webhookJSON `json:"webhook"`
}

// importRow is one contact of POST /import/bulk_import: snake_case here, camelCase on /contacts.
type importRow struct {
	Email              string        `json:"email"`
	FirstName          string        `json:"first_name,omitempty"`
	LastName           string        `json:"last_name,omitempty"`
	Tags               []string      `json:"tags,omitempty"`
	Fields             []importField `json:"fields,omitempty"`
	ExcludeAutomations bool          `json:"exclude_automations"`
}

type importField struct {
	ID    int    `json:"id"`
	Value string `json:"value"`
}

// importReply has "Success" in capitals when it went well; encoding/json does not mind.
type importReply struct {
	Success *text `json:"success"`
	Queued  text  `json:"queued_contacts"`
	BatchID text  `json:"batchId"`
}

type importSummary struct {
	Outstanding *[]struct {
		Batches text `json:"batches"`
	} `json:"outstanding"`
}

// importInfo is GET /import/info. Of its words only "completed" is documented. Success holds contact ids, Failure addresses.
type importInfo struct {
	Status  text    `json:"status"`
	Failure *[]text `json:"failure"`
}
