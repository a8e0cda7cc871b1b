//go:build unix

package command

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// catchStray tells line by line what is written to the process's error output, until it is released. A crash is still told where it would have been.
func catchStray(tell func(line string)) (release func(), err error) {
	const stderr = 2
	before, err := unix.FcntlInt(stderr, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("keep the error output: %w", err)
	}
	kept := os.NewFile(uintptr(before), "stderr")
	out, in, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a pipe: %w", err), kept.Close())
	}
	if err := unix.Dup2(int(in.Fd()), stderr); err != nil {
		return nil, errors.Join(fmt.Errorf("take the error output: %w", err), kept.Close(), out.Close(), in.Close())
	}
	_ = in.Close()
	_ = debug.SetCrashOutput(kept, debug.CrashOptions{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		eachLine(out, tell)
	}()
	return func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
		_ = unix.Dup2(before, stderr) // the pipe's last writer goes, so that its reader ends
		<-done
		_, _ = kept.Close(), out.Close()
	}, nil
}
