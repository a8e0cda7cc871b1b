package wp

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// FuzzExport cleans anything that calls itself an export: no panic, nobody lost, and whoever is kept is read again as written.
func FuzzExport(f *testing.F) {
	f.Add([]byte(decisionsText))
	f.Add([]byte(shortHeading + shortRow(1, `"a \"b\", c\"`) + shortRow(2, "\"x\ny\"")))
	f.Add([]byte("\ufeffID;user_email;first_name\r\n1;a@example.com;\"'=\"\r\n"))
	f.Add([]byte("user_email,first_name\na@example.com,''=&#39;=MÃ¼\u200b\n"))
	f.Add([]byte(utf16("user_email\tlast_name\na@example.com\t\"\"\"\n")))
	f.Add([]byte("line,user_email,reason\n3,a@example.com,no-email\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		export, err := OpenExport(bytes.NewReader(data), nil)
		if err != nil {
			mustBeReadable(t, err)
			return
		}
		var members, rejected bytes.Buffer
		layout := export.Layout()
		summary, err := Clean(t.Context(), bytes.NewReader(data), CleanOptions{Mapping: layout.Proposed}, &members, &rejected)
		if err != nil {
			t.Fatalf("Clean: %v", err)
		}
		var kept []Member
		if err := ReadMembers(bytes.NewReader(members.Bytes()), func(m Member) error { kept = append(kept, m); return nil }); err != nil {
			t.Fatalf("members.csv cannot be read again: %v\n%q", err, members.String())
		}
		people := peopleOf(t, data, layout.Proposed)
		if summary.People != summary.Kept+summary.Rejected || int64(len(kept)) != summary.Kept || int64(len(people)) != summary.People {
			t.Fatalf("%d people, %d rows: %d kept, %d rejected, %d read again", summary.People, len(people), summary.Kept, summary.Rejected, len(kept))
		}
		if rows := rowsOf(t, rejected.String()); int64(rows) != summary.Rejected {
			t.Fatalf("%d rejected, but rejected.csv has %d rows\n%q", summary.Rejected, rows, rejected.String())
		}
		for _, member := range kept {
			if !slices.ContainsFunc(people, func(m Member) bool { return sameMember(m, member) }) {
				t.Fatalf("%+v was written, but nobody is like that: %+v", member, people)
			}
		}
	})
}

func mustBeReadable(t *testing.T, err error) {
	var file *FileError
	if !errors.As(err, &file) || file.Code == "" || !strings.HasSuffix(file.Sentence, ".") {
		t.Fatalf("no sentence for the owner: %v", err)
	}
}

func peopleOf(t *testing.T, data []byte, mapping Mapping) []Member {
	export, err := OpenExport(bytes.NewReader(data), mapping)
	if err != nil {
		t.Fatal(err)
	}
	var people []Member
	for {
		row, err := export.Next()
		if err != nil {
			return people
		}
		people = append(people, row.Member)
	}
}

// rowsOf counts the rows of a file that we have written, by the strict rules.
func rowsOf(t *testing.T, text string) int {
	rows := newRecords(strings.NewReader(strings.TrimPrefix(text, "\ufeff")), ',')
	count := -1
	for {
		row, err := rows.next()
		if err != nil {
			return count
		}
		if len(row.cells) != 9 || row.trouble != "" {
			t.Fatalf("rejected.csv has a row of %d cells: %q", len(row.cells), text)
		}
		count++
	}
}

// FuzzMemberTags reads anything that calls itself a file of member tags, and what was read comes back as it was written.
func FuzzMemberTags(f *testing.F) {
	f.Add([]byte("email,tags\na@example.com,\"Gold, \"\"x\"\"; y|z\"\nb@example.com,\n"))
	f.Add([]byte("email;tag\r\na@example.com;'=1\r\nA@example.com;\"a\nb\"\r\n"))
	f.Add([]byte("email,tag\na@example.com,\"\"\"a,b\"\"\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tags, err := ReadMemberTags(bytes.NewReader(data), TagOptions{})
		if err != nil {
			mustBeReadable(t, err)
			return
		}
		if len(tags.Tags) == 0 {
			return
		}
		var file bytes.Buffer
		if err := WriteMemberTags(&file, tags); err != nil {
			t.Fatal(err)
		}
		again, err := ReadMemberTags(&file, TagOptions{})
		if err != nil || !maps.EqualFunc(again.Tags, tags.Tags, slices.Equal) {
			t.Fatalf("%v\nwrote %q\nread  %q", err, tags.Tags, again.Tags)
		}
	})
}
