package steps_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
)

// owned lets Ontraport show its contacts with other owners.
func (j *journey) owned(change func(body string) string) func(*http.Request, string) (*http.Response, error) {
	return func(request *http.Request, _ string) (*http.Response, error) {
		if request.URL.Query().Get("listFields") != "id,owner" {
			return nil, nil
		}
		answer, err := j.wire.next.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(answer.Body)
		body = []byte(change(string(body)))
		answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return answer, err
	}
}

// The contacts that AllySwitch has made are read back with their owner. One that belongs to nobody takes the box back; several owners, or none shown, are not
// known to be right or wrong.
func TestWhomTheContactsBelongTo(t *testing.T) {
	for name, story := range map[string]struct {
		change func(string) string
		says   string
		counts bool
	}{
		"all to one":          {func(body string) string { return body }, "there|The contacts' owner|all 31 contacts belong to user 1", true},
		"one to nobody":       {func(body string) string { return strings.Replace(body, `"owner":"1"`, `"owner":"0"`, 1) }, "not there|The contacts' owner|of 31 contacts 1 belongs to nobody", false},
		"to two":              {func(body string) string { return strings.Replace(body, `"owner":"1"`, `"owner":"2"`, 1) }, "not known|The contacts' owner|of 31 contacts belong 30 to user 1, 1 to user 2", true},
		"not shown":           {func(body string) string { return strings.ReplaceAll(body, `"owner":"1"`, `"owner":null`) }, "not known|The contacts' owner|of 31 contacts the owner was shown of 0 only", true},
		"one of them missing": {func(body string) string { return strings.Replace(body, `"owner":"1"`, `"else":"1"`, 1) }, "not known|The contacts' owner|of 31 contacts the owner was shown of 30 only", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, "ontraport")
				j.reach(steps.Switch)
				j.wire.set(j.owned(story.change))
				j.tick(steps.CRMSetup, "owner")
				j.run(steps.CRMSetup, "check")
				if rows := rowsOf(j.table(steps.CRMSetup, "setup")); !strings.Contains(rows, story.says) {
					t.Errorf("%q is not among\n%s", story.says, rows)
				}
				if box := j.box(steps.CRMSetup, "owner"); (box.Set != nil) != story.counts {
					t.Errorf("the box counts: %v, and says %q", box.Set != nil, box.Doubt)
				}
			})
		})
	}
}

// No other CRM has such owners, and none is asked for them.
func TestOnlyOntraportHasOwners(t *testing.T) {
	for _, crmID := range crms() {
		if crmID == "ontraport" {
			continue
		}
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.CRMSetup)
				if rows := rowsOf(j.table(steps.CRMSetup, "setup")); strings.Contains(rows, "owner") {
					t.Errorf("the look at the set-up says\n%s", rows)
				}
			})
		})
	}
}
