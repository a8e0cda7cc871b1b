package keap

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// TestOverASocket: the sandbox serves a real client below a path of its own, faster than life, and the driver keeps pace.
func TestOverASocket(t *testing.T) {
	keap := NewSandbox(sandbox.Options{Speed: 600})
	server := httptest.NewServer(http.StripPrefix("/keap", keap))
	defer server.Close()
	values := keap.Credentials()
	values["crm.url"] = server.URL + "/keap"
	client, err := crm.Open(Provider(), crm.Settings{Values: values})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if outcomes, err := client.Upsert(t.Context(), []crm.Contact{{Email: fmt.Sprintf("m%d@example.com", i)}}); err != nil || outcomes[0].Result != crm.Created {
			t.Fatalf("%+v, %v", outcomes, err)
		}
	}
	if traffic := keap.Traffic(); traffic.Unexpected > 0 || len(keap.Contents().Contacts) != 100 {
		t.Errorf("%+v, %d contacts", traffic, len(keap.Contents().Contacts))
	}
	if count, err := client.EachContact(t.Context(), func(crm.Contact) error { return nil }); count != 100 || err != nil {
		t.Errorf("read %d contacts, %v", count, err)
	}
}
