package drip

import (
	"errors"
	"net/http"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// Three people go one by one and the key is taken back after the first: the error is about all three, and one of them is in Drip.
func TestTheKeyIsTakenBackInTheMiddle(t *testing.T) {
	tag := crm.Tag{ID: "VIP", Name: "VIP"}
	for name, work := range map[string]func(*driver) error{
		"saving": func(d *driver) error {
			_, err := d.Upsert(t.Context(), members(3))
			return err
		},
		"tagging": func(d *driver) error {
			_, err := d.ApplyTag(t.Context(), tag, []crm.Target{{Email: "a@example.com"}, {Email: "b@example.com"}})
			return err
		},
	} {
		for _, good := range []int{0, 1} {
			posts := 0
			f := newFake(sandbox.Options{})
			d := driverFor(t, f, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					posts++
				}
				if posts > good {
					r.Header.Set("Authorization", "Basic d3Jvbmc6")
				}
				f.ServeHTTP(w, r)
			}))
			err := work(d)
			var trouble *crm.Error
			if !errors.As(err, &trouble) || trouble.Kind != crm.KindAuth || trouble.Sent != (good == 1) {
				t.Errorf("%s, %d went well: %#v", name, good, err)
			}
		}
	}
}
