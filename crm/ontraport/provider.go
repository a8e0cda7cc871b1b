package ontraport

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"allyswitch/crm"
)

const (
	codePrefix = "ONT"
	// home is the API's own host; "crm.url" replaces it to reach a sandbox.
	home = "https://api.ontraport.com"
)

// Provider is Ontraport as the rest of the program knows it.
func Provider() crm.Provider {
	return crm.Provider{
		ID:               "ontraport",
		Name:             "Ontraport",
		CodePrefix:       codePrefix,
		AccessAllyName:   "Ontraport",
		AccessAllySystem: "Ontraport",
		Options:          options(),
		Guide:            guide(),
		Upload:           upload(),
		// Mail follows the API reference on bulk_mail: 1 says that somebody has opted in.
		Mail: crm.NewMail{Held: true, Words: "AllySwitch leaves the Bulk Email Status of new contacts alone, because it stands for their consent. Whether Ontraport mails them shows in that field: look at one. " +
			"Set it there for the members who have agreed to mail."},
		New: newDriver,
	}
}

func options() []crm.Option {
	return []crm.Option{
		{
			Key:      "crm.app_id",
			Label:    "App ID",
			Help:     "The shorter of the two codes that Ontraport shows for an API key. It has underscores in it.",
			Example:  "2_AppID_12345678",
			Required: true,
		},
		{
			Key:      "crm.key",
			Label:    "API key",
			Help:     "The other code that Ontraport shows beside the App ID. Letters and digits, no underscores.",
			Secret:   true,
			Env:      "ALLYSWITCH_CRM_KEY",
			Required: true,
		},
		{
			Key:      "crm.url",
			Label:    "API address",
			Help:     "Leave this empty. It is for trying things out on a sandbox.",
			Example:  home,
			Advanced: true,
		},
	}
}

func guide() crm.CredentialGuide {
	return crm.CredentialGuide{
		Where: []string{
			"your picture at the top right",
			"Administration",
			"Integrations (some accounts have it under Settings, Integrations, API)",
			"Ontraport API Instructions and Key Manager",
			"New API Key",
		},
		LooksLike: "two codes that belong together, after you have chosen yourself as contact owner, ticked all permissions, and saved. The App ID looks like 2_AppID_12345678. The API key is letters and digits only.",
		ForAccessAlly: []string{
			"AccessAlly asks for the same two codes: App ID and API key.",
			"Make a second key for AccessAlly, so that you can delete the one used here when you are done.",
		},
		Mistakes: []string{
			"The two codes swapped: the one with underscores is the App ID.",
			"An API key copied only in part: use the copy button in Ontraport.",
			"A key without permissions: the key can do only what you ticked, and only what its user may do.",
			"A plan without the API: Ontraport offers it from the plan Plus upwards.",
			"The address of the Ontraport login page pasted into the API address: leave the API address empty.",
		},
	}
}

// keys are the settings of one account, checked.
type keys struct {
	base       *url.URL
	key, appID string
}

func (k keys) authorize(request *http.Request) {
	request.Header.Set("Api-Key", k.key)
	request.Header.Set("Api-Appid", k.appID)
}

// appIDs is what an App ID looks like: "2_AppID_12345678".
var appIDs = regexp.MustCompile(`^[0-9]+_[A-Za-z0-9]+_[A-Za-z0-9]+$`)

// readSettings finds what people often paste in the wrong place before Ontraport is asked: it answers every such mistake alike.
func readSettings(values map[string]string) (keys, error) {
	base, err := readBase(strings.TrimSpace(values["crm.url"]))
	if err != nil {
		return keys{}, err
	}
	k := keys{base: base, key: strings.TrimSpace(values["crm.key"]), appID: strings.TrimSpace(values["crm.app_id"])}
	if hint := mistakeIn(k); hint != "" {
		return keys{}, invalid(hint)
	}
	return k, nil
}

func mistakeIn(k keys) string {
	keyIsAppID, appIDIsKey := appIDs.MatchString(k.key), k.appID != "" && !strings.Contains(k.appID, "_")
	switch {
	case k.key == "" && k.appID == "":
		return "Ontraport needs two codes, the App ID and the API key. Both are empty."
	case keyIsAppID && (appIDIsKey || k.appID == ""):
		return "The App ID is in the field for the API key. Swap the two: the code with underscores is the App ID."
	case keyIsAppID:
		return "The API key looks like an App ID. The API key is the other code: letters and digits, no underscores."
	case k.key == "":
		return "The API key is missing. Ontraport shows it beside the App ID."
	case k.appID == "":
		return "The App ID is missing. Ontraport shows it beside the API key; it has underscores in it."
	case isAddress(k.key), isAddress(k.appID):
		return "That is an address, not a code. Paste the App ID and the API key that Ontraport's key manager shows."
	case appIDIsKey:
		return "The App ID has no underscores, so it is probably the API key. The App ID looks like 2_AppID_12345678."
	case strings.ContainsAny(k.key+k.appID, " \t\r\n"):
		return "There is a space within one of the codes. Copy each of them again, one at a time."
	}
	return ""
}

func isAddress(code string) bool {
	return strings.Contains(code, "://") || strings.Contains(code, "ontraport.com") || strings.Contains(code, "@")
}

// readBase is the address below which the vendor's paths lie. The version that people paste with it is taken off.
func readBase(address string) (*url.URL, error) {
	if address == "" {
		address = home
	}
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, invalid("The API address is not a web address. Leave it empty to use Ontraport's own.")
	}
	host := strings.ToLower(base.Hostname())
	if strings.HasSuffix(host, "ontraport.com") && host != "api.ontraport.com" {
		return nil, invalid("That is the address of Ontraport's website, where you log in. Leave the API address empty.")
	}
	base.Path = strings.TrimSuffix(strings.TrimSuffix(base.Path, "/"), "/1")
	base.RawQuery, base.Fragment = "", ""
	return base, nil
}

func invalid(hint string) error {
	return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: "read the Ontraport settings", Hint: hint}
}
