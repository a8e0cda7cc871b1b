package migration_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// story is one migration from a made-up site into a sandbox, on whatever clock the test has.
type story struct {
	t       *testing.T
	site    *wptest.Site
	sandbox sandbox.Sandbox
	deps    migration.Deps
	dir     string
	entry   registry.Entry
}

func newStory(t *testing.T, crmID string, people int, options sandbox.Options) *story {
	t.Helper()
	return newStoryOf(t, crmID, wptest.New(people, 1), options)
}

func newStoryOf(t *testing.T, crmID string, site *wptest.Site, options sandbox.Options) *story {
	t.Helper()
	entry, ok := registry.Find(crmID)
	if !ok {
		t.Fatalf("no CRM called %s", crmID)
	}
	s := &story{t: t, site: site, sandbox: entry.Sandbox(options), dir: t.TempDir(), entry: entry}
	s.open()
	s.export()
	return s
}

// open opens the migration's folder and the CRM, as a fresh start of the program does.
func (s *story) open() {
	s.t.Helper()
	folder, err := checkpoint.Open(s.dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { folder.Close() })
	values := s.sandbox.Credentials()
	values["crm.url"] = "https://sandbox.example.com"
	client, err := crm.Open(s.entry.Provider, crm.Settings{Values: values, Transport: sandbox.Transport(http.Handler(s.sandbox))})
	if err != nil {
		s.t.Fatal(err)
	}
	s.deps = migration.Deps{CRM: client, Folder: folder}
}

// reopen is a new start after the old process is gone.
func (s *story) reopen() {
	s.t.Helper()
	s.deps.Folder.Close()
	s.open()
}

// export brings the site's two files into the folder.
func (s *story) export() {
	s.t.Helper()
	exported, tags := filepath.Join(s.dir, "export.raw"), filepath.Join(s.dir, "tags.raw")
	s.write(exported, s.site.Export())
	s.write(tags, s.site.MemberTags())
	if _, err := migration.TakeTags(s.deps.Folder, tags); err != nil {
		s.t.Fatal(err)
	}
	if _, err := migration.Clean(s.t.Context(), s.deps, migration.CleanInput{File: exported}, job.Discard); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) write(path string, data []byte) {
	s.t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) plan() *migration.Plan {
	s.t.Helper()
	plan, err := migration.MakePlan(s.t.Context(), s.deps, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return plan
}

func (s *story) send(input migration.ImportInput) migration.ImportResult {
	s.t.Helper()
	result, err := migration.Import(s.t.Context(), s.deps, input, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return result
}

func (s *story) prove() *migration.Proof {
	s.t.Helper()
	proof, err := migration.Prove(s.t.Context(), s.deps, job.Discard)
	if err != nil {
		s.t.Fatal(err)
	}
	return proof
}

// TestEverybodyKeepsAccess walks from the export to the proof, in every CRM.
func TestEverybodyKeepsAccess(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStory(t, entry.Provider.ID, 120, sandbox.Options{Latency: 200 * time.Millisecond})
				plan := s.plan()
				if plan.New == 0 || plan.New != plan.Members || len(plan.Conflicts) > 0 {
					t.Fatalf("the plan for an empty account: %+v", plan)
				}
				sample := s.send(migration.ImportInput{Sample: 10})
				if len(sample.Sample) != 10 {
					t.Errorf("the sample shows %d members", len(sample.Sample))
				}
				result := s.send(migration.ImportInput{})
				if len(result.Failed) > 0 || result.Waiting > 0 {
					t.Fatalf("%d waiting, failed: %+v", result.Waiting, result.Failed)
				}
				proof := s.prove()
				if !proof.Complete() || proof.Created != plan.Members {
					t.Errorf("%s (created %d of %d)\n%s", proof.Sentence(), proof.Created, plan.Members, s.file(migration.GapsFile))
				}
				if proof.Access.Lost+proof.Access.Gained+proof.Access.Undecided > 0 {
					t.Error(proof.Access.Sentence())
				}
				if proof.Links.Unlinked() > 0 {
					t.Error(proof.Links.Sentence(), s.file(migration.ContactIDsFile))
				}
				if traffic := s.sandbox.Traffic(); traffic.RateLimited > 0 || traffic.Unexpected > 0 {
					t.Errorf("traffic: %+v", traffic)
				}
			})
		})
	}
}

func (s *story) file(name string) string {
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return err.Error()
	}
	lines := bytes.SplitN(data, []byte("\n"), 12)
	return string(bytes.Join(lines[:min(len(lines), 11)], []byte("\n")))
}
