package migration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/wptest"
)

// These tests pull the plug on a real process. The site's files and the CRM outlive it; the process works on them, is killed, and another goes on.

// childEnv makes the test binary work on a migration instead of testing. Its value is a child as JSON.
const childEnv = "ALLYSWITCH_TEST_CHILD"

// child is what the process that is to be killed works on.
type child struct {
	Dir    string
	CRM    string
	Values map[string]string
	// Undo makes it take everything back instead of importing.
	Undo bool
	// Work is what to do instead of importing, empty for the import; Site holds the address and the login of the site, nil for none.
	Work string
	Site map[string]string
	// Pair is who is to be merged.
	Pair migration.Pair
	// Canaries is where made-up members go ahead, empty for none.
	Canaries string
	// Crowd is what to do with so many made-up members, empty for none.
	Crowd   string
	Members int
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := childMain(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func childMain(text string) error {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	if c.Crowd != "" {
		return crowdWork(c)
	}
	entry, _ := registry.Find(c.CRM)
	folder, err := checkpoint.Open(c.Dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		return err
	}
	defer folder.Close()
	client, err := crm.Open(entry.Provider, crm.Settings{Values: c.Values})
	if err != nil {
		return err
	}
	ctx, deps := context.Background(), migration.Deps{CRM: client, Folder: folder, CanaryDomain: c.Canaries}
	if c.Undo {
		return undoAll(ctx, deps)
	}
	if c.Site != nil {
		if deps.Site, err = c.companion(ctx); err != nil {
			return err
		}
	}
	return c.work(ctx, deps)
}

// planAndImport plans once, and imports.
func (c child) planAndImport(ctx context.Context, deps migration.Deps) error {
	if _, err := os.Stat(filepath.Join(c.Dir, migration.PlanFile)); err != nil {
		if _, err := migration.MakePlan(ctx, deps, job.Discard); err != nil {
			return err
		}
	}
	_, err := migration.Import(ctx, deps, migration.ImportInput{}, job.Discard)
	return err
}

// plug is a migration whose process can be killed.
type plug struct {
	t     *testing.T
	child child
	box   sandbox.Sandbox
}

// newPlug makes a site with so few people that a run is short, and an account that already knows one of them.
func newPlug(t *testing.T, crmID string) *plug {
	t.Helper()
	return newPlugWith(t, crmID, sandbox.Options{Speed: 2000})
}

func newPlugWith(t *testing.T, crmID string, options sandbox.Options) *plug {
	t.Helper()
	entry, _ := registry.Find(crmID)
	box := entry.Sandbox(options)
	box.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "plus.first+vip@example.com", FirstName: "Known", State: "active"}}})
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	p := &plug{t: t, box: box, child: child{Dir: t.TempDir(), CRM: crmID, Values: box.Credentials()}}
	p.child.Values["crm.url"] = server.URL
	site := wptest.New(45, 1)
	folder, err := checkpoint.Open(p.child.Dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	s := &story{t: t, site: site, dir: p.child.Dir, deps: migration.Deps{Folder: folder}}
	s.export()
	return p
}

// run starts a process. With a failpoint it kills itself there; with a delay it is killed then. It says whether it came to its end.
func (p *plug) run(failpoint string, delay time.Duration) bool {
	p.t.Helper()
	text, err := json.Marshal(p.child)
	if err != nil {
		p.t.Fatal(err)
	}
	command := exec.Command(os.Args[0])
	var said bytes.Buffer
	command.Stderr = &said
	command.Env = append(os.Environ(), childEnv+"="+string(text), "ALLYSWITCH_FAILPOINT="+failpoint)
	if err := command.Start(); err != nil {
		p.t.Fatal(err)
	}
	if delay > 0 {
		time.AfterFunc(delay, func() { command.Process.Kill() })
	}
	err = command.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		p.t.Fatalf("the process ended by itself: %v\n%s", err, said.String())
	}
	return err == nil
}

func (p *plug) contents() string {
	p.t.Helper()
	text, err := json.MarshalIndent(p.box.Contents(), "", " ")
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// undisturbed is what a run that nobody disturbs leaves in the CRM.
func undisturbed(t *testing.T, crmID string) string {
	t.Helper()
	p := newPlug(t, crmID)
	if !p.run("", 0) {
		t.Fatal("the undisturbed run was killed")
	}
	return p.contents()
}

// killPoints are all named moments of an import: "point#n" is the n-th time that the work comes by.
var killPoints = []string{
	"field-after-intent", "field-before-outcome#2", "tag-name-after-intent", "tag-name-before-outcome#3",
	"upsert-after-intent", "upsert-after-call", "upsert-after-outcome", "upsert-after-call#2",
	"tag-after-intent", "tag-after-call", "tag-after-outcome", "tag-after-call#4",
	"journal-before-write#5", "journal-after-write-before-sync#6", "journal-after-sync#9",
}

func TestKilledAtEveryPointAndResumed(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			want, killed := undisturbed(t, entry.Provider.ID), 0
			for _, point := range killPoints {
				p := newPlug(t, entry.Provider.ID)
				if !p.run(point, 0) {
					killed++
				}
				if !p.run("", 0) {
					t.Fatalf("%s: the second run did not come to its end", point)
				}
				if got := p.contents(); got != want {
					t.Errorf("%s: after killing and going on the CRM holds\n%s", point, difference(want, got))
				}
			}
			if killed < len(killPoints)/2 {
				t.Errorf("only %d of %d points were reached", killed, len(killPoints))
			}
		})
	}
}

// randomKills is how many random moments are tried, over all CRMs together.
const randomKills = 200

func TestKilledAtRandomMomentsAndResumed(t *testing.T) {
	all := registry.All()
	for number, entry := range all {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			want, killed := undisturbed(t, entry.Provider.ID), 0
			random := rand.New(rand.NewPCG(7, uint64(number)))
			tries := randomKills / len(all)
			if testing.Short() {
				tries = 3
			}
			for range tries {
				p := newPlug(t, entry.Provider.ID)
				delay := 5*time.Millisecond + time.Duration(random.IntN(120))*time.Millisecond
				if !p.run("", delay) {
					killed++
				}
				if !p.run("", 0) {
					t.Fatalf("killed after %s: the second run did not come to its end", delay)
				}
				if got := p.contents(); got != want {
					t.Errorf("killed after %s: the CRM holds\n%s", delay, difference(want, got))
				}
			}
			t.Logf("killed in the middle of %d of %d runs", killed, tries)
		})
	}
}

// difference shows the first lines that two texts do not have in common.
func difference(want, got string) string {
	wanted, gotten := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range wanted {
		if i >= len(gotten) || wanted[i] != gotten[i] {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, window(wanted, i), window(gotten, i))
		}
	}
	return fmt.Sprintf("%d lines more", len(gotten)-len(wanted))
}

func window(lines []string, at int) string {
	if at >= len(lines) {
		return "nothing"
	}
	return strings.Join(lines[max(0, at-3):min(len(lines), at+4)], "\n     ")
}
