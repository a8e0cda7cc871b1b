package keap

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
)

func newKey() *key { return &key{tenant: &atomic.Pointer[string]{}} }

// headers as they were seen on a live answer: the tenant's two windows in one header each, joined by a pipe.
func liveHeaders(expiry time.Time, quotaLeft string) http.Header {
	h := http.Header{}
	for name, value := range map[string]string{
		"x-keap-product-quota-limit": "30000", "x-keap-product-quota-time-unit": "day", "x-keap-product-quota-interval": "1",
		"x-keap-product-quota-available": quotaLeft, "x-keap-product-quota-used": "1",
		"x-keap-product-quota-expiry-time": strconv.FormatInt(expiry.UnixMilli(), 10),
		"x-keap-product-throttle-limit":    "240", "x-keap-product-throttle-time-unit": "minute", "x-keap-product-throttle-interval": "1",
		"x-keap-product-throttle-available": "239", "x-keap-product-throttle-used": "1",
		"x-keap-product-spike-limit": "10ps", "x-keap-tenant-id": "ab103.infusionsoft.com",
		"x-keap-tenant-throttle-limit": "10000|250000", "x-keap-tenant-throttle-time-unit": "minute|day", "x-keap-tenant-throttle-interval": "1|1",
		"x-keap-tenant-throttle-available": "9998|249000", "x-keap-tenant-throttle-used": "2|1000",
	} {
		h.Set(name, value)
	}
	return h
}

func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKey()
		got := k.limits(liveHeaders(time.Now().Add(3*time.Hour), "29999"))
		day := 24 * time.Hour
		want := []crm.LimitReading{
			{Class: "all", Limit: 240, Remaining: 239, Per: time.Minute},
			{Class: "all", Limit: 30000, Remaining: 29999, Per: day, ResetIn: 3 * time.Hour},
			{Class: "all", Limit: 10, Remaining: -1, Per: time.Second},
			{Class: "tenant", Limit: 10000, Remaining: 9998, Per: time.Minute},
			{Class: "tenant", Limit: 250000, Remaining: 249000, Per: day},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("read %+v\nwant %+v", got, want)
		}
		if app := k.tenant.Load(); app == nil || *app != "ab103" {
			t.Error("the account's name was not learned")
		}
		if got := k.limits(http.Header{}); len(got) != 0 {
			t.Errorf("no headers say %+v", got)
		}
	})
}

// TestServersClock: when the day ends is told in the server's time; ours may be wrong by hours.
func TestServersClock(t *testing.T) {
	server := time.Date(2026, 8, 1, 22, 0, 0, 0, time.UTC)
	h := liveHeaders(server.Add(2*time.Hour), "0")
	h.Set("Date", server.Format(http.TimeFormat))
	if reset := quotaResetIn(h); reset != 2*time.Hour {
		t.Errorf("the day ends in %v, want 2 h", reset)
	}
}

func TestClassify(t *testing.T) {
	fault := func(code string) string {
		return `{"fault":{"faultstring":"words of the gateway","detail":{"errorcode":"` + code + `"}}}`
	}
	v2 := `{"code":400,"message":"contact_id is invalid","status":"Bad Request","details":[{"domain":"x","resource":"POST /rest/v2/x"}]}`
	for name, test := range map[string]struct {
		status int
		body   string
		kind   crm.Kind
		hint   string
	}{
		"wrong key":           {401, fault("keymanagement.service.invalid_access_token"), crm.KindAuth, "words of the gateway"},
		"no key":              {401, fault("oauth.v2.InvalidAccessToken"), crm.KindAuth, "words of the gateway"},
		"v2":                  {400, v2, crm.KindInvalid, "contact_id is invalid"},
		"v1":                  {400, `{"message":"Tags can't be added or removed through this object"}`, crm.KindInvalid, "Tags can't be added or removed through this object"},
		"no permission":       {403, `{"message":"User does not have permission"}`, crm.KindPermission, "User does not have permission"},
		"plan, 403":           {403, `{"message":"Contact limit exceeded"}`, crm.KindPlanLimit, "Contact limit exceeded"},
		"a length is no plan": {400, `{"message":"contact given_name length limit is 40"}`, crm.KindInvalid, "contact given_name length limit is 40"},
		"not there":           {404, v2, crm.KindNotFound, "contact_id is invalid"},
		"conflict":            {409, v2, crm.KindConflict, "contact_id is invalid"},
		"wrong verb":          {405, v2, crm.KindUnsupported, "contact_id is invalid"},
		"not built":           {501, v2, crm.KindUnsupported, "contact_id is invalid"},
		"broken":              {500, v2, crm.KindTemporary, "contact_id is invalid"},
		"broken, no JSON":     {502, "Bad Gateway", crm.KindTemporary, "Bad Gateway"},
		"spike":               {429, fault("policies.ratelimit.SpikeArrestViolation"), crm.KindRate, "words of the gateway"},
		"minute":              {429, fault("policies.ratelimit.QuotaViolation"), crm.KindRate, "words of the gateway"},
		"minute as 503":       {503, fault("policies.ratelimit.QuotaViolation"), crm.KindRate, "words of the gateway"},
		"bare 429":            {429, "", crm.KindRate, ""},
		"bare 503":            {503, "", crm.KindTemporary, ""},
	} {
		got := newKey().classify(crm.Response{Status: test.status, Body: []byte(test.body), Header: http.Header{}})
		if got == nil || got.Kind != test.kind || got.Hint != test.hint {
			t.Errorf("%s: %+v, want %s %q", name, got, test.kind, test.hint)
		}
	}
	if got := newKey().classify(crm.Response{Status: 204}); got != nil {
		t.Errorf("204 is %v", got)
	}
}

// TestDayOrMinute: the gateway words a full minute and a used-up day alike.
func TestDayOrMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(22 * time.Hour)
		body := []byte(`{"fault":{"faultstring":"x","detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}`)
		refused := func(k *key, h http.Header) *crm.Error {
			return k.classify(crm.Response{Status: 429, Body: body, Header: h})
		}
		spike := []byte(`{"fault":{"faultstring":"x","detail":{"errorcode":"policies.ratelimit.SpikeArrestViolation"}}}`)
		if got := newKey().classify(crm.Response{Status: 429, Body: spike, Header: http.Header{}}); got.RetryAfter != time.Second {
			t.Errorf("a full second asks for %v of patience", got.RetryAfter)
		}
		if got := refused(newKey(), liveHeaders(time.Now().Add(2*time.Hour), "0")); got.Kind != crm.KindQuota || got.RetryAfter != 2*time.Hour {
			t.Errorf("a used-up day is %+v", got)
		}
		if got := refused(newKey(), liveHeaders(time.Now().Add(2*time.Hour), "5")); got.Kind != crm.KindRate {
			t.Errorf("a full minute is %+v", got)
		}
		tenant := liveHeaders(time.Now().Add(2*time.Hour), "5")
		tenant.Set("x-keap-tenant-throttle-available", "10|0")
		if got := refused(newKey(), tenant); got.Kind != crm.KindQuota || got.RetryAfter != 2*time.Hour {
			t.Errorf("a used-up day of the tenant is %+v", got)
		}
		k := newKey()
		for range 4 {
			if got := refused(k, http.Header{}); got.Kind != crm.KindRate {
				t.Fatalf("without headers, at first: %+v", got)
			}
			time.Sleep(time.Minute)
		}
		if got := refused(k, http.Header{}); got.Kind != crm.KindQuota || got.RetryAfter.Round(time.Minute) != 2*time.Hour-4*time.Minute {
			t.Errorf("without headers, for four minutes: %+v", got)
		}
		k.classify(crm.Response{Status: 200})
		if got := refused(k, http.Header{}); got.Kind != crm.KindRate {
			t.Errorf("after a good answer: %+v", got)
		}
	})
}

func TestMistakesAreRecognised(t *testing.T) {
	for name, test := range map[string]struct {
		values map[string]string
		code   string
	}{
		"nothing":            {nil, "KEAP-KEY"},
		"legacy key":         {map[string]string{"crm.key": "0123456789abcdef0123456789abcdef"}, "KEAP-KEY-OLD"},
		"address of the app": {map[string]string{"crm.key": "https://ab103.infusionsoft.com"}, "KEAP-KEY-URL"},
		"address, no scheme": {map[string]string{"crm.key": "ab103.infusionsoft.com"}, "KEAP-KEY-URL"},
		"e-mail":             {map[string]string{"crm.key": "owner@example.com"}, "KEAP-KEY-URL"},
		"app name":           {map[string]string{"crm.key": "ab103"}, "KEAP-KEY-APP"},
		"client ID":          {map[string]string{"crm.key": "abcdefghjkmnpqrstuvwxyz2"}, "KEAP-KEY-CLIENT"},
		"cut off":            {map[string]string{"crm.key": "KeapAK-ab"}, "KEAP-KEY-SHORT"},
		"wrong case":         {map[string]string{"crm.key": "KEAPAK-abcdef0123456789"}, "KEAP-KEY-CASE"},
		"second is wrong":    {map[string]string{"crm.key": sandboxKey + ",ab103"}, "KEAP-KEY-APP"},
		"token is a page":    {map[string]string{"crm.token": "https://accounts.infusionsoft.com/app/oauth"}, "KEAP-TOKEN-URL"},
		"url of the app":     {map[string]string{"crm.key": sandboxKey, "crm.url": "https://ab103.infusionsoft.com"}, "KEAP-URL-APP"},
		"url of the login":   {map[string]string{"crm.key": sandboxKey, "crm.url": "https://keap.app/contacts"}, "KEAP-URL-APP"},
		"no url":             {map[string]string{"crm.key": sandboxKey, "crm.url": "keap"}, "KEAP-URL"},
		"plain http":         {map[string]string{"crm.key": sandboxKey, "crm.url": "http://api.example.com"}, "KEAP-URL"},
	} {
		_, err := newDriver(crm.Settings{Values: test.values})
		e, _ := err.(*crm.Error)
		if e == nil || e.Kind != crm.KindInvalid || e.Code != test.code || e.Hint == "" {
			t.Errorf("%s: %+v, want %s", name, err, test.code)
		}
		if key := test.values["crm.key"]; e != nil && len(key) > 6 && strings.Contains(e.Error(), key) {
			t.Errorf("%s: the error repeats what was pasted", name)
		}
	}
	for name, values := range map[string]map[string]string{
		"key in the token's field": {"crm.token": sandboxKey}, "key": {"crm.key": sandboxKey}, "token": {"crm.token": sandboxToken},
		"two keys": {"crm.key": twoKeys}, "the other host": {"crm.key": sandboxKey, "crm.url": "https://api.keap.com/crm/rest/v2"},
	} {
		if _, err := newDriver(crm.Settings{Values: values}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
