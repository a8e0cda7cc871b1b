package bundle

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/pseudonym"
)

// mask decides what may be shown. Its words come from the state: the same value has the same pseudonym everywhere in a bundle.
type mask struct {
	// salt keeps anybody from trying addresses until one has the pseudonym in a bundle. It is never in one.
	salt    string
	hosts   bool
	choices map[string][]string
	// private are texts that must not appear, longest first, with what stands for each.
	private []secretText
}

type secretText struct{ text, instead string }

func newMask(in Input, state *checkpoint.State) *mask {
	m := &mask{salt: rand.Text(), hosts: in.Hosts, choices: in.Choices}
	if home, err := os.UserHomeDir(); err == nil {
		m.hide(home, "[home]")
	}
	m.hide(in.Dir, "[folder]")
	for _, variable := range []string{"USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME"} {
		m.hide(in.Env(variable), "[computer]")
	}
	if state != nil {
		if kept := state.Steps["privacy"]; kept != nil && kept.Notes["salt"] != "" {
			m.salt = kept.Notes["salt"] // the one of the screens, so that support sees the same pseudonyms
		}
		m.hide(state.Site.Name, "[site]")
		m.hide(state.CRM.AccountName, "[account]")
		m.hide(state.CRM.Account, "[account]")
		if !m.hosts {
			m.hide(hostOf(state.Site.URL), "[site]")
			m.hide(hostOf(state.CRM.URL), "[crm]")
		}
	}
	slices.SortFunc(m.private, func(a, b secretText) int { return len(b.text) - len(a.text) })
	return m
}

// hide adds a text. One of two letters would hide half of every page.
func (m *mask) hide(text, instead string) {
	if len(text) > 2 {
		m.private = append(m.private, secretText{text, instead})
	}
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	return parsed.Hostname()
}

var (
	addressLike = regexp.MustCompile(`(?:"[^"\n]*"|[^\s<>()\[\],;:"\\]+)[@＠][^\s<>()\[\],;:"\\]*`)
	hostLike    = regexp.MustCompile(`(?i)\b(?:[\p{L}\p{N}-]+\.)+(?:[\p{L}]{2,}|xn--[a-z0-9-]+)\b`)
	codeLike    = regexp.MustCompile(`\b[A-Z]{2,6}-[A-Z0-9-]+\b`)
)

// ourFiles end like a host name and are none.
var ourFiles = regexp.MustCompile(`(?i)\.(csv|json|jsonl|log|html|md|txt|zip|bak|php|htaccess)$`)

// page masks the page on display: addresses, hosts, what the state holds, and the names of members that stand in the files.
func (m *mask) page(text string, names nameSet) string {
	for _, private := range m.private {
		text = replaceFold(text, private.text, private.instead)
	}
	text = addressLike.ReplaceAllStringFunc(text, func(address string) string { return pseudonym.Of("member", m.salt, address) })
	if !m.hosts {
		text = hostLike.ReplaceAllStringFunc(text, func(host string) string {
			if ourFiles.MatchString(host) {
				return host
			}
			return "[host]"
		})
	}
	return names.hide(text)
}

// replaceFold replaces a text in whatever case it is written.
func replaceFold(in, text, instead string) string {
	return regexp.MustCompile(`(?i)`+regexp.QuoteMeta(text)).ReplaceAllLiteralString(in, instead)
}

// code keeps of an error's words the code, and says how many words there were.
func (m *mask) code(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimSpace(codeLike.FindString(text) + " " + length(text))
}

// length stands for a text that may hold anything.
func length(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("[%d characters]", len([]rune(text)))
}

// sign stands for a fingerprint or an input: equal ones have equal signs, and nothing can be looked up.
func (m *mask) sign(text string) string {
	if text == "" {
		return ""
	}
	return pseudonym.Of("sign", m.salt, text)
}

// isPartOfName says that a letter or sign may stand within a name.
func isPartOfName(r rune) bool { return unicode.IsLetter(r) || r == '\'' || r == '’' || r == '-' }
