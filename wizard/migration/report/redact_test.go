package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wizard/ui"
)

// people are everybody whom the site knows, from the files of the folder.
func (s *story) people() (addresses, names []string) {
	s.t.Helper()
	for _, file := range []string{migration.MembersFile, migration.RejectedFile} {
		rows, err := csv.NewReader(bytes.NewReader([]byte(s.read(file)))).ReadAll()
		if err != nil {
			s.t.Fatal(err)
		}
		columns := map[string]int{}
		for i, name := range rows[0] {
			columns[strings.TrimPrefix(name, "\ufeff")] = i
		}
		for _, row := range rows[1:] {
			addresses = append(addresses, row[columns["user_email"]])
			names = append(names, row[columns["first_name"]], row[columns["last_name"]])
		}
	}
	return addresses, names
}

// TestTheRedactedTwinNamesNobody in a migration where a good deal went wrong, so that people stand in every list.
func TestTheRedactedTwinNamesNobody(t *testing.T) {
	told(t, "activecampaign", func(s *story) {
		s.change(func(contents *sandbox.Contents) {
			for i := range contents.Contacts {
				contents.Contacts[i].Tags = nil
			}
			contents.Contacts = contents.Contacts[:20]
		})
		s.prove()
		state := s.deps.Folder.State()
		state.Step("import").Tasks = map[string]checkpoint.Task{"all": {Started: time.Now(), Outcome: "failed",
			Error: `AC-422: mail "jane.doe@example.org" at https://jane.crm.example.net/api/3 and 192.0.2.7:8080, see /home/jane/users.csv, Yoga by Jane, JANES-YOGA`}}
		s.save()
		s.report()
		addresses, names := s.people()
		for _, file := range []string{report.RedactedHTMLFile, report.RedactedTextFile} {
			text := strings.ToLower(strings.ReplaceAll(style.ReplaceAllString(s.read(file), ""), "\\", ""))
			for _, address := range addresses {
				if address != "" && strings.Contains(text, strings.ToLower(address)) {
					s.t.Errorf("%s holds the address %s", file, address)
				}
			}
			for _, name := range append(names, "Lovelace", "jane", "yoga-by", "crm.example", "example.com", "example.org", "192.0.2.7", "/home", "users.csv") {
				if len([]rune(name)) > 3 && !strings.Contains(ownWords, strings.ToLower(name)) && word(name).MatchString(text) {
					s.t.Errorf("%s holds %q", file, name)
				}
			}
			if strings.Contains(text, "@") {
				s.t.Errorf("%s holds an at sign", file)
			}
		}
	})
}

// style is what a page looks like.
var style = regexp.MustCompile(`(?s)<style>.*</style>`)

// ownWords are made-up names that are words of the report too.
const ownWords = "first family role every"

// word finds a name that stands by itself.
func word(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\pL])` + regexp.QuoteMeta(strings.ToLower(name)) + `(?:[^\pL]|$)`)
}

func TestPseudonymsAreThoseOfTheScreen(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.change(func(contents *sandbox.Contents) { dropTag(contents, "everything@example.com", "Inner Circle Member") })
		s.prove()
		s.report()
		want := ui.Veil{On: true, Salt: "a salt for tests"}.Member("everything@example.com")
		for _, file := range []string{report.RedactedHTMLFile, report.RedactedTextFile} {
			if !strings.Contains(s.read(file), want) {
				s.t.Errorf("%s does not call the member %q", file, want)
			}
		}
		if strings.Contains(s.read(report.RedactedHTMLFile), "a salt for tests") {
			s.t.Error("the salt stands in the report: with it, addresses could be looked up")
		}
	})
}

// TestNoSecretStandsInAnyReport puts what must never be shown where it could come from.
func TestNoSecretStandsInAnyReport(t *testing.T) {
	told(t, "kit", func(s *story) {
		secrets := []string{"$P$BKq1qTe0lzV0Jc1sT3n0xW8d9fA2b3c", "session-token-4711", "sk_live_4711"}
		s.write("export.raw", []byte(strings.Join(secrets, "\n")))
		state := s.deps.Folder.State()
		state.Step("start").Answers = map[string]string{"crm.key": secrets[2], "site.password": secrets[1]}
		state.Step("start").Notes = map[string]string{"anything": secrets[0]}
		s.save()
		written := s.report()
		for _, file := range written.Files {
			for _, secret := range secrets {
				if strings.Contains(s.read(file), secret) {
					s.t.Errorf("%s holds %q", file, secret)
				}
			}
		}
	})
}

func TestARowThatQuotesSomebodyIsHidden(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.write(migration.RejectedFile, []byte("line,ID,user_email,reason,what_to_do\n"+
			fmt.Sprintf("3,7,Ada Lovelace,bad-email,%q\n", "Row 3: “Ada Lovelace” is not an e-mail address. Correct it.")))
		s.report()
		text := s.read(report.RedactedTextFile)
		if strings.Contains(text, "Lovelace") || !strings.Contains(text, "Row 3: “hidden” is not an e-mail address. Correct it.") {
			s.t.Errorf("the row that stayed behind: %q", text[strings.Index(text, "what to do about each"):][:400])
		}
	})
}
