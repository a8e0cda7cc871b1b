package keap

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"allyswitch/crm"
)

// tenantClass is the rate class of what all integrations of an account send together.
const tenantClass = "tenant"

// What Keap allows one key and one OAuth client (developer.infusionsoft.com, API limits): requests a second, a minute and a UTC day.
func keyWindows(keys int, oauth bool) []crm.Window {
	second, minute, day := 10, aMinute(oauth), 30_000
	if oauth {
		second, day = 25, 150_000
	}
	return []crm.Window{
		{Class: crm.ClassAll, Requests: second * keys, Per: time.Second},
		{Class: crm.ClassAll, Requests: minute * keys, Per: time.Minute},
		{Class: crm.ClassAll, Requests: day * keys, Per: 24 * time.Hour, Daily: true},
	}
}

func aMinute(oauth bool) int {
	if oauth {
		return 1_500
	}
	return 240
}

// inFlight is how many requests one credential needs under way to use its windows at answers of up to a second, or 400 ms with OAuth.
func inFlight(oauth bool) int {
	if oauth {
		return 10
	}
	return 4
}

// tenantWindows hold since 8 June 2026 for all integrations of an account together.
func tenantWindows() []crm.Window {
	return []crm.Window{
		{Class: tenantClass, Requests: 10_000, Per: time.Minute},
		{Class: tenantClass, Requests: 250_000, Per: 24 * time.Hour, Daily: true},
	}
}

// limits reads the x-keap- headers of an answer, and notes whose account it is.
func (k *key) limits(h http.Header) []crm.LimitReading {
	if name := appName(h.Get("x-keap-tenant-id")); name != "" {
		k.tenant.Store(&name)
	}
	readings := windowReadings(h, crm.ClassAll, "x-keap-product-throttle-")
	for _, reading := range windowReadings(h, crm.ClassAll, "x-keap-product-quota-") {
		reading.ResetIn = quotaResetIn(h)
		readings = append(readings, reading)
	}
	if limit, err := strconv.Atoi(strings.TrimSuffix(h.Get("x-keap-product-spike-limit"), "ps")); err == nil {
		readings = append(readings, crm.LimitReading{Class: crm.ClassAll, Limit: limit, Remaining: -1, Per: time.Second})
	}
	return append(readings, windowReadings(h, tenantClass, "x-keap-tenant-throttle-")...)
}

// windowReadings reads one group of headers. Where it is about two windows, each value is two joined by a pipe: "10000|250000".
func windowReadings(h http.Header, class, prefix string) []crm.LimitReading {
	limits := piped(h, prefix+"limit")
	units, available, intervals := piped(h, prefix+"time-unit"), piped(h, prefix+"available"), piped(h, prefix+"interval")
	var readings []crm.LimitReading
	for i, text := range limits {
		limit, err := strconv.Atoi(text)
		per := unit(at(units, i)) * time.Duration(max(number(at(intervals, i)), 1))
		if err != nil || per == 0 {
			continue
		}
		readings = append(readings, crm.LimitReading{Class: class, Limit: limit, Remaining: number(at(available, i)), Per: per})
	}
	return readings
}

func piped(h http.Header, name string) []string {
	text := h.Get(name)
	if text == "" {
		return nil
	}
	return strings.Split(text, "|")
}

func at(parts []string, i int) string {
	if i >= len(parts) {
		return ""
	}
	return strings.TrimSpace(parts[i])
}

// number is -1 for what is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func unit(name string) time.Duration {
	return map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[name]
}

// quotaResetIn is when the day's allowance begins anew, by the server's own clock where it tells the time: ours may be wrong.
func quotaResetIn(h http.Header) time.Duration {
	expiry, err := strconv.ParseInt(h.Get("x-keap-product-quota-expiry-time"), 10, 64)
	if err != nil {
		return 0
	}
	now := time.Now()
	if server, err := http.ParseTime(h.Get("Date")); err == nil {
		now = server
	}
	return max(time.UnixMilli(expiry).Sub(now), 0)
}

// untilMidnight is how long today's UTC day still lasts.
func untilMidnight(now time.Time) time.Duration {
	return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
}
