package steps

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

// Deps is what the steps work with.
type Deps struct {
	Folder  *checkpoint.Folder
	CRMs    []registry.Entry
	Secrets *Secrets
	// Keychain is offered to keep secrets in; nil where there is none, as in a demo.
	Keychain Keychain
	Log      *slog.Logger
	// Transport carries requests to the CRM; nil means the real network.
	Transport http.RoundTripper
	// SiteTransport carries requests to the site; nil means the real network.
	SiteTransport http.RoundTripper
	// Quota is what had been used of the daily allowances when the program started.
	Quota crm.Quota
	// Files reads small result files for the screens, once for each time they change.
	files fileCache

	mu        sync.Mutex
	client    *crm.Client
	clientKey string
}

// provider is the CRM that was chosen.
func (d *Deps) provider(state *checkpoint.State) (crm.Provider, bool) {
	for _, entry := range d.CRMs {
		if entry.Provider.ID == state.CRM.Provider {
			return entry.Provider, true
		}
	}
	return crm.Provider{}, false
}

// crmName is what to call the CRM before and after it has been chosen.
func (d *Deps) crmName(state *checkpoint.State) string {
	if provider, ok := d.provider(state); ok {
		return provider.Name
	}
	return "your CRM"
}

// settings are the answers that open the CRM, secrets among them.
func (d *Deps) settings(state *checkpoint.State) (crm.Provider, map[string]string, string) {
	provider, ok := d.provider(state)
	if !ok {
		return provider, nil, "Choose your CRM on the Start page first."
	}
	values, given := map[string]string{}, false
	for _, option := range provider.Options {
		value := state.Answer(Start, option.Key)
		if option.Secret {
			value = d.Secrets.Get(option.Key)
			given = given || value != ""
		}
		if value == "" && option.Required {
			return provider, nil, wanted(option)
		}
		values[option.Key] = value
	}
	if !given {
		return provider, nil, wanted(crm.Option{Label: "key", Secret: true})
	}
	return provider, values, ""
}

// wanted says which setting is missing, and where to give it.
func wanted(option crm.Option) string {
	text := "Give the " + option.Label + " on the Start page first."
	if option.Secret {
		text += " AllySwitch writes keys to no file, so it is asked for again after every start."
	}
	return text
}

// path is where a file of the migration's folder lies. Where there is no folder, in a list of questions, its name has to do.
func (d *Deps) path(name string) string {
	if d.Folder == nil {
		return name
	}
	return filepath.Join(d.Folder.Dir(), name)
}

// engine is what the engine may know of the state. It is taken before the work begins, on the goroutine that owns the state.
func (d *Deps) engine(state *checkpoint.State) migration.Deps {
	return care(migration.Deps{Folder: d.Folder, Began: state.CRM, UnlistedHaveNone: state.Answer(Export, "tags.unlisted") == "none", LeaveOut: leaveOut(state)}, state)
}

// connect adds the one client of this account, so that its rate windows hold over all tasks.
func (d *Deps) connect(engine migration.Deps, provider crm.Provider, values map[string]string) (migration.Deps, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := fingerprint(provider.ID, values)
	if d.client == nil || d.clientKey != key {
		client, err := crm.Open(provider, crm.Settings{Values: values, Transport: d.Transport, Log: d.Log, OnSecret: d.Secrets.Set, Quota: d.Quota})
		if err != nil {
			return migration.Deps{}, err
		}
		d.client, d.clientKey = client, key
	}
	engine.CRM = d.client
	return engine, nil
}

// Client is the client that was last used, nil before that.
func (d *Deps) Client() *crm.Client {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.client
}
