package version

import (
	"runtime/debug"
	"strings"
	"testing"
)

// info is what Go writes into a program that was built from a checkout.
var info = &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{
	{Key: "vcs.revision", Value: "abc123"}, {Key: "vcs.time", Value: "2026-11-21T20:00:00Z"}, {Key: "vcs.modified", Value: "true"},
}}

func TestAReleaseKeepsWhatItWasGiven(t *testing.T) {
	build := read("1.2.3", "def456", "2026-12-01T00:00:00Z", info)
	if build.Version != "1.2.3" || build.Commit != "def456" || build.Date != "2026-12-01T00:00:00Z" || build.Modified {
		t.Errorf("a release says %+v", build)
	}
}

func TestABuildFromACheckoutAsksGo(t *testing.T) {
	build := read(Unset, "", "", info)
	if build.Version != Unset || build.Commit != "abc123" || !build.Modified || build.Date != "2026-11-21T20:00:00Z" {
		t.Errorf("a build from a checkout says %+v", build)
	}
	if text := build.String(); !strings.Contains(text, "abc123, with changes") {
		t.Errorf("for people it says:\n%s", text)
	}
}

func TestGoInstallGivesTheVersionOfTheModule(t *testing.T) {
	if build := read(Unset, "", "", &debug.BuildInfo{Main: debug.Module{Version: "v1.4.0"}}); build.Version != "v1.4.0" {
		t.Errorf("it says %q", build.Version)
	}
}

func TestWithoutAnythingItIsHonest(t *testing.T) {
	build := read(Unset, "", "", nil)
	if text := build.String(); build.Go == "" || build.Platform == "" || strings.Count(text, "not known") != 2 {
		t.Errorf("it says:\n%s", text)
	}
}
