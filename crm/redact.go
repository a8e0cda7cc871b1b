package crm

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"sync"
	"unicode"
)

const (
	redacted = "[redacted]"
	// shortestSecret keeps an app ID of "2" from redacting every 2.
	shortestSecret = 4
	longestHint    = 300
)

// redactor replaces secrets by value, in every form in which they travel. It is safe for simultaneous use.
type redactor struct {
	mu       sync.Mutex
	secrets  []string
	replacer *strings.Replacer
}

func newRedactor(secrets []string) *redactor {
	r := &redactor{}
	r.add(secrets...)
	return r
}

// add takes further secrets; the old ones stay secret.
func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets = append(r.secrets, secrets...)
	var forms []string
	for _, secret := range r.secrets {
		if len(secret) >= shortestSecret {
			forms = append(forms, formsOf(secret)...)
		}
	}
	sort.Slice(forms, func(i, j int) bool { return len(forms[i]) > len(forms[j]) })
	var pairs []string
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// formsOf is a secret as it is, escaped for a URL or for JSON, and in base64 alone or as the user of Basic authorisation.
func formsOf(secret string) []string {
	quoted, _ := json.Marshal(secret)
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`)}
	for _, text := range []string{secret, secret + ":"} {
		forms = append(forms, base64.RawStdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	return forms
}

func (r *redactor) text(text string) string {
	r.mu.Lock()
	replacer := r.replacer
	r.mu.Unlock()
	return replacer.Replace(text)
}

// hint makes a vendor's words fit to be shown: no secrets, no control characters, not too long.
func (r *redactor) hint(text string) string { return shorten(printable(r.text(text)), longestHint) }

// logged is hint without addresses: the log is read by others than the owner.
func (r *redactor) logged(text string) string {
	return shorten(WithoutAddresses(printable(r.text(text))), longestHint)
}

// addressLike is whatever may be an e-mail address, also escaped for a URL or for JSON.
var addressLike = regexp.MustCompile(`(?i)[^\s"<>(),;:\[\]{}|=/&?\\]+(?:@|%40|\\u0040)[^\s"<>(),;:\[\]{}|=/&?\\]+`)

// WithoutAddresses replaces whatever looks like an e-mail address, for what is kept longer, or shown to more people, than a screen.
func WithoutAddresses(text string) string { return addressLike.ReplaceAllString(text, "[address]") }

// cause is err, or only its redacted words where it holds a secret.
func (r *redactor) cause(err error) error {
	if err == nil {
		return nil
	}
	if clean := r.text(err.Error()); clean != err.Error() {
		return errors.New(clean)
	}
	return err
}

// printable makes text from outside safe for a terminal: control characters and invisible marks become spaces, and runs of
// white space one space.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}

// logPath is a path without what may name a person: segments that hold an address.
func logPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.Contains(segment, "@") || strings.Contains(strings.ToLower(segment), "%40") {
			segments[i] = "[address]"
		}
	}
	return strings.Join(segments, "/")
}
