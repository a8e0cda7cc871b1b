package ontraport

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// Ontraport said that a contact was saved, but not its number, and then refuses to tell it. The contact is saved, whatever that says.
func TestASavedContactIsNotCalledRefused(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusBadGateway} {
		synctest.Test(t, func(t *testing.T) {
			saves := 0
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "objects/meta"):
					sandbox.WriteJSON(w, http.StatusOK, map[string]any{"code": 0, "data": map[string]any{"0": map[string]any{"name": "Contact",
						"fields": map[string]any{"email": map[string]any{"alias": "Email", "type": "email"}}}}})
				case strings.HasSuffix(r.URL.Path, "saveorupdate"):
					saves++
					sandbox.WriteJSON(w, http.StatusOK, map[string]any{"code": 0, "data": map[string]any{"attrs": map[string]any{"dlm": "1"}}})
				default:
					sandbox.WriteText(w, status, "Invalid email")
				}
			})
			values := map[string]string{"crm.url": "https://api.ontraport.com", "crm.app_id": "2_1_abc", "crm.key": "abcdefghij"}
			d, err := newDriver(crm.Settings{Values: values, Transport: sandbox.Transport(handler)})
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Upsert(t.Context(), []crm.Contact{{Email: "a@example.com", FirstName: "A"}})
			if err != nil || got[0].Result != crm.Updated || got[0].ID != "" || saves != 1 {
				t.Errorf("%d: %+v, %v after %d saves", status, got, err, saves)
			}
		})
	}
}
