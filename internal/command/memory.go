package command

import (
	"os"
	"runtime/debug"

	"allyswitch/wizard/migration"
)

// memoryLimit keeps the process below 400 MiB with half a million members, at the price of some time. GOMEMLIMIT overrides it.
const memoryLimit = 330 << 20

// LimitMemory asks the runtime to collect garbage before it takes more memory than that.
func LimitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// allowMemory sets the limit for the members in a folder.
func allowMemory(dir string) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(migration.MemoryLimit(dir))
	}
}
