package kit

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// The sandbox serves real clients too: below a path, with the clock of a real server in every answer.
func TestOverARealSocket(t *testing.T) {
	f := newFake(sandbox.Options{Speed: 1000})
	f.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "old@example.com"}}})
	server := httptest.NewServer(http.StripPrefix("/kit", f))
	defer server.Close()
	for range 2 {
		client, err := crm.Open(Provider(), crm.Settings{Values: map[string]string{optionURL: server.URL + "/kit/v4/", optionToken: " Bearer " + sandboxToken + "\n"}})
		if err != nil {
			t.Fatal(err)
		}
		if account, err := client.Check(t.Context()); err != nil || account.ID != "27" {
			t.Fatalf("account %+v, %v", account, err)
		}
		outcomes, err := client.Upsert(t.Context(), []crm.Contact{{Email: "new@example.com", LastName: "New"}, {Email: "old@example.com"}})
		if err != nil || outcomes[0].ID == "" || outcomes[1].Result != crm.Updated {
			t.Fatalf("outcomes %+v, %v", outcomes, err)
		}
	}
	if traffic := f.Traffic(); traffic.Unexpected != 0 || len(f.Contents().Contacts) != 2 {
		t.Errorf("traffic %+v, contents %+v", traffic, f.Contents())
	}
}
