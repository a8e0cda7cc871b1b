//go:build unix

package command

import "syscall"

// PreventCoreDumps keeps keys, which are in memory, out of the file that the system writes when a program crashes. It is done as well as it can be:
// an error changes nothing.
//
// The limit is one byte and not none: Linux hands a dump to a collecting program even under a limit of 0, but takes 1 for a dump within a dump
// and stops (core(5), "Piping core dumps to a program", and fs/coredump.c). Elsewhere a file of one byte is too small to be written.
func PreventCoreDumps() {
	limit := syscall.Rlimit{Cur: 1, Max: 1}
	var now syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_CORE, &now) == nil && now.Max < limit.Max {
		limit = syscall.Rlimit{} // it is forbidden already, and a limit cannot be raised
	}
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &limit)
}
