package keap

import (
	"fmt"
	"net/http"

	"allyswitch/crm/sandbox"
)

// firstRefreshToken opens the sandbox's token endpoint once; each answer brings the next one.
const firstRefreshToken = "sandbox-refresh-0"

// issueToken answers POST /token, where OAuth clients trade a code or a refresh token for an access token. Refresh tokens rotate: each
// works once (developer.infusionsoft.com, developer guide). AllySwitch itself never comes here.
func (f *fake) issueToken(w http.ResponseWriter, r *http.Request) {
	_, _, basic := r.BasicAuth()
	switch {
	case r.Method != http.MethodPost:
		sandbox.WriteJSON(w, http.StatusMethodNotAllowed, map[string]string{"error": "invalid_request"})
	case !basic && r.FormValue("client_id") == "":
		sandbox.WriteJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
	case r.FormValue("grant_type") == "authorization_code" && r.FormValue("code") != "",
		r.FormValue("grant_type") == "refresh_token" && r.FormValue("refresh_token") == f.refreshToken:
		f.refreshes++
		f.refreshToken = fmt.Sprintf("sandbox-refresh-%d", f.refreshes)
		sandbox.WriteJSON(w, http.StatusOK, map[string]any{"access_token": sandboxToken, "token_type": "bearer", "expires_in": 86_399,
			"refresh_token": f.refreshToken, "scope": "full|" + sandboxTenant})
	default:
		sandbox.WriteJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
	}
}
