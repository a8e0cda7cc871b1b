package plain_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"allyswitch/wizard"
	"allyswitch/wizard/plain"
	"allyswitch/wizard/wizardtest"
)

// seen keeps what a terminal shows.
type seen struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (s *seen) Write(data []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.Write(data)
}

func (s *seen) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

// until waits for something that another goroutine brings about.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if happened() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

func TestASecretIsNotEchoedOnATerminal(t *testing.T) {
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Skipf("no terminal device: %v", err)
	}
	defer screen.Close()
	defer terminal.Close()
	shown := &seen{}
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := screen.Read(buffer)
			if err != nil {
				return
			}
			_, _ = shown.Write(buffer[:n])
		}
	}()
	folder := wizardtest.NewShelf()
	folder.Now.Step("connect").Answers = map[string]string{"site.url": "https://example.com", "crm.provider": "kit"}
	ended := make(chan error, 1)
	go func() {
		_, err := plain.Run(t.Context(), plain.Config{Steps: []wizard.Step{wizardtest.Asking()}, Folder: folder, In: terminal, Out: terminal, Interactive: true})
		ended <- err
	}()
	echoes := func() bool {
		state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
		return err == nil && state.Lflag&unix.ECHO != 0
	}
	until(t, "the question", func() bool { return strings.Contains(shown.String(), "it is not shown") })
	until(t, "the echo to be off", func() bool { return !echoes() })
	_, _ = screen.WriteString("sk-0123456789abcdef\n")
	until(t, "the next question", func() bool { return strings.Contains(shown.String(), "What do you call your site?") })
	if !echoes() {
		t.Error("the echo stayed off after the secret")
	}
	_, _ = screen.WriteString("Our site\n")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := folder.Now.Answer("connect", "crm.key"); got != "sk-0123456789abcdef" {
		t.Errorf("the secret is %q", got)
	}
	if strings.Contains(shown.String(), "0123456789") {
		t.Errorf("the secret was shown:\n%s", shown)
	}
}
