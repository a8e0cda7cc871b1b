package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// Kit's "too fast" is plain text without Retry-After. The driver waits for the window and goes on; it never reads it as an answer.
func TestTooFastIsWaitedFor(t *testing.T) {
	for _, credential := range credentials {
		t.Run(credential, func(t *testing.T) {
			with(t, credential, nil, func(a *owner) {
				status := http.StatusOK
				var text string
				for range 1000 { // somebody else uses the same credential
					if status, text, _ = a.raw(credential, "GET", "/v4/account", nil); status != http.StatusOK {
						break
					}
				}
				if status != http.StatusTooManyRequests || text != "Retry later" {
					a.Fatalf("status %d, text %q", status, text)
				}
				start := time.Now()
				if outcome := a.upsert(crm.Contact{Email: "ada@example.com"}); outcome.Result != crm.Created {
					a.Errorf("outcome %+v", outcome)
				}
				if took := time.Since(start); took < 59*time.Second || took > 2*time.Minute {
					a.Errorf("went on after %v", took)
				}
			})
		})
	}
}

// The two credentials have windows of their own: 120 and 600 a minute.
func TestEachCredentialHasItsOwnWindow(t *testing.T) {
	with(t, "key", nil, func(a *owner) {
		count := func(credential string) int {
			for n := 0; ; n++ {
				if status, _, _ := a.raw(credential, "GET", "/v4/account", nil); status != http.StatusOK {
					return n
				}
			}
		}
		if key, token := count("key"), count("token"); key != keyRate || token != tokenRate {
			a.Errorf("%d with the key, %d with the token", key, token)
		}
	})
}

// Bulk calls are for OAuth alone. With a key the driver never tries one.
func TestBulkIsForTokensOnly(t *testing.T) {
	for _, refusal := range []string{"401", "403"} {
		with(t, "key", map[string]string{switchKeyOnBulk: refusal}, func(a *owner) {
			if f := a.driver.Features(); f.UpsertBatch != 1 || f.TagBatch != 1 {
				a.Errorf("features %+v", f)
			}
			gold, err := a.driver.CreateTag(a.ctx, "Gold")
			if err != nil {
				a.Fatal(err)
			}
			ada := a.upsert(crm.Contact{Email: "ada@example.com", LastName: "Lovelace"})
			targets := []crm.Target{{ID: ada.ID, Email: "ada@example.com"}}
			_, apply := a.driver.ApplyTag(a.ctx, gold, targets)
			_, remove := a.driver.RemoveTag(a.ctx, gold, targets)
			if err := errors.Join(apply, remove); err != nil {
				a.Error(err)
			}
			if a.wire.count("/bulk/") != 0 {
				a.Errorf("requests %q", a.wire.requests)
			}
		})
	}
	with(t, "token", nil, func(a *owner) {
		if f := a.driver.Features(); f.UpsertBatch != 100 || f.TagBatch != 100 {
			a.Errorf("features %+v", f)
		}
	})
}

func refreshing(a *owner, replaced func(key, value string)) *driver {
	a.Helper()
	d, err := newDriver(crm.Settings{
		Values: map[string]string{
			optionURL: "http://127.0.0.1:8080", optionToken: sandboxToken, optionRefresh: sandboxRefresh, optionClientID: sandboxClientID, optionClientSecret: sandboxClientSecret,
		},
		Transport: a.wire, OnSecret: replaced,
	})
	if err != nil {
		a.Fatal(err)
	}
	return d.(*driver)
}

// A refresh token works once and comes back changed. However many calls find the access token expired, it is exchanged once, the new
// one is kept and handed on, and the next expiry uses the new one.
func TestRefreshTokensAreUsedOnce(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		var mu sync.Mutex
		secrets := map[string]string{}
		d := refreshing(a, func(key, value string) {
			mu.Lock()
			defer mu.Unlock()
			secrets[key] = value
		})
		for round := 1; round <= 3; round++ {
			a.fake.expire()
			var wait sync.WaitGroup
			for range 20 {
				wait.Go(func() {
					if _, err := d.Tags(a.ctx); err != nil {
						a.Errorf("round %d: %v", round, err)
					}
				})
			}
			wait.Wait()
			if exchanged := a.wire.count("POST /v4/oauth/token"); exchanged != round {
				a.Errorf("%d exchanges after round %d", exchanged, round)
			}
		}
		if secrets[optionRefresh] != "sandbox-refresh-token-4" || secrets[optionToken] != "sandbox-access-token-4" {
			a.Errorf("handed on: %q", secrets)
		}
	})
}

// When the answer to the exchange is lost, the refresh token is spent. Trying again would only hide that: the owner hears what to do.
func TestALostExchangeIsSaid(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		d := refreshing(a, nil)
		a.fake.expire()
		a.wire.lose = func(r *http.Request) bool {
			if isTokenCall(r) && r.Header.Get("Authorization") != "" {
				a.Error("the expired token was sent along")
			}
			return isTokenCall(r)
		}
		_, err := d.Tags(a.ctx)
		e := wants(t, err, crm.KindAuth)
		if e.Code != "KIT-REFRESH" || !strings.Contains(e.Hint, "enter the new access and refresh tokens") {
			a.Errorf("error %+v", e)
		}
		if a.wire.count("oauth/token") != 1 {
			a.Errorf("%d exchanges", a.wire.count("oauth/token"))
		}
		a.wire.lose = nil
		_, err = d.Tags(a.ctx)
		wants(t, err, crm.KindAuth)
	})
}

// Without a refresh token an expired token stops the work and says what to do; a wrong one is told apart from it.
func TestAnExpiredTokenSaysWhatToDo(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		a.fake.expire()
		_, err := a.driver.Tags(a.ctx)
		if e := wants(t, err, crm.KindAuth); !strings.Contains(e.Hint, "Get a new one") || e.Code != "KIT-401" {
			a.Errorf("error %+v", e)
		}
		_, err = a.open(map[string]string{optionToken: "wrong"}).Tags(a.ctx)
		if e := wants(t, err, crm.KindAuth); strings.Contains(e.Hint, "Get a new one") {
			a.Errorf("error %+v", e)
		}
	})
	for setting, words := range map[string]string{"token-words": "The access token is invalid", "key-words": "The API key is invalid"} {
		with(t, "key", map[string]string{switchBadKey: setting}, func(a *owner) {
			_, err := a.open(map[string]string{optionKey: "kit_wrong"}).Check(a.ctx)
			if e := wants(t, err, crm.KindAuth); e.Hint != words {
				a.Errorf("hint %q", e.Hint)
			}
		})
	}
}

// What people paste by mistake is recognised before anything is sent.
func TestMistakesInTheSettings(t *testing.T) {
	for code, values := range map[string]map[string]string{
		"KIT-KEY":       {},
		"KIT-KEY-URL":   {optionKey: "https://app.kit.com/account_settings/developer_settings"},
		"KIT-KEY-V3":    {optionKey: strings.Repeat("aB3-", 5) + "xy"},
		"KIT-TOKEN-KEY": {optionToken: sandboxKey},
		"KIT-URL":       {optionKey: sandboxKey, optionURL: "http://api.kit.com"},
	} {
		_, err := newDriver(crm.Settings{Values: values})
		if e := wants(t, err, crm.KindInvalid); e.Code != code || e.Hint == "" {
			t.Errorf("%v: code %s, hint %q, want %s", values, e.Code, e.Hint, code)
		}
	}
	for name, values := range map[string]map[string]string{
		"the v3 secret or a token in the key field": {optionKey: strings.Repeat("x_9", 14) + "z"},
		"an e-mail address":                         {optionKey: "owner@example.com"},
	} {
		if _, err := newDriver(crm.Settings{Values: values}); !crm.IsKind(err, crm.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, values := range map[string]map[string]string{
		"quotes and spaces":    {optionKey: ` "` + sandboxKey + `" `},
		"a token of 43 signs":  {optionToken: strings.Repeat("x_9", 14) + "z"},
		"an address with /v4/": {optionKey: sandboxKey, optionURL: "https://api.kit.com/v4/"},
	} {
		if _, err := newDriver(crm.Settings{Values: values}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every refusal of Kit's is read for what it means.
func TestRefusalsAreClassified(t *testing.T) {
	envelope := func(words string) string { return `{"errors":["` + words + `"]}` }
	for _, c := range []struct {
		status int
		body   string
		want   crm.Kind
	}{
		{401, envelope("The access token is invalid"), crm.KindAuth},
		{403, envelope("This request would exceed your subscriber limit"), crm.KindPlanLimit},
		{403, envelope("Subscriber limit exceeded"), crm.KindPlanLimit},
		{403, envelope("Not allowed"), crm.KindPermission},
		{403, "<html>blocked</html>", crm.KindPermission},
		{404, envelope("Not Found"), crm.KindNotFound},
		{413, envelope("This request exceeds your queued bulk requests limit."), crm.KindTemporary},
		{413, "", crm.KindTemporary},
		{422, envelope("Email address is invalid"), crm.KindInvalid},
		{422, envelope("Label has already been taken"), crm.KindConflict},
		{422, "", crm.KindTemporary},
		{422, `{"errors":[]}`, crm.KindTemporary},
		{401, "\x00garbage", crm.KindTemporary},
		{429, "Retry later", crm.KindRate},
		{429, "<html>", crm.KindRate},
		{400, `{"error":"invalid_grant","error_description":"spent"}`, crm.KindInvalid},
		{500, "", crm.KindTemporary},
		{503, "<html></html>", crm.KindTemporary},
	} {
		got := classify(crm.Response{Status: c.status, Body: []byte(c.body)})
		if got == nil || got.Kind != c.want {
			t.Errorf("%d %q: %+v, want %s", c.status, c.body, got, c.want)
		}
	}
	if classify(crm.Response{Status: 202, Body: []byte("{}")}) != nil {
		t.Error("202 is no refusal")
	}
}

// The page of a contact is where support can look.
func TestContactURL(t *testing.T) {
	d := stubbed(t, "key", func(http.ResponseWriter, *http.Request) {})
	if got := d.ContactURL("353"); got != "https://app.kit.com/subscribers/353" {
		t.Errorf("got %s", got)
	}
	if got := d.ContactURL(""); got != "" {
		t.Errorf("nobody's page is %s", got)
	}
}

// A credential goes to the API and nowhere else: the token endpoint has its own.
func TestCredentialsInHeaders(t *testing.T) {
	for _, credential := range credentials {
		var header http.Header
		d := stubbed(t, credential, func(w http.ResponseWriter, r *http.Request) {
			header = r.Header.Clone()
			sandbox.WriteJSON(w, http.StatusOK, map[string]any{"tags": []any{}, "pagination": map[string]any{"has_next_page": false}})
		})
		if _, err := d.Tags(t.Context()); err != nil {
			t.Fatal(err)
		}
		key, bearer := header.Get("X-Kit-Api-Key"), header.Get("Authorization")
		if (key == sandboxKey) != (credential == "key") || (bearer == "Bearer "+sandboxToken) != (credential == "token") {
			t.Errorf("with a %s the headers are %q and %q", credential, key, bearer)
		}
	}
}

// What Kit puts in the place of a token is as secret as the token was: it reaches neither the log nor an error.
func TestRenewedTokensStayOutOfLogsAndErrors(t *testing.T) {
	with(t, "token", nil, func(a *owner) {
		var log bytes.Buffer
		a.fake.expire()
		renewed := map[string]string{}
		real := a.wire.next
		d, err := newDriver(crm.Settings{
			Values: map[string]string{
				optionURL: "http://127.0.0.1:8080", optionToken: sandboxToken, optionRefresh: sandboxRefresh, optionClientID: sandboxClientID, optionClientSecret: sandboxClientSecret,
			},
			Transport: sandbox.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if len(renewed) == 2 {
					w.WriteHeader(http.StatusUnprocessableEntity)
					_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{"not with " + renewed[optionToken] + " and " + renewed[optionRefresh]}})
					return
				}
				answer, err := real.RoundTrip(r)
				if err != nil {
					t.Error(err)
					return
				}
				w.WriteHeader(answer.StatusCode)
				_, _ = io.Copy(w, answer.Body)
			})),
			Log: slog.New(slog.NewJSONHandler(&log, nil)), OnSecret: func(key, value string) { renewed[key] = value },
		})
		if err != nil {
			a.Fatal(err)
		}
		_, err = d.Tags(a.ctx)
		if len(renewed) != 2 || err == nil || !strings.Contains(err.Error(), "not with [redacted]") {
			a.Fatalf("renewed %d, %v", len(renewed), err)
		}
		for _, secret := range renewed {
			if strings.Contains(err.Error(), secret) || strings.Contains(log.String(), secret) {
				a.Errorf("%s is in the error or the log: %v\n%s", secret, err, log.String())
			}
		}
	})
}
