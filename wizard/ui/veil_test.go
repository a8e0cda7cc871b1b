package ui_test

import (
	"regexp"
	"strings"
	"testing"

	"allyswitch/wizard/ui"
)

func TestTheVeilHidesEverythingAroundAnAtSign(t *testing.T) {
	veil := ui.Veil{On: true, Salt: "s"}
	for _, address := range []string{"anna@example.com", "ANNA+shop@Example.COM", "o'brien@example.com", "\"anna b\"@example.com", "anna＠example.com",
		"ünï@exämple.org", "not-an-address@", "a.b/c=d@example.com", "<anna@example.com>", "mailto:anna@example.com", "anna@localhost"} {
		text := veil.Text("The address " + address + " was refused.")
		if strings.ContainsAny(text, "@＠") || strings.Contains(strings.ToLower(text), "anna") || strings.Contains(text, "brien") || strings.Contains(text, "exam") {
			t.Errorf("%s becomes %q", address, text)
		}
		if !strings.HasPrefix(text, "The address") || !strings.HasSuffix(text, "was refused.") {
			t.Errorf("the words around %s are lost: %q", address, text)
		}
	}
}

func TestPseudonymsAreStable(t *testing.T) {
	veil := ui.Veil{On: true, Salt: "one"}
	first := veil.Text("anna@example.com")
	if !regexp.MustCompile(`^member [A-Z][a-z]+-\d{4}$`).MatchString(first) {
		t.Errorf("the pseudonym is %q", first)
	}
	for _, same := range []string{" ANNA@example.com ", "'anna@example.com'"} {
		if got := veil.Member(same); got != first {
			t.Errorf("%q has another pseudonym: %q and %q", same, got, first)
		}
	}
	if (ui.Veil{On: true, Salt: "two"}).Text("anna@example.com") == first {
		t.Error("another migration has the same pseudonym")
	}
	if got := (ui.Veil{}).Text("anna@example.com"); got != "anna@example.com" {
		t.Errorf("the veil is off and shows %q", got)
	}
}

func TestPrivateCellsAreHidden(t *testing.T) {
	veil := ui.Veil{On: true, Salt: "s"}
	row := veil.Row([]string{"12", "Anna Example", "anna@example.com", "told bob@example.com", ""}, func(i int) bool { return i == 1 || i == 2 || i == 4 })
	if row[0] != "12" || row[1] != "hidden" || row[2] != veil.Member("anna@example.com") || strings.Contains(row[3], "@") || row[4] != "" {
		t.Errorf("the row is %q", row)
	}
	if got := veil.Value("Anna Example"); got != "hidden" {
		t.Errorf("the value is %q", got)
	}
}
