package report_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wp/wptest"
)

// crowd writes the files of a migration of very many members, a fortieth of whom something is wrong with, and its journal.
func (s *story) crowd(members, tags int) {
	s.t.Helper()
	s.rows(migration.MembersFile, "ID,customer_id,user_email,user_registered,first_name,last_name", members, func(i int) string {
		return fmt.Sprintf("%d,%d,member%d@example.com,2024-01-01 00:00:00,First%d,Last%d", i, i, i, i, i)
	})
	s.rows(migration.TagsFile, "email,tag", members*tags, func(i int) string {
		return fmt.Sprintf("member%d@example.com,Tag number %d", (i-1)/tags+1, (i-1)%tags)
	})
	s.rows(migration.ContactIDsFile, "sign,ID,user_email,old_contact_id,new_contact_id,contact_page,note", members, func(i int) string {
		sign := "="
		if i%40 == 0 {
			sign = "+"
		}
		return fmt.Sprintf("%s,%d,member%d@example.com,,c%d,https://crm.example.com/contacts/%d,", sign, i, i, i, i)
	})
	s.rows(migration.GapsFile, "ID,user_email,problem,tags", members/40, func(i int) string {
		return fmt.Sprintf("%d,member%d@example.com,no contact,Tag number 1|Tag number 0", i*40, i*40)
	})
	s.rows(migration.AccessFile, "verdict,ID,user_email,lost,gained,note", members/40, func(i int) string {
		return fmt.Sprintf("lost,%d,member%d@example.com,A page|Another page,,no contact in the CRM", i*40, i*40)
	})
	s.rows(migration.RejectedFile, "line,ID,user_email,reason,what_to_do", 2000, func(i int) string {
		return fmt.Sprintf("%d,%d,nobody,bad-email,“nobody” is not an e-mail address.", i, i)
	})
	s.crowdJournal(members, tags)
}

func (s *story) rows(name, heading string, rows int, row func(int) string) {
	s.t.Helper()
	file, err := os.Create(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<20)
	fmt.Fprintln(out, heading)
	for i := 1; i <= rows; i++ {
		fmt.Fprintln(out, row(i))
	}
	if err := out.Flush(); err != nil {
		s.t.Fatal(err)
	}
}

// crowdJournal writes a batch of 250 members at a time.
func (s *story) crowdJournal(members, tags int) {
	s.t.Helper()
	const batch = 250
	var entries []checkpoint.Entry
	for from := 0; from < members; from += batch {
		var intent struct {
			M []int64 `json:"m"`
			H string  `json:"h"`
		}
		outcome := ""
		for i := range min(batch, members-from) {
			intent.M = append(intent.M, int64(from+i+1))
			intent.H += "0123abcd"
			outcome += "c"
		}
		name := fmt.Sprintf("b%d", from/batch+1)
		entries = append(entries, entry(checkpoint.Intent, migration.OpUpsert, name, intent), entry(checkpoint.Done, migration.OpUpsert, name, map[string]string{"r": outcome}))
	}
	missing := members / 40
	proof := migration.Proof{At: time.Now(), Members: members, Found: members - missing, Missing: missing, Created: members - missing, PairsExpected: members * tags,
		PairsProven: (members - missing) * tags, PairsMissing: missing * tags, Gaps: missing, Links: migration.Links{Same: members - missing, SiteOnly: missing},
		Access: migration.Access{Kept: members - missing, Lost: missing}}
	entries = append(entries, entry(checkpoint.Note, migration.OpProof, "", proof))
	if err := s.deps.Folder.Journal().Append(entries...); err != nil {
		s.t.Fatal(err)
	}
}

func entry(phase checkpoint.Phase, op, batch string, data any) checkpoint.Entry {
	raw, _ := json.Marshal(data)
	return checkpoint.Entry{Phase: phase, Op: op, Batch: batch, Data: raw}
}

func TestTheReportOfVeryManyMembersFitsItsJournal(t *testing.T) {
	s := begin(t, "kit", wptest.New(30, 1))
	s.crowd(20_000, 5)
	written := s.report()
	if written.Verdict.Tone != report.Bad || len(written.Doubts) > 0 {
		t.Errorf("the verdict is %+v, the doubts %q", written.Verdict, written.Doubts)
	}
	if check := s.verify(report.HTMLFile); !check.Sound() {
		t.Errorf("%q", check.Problems)
	}
	if size := len(s.read(report.HTMLFile)); size > 1_500_000 {
		t.Errorf("the page has %d bytes", size)
	}
}

// BenchmarkReport writes the report of 500,000 members with 40 tags each.
func BenchmarkReport(b *testing.B) {
	s := begin(b, "kit", wptest.New(30, 1))
	s.crowd(500_000, 40)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := report.Write(s.deps.Folder, s.options); err != nil {
			b.Fatal(err)
		}
	}
}
