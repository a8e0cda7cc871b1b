//go:build !unix

package command

// PreventCoreDumps does nothing here: Windows writes dumps only where an administrator has set it up.
func PreventCoreDumps() {}
