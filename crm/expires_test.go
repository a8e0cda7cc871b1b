package crm_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// What a request was made from grows old while it waits for its turn: it does not go then, and says so.
func TestARequestThatWouldComeTooLateIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		served := 0
		conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			served++
			sandbox.WriteText(w, http.StatusOK, "{}")
		}), crm.Settings{}, crm.ConnConfig{Windows: []crm.Window{{Class: crm.ClassAll, Requests: 1, Per: time.Minute}}})
		write := func(good time.Duration) error {
			_, err := conn.Do(t.Context(), crm.Request{Op: "write", Method: http.MethodPost, Expires: time.Now().Add(good)})
			return err
		}
		if err := write(time.Second); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		err := write(5 * time.Second)
		var trouble *crm.Error
		if !errors.Is(err, crm.ErrExpired) || !errors.As(err, &trouble) || trouble.Sent || served != 1 || time.Since(began) != 5*time.Second {
			t.Errorf("%v after %s, %d served", err, time.Since(began), served)
		}
		if err := write(2 * time.Minute); err != nil || served != 2 {
			t.Errorf("%v, %d served", err, served)
		}
	})
}

// A write that may be repeated was lost, and the key is taken back before it goes again: the first may have been carried out.
func TestARefusalOfTheSecondTryDoesNotUndoTheFirst(t *testing.T) {
	for method, sent := range map[string]bool{http.MethodPost: true, http.MethodGet: false} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tries++; tries == 1 {
					sandbox.WriteText(w, http.StatusBadGateway, "the line broke")
					return
				}
				sandbox.WriteText(w, http.StatusUnauthorized, "no")
			}), crm.Settings{}, crm.ConnConfig{})
			_, err := conn.Do(t.Context(), crm.Request{Op: "write", Method: method, Repeatable: true})
			var trouble *crm.Error
			if !errors.As(err, &trouble) || trouble.Kind != crm.KindAuth || trouble.Sent != sent || tries != 2 {
				t.Errorf("%s: %#v after %d tries", method, err, tries)
			}
		})
	}
}
