package drip

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
)

const (
	// politePause is how long to wait after a refusal that names no time. Drip says "in an hour", but the hour it counts by is a
	// rolling one, so that there is room again before it is over.
	politePause = 5 * time.Minute
	// samePersonPause is how long to wait when two writes to one person met ("retry after a short wait").
	samePersonPause = 2 * time.Second
)

// classify reads an answer by its status and by the codes of its errors; the words change (developer.drip.com, "Errors").
func classify(answer crm.Response) *crm.Error {
	if answer.Status < 300 {
		return nil
	}
	var said problems
	if json.Unmarshal(answer.Body, &said) != nil {
		said = problems{Message: strings.TrimSpace(string(answer.Body))}
	}
	failure := &crm.Error{Kind: kindOf(answer.Status, said), Hint: said.words()}
	if failure.Kind == crm.KindRate && answer.Header.Get("Retry-After") == "" {
		failure.RetryAfter = politePause
		if len(said.Errors) > 0 {
			failure.RetryAfter = samePersonPause
		}
	}
	return failure
}

func kindOf(status int, said problems) crm.Kind {
	switch {
	case status == http.StatusTooManyRequests:
		return crm.KindRate
	case status >= 500, status == http.StatusRequestTimeout:
		return crm.KindTemporary
	case status == http.StatusUnauthorized, said.has("authentication_error"):
		return crm.KindAuth
	case status == http.StatusPaymentRequired, said.speakOfPlan():
		return crm.KindPlanLimit
	case status == http.StatusForbidden, said.has("authorization_error"):
		return crm.KindPermission
	case status == http.StatusNotFound, said.has("not_found_error"):
		return crm.KindNotFound
	case status == http.StatusConflict, said.has("uniqueness_error"):
		return crm.KindConflict
	}
	return crm.KindInvalid
}

func (p problems) has(code string) bool {
	for _, one := range p.Errors {
		if one.Code == code {
			return true
		}
	}
	return false
}

// speakOfPlan recognises a refusal for want of room in the plan. Drip documents no code for it.
func (p problems) speakOfPlan() bool {
	words := strings.ToLower(p.words())
	return strings.Contains(words, "plan") && (strings.Contains(words, "limit") || strings.Contains(words, "upgrade"))
}

// words are what Drip says, each error with what it is about.
func (p problems) words() string {
	var all []string
	for _, one := range p.Errors {
		words := one.Message
		if words == "" {
			words = one.Code
		}
		if one.Attribute != "" {
			words = one.Attribute + ": " + words
		}
		all = append(all, words)
	}
	for _, words := range []string{p.Message, p.Error} {
		if words != "" {
			all = append(all, words)
		}
	}
	return strings.Join(all, "; ")
}

// batchSized tells the two meters apart: their headers have the same names, and it is not documented which of them the answer to a
// batch speaks of. The hour's allowance of batches is far below that of single calls.
const batchSized = 500

// limits reads the rate headers. They name no time.
func limits(header http.Header) []crm.LimitReading {
	limit, err := strconv.Atoi(header.Get("X-RateLimit-Limit"))
	if err != nil || limit <= 0 {
		return nil
	}
	remaining, err := strconv.Atoi(header.Get("X-RateLimit-Remaining"))
	if err != nil {
		remaining = -1
	}
	reading := crm.LimitReading{Class: crm.ClassAll, Limit: limit, Remaining: remaining, Per: time.Hour}
	if limit < batchSized {
		reading.Class = classBatch
	}
	return []crm.LimitReading{reading}
}
