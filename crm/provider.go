package crm

import (
	"log/slog"
	"net/http"
)

// Provider is one CRM as the rest of the program knows it. The list of all of them is in crm/registry.
type Provider struct {
	// ID is used in the checkpoint, in answers and on the command line; it never changes: "activecampaign".
	ID string
	// Name is how the vendor writes it: "ActiveCampaign".
	Name string
	// CodePrefix begins the codes that are read aloud: "AC" in AC-403.
	CodePrefix string
	// AccessAllyName is the entry in AccessAlly's own CRM dropdown; AccessAllySystem the slug that AccessAlly stores.
	AccessAllyName   string
	AccessAllySystem string
	// Options are what is needed to connect, as data, in the order in which to ask.
	Options []Option
	// Guide is what a person needs to know to find and use this CRM's credentials.
	Guide CredentialGuide
	// Routes are the ways in by API, where the credential makes a difference; nil where there is one way only.
	Routes []Route
	// Upload is the CRM's own import of a CSV file, nil where it cannot be recommended.
	Upload *Upload
	// Mail says whether this CRM mails people whom a program has brought in.
	Mail NewMail
	// New makes a driver. It does no I/O; it returns an *Error of kind Invalid, with a hint for people, when a setting cannot be right
	// (an address of a login page, an app ID in the key field, a key of an older API).
	New func(Settings) (Driver, error)
}

// Option is one setting that a provider needs.
type Option struct {
	// Key is the name in answers: "crm.url", "crm.key", "crm.token", "crm.app_id", "crm.account_id".
	Key     string
	Label   string
	Help    string
	Example string
	// Secret values are never written to a file; Env is the environment variable that may hold one.
	Secret bool
	Env    string
	// Required says that there is no going on without it. Where one of several will do (Kit: key or token), none is
	// required and New says so.
	Required bool
	// Advanced settings are asked only of people who want them; everybody else leaves them empty.
	Advanced bool
}

// NewMail says what becomes of marketing mail to people who are new in a CRM because a program brought them in, without a word about their consent.
type NewMail struct {
	// Held says that such mail does not go out to them, or not for certain, until the owner has done something in the CRM.
	Held bool
	// Words say it for people, in sentences, with what there is to do.
	Words string
}

// CredentialGuide says, in an owner's words, where the keys are. AccessAlly and the API may want different ones (Kit).
type CredentialGuide struct {
	// Where is the menu path in the CRM, one entry a click.
	Where []string
	// LooksLike describes the key.
	LooksLike string
	// ForAccessAlly is what AccessAlly's own CRM Integration tab asks for, and where it is, when it differs from Where.
	ForAccessAlly []string
	// Mistakes are what people often paste instead, each with what to do.
	Mistakes []string
}

// Settings is everything a driver is made from.
type Settings struct {
	// Values holds the options by key, secrets among them. It is never logged or saved.
	Values map[string]string
	// Transport carries the requests; nil means the real network.
	Transport http.RoundTripper
	// OnSecret is told a secret that the CRM has replaced (a refresh token that works once only), by option key, so that it can be
	// kept where the old one was. Nil means that nobody keeps it.
	OnSecret func(key, value string)
	// Log gets one line a request, redacted by value. Never nil: Open sees to it.
	Log *slog.Logger
	// Meter counts what is sent and says what is being waited for. Never nil: Open sees to it.
	Meter *Meter
	// Speed makes all rate windows, waits and lateness that many times shorter. 1 in life; more only against a sandbox that says so.
	Speed float64
	// Quota is what of the daily allowances was used before this process began; see Client.Quota.
	Quota Quota
}

// withDefaults fills in what a caller may leave out.
func (s Settings) withDefaults() Settings {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Meter == nil {
		s.Meter = &Meter{}
	}
	if s.Speed < 1 {
		s.Speed = 1
	}
	return s
}
