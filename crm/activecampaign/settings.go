package activecampaign

import (
	"net/url"
	"regexp"
	"strings"

	"allyswitch/crm"
)

const apiPath = "/api/3"

// parseBase turns what a person pasted into the address of the API. ActiveCampaign warns not to build it from the account's
// name, so any https host will do ("Base URL" in its developer documentation).
func parseBase(pasted string) (*url.URL, error) {
	text := unquote(pasted)
	switch {
	case text == "":
		return nil, invalidSetting("Enter the API URL. ActiveCampaign shows it under Settings, Developer.")
	case looksLikeKey.MatchString(text):
		return nil, invalidSetting("This looks like the API key, not the URL. The URL begins with https:// and stands above the key under Settings, Developer.")
	case !strings.Contains(text, "://"):
		text = "https://" + text
	}
	base, err := url.Parse(text)
	if err != nil || base.Hostname() == "" || base.User != nil || strings.ContainsAny(text, " \t\n") {
		return nil, invalidSetting("This is not a web address. The API URL looks like https://youraccount.api-us1.com.")
	}
	if hint := wrongPage(base); hint != "" {
		return nil, invalidSetting(hint)
	}
	if base.Scheme != "https" && (base.Scheme != "http" || !crm.Loopback(base.Hostname())) {
		return nil, invalidSetting("The API URL must begin with https://, so that nobody on the way can read the key.")
	}
	return &url.URL{Scheme: base.Scheme, Host: strings.ToLower(base.Host), Path: prefix(base.Path) + apiPath}, nil
}

// wrongPage recognises the addresses that people paste instead of the API's.
func wrongPage(base *url.URL) string {
	host, path := strings.ToLower(base.Hostname()), strings.ToLower(base.Path)
	switch {
	case host == "activecampaign.com" || strings.HasSuffix(host, ".activecampaign.com"):
		return "This is ActiveCampaign's own website. Your account has an address of its own: copy the URL from Settings, Developer."
	case strings.HasPrefix(path, "/app") || strings.HasPrefix(path, "/login") || path == "/admin" || path == "/admin/" || strings.HasPrefix(path, "/admin/index") || strings.HasPrefix(path, "/admin/main"):
		return "This is the address of a page in ActiveCampaign, not of its API. Open Settings, Developer there and copy the URL shown under API Access. " +
			"It usually looks like https://youraccount.api-us1.com."
	}
	return ""
}

// prefix is the path without the parts that belong to the API itself (/api/3/…, the older /admin/api.php).
func prefix(path string) string {
	for _, tail := range []string{"/api/3", "/admin/api.php", "/api"} {
		if at := strings.Index(strings.ToLower(path)+"/", tail+"/"); at >= 0 {
			path = path[:at]
		}
	}
	return strings.TrimRight(path, "/")
}

var looksLikeKey = regexp.MustCompile(`^[0-9a-fA-F]{40,}$`)

// parseKey cleans a pasted key. ActiveCampaign documents no format, so only what is surely something else is refused.
func parseKey(pasted string) (string, error) {
	key := unquote(pasted)
	if name, rest, found := strings.Cut(key, ":"); found && strings.EqualFold(strings.TrimSpace(name), "Api-Token") {
		key = strings.TrimSpace(rest)
	}
	if hint := wrongKey(key); hint != "" {
		return "", invalidSetting(hint)
	}
	return key, nil
}

func wrongKey(key string) string {
	const where = " Copy the key from Settings, Developer in ActiveCampaign."
	switch {
	case key == "":
		return "Enter the API key." + where
	case strings.Contains(key, "@"):
		return "This looks like an e-mail address, not like a key." + where
	case strings.Contains(key, "://") || strings.HasSuffix(strings.ToLower(key), ".com"):
		return "This looks like an address, not like a key." + where
	case strings.HasPrefix(key, "KeapAK-"):
		return "This is a key for Keap." + where
	case strings.HasPrefix(key, "kit_"):
		return "This is a key for Kit." + where
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "There is a space or an unusual character in the key. It may have been copied with something else, or only in part." + where
	}
	return ""
}

// unquote drops the spaces, quotes and line breaks that come along with a copied text.
func unquote(text string) string {
	return strings.Trim(text, " \t\r\n\"'`\u00a0\u200b\ufeff")
}

func invalidSetting(hint string) *crm.Error {
	return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + "-SETTING", Op: "read the settings", Hint: hint}
}

var apiHost = regexp.MustCompile(`^([^.]+)\.(api-[a-z0-9]+|activehosted)\.com$`)

// accountName is the account's name if the host tells it: "acme" for acme.api-us1.com and for acme.activehosted.com.
func accountName(host string) string {
	if found := apiHost.FindStringSubmatch(strings.ToLower(host)); found != nil {
		return found[1]
	}
	return ""
}
