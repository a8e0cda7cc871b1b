package command

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/windows"
)

// catchStray tells line by line what is written to the process's error output, until it is released. A crash is still told where it would have been.
func catchStray(tell func(line string)) (release func(), err error) {
	before := os.Stderr
	out, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	if err := windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(in.Fd())); err != nil {
		return nil, errors.Join(fmt.Errorf("take the error output: %w", err), out.Close(), in.Close())
	}
	os.Stderr = in
	_ = debug.SetCrashOutput(before, debug.CrashOptions{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		eachLine(out, tell)
	}()
	return func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
		_ = windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(before.Fd()))
		os.Stderr = before
		_ = in.Close()
		<-done
		_ = out.Close()
	}, nil
}
