package ui

import (
	"regexp"
	"strings"

	"allyswitch/wizard/pseudonym"
)

// Veil is privacy mode: it replaces addresses and names by pseudonyms that stay the same for the whole migration. The zero Veil is off.
type Veil struct {
	On bool
	// Salt makes the pseudonyms of one migration different from those of another, so that nobody can look an address up.
	Salt string
}

// addressLike matches everything around an at sign, well-formed or not: rather too much is hidden than too little.
var addressLike = regexp.MustCompile(`(?:"[^"\n]*"|[^\s<>()\[\],;:"\\]+)[@＠][^\s<>()\[\],;:"\\]*`)

// Text replaces everything that looks like an e-mail address.
func (v Veil) Text(text string) string {
	if !v.On || !strings.ContainsAny(text, "@＠") {
		return text
	}
	return addressLike.ReplaceAllStringFunc(text, v.Member)
}

// Member returns the pseudonym of an address: "member Blue-4207". Case and spaces around it do not matter.
func (v Veil) Member(address string) string {
	return pseudonym.Of("member", v.Salt, address)
}

// Row veils the private cells of a row. The first address in it names the member; every other private cell is only hidden.
func (v Veil) Row(cells []string, private func(column int) bool) []string {
	if !v.On {
		return cells
	}
	out := make([]string, len(cells))
	named := false
	for i, cell := range cells {
		switch {
		case strings.TrimSpace(cell) == "" || !private(i):
			out[i] = v.Text(cell)
		case !named && strings.ContainsAny(cell, "@＠"):
			out[i], named = v.Member(cell), true
		default:
			out[i] = hidden
		}
	}
	return out
}

// Value veils a value that is known to be private.
func (v Veil) Value(text string) string {
	switch {
	case !v.On || strings.TrimSpace(text) == "":
		return text
	case strings.ContainsAny(text, "@＠"):
		return v.Text(text)
	}
	return hidden
}

const hidden = "hidden"
