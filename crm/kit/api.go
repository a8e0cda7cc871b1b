package kit

import "encoding/json"

// The wire types are Kit's own words (developers.kit.com, API v4). Pointers and raw values tell "not said" from "nothing".

type pagination struct {
	HasNextPage bool   `json:"has_next_page"`
	EndCursor   string `json:"end_cursor"`
	TotalCount  *int   `json:"total_count"`
}

type accountReply struct {
	User struct {
		Email string `json:"email"`
	} `json:"user"`
	Account *account `json:"account"`
}

type account struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"`
	PlanType     string `json:"plan_type"`
	PrimaryEmail string `json:"primary_email_address"`
	Plan         *plan  `json:"plan"`
}

type plan struct {
	PlanType        string `json:"plan_type"`
	SubscriberLimit *int   `json:"subscriber_limit"`
}

// subscriber is a contact. Fields are by key; a null value is a field that the subscriber has no value for.
type subscriber struct {
	ID        int64              `json:"id"`
	FirstName string             `json:"first_name"`
	Email     string             `json:"email_address"`
	State     string             `json:"state"`
	CreatedAt string             `json:"created_at"`
	Fields    map[string]*string `json:"fields"`
	Tags      *[]tag             `json:"tags"`
}

type subscriberReply struct {
	Subscriber *subscriber `json:"subscriber"`
	// Warnings name the custom field keys that Kit does not know and ignored (since mid-2026).
	Warnings []string `json:"warnings"`
}

type subscribersReply struct {
	Subscribers *[]subscriber `json:"subscribers"`
	Pagination  *pagination   `json:"pagination"`
}

func (r subscribersReply) page() (*[]subscriber, *pagination) { return r.Subscribers, r.Pagination }

// subscriberWrite is one contact to be created or updated. What is empty is left out, so that blanks never overwrite.
type subscriberWrite struct {
	Email     string            `json:"email_address"`
	FirstName string            `json:"first_name,omitempty"`
	State     string            `json:"state,omitempty"`
	Fields    map[string]string `json:"fields,omitempty"`
}

type tag struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type tagReply struct {
	Tag *tag `json:"tag"`
}

type tagsReply struct {
	Tags       *[]tag      `json:"tags"`
	Pagination *pagination `json:"pagination"`
}

func (r tagsReply) page() (*[]tag, *pagination) { return r.Tags, r.Pagination }

type customField struct {
	ID    int64  `json:"id"`
	Key   string `json:"key"`
	Label string `json:"label"`
}

type customFieldReply struct {
	CustomField *customField `json:"custom_field"`
}

type customFieldsReply struct {
	CustomFields *[]customField `json:"custom_fields"`
	Pagination   *pagination    `json:"pagination"`
}

func (r customFieldsReply) page() (*[]customField, *pagination) { return r.CustomFields, r.Pagination }

type sequence struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Hold bool   `json:"hold"`
}

type sequencesReply struct {
	Sequences  *[]sequence `json:"sequences"`
	Pagination *pagination `json:"pagination"`
}

func (r sequencesReply) page() (*[]sequence, *pagination) { return r.Sequences, r.Pagination }

// sequenceEmail is one mail of a sequence (developers.kit.com, "List sequence emails"). Drafts are not published.
type sequenceEmail struct {
	Subject   string `json:"subject"`
	Published bool   `json:"published"`
	Position  int    `json:"position"`
}

type sequenceEmailsReply struct {
	Emails     *[]sequenceEmail `json:"emails"`
	Pagination *pagination      `json:"pagination"`
}

func (r sequenceEmailsReply) page() (*[]sequenceEmail, *pagination) { return r.Emails, r.Pagination }

type form struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Archived bool   `json:"archived"`
}

type formsReply struct {
	Forms      *[]form     `json:"forms"`
	Pagination *pagination `json:"pagination"`
}

func (r formsReply) page() (*[]form, *pagination) { return r.Forms, r.Pagination }

// webhook's event comes back without the prefix that it was sent with ("tag_add" for "subscriber.tag_add").
type webhook struct {
	ID        int64                      `json:"id,omitempty"`
	TargetURL string                     `json:"target_url"`
	Event     map[string]json.RawMessage `json:"event"`
}

type webhookReply struct {
	Webhook *webhook `json:"webhook"`
}

type webhooksReply struct {
	Webhooks   *[]webhook  `json:"webhooks"`
	Pagination *pagination `json:"pagination"`
}

func (r webhooksReply) page() (*[]webhook, *pagination) { return r.Webhooks, r.Pagination }

// The bulk calls (OAuth only) answer with what was done and what failed, in no promised order.

type bulkSubscribers struct {
	Subscribers []subscriberWrite `json:"subscribers"`
	CallbackURL *string           `json:"callback_url"`
}

type bulkSubscribersReply struct {
	Subscribers *[]subscriber       `json:"subscribers"`
	Failures    []subscriberFailure `json:"failures"`
}

type subscriberFailure struct {
	Subscriber subscriber `json:"subscriber"`
	Errors     []string   `json:"errors"`
}

type fieldValue struct {
	SubscriberID int64  `json:"subscriber_id"`
	FieldID      int64  `json:"subscriber_custom_field_id"`
	Value        string `json:"value"`
}

type bulkFieldValues struct {
	Values      []fieldValue `json:"custom_field_values"`
	CallbackURL *string      `json:"callback_url"`
}

type bulkFieldValuesReply struct {
	Values   *[]fieldValue       `json:"custom_field_values"`
	Failures []fieldValueFailure `json:"failures"`
}

type fieldValueFailure struct {
	Value  fieldValue `json:"custom_field_value"`
	Errors []string   `json:"errors"`
}

type tagging struct {
	TagID        int64 `json:"tag_id"`
	SubscriberID int64 `json:"subscriber_id"`
}

type bulkTaggings struct {
	Taggings    []tagging `json:"taggings"`
	CallbackURL *string   `json:"callback_url"`
}

type bulkTaggingsReply struct {
	// Subscribers is absent when taggings are removed.
	Subscribers *[]subscriber     `json:"subscribers"`
	Failures    *[]taggingFailure `json:"failures"`
}

type taggingFailure struct {
	Tagging tagging  `json:"tagging"`
	Errors  []string `json:"errors"`
}

type tagRef struct {
	ID int64 `json:"id"`
}

type bulkTagRemoval struct {
	Tags        []tagRef `json:"tags"`
	CallbackURL *string  `json:"callback_url"`
}

type bulkTagRemovalReply struct {
	Failures *[]struct {
		Errors []string `json:"errors"`
	} `json:"failures"`
}

// tokenReply is what the token endpoint answers (RFC 6749, 5.1).
type tokenReply struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

// errorReply is Kit's error envelope; the token endpoint uses that of RFC 6749.
type errorReply struct {
	Errors      []string `json:"errors"`
	Error       string   `json:"error"`
	Description string   `json:"error_description"`
}
