package command

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wp/wptest"
)

// SandboxOptions say what to serve.
type SandboxOptions struct {
	Listen  string
	Members int
	Faults  string
	Speed   float64
}

// sandboxReady is the line that says where everything is. The credentials open made-up accounts only.
type sandboxReady struct {
	Event string                       `json:"event"`
	URL   string                       `json:"url"`
	Speed float64                      `json:"speed"`
	Site  map[string]string            `json:"site"`
	CRM   map[string]map[string]string `json:"crm"`
}

// Sandbox serves the made-up site and all five CRMs until the context ends.
func Sandbox(ctx context.Context, options Options, sandboxOptions SandboxOptions) error {
	listener, err := net.Listen("tcp", sandboxOptions.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", sandboxOptions.Listen, err)
	}
	mux, ready := sandboxMux(sandboxOptions, "http://"+listener.Addr().String())
	if err := announce(options, ready); err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); err != nil && err != http.ErrServerClosed {
		return fmt.Errorf("serve the sandbox: %w", err)
	}
	return nil
}

// sandboxMux puts the site and each CRM below a path of its own.
func sandboxMux(options SandboxOptions, url string) (*http.ServeMux, sandboxReady) {
	mux := http.NewServeMux()
	ready := sandboxReady{Event: "sandbox", URL: url, Speed: max(options.Speed, 1), CRM: map[string]map[string]string{}}
	site := wptest.New(max(options.Members, 1), 1)
	server := site.Handler()
	mux.Handle("/site/", http.StripPrefix("/site", server))
	login := server.Credentials()
	ready.Site = map[string]string{"url": url + "/site", "user": login["site.user"], "password": login["site.password"], "export": url + "/site/user-export.csv", "tags": url + "/site/member-tags.csv"}
	for _, entry := range registry.All() {
		box := entry.Sandbox(sandbox.Options{Speed: options.Speed, Faults: options.Faults, Seed: 1})
		path := "/" + entry.Provider.ID
		mux.Handle(path+"/", http.StripPrefix(path, box))
		ready.CRM[entry.Provider.ID] = openWith(url+path, box.Credentials())
	}
	return mux, ready
}

// openWith are the settings that open a sandbox, by the last part of their names: url, key, token, app_id, account_id.
func openWith(url string, credentials map[string]string) map[string]string {
	settings := map[string]string{"url": url}
	for key, value := range credentials {
		settings[strings.TrimPrefix(key, "crm.")] = value
	}
	return settings
}

func announce(options Options, ready sandboxReady) error {
	if options.JSON {
		return writeJSON(options.Out, ready)
	}
	fmt.Fprintf(options.Out, "The sandbox runs at %s, %g times faster than life. Stop it with ctrl+c.\n\n", ready.URL, ready.Speed)
	fmt.Fprintf(options.Out, "Site: %s\n  user: %s\n  application password: %s\n  export file: %s\n  member tags: %s\n", ready.Site["url"], ready.Site["user"],
		ready.Site["password"], ready.Site["export"], ready.Site["tags"])
	for _, entry := range registry.All() {
		fmt.Fprintf(options.Out, "\n%s\n", entry.Provider.Name)
		for _, name := range []string{"url", "app_id", "account_id", "key", "token"} {
			if value := ready.CRM[entry.Provider.ID][name]; value != "" {
				fmt.Fprintf(options.Out, "  crm.%s: %s\n", name, value)
			}
		}
	}
	return nil
}
