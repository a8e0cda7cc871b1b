package site

import (
	"context"
	"net/http"
	"net/url"

	"allyswitch/wp"
)

// companionNamespace is where the companion plugin's routes are (docs/companion.md).
const companionNamespace = "allyswitch/v1"

// companionPlugin is how WordPress's own route for plugins names the companion.
const companionPlugin = "allyswitch-companion/allyswitch-companion"

// Companion speaks with the companion plugin. It is safe for simultaneous use.
type Companion struct {
	site *Site
	// Environment is what the site said when the companion was first asked.
	Environment Environment
}

// Companion asks the companion plugin what it can do here. NoCompanion is the error when it is not active.
func (s *Site) Companion(ctx context.Context) (*Companion, error) {
	companion := &Companion{site: s}
	environment, err := companion.Look(ctx)
	if err != nil {
		return nil, err
	}
	companion.Environment = environment
	return companion, nil
}

// Environment is what the site and its plugins are.
type Environment struct {
	Companion struct {
		Version     string `json:"version"`
		Activated   string `json:"activated"`
		SwitchesOff string `json:"switches_off"`
	} `json:"companion"`
	Site struct {
		URL         string `json:"url"`
		Home        string `json:"home"`
		Name        string `json:"name"`
		Language    string `json:"language"`
		Timezone    string `json:"timezone"`
		Multisite   bool   `json:"multisite"`
		Environment string `json:"environment"`
		Users       int    `json:"users"`
		NewestUser  int64  `json:"newest_user"`
	} `json:"site"`
	WordPress string `json:"wordpress"`
	PHP       struct {
		Version          string `json:"version"`
		MemoryLimit      int64  `json:"memory_limit"`
		MaxExecutionTime int    `json:"max_execution_time"`
	} `json:"php"`
	AccessAlly   Plugin `json:"accessally"`
	ProgressAlly Plugin `json:"progressally"`
	CRM          struct {
		// System is the word that AccessAlly stores for its present CRM; nil is unknown.
		System  *string `json:"system"`
		Through *string `json:"through"`
	} `json:"crm"`
	Cron struct {
		Disabled    bool `json:"disabled"`
		Events      int  `json:"events"`
		SecondsLate int  `json:"seconds_late"`
	} `json:"cron"`
	Limits       map[string]int        `json:"limits"`
	Capabilities map[string]Capability `json:"capabilities"`
}

// Plugin is AccessAlly or ProgressAlly on the site. What cannot be told is nil.
type Plugin struct {
	Active   bool    `json:"active"`
	Version  *string `json:"version"`
	Licensed *bool   `json:"licensed"`
}

// Capability is something the companion can do here, or what it lacks for it.
type Capability struct {
	Available bool     `json:"available"`
	Through   *string  `json:"through"`
	Missing   []string `json:"missing"`
	Tables    []string `json:"tables"`
}

// The names of capabilities.
const (
	ReadContactIDs    = "read_contact_ids"
	ReadTags          = "read_tags"
	ListTags          = "list_tags"
	ReadSystem        = "read_system"
	ReadOfferings     = "read_offerings"
	ReadTagReferences = "read_tag_references"
	ReadTeams         = "read_teams"
	ReadOrders        = "read_orders"
	ReadSubscriptions = "read_subscriptions"
	SetContactIDs     = "set_contact_ids"
	RefreshUsers      = "refresh_users"
	RestoreCachedTags = "restore_cached_tags"
)

// limit is how many items a request may have: what the site says, or the contract.
func (c *Companion) limit(name string, usual int) int {
	if given := c.Environment.Limits[name]; given > 0 {
		return min(given, usual)
	}
	return usual
}

// Look asks for the environment again.
func (c *Companion) Look(ctx context.Context) (Environment, error) {
	var environment Environment
	if err := c.get(ctx, "ask the companion", "/environment", nil, &environment, nil); err != nil {
		return Environment{}, err
	}
	if environment.Companion.Version == "" || environment.Capabilities == nil {
		return Environment{}, c.site.client.trouble(OddAnswer, "the companion does not say what it can do")
	}
	return environment, nil
}

func (c *Companion) get(ctx context.Context, op, path string, parameters url.Values, into any, wait func(string)) error {
	_, err := c.send(ctx, request{op: op, method: http.MethodGet, url: c.site.route("/"+companionNamespace+path, parameters), login: true, wait: wait}, into)
	return err
}

// send asks, and tells a missing companion from a missing route.
func (c *Companion) send(ctx context.Context, r request, into any) (answer, error) {
	got, err := c.site.send(ctx, r, into)
	if Is(err, NotThere) && got.header.Get("X-AllySwitch-Companion") == "" {
		return got, c.site.client.trouble(NoCompanion, "").during(r.op).with(got.status, 0).caused(err)
	}
	if Is(err, NotThere) {
		return got, c.site.client.trouble(Unavailable, "the companion on the site is older than this route").during(r.op).with(got.status, 0).caused(err)
	}
	return got, err
}

// companionUser is a user as the companion answers. Null and absent are unknown.
type companionUser struct {
	ID          int64    `json:"id"`
	Login       string   `json:"login"`
	Email       *string  `json:"email"`
	FirstName   string   `json:"first_name"`
	LastName    string   `json:"last_name"`
	DisplayName string   `json:"display_name"`
	Registered  string   `json:"registered"`
	Roles       roleList `json:"roles"`
	Mark        string   `json:"mark"`
	ContactID   *string  `json:"contact_id"`
	Tags        []string `json:"tags"`
}

func (u companionUser) user() User {
	stored := wp.Stored{ID: u.ID, Login: u.Login, Email: *u.Email, FirstName: u.FirstName, LastName: u.LastName, DisplayName: u.DisplayName,
		Registered: u.Registered, Roles: u.Roles}
	return User{Stored: stored, Mark: u.Mark, ContactID: u.ContactID, Tags: u.Tags}
}

// usersOf turns an answer into users.
func (c *Companion) usersOf(list []companionUser) ([]User, error) {
	users := make([]User, 0, len(list))
	for _, each := range list {
		if each.ID <= 0 || each.Email == nil {
			return nil, c.site.client.trouble(OddAnswer, "a user without ID or address in the companion's answer")
		}
		users = append(users, each.user())
	}
	return users, nil
}
