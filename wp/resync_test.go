package wp

import (
	"fmt"
	"strings"
	"testing"
)

const shortHeading = "ID,customer_id,user_login,user_pass,user_email,user_registered,first_name,last_name,roles,description,session_tokens,is_guest_user\n"

// shortRow is a row of an export with few columns and the biography written as given.
func shortRow(id int, bio string) string {
	return fmt.Sprintf("%d,%d,login%d,$P$BFAKE,m%d@example.com,\"2020-01-02 03:04:05\",Ann,Lee,subscriber,%s,,0\n", id, id, id, id, bio)
}

// TestABiographyNeverSpoilsItsNeighbours puts every awkward biography between two plain rows.
func TestABiographyNeverSpoilsItsNeighbours(t *testing.T) {
	for name, bio := range map[string]string{
		"plain":                              `Hello`,
		"empty quotes":                       `""`,
		"several lines":                      "\"one\ntwo\n\nfour\"",
		"doubled quotes":                     `"a ""b"" c"`,
		"backslash at the end":               `"C:\"`,
		"backslash quotes, PHP":              `"say \"hi\" to all"`,
		"backslash quotes, doubled":          `"say \""hi\"" to all"`,
		"backslash quote at the end, PHP":    `"say \"hi\""`,
		"backslash quote before comma, PHP":  `"\"hi\", she said"`,
		"backslash quote before line, PHP":   "\"\\\"hi\\\"\nand more\"",
		"backslash quote at comma, end, PHP": `"\",\"`,
		"a row within":                       "\"like this:\n7,7,login,x,a@example.com,d,A,B,c,d,e,0\nyou see\"",
		"a row within, PHP":                  "\"like \\\"this\\\":\n7,7,login,x\nyou see\"",
		"unquoted quotes":                    `5" pipes and "more"`,
		"only a quote, unquoted":             `say"`,
		"PHP, a quote before each backslash": `"a""\"b"`,
		"Windows lines":                      "\"one\r\ntwo\"",
	} {
		t.Run(name, func(t *testing.T) {
			got := mustClean(t, shortHeading+shortRow(1, "x")+shortRow(2, bio)+shortRow(3, "y"), CleanOptions{})
			if got.Kept != 3 || got.Rejected != 0 {
				t.Fatalf("kept %d, rejected %d: %s", got.Kept, got.Rejected, got.rejected)
			}
			want := "ID,customer_id,user_email,user_registered,first_name,last_name\n"
			for id := 1; id <= 3; id++ {
				want += fmt.Sprintf("%d,%d,m%d@example.com,2020-01-02 03:04:05,Ann,Lee\n", id, id, id)
			}
			if got.members != want {
				t.Errorf("got %s", got.members)
			}
		})
	}
}

// TestADamagedRowCostsOnlyItself breaks one row of five and expects the other four, and the damage named.
func TestADamagedRowCostsOnlyItself(t *testing.T) {
	for name, test := range map[string]struct{ row, says string }{
		"a quote never closed":  {"3,3,login3,$P$BFAKE,m3@example.com,d,Ann,\"Lee, Jr.,subscriber,x,,0\n", "quotes in this row fit no way"},
		"too few cells":         {"3,3,login3,$P$BFAKE,m3@example.com,d\n", "fewer cells"},
		"too many cells":        {"3,3,login3,$P$BFAKE,m3@example.com,d,A,B,c,d,e,0,extra,more\n", "more cells"},
		"a line break unquoted": {"3,3,login3,$P$BFAKE,m3@example.com,d,A\nB,c,d,e,0\n", "fewer cells"},
		"shifted cells":         {"3,3,login3,m3@example.com,m3@example.com,d,$P$BFAKEHASHnotarealpassword000000,Lee,c,d,e,0\n", "password hash stands in another column"},
		"a very long row":       {"3,3,login3,$P$BFAKE,m3@example.com,\"" + strings.Repeat("no end\n", 300_000), "longer than any row"},
	} {
		t.Run(name, func(t *testing.T) {
			text := shortHeading + shortRow(1, "x") + shortRow(2, "\"two\nlines\"") + test.row + shortRow(4, "x") + shortRow(5, "x")
			got := mustClean(t, text, CleanOptions{})
			if got.Kept != 4 || got.Rejected != 1 || got.Findings[UnreadableRow] != 1 {
				t.Fatalf("kept %d, rejected %d: %v", got.Kept, got.Rejected, got.Findings)
			}
			finding := got.Examples[UnreadableRow][0]
			if !strings.HasPrefix(finding.Sentence, "Row 4 (line 5 in a text editor): ") || !strings.Contains(finding.Sentence, test.says) {
				t.Errorf("got %q", finding.Sentence)
			}
			if finding.Line != 5 || strings.Contains(got.rejected, "FAKE") {
				t.Errorf("line %d, rejected %s", finding.Line, got.rejected)
			}
		})
	}
}

// TestTwoStrayQuotesDoNotJoinPeople has a quote that is opened in one name and closed in another, three people further.
func TestTwoStrayQuotesDoNotJoinPeople(t *testing.T) {
	text := sixHeading + "1,1,a@example.com,,A,One\n2,2,b@example.com,,B,\"Two\n3,3,c@example.com,,C,Three\n4,4,d@example.com,,D,Four\"\n5,5,e@example.com,,E,\"Fi\nve\"\n"
	got := mustClean(t, text, CleanOptions{})
	if got.Kept != 5 || got.Findings[MendedQuotes] != 2 {
		t.Errorf("kept %d, %v: %s", got.Kept, got.Findings, got.members)
	}
	if members := membersByID(t, got.members); members[3].LastName != "Three" || members[2].LastName != `"Two` || members[5].LastName != "Fi ve" {
		t.Errorf("got %s", got.members)
	}
}

// TestManyOddRowsTakeNoLongerThanTheyMust has nothing but rows that need the closest look.
func TestManyOddRowsTakeNoLongerThanTheyMust(t *testing.T) {
	for name, row := range map[string]string{
		"unquoted quotes": "%d,%d,m%d@example.com,,5\" pipe,Lee\n",
		"never closed":    "%d,%d,m%d@example.com,,Ann,\"Lee\n",
		"hopeless":        "%d,%d,m%d@example.com,,\"Ann,\"Lee,x,\\\"y\n",
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			text.WriteString(sixHeading)
			for id := 1; id <= 5000; id++ {
				fmt.Fprintf(&text, row, id, id, id)
			}
			got := mustClean(t, text.String(), CleanOptions{})
			if got.People != 5000 || (name != "hopeless") != (got.Kept == 5000) {
				t.Errorf("%d people, %d kept", got.People, got.Kept)
			}
		})
	}
}

func TestADownloadThatWasCutOffIsNamed(t *testing.T) {
	for _, last := range []string{"2,2,login2,$P$BFAKE,m2@exam", "2,2,login2,$P$BFAKE,m2@example.com,\"2020-01-02 03:", "2,2,l,p,m2@example.com,\"2020-01-02 03:04:05\",A,B,c,\"say \\\"hi"} {
		got := mustClean(t, shortHeading+shortRow(1, "x")+last, CleanOptions{})
		if got.Kept != 1 || got.Rejected != 1 || !strings.Contains(got.rejected, "the download was cut off") {
			t.Errorf("%s: kept %d: %s", last, got.Kept, got.rejected)
		}
	}
}

// TestNoSecretComesOut puts canaries where passwords and tokens are, in good rows and in broken ones.
func TestNoSecretComesOut(t *testing.T) {
	const hash, token = "$P$BCANARYhashCANARYhashCANARYhash0", "eyJDQU5BUlkiOiJDQU5BUlktdG9rZW4tQ0FOQVJZLXRva2VuLUNBTkFSWSJ9"
	var text strings.Builder
	text.WriteString(shortHeading)
	for id, broken := range []string{"x", `"a \"b\" c"`, `"never closed`, `a,b`, `x"y"`, "\"one\ntwo\""} {
		row := shortRow(id+1, broken)
		row = strings.Replace(row, "$P$BFAKE", hash, 1)
		text.WriteString(strings.Replace(row, ",,0\n", ","+token+",0\n", 1))
	}
	fmt.Fprintf(&text, "8,8,%s,,%s,%s,%s,%s,%s,%s,%s,0\n", hash, token, hash, hash, token, hash, token, hash)
	fmt.Fprintf(&text, "9,9,l,%s\n%s\n", hash, token)
	fmt.Fprintf(&text, "10,10,l,x,%s,d,A,B,c,d,e,0\n11,11,l,x,m11@example.com,d,\"A,%s\",\"B,%s\",c,d,e,0\n", hash, hash, token)
	for _, input := range []string{text.String(), strings.Replace(text.String(), "user_pass", "Kennwort", 1), strings.Replace(text.String(), "user_email", "Mail", 1)} {
		export, err := OpenExport(strings.NewReader(input), nil)
		if err != nil {
			t.Fatal(err)
		}
		layout := export.Layout()
		if strings.Contains(fmt.Sprintf("%+v", layout), "CANARY") {
			t.Errorf("a secret in the layout: %+v", layout)
		}
		got := mustClean(t, input, CleanOptions{Mapping: layout.Proposed})
		if all := fmt.Sprintf("%+v", got); strings.Contains(all, "CANARY") || strings.Contains(all, "eyJDQU5") {
			t.Errorf("a secret came out: %s", all)
		}
		for export.layout.Mapping[ColumnEmail] != "" {
			row, err := export.Next()
			if err != nil {
				break
			}
			if all := fmt.Sprintf("%+v", row); strings.Contains(all, "CANARY") || strings.Contains(all, "eyJDQU5") {
				t.Errorf("a secret in a row: %s", all)
			}
		}
	}
}

func TestAFileWithoutHeadingNamesNoSecret(t *testing.T) {
	const row = "1,1,admin,$P$BCANARYhashCANARYhashCANARYhash0,admin,,,\"2020-01-02 03:04:05\",admin\n"
	if _, err := OpenExport(strings.NewReader(row+row), nil); err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("got %v", err)
	}
	if _, err := ReadMemberTags(strings.NewReader(row+row), TagOptions{}); err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("got %v", err)
	}
}

func TestASecretColumnCannotBeChosen(t *testing.T) {
	_, err := OpenExport(strings.NewReader(readReal(t)), Mapping{ColumnEmail: "user_email", ColumnFirstName: "user_pass"})
	if err == nil || !strings.Contains(err.Error(), "AllySwitch never reads it") {
		t.Errorf("got %v", err)
	}
}
