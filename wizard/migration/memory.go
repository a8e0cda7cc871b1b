package migration

import (
	"os"
	"path/filepath"
)

// The memory that a process may take before it collects garbage harder.
const (
	usualMemory = 330 << 20
	mostMemory  = 520 << 20
)

// MemoryLimit is how much memory, in bytes, a process may take that works on the members in a folder: 330 MiB, which keeps it below 400 MiB with half a million
// members, and more where they have very many tags, up to 520 MiB.
func MemoryLimit(dir string) int64 {
	tags, err := os.Stat(filepath.Join(dir, TagsFile))
	if err != nil {
		return usualMemory
	}
	return min(mostMemory, usualMemory+tags.Size()/4)
}
