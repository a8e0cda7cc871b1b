package steps_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/demo"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/plain"
	"allyswitch/wizard/wizardtest"
	"allyswitch/wp/wptest"
)

// journey is one owner's migration of a made-up site into a sandbox, through the real steps. It must live inside a synctest bubble.
type journey struct {
	t    testing.TB
	demo *demo.Demo
	dir  string
	wire *wire
	log  *safeBuffer

	folder  *checkpoint.Folder
	deps    *steps.Deps
	all     wizard.Path
	keeping steps.Keeping
	keeper  *wizard.Keeper
}

// people is how many people the sites of these stories have: the awkward ones and a few ordinary.
const people = 34

// begin makes a site, an empty account at the CRM, and an empty folder. Nothing has been answered.
func begin(t testing.TB, crmID string) *journey {
	t.Helper()
	return beginIn(t, crmID, filepath.Join(t.TempDir(), "migration"))
}

// beginOn begins on a site that is not a well-kept one with the companion.
func beginOn(t testing.TB, crmID string, conditions ...wptest.Condition) *journey {
	t.Helper()
	return beginIn(t, crmID, filepath.Join(t.TempDir(), "migration"), conditions...)
}

func beginIn(t testing.TB, crmID, dir string, conditions ...wptest.Condition) *journey {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	made, err := demo.New(demo.Options{CRM: crmID, Members: people, Speed: 1, Folder: filepath.Dir(dir), Conditions: conditions})
	if err != nil {
		t.Fatal(err)
	}
	j := &journey{t: t, demo: made, dir: dir, wire: &wire{next: made.Transport}, log: &safeBuffer{}}
	j.open(nil)
	if err := migration.SaveOfferings(j.folder, made.Site.Offerings); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.folder.Close() })
	return j
}

// open opens the folder as a new start of the program does, with the secrets that the environment holds.
func (j *journey) open(environment map[string]string) {
	j.t.Helper()
	folder, err := checkpoint.Open(j.dir, checkpoint.Options{Tool: "allyswitch test"})
	if err != nil {
		j.t.Fatal(err)
	}
	j.folder = folder
	j.deps = &steps.Deps{Folder: folder, CRMs: registry.All(), Secrets: steps.NewSecrets(environment), Transport: j.wire, SiteTransport: j.demo.SiteTransport,
		Log: slog.New(slog.NewJSONHandler(j.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	j.all = steps.All(j.deps)
	j.keeping = steps.Keeping{Folder: folder, Steps: j.all, After: j.demo.Follow}
	j.keeper = &wizard.Keeper{Folder: j.keeping}
	folder.State().Step("privacy").Notes = map[string]string{"salt": "made up"}
}

// forgetOfferings is for stories in which nobody could read the site's offerings.
func (j *journey) forgetOfferings() error { return os.Remove(j.folder.Path(migration.OfferingsFile)) }

// restart ends the program and starts it again: what was only in memory is gone.
func (j *journey) restart() {
	j.t.Helper()
	if err := j.folder.Close(); err != nil {
		j.t.Fatal(err)
	}
	j.open(nil)
}

func (j *journey) state() *checkpoint.State { return j.folder.State() }

// step is one of the real steps.
func (j *journey) step(id string) wizard.Sheeted {
	j.t.Helper()
	step, ok := j.all.Find(id).(wizard.Sheeted)
	if !ok {
		j.t.Fatalf("there is no step %s", id)
	}
	return step
}

func (j *journey) status(id string) wizard.Status { return j.step(id).Status(j.state()) }

// answer answers a question as a screen does.
func (j *journey) answer(step, key, value string) {
	j.t.Helper()
	if err := j.keeper.Answer(j.step(step), key, value); err != nil {
		j.t.Fatalf("%s: %v", key, err)
	}
}

func (j *journey) tick(step string, keys ...string) {
	j.t.Helper()
	for _, key := range keys {
		if err := j.keeper.Tick(step, key, ""); err != nil {
			j.t.Fatal(err)
		}
	}
}

func (j *journey) untick(step, key string) {
	j.t.Helper()
	if err := j.keeper.Untick(step, key); err != nil {
		j.t.Fatal(err)
	}
}

// try runs a task to its end and returns how it went.
func (j *journey) try(step, key string) error {
	j.t.Helper()
	task, err := j.keeper.Task(j.step(step), key)
	if err != nil {
		j.t.Fatal(err)
	}
	if task.Locked != "" {
		j.t.Fatalf("%s.%s is locked: %s", step, key, task.Locked)
	}
	if err := j.keeper.Begin(step, key); err != nil {
		j.t.Fatal(err)
	}
	change, failed := task.Run(context.Background(), job.Discard)
	if err := j.keeper.End(step, key, change, failed, 0); err != nil {
		j.t.Fatal(err)
	}
	return failed
}

func (j *journey) run(step string, keys ...string) {
	j.t.Helper()
	for _, key := range keys {
		if err := j.try(step, key); err != nil {
			j.t.Fatalf("%s.%s: %v", step, key, err)
		}
	}
}

// row does something with a row of a table.
func (j *journey) row(step, table, action string, row int, answer string) {
	j.t.Helper()
	for _, one := range j.table(step, table).Actions {
		if one.Key == action {
			change, err := one.Do(row, answer)
			if err != nil {
				j.t.Fatal(err)
			}
			if err := j.keeper.Apply(change); err != nil {
				j.t.Fatal(err)
			}
			return
		}
	}
	j.t.Fatalf("the table %s has no action %s", table, action)
}

func (j *journey) table(step, key string) wizard.Table {
	j.t.Helper()
	for _, item := range j.step(step).Sheet(j.state()).Items {
		if table, ok := item.(wizard.Table); ok && table.Key == key {
			return table
		}
	}
	j.t.Fatalf("the step %s shows no table %s", step, key)
	return wizard.Table{}
}

// hasTable says that a page shows a table.
func (j *journey) hasTable(step, key string) bool {
	for _, item := range j.step(step).Sheet(j.state()).Items {
		if table, ok := item.(wizard.Table); ok && table.Key == key {
			return true
		}
	}
	return false
}

// connect answers the first page with everything the demo knows, key and all.
func (j *journey) connect() {
	j.t.Helper()
	j.answer(steps.Start, "site.url", j.demo.Answers["site.url"])
	j.answer(steps.Start, "crm.provider", j.demo.Answers["crm.provider"])
	j.giveKeys()
	j.run(steps.Start, "connect")
	j.tick(steps.Start, "backup", "second-admin")
}

// giveKeys types what opens the CRM.
func (j *journey) giveKeys() {
	j.t.Helper()
	for _, question := range j.step(steps.Start).Questions(j.state()) {
		if value := j.demo.Secrets[question.Key]; value != "" {
			j.answer(steps.Start, question.Key, value)
		} else if value := j.demo.Answers[question.Key]; strings.HasPrefix(question.Key, "crm.") && value != "" && question.Value == "" {
			j.answer(steps.Start, question.Key, value)
		}
	}
}

// reach walks to the end of a step as an owner would who does everything right.
func (j *journey) reach(until string) {
	j.t.Helper()
	if err := j.walk(until, nil); err != nil {
		j.t.Fatalf("on the way to %s: %v", until, err)
	}
	if j.status(until) != wizard.Done {
		j.t.Fatalf("%s is not done", until)
	}
}

// walk goes on to the end of a step, with answers of its own.
func (j *journey) walk(until string, answers map[string]string) error {
	all := maps.Clone(j.demo.Answers)
	maps.Copy(all, answers)
	if j.state().Answer(steps.Export, "export.file") != "" {
		delete(all, "export.file")
	}
	_, err := plain.Run(context.Background(), plain.Config{Steps: j.all, Folder: j.keeping, Answers: all, Until: until, Fallback: j.likeAnOwner, Out: io.Discard})
	return err
}

// likeAnOwner ticks what has to be ticked, types the key, and confirms the switch.
func (j *journey) likeAnOwner(_ string, item wizard.Item) (string, bool) {
	switch item := item.(type) {
	case wizard.Tick:
		return "yes", !item.Optional
	case wizard.Question:
		if item.Secret {
			return j.demo.Secrets[item.Key], j.demo.Secrets[item.Key] != "" && item.Value == ""
		}
		if item.Key == "test.controls" {
			return "all = passed", true
		}
		return item.Confirm, item.Key == "switch.confirm"
	}
	return "", false
}

// shell is a wizard on this migration.
func (j *journey) shell(options wizard.Options) *wizard.Shell {
	return wizard.New(wizard.Config{Steps: j.shown(), Folder: j.keeping, Version: "1.0.0", Options: look(options), Log: j.deps.Log})
}

// screen runs the whole wizard in a terminal.
func (j *journey) screen(size wizardtest.Size, options wizard.Options) *wizardtest.Terminal {
	j.t.Helper()
	return wizardtest.Start(j.t, j.shell(options), size)
}

// wire carries requests to the sandbox. A test may meddle with them.
type wire struct {
	next http.RoundTripper
	mu   sync.Mutex
	// meddle returns the answer to give in place of the CRM's, nil to let the request through.
	meddle func(request *http.Request, body string) (*http.Response, error)
	sent   int
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.sent++
	meddle := w.meddle
	w.mu.Unlock()
	if meddle == nil {
		return w.next.RoundTrip(request)
	}
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	if answer, err := meddle(request, string(body)); answer != nil || err != nil {
		return answer, err
	}
	return w.next.RoundTrip(request)
}

// set changes what happens on the wire; nil leaves it alone.
func (w *wire) set(meddle func(*http.Request, string) (*http.Response, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.meddle = meddle
}

// says is an answer as it might come from anywhere.
func says(request *http.Request, status int, kind, body string) *http.Response {
	return &http.Response{Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: request}
}

// safeBuffer is a log that may be written from several goroutines.
type safeBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *safeBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(data)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

// file writes a file that the owner has on the computer, and returns its name.
func (j *journey) file(name, text string) string {
	j.t.Helper()
	path := filepath.Join(filepath.Dir(j.dir), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		j.t.Fatal(err)
	}
	return path
}

// copied is a copy of the migration's folder as it is at this moment: what a process that is killed now leaves behind.
func (j *journey) copied() string {
	j.t.Helper()
	to := filepath.Join(j.t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(j.dir)); err != nil {
		j.t.Fatal(err)
	}
	return to
}

// roundTrip does something before every request.
func roundTrip(before func(), next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		before()
		return next.RoundTrip(request)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
