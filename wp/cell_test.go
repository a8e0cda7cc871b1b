package wp

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"allyswitch/crm/address"
)

func TestCellsAreCleaned(t *testing.T) {
	for name, test := range map[string]struct {
		cell, want string
		made       notes
	}{
		"plain":                      {"Ann Lee", "Ann Lee", 0},
		"umlaut":                     {"Müller", "Müller", 0},
		"double encoded":             {"MÃ¼ller", "Müller", noteMended},
		"twice double encoded":       {"MÃƒÂ¼ller", "Müller", noteMended},
		"Vietnamese with NBSP byte":  {"Pháº¡m", "Phạm", noteMended},
		"à is Ã and a NBSP":          {"VoilÃ\u00a0", "Voilà", noteMended},
		"a good Ã":                   {"SÃO PAULO", "SÃO PAULO", 0},
		"a good sign":                {"20 °C – “ok” €", "20 °C – “ok” €", 0},
		"not all letters map back":   {"Ã¼ 王", "Ã¼ 王", 0},
		"entity":                     {"Tom &amp; Jerry", "Tom & Jerry", noteEntities},
		"numeric entity":             {"O&#039;Brien", "O'Brien", noteEntities},
		"no entity":                  {"R&D; AT&T &notit", "R&D; AT&T &notit", 0},
		"entity once":                {"&amp;lt;", "&lt;", noteEntities},
		"guarded":                    {"'=1+1", "=1+1", noteApostrophe},
		"guard hidden by an entity":  {"&#39;=1", "=1", noteEntities | noteApostrophe},
		"an apostrophe that belongs": {"'t Hooft", "'t Hooft", 0},
		"outer spaces":               {" \u00a0Ann\u200b ", "Ann", noteTrimmed},
		"mark within":                {"A\ufeffnn", "Ann", noteTrimmed},
		"NBSP within":                {"Ann\u00a0Lee", "Ann Lee", noteTrimmed},
		"line break within":          {"Ann\nLee", "Ann Lee", noteTrimmed},
		"joiner that belongs":        {"👩\u200d👧", "👩\u200d👧", 0},
		"Persian":                    {"علی\u200cرضا", "علی\u200cرضا", 0},
		"escape sequence":            {"A\x1b[31mB\u009b", "A[31mB", noteControl},
		"direction override":         {"A\u202eB", "AB", noteControl},
		"decomposed":                 {"Jose\u0301", "José", noteNormalised},
		"Windows bytes":              {"M\xfcller", "Müller", noteWindows},
	} {
		t.Run(name, func(t *testing.T) {
			var made notes
			if got := cleanText(test.cell, &made); got != test.want || made != test.made {
				t.Errorf("got %q (%b), want %q (%b)", got, made, test.want, test.made)
			}
		})
	}
}

// TestDoubleEncodingIsAlwaysUndone encodes real names twice, as WebToffee does, and expects them back; and it leaves the
// right ones alone.
func TestDoubleEncodingIsAlwaysUndone(t *testing.T) {
	for _, name := range []string{"Nguyễn", "Yılmaz", "İbrahim", "Đỗ", "Şahin", "Phạm", "José", "Müller", "Søren", "Łukasz", "Иванова", "محمد", "王小明", "김민준", "👩‍👩‍👧", "Ελένη", "À", "É"} {
		var made notes
		if got := cleanText(name, &made); got != name || made != 0 {
			t.Errorf("%s was right and became %s", name, got)
		}
		var twice strings.Builder
		for i := range len(name) {
			if r := charmap.Windows1252.DecodeByte(name[i]); r != '\ufffd' {
				twice.WriteRune(r)
			} else {
				twice.WriteRune(rune(name[i]))
			}
		}
		if got := cleanText(twice.String(), &made); got != name {
			t.Errorf("%s came back as %s", name, got)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"2020-01-02 03:04:05": "2020-01-02 03:04:05", "2020-01-02T03:04:05Z": "2020-01-02 03:04:05", "2020-01-02T03:04:05+00:00": "2020-01-02 03:04:05",
		"2020-01-02 03:04:05.000": "2020-01-02 03:04:05", "2020-01-02": "2020-01-02 00:00:00", "2020-01-02 03:04": "2020-01-02 03:04:00", "2024-02-29 00:00:00": "2024-02-29 00:00:00",
		"0000-00-00 00:00:00": "zero", "-001-11-30T00:00:00+00:00": "zero", "": "zero",
		"2023-02-29 00:00:00": "bad", "01/02/2020": "bad", "2020-01-02 24:00:00": "bad", "2020-13-02": "bad", "2020-01-02T03:04:05+02:00": "bad", "yesterday": "bad", "2020-01-0x": "bad",
	} {
		date, state := readDate(text)
		if got := map[dateState]string{dateGood: date, dateZero: "zero", dateBad: "bad"}[state]; got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestRoles(t *testing.T) {
	for _, text := range []string{"subscriber, customer", "subscriber,customer", " subscriber , customer,"} {
		if got := splitRoles(text); !slices.Equal(got, []string{"subscriber", "customer"}) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestShortCutForAddressesAgreesWithPackageAddress tries addresses made of the signs that matter.
func TestShortCutForAddressesAgreesWithPackageAddress(t *testing.T) {
	signs := []string{"a", "B", "7", ".", "-", "_", "+", "@", "xn--", "example", ".com", "é", "'", "..", " "}
	random := rand.New(rand.NewPCG(1, 2))
	plain := 0
	for range 50_000 {
		email := ""
		for range 1 + random.IntN(3) {
			email += signs[random.IntN(len(signs))]
		}
		email += "@"
		for range random.IntN(4) {
			email += signs[random.IntN(len(signs))]
		}
		if random.IntN(2) == 0 {
			email += ".com"
		}
		key, valid := readAddress(nil, email)
		if plainAddress(email) {
			plain++
		}
		if string(key) != address.Key(email) || valid != address.Valid(email) {
			t.Fatalf("%q: key %q and valid %v, but package address says %q and %v", email, key, valid, address.Key(email), address.Valid(email))
		}
	}
	if plain < 300 {
		t.Errorf("only %d addresses took the short cut", plain)
	}
}

func TestSetsOfIDsAndAddresses(t *testing.T) {
	ids, addresses, want := newIDSet(), newAddressSet(), map[int64]int{}
	random := rand.New(rand.NewPCG(3, 4))
	for row := 1; row < 50_000; row++ {
		id := random.Int64N(20_000)
		if row%3 == 0 {
			id = random.Int64()
		}
		_, seen := want[id]
		if ids.has(id) != seen {
			t.Fatalf("ID %d: %v", id, !seen)
		}
		ids.add(id)
		first, taken := addresses.claim([]byte{byte(id), byte(id >> 8), byte(id >> 16), byte(id >> 24), byte(id >> 32), byte(id >> 40), byte(id >> 48)}, row)
		if taken != seen || seen && first != want[id] {
			t.Fatalf("address %d: %v in row %d, want %d", id, taken, first, want[id])
		}
		if !seen {
			want[id] = row
		}
	}
	if len(slices.Collect(maps.Keys(want))) < 30_000 {
		t.Error("too few different ones")
	}
}
