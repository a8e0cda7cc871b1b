package activecampaign

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"allyswitch/crm"
)

// importPause is what "retry this request in a minute" means: the wait after an import that came too soon.
const importPause = time.Minute

const longestHint = 300

// failure is every shape of error body that ActiveCampaign is known to send, in one.
type failure struct {
	Message        text            `json:"message"`
	Error          text            `json:"error"`
	ResultMessage  text            `json:"result_message"`
	Success        *text           `json:"success"`
	Errors         json.RawMessage `json:"errors"`
	FailureReasons json.RawMessage `json:"failureReasons"`
}

type failureEntry struct {
	Title  text `json:"title"`
	Detail text `json:"detail"`
	Code   text `json:"code"`
}

// rejection is an import that was refused as a whole because of some of its contacts.
type rejection struct {
	reasons []reason
}

// reason is why one contact was refused. index is the vendor's, whose base is not documented; -1 when it names none.
type reason struct {
	index int
	text  string
}

func (r *rejection) Error() string { return "nothing of this import was queued" }

// classify reads an answer as ActiveCampaign means it. Statuses follow its own documentation: a bad key is 403, an import too many is 400.
func classify(response crm.Response) *crm.Error {
	good := response.Status >= 200 && response.Status < 300
	if good && !bytes.Contains(response.Body, []byte(`"failureReasons"`)) {
		return nil
	}
	var body failure
	readable := json.Unmarshal(response.Body, &body) == nil
	entries := body.entries()
	hint := body.words(entries)
	if !readable {
		hint = ""
	}
	result := &crm.Error{Kind: kindOf(response.Status), Hint: hint}
	switch lower := strings.ToLower(hint); {
	case response.Status == http.StatusTooManyRequests:
		result.RetryAfter = retryAfter(response.Header)
	case strings.Contains(lower, "rate limit exceeded"):
		result.Kind, result.RetryAfter = crm.KindRate, importPause
	case response.Status < 500 && aboutThePlan(lower):
		result.Kind = crm.KindPlanLimit
	case response.Status == http.StatusForbidden && (strings.Contains(lower, "permission") || lower == "forbidden"):
		result.Kind = crm.KindPermission
	case response.Status == http.StatusUnprocessableEntity && alreadyThere(entries, lower):
		result.Kind = crm.KindConflict
	case response.Status == http.StatusNotFound && !readable:
		result.Kind = crm.KindWrongAddress
	}
	if result.Kind == crm.KindInvalid && len(body.FailureReasons) > 0 {
		result.Err = &rejection{reasons: body.reasons()}
	}
	return result
}

func kindOf(status int) crm.Kind {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return crm.KindAuth
	case status == http.StatusPaymentRequired:
		return crm.KindPlanLimit
	case status == http.StatusNotFound:
		return crm.KindNotFound
	case status == http.StatusMethodNotAllowed:
		return crm.KindUnsupported
	case status == http.StatusConflict:
		return crm.KindConflict
	case status == http.StatusTooManyRequests:
		return crm.KindRate
	case status == http.StatusRequestTimeout || status >= 500:
		return crm.KindTemporary
	case status >= 300 && status < 400:
		return crm.KindWrongAddress
	}
	return crm.KindInvalid
}

// retryAfter reads whole seconds ("Rate limits" in the developer documentation). Without the header a second is enough: the window is one long.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(header.Get("Retry-After")))
	if err != nil || seconds < 0 {
		return time.Second
	}
	return time.Duration(seconds) * time.Second
}

// aboutThePlan recognises a refusal because the account is full. What the API really says then is not documented.
func aboutThePlan(lower string) bool {
	return strings.Contains(lower, "limit") && (strings.Contains(lower, "contact") || strings.Contains(lower, "subscriber") || strings.Contains(lower, "plan")) &&
		(strings.Contains(lower, "reach") || strings.Contains(lower, "exceed") || strings.Contains(lower, "upgrade"))
}

func alreadyThere(entries []failureEntry, lower string) bool {
	for _, entry := range entries {
		if entry.Code == "duplicate" {
			return true
		}
	}
	return strings.Contains(lower, "already")
}

// entries reads "errors", which is a list of objects, or a plain string.
func (f failure) entries() []failureEntry {
	var list []failureEntry
	if json.Unmarshal(f.Errors, &list) == nil {
		return list
	}
	var sentence text
	if json.Unmarshal(f.Errors, &sentence) == nil {
		return []failureEntry{{Title: sentence}}
	}
	return nil
}

// words is what the vendor says, in one line.
func (f failure) words(entries []failureEntry) string {
	parts := []string{string(f.Message), string(f.Error), string(f.ResultMessage)}
	for _, entry := range entries {
		parts = append(parts, string(entry.Title), string(entry.Detail))
	}
	for _, reason := range f.reasons() {
		parts = append(parts, reason.text)
	}
	var said []string
	for _, part := range parts {
		if part = printable(part); part != "" && (len(said) == 0 || said[len(said)-1] != part) {
			said = append(said, part)
		}
	}
	return shorten(strings.Join(said, ": "))
}

// reasons reads "failureReasons", a list of objects or of strings.
func (f failure) reasons() []reason {
	var list []json.RawMessage
	if json.Unmarshal(f.FailureReasons, &list) != nil {
		list = []json.RawMessage{f.FailureReasons}
	}
	var reasons []reason
	for _, raw := range list {
		object := struct {
			Contact *text `json:"contact"`
			Reason  text  `json:"failureReason"`
		}{}
		var sentence text
		switch {
		case json.Unmarshal(raw, &object) == nil && object.Contact != nil:
			reasons = append(reasons, reason{index: object.Contact.number(), text: string(object.Reason)})
		case json.Unmarshal(raw, &sentence) == nil && sentence != "":
			reasons = append(reasons, reason{index: -1, text: string(sentence)})
		}
	}
	return reasons
}

func printable(words string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, words))
}

func shorten(words string) string {
	runes := []rune(words)
	if len(runes) > longestHint {
		return string(runes[:longestHint-1]) + "…"
	}
	return words
}

// limits reads the RateLimit headers, which every answer carries; they are about one second ("Rate limits").
func limits(header http.Header) []crm.LimitReading {
	limit, err := strconv.Atoi(header.Get("RateLimit-Limit"))
	if err != nil {
		return nil
	}
	remaining, err := strconv.Atoi(header.Get("RateLimit-Remaining"))
	if err != nil {
		remaining = -1
	}
	return []crm.LimitReading{{Class: crm.ClassAll, Limit: limit, Remaining: remaining, Per: time.Second}}
}
