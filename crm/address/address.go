// Package address compares and checks e-mail addresses, in one way for the whole program: the site's members and the CRM's
// contacts belong together when their keys are equal.
package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Key is what two spellings of one address have in common: invisible and outer white space gone, NFC, lower case, the domain
// in its ASCII form. "+" and dots stay: they make different addresses. Key never fails; what is no address is only cleaned.
func Key(email string) string {
	if plain(email) {
		return strings.TrimSuffix(strings.ToLower(email), ".")
	}
	email = strings.ToLower(norm.NFC.String(clean(email)))
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return email
	}
	return email[:at+1] + asciiDomain(email[at+1:])
}

// plain says that an address needs nothing but lower case: it is printable ASCII without spaces, and its domain is not in the form that IDNA decodes. That
// is almost every address, and half a million of them are compared many times.
func plain(email string) bool {
	for i := range len(email) {
		if email[i] <= ' ' || email[i] > '~' {
			return false
		}
	}
	at := strings.LastIndexByte(email, '@')
	return at >= 0 && !strings.Contains(strings.ToLower(email[at:]), "xn--")
}

// clean drops what people paste around an address without seeing it. Spaces within stay: they make it invalid.
func clean(email string) string {
	visible := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, email)
	return strings.TrimSpace(visible)
}

// asciiDomain turns "bücher.example" into "xn--bcher-kva.example"; what IDNA refuses stays as it is.
func asciiDomain(domain string) string {
	domain = strings.TrimSuffix(domain, ".")
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return domain
	}
	return ascii
}

// The longest parts that mail servers and the CRMs take (RFC 5321, 4.5.3.1).
const (
	longestLocal   = 64
	longestAddress = 254
	longestLabel   = 63
)

// Valid says whether the five CRMs would take this address. It is stricter than the standard, which allows quotes, comments
// and addresses in brackets: no CRM does.
func Valid(email string) bool {
	key := Key(email)
	local, domain, found := cutLast(key)
	return found && len(key) <= longestAddress && validLocal(local) && validDomain(domain)
}

func cutLast(key string) (local, domain string, found bool) {
	at := strings.LastIndexByte(key, '@')
	if at < 0 {
		return "", "", false
	}
	return key[:at], key[at+1:], true
}

func validLocal(local string) bool {
	if local == "" || len(local) > longestLocal || !utf8.ValidString(local) {
		return false
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	return strings.IndexFunc(local, notInLocal) < 0
}

// notInLocal reports what may not stand before the "@": RFC 5322's atext, and letters and digits of all scripts (RFC 6532).
func notInLocal(r rune) bool {
	if r < utf8.RuneSelf {
		return !isASCIIWord(r) && !strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", r)
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if !validLabel(label) {
			return false
		}
	}
	return strings.IndexFunc(labels[len(labels)-1], func(r rune) bool { return r < '0' || r > '9' }) >= 0
}

func validLabel(label string) bool {
	if label == "" || len(label) > longestLabel || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return false
	}
	return strings.IndexFunc(label, func(r rune) bool { return !isASCIIWord(r) && r != '-' }) < 0
}

func isASCIIWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
