package activecampaign

import (
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"allyswitch/crm"
)

func TestPastedAddresses(t *testing.T) {
	for pasted, want := range map[string]string{
		"https://acme.api-us1.com":                         "https://acme.api-us1.com/api/3",
		" https://Acme.api-us1.com/ \n":                    "https://acme.api-us1.com/api/3",
		"https://acme.api-us1.com/api/3":                   "https://acme.api-us1.com/api/3",
		"https://acme.api-us1.com/api/3/contacts?limit=1":  "https://acme.api-us1.com/api/3",
		"https://acme.api-us1.com/admin/api.php":           "https://acme.api-us1.com/api/3",
		"acme.api-us1.com":                                 "https://acme.api-us1.com/api/3",
		"\"https://acme.activehosted.com\"":                "https://acme.activehosted.com/api/3",
		"https://crm.example.com":                          "https://crm.example.com/api/3",
		"http://127.0.0.1:8080/activecampaign":             "http://127.0.0.1:8080/activecampaign/api/3",
		"http://localhost:8080/activecampaign/api/3/":      "http://localhost:8080/activecampaign/api/3",
		"http://[::1]:8080":                                "http://[::1]:8080/api/3",
		"https://acme.api-us1.com/apiary":                  "https://acme.api-us1.com/apiary/api/3",
		"https://acme.activehosted.com/api/3/users/me":     "https://acme.activehosted.com/api/3",
		"\u200bhttps://acme.api-us1.com\u00a0":             "https://acme.api-us1.com/api/3",
		"https://acme.api-us1.com/?utm_source=mail#anchor": "https://acme.api-us1.com/api/3",
	} {
		base, err := parseBase(pasted)
		if err != nil || base.String() != want {
			t.Errorf("%q became %v, %v; want %s", pasted, base, err, want)
		}
	}
}

func TestAddressesThatCannotBeRight(t *testing.T) {
	for pasted, hint := range map[string]string{
		"": "Enter the API URL",
		"https://acme.activehosted.com/app/settings/developer": "Settings, Developer",
		"https://acme.activehosted.com/admin/":                 "Settings, Developer",
		"https://acme.activehosted.com/login":                  "Settings, Developer",
		"https://www.activecampaign.com/login":                 "own website",
		"http://acme.api-us1.com":                              "https://",
		"ftp://acme.api-us1.com":                               "https://",
		sandboxKey:                                             "API key, not the URL",
		"https://":                                             "not a web address",
		"https://user:pass@acme.api-us1.com":                   "not a web address",
		"my account":                                           "not a web address",
	} {
		_, err := newDriver(crm.Settings{Values: map[string]string{optionURL: pasted, optionKey: sandboxKey}})
		wantHint(t, pasted, err, hint)
	}
}

func TestPastedKeys(t *testing.T) {
	for _, pasted := range []string{sandboxKey, " " + sandboxKey + "\n", "'" + sandboxKey + "'", "Api-Token: " + sandboxKey} {
		if key, err := parseKey(pasted); err != nil || key != sandboxKey {
			t.Errorf("%q became %q, %v", pasted, key, err)
		}
	}
	for pasted, hint := range map[string]string{
		"":                                 "Enter the API key",
		"https://acme.api-us1.com":         "looks like an address",
		"acme.api-us1.com":                 "looks like an address",
		"owner@example.com":                "e-mail address",
		"KeapAK-0123456789":                "for Keap",
		"kit_0123456789":                   "for Kit",
		sandboxKey[:30] + " " + sandboxKey: "only in part",
		sandboxKey[:30] + "…":              "only in part",
	} {
		_, err := newDriver(crm.Settings{Values: map[string]string{optionURL: "https://acme.api-us1.com", optionKey: pasted}})
		wantHint(t, pasted, err, hint)
		if err != nil && len(pasted) > 20 && strings.Contains(err.Error(), pasted) {
			t.Errorf("the error repeats what was pasted: %v", err)
		}
	}
}

func wantHint(t *testing.T, pasted string, err error, hint string) {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) || e.Kind != crm.KindInvalid || !strings.Contains(e.Hint, hint) {
		t.Errorf("%q: the error is %v, want a hint with %q", pasted, err, hint)
	}
}

// The page of a contact is known from the address of the API where that names the account.
func TestContactPages(t *testing.T) {
	for address, want := range map[string]string{
		"https://acme.api-us1.com":      "https://acme.activehosted.com/app/contacts/7",
		"https://acme.activehosted.com": "https://acme.activehosted.com/app/contacts/7",
		"https://crm.example.com":       "",
	} {
		d, err := newDriver(crm.Settings{
			Values: map[string]string{optionURL: address, optionKey: sandboxKey},
			Log:    slog.New(slog.NewTextHandler(io.Discard, nil)), Meter: &crm.Meter{},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := d.ContactURL("7"); got != want {
			t.Errorf("%s: the page is %q, want %q", address, got, want)
		}
		if d.ContactURL("") != "" {
			t.Error("there is a page of nobody")
		}
	}
}
