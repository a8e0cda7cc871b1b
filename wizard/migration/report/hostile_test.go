package report_test

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wp"
	"allyswitch/wp/wptest"
)

// hostileNames are what somebody could call a tag, or themselves.
var hostileNames = []string{
	`<script>alert(1)</script>`, `</script><img src=x onerror=alert(1)>`, `"><a href="javascript:alert(1)">click</a>`, `<!-- --> <![CDATA[`, `{{.Made}}`,
	`[link](https://evil.example.com)`, "```json evidence", `| a | b |`, `# heading`, `**bold** <b>`, `![x](//evil.example.com/p.png)`, `&lt;script&gt;`,
	"turned \u202earound\u202c", "isolated \u2066x\u2069", "hidden \u200bspace", "bell \a and \x1b[31mred\x1b[0m", "line\nbreak", "\ufeffmark", "par\u2029agraph",
	strings.Repeat("long", 400), "Ünïcödé 日本語 العربية", "https://evil.example.com/x", "www.evil.example.com",
}

// hostile is a migration in which every name from outside is one of those.
func hostile(t *testing.T) *story {
	t.Helper()
	s := begin(t, "kit", wptest.New(30, 1))
	s.options.Steps[0].Words["all"] = hostileNames[0]
	s.options.Steps[1].Open = hostileNames
	state := s.deps.Folder.State()
	state.Site.Name, state.CRM.AccountName = hostileNames[1], hostileNames[2]
	for i, name := range hostileNames {
		state.Step(name).Ticks = map[string]checkpoint.Tick{name: {At: time.Unix(int64(i), 0), Note: name}}
	}
	s.save()
	tags := &wp.MemberTags{Tags: map[string][]string{"m@example.com": hostileNames}, Emails: map[string]string{"m@example.com": "m@example.com"}}
	var file bytes.Buffer
	if err := wp.WriteMemberTags(&file, tags); err != nil {
		t.Fatal(err)
	}
	s.write(migration.TagsFile, file.Bytes())
	s.write(migration.MembersFile, []byte("ID,customer_id,user_email,user_registered,first_name,last_name\n7,7,m@example.com,,,\n"))
	for name, heading := range map[string]string{migration.GapsFile: "ID,user_email,problem,tags", migration.AccessFile: "verdict,ID,user_email,lost,gained,note",
		migration.ContactIDsFile: "sign,ID,user_email,old_contact_id,new_contact_id,contact_page,note", migration.RejectedFile: "line,ID,customer_id,user_email,reason,what_to_do"} {
		s.write(name, hostileRows(t, strings.Split(heading, ",")))
	}
	raw := []byte(`{"members":1,"found":1,"<b>":2,"access":{"kept":1}}`)
	if err := s.deps.Folder.Journal().Append(checkpoint.Entry{Phase: checkpoint.Note, Op: migration.OpProof, Data: raw},
		checkpoint.Entry{Phase: checkpoint.Intent, Op: hostileNames[0]}); err != nil {
		t.Fatal(err)
	}
	return s
}

func hostileRows(t *testing.T, heading []string) []byte {
	t.Helper()
	var file bytes.Buffer
	writer := csv.NewWriter(&file)
	rows := [][]string{heading}
	for _, name := range hostileNames {
		row := make([]string, len(heading))
		for i := range row {
			row[i] = name
		}
		rows = append(rows, row)
	}
	if err := writer.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestHostileNamesStayText looks at the page as a browser does.
func TestHostileNamesStayText(t *testing.T) {
	s := hostile(t)
	s.report()
	for _, name := range []string{report.HTMLFile, report.RedactedHTMLFile} {
		page, err := html.Parse(strings.NewReader(s.read(name)))
		if err != nil {
			t.Fatal(err)
		}
		scripts := 0
		for node := range page.Descendants() {
			if node.Type != html.ElementNode {
				continue
			}
			if node.Data == "script" {
				scripts++
			}
			if strings.Contains(" img iframe object embed link base form input b a ", " "+node.Data+" ") && !harmless(node) {
				t.Errorf("%s: a name has become <%s %v>", name, node.Data, node.Attr)
			}
			for _, attribute := range node.Attr {
				if strings.HasPrefix(attribute.Key, "on") || attribute.Key == "style" || strings.Contains(attribute.Val, "javascript:") {
					t.Errorf("%s: <%s %s=%q>", name, node.Data, attribute.Key, attribute.Val)
				}
			}
		}
		if scripts != 1 {
			t.Errorf("%s has %d scripts; the figures are the only one", name, scripts)
		}
	}
}

// harmless are links inside the page, and the bold of our own numbers.
func harmless(node *html.Node) bool {
	switch node.Data {
	case "a":
		return len(node.Attr) > 0 && node.Attr[len(node.Attr)-1].Key == "href" && strings.HasPrefix(node.Attr[len(node.Attr)-1].Val, "#")
	case "b":
		return node.Parent.Data == "li" || node.Parent.Data == "p"
	}
	return false
}

func TestWhatNobodyCanSeeIsMadeSeen(t *testing.T) {
	s := hostile(t)
	written := s.report()
	for _, name := range written.Files {
		for i, r := range s.read(name) {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%s: %U at %d", name, r, i)
				break
			}
		}
	}
	if page := s.read(report.HTMLFile); !strings.Contains(page, "turned ‹U+202E›around") || !strings.Contains(page, "line‹U+000A›break") {
		t.Error("marks that turn text around are not shown")
	}
}

// TestHostileNamesAreNoMarkdown looks for what Markdown would take for markup.
func TestHostileNamesAreNoMarkdown(t *testing.T) {
	s := hostile(t)
	s.report()
	text := s.read(report.MarkdownFile)
	if got := strings.Count(text, "\n```"); got != 2 {
		t.Errorf("%d fences, the figures have two", got)
	}
	for what, pattern := range map[string]string{"a link": `[^\\]\]\(`, "an element": `<[a-zA-Z/!]`, "bold": `[^\\*]\*\*[^*]+<`, "an address": `https?://`} {
		body, _, _ := strings.Cut(text, "\n```json")
		if found := regexp.MustCompile(pattern).FindString(body); found != "" {
			t.Errorf("%s: %q", what, found)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "| <") || (strings.HasPrefix(line, "| lost") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 8) {
			t.Errorf("a row has fallen apart: %q", line)
		}
	}
}

func TestAHostileReportIsVerifiedLikeAnyOther(t *testing.T) {
	s := hostile(t)
	written := s.report()
	for _, name := range written.Files {
		if check := s.verify(name); !check.Sound() {
			t.Errorf("%s: %q", name, check.Problems)
		}
	}
	if written.Verdict.Tone == report.Good {
		t.Error("lists that do not fit the read-back are called good")
	}
}

func TestTheReportNeedsNoNetwork(t *testing.T) {
	told(t, "kit", func(s *story) {
		s.report()
		page := s.read(report.HTMLFile)
		for _, never := range []string{"<link", "@import", "url(", " src=", "http-equiv=\"refresh\""} {
			if strings.Contains(page, never) {
				s.t.Errorf("the page holds %q", never)
			}
		}
	})
}
