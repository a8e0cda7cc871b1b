package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// wireError is WordPress's form of an error.
type wireError struct {
	Code    string          `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// errorData is what data may hold. WordPress's own errors have null here now and then.
type errorData struct {
	Status  int             `json:"status"`
	Params  json.RawMessage `json:"params"`
	Limit   int             `json:"limit"`
	System  *string         `json:"system"`
	Missing []string        `json:"missing"`
	Through string          `json:"through"`
	IDs     []any           `json:"ids"`
	Details map[string]struct {
		Code string `json:"code"`
	} `json:"details"`
}

// judge says what is wrong with an answer where data is due. Nil means that it is whole and JSON.
func (c *client) judge(got answer, r request) error {
	if d := c.judged(got); d != nil {
		if d.Status == 0 {
			d.Status = got.status
		}
		return d.during(r.op)
	}
	return nil
}

func (c *client) judged(got answer) *Diagnosis {
	if target := got.redirect(); target != nil {
		return c.sentOn(got, target)
	}
	body := bytes.TrimSpace(bytes.TrimPrefix(got.body, []byte("\xef\xbb\xbf")))
	good := got.status >= 200 && got.status < 300
	switch {
	case len(body) == 0 && (good || got.status == http.StatusInternalServerError):
		return c.trouble(EmptyAnswer, statusText(got.status))
	case len(body) == 0:
		return c.judgePage(got)
	case json.Valid(body) && good:
		return nil
	case json.Valid(body):
		return c.judgeError(got, body)
	case body[0] == '{' || body[0] == '[' || body[0] == '"':
		return c.trouble(HalfAnswer, fmt.Sprintf("%s, %d bytes", statusText(got.status), len(body)))
	}
	return c.judgePage(got)
}

func (c *client) sentOn(got answer, target anyURL) *Diagnosis {
	if !strings.EqualFold(target.Hostname(), got.url.Hostname()) {
		return c.trouble(OtherHost, target.String()).with(got.status, 0)
	}
	return c.trouble(WebPage, "it sends on to "+target.String()).with(got.status, 0)
}

// anyURL is what of a *url.URL is needed to name it.
type anyURL interface {
	Hostname() string
	String() string
}

// judgeError reads an error in WordPress's form: the code first, since the status may mislead.
func (c *client) judgeError(got answer, body []byte) *Diagnosis {
	var sent wireError
	if json.Unmarshal(body, &sent) != nil || sent.Code == "" {
		return c.trouble(c.kindByStatus(got.status), statusText(got.status)+" "+string(body[:min(len(body), 200)])).with(got.status, got.retryAfter())
	}
	d := c.trouble(kindOf(sent.Code, got.status), sent.Code+": "+sent.Message).with(got.status, got.retryAfter())
	if json.Unmarshal(sent.Data, &d.data) == nil && len(d.data.Missing) > 0 {
		d.Detail = clean(d.Detail+" "+strings.Join(d.data.Missing, ", "), 300)
	}
	return d
}

// kindOf sorts WordPress's, the companion's and the usual security plugins' codes.
func kindOf(code string, status int) Kind {
	switch code {
	case "existing_user_login", "existing_user_email":
		return Exists
	case "incorrect_password":
		return WrongPassword
	case "invalid_username", "invalid_email", "invalidcombo":
		return NoSuchUser
	case "application_passwords_disabled", "application_passwords_disabled_for_user":
		return PasswordsOff
	case "rest_not_logged_in", "allyswitch_not_logged_in":
		return notLoggedIn
	case "allyswitch_not_administrator":
		return NotAdmin
	case "allyswitch_plain_http":
		return PlainHTTP
	case "allyswitch_other_system":
		return OtherSystem
	case "allyswitch_busy":
		return Busy
	case "allyswitch_unavailable":
		return Unavailable
	case "allyswitch_unreadable", "allyswitch_failed":
		return Unreadable
	case "allyswitch_same_user_twice", "allyswitch_same_contact_twice":
		return TwiceInOne
	case "rest_forbidden", "rest_forbidden_context", "rest_cannot_create_user", "rest_cannot_manage_plugins", "rest_cannot_view_plugin", "rest_cannot_view_plugins", "rest_user_cannot_view":
		if status == http.StatusUnauthorized {
			return notLoggedIn
		}
		return NotAdmin
	case "rest_no_route", "rest_user_invalid_id":
		return NotThere
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return RESTBlocked
	case status == http.StatusTooManyRequests:
		return TooFast
	case status >= 500:
		return ServerError
	}
	return Refused
}

func (c *client) kindByStatus(status int) Kind {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return RESTBlocked
	case status == http.StatusNotFound:
		return NotThere
	case status == http.StatusTooManyRequests:
		return TooFast
	case status >= 500:
		return ServerError
	}
	return OddAnswer
}

// judgePage says what kind of web page came where data was due.
func (c *client) judgePage(got answer) *Diagnosis {
	seen := readPage(got.body)
	detail := statusText(got.status)
	if seen.title != "" {
		detail += ", “" + seen.title + "”"
	}
	kind := WebPage
	switch {
	case isHTTPPassword(got):
		kind = HTTPPassword
	case isFirewall(got, seen):
		kind = Firewall
	case isMaintenance(got, seen):
		kind = Maintenance
	case got.status == http.StatusTooManyRequests:
		kind = TooFast
	case got.status >= 500:
		kind = ServerError
	case got.status == http.StatusForbidden || got.status == http.StatusUnauthorized:
		kind = RESTBlocked
	}
	if kind == WebPage && strings.Contains(string(got.body[:min(len(got.body), 2000)]), "<b>") && strings.HasSuffix(strings.TrimSpace(string(got.body)), "}") {
		detail += "; PHP's warnings stand in front of the data: switch WP_DEBUG_DISPLAY off"
	}
	return c.trouble(kind, detail).with(got.status, got.retryAfter())
}
