package command

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/crm"
	"allyswitch/wizard/migration"
)

func TestAWatchOutlivesATroubleThatPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := &crm.Error{Kind: crm.KindTemporary, Code: "KIT-503", Op: "read the contacts", Status: 503}
		closed := errors.New("the key was taken back")
		answers := []error{down, nil, down, closed}
		began, said := time.Now(), &bytes.Buffer{}
		look := func() (*migration.Watched, error) {
			err := answers[0]
			answers = answers[1:]
			return &migration.Watched{}, err
		}
		err := again(t.Context(), Options{Err: said}, WatchOptions{Every: time.Hour}, look)
		if !errors.Is(err, closed) || time.Since(began) != 3*time.Hour {
			t.Errorf("after %s the watch ended with %v", time.Since(began), err)
		}
		if got := strings.Count(said.String(), "AllySwitch looks again later."); got != 2 {
			t.Errorf("it was said %d times that it looks again:\n%s", got, said)
		}
		answers = []error{down}
		if err := again(t.Context(), Options{Err: said}, WatchOptions{Once: true}, look); !errors.Is(err, down) {
			t.Errorf("a single look at a CRM that is down: %v", err)
		}
	})
}

func TestAWatchPausesBetweenTwoLooks(t *testing.T) {
	for _, every := range []time.Duration{-time.Hour, 0, time.Minute} {
		if err := Watch(context.Background(), Options{}, WatchOptions{Every: every}); err == nil || !strings.Contains(err.Error(), "--every") {
			t.Errorf("every %s: %v", every, err)
		}
	}
}
