// Package version knows which build of the program this is.
package version

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Unset stands for a version that nobody has given: a build from a checkout.
const Unset = "development"

// Build is one build of the program.
type Build struct {
	Version string `json:"version"`
	// Commit is the git commit, empty when it is not known; Modified says that files were changed since.
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	// Date is when the commit was made, in RFC 3339, empty when it is not known. It is not when the build ran: two builds of one commit are the same.
	Date string `json:"date,omitempty"`
	Go   string `json:"go"`
	// Platform is the operating system and the processor: linux/amd64.
	Platform string `json:"platform"`
}

// Read takes what a release was given when it was built, and for the rest what Go itself wrote into the program.
func Read(version, commit, date string) Build {
	info, _ := debug.ReadBuildInfo()
	return read(version, commit, date, info)
}

func read(version, commit, date string, info *debug.BuildInfo) Build {
	build := Build{Version: version, Commit: commit, Date: date, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		return build
	}
	if build.Version == Unset && info.Main.Version != "(devel)" {
		build.Version = cmp.Or(info.Main.Version, Unset)
	}
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	if build.Commit == "" {
		build.Commit, build.Modified = settings["vcs.revision"], settings["vcs.modified"] == "true"
	}
	build.Date = cmp.Or(build.Date, settings["vcs.time"])
	return build
}

// String is the build in a few lines for people.
func (b Build) String() string {
	commit := cmp.Or(b.Commit, "not known")
	if b.Modified {
		commit += ", with changes"
	}
	return fmt.Sprintf("AllySwitch %s\ncommit   %s\ndate     %s\nGo       %s\nplatform %s\n", b.Version, commit, cmp.Or(b.Date, "not known"), b.Go, b.Platform)
}
