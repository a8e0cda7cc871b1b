package command

import (
	"os"
	"strings"
)

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

// TakeEnvironment looks variables up as os.Getenv does, but takes our secrets out of the environment first, so that no program started from here inherits them.
func TakeEnvironment() func(name string) string {
	taken := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "ALLYSWITCH_CRM_") || strings.HasPrefix(name, "ALLYSWITCH_SITE_") {
			taken[name] = value
			os.Unsetenv(name)
		}
	}
	return func(name string) string {
		if value, ok := taken[name]; ok {
			return value
		}
		return os.Getenv(name)
	}
}
