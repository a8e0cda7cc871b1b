// Package failpoint lets a test kill the program at a named moment, as a power cut would. It is test support: without the environment variable
// ALLYSWITCH_FAILPOINT, which is read once at the start, a failpoint costs one comparison.
package failpoint

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Variable names the failpoint at which the process kills itself: "journal-after-sync", or "journal-after-sync#3" for the third time it is reached.
const Variable = "ALLYSWITCH_FAILPOINT"

// armed is fixed at the start of the program: nil when no failpoint is wanted, as always outside tests.
var armed = parse(os.Getenv(Variable))

// target is a failpoint and how many more times it has to be reached.
type target struct {
	name string
	left atomic.Int64
}

// Hit kills the process, without any clean-up, when the environment variable names this point. Otherwise it does nothing.
func Hit(name string) {
	if armed != nil && armed.reached(name) {
		kill()
	}
}

// parse reads name or name#n. It returns nil when nothing is asked for.
func parse(value string) *target {
	if value == "" {
		return nil
	}
	wanted := &target{name: value}
	wanted.left.Store(1)
	if name, number, found := strings.Cut(value, "#"); found {
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > 0 {
			wanted.name = name
			wanted.left.Store(n)
		}
	}
	return wanted
}

// reached counts a visit and says whether it is the one that was asked for.
func (t *target) reached(name string) bool {
	return name == t.name && t.left.Add(-1) == 0
}

// kill ends the process with SIGKILL (TerminateProcess on Windows) and never returns.
func kill() {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill()
	}
	select {}
}
