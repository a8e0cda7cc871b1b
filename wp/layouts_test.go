package wp

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func withWoo(t table) table {
	t = t.pick(webtoffeeColumns[:]...)
	return t.change("total_spent", func(string) string { return "12.50" }).change("billing_email", func(string) string { return "billing@example.net" })
}

func unguardAll(t table) table {
	for _, column := range t.heading {
		t = t.change(column, unguard)
	}
	return t
}

func cliRoles(roles string) string { return strings.ReplaceAll(roles, ", ", ",") }

// TestEveryLayoutGivesTheSamePeople writes the real export in every way that exports come in, and expects the same 302 people.
func TestEveryLayoutGivesTheSamePeople(t *testing.T) {
	real := realTable(t)
	want := mustClean(t, readReal(t), CleanOptions{})
	six := real.pick(MemberColumns()...)
	reversed := slices.Clone(real.heading)
	slices.Reverse(reversed)
	for name, test := range map[string]struct {
		text      string
		kind      Kind
		encoding  string
		delimiter rune
		lineEnds  string
	}{
		"without byte order mark":      {real.write(",", "\n", php), KindQuick, EncodingUTF8, ',', "LF"},
		"semicolons":                   {"\ufeff" + real.write(";", "\n", php), KindQuick, EncodingUTF8BOM, ';', "LF"},
		"tabs":                         {real.write("\t", "\n", php), KindQuick, EncodingUTF8, '\t', "LF"},
		"bars":                         {real.write("|", "\n", php), KindQuick, EncodingUTF8, '|', "LF"},
		"Windows line ends":            {"\ufeff" + real.write(",", "\r\n", php), KindQuick, EncodingUTF8BOM, ',', "CRLF"},
		"old Mac line ends":            {strings.ReplaceAll(real.write(",", "\n", spreadsheet), "\n", "\r"), KindQuick, EncodingUTF8, ',', "CR"},
		"no last line end":             {strings.TrimSuffix(real.write(",", "\n", php), "\n"), KindQuick, EncodingUTF8, ',', "LF"},
		"UTF-16 LE":                    {utf16(real.write("\t", "\r\n", spreadsheet)), KindQuick, EncodingUTF16LE, '\t', "CRLF"},
		"UTF-16 BE without a mark":     {utf16BE(real.write(",", "\n", php)), KindQuick, EncodingUTF16BE, ',', "LF"},
		"saved by a spreadsheet":       {real.write(";", "\r\n", spreadsheet), KindQuick, EncodingUTF8, ';', "CRLF"},
		"with a sep line":              {"sep=;\r\n" + real.write(";", "\r\n", spreadsheet), KindQuick, EncodingUTF8, ';', "CRLF"},
		"with WooCommerce":             {"\ufeff" + withWoo(real).write(",", "\n", php), KindQuick, EncodingUTF8BOM, ',', "LF"},
		"another table prefix":         {real.rename("wp_user_level", "shop7_user_level").write(",", "\n", php), KindQuick, EncodingUTF8, ',', "LF"},
		"WebToffee up to 2.6.4":        {real.rename("is_guest_user", "is_geuest_user").write(",", "\n", php), KindQuick, EncodingUTF8, ',', "LF"},
		"from the Users screen":        {unguardAll(real).write(",", "\n", everyCell), KindUsers, EncodingUTF8, ',', "LF"},
		"columns in another order":     {real.pick(reversed...).write(",", "\n", php), KindAdvanced, EncodingUTF8, ',', "LF"},
		"columns left out":             {real.pick("user_login", "last_name", "first_name", "user_email", "user_registered", "roles", "customer_id", "ID", "description").write(",", "\n", php), KindAdvanced, EncodingUTF8, ',', "LF"},
		"headings in capitals":         {real.rename("user_email", "USER_EMAIL", "first_name", " First_Name ").write(",", "\n", php), KindQuick, EncodingUTF8, ',', "LF"},
		"six columns":                  {six.write(",", "\r\n", spreadsheet), KindSixColumn, EncodingUTF8, ',', "CRLF"},
		"delimiters added at the ends": {strings.ReplaceAll(six.write(",", ",,\n", spreadsheet), "last_name,,", "last_name"), KindSixColumn, EncodingUTF8, ',', "LF"},
		"two files joined":             {six.write(",", "\n", php) + "\n" + strings.Join(six.heading, ",") + "\n,,,,,\n", KindSixColumn, EncodingUTF8, ',', "LF"},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustClean(t, test.text, CleanOptions{})
			if got.members != want.members {
				t.Errorf("other members: kept %d, rejected %d\n%s", got.Kept, got.Rejected, firstDifference(got.members, want.members))
			}
			layout := got.Layout
			if layout.Kind != test.kind || layout.Encoding != test.encoding || layout.Delimiter != test.delimiter || layout.LineEnds != test.lineEnds {
				t.Errorf("layout: %s, %s, %q, %s", layout.Kind, layout.Encoding, layout.Delimiter, layout.LineEnds)
			}
			if got.Fingerprint != want.Fingerprint {
				t.Error("the same members have the same fingerprint")
			}
			if got.Rejected != 3 || got.Findings[TwinEmail] != 1 || got.Findings[NoEmail] != 1 || got.Findings[BadEmail] != 1 {
				t.Errorf("rejected %d: %v", got.Rejected, got.Findings)
			}
		})
	}
}

func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			return "got " + gotLines[i] + "\nwant " + wantLines[i]
		}
	}
	return "one is longer"
}

func TestWPCLIHasNoNamesButRoles(t *testing.T) {
	real := unguardAll(realTable(t)).change("roles", cliRoles)
	text := real.pick("ID", "user_login", "display_name", "user_email", "user_registered", "roles").write(",", "\n", php)
	got := mustClean(t, text, CleanOptions{})
	if got.Layout.Kind != KindWPCLI || got.Kept != 299 || got.Rejected != 3 || got.Findings[NoRole] != 1 {
		t.Errorf("%s: kept %d, findings %v", got.Layout.Kind, got.Kept, got.Findings)
	}
	if !slices.Equal(got.Layout.Missing, []string{ColumnCustomerID, ColumnFirstName, ColumnLastName}) || got.Layout.NeedsMapping {
		t.Errorf("missing %v, needs mapping %v", got.Layout.Missing, got.Layout.NeedsMapping)
	}
	if !strings.Contains(got.members, "\n26,26,two.roles@example.com,2020-01-17 00:16:16,,\n") {
		t.Error("customer_id is the WordPress ID where the file has none")
	}
}

func TestWindows1252LosesNothingThatItHas(t *testing.T) {
	real := realTable(t)
	for i, row := range real.rows {
		if windows1252(strings.Join(row, "")) != strings.Join(row, "") && strings.Contains(windows1252(strings.Join(row, "")), "?") {
			real.rows[i] = nil
		}
	}
	real.rows = slices.DeleteFunc(real.rows, func(row []string) bool { return row == nil })
	want, got := mustClean(t, real.write(",", "\n", php), CleanOptions{}), mustClean(t, windows1252(real.write(";", "\r\n", php)), CleanOptions{})
	if got.Layout.Encoding != EncodingWindows1252 || got.members != want.members || got.Kept < 200 {
		t.Errorf("%s, %d kept: %s", got.Layout.Encoding, got.Kept, firstDifference(got.members, want.members))
	}
	if got.Findings[MendedEncoding] > 0 {
		t.Errorf("a file that is Windows-1252 throughout is not called garbled: %v", got.Findings)
	}
}

func TestRenamedColumnsAreProposedAndAskedFor(t *testing.T) {
	real := realTable(t)
	for name, test := range map[string]struct {
		names []string
		want  Mapping
	}{
		"plain words": {[]string{"ID", "User ID", "user_email", "E-mail", "user_registered", "Registration Date", "first_name", "First Name", "last_name", "Surname"},
			Mapping{ColumnID: "User ID", ColumnEmail: "E-mail", ColumnRegistered: "Registration Date", ColumnFirstName: "First Name", ColumnLastName: "Surname"}},
		"only the values tell":        {[]string{"user_email", "Kontakt"}, Mapping{ColumnEmail: "Kontakt"}},
		"a misleading name beside it": {[]string{"user_email", "Mail", "user_url", "email_verified"}, Mapping{ColumnEmail: "Mail"}},
		"German":                      {[]string{"first_name", "Vorname", "last_name", "Nachname"}, Mapping{ColumnFirstName: "Vorname", ColumnLastName: "Nachname"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := real.change("user_url", func(string) string { return "yes" }).rename(test.names...).write(",", "\n", php)
			export, err := OpenExport(strings.NewReader(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			layout := export.Layout()
			if !layout.NeedsMapping {
				t.Error("the owner must be asked")
			}
			for column, heading := range test.want {
				if layout.Proposed[column] != heading {
					t.Errorf("%s: proposed %q, want %q", column, layout.Proposed[column], heading)
				}
			}
			got := mustClean(t, text, CleanOptions{Mapping: layout.Proposed})
			if want := mustClean(t, readReal(t), CleanOptions{}); got.members != want.members {
				t.Error("the proposed mapping gives other members", firstDifference(got.members, want.members))
			}
		})
	}
}

func TestOddHeadings(t *testing.T) {
	got := mustClean(t, "ID,user_email,user_email,\n1,a@example.com,b@example.com,x\n", CleanOptions{Mapping: Mapping{ColumnID: "ID", ColumnEmail: "user_email (column 3)", ColumnFirstName: "(column 4)"}})
	if !strings.Contains(got.members, "1,1,b@example.com,,x,\n") {
		t.Errorf("%v: %s", got.Layout.Columns, got.members)
	}
	if layout := mustClean(t, "\xfe\xff"+utf16BE("user_email\na@example.com\n"), CleanOptions{}).Layout; layout.Encoding != EncodingUTF16BE || len(layout.Missing) != 5 {
		t.Errorf("%+v", layout)
	}
	export, err := OpenExport(strings.NewReader("ID,user_email,user_login\n1,ann,a@example.com\n2,bob,b@example.com\n3,cy,c@example.com\n4,di,d@example.com\n"), nil)
	if err != nil || !export.Layout().NeedsMapping {
		t.Errorf("no addresses under user_email must be asked about: %v", err)
	}
}

func TestCleanRefusesToGuess(t *testing.T) {
	text := realTable(t).rename("first_name", "Rufname").write(",", "\n", php)
	summary, err := Clean(t.Context(), strings.NewReader(text), CleanOptions{}, nil, nil)
	if err != ErrNeedsMapping || summary.Layout.Proposed[ColumnEmail] != "user_email" {
		t.Errorf("got %v", err)
	}
	if samples := summary.Layout.Samples; len(samples["Rufname"]) != 3 || samples["user_pass"] != nil || samples["session_tokens"] != nil {
		t.Errorf("samples are for looking at: %v", samples["Rufname"])
	}
}

// TestMendedPeopleComeBack feeds a mended rejected.csv back beside the members that are there already, and gives the same as decisions about the export.
func TestMendedPeopleComeBack(t *testing.T) {
	first := mustClean(t, readReal(t), CleanOptions{})
	mended := strings.NewReplacer("not-an-address", "typo@example.com", "28,28,,", "28,28,quiet@example.com,").Replace(first.rejected)
	mended = strings.ReplaceAll(mended, "\n", "\r\n")
	again := mustClean(t, readReal(t), CleanOptions{Decisions: map[RowKey]Decision{ByID(28): {Action: Mend, Email: "quiet@example.com"}, ByID(39): {Action: Mend, Email: "typo@example.com"}}})
	if again.Kept != 301 || again.Rejected != 1 || again.Findings[TwinEmail] != 1 {
		t.Errorf("as decisions: kept %d, rejected %d, %v", again.Kept, again.Rejected, again.Findings)
	}
	beside := mustClean(t, mended, CleanOptions{Earlier: strings.NewReader(first.members)})
	if beside.Kept != 301 || beside.Rejected != 1 || beside.Layout.Kind != KindRejected {
		t.Errorf("beside: kept %d, rejected %d, %v", beside.Kept, beside.Rejected, beside.Findings)
	}
	if !maps.EqualFunc(membersByID(t, again.members), membersByID(t, beside.members), func(a, b Member) bool { return reflect.DeepEqual(a, b) }) {
		t.Error("the two ways give other people")
	}
	if !strings.Contains(beside.rejected, "\n294,36,36,grace.hopper@example.com,") {
		t.Errorf("who is still rejected keeps the line of the export: %s", beside.rejected)
	}
	if got := membersByID(t, again.members)[28]; got.Email != "quiet@example.com" || got.LastName != "Person" || got.Registered != "2020-01-19 00:18:18" {
		t.Errorf("got %+v", got)
	}
}
