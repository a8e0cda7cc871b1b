package kit

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"allyswitch/crm"
)

// tokenPath is where a refresh token is exchanged (developers.kit.com, "OAuth refresh token flow").
const tokenPath = "/v4/oauth/token"

// tokens are the OAuth tokens in use. Refresh tokens work once and come back changed: two exchanges at a time would lose
// the account, so there is one at a time.
type tokens struct {
	exchanging turns

	mu                     sync.Mutex
	access, refresh        string
	clientID, clientSecret string
	replaced               func(key, value string)
}

func (t *tokens) current() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.access
}

func (t *tokens) secrets(key string) []string {
	var secrets []string
	for _, secret := range []string{key, t.access, t.refresh, t.clientSecret} {
		if secret != "" {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}

// canRefresh says whether there is what an exchange needs.
func (t *tokens) canRefresh() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refresh != "" && t.clientID != ""
}

func (t *tokens) form() url.Values {
	t.mu.Lock()
	defer t.mu.Unlock()
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {t.clientID}, "refresh_token": {t.refresh}}
	if t.clientSecret != "" {
		form.Set("client_secret", t.clientSecret)
	}
	return form
}

func (t *tokens) keep(reply tokenReply) {
	t.mu.Lock()
	t.access = reply.AccessToken
	if reply.RefreshToken != "" {
		t.refresh = reply.RefreshToken
	}
	t.mu.Unlock()
	if t.replaced == nil {
		return
	}
	t.replaced(optionToken, reply.AccessToken)
	if reply.RefreshToken != "" {
		t.replaced(optionRefresh, reply.RefreshToken)
	}
}

// do sends a request; when the access token has expired and can be renewed, it renews it and sends the request again. out nil
// means that the answer's body does not matter.
func (d *driver) do(ctx context.Context, request crm.Request, out any) (crm.Response, error) {
	used := d.tokens.current()
	response, err := d.send(ctx, request, out)
	if !expired(err) || !d.tokens.canRefresh() {
		return response, err
	}
	if err := d.renew(ctx, used); err != nil {
		return crm.Response{}, err
	}
	return d.send(ctx, request, out)
}

func (d *driver) send(ctx context.Context, request crm.Request, out any) (crm.Response, error) {
	if out == nil {
		return d.conn.Do(ctx, request)
	}
	return d.conn.JSON(ctx, request, out)
}

func expired(err error) bool {
	var e *crm.Error
	return errors.As(err, &e) && e.Kind == crm.KindAuth && strings.HasPrefix(e.Hint, expiredText)
}

// renew exchanges the refresh token, unless somebody else has done so since the request was sent. It is never repeated: an
// exchange whose answer was lost has spent the token.
func (d *driver) renew(ctx context.Context, used string) error {
	const op = "renew the access token"
	done, err := d.tokens.exchanging.take(ctx, op)
	if err != nil {
		return err
	}
	defer done()
	if d.tokens.current() != used {
		return nil
	}
	var reply tokenReply
	_, err = d.conn.JSON(ctx, crm.Request{Op: op, Method: http.MethodPost, Path: tokenPath, Form: d.tokens.form()}, &reply)
	if err == nil && reply.AccessToken == "" {
		err = incomplete(op, http.StatusOK)
	}
	if err != nil {
		return spent(err)
	}
	d.conn.AddSecrets(reply.AccessToken, reply.RefreshToken)
	d.tokens.keep(reply)
	return nil
}

// spent says what to do when the exchange failed. An answer that never came is as final as a refusal.
func spent(err error) error {
	var e *crm.Error
	if !errors.As(err, &e) || crm.Passing(err) && !e.Sent {
		return err
	}
	return &crm.Error{
		Kind: crm.KindAuth, Code: codePrefix + "-REFRESH", Op: "renew the access token", Status: e.Status, Err: err,
		Hint: "the access token has expired and the refresh token no longer works (each works once). " +
			"Connect your Kit app again, enter the new access and refresh tokens, and AllySwitch goes on where it was",
	}
}
