package command

import (
	"os"
	"runtime/debug"
)

// memoryLimit keeps the process below 400 MiB with half a million members, at the price of some time. GOMEMLIMIT overrides it.
const memoryLimit = 350 << 20

// LimitMemory asks the runtime to collect garbage before it takes more memory than that.
func LimitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
