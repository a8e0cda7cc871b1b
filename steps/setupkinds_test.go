package steps_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm"
	"allyswitch/steps"
	"allyswitch/wizard"
)

// answersWith lets every answer of the CRM through with one text in it replaced by another.
func (j *journey) answersWith(from, to string) {
	j.wire.set(func(request *http.Request, _ string) (*http.Response, error) {
		response, err := j.wire.next.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.ReplaceAll(body, []byte(from), []byte(to))
		response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		response.Header.Del("Content-Length")
		return response, nil
	})
}

// AccessAlly wants balances as whole numbers on Keap and as numbers on Ontraport. A field of another type takes the tick back; on ActiveCampaign text is right.
func TestTheTypeOfACreditFieldIsLookedAt(t *testing.T) {
	for crmID, story := range map[string]struct{ made, right, wants string }{
		"keap":           {`"field_type":"TEXT"`, `"field_type":"WHOLE_NUMBER"`, "a field of the type TEXT: AccessAlly wants whole numbers"},
		"ontraport":      {`"type":"text"`, `"type":"numeric"`, "a field of the type text: AccessAlly wants numeric"},
		"activecampaign": {`"type":"dropdown"`, `"type":"text"`, "a field of the type dropdown: AccessAlly wants text"},
	} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.Switch)
				j.answer(steps.CRMSetup, "setup.credit-fields", "Credits")
				if _, err := j.deps.Client().EnsureField(t.Context(), crm.Field{Name: "Credits", Type: crm.FieldText}); err != nil {
					t.Fatal(err)
				}
				j.ticksAll(steps.CRMSetup)
				j.tick(steps.CRMSetup, "fields")
				if crmID == "activecampaign" {
					j.answersWith(`"type":"text"`, story.made)
				}
				j.run(steps.CRMSetup, "check")
				if box := j.box(steps.CRMSetup, "fields"); box.Set != nil || !strings.Contains(box.Doubt, story.wants) {
					t.Fatalf("the field is of another type, and the box says %q\n%s", box.Doubt, rowsOf(j.table(steps.CRMSetup, "setup")))
				}
				j.answersWith(story.made, story.right)
				j.run(steps.CRMSetup, "check")
				if box := j.box(steps.CRMSetup, "fields"); box.Set == nil || !strings.Contains(rowsOf(j.table(steps.CRMSetup, "setup")), "there|Credits: the field Credits") {
					t.Errorf("the field is right, and the box says %q\n%s", box.Doubt, rowsOf(j.table(steps.CRMSetup, "setup")))
				}
			})
		})
	}
}

// What every CRM's integration needs: a tag that really arrived, and where AccessAlly makes the address of a webhook.
func TestEachSetUpAsksForATagThatArrived(t *testing.T) {
	starts := map[string]string{"activecampaign": "the automation", "kit": "chosen for the webhook", "keap": "the campaign", "ontraport": "webhook element", "drip": "the workflow"}
	for _, crmID := range crms() {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.reach(steps.CRMSetup)
				if box := j.box(steps.CRMSetup, "arrives"); box.Optional || !strings.Contains(box.Look, starts[crmID]) {
					t.Errorf("the test with a tag is not asked for: %q", box.Look)
				}
				if look := j.box(steps.CRMSetup, "webhook").Look; crmID != "kit" && !strings.Contains(look, "black bar on top of your site, AccessAlly, Webhook Generator") {
					t.Errorf("nothing says where the Webhook Generator is: %q", look)
				}
				if crmID == "ontraport" {
					if box := j.box(steps.CRMSetup, "owner"); !strings.Contains(box.Look, "contact owner") || !strings.Contains(box.Look, "AccessAlly cannot do") {
						t.Errorf("the owner of the key is not explained: %q", box.Look)
					}
					if box := j.box(steps.CRMSetup, "tracking"); !strings.Contains(box.Look, "on every page unless it is turned off") {
						t.Errorf("the tracking: %q", box.Look)
					}
				}
				j.untick(steps.CRMSetup, "arrives")
				if j.status(steps.CRMSetup) == wizard.Done {
					t.Error("the step is done although no tag has arrived")
				}
			})
		})
	}
}

// Nobody outside knows for certain which kind of key AccessAlly takes now: the page says so, and what to do then.
func TestTheKeysPageDoesNotPretend(t *testing.T) {
	for crmID, want := range map[string]string{"keap": "its public pages do not say", "kit": "one key only", "drip": "What the tab asks for counts"} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, crmID)
				j.connect()
				text := ""
				for _, item := range j.step(steps.APIKeys).Sheet(j.state()).Items {
					if one, ok := item.(wizard.Instruction); ok {
						text += one.Text + " " + one.Look + "\n"
					}
				}
				if !strings.Contains(text, want) || !strings.Contains(text, "tell AccessAlly's support") {
					t.Errorf("the page pretends to know:\n%s", text)
				}
			})
		})
	}
}
