// Package command does what each command of the program promises: it puts folder, steps and front end together, and says at the end what has been done.
package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/internal/version"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// Options are what all commands share.
type Options struct {
	// Dir is the migration's folder, empty for the per-user one.
	Dir     string
	Plain   bool
	Privacy bool
	NoColor bool
	// Recover is the way out of a damaged folder: backup, journal or again. Empty asks, where a person is there.
	Recover string
	JSON    bool
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	// Env looks up an environment variable.
	Env     func(string) string
	Version string
	// Build is all that is known of this build; Version is a part of it.
	Build version.Build
}

// Session is an open migration: its folder, its steps, and what they work with.
type Session struct {
	Folder  *checkpoint.Folder
	Deps    *steps.Deps
	Steps   []wizard.Step
	Log     *slog.Logger
	started time.Time
	logFile io.Closer
	// follow lets a demo's site do what was ticked off as done there; nil in a real migration.
	follow func(*checkpoint.State)
}

// sessionInput is what a demo brings along; it is empty for a real migration.
type sessionInput struct {
	site      string
	transport http.RoundTripper
	// siteTransport reaches the made-up site.
	siteTransport http.RoundTripper
	secrets       map[string]string
	demo          bool
}

// open opens the migration's folder, its log, and the steps.
func open(options Options, input sessionInput) (*Session, error) {
	dir, err := folderFor(options, input.site)
	if err != nil {
		return nil, err
	}
	folder, err := openFolder(options, dir)
	if err != nil {
		return nil, err
	}
	allowMemory(dir)
	session := &Session{Folder: folder, started: time.Now()}
	secrets := environmentSecrets(options.Env)
	for key, value := range input.secrets {
		secrets[key] = value
	}
	if err := session.openLog(); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	state := folder.State()
	state.Demo = state.Demo || input.demo
	session.Deps = &steps.Deps{Folder: folder, CRMs: registry.All(), Secrets: steps.NewSecrets(secrets), Log: session.Log, Transport: input.transport, SiteTransport: input.siteTransport,
		Quota: crm.Quota{Day: state.CRM.QuotaDay, Used: state.CRM.QuotaUsed}}
	if !input.demo {
		session.Deps.Keychain = keychain{}
		session.Deps.RecallSecrets()
	}
	session.Steps = append(steps.All(session.Deps), steps.Tools(session.Deps)...)
	for _, text := range folder.Recovered() {
		session.Log.Warn("recovered", "what", text)
	}
	return session, nil
}

func (s *Session) openLog() error {
	file, err := s.Folder.OpenLog("allyswitch.log")
	if err != nil {
		return err
	}
	s.logFile = file
	s.Log = slog.New(slog.NewJSONHandler(file, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return nil
}

// Keeping is how front ends save.
func (s *Session) Keeping() steps.Keeping {
	return steps.Keeping{Folder: s.Folder, Steps: s.Steps, After: s.follow}
}

// Close lets the folder go.
func (s *Session) Close() error { return errors.Join(s.Folder.Close(), s.logFile.Close()) }

// environmentSecrets takes what the environment holds for any CRM.
func environmentSecrets(env func(string) string) map[string]string {
	secrets := map[string]string{}
	if value := env("ALLYSWITCH_SITE_PASSWORD"); value != "" {
		secrets["site.password"] = value
	}
	for _, entry := range registry.All() {
		for _, option := range entry.Provider.Options {
			if option.Secret && option.Env != "" {
				if value := env(option.Env); value != "" {
					secrets[option.Key] = value
				}
			}
		}
	}
	return secrets
}

// folderFor is --dir, or the folder of this site, or the one used last, or a first one.
func folderFor(options Options, site string) (string, error) {
	if options.Dir != "" {
		return options.Dir, nil
	}
	base, err := dataFolder(options.Env)
	if err != nil {
		return "", err
	}
	if site != "" {
		return filepath.Join(base, folderName(site)), nil
	}
	return cmp.Or(lastUsed(base), filepath.Join(base, "my-site")), nil
}

// dataFolder is where programs of this user keep their data.
func dataFolder(env func(string) string) (string, error) {
	for _, variable := range []string{"XDG_DATA_HOME", "LOCALAPPDATA"} {
		if base := env(variable); filepath.IsAbs(base) {
			return filepath.Join(base, "allyswitch"), nil
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find your home folder; use --dir to name a folder: %w", err)
	}
	return filepath.Join(home, ".local", "share", "allyswitch"), nil
}

// folderName is a site's address as the name of a folder. Names with other letters are written as the network does, or müller.de and möller.de would be one
// folder; a password that somebody has typed into the address is left out.
func folderName(site string) string {
	site = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(site), "https://"), "http://")
	if address, err := url.Parse("https://" + site); err == nil && address.Host != "" {
		host, err := idna.Lookup.ToASCII(address.Hostname())
		if err != nil {
			host = address.Hostname()
		}
		site = strings.TrimSuffix(host+":"+address.Port(), ":") + address.Path
	}
	name := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(site))
	return strings.Trim(cmp.Or(strings.Trim(name, "-."), "my-site"), "-")
}

// lastUsed is the migration below a folder whose checkpoint was written last, empty when there is none.
func lastUsed(base string) string {
	found, _ := filepath.Glob(filepath.Join(base, "*", "checkpoint.json"))
	slices.SortFunc(found, func(a, b string) int { return modified(b).Compare(modified(a)) })
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[0])
}

func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
