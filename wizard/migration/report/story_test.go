package report_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/migration/report"
	"allyswitch/wp/wptest"
)

// story is a migration of a made-up site, told so that a report can be written of it.
type story struct {
	t       testing.TB
	dir     string
	site    *wptest.Site
	box     sandbox.Sandbox
	deps    migration.Deps
	crm     string
	options report.Options
}

// told is a whole migration into a CRM, up to its proof, on a fake clock.
func told(t *testing.T, crmID string, tell func(*story)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, crmID, wptest.New(60, 1))
		s.export()
		s.send()
		tell(s)
	})
}

func begin(t testing.TB, crmID string, site *wptest.Site) *story {
	t.Helper()
	s := &story{t: t, dir: t.TempDir(), site: site, crm: crmID, options: report.Options{Tool: "allyswitch 1.0.0", CRM: "The CRM", Steps: []report.Step{
		{ID: "import", Title: "Import the members", Number: 4, Words: map[string]string{"all": "Send everybody else", "sample-seen": "You have looked at the sample"}},
		{ID: "test", Title: "Test", Number: 13, Open: []string{"A test purchase gives access"}},
	}}}
	entry, _ := registry.Find(crmID)
	s.load(entry, sandbox.Contents{})
	folder, err := checkpoint.Open(s.dir, checkpoint.Options{Tool: "allyswitch 1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	s.deps.Folder = folder
	state := folder.State()
	state.Site = checkpoint.Site{URL: "https://yoga-by-jane.example.com", Name: "Yoga by Jane"}
	state.CRM = checkpoint.CRM{Provider: crmID, URL: "https://jane.crm.example.net", Account: "janes-yoga", AccountName: "Jane's Yoga"}
	state.Step("privacy").Notes = map[string]string{"salt": "a salt for tests"}
	state.Step("import").Ticks = map[string]checkpoint.Tick{"sample-seen": {At: time.Now(), Note: "looked at Ada Lovelace with Jane"}}
	s.save()
	return s
}

// load opens a sandbox that holds this.
func (s *story) load(entry registry.Entry, contents sandbox.Contents) {
	s.t.Helper()
	s.box = entry.Sandbox(sandbox.Options{})
	s.box.Load(contents)
	values := s.box.Credentials()
	values["crm.url"] = "https://sandbox.example.com"
	client, err := crm.Open(entry.Provider, crm.Settings{Values: values, Transport: sandbox.Transport(http.Handler(s.box))})
	if err != nil {
		s.t.Fatal(err)
	}
	s.deps.CRM = client
}

// change edits what the CRM holds, behind our back.
func (s *story) change(edit func(*sandbox.Contents)) {
	contents := s.box.Contents()
	edit(&contents)
	entry, _ := registry.Find(s.crm)
	s.load(entry, contents)
}

func (s *story) save() {
	s.t.Helper()
	if err := s.deps.Folder.Save(s.deps.Folder.State()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) export() {
	s.t.Helper()
	exported, tags := filepath.Join(s.dir, "export.raw"), filepath.Join(s.dir, "tags.raw")
	s.write("export.raw", s.site.Export())
	s.write("tags.raw", s.site.MemberTags())
	if _, err := migration.TakeTags(s.deps.Folder, tags); err != nil {
		s.t.Fatal(err)
	}
	if _, err := migration.Clean(s.t.Context(), s.deps, migration.CleanInput{File: exported}, job.Discard); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) send() {
	s.t.Helper()
	if _, err := migration.MakePlan(s.t.Context(), s.deps, job.Discard); err != nil {
		s.t.Fatal(err)
	}
	if _, err := migration.Import(s.t.Context(), s.deps, migration.ImportInput{}, job.Discard); err != nil {
		s.t.Fatal(err)
	}
	s.prove()
}

func (s *story) prove() *migration.Proof {
	s.t.Helper()
	proof, err := migration.Prove(s.t.Context(), s.deps, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return proof
}

func (s *story) report() *report.Written {
	s.t.Helper()
	written, err := report.Write(s.deps.Folder, s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	return written
}

func (s *story) verify(name string) *report.Check {
	s.t.Helper()
	check, err := report.Verify(filepath.Join(s.dir, name), "")
	if err != nil {
		s.t.Fatal(err)
	}
	return check
}

func (s *story) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *story) write(name string, text []byte) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// edit changes a file by hand, as somebody with an editor would.
func (s *story) edit(name, from, to string) {
	s.t.Helper()
	text := s.read(name)
	if !strings.Contains(text, from) {
		s.t.Fatalf("%s does not hold %q", name, from)
	}
	s.write(name, []byte(strings.Replace(text, from, to, 1)))
}

// dropTag takes a tag from somebody in the CRM.
func dropTag(contents *sandbox.Contents, email, tag string) {
	for i := range contents.Contacts {
		if strings.EqualFold(contents.Contacts[i].Email, email) {
			contents.Contacts[i].Tags = slices.DeleteFunc(contents.Contacts[i].Tags, func(has string) bool { return has == tag })
		}
	}
}
