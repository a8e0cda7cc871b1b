package report_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wp"
	"allyswitch/wp/wptest"
)

// pages are three reports: one where all went well, one where a good deal did not, and one full of hostile names.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	told(t, "activecampaign", func(s *story) {
		s.report()
		found["good"] = s.read(report.HTMLFile)
	})
	told(t, "keap", func(s *story) {
		s.change(func(contents *sandbox.Contents) {
			contents.Contacts = contents.Contacts[:len(contents.Contacts)-7]
			for i := range contents.Contacts[:9] {
				contents.Contacts[i].Tags = nil
			}
		})
		s.prove()
		state := s.deps.Folder.State()
		ended := time.Now().Add(time.Minute)
		state.Step("import").Tasks = map[string]checkpoint.Task{"all": {Started: time.Now(), Ended: &ended, Outcome: "partly", Error: "AC-503: did not answer"}}
		state.Step("finish").Counters = map[string]int64{"requests": 180, "rate-limited": 3, "ms": 183_000, "floor-ms": 60_000}
		s.save()
		s.options.Limits = []report.Limit{{Requests: 5, Per: time.Second}}
		s.write("allyswitch.log", busyLog())
		late := s.site.People[len(s.site.People)-1]
		late.ID, late.Email, late.Login = 900001, "late.comer@example.com", "late.comer"
		s.site.People = append(s.site.People, late)
		s.lookAgain()
		if _, err := migration.MakePerson(s.t.Context(), s.deps, wp.Member{Email: "one.more@example.org", FirstName: "One"}, job.Discard); err != nil {
			t.Fatal(err)
		}
		s.report()
		found["bad"], found["redacted"] = s.read(report.HTMLFile), s.read(report.RedactedHTMLFile)
	})
	s := hostile(t)
	s.report()
	found["hostile"] = s.read(report.HTMLFile)
	return found
}

// busyLog is a log with three or four requests in each of some 50 seconds.
func busyLog() []byte {
	var log strings.Builder
	start := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	for i := range 180 {
		second := start.Add(time.Duration((i*47+i*i%97)/180) * time.Second)
		fmt.Fprintf(&log, `{"time":%q,"level":"INFO","msg":"request","status":200}`+"\n", second.Format(time.RFC3339Nano))
	}
	return []byte(log.String())
}

// TestTheReportInARealBrowser looks at every report in light and dark and on a phone, checks it (bright on a desk, dark on a phone) for people who see, hear or
// move otherwise, and prints it.
func TestTheReportInARealBrowser(t *testing.T) {
	findChromium(t)
	folder := t.TempDir()
	b := openBrowser(t)
	axe, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	must(t, err)
	for name, page := range pages(t) {
		path := filepath.Join(folder, name+".html")
		must(t, os.WriteFile(path, []byte(page), 0o600))
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int{1200, 390} {
				title := fmt.Sprintf("%s-%s-%d", name, scheme, width)
				b.look(width, scheme)
				b.open(path)
				checkPicture(t, title, b.picture(title), width, scheme)
				if over := b.number("document.documentElement.scrollWidth - innerWidth"); over > 0 {
					t.Errorf("%s: the page is %d pixels wider than the window", title, over)
				}
				if name != "redacted" && (scheme == "dark") == (width < 500) {
					b.evaluate(nil, string(axe)+";0")
					checkAxe(t, title, b)
				}
			}
		}
		checkOutline(t, name, b)
		checkPrint(t, name, b.print(name))
	}
	for _, address := range b.requests {
		if !strings.HasPrefix(address, "file://"+folder) {
			t.Errorf("a report asked for %s", address)
		}
	}
	if len(b.trouble) > 0 {
		t.Errorf("the browser complains: %q", b.trouble)
	}
}

// checkPicture makes sure that something is to be seen, on the right ground.
func checkPicture(t *testing.T, title string, data []byte, width int, scheme string) {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	must(t, err)
	if picture.Bounds().Dx() != width || picture.Bounds().Dy() < 900 {
		t.Errorf("%s: the picture is %v", title, picture.Bounds())
	}
	colours := map[[3]uint32]bool{}
	for y := 0; y < min(picture.Bounds().Dy(), 2000); y += 3 {
		for x := 0; x < width; x += 3 {
			r, g, b, _ := picture.At(x, y).RGBA()
			colours[[3]uint32{r >> 8, g >> 8, b >> 8}] = true
		}
	}
	if len(colours) < 20 {
		t.Errorf("%s: the picture has %d colours, so nothing is to be seen on it", title, len(colours))
	}
	if bright := brightness(picture); (scheme == "dark") != (bright < 0.3) {
		t.Errorf("%s: the ground's brightness is %.2f", title, bright)
	}
}

// brightness is that of the corner, from 0 to 1.
func brightness(picture image.Image) float64 {
	r, g, b, _ := picture.At(2, 2).RGBA()
	return float64(r+g+b) / 3 / 0xffff
}

// violation is what the accessibility checker finds.
type violation struct {
	ID    string
	Help  string
	Nodes []struct {
		HTML           string
		FailureSummary string
	}
}

// TestTheCheckerSeesWhatIsWrong makes sure that the checker can find anything at all.
func TestTheCheckerSeesWhatIsWrong(t *testing.T) {
	b := openBrowser(t)
	path := filepath.Join(t.TempDir(), "wrong.html")
	must(t, os.WriteFile(path, []byte(`<!DOCTYPE html><title></title><p style="color:#ccc;background:#fff">hard to read</p><img src="data:,">`), 0o600))
	axe, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	must(t, err)
	b.look(800, "light")
	b.open(path)
	b.evaluate(nil, string(axe)+";0")
	var found []string
	b.evaluate(&found, `axe.run(document).then(r => r.violations.map(v => v.id))`)
	for _, want := range []string{"color-contrast", "html-has-lang", "image-alt", "document-title"} {
		if !slices.Contains(found, want) {
			t.Errorf("the checker did not find %s, only %q", want, found)
		}
	}
}

// checkAxe runs all rules of WCAG 2.2 A and AA, and those of good practice.
func checkAxe(t *testing.T, title string, b *browser) {
	t.Helper()
	var found struct {
		Violations []violation
		Passes     int
	}
	b.evaluate(&found, `axe.run(document, {resultTypes: ["violations"]}).then(r => ({violations: r.violations, passes: r.passes.length}))`)
	for _, violation := range found.Violations {
		t.Errorf("%s: %s (%s), %d times: %s\n%s", title, violation.Help, violation.ID, len(violation.Nodes), violation.Nodes[0].HTML, violation.Nodes[0].FailureSummary)
	}
	if found.Passes < 20 {
		t.Errorf("%s: only %d rules were applied, so the checker has not run", title, found.Passes)
	}
}

// checkOutline looks for what the checker does not: names that occur twice, headings that skip, tables and pictures without words.
func checkOutline(t *testing.T, name string, b *browser) {
	t.Helper()
	for what, expression := range map[string]string{
		"ids that occur twice":           `[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) != i)`,
		"headings that skip":             `[...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1]).filter((n, i, all) => i > 0 && n > all[i-1] + 1)`,
		"tables without a caption":       `[...document.querySelectorAll('table')].filter(e => !e.caption || !e.caption.textContent).map(e => e.outerHTML.slice(0, 200))`,
		"headings without a scope":       `[...document.querySelectorAll('th:not([scope])')].map(e => e.textContent)`,
		"charts without words":           `[...document.querySelectorAll('svg.chart')].filter(e => e.getAttribute('role') != 'img' || (e.getAttribute('aria-label') || '').length < 20).map(e => e.outerHTML)`,
		"links to nowhere":               `[...document.querySelectorAll('a')].filter(e => !document.getElementById(e.hash.slice(1))).map(e => e.href)`,
		"a page without a language":      `document.documentElement.lang ? [] : ['no lang']`,
		"a number of main headings":      `document.querySelectorAll('h1').length == 1 ? [] : ['not one']`,
		"dangerous or foreign addresses": `[...document.querySelectorAll('[src],[href]')].map(e => e.getAttribute('src') || e.getAttribute('href')).filter(a => !a.startsWith('#'))`,
	} {
		var found []any
		b.evaluate(&found, expression)
		if len(found) > 0 {
			t.Errorf("%s: %s: %v", name, what, found)
		}
	}
}

// checkPrint looks at the PDF: pages of A4, and not one for every few lines.
func checkPrint(t *testing.T, name string, pdf []byte) {
	t.Helper()
	pages := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1))
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || pages < 2 || pages > 20 {
		t.Errorf("%s: the print has %d pages", name, pages)
	}
	if !regexp.MustCompile(`/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]`).Match(pdf) {
		t.Errorf("%s: the print is not on A4", name)
	}
}

// TestTheReportOfHalfAMillionMembersOpensAtOnce writes every list to its limit.
func TestTheReportOfHalfAMillionMembersOpensAtOnce(t *testing.T) {
	findChromium(t)
	s := begin(t, "kit", wptest.New(30, 1))
	s.crowd(500_000, 2)
	s.report()
	b := openBrowser(t)
	b.look(1200, "light")
	if took := b.open(filepath.Join(s.dir, report.HTMLFile)); took > 3*time.Second {
		t.Errorf("the browser took %v", took)
	} else {
		t.Logf("the page of %d kB opened in %v", len(s.read(report.HTMLFile))/1000, took)
	}
}
