package wp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

const sixHeading = "ID,customer_id,user_email,user_registered,first_name,last_name\n"

// decisionsText has two twins, somebody without an address, a guest, an ID that is none and one person twice.
const decisionsText = sixHeading + "1,1,ada@example.com,,Ada,One\n2,2,ADA@example.com,,Ada,Two\n3,3,,,No,Address\n,,guest@example.com,,A,Guest\nx,x,odd@example.com,,Odd,ID\n5,5,five@example.com,,Five,First\n5,5,five@example.com,,Five,Again\n"

func TestTheOwnerDecides(t *testing.T) {
	for name, test := range map[string]struct {
		decisions map[RowKey]Decision
		kept      string // their last names
	}{
		"nothing yet":             {nil, "One First"},
		"both twins":              {map[RowKey]Decision{ByID(2): {Action: Keep}}, "One Two First"},
		"the second twin":         {map[RowKey]Decision{ByID(1): {Action: LeaveOut}}, "Two First"},
		"a twin's other address":  {map[RowKey]Decision{ByID(2): {Action: Mend, Email: "ada.two@example.com"}}, "One Two First"},
		"a twin's first address":  {map[RowKey]Decision{ByID(1): {Action: Mend, Email: "five@example.com"}}, "One Two"},
		"a missing address":       {map[RowKey]Decision{ByID(3): {Action: Mend, Email: "three@example.com", LastName: "Three"}}, "One Three First"},
		"no address cannot stay":  {map[RowKey]Decision{ByID(3): {Action: Keep}}, "One First"},
		"a wrong mend":            {map[RowKey]Decision{ByID(3): {Action: Mend, Email: "three"}}, "One First"},
		"the guest":               {map[RowKey]Decision{ByLine(5): {Action: Keep}}, "One Guest First"},
		"the odd ID":              {map[RowKey]Decision{ByLine(6): {Action: Keep}}, "One ID First"},
		"the odd ID, mended":      {map[RowKey]Decision{ByLine(6): {Action: Mend, ID: 6}}, "One ID First"},
		"the other of one person": {map[RowKey]Decision{ByLine(7): {Action: LeaveOut}}, "One Again"},
		"one person twice":        {map[RowKey]Decision{ByLine(8): {Action: Keep}}, "One First Again"},
		"a line goes before ID":   {map[RowKey]Decision{ByID(1): {Action: Keep}, ByLine(2): {Action: LeaveOut}}, "Two First"},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustClean(t, decisionsText, CleanOptions{Decisions: test.decisions})
			var names []string
			if err := ReadMembers(strings.NewReader(got.members), func(m Member) error { names = append(names, m.LastName); return nil }); err != nil {
				t.Fatal(err)
			}
			if strings.Join(names, " ") != test.kept || got.People != 7 {
				t.Errorf("kept %v of %d, want %s", names, got.People, test.kept)
			}
			for _, decision := range test.decisions {
				if decision.Action == LeaveOut && got.Findings[LeftOut] != 1 {
					t.Errorf("who is left out is listed: %v", got.Findings)
				}
			}
		})
	}
}

// TestWhoIsToStayOutStaysOut leaves out by address: however it is written, every row that has it, and nobody else.
func TestWhoIsToStayOutStaysOut(t *testing.T) {
	for name, test := range map[string]struct {
		leaveOut []string
		kept     string
		left     int64
	}{
		"one person":            {[]string{" Five@Example.com "}, "One", 2},
		"both twins":            {[]string{"ada@example.com"}, "First", 2},
		"nobody of that name":   {[]string{"nobody@example.com"}, "One First", 0},
		"no address is no name": {[]string{""}, "One First", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustClean(t, decisionsText, CleanOptions{LeaveOut: test.leaveOut})
			var names []string
			if err := ReadMembers(strings.NewReader(got.members), func(m Member) error { names = append(names, m.LastName); return nil }); err != nil {
				t.Fatal(err)
			}
			if strings.Join(names, " ") != test.kept || got.Summary.LeftOut != test.left || got.People != 7 {
				t.Errorf("kept %v, %d left out of %d; want %s and %d", names, got.Summary.LeftOut, got.People, test.kept, test.left)
			}
		})
	}
}

func TestFindingsOfAwkwardRows(t *testing.T) {
	got := mustClean(t, decisionsText, CleanOptions{})
	for code, key := range map[string]RowKey{TwinEmail: ByID(2), NoEmail: ByID(3), Guest: ByLine(5), NoID: ByLine(6), TwinID: ByLine(8)} {
		examples := got.Examples[code]
		if len(examples) != 1 || examples[0].Key != key || !examples[0].Fatal {
			t.Errorf("%s: %+v", code, examples)
		}
	}
	if !strings.Contains(got.rejected, "\n6,x,x,odd@example.com,") {
		t.Errorf("an odd ID stays readable for mending: %s", got.rejected)
	}
	if got := mustClean(t, sixHeading+"1,1,a@example.com,12/31/2020,A,B\n2,3,,1.2.2020,C,D\n", CleanOptions{}); got.Findings[BadDate] != 2 || got.Findings[OtherCustomerID] != 1 || !strings.Contains(got.rejected, ",1.2.2020,") {
		t.Errorf("%v %s", got.Findings, got.rejected)
	}
}

func TestOnlyTwentyExamplesAreKept(t *testing.T) {
	got := mustClean(t, sixHeading+strings.Repeat("9,9,,,A,B\n", 50), CleanOptions{})
	if got.Findings[NoEmail] != 50 || len(got.Examples[NoEmail]) != mostExamples || got.Rejected != 50 {
		t.Errorf("%v, %d examples", got.Findings, len(got.Examples[NoEmail]))
	}
}

func TestProgressAndStopping(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var done, bytesRead []int64
	options := CleanOptions{Progress: func(people, bytes int64) {
		done, bytesRead = append(done, people), append(bytesRead, bytes)
		if people == 2000 {
			cancel()
		}
	}}
	_, err := Clean(ctx, &manyPeople{people: 5000}, options, io.Discard, io.Discard)
	if !errors.Is(err, context.Canceled) || done[len(done)-1] != 2000 || len(done) != 3 || bytesRead[2] < bytesRead[1] {
		t.Errorf("stopped after %v with %v", done, err)
	}
	options.Progress = func(people, bytes int64) { done, bytesRead = append(done, people), append(bytesRead, bytes) }
	text := readReal(t)
	if mustClean(t, text, options); done[len(done)-1] != 302 || bytesRead[len(bytesRead)-1] != int64(len(text)) {
		t.Errorf("at the end: %d people, %d bytes", done[len(done)-1], bytesRead[len(bytesRead)-1])
	}
}

func TestRowKeysAreKeysInJSON(t *testing.T) {
	want := map[RowKey]Decision{ByID(36): {Action: LeaveOut}, ByLine(28): {Action: Mend, Email: "a@example.com"}}
	text, err := json.Marshal(want)
	if err != nil || string(text) != `{"id:36":{"action":"leave-out"},"line:28":{"action":"mend","email":"a@example.com"}}` {
		t.Fatalf("%s, %v", text, err)
	}
	var got map[RowKey]Decision
	if err := json.Unmarshal(text, &got); err != nil || len(got) != 2 || got[ByLine(28)] != want[ByLine(28)] {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "36", "id:", "id:-1", "row:3", "line:x"} {
		if err := new(RowKey).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a row", bad)
		}
	}
}

// TestAMillionPeopleFitInSmallMemory is the promise of 64 MiB for the heap of the whole process.
func TestAMillionPeopleFitInSmallMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("takes some seconds")
	}
	watch := watchHeap()
	summary, err := Clean(t.Context(), &manyPeople{people: 1_000_000}, CleanOptions{Progress: watch.look}, io.Discard, io.Discard)
	if err != nil || summary.Kept != 1_000_000 || summary.Findings[MendedEncoding] != 20_000 {
		t.Fatalf("kept %d, %v: %v", summary.Kept, summary.Findings, err)
	}
	if watch.peak > 64<<20 {
		t.Errorf("the heap grew to %d MiB", watch.peak>>20)
	}
	t.Logf("heap at most %d MiB", watch.peak>>20)
}

func TestTwoPeopleWithOneAddressAreFoundAmongMany(t *testing.T) {
	var text bytes.Buffer
	if _, err := io.Copy(&text, &manyPeople{people: 20_000}); err != nil {
		t.Fatal(err)
	}
	text.WriteString("20001,20001,l,p,n,member.777@STUDENTS.example.com,,\"2021-06-26 23:39:38\",d,f,l,0,subscriber,n,,true,true,fresh,0,true,,0,,,,,0\n")
	got := mustClean(t, text.String(), CleanOptions{})
	if got.Kept != 20_000 || got.Findings[TwinEmail] != 1 || !strings.Contains(got.Examples[TwinEmail][0].Sentence, "in row 778,") {
		t.Errorf("kept %d: %v", got.Kept, got.Examples[TwinEmail])
	}
}

// A file of other columns than WebToffee's: what one row was mended with must not reach the rows behind it.
func TestWhatIsMendedStaysInItsRow(t *testing.T) {
	const export = "ID,user_email,last_name\n1,ann-example.com,Ash\n2,bob@example.com,Birch\n3,cem@example.com,Cedar\n"
	var members, rejected bytes.Buffer
	decisions := map[RowKey]Decision{ByID(1): {Action: Mend, Email: "ann@example.com", FirstName: "Ann"}}
	if _, err := Clean(context.Background(), strings.NewReader(export), CleanOptions{Mapping: Mapping{ColumnID: "ID", ColumnEmail: "user_email", ColumnLastName: "last_name"}, Decisions: decisions}, &members, &rejected); err != nil {
		t.Fatal(err)
	}
	want := "ID,customer_id,user_email,user_registered,first_name,last_name\n1,1,ann@example.com,,Ann,Ash\n2,2,bob@example.com,,,Birch\n3,3,cem@example.com,,,Cedar\n"
	if members.String() != want {
		t.Errorf("members.csv is\n%s\nand should be\n%s", members.String(), want)
	}
}
