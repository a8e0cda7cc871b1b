//go:build unix

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatIsPrintedBesideTheScreenDoesNotDamageIt lets Go's runtime print to the error output while the wizard is drawn, as a library might.
func TestWhatIsPrintedBesideTheScreenDoesNotDamageIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "migration")
	w := open(t, 80, 24, []string{"GODEBUG=gctrace=1", "GOGC=20"}, binary, "demo", "--members", "25", "--dir", dir)
	w.walk(func(text string) bool { return strings.Contains(text, "Step 4 of 13") })
	w.press("\x03")
	w.sees("Leave AllySwitch?")
	w.send("y")
	w.ends()
	w.restored()
	_, drawn, _ := strings.Cut(w.output(), "\x1b[?1049h")
	drawn, after, _ := strings.Cut(drawn, "\x1b[?1049l")
	if at := strings.Index(drawn, "MB goal"); at >= 0 {
		t.Errorf("it was printed into the picture: …%q…", drawn[max(0, at-60):at+20])
	}
	if log, err := os.ReadFile(filepath.Join(dir, "allyswitch.log")); err != nil || !strings.Contains(string(log), "MB goal") {
		t.Errorf("it is not in the log either (%v)", err)
	}
	if !strings.Contains(after, "Your progress is saved. To go on") {
		t.Errorf("the normal screen says\n%s", after)
	}
}
