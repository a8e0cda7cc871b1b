//go:build !race

package crmtest_test

import (
	"os"
	"os/exec"
	"testing"
)

// A suite that cannot fail shows nothing: each of these mistakes must be found.
func TestTheSuiteFindsMistakes(t *testing.T) {
	if os.Getenv(mutantVariable) != "" || testing.Short() {
		t.Skip("this is a mutant, or there is little time")
	}
	for _, mistake := range []string{
		"blanks overwrite", "consent is raised", "automations start", "a repetition makes another contact", "only the first page is read",
		"tags are not applied", "the limits are wrong", "an unknown path is asked", "secrets are told",
		"a lower-case address only",
	} {
		t.Run(mistake, func(t *testing.T) {
			run := exec.Command(os.Args[0], "-test.run=^TestExampleCRM$/^default$", "-test.short")
			run.Env = append(os.Environ(), mutantVariable+"="+mistake)
			if output, err := run.CombinedOutput(); err == nil {
				t.Errorf("nobody noticed:\n%s", output)
			}
		})
	}
	run := exec.Command(os.Args[0], "-test.run=^TestExampleCRM$/^default$", "-test.short")
	run.Env = append(os.Environ(), mutantVariable+"=no mistake")
	if output, err := run.CombinedOutput(); err != nil {
		t.Errorf("without a mistake it fails too:\n%s", output)
	}
}
