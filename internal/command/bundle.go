package command

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"allyswitch/crm/registry"
	"allyswitch/internal/bundle"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// BundleOptions say what goes into the file for support, and where it goes.
type BundleOptions struct {
	// Hosts shows the addresses of site and CRM.
	Hosts bool
	// Out is the folder to write into, the migration's own when empty.
	Out string
	// Yes writes without asking.
	Yes bool
}

// Bundle shows what a file for support would hold, and writes it when that is wanted. The migration may be open in another process.
func Bundle(options Options, want BundleOptions) error {
	dir, err := folderFor(options, "")
	if err != nil {
		return err
	}
	made, err := bundle.Make(bundleInput(options, dir, want.Hosts))
	if err != nil {
		return err
	}
	if !options.JSON {
		fmt.Fprintf(options.Out, "The file for support would hold:\n  %s\nSecrets, addresses and names are left out.\n", strings.Join(made.Preview(), "\n  "))
	}
	if !want.Yes && options.JSON {
		return writeJSON(options.Out, map[string]any{"event": "bundle-preview", "holds": made.Preview()})
	}
	if !want.Yes && !agrees(options) {
		fmt.Fprintln(options.Out, "Nothing was written. To write it: allyswitch bundle --yes"+dirFlag(options))
		return nil
	}
	path, err := made.Write(cmp.Or(want.Out, dir))
	if err != nil {
		return err
	}
	if options.JSON {
		return writeJSON(options.Out, map[string]any{"event": "bundle", "file": path, "holds": made.Preview()})
	}
	fmt.Fprintf(options.Out, "Written: %s\nLook into it before you send it, if you like: it is an ordinary zip file.\n", path)
	return nil
}

// agrees asks a person at a terminal. Nobody else has agreed to anything.
func agrees(options Options) bool {
	if !isTerminal(options.In) || !isTerminal(options.Out) {
		return false
	}
	fmt.Fprint(options.Out, "Write it? Type yes: ")
	answer, _ := bufio.NewReader(options.In).ReadString('\n')
	return strings.EqualFold(strings.TrimSpace(answer), "yes")
}

func bundleInput(options Options, dir string, hosts bool) bundle.Input {
	return bundle.Input{Dir: dir, Build: options.Build, Choices: choices(), Hosts: hosts, Env: options.Env, Now: time.Now()}
}

// choices are the answers that can be picked from a list, by question, in every CRM.
func choices() map[string][]string {
	found := map[string][]string{}
	for _, entry := range registry.All() {
		deps := &steps.Deps{CRMs: registry.All(), Secrets: steps.NewSecrets(nil)}
		state := steps.Unfolded(deps, entry.Provider.ID)
		for _, step := range steps.All(deps) {
			asker, _ := step.(wizard.Asker)
			for _, question := range asker.Questions(state) {
				for _, choice := range question.Choices {
					found[question.Key] = append(found[question.Key], choice.Value)
				}
			}
		}
	}
	return found
}

// support makes the bundle for a person who asks for it on the screen.
type support struct {
	options Options
	dir     string
}

// Preview says what would be in the file.
func (s support) Preview() ([]string, error) {
	made, err := s.make("(the page)")
	if err != nil {
		return nil, err
	}
	return made.Preview(), nil
}

// Write writes it, with the page that is on display.
func (s support) Write(page string) (string, error) {
	made, err := s.make(page)
	if err != nil {
		return "", err
	}
	return made.Write(s.dir)
}

func (s support) make(page string) (*bundle.Bundle, error) {
	in := bundleInput(s.options, s.dir, false)
	in.Page = page
	made, err := bundle.Make(in)
	if err != nil {
		return nil, errors.Join(errors.New("the file for support could not be made"), err)
	}
	return made, nil
}
