package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
)

// size is the size of a terminal in cells.
type size struct{ columns, rows int }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.columns, s.rows) }

// window is a program in a terminal in a browser.
type window struct {
	browser *browser
	cmd     *exec.Cmd
	device  *os.File

	mu sync.Mutex
	// last is when the program wrote last.
	last  time.Time
	ended chan struct{}
}

// open starts a program in a terminal of a size and a theme.
func open(b *browser, at size, theme string, environment []string, folder, name string, arguments ...string) (*window, error) {
	w := &window{browser: b, cmd: exec.Command(name, arguments...), last: time.Now(), ended: make(chan struct{})}
	w.cmd.Env, w.cmd.Dir = environment, folder
	if err := b.evaluate(fmt.Sprintf("begin(%d, %d, %q)", at.columns, at.rows, theme), nil); err != nil {
		return nil, err
	}
	device, err := pty.StartWithSize(w.cmd, &pty.Winsize{Rows: uint16(at.rows), Cols: uint16(at.columns)})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	w.device = device
	b.typed = func(text string) { _, _ = device.WriteString(text) }
	go w.draw()
	return w, nil
}

// draw gives the terminal what the program writes, until it ends.
func (w *window) draw() {
	defer close(w.ended)
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.device.Read(buffer)
		if n > 0 {
			_ = w.browser.evaluate("feed('"+base64.StdEncoding.EncodeToString(buffer[:n])+"')", nil)
			w.mu.Lock()
			w.last = time.Now()
			w.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// text is what the terminal shows.
func (w *window) text() string {
	var text string
	if err := w.browser.evaluate("text()", &text); err != nil {
		return ""
	}
	return text
}

// patience is how long something may take to appear.
const patience = 2 * time.Minute

// until waits for something to be so.
func (w *window) until(what string, so func() bool) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if so() {
			return nil
		}
	}
	return fmt.Errorf("it never came to %s:\n%s", what, w.text())
}

// settle waits until nothing has been written for a moment, or for a second where something always moves.
func (w *window) settle() {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		w.mu.Lock()
		quiet := time.Since(w.last) > 80*time.Millisecond
		w.mu.Unlock()
		if quiet {
			return
		}
	}
}

// press sends keys and waits until the screen has changed.
func (w *window) press(keys string) error {
	before := w.text()
	if err := w.send(keys); err != nil {
		return err
	}
	err := w.until(fmt.Sprintf("change after %q", keys), func() bool { return w.text() != before || w.gone() })
	w.settle()
	return err
}

func (w *window) send(keys string) error {
	text, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	return w.browser.evaluate("press("+string(text)+")", nil)
}

// sees waits until a text is on the screen.
func (w *window) sees(text string) error {
	return w.until(fmt.Sprintf("show %q", text), func() bool { return strings.Contains(w.text(), text) })
}

func (w *window) resize(to size) error {
	if err := w.browser.evaluate(fmt.Sprintf("resize(%d, %d)", to.columns, to.rows), nil); err != nil {
		return err
	}
	if err := pty.Setsize(w.device, &pty.Winsize{Rows: uint16(to.rows), Cols: uint16(to.columns)}); err != nil {
		return err
	}
	time.Sleep(150 * time.Millisecond)
	w.settle()
	return nil
}

func (w *window) gone() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}

// close ends the program and waits for it.
func (w *window) close() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
	<-w.ended
	_ = w.device.Close()
}
