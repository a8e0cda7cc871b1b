package wizard

import "strings"

// NeedsASCII says that a terminal may not show signs beyond ASCII: the Linux console, a locale that is not UTF-8, and the old Windows console,
// whose fonts lack them. getenv looks up an environment variable; goos is runtime.GOOS.
func NeedsASCII(getenv func(string) string, goos string) bool {
	if goos == "windows" {
		return getenv("WT_SESSION") == "" && getenv("TERM_PROGRAM") == "" && getenv("ConEmuANSI") == "" && getenv("TERM") == ""
	}
	if getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(getenv(name)); value != "" {
			return !strings.Contains(value, "utf-8") && !strings.Contains(value, "utf8")
		}
	}
	return false
}
