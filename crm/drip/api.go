package drip

import (
	"encoding/json"
	"time"
)

// text is a value that is a string in Drip's examples and may be any scalar in life: other clients write numbers into custom fields.
type text string

// UnmarshalJSON takes any JSON value. Null is "".
func (t *text) UnmarshalJSON(raw []byte) error {
	var plain string
	switch {
	case string(raw) == "null":
		*t = ""
	case json.Unmarshal(raw, &plain) == nil:
		*t = text(plain)
	default:
		*t = text(raw)
	}
	return nil
}

// accounts is the answer to GET /v2/accounts.
type accounts struct {
	Accounts []struct {
		ID   text   `json:"id"`
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"accounts"`
}

// users is the answer to GET /v2/user.
type users struct {
	Users []struct {
		Email string `json:"email"`
	} `json:"users"`
}

// meta is what every list says about itself.
type meta struct {
	Page       int `json:"page"`
	Count      int `json:"count"`
	TotalPages int `json:"total_pages"`
	TotalCount int `json:"total_count"`
}

// subscribers is a list of people, or the one that was asked for or written.
type subscribers struct {
	Meta        *meta        `json:"meta"`
	Subscribers []subscriber `json:"subscribers"`
}

// subscriber is one person as Drip sends them (developer.drip.com, "Subscribers").
type subscriber struct {
	ID           string          `json:"id"`
	Status       string          `json:"status"`
	Email        string          `json:"email"`
	FirstName    text            `json:"first_name"`
	LastName     text            `json:"last_name"`
	CustomFields map[string]text `json:"custom_fields"`
	// Tags is nil when the answer does not hold them, which is not the same as none.
	Tags      []string  `json:"tags"`
	CreatedAt time.Time `json:"created_at"`
}

// row is one person as they are written. What is left out stays as it is. "status" is not among it: it would subscribe people
// again who have unsubscribed.
type row struct {
	ID           string            `json:"id,omitempty"`
	Email        string            `json:"email,omitempty"`
	FirstName    string            `json:"first_name,omitempty"`
	LastName     string            `json:"last_name,omitempty"`
	CustomFields map[string]string `json:"custom_fields,omitempty"`
	Tags         []string          `json:"tags,omitempty"`
	RemoveTags   []string          `json:"remove_tags,omitempty"`
	// InitialStatus is for people whom Drip does not know yet.
	InitialStatus string `json:"initial_status,omitempty"`
}

// people is the body of POST subscribers, and one of the batches of POST subscribers/batches.
type people struct {
	Subscribers []row `json:"subscribers"`
}

type batches struct {
	Batches []people `json:"batches"`
}

// tagging is the body of POST tags.
type tagging struct {
	Tags []taggingRow `json:"tags"`
}

type taggingRow struct {
	Email string `json:"email"`
	Tag   string `json:"tag"`
}

type workflows struct {
	Meta      *meta `json:"meta"`
	Workflows []struct {
		ID     text   `json:"id"`
		Name   string `json:"name"`
		Status string `json:"status"`
	} `json:"workflows"`
}

type webhooks struct {
	Webhooks []webhook `json:"webhooks"`
}

type webhook struct {
	ID      text     `json:"id,omitempty"`
	PostURL string   `json:"post_url"`
	Events  []string `json:"events"`
}

// problems are the errors of an answer. Drip has three forms of them.
type problems struct {
	Errors []problem `json:"errors"`
	// Message alone is the form of a refusal for being too fast.
	Message string `json:"message"`
	// Error with a status is the form of a body that is not JSON.
	Error string `json:"error"`
}

type problem struct {
	Code      string `json:"code"`
	Attribute string `json:"attribute"`
	Message   string `json:"message"`
}
