package drip

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"allyswitch/crm"
)

const (
	codePrefix = "DRIP"
	// home is the API's own host; "crm.url" replaces it to reach a sandbox.
	home = "https://api.getdrip.com"
)

// Provider is Drip as the rest of the program knows it.
func Provider() crm.Provider {
	return crm.Provider{
		ID:               "drip",
		Name:             "Drip",
		CodePrefix:       codePrefix,
		AccessAllyName:   "Drip",
		AccessAllySystem: "drip",
		Options:          options(),
		Guide:            guide(),
		Upload:           upload(),
		// The API reference does not say which status somebody gets who is sent without initial_status.
		Mail: crm.NewMail{Held: true, Words: "AllySwitch gives nobody a status in Drip who is new there, because it stands for their consent. Drip mails only who is active: look at one of them there. " +
			"Set it there for the members who have agreed to mail, if it is another."},
		New: newDriver,
	}
}

func options() []crm.Option {
	return []crm.Option{
		{
			Key:      "crm.account_id",
			Label:    "Account ID",
			Help:     "A number. It is in the address of every page of your Drip account; you may paste such an address.",
			Example:  "9999999",
			Required: true,
		},
		{
			Key:    "crm.key",
			Label:  "API token",
			Help:   "The token in your own user settings in Drip. It belongs to you, not to the account.",
			Secret: true,
			Env:    "ALLYSWITCH_CRM_KEY",
		},
		{
			Key:      "crm.token",
			Label:    "OAuth token",
			Help:     "Only if somebody gave you an OAuth access token for this account. Leave it empty otherwise.",
			Secret:   true,
			Env:      "ALLYSWITCH_CRM_TOKEN",
			Advanced: true,
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
			"your name",
			"User Settings",
		},
		LooksLike: "the API token, a long row of letters and digits. The account ID, a number of about seven digits, is in your account under Settings, Account, General Info.",
		ForAccessAlly: []string{
			"AccessAlly asks for the same two: account ID and API token.",
			"There is one token for each Drip user. When that user is removed from the account, AccessAlly loses its access.",
		},
		Mistakes: []string{
			"The two swapped: the account ID is the one of digits only.",
			"The ID of another account: people who look after several have one token for all of them. The check tells.",
			"Your e-mail address or password in place of the token: Drip's API takes neither.",
			"The address of the Drip website pasted into the API address: leave the API address empty.",
		},
	}
}

// keys are the settings of one account, checked.
type keys struct {
	base       *url.URL
	account    string
	key, token string
}

// authorize adds the token as the user of Basic authorisation with an empty password (developer.drip.com, "Authentication").
func (k keys) authorize(request *http.Request) {
	if k.key != "" {
		request.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(k.key+":")))
		return
	}
	request.Header.Set("Authorization", "Bearer "+k.token)
}

// accountInAddress is where the account's number is in the addresses of Drip's pages and of its API.
var accountInAddress = regexp.MustCompile(`(?:^|/)([0-9]{3,})(?:[/?#]|$)`)

// readSettings finds what people often paste in the wrong place before Drip is asked.
func readSettings(values map[string]string) (keys, error) {
	base, err := readBase(strings.TrimSpace(values["crm.url"]))
	if err != nil {
		return keys{}, err
	}
	account := strings.TrimSpace(values["crm.account_id"])
	if found := accountInAddress.FindStringSubmatch(account); found != nil {
		account = found[1]
	}
	k := keys{base: base, account: account, key: strings.TrimSpace(values["crm.key"]), token: strings.TrimSpace(values["crm.token"])}
	if hint := mistakeIn(k); hint != "" {
		return keys{}, invalid(hint)
	}
	return k, nil
}

func mistakeIn(k keys) string {
	secret := k.key + k.token
	switch {
	case secret == "" && isNumber(k.account):
		return "The API token is missing. It is in your own user settings in Drip: getdrip.com/user/edit."
	case isNumber(secret) && len(secret) < 16 && !isNumber(k.account) && k.account != "":
		return "The account ID is in the field for the API token. Swap the two: the account ID is the one of digits only."
	case k.account == "":
		return "The account ID is missing. It is the number in the address of every page of your Drip account."
	case !isNumber(k.account) && len(k.account) >= 20 && !strings.Contains(k.account, "/"):
		return "The account ID looks like an API token. The account ID is a number of about seven digits."
	case !isNumber(k.account):
		return "There is no account ID in that. It is the number in the address of every page of your Drip account."
	case secret == k.account:
		return "The account ID is in the field for the API token too. The token is in your own user settings in Drip."
	case strings.Contains(secret, "@"):
		return "That is an e-mail address. Drip's API wants the API token from your own user settings."
	case strings.Contains(secret, "://"), strings.Contains(secret, "getdrip.com"):
		return "That is an address, not a token. Copy the API token from your own user settings in Drip."
	case strings.ContainsAny(secret, " \t\r\n:"):
		return "There is a space or a colon within the token. Copy it again."
	}
	return ""
}

func isNumber(digits string) bool { return digits != "" && strings.Trim(digits, "0123456789") == "" }

// readBase is the address below which the vendor's paths lie. The version that people paste with it is taken off.
func readBase(address string) (*url.URL, error) {
	if address == "" {
		address = home
	}
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, invalid("The API address is not a web address. Leave it empty to use Drip's own.")
	}
	host := strings.ToLower(base.Hostname())
	if host != "api.getdrip.com" && (strings.HasSuffix(host, "drip.com")) {
		return nil, invalid("That is the address of Drip's website, where you log in. Leave the API address empty.")
	}
	base.Path = strings.TrimSuffix(strings.TrimSuffix(base.Path, "/"), "/v2")
	base.RawQuery, base.Fragment = "", ""
	return base, nil
}

func invalid(hint string) error {
	return &crm.Error{Kind: crm.KindInvalid, Code: codePrefix + crm.CodeInput, Op: "read the Drip settings", Hint: hint}
}
