package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"allyswitch/wizard/checkpoint"
)

// world is a sandbox on a real socket, and a folder to migrate in.
type world struct {
	t   *testing.T
	dir string
	// files are the owner's files: the export, the tags, the answers.
	files string
	ready sandboxReady
	env   map[string]string
	// gate may answer in place of the CRM. It is called for every request.
	mu   sync.Mutex
	gate func(w http.ResponseWriter, request *http.Request, body string) bool
}

// newWorld serves a site of 30 people and five CRMs whose clocks run so fast that nobody has to wait.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "migration"), files: t.TempDir(), env: map[string]string{}}
	server := httptest.NewUnstartedServer(nil)
	mux, ready := sandboxMux(SandboxOptions{Members: 30, Speed: 2000}, "http://"+server.Listener.Addr().String())
	w.ready = ready
	server.Config.Handler = w.watch(mux)
	server.Start()
	t.Cleanup(server.Close)
	w.fetch(ready.Site["export"], "export.csv")
	w.fetch(ready.Site["tags"], "tags.csv")
	return w
}

func (w *world) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(body))
		w.mu.Lock()
		gate := w.gate
		w.mu.Unlock()
		if gate == nil || !gate(writer, request, string(body)) {
			next.ServeHTTP(writer, request)
		}
	})
}

func (w *world) set(gate func(http.ResponseWriter, *http.Request, string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gate = gate
}

func (w *world) fetch(url, name string) {
	w.t.Helper()
	response, err := http.Get(url)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(name, string(data))
}

func (w *world) write(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.files, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// answers are those of the example, for one CRM of this world, with changes. A change to "" takes the answer away.
func (w *world) answers(crmID string, changes map[string]string) string {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", "activecampaign.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	all := map[string]string{}
	if err := json.Unmarshal(data, &all); err != nil {
		w.t.Fatal(err)
	}
	all["crm.provider"], all["crm.url"] = crmID, w.ready.CRM[crmID]["url"]
	all["export.file"], all["tags.file"] = filepath.Join(w.files, "export.csv"), filepath.Join(w.files, "tags.csv")
	for _, line := range questionLines(crmID) {
		if line.Kind == "tick" && line.Required {
			all[line.Key] = "yes"
		}
		if line.Key == "switch.confirm" {
			all[line.Key] = line.Words
		}
	}
	for _, name := range []string{"app_id", "account_id"} {
		if value := w.ready.CRM[crmID][name]; value != "" {
			all["crm."+name] = value
		}
	}
	for key, value := range changes {
		if all[key] = value; value == "" {
			delete(all, key)
		}
	}
	w.env["ALLYSWITCH_CRM_KEY"], w.env["ALLYSWITCH_CRM_TOKEN"] = w.ready.CRM[crmID]["key"], w.ready.CRM[crmID]["token"]
	text, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.write("answers.json", string(text))
}

// outcome is what somebody sees who called run.
type outcome struct {
	exit    int
	words   string
	lines   []map[string]any
	summary map[string]any
}

func (w *world) run(ctx context.Context, run RunOptions) outcome {
	w.t.Helper()
	var out bytes.Buffer
	err := Run(ctx, w.options(&out), run)
	got := outcome{exit: Exit(err)}
	if err != nil {
		got.words = Words(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var one map[string]any
		if line != "" {
			if err := json.Unmarshal([]byte(line), &one); err != nil {
				w.t.Fatalf("not JSON: %q", line)
			}
			got.lines = append(got.lines, one)
		}
	}
	if n := len(got.lines); n > 0 && got.lines[n-1]["event"] == "summary" {
		got.summary = got.lines[n-1]
	}
	return got
}

func (w *world) options(out io.Writer) Options {
	return Options{Dir: w.dir, JSON: true, In: strings.NewReader(""), Out: out, Err: io.Discard, Env: func(name string) string { return w.env[name] }, Version: "test"}
}

// error is the line that tells a machine what went wrong.
func (o outcome) error() map[string]any {
	for _, line := range o.lines {
		if line["event"] == "error" {
			return line
		}
	}
	return nil
}

func TestRunToTheEnd(t *testing.T) {
	w := newWorld(t)
	got := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", nil)})
	if got.exit != ExitDone || got.summary == nil || got.summary["done"] != true {
		t.Fatalf("exit %d: %s %v", got.exit, got.words, got.summary)
	}
	for _, key := range []string{"crm", "members", "contacts_created", "contacts_updated", "contacts_failed", "tags_created", "tag_pairs_expected", "tag_pairs_missing",
		"linked", "unlinked", "access_lost", "access_gained", "access_undecided", "requests", "rate_limited", "seconds", "floor_seconds"} {
		if _, ok := got.summary[key]; !ok {
			t.Errorf("the summary does not tell %s", key)
		}
	}
	for key, want := range map[string]float64{"contacts_created": 27, "contacts_failed": 0, "tag_pairs_missing": 0, "linked": 27, "access_lost": 0, "rate_limited": 0} {
		if got.summary[key] != want {
			t.Errorf("%s is %v, want %v", key, got.summary[key], want)
		}
	}
	if got.summary["links_read"] != false {
		t.Errorf("nobody has read the contact IDs on the site, and links_read is %v", got.summary["links_read"])
	}
	again := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", nil)})
	if again.exit != ExitDone || again.summary["requests"] != got.summary["requests"] {
		t.Errorf("a second run: exit %d, %v requests after %v", again.exit, again.summary["requests"], got.summary["requests"])
	}
}

func TestRunNamesWhatIsMissing(t *testing.T) {
	t.Run("an answer", func(t *testing.T) {
		w := newWorld(t)
		got := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", map[string]string{"maintenance.seen": ""})})
		if got.exit != ExitMissing || got.error()["key"] != "maintenance.seen" || !strings.Contains(got.words, "maintenance.seen") {
			t.Errorf("exit %d: %s %v", got.exit, got.words, got.error())
		}
	})
	t.Run("the key", func(t *testing.T) {
		w := newWorld(t)
		answers := w.answers("activecampaign", nil)
		w.env = map[string]string{}
		got := w.run(t.Context(), RunOptions{Answers: answers})
		if got.exit != ExitMissing || got.error()["key"] != "crm.key" || !strings.Contains(got.words, "ALLYSWITCH_CRM_KEY") {
			t.Errorf("exit %d: %s %v", got.exit, got.words, got.error())
		}
	})
	t.Run("an answer that will not do", func(t *testing.T) {
		w := newWorld(t)
		got := w.run(t.Context(), RunOptions{Answers: w.answers("activecampaign", map[string]string{"export.file": "no-such.csv"})})
		if got.exit != ExitMissing || got.error()["key"] != "export.file" || !strings.Contains(got.words, "no-such.csv") {
			t.Errorf("exit %d: %s %v", got.exit, got.words, got.error())
		}
	})
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
	w := newWorld(t)
	for name, story := range map[string]struct {
		text string
		set  []string
		want string
	}{
		"no JSON":               {text: "{\n  \"site.url\": \"https://a.example.com\",\n  oops\n}", want: "line 3"},
		"half a file":           {text: `{"site.url": `, want: "line 1"},
		"two objects":           {text: `{} {}`, want: "after the closing brace"},
		"a list in it":          {text: `{"site.url": ["a"]}`, want: `"site.url" has to be a text`},
		"a mistyped key":        {text: `{"sites.url": "https://a.example.com"}`, want: "nothing asks for sites.url"},
		"a secret in the file":  {text: `{"crm.key": "abc"}`, want: "ALLYSWITCH_CRM_KEY"},
		"a secret on the line":  {text: `{}`, set: []string{"crm.key=abc"}, want: "ALLYSWITCH_CRM_KEY"},
		"something else to set": {text: `{}`, set: []string{"site.url"}, want: "key=value"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.run(t.Context(), RunOptions{Answers: w.write("bad.json", story.text), Set: story.set})
			if got.exit != ExitMissing || !strings.Contains(got.words, story.want) {
				t.Errorf("exit %d: %s", got.exit, got.words)
			}
			if _, err := os.Stat(w.dir); err == nil {
				t.Error("a folder was made although nothing could begin")
			}
		})
	}
	if got := w.run(t.Context(), RunOptions{Answers: filepath.Join(w.files, "none.json")}); got.exit != ExitMissing || !strings.Contains(got.words, "none.json") {
		t.Errorf("no file: exit %d: %s", got.exit, got.words)
	}
	if got := w.run(t.Context(), RunOptions{Until: "improt"}); got.exit != ExitMissing || !strings.Contains(got.words, "import") {
		t.Errorf("a mistyped step: exit %d: %s", got.exit, got.words)
	}
}

func TestEverySiteHasAFolderOfItsOwn(t *testing.T) {
	for site, want := range map[string]string{
		"https://members.example.com": "members.example.com", "http://Example.com/blog/": "example.com-blog", "127.0.0.1:8080/site": "127.0.0.1-8080-site",
		"https://müller.example": "xn--mller-kva.example", "https://möller.example": "xn--mller-jua.example", "https://anna:s3cret-word@example.com": "example.com", "": "my-site", "https://": "my-site", "../..": "my-site",
	} {
		if got := folderName(site); got != want {
			t.Errorf("%s lies in %s, want %s", site, got, want)
		}
	}
}

func TestRunUntilAStepAndOn(t *testing.T) {
	w := newWorld(t)
	got := w.run(t.Context(), RunOptions{Answers: w.answers("kit", map[string]string{"site.url": ""}), Set: []string{"site.url=https://set.example.com"}, Until: "edit-csv"})
	if got.exit != ExitDone || got.summary["step"] != "import" || got.summary["done"] != false {
		t.Fatalf("exit %d: %s %v", got.exit, got.words, got.summary)
	}
	if site := w.state().Site.URL; site != "https://set.example.com" {
		t.Errorf("the site is %s: what was set does not count", site)
	}
	if got := w.run(t.Context(), RunOptions{Answers: w.answers("kit", map[string]string{"site.url": "https://set.example.com"})}); got.exit != ExitDone {
		t.Errorf("going on: exit %d: %s", got.exit, got.words)
	}
}

// TestTheSummaryBeforeTheReadBack stops when everybody was sent and nobody was read back: a 0 would be taken for none.
func TestTheSummaryBeforeTheReadBack(t *testing.T) {
	w := newWorld(t)
	answers := w.answers("kit", nil)
	for until, want := range map[string]string{"edit-csv": "27 members, 3 left out. Nothing is read back from the CRM yet.", "import": "27 members, 3 left out. 27 were sent to the CRM and are not read back yet, 0 failed."} {
		w.dir = filepath.Join(t.TempDir(), until)
		var out bytes.Buffer
		options := w.options(&out)
		options.JSON = false
		if err := Run(t.Context(), options, RunOptions{Answers: answers, Until: until}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("after %s it says\n%s", until, out.String()[max(0, out.Len()-400):])
		}
	}
}

func (w *world) state() *checkpoint.State {
	w.t.Helper()
	seen, err := checkpoint.Peek(w.dir)
	if err != nil || seen.State == nil {
		w.t.Fatalf("looking at the migration: %v", err)
	}
	return seen.State
}

func TestRunThatCouldNotDoEverything(t *testing.T) {
	w := newWorld(t)
	w.set(func(writer http.ResponseWriter, request *http.Request, body string) bool {
		if request.Method == http.MethodGet || !strings.Contains(body, "family@example.com") {
			return false
		}
		writer.Header().Set("Content-Type", "application/json")
		writer.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(writer, `{"error":"not this one"}`)
		return true
	})
	got := w.run(t.Context(), RunOptions{Answers: w.answers("ontraport", nil)})
	if got.exit != ExitPartly || got.summary["contacts_failed"] != 1.0 || got.summary["step"] != "import" {
		t.Errorf("exit %d: %s %v", got.exit, got.words, got.summary)
	}
	w.set(nil)
	if got := w.run(t.Context(), RunOptions{Answers: w.answers("ontraport", nil)}); got.exit != ExitDone || got.summary["contacts_failed"] != 0.0 {
		t.Errorf("after the cause was mended: exit %d: %s %v", got.exit, got.words, got.summary)
	}
}

// TestAnImportThatCannotBegin takes the key away when the sample is sent, and again when everybody else is: nobody may count as sent who was not, and nobody
// who was is forgotten.
func TestAnImportThatCannotBegin(t *testing.T) {
	w := newWorld(t)
	for task, sent := range map[string]int64{"sample": 0, "all": 10} {
		w.dir = filepath.Join(t.TempDir(), task)
		w.set(func(writer http.ResponseWriter, _ *http.Request, _ string) bool {
			seen, err := checkpoint.Peek(w.dir)
			if err != nil || seen.State == nil || seen.State.Step("import").Tasks[task].Started.IsZero() {
				return false
			}
			writer.Header().Set("Content-Type", "application/json")
			writer.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(writer, `{"errors":["The access token is invalid"]}`)
			return true
		})
		got := w.run(t.Context(), RunOptions{Answers: w.answers("kit", nil)})
		if got.exit != ExitError || got.summary["step"] != "import" {
			t.Errorf("%s: exit %d, and the next step is %v: %s", task, got.exit, got.summary["step"], got.words)
		}
		if kept := w.state().Step("import"); kept.Counters["arrived"] != sent {
			t.Errorf("%s: %d count as sent, and %d were", task, kept.Counters["arrived"], sent)
		}
		w.set(nil)
		if got := w.run(t.Context(), RunOptions{Answers: w.answers("kit", nil)}); got.exit != ExitDone {
			t.Errorf("%s: going on: exit %d: %s", task, got.exit, got.words)
		}
	}
}

func TestRunAtAGate(t *testing.T) {
	w := newWorld(t)
	got := w.run(t.Context(), RunOptions{Answers: w.answers("drip", map[string]string{"switch.confirm": "yes, please"})})
	if got.exit != ExitRefused || got.summary["step"] != "switch" || !strings.Contains(got.words, "switch to Drip") {
		t.Errorf("exit %d: %s %v", got.exit, got.words, got.summary)
	}
}

// TestRunThatIsStopped stops in the middle of the import. The next run goes on, and leaves what an undisturbed one leaves.
func TestRunThatIsStopped(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	var sent atomic.Int32
	w.set(func(http.ResponseWriter, *http.Request, string) bool {
		if sent.Add(1) == 25 {
			stop()
		}
		return false
	})
	got := w.run(ctx, RunOptions{Answers: w.answers("ontraport", nil)})
	if got.exit != ExitStopped || !strings.Contains(got.words, "Stopped") || got.summary == nil {
		t.Fatalf("exit %d: %s", got.exit, got.words)
	}
	w.set(nil)
	if got := w.run(t.Context(), RunOptions{Answers: w.answers("ontraport", nil)}); got.exit != ExitDone || got.summary["contacts_created"] != 27.0 {
		t.Errorf("going on: exit %d: %s %v", got.exit, got.words, got.summary)
	}
}

// TestStatusWhileAnotherWorks looks at a migration that a run holds at this moment.
func TestStatusWhileAnotherWorks(t *testing.T) {
	w := newWorld(t)
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var sent atomic.Int32
	w.set(func(http.ResponseWriter, *http.Request, string) bool {
		if sent.Add(1) > 20 {
			once.Do(func() { close(held) })
			<-release
		}
		return false
	})
	ended := make(chan outcome, 1)
	go func() { ended <- w.run(context.Background(), RunOptions{Answers: w.answers("ontraport", nil)}) }()
	select {
	case <-held:
	case got := <-ended:
		t.Fatalf("the run ended before it could be looked at: %s", got.words)
	case <-time.After(30 * time.Second):
		t.Fatal("the run never came so far")
	}
	var out bytes.Buffer
	if err := Status(w.options(&out)); err != nil {
		t.Error(err)
	}
	var report statusReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if report.Step != "import" || report.Holder == "" || len(report.Steps) != 15 || report.Steps[4].Status != "running" {
		t.Errorf("%s", out.String())
	}
	out.Reset()
	err := Run(t.Context(), w.options(&out), RunOptions{})
	var folder *checkpoint.Error
	if !errors.As(err, &folder) || Exit(err) != ExitError {
		t.Errorf("a second run at the same time: %v", err)
	}
	close(release)
	if got := <-ended; got.exit != ExitDone {
		t.Errorf("the run that was looked at: exit %d: %s", got.exit, got.words)
	}
}

func TestStatusOfNothing(t *testing.T) {
	w := newWorld(t)
	if err := Status(w.options(io.Discard)); err == nil || !strings.Contains(err.Error(), "no migration") {
		t.Errorf("%v", err)
	}
}
