package crm

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"
	"unicode"
)

// Fingerprint names one account of one CRM for the checkpoint, so that a key of another account is noticed. It gives nothing away.
func Fingerprint(provider Provider, account Account) string {
	sum := sha256.Sum256([]byte(provider.ID + "\n" + account.ID))
	return provider.ID + ":" + hex.EncodeToString(sum[:8])
}

// NormaliseKey mends a key or token as people paste it: line breaks and spaces within, quotes around, invisible characters, "Bearer"
// in front. No CRM's key holds any of these.
func NormaliseKey(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 7 && strings.EqualFold(text[:7], "bearer ") {
		text = text[7:]
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	return strings.Trim(text, "\"'`“”‘’«»„‚")
}

// normalise mends all settings; secrets as keys, the rest only at their ends.
func normalise(options []Option, values map[string]string) map[string]string {
	clean := maps.Clone(values)
	for key, value := range clean {
		clean[key] = strings.TrimSpace(value)
	}
	for _, option := range options {
		if option.Secret && clean[option.Key] != "" {
			clean[option.Key] = NormaliseKey(values[option.Key])
		}
	}
	return clean
}
