//go:build !windows

package checkpoint

import "syscall"

func withUmask(mask int, fn func()) {
	former := syscall.Umask(mask)
	defer syscall.Umask(former)
	fn()
}
