package address

import (
	"strings"
	"testing"
)

func TestKeySaysWhichSpellingsAreOneAddress(t *testing.T) {
	for name, test := range map[string]struct{ email, key string }{
		"case":                        {"Ada@Example.COM", "ada@example.com"},
		"outer space":                 {"  ada@example.com\t\n", "ada@example.com"},
		"no-break space":              {"\u00a0ada@example.com\u00a0", "ada@example.com"},
		"invisible characters":        {"\ufeffada\u200b@example.com", "ada@example.com"},
		"plus stays":                  {"ada+news@example.com", "ada+news@example.com"},
		"dots stay":                   {"a.d.a@example.com", "a.d.a@example.com"},
		"umlaut in two code points":   {"mu\u0308ller@example.com", "m\u00fcller@example.com"},
		"domain in its own script":    {"info@bücher.example", "info@xn--bcher-kva.example"},
		"upper-case domain in script": {"info@BÜCHER.example", "info@xn--bcher-kva.example"},
		"already in ASCII":            {"info@xn--bcher-kva.example", "info@xn--bcher-kva.example"},
		"final dot":                   {"ada@example.com.", "ada@example.com"},
		"no address":                  {" Not An Address ", "not an address"},
		"domain that IDNA refuses":    {"ada@-bad-.example", "ada@-bad-.example"},
		"empty":                       {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Key(test.email); got != test.key {
				t.Errorf("Key(%q) = %q, want %q", test.email, got, test.key)
			}
		})
	}
}

func TestValidIsWhatTheCRMsTake(t *testing.T) {
	for _, email := range []string{
		"ada@example.com", "ada+news@example.com", "o'brien@example.org", "a@b.co", "ADA@EXAMPLE.COM", "info@bücher.example",
		"grüße@example.net", strings.Repeat("a", 64) + "@example.com", " ada@example.com ", "1@2.example", "ada@sub.example.com",
	} {
		if !Valid(email) {
			t.Errorf("%q should be valid", email)
		}
	}
	for _, email := range []string{
		"", "ada", "ada@", "@example.com", "ada@example", "ada@@example.com", "ada example@example.com", "ada@exam ple.com",
		".ada@example.com", "ada.@example.com", "a..b@example.com", "ada@example..com", "ada@-example.com", "ada@example.123",
		strings.Repeat("a", 65) + "@example.com", `"ada"@example.com`, "ada@[127.0.0.1]", "Ada <ada@example.com>",
		"ada@example.com, bob@example.com", "ada,bob@example.com", "ada@exa_mple.com", "a@" + strings.Repeat("b.", 130) + "com",
	} {
		if Valid(email) {
			t.Errorf("%q should not be valid", email)
		}
	}
}

func FuzzKeyOfAKeyIsTheKey(f *testing.F) {
	f.Add("Ada@Bücher.example")
	f.Add("a@\u0130.example")
	f.Fuzz(func(t *testing.T, email string) {
		key := Key(email)
		if again := Key(key); again != key && Valid(email) {
			t.Errorf("Key(%q) = %q, and of that %q", email, key, again)
		}
	})
}

// TestPlainAddressesHaveTheKeyOfTheLongWay compares the short way for plain addresses with what IDNA and Unicode make of them.
func TestPlainAddressesHaveTheKeyOfTheLongWay(t *testing.T) {
	for _, email := range []string{"Ada@Example.COM", "a.b+c@example.com", "ada@example.com.", "ada@example.com..", "ada@", "@", "ada@-x-.com", "ada@ab--cd.com", "ada@a_b.com", "a@b@c.org",
		"ada@127.0.0.1", "ada@" + strings.Repeat("a", 70) + ".com", "ada@EXAMPLE", "ada@.", "ada@ex!ample.com", "ada.@example.com", "ada@..example.com"} {
		long := strings.ToLower(email)
		at := strings.LastIndexByte(long, '@')
		if want := long[:at+1] + asciiDomain(long[at+1:]); !plain(email) || Key(email) != want {
			t.Errorf("%q has the key %q, not %q", email, Key(email), want)
		}
	}
	for _, email := range []string{"ada@XN--bcher-kva.example", "ad\u00e4@example.com", "ada @example.com", "ada", "ada@example.com\t"} {
		if plain(email) {
			t.Errorf("%q is not plain", email)
		}
	}
}
