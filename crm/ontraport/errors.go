package ontraport

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
)

// classify reads an answer as Ontraport means it. Errors are often plain text, even where a success would be JSON, so the
// status decides first and the words second (api.ontraport.com/doc, "Error and response codes").
func classify(answer crm.Response) *crm.Error {
	words := vendorWords(answer.Body)
	if answer.Status < 300 {
		return refusedInside(answer.Body, words)
	}
	failure := &crm.Error{Kind: kindOf(answer.Status, strings.ToLower(words)), Hint: words}
	if answer.Status == http.StatusTooManyRequests {
		failure.RetryAfter = seconds(answer.Header.Get("X-Rate-Limit-Reset"))
	}
	return failure
}

// refusedInside finds a refusal in an answer of status 200: every code but 0 is one.
func refusedInside(body []byte, words string) *crm.Error {
	var answer struct {
		Code *text `json:"code"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Code == nil || *answer.Code == "0" {
		return nil
	}
	return &crm.Error{Kind: crm.KindInvalid, Hint: strings.TrimSpace("code " + string(*answer.Code) + " " + words)}
}

func kindOf(status int, words string) crm.Kind {
	switch {
	case status == http.StatusTooManyRequests:
		return crm.KindRate
	case status >= 500:
		return crm.KindTemporary
	case status == http.StatusUnauthorized, strings.Contains(words, "do not authenticate"), words == "not authorized":
		return crm.KindAuth
	case speaksOfPlan(words):
		return crm.KindPlanLimit
	case status == http.StatusForbidden:
		return crm.KindPermission
	case status == http.StatusNotFound, strings.Contains(words, "object not found"), strings.Contains(words, "invalid contact id"):
		return crm.KindNotFound
	case status == http.StatusRequestTimeout:
		return crm.KindTemporary
	}
	return crm.KindInvalid
}

// speaksOfPlan recognises a refusal for want of room in the plan. Ontraport does not document its words.
func speaksOfPlan(words string) bool {
	return strings.Contains(words, "limit") &&
		(strings.Contains(words, "contact") || strings.Contains(words, "plan") || strings.Contains(words, "package"))
}

// vendorWords are what the vendor says, out of a plain body or out of the usual places of a JSON one.
func vendorWords(body []byte) string {
	var answer struct {
		Data    any    `json:"data"`
		Message string `json:"message"`
		Error   any    `json:"error"`
	}
	words := string(body)
	if json.Unmarshal(body, &answer) == nil {
		words = answer.Message
		for _, place := range []any{answer.Error, answer.Data} {
			if said, ok := place.(string); ok && words == "" {
				words = said
			}
		}
	}
	return strings.TrimSpace(words)
}

// limits reads the rate headers, which every answer carries, a refused one too.
func limits(header http.Header) []crm.LimitReading {
	limit, err := strconv.Atoi(header.Get("X-Rate-Limit-Limit"))
	if err != nil || limit <= 0 {
		return nil
	}
	remaining, err := strconv.Atoi(header.Get("X-Rate-Limit-Remaining"))
	if err != nil {
		remaining = -1
	}
	return []crm.LimitReading{{
		Class:     crm.ClassAll,
		Limit:     limit,
		Remaining: remaining,
		Per:       rateWindow,
		ResetIn:   seconds(header.Get("X-Rate-Limit-Reset")),
	}}
}

func seconds(value string) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}
