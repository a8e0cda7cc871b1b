package crm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"time"
)

// Quota is what has been used of the daily allowances, for the checkpoint: a day's allowance outlives the process.
type Quota struct {
	// Day is the UTC day, "2006-01-02".
	Day string `json:"day,omitempty"`
	// Used is how many requests were sent on that day, by credential (a short fingerprint), rate class and allowance.
	Used map[string]int `json:"used,omitempty"`
}

const dayFormat = "2006-01-02"

// Quota is what has been used of the daily allowances so far.
func (m *Meter) Quota() Quota {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Quota{Day: m.quota.Day, Used: maps.Clone(m.quota.Used)}
}

func (m *Meter) setUsed(now time.Time, key string, used int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if day := now.UTC().Format(dayFormat); m.quota.Day != day {
		m.quota = Quota{Day: day, Used: map[string]int{}}
	}
	m.quota.Used[key] = used
}

// restored is what was used today under a key before this process began.
func (q Quota) restored(now time.Time, key string) int {
	if q.Day != now.UTC().Format(dayFormat) {
		return 0
	}
	return q.Used[key]
}

// quotaKey names one allowance of a credential without giving the credential away.
func quotaKey(secrets []string, published Window) string {
	sum := sha256.Sum256([]byte(strings.Join(secrets, "\n")))
	return fmt.Sprintf("%s/%s/%d", hex.EncodeToString(sum[:4]), published.Class, published.Requests)
}
