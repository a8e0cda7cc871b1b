//go:build unix

package command

import (
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
	// Not os.Stderr: "go test -json" puts something else in its place.
	long := strings.Repeat("x", 100_000)
	for _, text := range []string{"a library\n", "the runtime\n\nwithout an end", long + "\n"} {
		_, _ = syscall.Write(2, []byte(text))
	}
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
