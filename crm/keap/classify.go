package keap

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
)

// trouble is what the bodies of refusals have in common: the gateway's fault, v2's error, v1's message.
type trouble struct {
	Message string `json:"message"`
	Fault   *struct {
		Text   string `json:"faultstring"`
		Detail struct {
			Code string `json:"errorcode"`
		} `json:"detail"`
	} `json:"fault"`
}

// longRefusal is after how long of nothing but "too much" a day's allowance must be used up: a minute's is new after a minute.
const longRefusal = 3 * time.Minute

// classify reads an answer as Keap means it.
func (k *key) classify(answer crm.Response) *crm.Error {
	if answer.Status < http.StatusBadRequest {
		k.accepted()
		return nil
	}
	var said trouble
	_ = json.Unmarshal(answer.Body, &said) // a body that is no JSON has nothing more to say than its status
	code, hint := "", said.Message
	if said.Fault != nil {
		code, hint = said.Fault.Detail.Code, said.Fault.Text
	}
	if answer.Status == http.StatusTooManyRequests || strings.Contains(code, "ratelimit") {
		return k.tooMuch(answer.Header, code, hint)
	}
	found := crm.ClassifyStatus(answer)
	found.Kind = kindOf(answer.Status, hint, found.Kind)
	if hint != "" {
		found.Hint = hint
	}
	return found
}

// kindOf knows what Keap means by some statuses better than the statuses alone tell.
func kindOf(status int, hint string, otherwise crm.Kind) crm.Kind {
	switch {
	case (status == http.StatusForbidden || status == http.StatusBadRequest || status == http.StatusConflict) && isPlanLimit(hint):
		return crm.KindPlanLimit
	case status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return crm.KindUnsupported
	}
	return otherwise
}

func isPlanLimit(hint string) bool {
	hint = strings.ToLower(hint)
	return strings.Contains(hint, "contact") && strings.Contains(hint, "limit") && !strings.Contains(hint, "length")
}

// tooMuch tells the second, the minute and the day apart. The gateway words the last two alike, so the headers decide; where there
// are none, a refusal that lasts longer than any minute is about the day.
func (k *key) tooMuch(h http.Header, code, hint string) *crm.Error {
	refusal := &crm.Error{Kind: crm.KindRate, Hint: hint}
	if strings.Contains(code, "SpikeArrest") {
		refusal.RetryAfter = time.Second
		return refusal
	}
	for _, reading := range k.limits(h) {
		if reading.Per == 24*time.Hour && reading.Remaining == 0 {
			refusal.Kind, refusal.RetryAfter = crm.KindQuota, max(reading.ResetIn, 0)
			if refusal.RetryAfter == 0 {
				refusal.RetryAfter = untilMidnight(time.Now())
			}
			return refusal
		}
	}
	known := h.Get("x-keap-product-quota-available") != ""
	asked, _ := strconv.Atoi(h.Get("Retry-After"))
	switch now := time.Now(); {
	case time.Duration(asked)*time.Second > longRefusal:
		refusal.Kind, refusal.RetryAfter = crm.KindQuota, time.Duration(asked)*time.Second
	case k.refusedFor(now) > longRefusal && !known:
		refusal.Kind, refusal.RetryAfter = crm.KindQuota, untilMidnight(now)
	}
	return refusal
}

func (k *key) accepted() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refusedSince = time.Time{}
}

// refusedFor is how long this key has been told nothing but "too much".
func (k *key) refusedFor(now time.Time) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.refusedSince.IsZero() {
		k.refusedSince = now
	}
	return now.Sub(k.refusedSince)
}
