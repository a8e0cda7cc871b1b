//go:build unix

package command

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"allyswitch/steps"
)

func TestWhatIsPrintedBesideTheScreenIsCaught(t *testing.T) {
	var lines []string
	release, err := catchStray(func(line string) { lines = append(lines, line) })
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(os.Stderr, "a library")
	_, _ = syscall.Write(2, []byte("the runtime\n\nwithout an end"))
	long := strings.Repeat("x", 100_000)
	fmt.Fprintln(os.Stderr, long)
	release()
	if len(lines) < 4 || !slices.Equal(lines[:2], []string{"a library", "the runtime"}) || strings.Join(lines[2:], "") != "without an end"+long {
		t.Errorf("caught were %.200q", lines)
	}
	count := len(lines)
	release, err = catchStray(func(line string) { lines = append(lines, line) })
	if err != nil {
		t.Fatal(err)
	}
	release()
	if len(lines) != count {
		t.Errorf("after that %q came", lines[count:])
	}
}

func TestASecretThatALibraryPrintsIsNotLogged(t *testing.T) {
	secrets := steps.NewSecrets(map[string]string{"crm.key": "sk-0123456789", "site.password": "abcd efgh"})
	got := withoutSecrets("GET /?key=sk-0123456789 as admin:abcd efgh\x1b[2J", secrets)
	if want := "GET /?key=[redacted] as admin:[redacted]"; got != want {
		t.Errorf("logged would be %q, want %q", got, want)
	}
}
