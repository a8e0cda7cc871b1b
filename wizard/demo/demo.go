// Package demo is a made-up site and a sandbox CRM in one process, to try the wizard on and to rehearse with.
package demo

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wp/wptest"
)

// Options say what to try.
type Options struct {
	// CRM is the ID of the CRM, Members how many people the site has, Faults the name of a fault profile.
	CRM     string
	Members int
	Faults  string
	// Speed is how many times faster than life the sandbox's clock runs.
	Speed float64
	// Folder is where the site's files are put.
	Folder string
	// Conditions are in what the site differs from a well-kept one, for tests.
	Conditions []wptest.Condition
}

// The least and usual sizes of a demo.
const (
	LeastMembers = 25
	Members      = 260
	Speed        = 60
)

// managed is the word of the made-up AccessAlly for having no CRM. What the real one says is not published.
const managed = "managed"

// Demo is a site and a CRM that exist only in this process.
type Demo struct {
	Site    *wptest.Site
	Sandbox sandbox.Sandbox
	// Transport reaches the sandbox without a network.
	Transport http.RoundTripper
	// SiteTransport reaches the site without a network.
	SiteTransport http.RoundTripper
	server        *wptest.Handler
	// export is the made-up download, which a made-up owner deletes in the end.
	export string
	// Answers are what a person would answer on the first pages; Secrets open the sandbox.
	Answers map[string]string
	Secrets map[string]string
}

// New makes a demo and writes the files that a person would have downloaded from the site.
func New(options Options) (*Demo, error) {
	entry, ok := registry.Find(options.CRM)
	if !ok {
		return nil, fmt.Errorf("there is no CRM called %q; there are %s", options.CRM, registry.Names())
	}
	site := wptest.New(max(options.Members, LeastMembers), 1)
	box := entry.Sandbox(sandbox.Options{Speed: options.Speed, Faults: options.Faults, Seed: 1})
	server := site.Handler(options.Conditions...)
	server.SwitchTo(managed)
	export := filepath.Join(options.Folder, "user-export-demo.csv")
	demo := &Demo{server: server, export: export, SiteTransport: sandbox.Transport(server), Site: site, Sandbox: box, Transport: sandbox.Transport(box), Secrets: map[string]string{}, Answers: map[string]string{
		"site.url": "https://demo.example.com", "crm.provider": options.CRM, "crm.url": "http://127.0.0.1",
		"export.file": export, "tags.file": filepath.Join(options.Folder, "tags-demo.csv"), "values.used": "no",
	}}
	for place, word := range placesSeen() {
		demo.Answers["tag-review.references."+place] = word
	}
	for key, value := range box.Credentials() {
		demo.keep(entry, key, value)
	}
	login := server.Credentials()
	demo.Answers["site.user"], demo.Secrets["site.password"] = login["site.user"], login["site.password"]
	return demo, demo.writeFiles()
}

// placesSeen are the places of the made-up site that no machine can settle, and what its made-up owner says of each in step 9.
func placesSeen() map[string]string {
	return map[string]string{
		"Offers now": "x", // the tag of its shortcode is in no CRM
		"theme-code": "s made up: the demo's owner says that the theme names no tag by number",
		"_accessally_post_permission (number 103)": "s made up: the demo's owner says that the page shows the right tag",
	}
}

// keep sorts a credential to the answers or to the secrets.
func (d *Demo) keep(entry registry.Entry, key, value string) {
	for _, option := range entry.Provider.Options {
		if option.Key == key && !option.Secret {
			d.Answers[key] = value
			return
		}
	}
	d.Secrets[key] = value
}

func (d *Demo) writeFiles() error {
	for key, data := range map[string][]byte{"export.file": d.Site.Export(), "tags.file": d.Site.MemberTags()} {
		if err := os.WriteFile(d.Answers[key], data, 0o600); err != nil {
			return fmt.Errorf("write the demo's files: %w", err)
		}
	}
	return nil
}

// Follow does what the owner has just ticked off as done on the made-up site, and with the made-up download: nobody else would.
func (d *Demo) Follow(state *checkpoint.State) {
	entry, ok := registry.Find(state.CRM.Provider)
	if kept := state.Steps["switch"]; ok && kept != nil {
		if _, switched := kept.Ticks["switched"]; switched {
			d.server.SwitchTo(entry.Provider.AccessAllySystem)
		}
	}
	if kept := state.Steps["maintenance"]; kept != nil {
		_, closed := kept.Ticks["on"]
		d.server.Set(wptest.ClosedFront, closed && !finished(state, "open"))
	}
	if finished(state, "export-deleted") && !finished(state, "export-kept") {
		_ = os.Remove(d.export) // where it cannot be deleted, the last page says that it is still there
	}
}

// finished says that a box of the last page is ticked.
func finished(state *checkpoint.State, key string) bool {
	kept := state.Steps["finish"]
	if kept == nil {
		return false
	}
	_, ticked := kept.Ticks[key]
	return ticked
}
