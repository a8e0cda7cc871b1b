package keap

import (
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// twins is one person in two contacts, each with a tag and a field of its own.
func (a *account) twins() (keep, lose crm.ContactID) {
	a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{
		{Email: "ann@example.com", FirstName: "Ann", Tags: []string{"Gold"}, Fields: map[string]string{"plan": "gold"}},
		{Email: "ann@example.com", FirstName: "Annie", LastName: "Lee", Tags: []string{"Silver"}, Fields: map[string]string{"plan": "silver"}},
	}})
	return "1001", "1002"
}

// TestMerge: through v2, or through XML-RPC where v2 cannot yet; what comes back was read after the merge, whoever's values won.
func TestMerge(t *testing.T) {
	for _, way := range []string{"present", "absent"} {
		for _, wins := range []string{"keeper", "loser", "newest"} {
			for _, tags := range []string{"union", "keeper"} {
				tell(t, func(a *account) {
					keep, lose := a.twins()
					merger, _ := a.client.Merger()
					merged := must(a, func() (crm.Contact, error) { return merger.Merge(a.ctx, keep, lose) })
					held := a.holds("ann@example.com")
					if len(held) != 1 || merged.ID != keep || merged.FirstName != held[0].FirstName || !merged.TagsKnown || len(merged.Tags) != len(held[0].Tags) {
						t.Errorf("merge-v2=%s: told %+v, Keap holds %+v", way, merged, held)
					}
					if (tags == "union") != (len(held[0].Tags) == 2) || (wins == "loser") != (held[0].FirstName == "Annie") {
						t.Errorf("the sandbox merged %+v for merge-wins=%s merge-tags=%s", held, wins, tags)
					}
				}, "merge-v2="+way, "merge-wins="+wins, "merge-tags="+tags)
			}
		}
	}
}

// TestMergeWhoseAnswerIsLost is not sent again: that would merge somebody else's record, or fail with words that frighten.
func TestMergeWhoseAnswerIsLost(t *testing.T) {
	for _, way := range []string{"present", "absent"} {
		tell(t, func(a *account) {
			keep, lose := a.twins()
			a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
				if r.Method == http.MethodPost && answer.StatusCode == 200 {
					return nil, errLost
				}
				return answer, nil
			}
			must(a, func() (crm.Account, error) {
				a.raw("GET", "/crm/rest/v2/businessProfile", "")
				return a.driver.Check(a.ctx)
			})
			merged := must(a, func() (crm.Contact, error) { return a.driver.Merge(a.ctx, keep, lose) })
			if merged.ID != keep || len(a.holds("ann@example.com")) != 1 {
				t.Errorf("merged %+v", merged)
			}
		}, "merge-v2="+way)
	}
}

func TestMergeOfNobody(t *testing.T) {
	for _, way := range []string{"present", "absent"} {
		tell(t, func(a *account) {
			keep, _ := a.twins()
			if _, err := a.driver.Merge(a.ctx, keep, keep); !crm.IsKind(err, crm.KindInvalid) {
				t.Errorf("with itself: %v", err)
			}
			if _, err := a.driver.Merge(a.ctx, keep, "9999"); !crm.IsKind(err, crm.KindNotFound) {
				t.Errorf("with nobody: %v", err)
			}
			if len(a.fake.Contents().Contacts) != 2 {
				t.Error("somebody is gone")
			}
		}, "merge-v2="+way)
	}
}

// TestXMLValues: Keap sends strings with and without a type.
func TestXMLValues(t *testing.T) {
	var response xmlResponse
	text := `<?xml version="1.0"?><methodResponse><params><param><value><struct>
		<member><name>Id</name><value><i4>3606</i4></value></member><member><name>LastName</name><value>Snape &amp; Co</value></member>
		<member><name>FirstName</name><value><string>Severus</string></value></member><member><name>Ok</name><value><boolean>1</boolean></value></member>
		</struct></value></param></params></methodResponse>`
	if err := xml.Unmarshal([]byte(text), &response); err != nil {
		t.Fatal(err)
	}
	value := response.Params[0]
	id, err := value.member("Id").number()
	if id != 3606 || err != nil || value.member("LastName").text() != "Snape & Co" || value.member("FirstName").text() != "Severus" || !value.member("Ok").truth() || value.member("Email").text() != "" {
		t.Errorf("read %+v", value)
	}
	want := `<methodCall><methodName>ContactService.merge</methodName><params><param><value><string>x</string></value></param>` +
		`<param><value><i4>3602</i4></value></param><param><value><i4>3604</i4></value></param></params></methodCall>`
	if got := string(encodeCall("ContactService.merge", "x", int64(3602), int64(3604))); strings.TrimSpace(strings.TrimPrefix(got, xml.Header)) != want {
		t.Errorf("wrote %s", got)
	}
}

// TestXMLFaults come with 200.
func TestXMLFaults(t *testing.T) {
	for code, kind := range map[string]crm.Kind{"2": crm.KindAuth, "3": crm.KindTemporary, "5": crm.KindNotFound, "12": crm.KindInvalid, "14": crm.KindPermission} {
		tell(t, func(a *account) {
			a.wire.meddle = func(_ *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
				answer.Body = io.NopCloser(strings.NewReader(`<?xml version="1.0"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><i4>` + code +
					`</i4></value></member><member><name>faultString</name><value>[Words]of Keap</value></member></struct></value></fault></methodResponse>`))
				return answer, nil
			}
			_, err := a.driver.xmlrpc(a.ctx, "merge two contacts", "ContactService.merge", "x")
			if !crm.IsKind(err, kind) || !strings.Contains(err.Error(), "[Words]of Keap") {
				t.Errorf("fault %s: %v, want %s", code, err, kind)
			}
		})
	}
}

// TestBookIsReadAgain: while an import runs for days, the owner's forms make contacts too. Their fields must not be emptied.
func TestBookIsReadAgain(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Fields: []string{"shoe size", "customer_id"}})
		fields := must(a, func() ([]crm.Field, error) { return a.client.Fields(a.ctx) })
		a.upsert(crm.Contact{Email: "first@example.com"})
		a.raw("POST", "/crm/rest/v2/contacts", `{"custom_fields":[{"id":"`+string(fields[0].ID)+`","content":"41"}],"email_addresses":[{"email":"form@example.com","field":"EMAIL1"}]}`)
		time.Sleep(bookAge)
		listings := a.wire.count("GET /v2/contacts ")
		a.upsert(crm.Contact{Email: "form@example.com", Fields: map[crm.FieldID]string{fields[1].ID: "7"}})
		held := a.holds("form@example.com")
		if len(held) != 1 || held[0].Fields["shoe size"] != "41" || held[0].Fields["customer_id"] != "7" {
			t.Errorf("Keap holds %+v", held)
		}
		if asked := a.wire.count("GET /v2/contacts ") - listings; asked != 2 {
			t.Errorf("%d listings, want one of what changed and one search", asked)
		}
	})
}

func TestWebhooks(t *testing.T) {
	tell(t, func(a *account) {
		hooks, _ := a.client.Webhooks()
		made := must(a, func() (crm.Webhook, error) {
			return hooks.CreateWebhook(a.ctx, crm.Webhook{URL: "https://site.example.com/hook", Event: "contactGroup.applied"})
		})
		listed := must(a, func() ([]crm.Webhook, error) { return hooks.Webhooks(a.ctx) })
		if made.ID == "" || !slices.Equal(listed, []crm.Webhook{made}) {
			t.Errorf("made %+v, listed %+v", made, listed)
		}
	})
}

// TestAutomationPages: Keap gives 25 at a time, and accounts without automations list their campaigns.
func TestAutomationPages(t *testing.T) {
	for _, have := range []string{"present", "absent"} {
		tell(t, func(a *account) {
			var contents sandbox.Contents
			for i := range 60 {
				contents.Automations = append(contents.Automations, sandbox.Automation{Name: "A", Active: i%2 == 0})
			}
			a.fake.Load(contents)
			listed := must(a, func() ([]crm.Automation, error) { return a.driver.Automations(a.ctx) })
			active := 0
			for _, automation := range listed {
				if automation.Active {
					active++
				}
			}
			if len(listed) != 60 || active != 30 {
				t.Errorf("automations=%s: %d listed, %d active", have, len(listed), active)
			}
		}, "automations="+have)
	}
}
