package wp

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestAStoredUserIsCleanedLikeARowOfTheExport(t *testing.T) {
	users := []Stored{
		{ID: 4, Login: "plain", Email: "plain@example.com", FirstName: "Ada", LastName: "Lovelace", DisplayName: "Ada Lovelace", Registered: "2020-01-02 00:01:01", Roles: []string{"subscriber", "vip_member"}},
		{ID: 7, Login: "entity", Email: "Grace.HOPPER@Example.COM", FirstName: "Tom &amp; Jerry", LastName: "\u00a0Nbsp ", Registered: "2020-01-02T00:01:01+00:00"},
		{ID: 10, Login: "nfd", Email: " spaced@example.com ", FirstName: "Jose\u0301", LastName: "=1+1", Registered: "-001-11-30T00:00:00+00:00"},
		{ID: 13, Login: "mojibake", Email: "", FirstName: "Nguyá»…n", LastName: "'-Dash", DisplayName: "Line\nbreak", Registered: "0000-00-00 00:00:00"},
		{ID: 16, Login: "lines", Email: "not-an-address", FirstName: "Quo \"Te\", Jr.", LastName: "C:\\\"x\\\"", Registered: "nonsense"},
	}
	var file bytes.Buffer
	writer := NewStoredWriter(&file)
	for _, user := range users {
		if err := writer.Write(user); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Flush(); err != nil {
		t.Fatal(err)
	}
	export, err := OpenExport(&file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if layout := export.Layout(); layout.NeedsMapping || len(layout.Secrets) > 0 {
		t.Errorf("the file should need no mapping and hold no secrets: %+v", layout)
	}
	for _, user := range users {
		row, err := export.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got := user.Member(); !reflect.DeepEqual(got, row.Member) {
			t.Errorf("user %d: cleaned by itself %+v\nthrough the file %+v", user.ID, got, row.Member)
		}
	}
}

func TestWhatIsStoredGoesThroughCleanLikeAnExport(t *testing.T) {
	var file bytes.Buffer
	writer := NewStoredWriter(&file)
	writer.Write(Stored{ID: 1, Email: "one@example.com", FirstName: "O'Neil &amp; Co", Registered: "2020-01-02 00:01:01", Roles: []string{"subscriber"}})
	writer.Write(Stored{ID: 2, Email: "ONE@example.com", Registered: "0000-00-00 00:00:00", Roles: []string{"subscriber"}})
	writer.Write(Stored{ID: 3})
	writer.Flush()
	got := mustClean(t, file.String(), CleanOptions{})
	if got.Kept != 1 || got.Rejected != 2 || got.Findings[TwinEmail] != 1 || got.Findings[NoEmail] != 1 || got.Findings[NoRole] != 1 {
		t.Errorf("kept %d, rejected %d, findings %v", got.Kept, got.Rejected, got.Findings)
	}
	if !strings.Contains(got.members, "1,1,one@example.com,2020-01-02 00:01:01,O'Neil & Co,") {
		t.Errorf("members.csv: %s", got.members)
	}
}
