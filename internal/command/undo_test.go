package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// aside runs a command beside the wizard, and returns the lines it printed.
func (w *world) aside(typed string, do func(Options) error) ([]map[string]any, error) {
	w.t.Helper()
	var out bytes.Buffer
	options := w.options(&out)
	options.In = strings.NewReader(typed)
	err := do(options)
	var lines []map[string]any
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var one map[string]any
		if line != "" && json.Unmarshal([]byte(line), &one) != nil {
			w.t.Fatalf("not JSON: %q", line)
		}
		lines = append(lines, one)
	}
	return lines, err
}

func (w *world) undo(typed string, undo UndoOptions) (map[string]any, error) {
	w.t.Helper()
	lines, err := w.aside(typed, func(options Options) error { return Undo(w.t.Context(), options, undo) })
	return lines[len(lines)-1], err
}

// migrated is a world whose migration has come to its end.
func migrated(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	if got := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", nil)}); got.exit != ExitDone {
		t.Fatalf("exit %d: %s", got.exit, got.words)
	}
	return w
}

// writes counts requests that change something.
func (w *world) writes() *atomic.Int64 {
	count := new(atomic.Int64)
	w.set(func(_ http.ResponseWriter, request *http.Request, _ string) bool {
		if request.Method != http.MethodGet {
			count.Add(1)
		}
		return false
	})
	return count
}

func TestUndoFromTheCommandLine(t *testing.T) {
	w := migrated(t)
	writes := w.writes()
	plan, err := w.undo("", UndoOptions{DryRun: true})
	if err != nil || plan["event"] != "undo-plan" || writes.Load() > 0 || !strings.Contains(plan["sentence"].(string), "would be removed") {
		t.Fatalf("the dry run: %v %v, %d writes", plan, err, writes.Load())
	}
	words := "undo 27 members\n"
	for what, one := range map[string]struct {
		typed string
		undo  UndoOptions
	}{
		"while the site asks the CRM": {words, UndoOptions{}},
		"with --yes alone":            {"", UndoOptions{Yes: true}},
		"with other words":            {"undo everything\n", UndoOptions{SiteIsBack: true}},
		"with nobody there":           {"", UndoOptions{SiteIsBack: true}},
	} {
		if _, err := w.undo(one.typed, one.undo); Exit(err) != ExitRefused || writes.Load() > 0 {
			t.Errorf("undo %s: %v, %d writes", what, err, writes.Load())
		}
	}
	done, err := w.undo(words, UndoOptions{SiteIsBack: true})
	if err != nil || done["event"] != "undo" || done["sentence"] != "Everything is as it was before." {
		t.Fatalf("undo: %v %v", done["sentence"], err)
	}
	seen, err := checkpoint.Peek(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	if kept := seen.State.Steps[steps.Import]; kept.Done != nil || len(kept.Tasks)+len(kept.Answers) > 0 || seen.State.Steps[steps.EditCSV].Done == nil {
		t.Errorf("after undo the import is %+v", kept)
	}
	if again, err := w.undo("", UndoOptions{DryRun: true}); err != nil || !strings.Contains(again["sentence"].(string), "nothing to take back") {
		t.Errorf("a second undo: %v %v", again["sentence"], err)
	}
}

func TestUndoGoesBackOnlyToWhereOneHasBeen(t *testing.T) {
	w := newWorld(t)
	if got := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", nil), Until: steps.Import}); got.exit != ExitDone && got.exit != ExitPartly {
		t.Fatalf("exit %d: %s", got.exit, got.words)
	}
	for _, to := range []string{"no-such-step", steps.LinkUsers} {
		if _, err := w.undo("", UndoOptions{To: to, DryRun: true}); err == nil {
			t.Errorf("undo to %s was not refused", to)
		}
	}
	plan, err := w.undo("", UndoOptions{To: steps.Tags, DryRun: true})
	if err != nil || !strings.Contains(plan["sentence"].(string), "nothing to take back") {
		t.Errorf("nothing was sent since step 4, and yet: %v %v", plan["sentence"], err)
	}
	if plan, err := w.undo("", UndoOptions{To: steps.Maintenance, DryRun: true}); err != nil || strings.Contains(plan["sentence"].(string), "nothing to take back") {
		t.Errorf("back to before everything: %v %v", plan["sentence"], err)
	}
}

func TestWatchFromTheCommandLine(t *testing.T) {
	w := migrated(t)
	once := func() (map[string]any, error) {
		lines, err := w.aside("", func(options Options) error { return Watch(t.Context(), options, WatchOptions{Once: true}) })
		return lines[len(lines)-1], err
	}
	if line, err := once(); err != nil || line["drifted"] != false {
		t.Fatalf("nothing has happened, and yet: %v %v", line, err)
	}
	w.untag("everything@example.com", "Inner Circle Member")
	line, err := once()
	if Exit(err) != ExitPartly || !errors.Is(err, ErrDrifted) || line["drifted"] != true || !strings.Contains(toText(line["sentences"]), "everything@example.com") {
		t.Errorf("a tag was taken off by hand: %v %v", line, err)
	}
	private, _ := w.aside("", func(options Options) error {
		options.Privacy = true
		return Watch(t.Context(), options, WatchOptions{Once: true})
	})
	if strings.Contains(toText(private), "@example.com") {
		t.Errorf("privacy mode shows an address: %v", private)
	}
}

func toText(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

// untag takes a tag off somebody as a person who works in the CRM does.
func (w *world) untag(email, name string) {
	w.t.Helper()
	entry, _ := registry.Find("activecampaign")
	client, err := crm.Open(entry.Provider, crm.Settings{Values: map[string]string{"crm.url": w.ready.CRM["activecampaign"]["url"], "crm.key": w.ready.CRM["activecampaign"]["key"]}})
	if err != nil {
		w.t.Fatal(err)
	}
	found, err := client.Find(w.t.Context(), email)
	if err != nil || len(found) != 1 {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(found[0].Tags, func(tag crm.Tag) bool { return tag.Name == name })
	remover, _ := client.Remover()
	if _, err := remover.RemoveTag(w.t.Context(), found[0].Tags[i], []crm.Target{{ID: found[0].ID, Email: email}}); err != nil {
		w.t.Fatal(err)
	}
}

func TestWatchWaitsForTheWizardToBeClosed(t *testing.T) {
	w := migrated(t)
	folder, err := checkpoint.Open(w.dir, checkpoint.Options{Tool: "the wizard"})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if _, err := w.aside("", func(options Options) error { return Watch(t.Context(), options, WatchOptions{Once: true}) }); !errors.Is(err, checkpoint.ErrLocked) {
		t.Errorf("a look while the wizard is open: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	said := &signalled{wrote: make(chan struct{}, 1)}
	options := w.options(&bytes.Buffer{})
	options.Err = said
	ended := make(chan error, 1)
	go func() { ended <- Watch(ctx, options, WatchOptions{Every: time.Hour}) }()
	<-said.wrote
	stop()
	if err := <-ended; Exit(err) != ExitStopped {
		t.Errorf("a watch that is stopped: %v", err)
	}
}

// signalled tells when something is written.
type signalled struct{ wrote chan struct{} }

func (s *signalled) Write(text []byte) (int, error) {
	select {
	case s.wrote <- struct{}{}:
	default:
	}
	return len(text), nil
}

func TestADemoCannotBeTakenBack(t *testing.T) {
	options, _ := finished(t)
	if err := Undo(t.Context(), options, UndoOptions{Yes: true}); Exit(err) != ExitRefused {
		t.Errorf("undo of a demo: %v", err)
	}
}

// TestUndoGivesContactIDsOnTheSiteBack migrates with a login to the site, so that the contact IDs are set there, and takes all of it back.
func TestUndoGivesContactIDsOnTheSiteBack(t *testing.T) {
	w := newWorld(t)
	w.env["ALLYSWITCH_SITE_PASSWORD"] = w.ready.Site["password"]
	got := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", map[string]string{"site.url": w.ready.Site["url"], "site.user": w.ready.Site["user"]})})
	if got.exit != ExitDone {
		t.Fatalf("exit %d: %s", got.exit, got.words)
	}
	w.link()
	plan, err := w.undo("", UndoOptions{DryRun: true})
	if err != nil || !strings.Contains(plan["sentence"].(string), "the contact ID back") {
		t.Fatalf("the dry run: %v %v", plan, err)
	}
	done, err := w.undo("", UndoOptions{Yes: true, SiteIsBack: true})
	if err != nil || done["sentence"] != "Everything is as it was before." {
		t.Fatalf("undo: %v %v", done["sentence"], err)
	}
}

// link sets contact IDs on the site, as step 11 does with the companion.
func (w *world) link() {
	w.t.Helper()
	session, err := openExisting(w.options(&bytes.Buffer{}))
	if err != nil {
		w.t.Fatal(err)
	}
	defer session.Close()
	companion, why := session.Deps.Companion(w.t.Context(), session.Folder.State())
	if companion == nil {
		w.t.Fatal(why)
	}
	if linked, err := migration.LinkSite(w.t.Context(), session.Folder, companion, "", job.Discard); err != nil || linked.Set == 0 {
		w.t.Fatalf("linking: %+v, %v", linked, err)
	}
}

// TestUndoWithoutALoginToTheSiteSaysWhatStaysThere takes back what the CRM holds.
func TestUndoWithoutALoginToTheSiteSaysWhatStaysThere(t *testing.T) {
	w := newWorld(t)
	w.env["ALLYSWITCH_SITE_PASSWORD"] = w.ready.Site["password"]
	w.run(t.Context(), RunOptions{Answers: w.answers("drip", map[string]string{"site.url": w.ready.Site["url"], "site.user": w.ready.Site["user"]})})
	w.link()
	delete(w.env, "ALLYSWITCH_SITE_PASSWORD")
	plan, err := w.undo("", UndoOptions{DryRun: true})
	left, readErr := os.ReadFile(plan["left"].(string))
	if err != nil || readErr != nil || !strings.Contains(plan["sentence"].(string), "contact IDs on the site") || !strings.Contains(string(left), "AllySwitch is not logged in to the site") {
		t.Errorf("the dry run: %v %v %v\n%s", plan["sentence"], err, readErr, left)
	}
}
