package site

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Kind says what was met on the way to a site.
type Kind string

// What can stand between us and the site itself.
const (
	NotAnAddress Kind = "not-an-address" // what was typed is no address of a site
	PlainHTTP    Kind = "plain-http"     // it would have to be spoken to in the clear
	Unreachable  Kind = "unreachable"    // no such host, no connection, a connection that broke
	Certificate  Kind = "certificate"    // the certificate does not fit, has run out or is nobody's
	Late         Kind = "late"           // no answer in time
	RedirectLoop Kind = "redirect-loop"  // it sends on and on
	OtherHost    Kind = "other-host"     // it sends on to another site, to which no credentials go
	NotWordPress Kind = "not-wordpress"  // a site, but not of WordPress
	Maintenance  Kind = "maintenance"    // the maintenance page
	Firewall     Kind = "firewall"       // the page of a firewall or a check for robots
	HTTPPassword Kind = "http-password"  // the server itself asks for a password, as staging sites do
)

// What can stand between us and an administrator's rights.
const (
	NoCredentials  Kind = "no-credentials"         // no user name or password was given
	WrongPassword  Kind = "wrong-password"         // the application password, or the name, is wrong
	NoSuchUser     Kind = "no-such-user"           // the site says that it does not know the name
	HeaderStripped Kind = "header-stripped"        // the host takes the Authorization header away
	LoginUnclear   Kind = "login-unclear"          // wrong password or stripped header: XML-RPC could not tell
	PasswordsOff   Kind = "passwords-off"          // application passwords are switched off
	RESTBlocked    Kind = "rest-blocked"           // a plugin or the host refuses the REST API
	UsersRemoved   Kind = "users-endpoint-removed" // the REST API has no users
	NotAdmin       Kind = "not-administrator"      // logged in, without an administrator's rights
)

// What can be wrong with an answer.
const (
	WebPage      Kind = "web-page"      // a web page where data is due
	HalfAnswer   Kind = "half-answer"   // the answer breaks off
	EmptyAnswer  Kind = "empty-answer"  // there is nothing in it
	OddAnswer    Kind = "odd-answer"    // it is not what WordPress answers
	BigAnswer    Kind = "big-answer"    // it is larger than any that WordPress gives
	ServerError  Kind = "server-error"  // the site failed
	TooFast      Kind = "too-fast"      // the site asks for fewer requests
	Refused      Kind = "refused"       // the site does not take what was asked
	NotThere     Kind = "not-there"     // there is no such route or no such user
	Exists       Kind = "exists"        // there is a user with that login or address already
	Shifting     Kind = "shifting"      // the list of users changes faster than it can be read
	ShortPage    Kind = "short-page"    // a page of users has fewer than it must have
	NoWayToRead  Kind = "no-way"        // neither companion, nor REST, nor XML-RPC lets us read users
	NotVerified  Kind = "not-verified"  // it was carried out, but what was read back is something else
	MaybeCreated Kind = "maybe-created" // no answer came, so that a user may have been made or not
)

// What the companion plugin can say.
const (
	NoCompanion Kind = "no-companion"  // it is not active
	OtherSystem Kind = "other-system"  // AccessAlly's CRM is another one
	Busy        Kind = "busy"          // another request is writing
	Unavailable Kind = "unavailable"   // AccessAlly on this site lacks the function for it
	Unreadable  Kind = "unreadable"    // AccessAlly's function failed: unknown, never none
	TwiceInOne  Kind = "twice"         // one request names a user or a contact twice
	notLoggedIn Kind = "not-logged-in" // nobody is logged in, for a reason still to be found
)

// Diagnosis is an error with what the site's owner can do about it.
type Diagnosis struct {
	Kind Kind
	// Code is short enough to read aloud: WP-401.
	Code string
	// What happened, what it Means for members, and what to do Now: sentences for the owner.
	What, Means, Now string
	// Detail is for support: the site's own words, a status, an address. Without secrets and control characters.
	Detail string
	// Status is the HTTP status, 0 when there was no answer.
	Status int
	// RetryAfter is how long the site asks to wait, 0 when it does not say.
	RetryAfter time.Duration
	// Err is the cause, nil when the answer itself is the trouble.
	Err error
	// data is what a companion's error carries.
	data errorData
}

func (d *Diagnosis) Error() string {
	text := d.Code + ": " + d.What
	if d.Detail != "" {
		text += " (" + d.Detail + ")"
	}
	return text
}

// Unwrap returns the cause.
func (d *Diagnosis) Unwrap() error { return d.Err }

// Is says whether err is, or wraps, a Diagnosis of that kind.
func Is(err error, kind Kind) bool {
	var d *Diagnosis
	return errors.As(err, &d) && d.Kind == kind
}

// passing says whether the same question may well be answered in a while without anybody doing anything.
func (d *Diagnosis) passing() bool {
	switch d.Kind {
	case Unreachable, Late, HalfAnswer, EmptyAnswer, ServerError, TooFast, Busy:
		return true
	}
	return false
}

// untouched is what most troubles mean for members.
const untouched = "Nothing was changed on the site. Your members keep the access they have."

// diagnose gives a kind its words. site is the host's name; detail is cleaned here.
func diagnose(kind Kind, site, detail string) *Diagnosis {
	told := wordsOf(kind)
	fill := strings.NewReplacer("{site}", clean(site, 80))
	means := told.means
	if means == "" {
		means = untouched
	}
	return &Diagnosis{Kind: kind, Code: told.code, What: fill.Replace(told.what), Means: fill.Replace(means), Now: fill.Replace(told.now), Detail: clean(detail, 300)}
}

// with adds the answer that the diagnosis is about.
func (d *Diagnosis) with(status int, retryAfter time.Duration) *Diagnosis {
	d.Status, d.RetryAfter = status, retryAfter
	return d
}

// caused adds the cause.
func (d *Diagnosis) caused(err error) *Diagnosis {
	d.Err = err
	return d
}

// during puts what was being done in front of the detail.
func (d *Diagnosis) during(op string) *Diagnosis {
	switch {
	case op == "" || strings.HasPrefix(d.Detail, op):
	case d.Detail == "":
		d.Detail = op
	default:
		d.Detail = op + ": " + d.Detail
	}
	return d
}

// words are the sentences of one kind.
type words struct{ code, what, means, now string }

func wordsOf(kind Kind) words {
	for _, group := range []func(Kind) (words, bool){reachWords, loginWords, answerWords, readingWords, companionWords} {
		if told, ok := group(kind); ok {
			return told
		}
	}
	return words{code: "WP-ODD", what: "{site} answered in a way that AllySwitch does not know.", now: "Try again. If it stays, tell support the code and the lines below."}
}

// clean makes text from outside fit to be shown: without control characters and markup, and no longer than most characters.
func clean(text string, most int) string {
	text = withoutTags(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return text
}

// statusText is a status for a detail.
func statusText(status int) string { return fmt.Sprintf("status %d", status) }
