package command

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestNoCoreIsDumpedOnceThatIsPrevented(t *testing.T) {
	if os.Getenv("ALLYSWITCH_TEST_LIMITS") == "child" {
		PreventCoreDumps()
		limits, err := os.ReadFile("/proc/self/limits")
		if err != nil {
			t.Skip("no limits to read here")
		}
		os.Stdout.Write(limits)
		os.Exit(0)
	}
	self := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	self.Env = append(os.Environ(), "ALLYSWITCH_TEST_LIMITS=child")
	out, err := self.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "Max core file size") {
			if hard := fields[len(fields)-2]; hard != "1" && hard != "0" {
				t.Errorf("cores may be dumped: %s", line)
			}
			return
		}
	}
	t.Errorf("no limit for cores in\n%s", out)
}
