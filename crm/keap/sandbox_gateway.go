package keap

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm/sandbox"
)

// The rate classes of the sandbox: keys and OAuth tokens have windows of their own, and who has no valid key has none.
const (
	keyClass   = "key"
	tokenClass = "token"
	noClass    = "stranger"
)

// serverWindows are the limits of a key (Keap: API limits, Personal Access Tokens and Service Account Keys) and of an OAuth client.
func serverWindows() []sandbox.Window {
	return []sandbox.Window{
		{Class: keyClass, Requests: 10, Per: time.Second},
		{Class: keyClass, Requests: 240, Per: time.Minute},
		{Class: keyClass, Requests: 30_000, Daily: true},
		{Class: tokenClass, Requests: 25, Per: time.Second},
		{Class: tokenClass, Requests: 1_500, Per: time.Minute},
		{Class: tokenClass, Requests: 150_000, Daily: true},
	}
}

// credential is the key or token of a request: in the header of its own, or as a bearer.
func credential(r *http.Request) string {
	if key := r.Header.Get("X-Keap-API-Key"); key != "" {
		return key
	}
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		return ""
	}
	return strings.TrimSpace(token)
}

func classes(r *http.Request) []string {
	switch credential(r) {
	case sandboxKey, sandboxKey2, sandboxKey3:
		return []string{keyClass}
	case sandboxToken:
		return []string{tokenClass}
	}
	return []string{noClass}
}

// admit answers what does not get past the gateway: no key, a wrong key, too much for the tenant. The gateway looks before
// anything is routed, so an unknown path without a key is 401 too.
func (f *fake) admit(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case credential(r) == "":
		fault(w, http.StatusUnauthorized, "Invalid Access Token", "oauth.v2.InvalidAccessToken")
		return false
	case classes(r)[0] == noClass:
		fault(w, http.StatusUnauthorized, "Invalid Access Token", "keymanagement.service.invalid_access_token")
		return false
	}
	if now := time.Now(); f.tenant.full(now) {
		f.refuse(w, r, sandbox.Refusal{RetryAfter: time.Minute})
		return false
	}
	f.tenant.count(time.Now())
	return true
}

// refuse says that it is too much, by the switch throttle. What else it says is in the headers, so a used-up day and a full
// minute look alike where they are missing.
func (f *fake) refuse(w http.ResponseWriter, _ *http.Request, refusal sandbox.Refusal) {
	code, message := "policies.ratelimit.QuotaViolation", "Rate limit quota violation. Quota limit exceeded. Identifier : _default"
	if !refusal.Quota && refusal.RetryAfter <= time.Second {
		code, message = "policies.ratelimit.SpikeArrestViolation", "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=10, periodInMicroseconds=1000000, maxBurstMessageCount=1.0}"
	}
	if refusal.Quota && f.is("rate-headers", "sent") {
		f.quotaHeaders(w.Header(), sandbox.Level{Window: refusal.Window, ResetIn: refusal.RetryAfter})
	}
	status := http.StatusTooManyRequests
	switch {
	case f.is("throttle", "429-retry-after"):
		w.Header().Set("Retry-After", sandbox.Seconds(max(refusal.RetryAfter, time.Second)))
	case f.is("throttle", "503"):
		status = http.StatusServiceUnavailable
	}
	fault(w, status, message, code)
}

// fault is how Apigee words a refusal.
func fault(w http.ResponseWriter, status int, message, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"fault":{"faultstring":%q,"detail":{"errorcode":%q}}}`, message, code)
}

// limits adds the x-keap- headers, by the switch rate-headers. The tenant's two windows share theirs, joined by a pipe.
func (f *fake) limits(h http.Header, levels []sandbox.Level) {
	if f.is("rate-headers", "missing") {
		return
	}
	set(h, "tenant-id", sandboxTenant)
	for _, level := range levels {
		switch {
		case level.Daily:
			f.quotaHeaders(h, level)
		case level.Per == time.Second:
			set(h, "product-spike-limit", strconv.Itoa(level.Requests)+"ps")
		default:
			levelHeaders(h, "product-throttle-", "minute", level)
		}
	}
	f.tenant.headers(h, time.Now())
}

func (f *fake) quotaHeaders(h http.Header, level sandbox.Level) {
	levelHeaders(h, "product-quota-", "day", level)
	set(h, "product-quota-expiry-time", time.Now().Add(level.ResetIn).UnixMilli())
}

func levelHeaders(h http.Header, prefix, unit string, level sandbox.Level) {
	set(h, prefix+"limit", level.Requests)
	set(h, prefix+"time-unit", unit)
	set(h, prefix+"interval", 1)
	set(h, prefix+"available", level.Remaining)
	set(h, prefix+"used", level.Requests-level.Remaining)
}

func set(h http.Header, name string, value any) { h.Set("x-keap-"+name, fmt.Sprint(value)) }

// tenant counts what all integrations of an account send together. Its windows are fixed: they begin anew with each minute and day.
type tenant struct {
	minute, day         int64
	thisMinute, thisDay int
}

const (
	tenantMinute = 10_000
	tenantDay    = 250_000
)

func (t *tenant) turn(now time.Time) {
	if minute := now.Unix() / 60; minute != t.minute {
		t.minute, t.thisMinute = minute, 0
	}
	if day := now.Unix() / 86_400; day != t.day {
		t.day, t.thisDay = day, 0
	}
}

func (t *tenant) full(now time.Time) bool {
	t.turn(now)
	return t.thisMinute >= tenantMinute || t.thisDay >= tenantDay
}

func (t *tenant) count(now time.Time) {
	t.turn(now)
	t.thisMinute++
	t.thisDay++
}

func (t *tenant) headers(h http.Header, now time.Time) {
	t.turn(now)
	both := func(minute, day int) string { return fmt.Sprintf("%d|%d", minute, day) }
	set(h, "tenant-throttle-limit", both(tenantMinute, tenantDay))
	set(h, "tenant-throttle-time-unit", "minute|day")
	set(h, "tenant-throttle-interval", "1|1")
	set(h, "tenant-throttle-available", both(tenantMinute-t.thisMinute, tenantDay-t.thisDay))
	set(h, "tenant-throttle-used", both(t.thisMinute, t.thisDay))
}
