package crm

import (
	"fmt"
	"strings"
	"testing"
)

func TestBatchesAreAsFewAndAsFullAsTheLimitsAllow(t *testing.T) {
	for name, test := range map[string]struct {
		contacts int
		padding  int
		features Features
		want     string
	}{
		"nobody":                       {0, 0, Features{UpsertBatch: 250}, "[]"},
		"one call each":                {3, 0, Features{UpsertBatch: 1, UpsertMin: 2}, "[1 1 1]"},
		"full and a rest":              {520, 0, Features{UpsertBatch: 250}, "[250 250 20]"},
		"a rest that is too small":     {501, 0, Features{UpsertBatch: 250, UpsertMin: 10}, "[250 241 10]"},
		"no choice":                    {1, 0, Features{UpsertBatch: 250, UpsertMin: 10}, "[1]"},
		"no choice with one before":    {11, 0, Features{UpsertBatch: 10, UpsertMin: 10}, "[10 1]"},
		"never one alone":              {251, 0, Features{UpsertBatch: 250, UpsertMin: 2}, "[249 2]"},
		"bytes":                        {10, 1000, Features{UpsertBatch: 250, UpsertBytes: 5000}, "[3 3 3 1]"},
		"bytes, never one alone":       {10, 1000, Features{UpsertBatch: 250, UpsertBytes: 5000, UpsertMin: 2}, "[3 3 2 2]"},
		"one that is larger than that": {2, 9000, Features{UpsertBatch: 250, UpsertBytes: 5000}, "[1 1]"},
	} {
		t.Run(name, func(t *testing.T) {
			contacts := make([]Contact, test.contacts)
			for i := range contacts {
				contacts[i] = Contact{Email: fmt.Sprintf("m%04d@example.com", i), FirstName: strings.Repeat("x", test.padding)}
			}
			sizes := []int{}
			next := 0
			for _, batch := range batches(contacts, test.features) {
				sizes = append(sizes, len(batch))
				for _, contact := range batch {
					if contact.Email != contacts[next].Email {
						t.Fatalf("%s stands where %s should", contact.Email, contacts[next].Email)
					}
					next++
				}
			}
			if got := fmt.Sprint(sizes); got != test.want || next != len(contacts) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestContactBytesIsNeverLessThanAVendorsBody(t *testing.T) {
	contact := Contact{
		Email: "ada@example.com", FirstName: "\"<>&\\\u2028", LastName: "Ünïcödé 🌻",
		Fields: map[FieldID]string{"1": "a\nb", "customer_id": "7"}, Tags: []Tag{{Name: "A & B"}},
	}
	body, err := encodeJSON(map[string]any{
		"email": contact.Email, "first_name": contact.FirstName, "last_name": contact.LastName, "tags": []string{"A & B"},
		"fields": []map[string]string{{"id": "1", "value": "a\nb"}, {"id": "customer_id", "value": "7"}},
	})
	if err != nil || ContactBytes(contact) < len(body) {
		t.Errorf("%d bytes for %s, %v", ContactBytes(contact), body, err)
	}
}

func TestPastedKeysAreMended(t *testing.T) {
	for pasted, want := range map[string]string{
		"abc123": "abc123", "  abc123\n": "abc123", "\"abc123\"": "abc123", "'abc123'": "abc123", "“abc123”": "abc123",
		"abc\r\n123": "abc123", "abc 123": "abc123", "\ufeffabc\u200b123": "abc123", "Bearer abc123": "abc123", "bearer  abc123": "abc123",
		"": "", " ": "", "KeapAK-1a2b": "KeapAK-1a2b", "a+b/c==": "a+b/c==",
	} {
		if got := NormaliseKey(pasted); got != want {
			t.Errorf("%q becomes %q, want %q", pasted, got, want)
		}
	}
}

func TestAFingerprintTellsAccountsApart(t *testing.T) {
	kit, keap := Provider{ID: "kit"}, Provider{ID: "keap"}
	seen := map[string]bool{}
	for _, print := range []string{
		Fingerprint(kit, Account{ID: "1"}), Fingerprint(kit, Account{ID: "2"}), Fingerprint(keap, Account{ID: "1"}),
	} {
		if seen[print] || strings.Contains(print, "\n") {
			t.Errorf("fingerprint %q", print)
		}
		seen[print] = true
	}
	if Fingerprint(kit, Account{ID: "1", Name: "Acme"}) != Fingerprint(kit, Account{ID: "1", Name: "Acme Ltd"}) {
		t.Error("another name of the account is taken for another account")
	}
}
