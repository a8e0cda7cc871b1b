package keap

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"

	"allyswitch/crm"
)

const (
	// home is where the API lives; api.keap.com is the same (developer.infusionsoft.com, REST documentation).
	home = "https://api.infusionsoft.com"
	// keyPrefix begins every Personal Access Token and Service Account Key (developer.infusionsoft.com, PAT and SAK).
	keyPrefix = "KeapAK-"

	optionKey   = "crm.key"
	optionToken = "crm.token"
	optionURL   = "crm.url"
)

// Provider is Keap as the rest of the program knows it.
func Provider() crm.Provider {
	return crm.Provider{
		ID:               "keap",
		Name:             "Keap",
		CodePrefix:       codePrefix,
		AccessAllyName:   "Infusionsoft/Keap",
		AccessAllySystem: "Infusionsoft",
		Options:          options(),
		Guide:            guide(),
		Upload:           upload(),
		// Mail follows the REST reference: an address that comes without an opt_in_reason is not marketable.
		Mail: crm.NewMail{Held: true, Words: "Keap does not count people whom a program brings in as marketable, and sends them no mail of campaigns. AllySwitch gives nobody's consent. " +
			"Mark the members who have agreed to mail there, with the reason."},
		New: newDriver,
	}
}

func options() []crm.Option {
	return []crm.Option{
		{
			Key: optionKey, Label: "Keap Service Account Key", Secret: true, Env: "ALLYSWITCH_CRM_KEY", Example: keyPrefix + "…",
			Help: "One key may send 240 requests a minute and 30,000 a day. You can give several keys of the same account, with commas between them: " +
				"each brings its own allowance, up to 250,000 a day for the account. A Personal Access Token works too.",
		},
		{
			Key: optionToken, Label: "Keap OAuth access token", Secret: true, Env: "ALLYSWITCH_CRM_TOKEN",
			Help: "Only if you have one. It may send 1,500 requests a minute and 150,000 a day, but stops working after about a day. With both a key and a token, the token is used.",
		},
		{
			Key: optionURL, Label: "Address of the Keap API", Advanced: true, Example: home,
			Help: "Leave it empty: it is the same for everybody. It is not the address of your own Keap app.",
		},
	}
}

// guide follows Keap's page on Personal Access Tokens and Service Account Keys, and AccessAlly's on Keap.
func guide() crm.CredentialGuide {
	return crm.CredentialGuide{
		Where: []string{
			"your picture or the gear at the corner",
			"Settings",
			"API Settings (in some accounts under Integrations)",
			"Service Account Keys",
			"Create",
		},
		LooksLike: "a key that begins with " + keyPrefix + ", one line of letters and digits. Only an administrator sees this page. Name the key AllySwitch, and copy it at once: Keap shows it only this one time.",
		ForAccessAlly: []string{
			"AccessAlly asks for the name of your Keap app as well: the letters and digits in front of .infusionsoft.com when you are logged in, such as ab103.",
			"Which kind of key AccessAlly wants beside it, its public pages do not say: look at its CRM Integration tab. If it takes a Service Account Key, make a second one for it, so that the two do not share one day's allowance.",
			"If the tab asks for something else (that you log in at Keap, or an older key), take what it asks for, and tell AccessAlly's support.",
			"Only an administrator can make a Service Account Key. Any user can make a Personal Access Token, but it can see and do only what that user can.",
		},
		Mistakes: []string{
			"The old encrypted API key of Infusionsoft: Keap has switched those off. Make a Service Account Key.",
			"The address of your app (https://ab103.infusionsoft.com) in the key field: copy the key itself.",
			"The Client ID or Client Secret of a developer app: those are for programmers. Make a Service Account Key.",
			"A key that was made earlier and not kept: Keap cannot show it again. Make a new one.",
			"Keys of two different Keap accounts: use keys of the account you move to only.",
		},
	}
}

func newDriver(settings crm.Settings) (crm.Driver, error) {
	keys, token, err := credentials(settings.Values[optionKey], settings.Values[optionToken])
	if err != nil {
		return nil, err
	}
	base, err := baseURL(settings.Values[optionURL])
	if err != nil {
		return nil, err
	}
	d := &driver{oauth: token != "", app: &atomic.Pointer[string]{}, book: newBook()}
	if d.oauth {
		keys = []string{token}
	}
	d.book.share = createsALook(len(keys), d.oauth)
	d.ring, err = newKeyring(settings, base, keys, d.oauth, d.app)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// credentials recognises what people paste by mistake. A key in the field of the token is simply used as a key.
func credentials(key, token string) (keys []string, oauth string, err error) {
	token = strings.TrimSpace(token)
	if strings.HasPrefix(token, keyPrefix) {
		key, token = key+" "+token, ""
	}
	keys = splitKeys(key)
	if len(keys) == 0 && token == "" {
		return nil, "", mistake("KEY", "Keap needs a Service Account Key. You make one in Keap at Settings > API Settings. It begins with "+keyPrefix+".")
	}
	for i, one := range keys {
		if err := checkKey(one); err != nil {
			if len(keys) > 1 {
				err.Hint = fmt.Sprintf("key %d of %d: %s", i+1, len(keys), err.Hint)
			}
			return nil, "", err
		}
	}
	if isAddress(token) {
		return nil, "", mistake("TOKEN-URL", "this is an address, not an OAuth token.")
	}
	return keys, token, nil
}

// legacyKey is the shape of Infusionsoft's old encrypted keys; appShape that of app names; clientShape that of client IDs, client
// secrets and OAuth tokens.
func legacyKey(text string) bool {
	return regexp.MustCompile(`^[0-9a-fA-F]{32,128}$`).MatchString(text)
}
func appShape(text string) bool {
	return regexp.MustCompile(`^[a-zA-Z]{2,3}[0-9]{2,4}$`).MatchString(text)
}
func clientShape(text string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9_.-]{10,}$`).MatchString(text)
}

func checkKey(key string) *crm.Error {
	switch {
	case strings.HasPrefix(key, keyPrefix) && len(key) >= len(keyPrefix)+8:
		return nil
	case strings.HasPrefix(key, keyPrefix):
		return mistake("KEY-SHORT", "this key is too short. Copy all of it, from "+keyPrefix+" to the end of the line.")
	case strings.HasPrefix(strings.ToLower(key), strings.ToLower(keyPrefix)):
		return mistake("KEY-CASE", "this key was changed on its way here: capital letters matter. It must begin with exactly "+keyPrefix+".")
	case isAddress(key):
		return mistake("KEY-URL", "this is the address of a page or a person, not a key. Open Settings > API Settings in Keap and copy the key itself.")
	case legacyKey(key):
		return mistake("KEY-OLD", "this is an old encrypted key of Infusionsoft, which Keap has switched off. Make a Service Account Key at Settings > API Settings. It begins with "+keyPrefix+".")
	case appShape(key):
		return mistake("KEY-APP", "this is the name of your Keap app, not a key. A key begins with "+keyPrefix+".")
	case clientShape(key):
		return mistake("KEY-CLIENT", "this looks like the Client ID or Client Secret of a developer app, or an OAuth token. A key begins with "+keyPrefix+"; an OAuth token goes in the token field.")
	}
	return mistake("KEY-FORM", "this does not look like a Keap key. A key begins with "+keyPrefix+" and is one line of letters and digits.")
}

func isAddress(text string) bool {
	lower := strings.ToLower(text)
	return strings.Contains(lower, "://") || strings.Contains(lower, "@") || strings.Contains(lower, "/") ||
		strings.Contains(lower, ".infusionsoft.com") || strings.Contains(lower, "keap.app") || strings.Contains(lower, "keap.com")
}

// baseURL is the host of the API. The address of an app, which AccessAlly once asked for, is recognised.
func baseURL(text string) (*url.URL, error) {
	if text = strings.TrimSpace(text); text == "" {
		text = home
	}
	base, err := url.Parse(text)
	if err != nil || base.Host == "" {
		return nil, mistake("URL", "the address of the Keap API must begin with https://. Leave it empty: it is the same for everybody.")
	}
	host := strings.ToLower(base.Hostname())
	if (strings.HasSuffix(host, ".infusionsoft.com") && host != "api.infusionsoft.com") || strings.HasSuffix(host, "keap.app") || host == "keap.com" || host == "www.keap.com" {
		return nil, mistake("URL-APP", "this is the address of your Keap app, where people log in. Leave the address empty: the API's is the same for everybody.")
	}
	base.RawQuery, base.Fragment = "", ""
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	for _, tail := range []string{"/v1", "/v2", "/rest", "/xmlrpc", "/crm"} {
		base.Path = strings.TrimSuffix(base.Path, tail)
	}
	return base, nil
}

// mistake is a setting that cannot be right, with what to do.
func mistake(code, hint string) *crm.Error {
	return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-" + code, Op: "connect", Hint: hint}
}
