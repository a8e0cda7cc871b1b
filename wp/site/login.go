package site

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
)

// Way is a way of reading users.
type Way string

// The ways of reading users, best first.
const (
	ByCompanion Way = "companion"
	ByREST      Way = "rest"
	ByXMLRPC    Way = "xml-rpc"
)

// Account is who we are on the site.
type Account struct {
	ID    int64
	Login string
	Name  string
	Roles []string
	// CanCreate says whether this account may make users.
	CanCreate bool
}

// Login is what logging in has shown.
type Login struct {
	Account Account
	// Ways are the ways of reading users that work, best first. There is at least one.
	Ways []Way
	// Findings are what keeps better ways from working, each with its remedy.
	Findings []*Diagnosis
}

// Login finds out whose application password this is and what it allows. An answer of 200 proves nothing on WordPress, which takes a wrong
// password for a visitor; so it asks for the account first, and explains a refusal with the help of XML-RPC, where the password travels in the
// body and no host can strip it. A *Diagnosis is returned when users cannot be read in any way.
func (s *Site) Login(ctx context.Context) (Login, error) {
	if s.client.user == "" || s.client.password == "" {
		return Login{}, s.client.trouble(NoCredentials, "")
	}
	account, err := s.me(ctx)
	var trouble *Diagnosis
	switch {
	case errors.As(err, &trouble):
		return s.loginOtherwise(ctx, trouble)
	case err != nil:
		return Login{}, err
	}
	return s.ways(ctx, account)
}

// me is the account of the credentials over REST.
func (s *Site) me(ctx context.Context) (Account, error) {
	var me struct {
		ID           int64           `json:"id"`
		Username     string          `json:"username"`
		Name         string          `json:"name"`
		Roles        []string        `json:"roles"`
		Capabilities json.RawMessage `json:"capabilities"`
	}
	parameters := url.Values{"context": {"edit"}, "_fields": {"id,username,name,roles,capabilities"}}
	if err := s.get(ctx, "log in", "/wp/v2/users/me", parameters, &me); err != nil {
		return Account{}, err
	}
	if me.ID <= 0 {
		return Account{}, s.client.trouble(OddAnswer, "the account has no ID").during("log in")
	}
	able := readCapabilities(me.Capabilities)
	if !able["list_users"] || !able["manage_options"] {
		return Account{}, s.client.trouble(NotAdmin, me.Username).during("log in")
	}
	return Account{ID: me.ID, Login: clean(me.Username, 60), Name: clean(me.Name, 120), Roles: me.Roles, CanCreate: able["create_users"]}, nil
}

// readCapabilities reads {"read":true}. PHP writes an empty object as [], and plugins put 1 or "1" for true.
func readCapabilities(data json.RawMessage) map[string]bool {
	var given map[string]any
	able := map[string]bool{}
	if json.Unmarshal(data, &given) != nil {
		return able
	}
	for name, value := range given {
		able[name] = value == true || value == 1.0 || value == "1"
	}
	return able
}

// ways finds out how users can be read once REST knows us.
func (s *Site) ways(ctx context.Context, account Account) (Login, error) {
	login := Login{Account: account}
	if s.HasCompanion() || s.blocked != nil {
		if _, err := s.Companion(ctx); err == nil {
			login.Ways = append(login.Ways, ByCompanion)
		} else if err := login.finding(err); err != nil {
			return Login{}, err
		}
	}
	var list []json.RawMessage
	err := s.get(ctx, "try to list users", "/wp/v2/users", url.Values{"context": {"edit"}, "per_page": {"1"}, "_fields": {"id"}}, &list)
	if err == nil {
		login.Ways = append(login.Ways, ByREST)
		return login, nil
	}
	if Is(err, NotThere) {
		err = s.client.trouble(UsersRemoved, "").caused(err)
	}
	if err := login.finding(err); err != nil {
		return Login{}, err
	}
	return s.orXMLRPC(ctx, login)
}

// finding keeps a diagnosis; another error is returned.
func (l *Login) finding(err error) error {
	var trouble *Diagnosis
	if !errors.As(err, &trouble) {
		return err
	}
	l.Findings = append(l.Findings, trouble)
	return nil
}

// orXMLRPC adds the last way if it works. When none does, the first finding is the error.
func (s *Site) orXMLRPC(ctx context.Context, login Login) (Login, error) {
	if _, err := s.profile(ctx); err == nil {
		login.Ways = append(login.Ways, ByXMLRPC)
	} else if ctx.Err() != nil {
		return Login{}, ctx.Err()
	}
	if len(login.Ways) == 0 {
		return Login{}, login.Findings[0]
	}
	return login, nil
}

// loginOtherwise finds out why REST does not know us, and whether XML-RPC does.
func (s *Site) loginOtherwise(ctx context.Context, trouble *Diagnosis) (Login, error) {
	switch trouble.Kind {
	case notLoggedIn, RESTBlocked, NotThere, WebPage, OtherHost:
	default:
		return Login{}, trouble
	}
	if trouble.Kind == notLoggedIn && s.passwordsAreOff(ctx) {
		return Login{}, s.client.trouble(PasswordsOff, trouble.Detail).caused(trouble)
	}
	profile, err := s.profile(ctx)
	var refused *fault
	switch {
	case ctx.Err() != nil:
		return Login{}, ctx.Err()
	case err == nil && !slices.Contains(profile.Roles, "administrator"):
		return Login{}, s.client.trouble(NotAdmin, profile.Login)
	case err == nil:
		return Login{Account: profile, Ways: []Way{ByXMLRPC}, Findings: []*Diagnosis{s.known(trouble)}}, nil
	case trouble.Kind != notLoggedIn:
		return Login{}, s.known(trouble)
	case errors.As(err, &refused) && refused.code == http.StatusForbidden:
		return Login{}, s.client.trouble(WrongPassword, refused.message).with(trouble.Status, 0).caused(trouble)
	}
	return Login{}, s.client.trouble(LoginUnclear, err.Error()).with(trouble.Status, 0).caused(trouble)
}

// known is what hinders REST, given that the credentials are right or were not the trouble.
func (s *Site) known(trouble *Diagnosis) *Diagnosis {
	switch trouble.Kind {
	case notLoggedIn:
		return s.client.trouble(HeaderStripped, "XML-RPC accepts the password, REST does not").with(trouble.Status, 0).caused(trouble)
	case NotThere:
		return s.client.trouble(UsersRemoved, trouble.Detail).with(trouble.Status, 0).caused(trouble)
	}
	return trouble
}

// passwordsAreOff asks WordPress whether it has application passwords at all. Somebody who is not logged in gets 501 then, and 401 otherwise.
func (s *Site) passwordsAreOff(ctx context.Context) bool {
	err := s.get(ctx, "ask about application passwords", "/wp/v2/users/me/application-passwords/introspect", nil, new(json.RawMessage))
	return Is(err, PasswordsOff)
}

// profile is the account of the credentials over XML-RPC.
func (s *Site) profile(ctx context.Context) (Account, error) {
	told, err := s.xmlrpc(ctx, "log in over XML-RPC", "wp.getProfile", nil, 1, s.client.user, s.client.password, []string{"user_id", "username", "display_name", "roles"})
	if err != nil {
		return Account{}, err
	}
	user := storedFrom(told)
	if user.ID <= 0 {
		return Account{}, s.client.trouble(OddAnswer, "the account has no ID").during("log in over XML-RPC")
	}
	return Account{ID: user.ID, Login: clean(user.Login, 60), Name: clean(user.DisplayName, 120), Roles: user.Roles}, nil
}

// get asks a REST route and reads what it answers.
func (s *Site) get(ctx context.Context, op, path string, parameters url.Values, into any) error {
	_, err := s.send(ctx, request{op: op, method: http.MethodGet, url: s.route(path, parameters), login: true}, into)
	return err
}

// send asks a REST route and reads what it answers; what does not fit is an OddAnswer.
func (s *Site) send(ctx context.Context, r request, into any) (answer, error) {
	got, err := s.client.ask(ctx, r)
	if err != nil {
		return got, err
	}
	if err := decode(got.body, into); err != nil {
		return got, s.client.trouble(OddAnswer, err.Error()).during(r.op).with(got.status, 0).caused(err)
	}
	return got, nil
}
