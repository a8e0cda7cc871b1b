package keap

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

const twoKeys = sandboxKey + ", " + sandboxKey2

// shortDay is an account whose keys have only 300 requests a day, so that a day is soon used up.
func shortDay() []sandbox.Window {
	windows := serverWindows()
	windows[2].Requests = 300
	return windows
}

// TestTwoKeysShareADay: each of two keys has few requests left today. Both are used up, nothing is lost, and the rest goes after
// midnight UTC; the day is told from the minute by the headers, or, where there are none, by how long the refusals last.
func TestTwoKeysShareADay(t *testing.T) {
	for _, headers := range []string{"sent", "missing", "missing, but Retry-After"} {
		switches := []string{"rate-headers=" + headers[:min(len(headers), 7)], "throttle=429"}
		if strings.HasSuffix(headers, "After") {
			switches[1] += "-retry-after"
		}
		tellWithin(t, shortDay(), func(a *account) {
			time.Sleep(20 * time.Hour)
			left := map[string]int{sandboxKey: 40, sandboxKey2: 25}
			for key, few := range left {
				a.spend(key, 300-few)
			}
			time.Sleep(time.Minute)
			used := map[string]int{}
			a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
				if answer.StatusCode == http.StatusOK && time.Now().UTC().Day() == 1 {
					used[r.Header.Get("X-Keap-API-Key")]++
				}
				return answer, nil
			}
			for i := range 75 {
				must(a, func() ([]crm.Contact, error) { return a.driver.Find(a.ctx, fmt.Sprintf("m%d@example.com", i)) })
			}
			if !maps.Equal(used, left) {
				t.Errorf("headers %s: used before midnight %v, want %v", headers, used, left)
			}
			if now := time.Now().UTC(); now.Day() != 2 || now.Hour() > 0 {
				t.Errorf("headers %s: it is %v, want shortly after midnight", headers, now)
			}
			if refused := a.fake.Traffic().RateLimited; headers == "sent" && refused > 0 {
				t.Errorf("%d refusals although the headers told what is left", refused)
			}
		}, twoKeys, sandbox.Options{}, switches...)
	}
}

// spend lets another integration use up part of a key's day.
func (a *account) spend(key string, requests int) {
	a.Helper()
	transport := sandbox.Transport(a.fake)
	for range requests {
		request, _ := http.NewRequestWithContext(a.ctx, "GET", "http://127.0.0.1:8080/crm/rest/v2/businessProfile", nil)
		request.Header.Set("X-Keap-API-Key", key)
		answer, err := transport.RoundTrip(request)
		if err != nil || answer.StatusCode != http.StatusOK {
			a.Fatalf("spend: %v %v", err, answer)
		}
		time.Sleep(260 * time.Millisecond)
	}
}

// TestTwoKeysAreTwiceAsFast: the windows of the plan are those of both keys, and both are used evenly.
func TestTwoKeysAreTwiceAsFast(t *testing.T) {
	tellWith(t, func(a *account) {
		used := map[string]int{}
		a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
			used[r.Header.Get("X-Keap-API-Key")]++
			return answer, nil
		}
		began := time.Now()
		for i := range 1200 {
			must(a, func() ([]crm.Contact, error) { return a.driver.Find(a.ctx, fmt.Sprintf("m%d@example.com", i)) })
		}
		if took := time.Since(began); took > 2*time.Minute+20*time.Second {
			t.Errorf("1,200 requests took %v with two keys of 240 a minute", took)
		}
		if used[sandboxKey] != 600 || used[sandboxKey2] != 600 {
			t.Errorf("the keys were used unevenly: %v", used)
		}
		if windows := a.client.Features().Windows; windows[1].Requests != 480 || windows[2].Requests != 60_000 {
			t.Errorf("the plan reckons with %+v", windows)
		}
		if a.fake.Traffic().RateLimited > 0 {
			t.Errorf("%d refusals", a.fake.Traffic().RateLimited)
		}
	}, twoKeys, sandbox.Options{})
}

// TestOneKeyWaitsForMidnight says meanwhile why, and until when.
func TestOneKeyWaitsForMidnight(t *testing.T) {
	tellWithin(t, shortDay(), func(a *account) {
		time.Sleep(20 * time.Hour)
		a.spend(sandboxKey, 299)
		time.Sleep(time.Minute)
		must(a, func() ([]crm.Contact, error) { return a.driver.Find(a.ctx, "one@example.com") })
		go func() {
			time.Sleep(10 * time.Minute)
			if wait := a.meter.Waiting(); !strings.Contains(wait.Reason, "300 requests a day") || wait.Until.UTC().Day() != 2 {
				t.Errorf("while it waits it says %+v", wait)
			}
		}()
		must(a, func() ([]crm.Contact, error) { return a.driver.Find(a.ctx, "two@example.com") })
		if now := time.Now().UTC(); now.Day() != 2 || now.Hour() != 0 {
			t.Errorf("it is %v, want shortly after midnight", now)
		}
	}, sandboxKey, sandbox.Options{})
}

// TestKeysOfTwoAccounts must not be mixed: half of the members would end in the wrong account.
func TestKeysOfTwoAccounts(t *testing.T) {
	tellWith(t, func(a *account) {
		a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
			if r.Header.Get("X-Keap-API-Key") == sandboxKey2 {
				body, _ := io.ReadAll(answer.Body)
				answer.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte("ab103"), []byte("cd204"))))
			}
			return answer, nil
		}
		_, err := a.client.Check(a.ctx)
		if !crm.IsKind(err, crm.KindInvalid) || !strings.Contains(err.Error(), "cd204") {
			t.Errorf("the check says %v", err)
		}
	}, twoKeys, sandbox.Options{})
}

// TestOneOfTheKeysIsWrong says which one.
func TestOneOfTheKeysIsWrong(t *testing.T) {
	tellWith(t, func(a *account) {
		_, err := a.client.Check(a.ctx)
		if !crm.IsKind(err, crm.KindAuth) || !strings.Contains(err.Error(), "key 2 of 2") {
			t.Errorf("the check says %v", err)
		}
	}, sandboxKey+"\n"+keyPrefix+"not-a-key-of-anybody", sandbox.Options{})
}

// TestCheck: whose key it is, how many contacts there are, and where they are seen in the browser.
func TestCheck(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "a@example.com"}, {Email: "b@example.com"}}})
		if url := a.driver.ContactURL("7"); url != "" {
			t.Errorf("before anything was asked the contact is at %q", url)
		}
		account := must(a, func() (crm.Account, error) { return a.driver.Check(a.ctx) })
		want := crm.Account{ID: "ab103.infusionsoft.com", Name: "ab103", User: "owner@example.com", URL: "https://ab103.infusionsoft.com", ContactLimit: -1, Contacts: 2}
		if account != want {
			t.Errorf("the account is %+v, want %+v", account, want)
		}
		if url := a.driver.ContactURL("7"); url != "https://ab103.infusionsoft.com/Contact/manageContact.jsp?view=edit&ID=7" {
			t.Errorf("the contact is at %q", url)
		}
	})
}

// TestOAuthToken goes as a bearer and has windows of its own.
func TestOAuthToken(t *testing.T) {
	tell(t, func(a *account) {
		driver := must(a, func() (crm.Driver, error) {
			return newDriver(crm.Settings{Transport: a.wire, Values: map[string]string{"crm.token": sandboxToken, "crm.key": sandboxKey, "crm.url": "http://localhost:1/crm/rest/v2/"}})
		})
		a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
			if r.Header.Get("Authorization") != "Bearer "+sandboxToken || r.Header.Get("X-Keap-API-Key") != "" {
				t.Errorf("the credentials are %v", r.Header)
			}
			return answer, nil
		}
		must(a, func() (crm.Account, error) { return driver.Check(a.ctx) })
		if windows := driver.Features().Windows; windows[0].Requests != 25 || windows[1].Requests != 1500 || windows[2].Requests != 150_000 {
			t.Errorf("the windows are %+v", windows)
		}
	})
}

func TestSplitKeys(t *testing.T) {
	a, b := "KeapAK-aaaaaaaa11", "KeapAK-bbbbbbbb22"
	for _, text := range []string{a + "," + b, a + " " + b, a + "\r\n" + b + "\n", "  " + a + ";\t" + b, a + b, a + "\u00a0" + b, a + "," + b + "," + a} {
		if keys := splitKeys(text); !slices.Equal(keys, []string{a, b}) {
			t.Errorf("%q gives %q", text, keys)
		}
	}
	if keys := splitKeys(" \n"); len(keys) != 0 {
		t.Errorf("nothing gives %q", keys)
	}
}
