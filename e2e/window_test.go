//go:build unix

package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	_ "allyswitch/internal/command" // what the program is made of: without it Go would take a result from before a change out of its cache
)

// binary is the program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "allyswitch-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "allyswitch")
	if out, err := exec.Command("go", "build", "-o", binary, "allyswitch").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// patience is how long a test waits for something to appear. It is long: machines that test are busy.
const patience = time.Minute

// window is the real program in a real terminal, drawn by an emulator.
type window struct {
	t      *testing.T
	cmd    *exec.Cmd
	device *os.File
	// calm is how the terminal was set before the program started.
	calm *term.State

	mu     sync.Mutex
	screen *vt.Emulator
	rows   int
	raw    bytes.Buffer
	last   time.Time
	ended  chan struct{}
	// exit is how the program ended; read it after ended.
	exit error
}

// open starts a program in a terminal. The environment is our own, without anything of the program's, and what is added.
func open(t *testing.T, width, height int, added []string, name string, arguments ...string) *window {
	t.Helper()
	w := &window{t: t, cmd: exec.Command(name, arguments...), screen: vt.NewEmulator(width, height), rows: height, ended: make(chan struct{})}
	w.cmd.Env = append(environment(t), added...)
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("there is no pseudo-terminal here: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	if w.calm, err = term.GetState(slave.Fd()); err != nil {
		t.Fatal(err)
	}
	w.device = master
	w.cmd.Stdin, w.cmd.Stdout, w.cmd.Stderr = slave, slave, slave
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go w.read()
	go func() { _, _ = io.Copy(master, w.screen) }() // what the terminal answers to queries
	go func() {
		w.exit = w.cmd.Wait()
		close(w.ended)
	}()
	t.Cleanup(func() {
		_ = w.cmd.Process.Kill()
		<-w.ended
		_ = slave.Close()
		_ = master.Close() // The emulator itself stays open: closing it while it is read is a race of its own.
	})
	return w
}

// environment is what every program gets: a home of its own, a terminal with colours, and nothing else that could change how it looks.
func environment(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_DATA_HOME=" + filepath.Join(home, "data"), "TMPDIR=" + t.TempDir(), "TERM=xterm-256color",
		"COLORTERM=truecolor", "LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8", "TZ=UTC"}
}

func (w *window) read() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := w.device.Read(buffer)
		w.mu.Lock()
		w.raw.Write(buffer[:n])
		_, _ = w.screen.Write(buffer[:n])
		w.last = time.Now()
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// text is what the terminal shows.
func (w *window) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := strings.Split(w.screen.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	return strings.Join(lines, "\n")
}

// output is everything that the program has sent.
func (w *window) output() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.raw.String()
}

// until waits for something to be so.
func (w *window) until(what string, so func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if so() {
			return
		}
	}
	w.t.Fatalf("it never came to %s:\n%s", what, w.text())
}

// sees waits until a text is on the screen.
func (w *window) sees(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		w.until(fmt.Sprintf("show %q", text), func() bool { return strings.Contains(w.text(), text) })
	}
}

// leaves presses Enter on the last page until it is asked whether to leave, and says yes. On a busy computer a key of the walk may still be on its
// way: so it looks first, and a question that such a key opened is not answered by the next.
func (w *window) leaves() {
	w.t.Helper()
	for range 20 {
		for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if strings.Contains(w.text(), "Leave AllySwitch?") {
				w.send("y")
				return
			}
		}
		w.send("\r")
	}
	w.t.Fatalf("it never asked whether to leave:\n%s", w.text())
}

// settle waits until nothing has been drawn for a moment.
func (w *window) settle() {
	w.t.Helper()
	w.until("a rest", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return !w.last.IsZero() && time.Since(w.last) > 80*time.Millisecond
	})
}

// press sends keys and waits until the screen has changed.
func (w *window) press(keys string) {
	w.t.Helper()
	before := w.text()
	w.send(keys)
	w.until(fmt.Sprintf("change after %q", keys), func() bool { return w.text() != before || w.gone() })
	w.settle()
}

func (w *window) send(keys string) {
	w.t.Helper()
	if _, err := io.WriteString(w.device, keys); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) resize(width, height int) {
	w.t.Helper()
	w.mu.Lock()
	w.screen.Resize(width, height)
	w.rows = height
	w.mu.Unlock()
	if err := pty.Setsize(w.device, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		w.t.Fatal(err)
	}
	if height < 16 {
		w.sees("Please make it larger")
		return
	}
	// The rules above and below the page are as wide as the window, and the keys are in its last line.
	w.until("be drawn at the new size", func() bool {
		lines := strings.Split(w.text(), "\n")
		return len(lines) >= height && lines[1] == strings.Repeat("─", width) && lines[height-3] == lines[1] && lines[height-1] != ""
	})
	w.settle()
}

func (w *window) signal(signal syscall.Signal) {
	w.t.Helper()
	if err := w.cmd.Process.Signal(signal); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) gone() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}

// ends waits until the program has ended, and returns its exit code.
func (w *window) ends() int {
	w.t.Helper()
	w.until("an end", w.gone)
	time.Sleep(50 * time.Millisecond) // what was written last is still on its way
	return w.cmd.ProcessState.ExitCode()
}

// restored fails when the terminal was not left as it was: echo, cursor, screen.
func (w *window) restored() {
	w.t.Helper()
	now, err := term.GetState(w.device.Fd())
	if err != nil {
		w.t.Fatal(err)
	}
	if fmt.Sprint(*now) != fmt.Sprint(*w.calm) {
		w.t.Errorf("the terminal was left as %v, it was %v", *now, *w.calm)
	}
	out := w.output()
	for on, off := range map[string]string{"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h", "\x1b[?2004h": "\x1b[?2004l"} {
		if strings.LastIndex(out, on) > strings.LastIndex(out, off) {
			w.t.Errorf("%q was not taken back", on)
		}
	}
}

// afterwards is what stands on the normal screen once the wizard has gone.
func (w *window) afterwards() string {
	out := w.output()
	return out[max(0, strings.LastIndex(out, "\x1b[?1049l")):]
}
