package command

import "strings"

// childEnvironment leaves our secrets out of what other programs get to see.
func childEnvironment(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		if !strings.HasPrefix(strings.ToUpper(entry), "ALLYSWITCH_") { // on Windows, case does not matter in names
			kept = append(kept, entry)
		}
	}
	return kept
}
