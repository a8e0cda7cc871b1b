//go:build unix

package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTheDemoInATerminal walks through the whole demo with keys, in a window that changes its size, and reads the summary on the normal screen.
func TestTheDemoInATerminal(t *testing.T) {
	w := open(t, 100, 30, nil, binary, "demo", "--members", "30")
	w.sees("What moves where", "AllySwitch moves your members")
	w.walk(func(text string) bool { return strings.Contains(text, "Step 3 of 13") })
	w.resize(80, 24)
	w.walk(func(text string) bool { return strings.Contains(text, "Step 5 of 13") })
	w.resize(40, 10)
	w.resize(60, 16)
	w.sees("Step 5 of 13")
	w.walk(func(text string) bool { return strings.Contains(text, "Step 10 of 13") })
	w.resize(120, 40)
	w.sees("Step 10 of 13")
	w.walk(func(text string) bool { return strings.Contains(text, "› [ Close AllySwitch ]") })
	w.leaves()
	if code := w.ends(); code != 0 {
		t.Errorf("exit %d", code)
	}
	w.restored()
	for _, text := range []string{"27 members, 3 left out", "All 27 members keep access", "The migration is finished.", "Everything is in "} {
		if !strings.Contains(w.afterwards(), text) {
			t.Errorf("the normal screen does not say %q:\n%s", text, w.afterwards())
		}
	}
}

// TestSignalsSaveAndRestore ends the wizard from outside in the middle of the import. What was done is recorded, and the terminal is as it was.
func TestSignalsSaveAndRestore(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "migration")
			w := open(t, 80, 24, nil, binary, "demo", "--crm", "ontraport", "--members", "160", "--speed", "1", "--dir", dir)
			w.walk(func(text string) bool { return strings.Contains(text, "› ○ Send everybody else") })
			w.press("\r")
			w.sees("stop safely")
			w.signal(signal)
			w.ends()
			w.restored()
			if !strings.Contains(w.afterwards(), "Your progress is saved. To go on") {
				t.Errorf("the normal screen says\n%s", w.afterwards())
			}
			if task := kept(t, dir).Steps["import"].Tasks["all"]; task.Outcome != "stopped" || task.Ended == "" {
				t.Errorf("the import is recorded as %+v", task)
			}
			out, err := exec.Command(binary, "status", "--dir", dir).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "Import the members into the CRM") {
				t.Errorf("status: %v\n%s", err, out)
			}
		})
	}
}

// checkpoint is what these tests look at in the saved state.
type checkpoint struct {
	Steps map[string]struct {
		Tasks map[string]struct{ Ended, Outcome string }
	}
}

func kept(t *testing.T, dir string) checkpoint {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "checkpoint.json"))
	if err != nil {
		t.Fatal(err)
	}
	var state checkpoint
	if err := json.Unmarshal(data, &state); err != nil {
		t.Fatal(err)
	}
	return state
}

// TestSuspendAndResume walks through the whole demo in a window of the shell, and puts the wizard into the background on the way: on a page, in the middle of
// the import, and after that.
func TestSuspendAndResume(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	w := open(t, 80, 24, []string{"PS1=ready> ", "HISTFILE="}, shell, "--norc", "--noprofile", "-i")
	w.sees("ready>")
	w.send(binary + " demo --members 25\r")
	w.sees("What moves where")
	w.away()
	w.walk(func(text string) bool {
		return strings.Contains(text, "Step 4 of 13") && strings.Contains(text, "stop safely")
	})
	w.away()
	w.walk(func(text string) bool { return strings.Contains(text, "Step 9 of 13") })
	w.away()
	w.sees("Step 9 of 13")
	w.walk(func(text string) bool { return strings.Contains(text, "› [ Close AllySwitch ]") })
	w.leaves()
	w.sees("keep access", "The migration is finished.")
	w.send("exit\r")
	w.ends()
}

// away leaves the wizard for the shell, does something there, and comes back.
func (w *window) away() {
	w.t.Helper()
	w.settle()
	w.send("\x1a")
	w.sees("Stopped")
	w.send("clear; echo still $((40+2)) here\r")
	w.sees("still 42 here")
	w.send("fg\r")
	w.sees("Esc back · F1 help")
	w.settle()
}

// colour finds every code that sets a colour.
var colour = regexp.MustCompile(`\x1b\[(?:[0-9;:]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:[;:][0-9;:]*)?m`)

// TestColours sends none when NO_COLOR has any value or --no-color is given, and some otherwise.
func TestColours(t *testing.T) {
	for name, way := range map[string]struct {
		env, flags []string
		want       bool
	}{
		"usual": {want: true}, "NO_COLOR=yes": {env: []string{"NO_COLOR=yes"}}, "NO_COLOR=1": {env: []string{"NO_COLOR=1"}}, "--no-color": {flags: []string{"--no-color"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, 80, 24, way.env, binary, append([]string{"demo", "--members", "25"}, way.flags...)...)
			w.sees("What this step does")
			w.press("\x0c") // the list of all steps
			w.settle()
			if got := colour.FindString(w.output()); (got != "") != way.want {
				t.Errorf("colours are sent: %v, want %v: %q", got != "", way.want, got)
			}
		})
	}
}

// TestWithoutAScreen goes line by line where no screen can be drawn.
func TestWithoutAScreen(t *testing.T) {
	for name, way := range map[string]struct{ env, flags []string }{
		"TERM=dumb": {env: []string{"TERM=dumb"}}, "ACCESSIBLE=1": {env: []string{"ACCESSIBLE=1"}}, "--plain": {flags: []string{"--plain"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, 80, 24, way.env, binary, append([]string{"demo", "--members", "25"}, way.flags...)...)
			w.sees("Press Enter to go on.")
			w.send("quit\r")
			w.ends()
			if out := w.output(); strings.Contains(out, "\x1b") || !strings.Contains(out, "line by line.") || !strings.Contains(out, "== Start: What moves where") || !strings.Contains(out, "Your progress is saved") {
				t.Errorf("%q", out)
			}
		})
	}
}

// TestPipedAnswers goes line by line through a pipe, and ends when the pipe does, with its progress saved.
func TestPipedAnswers(t *testing.T) {
	cmd := exec.Command(binary, "demo", "--members", "25")
	cmd.Env, cmd.Stdin = environment(t), strings.NewReader("help\nquit\n")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "\x1b") || !strings.Contains(string(out), "What to tell support") || !strings.Contains(string(out), "Next: start, What moves where") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAnUnattendedDemoIsQuick keeps the promise that it takes under a minute.
func TestAnUnattendedDemoIsQuick(t *testing.T) {
	began := time.Now()
	cmd := exec.Command(binary, "demo", "--auto", "--json", "--crm", "kit")
	cmd.Env = environment(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var summary map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &summary); err != nil || summary["event"] != "summary" || summary["done"] != true || summary["access_lost"] != 0.0 {
		t.Errorf("%v %v", err, summary)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
}
