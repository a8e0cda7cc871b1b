package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// browser is a headless Chromium with one page, led through its debugging pipe. A port would be open to others on the computer; a pipe is not.
type browser struct {
	cmd     *exec.Cmd
	to      io.WriteCloser
	session string
	// typed gets what the terminal in the page sends: keys, and its replies to queries.
	typed func(text string)

	mu      sync.Mutex
	next    int
	waiting map[int]chan message
	gone    chan struct{}
}

// message is one message of the DevTools protocol, either way.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// browse starts a Chromium that keeps its profile in a folder, and opens a page of a file.
func browse(program, profile, file string, typed func(string)) (*browser, error) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, answers, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	b := &browser{to: ours, typed: typed, waiting: map[int]chan message{}, gone: make(chan struct{})}
	b.cmd = exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
		"--disable-lcd-text", "--font-render-hinting=none", "--force-color-profile=srgb", "--allow-file-access-from-files", "--remote-debugging-pipe",
		"--user-data-dir="+profile, "about:blank")
	b.cmd.ExtraFiles = []*os.File{theirs, answers} // descriptors 3 and 4: what the pipe is made of
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	_, _ = theirs.Close(), answers.Close()
	go b.listen(from)
	return b, b.show("file://" + filepath.ToSlash(file))
}

// show opens a page and waits for its terminal.
func (b *browser) show(address string) error {
	var target struct{ TargetID string }
	if err := b.call("Target.createTarget", map[string]any{"url": address}, &target); err != nil {
		return err
	}
	var attached struct{ SessionID string }
	if err := b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		return err
	}
	b.session = attached.SessionID
	for _, method := range []string{"Page.enable", "Runtime.enable"} {
		if err := b.call(method, nil, nil); err != nil {
			return err
		}
	}
	if err := b.call("Runtime.addBinding", map[string]any{"name": "typed"}, nil); err != nil {
		return err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var ready bool
		if b.evaluate("typeof begin === 'function' && document.readyState === 'complete'", &ready) == nil && ready {
			return nil
		}
	}
	return errors.New("the page does not open")
}

// listen hands replies to whoever waits for them.
func (b *browser) listen(from io.Reader) {
	defer close(b.gone)
	reader := bufio.NewReaderSize(from, 1<<20)
	for {
		raw, err := reader.ReadBytes(0)
		if err != nil {
			return
		}
		var got message
		if json.Unmarshal(raw[:len(raw)-1], &got) != nil {
			continue
		}
		if got.Method == "Runtime.bindingCalled" {
			var called struct{ Payload string }
			if json.Unmarshal(got.Params, &called) == nil {
				b.typed(called.Payload)
			}
			continue
		}
		b.mu.Lock()
		wait := b.waiting[got.ID]
		delete(b.waiting, got.ID)
		b.mu.Unlock()
		if wait != nil {
			wait <- got
		}
	}
}

// call calls a method and waits for its result.
func (b *browser) call(method string, params, result any) error {
	wait := make(chan message, 1)
	if err := b.ask(method, params, wait); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-b.gone:
		return fmt.Errorf("%s: the browser has gone", method)
	case got := <-wait:
		if got.Error != nil {
			return fmt.Errorf("%s: %s", method, got.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(got.Result, result)
	}
}

func (b *browser) ask(method string, params any, wait chan message) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return err
	}
	if params == nil {
		raw = []byte("{}")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	b.waiting[b.next] = wait
	text, err := json.Marshal(message{ID: b.next, SessionID: b.session, Method: method, Params: raw})
	if err != nil {
		return err
	}
	_, err = b.to.Write(append(text, 0))
	return err
}

// evaluate runs an expression in the page, waits for what it promises, and keeps its value.
func (b *browser) evaluate(expression string, value any) error {
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	err := b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &got)
	switch {
	case err != nil:
		return err
	case got.ExceptionDetails != nil:
		return fmt.Errorf("in the page: %s", got.ExceptionDetails.Exception.Description)
	case value == nil:
		return nil
	}
	return json.Unmarshal(got.Result.Value, value)
}

// photograph returns the page as a PNG, so many dots to each of its pixels.
func (b *browser) photograph(scale float64) ([]byte, error) {
	var size struct{ Width, Height float64 }
	if err := b.evaluate("extent()", &size); err != nil {
		return nil, err
	}
	var shot struct{ Data string }
	err := b.call("Page.captureScreenshot", map[string]any{
		"format": "png", "captureBeyondViewport": true,
		"clip": map[string]any{"x": 0, "y": 0, "width": size.Width, "height": size.Height, "scale": scale},
	}, &shot)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(shot.Data)
}

func (b *browser) close() {
	_ = b.call("Browser.close", nil, nil)
	_ = b.to.Close()
	_ = b.cmd.Wait()
}
