// Package kit speaks to Kit (formerly ConvertKit), API v4, with an API key or with an OAuth access token. A token opens
// the bulk calls and five times the rate; a key works one contact a request.
package kit

import (
	"net/url"
	"regexp"
	"strings"

	"allyswitch/crm"
)

const (
	codePrefix = "KIT"
	// home is where the API lives (developers.kit.com, "API reference").
	home = "https://api.kit.com"

	optionKey          = "crm.key"
	optionToken        = "crm.token"
	optionURL          = "crm.url"
	optionRefresh      = "crm.refresh_token"
	optionClientID     = "crm.client_id"
	optionClientSecret = "crm.client_secret"
)

// Provider is Kit as the rest of the program knows it.
func Provider() crm.Provider {
	return crm.Provider{
		ID:               "kit",
		Name:             "Kit",
		CodePrefix:       codePrefix,
		AccessAllyName:   "Kit (ConvertKit)",
		AccessAllySystem: "convertkit",
		Options:          options(),
		Guide:            guide(),
		Routes:           routes(),
		Upload:           upload(),
		// Mail follows the API reference: a subscriber who is created without a state is active.
		Mail: crm.NewMail{Words: "Kit takes new subscribers as active, without a confirmation mail: from then on it mails them like everybody else. Send only what they have agreed to."},
		New:  newDriver,
	}
}

func options() []crm.Option {
	return []crm.Option{
		{
			Key: optionKey, Label: "Kit API key (v4)", Secret: true, Env: "ALLYSWITCH_CRM_KEY", Example: "kit_…",
			Help: "A v4 key moves one member at a time, 120 a minute. It is enough for a few thousand members. Leave it empty if you have an OAuth token.",
		},
		{
			Key: optionToken, Label: "Kit OAuth access token", Secret: true, Env: "ALLYSWITCH_CRM_TOKEN",
			Help: "Only if you have one. It moves a hundred members at a time. With both a key and a token, the token is used.",
		},
		{
			Key: optionRefresh, Label: "OAuth refresh token", Secret: true, Env: "ALLYSWITCH_CRM_REFRESH_TOKEN", Advanced: true,
			Help: "Lets AllySwitch renew the access token when it expires. A refresh token works once: Kit gives a new one each time.",
		},
		{
			Key: optionClientID, Label: "OAuth client ID", Env: "ALLYSWITCH_CRM_CLIENT_ID", Advanced: true,
			Help: "The client ID of the Kit app that the refresh token belongs to.",
		},
		{
			Key: optionClientSecret, Label: "OAuth client secret", Secret: true, Env: "ALLYSWITCH_CRM_CLIENT_SECRET", Advanced: true,
			Help: "The client secret of that app. Leave it empty for an app without one.",
		},
		{
			Key: optionURL, Label: "Address of the Kit API", Advanced: true, Example: home,
			Help: "Leave it empty: it is the same for everybody.",
		},
	}
}

// guide follows Kit's own pages (Settings > Developer) and AccessAlly's article on Kit: the two want different keys.
func guide() crm.CredentialGuide {
	return crm.CredentialGuide{
		Where: []string{
			"your name at the top right",
			"Settings",
			"Developer",
			"V4 Keys",
			"Add a new key",
		},
		LooksLike: "a key that begins with kit_, one line of letters and digits. Name it AllySwitch, and copy it at once: Kit does not show it again.",
		ForAccessAlly: []string{
			"AccessAlly asks for an API Key and an API Secret. Those are the two v3 values, on the same Kit page under V3 Key.",
			"AllySwitch wants the v4 key. Have all three at hand: they are not interchangeable. If AccessAlly's tab asks for one key only, try the v4 key there, and tell AccessAlly's support.",
			"AccessAlly needs a paid Kit plan.",
		},
		Mistakes: []string{
			"The v3 API Key or API Secret (for AccessAlly): take the key under V4 Keys instead.",
			"The address of the Developer page: open it and copy the key itself.",
			"An OAuth token in the key field: put it in the token field.",
			"A key that was made earlier and not kept: Kit cannot show it again. Make a new one.",
		},
	}
}

// v3Key and v3Secret are the shapes of the two v3 values: 16 and 32 random bytes, Base64 for URLs.
var (
	v3Key    = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)
	v3Secret = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
)

const v4Prefix = "kit_"

// checkCredentials recognises what people paste by mistake.
func checkCredentials(key, token string) error {
	switch {
	case key == "" && token == "":
		return mistake("KEY", "Kit needs a v4 API key or an OAuth access token. You find keys in Kit at Settings > Developer > V4 Keys.")
	case looksLikeAddress(key) || looksLikeAddress(token):
		return mistake("KEY-URL", "this is the address of a page or a person, not a key. Open Settings > Developer in Kit and copy the key itself.")
	case strings.HasPrefix(token, v4Prefix):
		return mistake("TOKEN-KEY", "this is an API key in the field for the OAuth token. Put it in the key field.")
	case v3Key.MatchString(key) && !strings.HasPrefix(key, v4Prefix):
		return mistake("KEY-V3", "this looks like the v3 API Key, which AccessAlly wants. AllySwitch needs a v4 key: Settings > Developer > V4 Keys > Add a new key. It begins with kit_.")
	case v3Secret.MatchString(key) && !strings.HasPrefix(key, v4Prefix):
		return mistake("KEY-V3", "this looks like the v3 API Secret or an OAuth token, not a v4 key. A v4 key begins with kit_; an OAuth token goes in the token field.")
	}
	return nil
}

func looksLikeAddress(value string) bool {
	lower := strings.ToLower(value)
	return strings.Contains(lower, "://") || strings.HasPrefix(lower, "www.") || strings.Contains(lower, "kit.com") || strings.Contains(lower, "@")
}

func mistake(code, hint string) error {
	return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-" + code, Op: "read the Kit settings", Hint: hint}
}

// baseURL is the address below which the API lies. People paste it with the version or a slash at the end.
func baseURL(value string) (*url.URL, error) {
	if value == "" {
		value = home
	}
	value = strings.TrimSuffix(strings.TrimSuffix(value, "/"), "/v4")
	base, err := url.Parse(value)
	if err != nil || base.Host == "" {
		return nil, mistake("URL", "the address of the Kit API cannot be read. Leave it empty: it is the same for everybody.")
	}
	return base, nil
}
