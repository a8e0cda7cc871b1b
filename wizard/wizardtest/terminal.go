package wizardtest

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/vt"

	"allyswitch/wizard"
)

// Terminal is a whole wizard running in a terminal emulator, inside a synctest bubble: time is faked, nothing really waits.
type Terminal struct {
	t        testing.TB
	size     Size
	screen   *vt.Emulator
	keyboard *io.PipeWriter
	signals  chan os.Signal
	cancel   context.CancelFunc
	ended    chan error
	closed   bool

	mutex sync.Mutex
	raw   bytes.Buffer
}

// Start runs a Shell as a program. It must be called inside synctest.Test.
func Start(t testing.TB, shell *wizard.Shell, size Size, environ ...string) *Terminal {
	t.Helper()
	reader, writer := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	term := &Terminal{t: t, size: size, screen: vt.NewEmulator(size.Width, size.Height), keyboard: writer,
		signals: make(chan os.Signal), cancel: cancel, ended: make(chan error, 1)}
	t.Cleanup(func() { _ = term.Close() })
	// What the terminal answers to queries comes in like typing.
	go func() { _, _ = io.Copy(writer, term.screen) }()
	go func() {
		err := wizard.Run(ctx, shell, wizard.RunOptions{
			In: reader, Out: term, Environ: append([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}, environ...),
			Width: size.Width, Height: size.Height, Signals: term.signals,
		})
		_ = reader.Close() // nobody listens to the keyboard any more
		term.ended <- err
	}()
	term.Wait(200 * time.Millisecond)
	return term
}

// Write takes what the program draws.
func (t *Terminal) Write(data []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.raw.Write(data)
	// Without a terminal device behind the input, the program leaves it to the driver to return the carriage.
	_, err := t.screen.Write(bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")))
	return len(data), err
}

// Raw returns all bytes that the program has sent so far.
func (t *Terminal) Raw() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.raw.String()
}

// Wait lets time pass, and everything settle.
func (t *Terminal) Wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// Press sends keys by name, one after the other.
func (t *Terminal) Press(names ...string) {
	for _, name := range names {
		t.send(name)
	}
}

func (t *Terminal) send(name string) {
	t.Type(sequence(name))
	if name == "esc" {
		// A lone escape is only one when nothing follows for a while.
		t.Wait(200 * time.Millisecond)
	}
}

// sequence is what a keyboard sends for a key.
func sequence(name string) string {
	known := map[string]string{
		"enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "esc": "\x1b", "space": " ", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C",
		"left": "\x1b[D", "pgup": "\x1b[5~", "pgdown": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F", "backspace": "\x7f", "f1": "\x1bOP",
	}
	if bytes, ok := known[name]; ok {
		return bytes
	}
	if letter, found := strings.CutPrefix(name, "ctrl+"); found {
		return string(rune(letter[0] & 0x1f))
	}
	return name
}

// Type sends a text as typing.
func (t *Terminal) Type(text string) {
	_, _ = io.WriteString(t.keyboard, text)
	t.Wait(50 * time.Millisecond)
}

// Paste sends a text as a bracketed paste.
func (t *Terminal) Paste(text string) { t.Type("\x1b[200~" + text + "\x1b[201~") }

// Signal sends the program a signal.
func (t *Terminal) Signal(signal os.Signal) {
	t.signals <- signal
	t.Wait(50 * time.Millisecond)
}

// Cancel ends the program's context.
func (t *Terminal) Cancel() {
	t.cancel()
	t.Wait(50 * time.Millisecond)
}

// Lines returns what the terminal shows.
func (t *Terminal) Lines() []string {
	t.Wait(50 * time.Millisecond)
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return lines(t.screen, t.size)
}

// Text returns what the terminal shows, as one text.
func (t *Terminal) Text() string { return strings.Join(t.Lines(), "\n") }

// Sees fails the test when a text is not on the screen.
func (t *Terminal) Sees(texts ...string) {
	t.t.Helper()
	shown := t.Text()
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			t.t.Fatalf("the screen does not show %q:\n%s", text, shown)
		}
	}
}

// SeesNot fails the test when a text is on the screen.
func (t *Terminal) SeesNot(texts ...string) {
	t.t.Helper()
	shown := t.Text()
	for _, text := range texts {
		if strings.Contains(shown, text) {
			t.t.Fatalf("the screen shows %q:\n%s", text, shown)
		}
	}
}

// Ended says whether the program has ended, and how.
func (t *Terminal) Ended() (bool, error) {
	synctest.Wait()
	select {
	case err := <-t.ended:
		t.close()
		return true, err
	default:
		return t.closed, nil
	}
}

// Close ends the program by a signal, and waits for it. It happens by itself at the end of the test.
func (t *Terminal) Close() error {
	if t.closed {
		return nil
	}
	var err error
	select {
	case t.signals <- os.Interrupt:
		err = <-t.ended
	case err = <-t.ended:
	}
	t.close()
	return err
}

func (t *Terminal) close() {
	t.closed = true
	t.cancel()
	_ = t.keyboard.Close()
	hangUp(t.screen)
	t.Wait(time.Minute)
}
