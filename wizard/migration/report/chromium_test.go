package report_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"
)

// browser is a Chromium without a window, driven through a pair of pipes: no port is open, and nothing else can reach it.
type browser struct {
	t       *testing.T
	write   io.Writer
	session string

	mu      sync.Mutex
	calls   int
	answers map[int]chan message
	loaded  chan struct{}
	// requests are the addresses that the page asked for, trouble what it complained of.
	requests, trouble []string
}

// message is a message of the Chrome DevTools Protocol, in either direction.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// params are the parameters of a call.
type params map[string]any

// patience is how long a call may take before the test gives up.
const patience = 60 * time.Second

// findChromium looks where it is usually called by name, and skips the test with how to get it.
func findChromium(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Chromium is driven through pipes here, which Windows does not hand on")
	}
	for _, name := range []string{os.Getenv("ALLYSWITCH_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(cmp.Or(name, "-")); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium: install it (apt-get install chromium), or name it in ALLYSWITCH_CHROMIUM")
	return ""
}

func openBrowser(t *testing.T) *browser {
	t.Helper()
	path := findChromium(t)
	theirIn, ourOut, err := os.Pipe()
	must(t, err)
	ourIn, theirOut, err := os.Pipe()
	must(t, err)
	command := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
		"--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	command.ExtraFiles = []*os.File{theirIn, theirOut}
	must(t, command.Start())
	theirIn.Close()
	theirOut.Close()
	b := &browser{t: t, write: ourOut, answers: map[int]chan message{}, loaded: make(chan struct{}, 16)}
	ended := make(chan struct{})
	go func() { b.listen(ourIn); close(ended) }()
	t.Cleanup(func() {
		b.session = ""
		b.send("Browser.close", nil)
		command.Wait()
		ourOut.Close()
		<-ended
	})
	b.attach()
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// attach opens a page of our own.
func (b *browser) attach() {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call(&target, "Target.createTarget", params{"url": "about:blank"})
	var attached struct{ SessionID string }
	b.call(&attached, "Target.attachToTarget", params{"targetId": target.TargetID, "flatten": true})
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Network", "Runtime", "Log"} {
		b.call(nil, domain+".enable", nil)
	}
}

// listen hands answers to those who wait for them, and notes what happens.
func (b *browser) listen(from io.Reader) {
	reader := bufio.NewReader(from)
	for {
		text, err := reader.ReadBytes(0)
		if err != nil {
			return
		}
		var got message
		if json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &got) != nil {
			continue
		}
		b.mu.Lock()
		if answer := b.answers[got.ID]; answer != nil {
			answer <- got
			delete(b.answers, got.ID)
		} else {
			b.note(got)
		}
		b.mu.Unlock()
	}
}

func (b *browser) note(event message) {
	detail, _ := json.Marshal(event.Params)
	switch event.Method {
	case "Page.loadEventFired":
		b.loaded <- struct{}{}
	case "Network.requestWillBeSent":
		var sent struct{ Request struct{ URL string } }
		json.Unmarshal(detail, &sent)
		b.requests = append(b.requests, sent.Request.URL)
	case "Runtime.exceptionThrown", "Log.entryAdded":
		b.trouble = append(b.trouble, string(detail))
	}
}

func (b *browser) send(method string, with params) chan message {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	answer := make(chan message, 1)
	b.answers[b.calls] = answer
	text, _ := json.Marshal(message{ID: b.calls, Session: b.session, Method: method, Params: with})
	b.write.Write(append(text, 0))
	return answer
}

// call waits for the answer.
func (b *browser) call(result any, method string, with params) {
	b.t.Helper()
	select {
	case answer := <-b.send(method, with):
		if answer.Error != nil {
			b.t.Fatalf("%s: %s", method, answer.Error)
		}
		if result != nil {
			must(b.t, json.Unmarshal(answer.Result, result))
		}
	case <-time.After(patience):
		b.t.Fatalf("%s: no answer", method)
	}
}

// open shows a file, and returns how long the browser took until all was there.
func (b *browser) open(path string) time.Duration {
	b.t.Helper()
	b.call(nil, "Page.navigate", params{"url": "file://" + path})
	select {
	case <-b.loaded:
	case <-time.After(patience):
		b.t.Fatal("the page does not load")
	}
	return time.Duration(b.number("Math.round(performance.getEntriesByType('navigation')[0].loadEventStart)")) * time.Millisecond
}

// evaluate runs an expression in the page.
func (b *browser) evaluate(result any, expression string) {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call(&answer, "Runtime.evaluate", params{"expression": expression, "awaitPromise": true, "returnByValue": true})
	if answer.ExceptionDetails != nil {
		b.t.Fatalf("in the page: %s", answer.ExceptionDetails)
	}
	if result != nil && len(answer.Result.Value) > 0 {
		must(b.t, json.Unmarshal(answer.Result.Value, result))
	}
}

func (b *browser) number(expression string) int {
	b.t.Helper()
	n := 0
	b.evaluate(&n, expression)
	return n
}

// look sets the width of the window and the colours that its owner prefers.
func (b *browser) look(width int, scheme string) {
	b.t.Helper()
	b.call(nil, "Emulation.setDeviceMetricsOverride", params{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
	b.call(nil, "Emulation.setEmulatedMedia", params{"features": []params{{"name": "prefers-color-scheme", "value": scheme}}})
}

// picture takes what is in the window; the whole page when somebody wants to look at it, in the folder that ALLYSWITCH_PICTURES names.
func (b *browser) picture(name string) []byte {
	b.t.Helper()
	var shot struct{ Data []byte }
	b.call(&shot, "Page.captureScreenshot", params{"format": "png", "captureBeyondViewport": os.Getenv("ALLYSWITCH_PICTURES") != ""})
	b.keep(name+".png", shot.Data)
	return shot.Data
}

// print makes a PDF of the page.
func (b *browser) print(name string) []byte {
	b.t.Helper()
	var printed struct{ Data []byte }
	b.call(&printed, "Page.printToPDF", params{"preferCSSPageSize": true, "printBackground": false})
	b.keep(name+".pdf", printed.Data)
	return printed.Data
}

func (b *browser) keep(name string, data []byte) {
	if folder := os.Getenv("ALLYSWITCH_PICTURES"); folder != "" {
		must(b.t, os.WriteFile(fmt.Sprintf("%s/%s", folder, name), data, 0o600))
	}
}
