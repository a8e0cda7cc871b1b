package drip

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/address"
	"allyswitch/crm/sandbox"
)

func (f *fake) subscriberRoutes() []route {
	return []route{
		on("GET", "subscribers", f.listPeople),
		on("POST", "subscribers", f.writePerson),
		on("POST", "subscribers/batches", f.writeBatch),
		on("GET", "subscribers/*", f.fetchPerson),
		on("DELETE", "subscribers/*", f.deletePerson),
		on("DELETE", "subscribers/*/tags/*", f.removeTag),
		on("POST", "subscribers/*/remove", f.answerPerson),
		on("POST", "subscribers/*/unsubscribe_all", f.unsubscribe),
		on("GET", "subscribers/*/campaign_subscriptions", f.emptyList("campaign_subscriptions")),
		on("POST", "unsubscribes/batches", f.unsubscribeBatch),
		on("GET", "tags", f.listTags),
		on("POST", "tags", f.applyTag),
		on("GET", "custom_field_identifiers", f.listFields),
	}
}

// written is one person as a body describes them.
type written map[string]json.RawMessage

func (w written) text(key string) string {
	var value string
	_ = json.Unmarshal(w[key], &value)
	return value
}

// texts is a list, or one string that stands for a list of one.
func (w written) texts(key string) ([]string, bool) {
	raw, there := w[key]
	if !there || string(raw) == "null" {
		return nil, true
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list, true
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, true
	}
	return nil, false
}

// values are custom fields. Scalars become the text that Drip shows.
func (w written) values() (map[string]string, bool) {
	raw, there := w["custom_fields"]
	if !there || string(raw) == "null" {
		return nil, true
	}
	var values map[string]any
	if json.Unmarshal(raw, &values) != nil {
		return nil, false
	}
	texts := map[string]string{}
	for name, value := range values {
		switch v := value.(type) {
		case nil:
			texts[name] = ""
		case float64:
			texts[name] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			texts[name] = fmt.Sprint(v)
		}
	}
	return texts, true
}

// check finds what Drip refuses in a row.
func (f *fake) check(row written) (faults []fault) {
	tags, okTags := row.texts("tags")
	_, okRemove := row.texts("remove_tags")
	values, okValues := row.values()
	if !okTags || !okRemove || !okValues {
		return []fault{wrongShape()}
	}
	known := f.personOf(row)
	switch email := row.text("email"); {
	case email == "" && row.text("id") == "":
		faults = append(faults, fault{"presence_error", "email", "Email can't be blank"})
	case email != "" && !address.Valid(email):
		faults = append(faults, fault{"email_error", "email", "Email must be a valid email address"})
	case email == "" && known == nil:
		faults = append(faults, notFound())
	}
	for _, tag := range tags {
		if length := len([]rune(tag)); length == 0 || length > 64 && f.is("tag-length") == "refused" {
			faults = append(faults, fault{"length_error", "tag", "Tag is too short or too long"})
		}
	}
	for name, value := range values {
		if !plainIdentifier(name) {
			faults = append(faults, fault{"format_error", "custom_fields", "Custom field identifiers may hold only letters, numbers and underscores"})
		}
		if len([]rune(value)) > 1000 {
			faults = append(faults, fault{"length_error", name, "Value is too long (maximum is 1000 characters)"})
		}
	}
	return faults
}

func plainIdentifier(name string) bool {
	return name != "" && !strings.HasPrefix(name, "drip_") && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func (f *fake) personOf(row written) *person {
	if id := row.text("id"); id != "" {
		return f.byID[id]
	}
	return f.byEmail[strings.ToLower(row.text("email"))]
}

// apply writes a row that was found to be good. It returns nil when the plan has no room for a new person.
func (f *fake) apply(row written) *person {
	p := f.personOf(row)
	if p == nil {
		if f.full() {
			return nil
		}
		status := row.text("initial_status")
		if status == "" {
			status = "active"
		}
		p = f.add(row.text("email"), status)
		f.runs = append(f.runs, sandbox.Started(f.automations, p.email, "")...)
	}
	if status := row.text("status"); status != "" {
		p.status = status
	}
	for key, raw := range row {
		if slices.Contains(ownValues(), key) {
			var value any
			_ = json.Unmarshal(raw, &value)
			p.own[key] = value
		}
	}
	values, _ := row.values()
	for name, value := range values {
		f.setField(p, name, value)
	}
	tags, _ := row.texts("tags")
	for _, tag := range tags {
		f.putTag(p, tag)
	}
	gone, _ := row.texts("remove_tags")
	for _, tag := range gone {
		f.takeTag(p, tag)
	}
	return p
}

// ownValues are the values of a person that Drip keeps beside the custom fields and that may be written.
func ownValues() []string {
	return []string{
		"first_name", "last_name", "address1", "address2", "city", "state", "zip", "country", "phone", "sms_number", "sms_consent", "time_zone",
		"user_id", "ip_address", "prospect", "base_lead_score", "lifetime_value", "eu_consent", "eu_consent_message",
	}
}

func (f *fake) writePerson(c *call) {
	var body struct {
		Subscribers []written `json:"subscribers"`
	}
	if json.Unmarshal(c.body, &body) != nil || len(body.Subscribers) != 1 {
		f.Unexpected(c.r, "the body is not one person")
		refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	if f.met(c) {
		return
	}
	if faults := f.check(body.Subscribers[0]); len(faults) > 0 {
		refuse(c.w, http.StatusUnprocessableEntity, faults...)
		return
	}
	p := f.apply(body.Subscribers[0])
	if p == nil {
		status, _ := strconv.Atoi(f.is("plan-full"))
		refuse(c.w, status, fault{Code: "unavailable_error", Message: "Your plan's limit of people is reached. Upgrade to add more."})
		return
	}
	f.answer(c, p)
}

// met refuses a write while another to the same person is under way.
func (f *fake) met(c *call) bool {
	if others, _ := c.r.Context().Value(concurrentKey{}).(bool); !others {
		return false
	}
	refuse(c.w, http.StatusTooManyRequests, fault{Code: "rate_limit_error", Message: "Too many concurrent requests for the same subscriber"})
	return true
}

// writeBatch answers 201 whatever the rows are, and drops the bad ones later without a word.
func (f *fake) writeBatch(c *call) {
	var body struct {
		Batches []struct {
			Subscribers []written `json:"subscribers"`
		} `json:"batches"`
	}
	if json.Unmarshal(c.body, &body) != nil || len(body.Batches) == 0 {
		f.Unexpected(c.r, "the body is no batch")
		refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
		return
	}
	for _, one := range body.Batches {
		if len(one.Subscribers) == 0 || len(one.Subscribers) > 1000 {
			f.Unexpected(c.r, "a batch holds 1 to 1,000 people")
			refuse(c.w, http.StatusUnprocessableEntity, wrongShape())
			return
		}
	}
	for _, one := range body.Batches {
		f.schedule(one.Subscribers)
	}
	sandbox.WriteJSON(c.w, http.StatusCreated, map[string]any{})
}

// schedule works a batch off some time after the answer.
func (f *fake) schedule(rows []written) {
	delay, err := time.ParseDuration(f.is("batch-delay"))
	if err != nil {
		delay = 0
	}
	first, second := rows[:len(rows)/2], rows[len(rows)/2:]
	switch f.is("batch-pace") {
	case "at-once":
		f.Later(delay, func() { f.workOff(rows) })
		return
	case "backward":
		first, second = second, first
	}
	f.Later(delay, func() { f.workOff(first) })
	f.Later(2*delay, func() { f.workOff(second) })
}

func (f *fake) workOff(rows []written) {
	for _, row := range rows {
		if len(f.check(row)) == 0 && !f.loses(row) {
			f.apply(row)
		}
	}
}

// loses says that a batch drops this row although nothing is wrong with it.
func (f *fake) loses(row written) bool {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(row.text("email")))
	return f.is("batch-drops") == "some" && row.text("email") != "" && hash.Sum32()%41 == 0
}

func (f *fake) answer(c *call, p *person) {
	sandbox.WriteJSON(c.w, http.StatusOK, map[string]any{"links": links("subscribers"), "subscribers": []any{p.json()}})
}

// json is a person as Drip sends them.
func (p *person) json() map[string]any {
	tags := p.tags
	if tags == nil {
		tags = []string{}
	}
	shown := map[string]any{
		"id": p.id, "status": p.status, "email": p.email, "custom_fields": p.fields, "tags": tags,
		"created_at": p.made.Format(time.RFC3339), "href": "https://api.getdrip.com/v2/" + sandboxAccount + "/subscribers/" + p.id,
		"utc_offset": 0, "visitor_uuid": nil, "user_agent": nil, "original_referrer": nil, "landing_url": nil, "lead_score": nil,
		"links": owner(),
	}
	for _, key := range ownValues() {
		shown[key] = p.own[key]
	}
	shown["time_zone"], shown["eu_consent"] = "Etc/UTC", "unknown"
	if consent, told := p.own["eu_consent"]; told {
		shown["eu_consent"] = consent
	}
	return shown
}
