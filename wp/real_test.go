package wp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

const realExport = "testdata/webtoffee-export.csv"

func readReal(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile(realExport)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// cleaned is what Clean made of a text.
type cleaned struct {
	Summary
	members, rejected string
}

func mustClean(t testing.TB, text string, options CleanOptions) cleaned {
	t.Helper()
	var members, rejected bytes.Buffer
	summary, err := Clean(context.Background(), strings.NewReader(text), options, &members, &rejected)
	if err != nil {
		t.Fatalf("Clean: %v", err)
	}
	if summary.People != summary.Kept+summary.Rejected {
		t.Errorf("%d people but %d kept and %d rejected", summary.People, summary.Kept, summary.Rejected)
	}
	return cleaned{summary, members.String(), rejected.String()}
}

func membersByID(t testing.TB, text string) map[int64]Member {
	t.Helper()
	members := map[int64]Member{}
	err := ReadMembers(strings.NewReader(text), func(m Member) error {
		members[m.ID] = m
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return members
}

func TestEverybodyOfTheRealExportIsAccountedFor(t *testing.T) {
	got := mustClean(t, readReal(t), CleanOptions{})
	if got.People != 302 || got.Kept != 299 || got.Rejected != 3 {
		t.Errorf("302 people, 299 to keep and 3 to reject; got %d, %d, %d", got.People, got.Kept, got.Rejected)
	}
	want := map[string]int64{NoEmail: 1, BadEmail: 1, TwinEmail: 1, ZeroDate: 1, NoRole: 1, MendedQuotes: 1, MendedEncoding: 24,
		FormulaApostrophe: 2, DecodedEntities: 1, Trimmed: 1, Normalised: 1}
	if !maps.Equal(got.Findings, want) {
		t.Errorf("findings: got %v\nwant %v", got.Findings, want)
	}
	if got.BiographyResyncs != 1 {
		t.Errorf("one biography has quotes after backslashes; got %d", got.BiographyResyncs)
	}
	if !slices.Equal(got.SecretsDropped, []string{"user_pass", "session_tokens"}) {
		t.Errorf("secrets dropped: %v", got.SecretsDropped)
	}
	layout := got.Layout
	if layout.Kind != KindQuick || layout.Encoding != EncodingUTF8BOM || layout.Delimiter != ',' || layout.LineEnds != "LF" || layout.NeedsMapping || len(layout.Missing) > 0 {
		t.Errorf("layout: %+v", layout)
	}
}

func TestTheAwkwardPeopleComeOutRight(t *testing.T) {
	members := membersByID(t, mustClean(t, readReal(t), CleanOptions{}).members)
	for id, want := range map[int64]Member{
		1:   {Email: "admin@example.com", Registered: "2026-11-21 19:32:43"},
		11:  {Email: "ada+accessally@example.com", Registered: "2020-01-02 00:01:01", FirstName: "Ada", LastName: "Lovelace"},
		12:  {Email: "Grace.HOPPER@Example.COM", Registered: "2020-01-03 00:02:02", FirstName: "Grace", LastName: "Hopper"},
		13:  {Email: "curie@example.org", Registered: "2020-01-04 00:03:03", LastName: "Curie"},
		14:  {Email: "nobody.in.particular@example.org", Registered: "2020-01-05 00:04:04"},
		15:  {Email: "wang@example.com", Registered: "2020-01-06 00:05:05", FirstName: "小明", LastName: "王"},
		16:  {Email: "mohamed@example.com", Registered: "2020-01-07 00:06:06", FirstName: "محمد", LastName: "الخوارزمي"},
		17:  {Email: "jose.nfd@example.com", Registered: "2020-01-08 00:07:07", FirstName: "Jos\u00e9", LastName: "Nu\u00f1ez"},
		18:  {Email: "o'brien@example.com", Registered: "2020-01-09 00:08:08", FirstName: "Siobhán", LastName: "O'Brien"},
		19:  {Email: "annie@example.com", Registered: "2020-01-10 00:09:09", FirstName: `Ann "Annie"`, LastName: "Smith, Jr."},
		20:  {Email: "tom@example.com", Registered: "2020-01-11 00:10:10", FirstName: "Tom & Jerry", LastName: "Cat"},
		21:  {Email: "formula@example.com", Registered: "2020-01-12 00:11:11", FirstName: `=HYPERLINK("http://example.com")`, LastName: "@SUM(1)"},
		22:  {Email: "+plus.first@example.com", Registered: "2020-01-13 00:12:12", FirstName: "-Dash", LastName: "+Plus"},
		23:  {Email: "spaces@example.com", Registered: "2020-01-14 00:13:13", FirstName: "Mary", LastName: "Ann Lee"},
		25:  {Email: "party@example.com", Registered: "2020-01-16 00:15:15", FirstName: "Party 🎉", LastName: "👩\u200d👩\u200d👧"},
		27:  {Email: "no.role@example.com", Registered: "2020-01-18 00:17:17", FirstName: "Norah", LastName: "Olsen"},
		34:  {Email: "kept.address@example.com", Registered: "2020-01-20 00:19:19", FirstName: "Lena", LastName: "Login"},
		35:  {Email: "backslash@example.com", Registered: "2020-01-21 00:20:20", FirstName: "Back", LastName: "Slash"},
		37:  {Email: "zero.date@example.com", FirstName: "Zed", LastName: "Date"},
		38:  {Email: "amelie@example.com", Registered: "2020-01-24 00:23:23", FirstName: "Amélie", LastName: "d'Été"},
		72:  {Email: "amelianguyen54+course@Example.com", Registered: "2017-03-03 18:42:15", FirstName: "Amelia", LastName: "Nguyễn"},
		352: {Email: "chloe.yilmaz295@example.org", Registered: "2023-12-28 08:17:35", FirstName: "Chloé", LastName: "Yılmaz"},
	} {
		got := members[id]
		want.ID, want.CustomerID = id, got.CustomerID
		if got.CustomerID == "" || !sameMember(got, want) {
			t.Errorf("member %d\n got %+v\nwant %+v", id, got, want)
		}
	}
	if got := members[104].FirstName; got != "İbrahim" {
		t.Errorf("member 104 is İbrahim; got %q", got)
	}
}

func sameMember(a, b Member) bool {
	return a.ID == b.ID && a.CustomerID == b.CustomerID && a.Email == b.Email && a.Registered == b.Registered && a.FirstName == b.FirstName && a.LastName == b.LastName
}

func TestTheOwnerReadsWhyThreePeopleAreLeftOver(t *testing.T) {
	got := mustClean(t, readReal(t), CleanOptions{})
	want := "\ufeffline,ID,customer_id,user_email,user_registered,first_name,last_name,reason,what_to_do\n" +
		`28,39,39,not-an-address,2020-01-25 00:24:24,Typo,Address,bad-email,"Row 27 (line 28 in a text editor), column user_email: “not-an-address” is not an e-mail address. Correct it, here and in WordPress, or leave the person out."` + "\n" +
		`225,28,28,,2020-01-19 00:18:18,Quiet,Person,no-email,"Row 224 (line 225 in a text editor), column user_email: there is no e-mail address. A CRM knows people by their address, so this person cannot be moved. Fill one in, or leave the person out."` + "\n" +
		`294,36,36,grace.hopper@example.com,2020-01-22 00:21:21,Grace,Twin,twin-email,"Row 293 (line 294 in a text editor), column user_email: “grace.hopper@example.com” is also the address of the person in row 217, who is kept. A CRM has one contact for one address. Give one of the two another address, or leave one out."` + "\n"
	if got.rejected != want {
		t.Errorf("rejected.csv\n got %s\nwant %s", got.rejected, want)
	}
}

func TestMembersFileIsExactlySixColumnsAndSafeInASpreadsheet(t *testing.T) {
	got := mustClean(t, readReal(t), CleanOptions{}).members
	if !strings.HasPrefix(got, "ID,customer_id,user_email,user_registered,first_name,last_name\n1,1,admin@example.com,2026-11-21 19:32:43,,\n") {
		t.Errorf("members.csv begins %q", got[:150])
	}
	for _, line := range []string{
		`21,21,formula@example.com,2020-01-12 00:11:11,"'=HYPERLINK(""http://example.com"")",'@SUM(1)` + "\n",
		`22,22,'+plus.first@example.com,2020-01-13 00:12:12,'-Dash,'+Plus` + "\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("members.csv lacks %s", line)
		}
	}
}

func TestCleaningTwiceChangesNothing(t *testing.T) {
	first := mustClean(t, readReal(t), CleanOptions{})
	again := mustClean(t, first.members, CleanOptions{})
	if again.members != first.members || again.Rejected != 0 || again.Fingerprint != first.Fingerprint {
		t.Error(firstDifference(again.members, first.members))
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(first.members))); first.Fingerprint != sum {
		t.Errorf("the fingerprint is the file's SHA-256: got %s, want %s", first.Fingerprint, sum)
	}
}

func TestRowsCarryLoginAndRoles(t *testing.T) {
	export, err := OpenExport(strings.NewReader(readReal(t)), nil)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := export.Next()
		if err != nil {
			t.Fatal("two_roles is not in the file:", err)
		}
		if row.Member.ID != 26 {
			continue
		}
		if row.Line != 295 || row.Number != 294 || row.Member.Login != "two_roles" || row.Member.DisplayName != "Dora Marquez" ||
			!slices.Equal(row.Member.Roles, []string{"subscriber", "customer", "vip_member"}) || len(row.Findings) > 0 {
			t.Errorf("got %+v", row)
		}
		return
	}
}
