package steps

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Secrets holds keys and passwords in memory, and nowhere else. It is safe for simultaneous use.
type Secrets struct {
	mu     sync.Mutex
	values map[string]string
}

// NewSecrets takes the first values, usually from the environment.
func NewSecrets(values map[string]string) *Secrets { return &Secrets{values: maps.Clone(values)} }

// Get returns a secret, empty when it is not known.
func (s *Secrets) Get(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[key]
}

// Set keeps a secret, or forgets it when it is empty.
func (s *Secrets) Set(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[string]string{}
	}
	s.values[key] = value
}

// Masked is how a secret is drawn: a fixed mask and its last four characters, which do not tell how long it is.
func (s *Secrets) Masked(key string) string {
	value := []rune(s.Get(key))
	switch {
	case len(value) == 0:
		return ""
	case len(value) < 12:
		return "********"
	}
	return "********" + string(value[len(value)-4:])
}

// fingerprint tells one set of settings from another without holding them.
func fingerprint(id string, values map[string]string) string {
	sum := sha256.New()
	fmt.Fprint(sum, id)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprint(sum, "\x00", key, "\x00", values[key])
	}
	return hex.EncodeToString(sum.Sum(nil))
}
