package report_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration/report"
)

// TestReportsOfOtherVersions: a report of the first format knew fewer figures and is checked by those that it has; one of a format to come is not taken for proven.
func TestReportsOfOtherVersions(t *testing.T) {
	others := regexp.MustCompile(`(?s)\{\s*"name": "links\.others".*?\},\s*`)
	for name, test := range map[string]struct {
		made string
		want string // what the check says, empty when the report is sound
	}{
		"the first format":                     {`"format": 1`, ""},
		"the first format, with a figure bent": {`"format": 1, "bent": true`, "is 56 in the report, but 57"},
		"the format of now, a figure left out": {`"format": 2`, "the report leaves out"},
		"a format to come":                     {`"format": 3`, "a newer AllySwitch made it"},
	} {
		t.Run(name, func(t *testing.T) {
			told(t, "kit", func(s *story) {
				s.report()
				text := s.read(report.MarkdownFile)
				fewer := others.ReplaceAllString(text, "")
				if fewer == text || !strings.Contains(text, `"format": 2`) {
					t.Fatal("the report has no such figure")
				}
				fewer = strings.Replace(fewer, `"format": 2`, test.made, 1)
				if strings.Contains(test.made, "bent") {
					fewer = strings.Replace(fewer, `"value": 57`, `"value": 56`, 1)
				}
				s.write(report.MarkdownFile, []byte(fewer))
				s.vouches(fewer)
				check := s.verify(report.MarkdownFile)
				said := strings.Join(check.Problems, "\n")
				if check.Sound() != (test.want == "") || !strings.Contains(said, test.want) {
					t.Errorf("it should say %q, and says %q", test.want, said)
				}
			})
		})
	}
}

// vouches writes the line of the journal that AllySwitch writes with every report.
func (s *story) vouches(text string) {
	s.t.Helper()
	sum := sha256.Sum256([]byte(text))
	data, err := json.Marshal(map[string]any{"files": map[string]string{report.MarkdownFile: hex.EncodeToString(sum[:])}})
	if err == nil {
		err = s.deps.Folder.Journal().Append(checkpoint.Entry{Phase: checkpoint.Note, Op: report.OpReport, Data: data})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
