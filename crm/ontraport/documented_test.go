package ontraport

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// documented is a request, and the shape of the answer as Ontraport's documentation and public clients have it. No machine-readable
// description of the API exists.
type documented struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Form   string          `json:"form"`
	JSON   json.RawMessage `json:"json"`
	Answer any             `json:"answer"`
}

func TestSandboxAnswersInTheDocumentedShapes(t *testing.T) {
	file, err := os.Open("testdata/documented.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f := newFake(sandbox.Options{})
	f.Load(sandbox.Contents{
		Contacts: []sandbox.Contact{{Email: "known@example.com", FirstName: "Ann", Tags: []string{"VIP"}}}, Automations: []sandbox.Automation{{Name: "Welcome", Active: true}},
	})
	names := strings.NewReplacer(
		"{contact}", itoa(f.contacts[0].id), "{tag}", itoa(f.tagByName("VIP").id), "{field}", f.addField("Plan", "drop", "Membership", "Gold").name,
	)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var one documented
		if err := json.Unmarshal([]byte(names.Replace(lines.Text())), &one); err != nil {
			t.Fatal(err)
		}
		t.Run(one.Method+" "+one.Path, func(t *testing.T) { sameShape(t, "answer", one.Answer, ask(t, f, one)) })
	}
	if unexpected := f.UnexpectedRequests(); len(unexpected) > 0 {
		t.Errorf("not known: %v", unexpected)
	}
}

func ask(t *testing.T, f *fake, one documented) (answer any) {
	t.Helper()
	body, kind := one.Form, "application/x-www-form-urlencoded"
	if one.JSON != nil {
		body, kind = string(one.JSON), "application/json"
	}
	request := httptest.NewRequest(one.Method, one.Path, strings.NewReader(body))
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Api-Key", sandboxKey)
	request.Header.Set("Api-Appid", sandboxAppID)
	recorder := httptest.NewRecorder()
	f.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		t.Fatalf("%d %s", recorder.Code, recorder.Body)
	}
	if limit := recorder.Header().Get("X-Rate-Limit-Limit"); limit != "180" {
		t.Errorf("the rate headers are missing: %q", limit)
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s", err, recorder.Body)
	}
	return answer
}

// sameShape checks that all that is documented is there, in the same type of JSON: numbers as strings where they are.
func sameShape(t *testing.T, where string, want, got any) {
	t.Helper()
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		t.Errorf("%s is a %T, documented is a %T", where, got, want)
		return
	}
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for name, value := range want {
			if found, there := got[name]; there {
				sameShape(t, where+"."+name, value, found)
			} else {
				t.Errorf("%s.%s is missing: %v", where, name, got)
			}
		}
	case []any:
		got, _ := got.([]any)
		if len(want) > 0 && len(got) == 0 {
			t.Errorf("%s is empty", where)
		}
		if len(want) > 0 && len(got) > 0 {
			sameShape(t, where+"[0]", want[0], got[0])
		}
	}
}

func TestSaveByNumberGoesToThatContactAlone(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{})
		first := f.addContact(map[string]string{"email": "twin@example.com"})
		second := f.addContact(map[string]string{"email": "twin@example.com"})
		outcomes, err := d.Upsert(t.Context(), []crm.Contact{{ID: crm.ContactID(itoa(second.id)), Email: "twin@example.com", FirstName: "Tina"}})
		if err != nil || outcomes[0].Result != crm.Updated || outcomes[0].ID != crm.ContactID(itoa(second.id)) {
			t.Errorf("%+v %v", outcomes, err)
		}
		if first.values["firstname"] != "" || second.values["firstname"] != "Tina" {
			t.Errorf("%v %v", first.values, second.values)
		}
		outcomes, err = d.Upsert(t.Context(), []crm.Contact{{ID: "424242", Email: "twin@example.com"}})
		if err != nil || outcomes[0].Result != crm.Failed || !crm.IsKind(outcomes[0].Err, crm.KindNotFound) {
			t.Errorf("a contact that is gone: %+v %v", outcomes, err)
		}
	})
}

// When the answer holds no id and several contacts have the address, it is not known which of them was saved.
func TestAnswerWithoutAnIDIsNotGuessedAmongSeveral(t *testing.T) {
	story(t, func(t *testing.T) {
		d, f := account(t, sandbox.Options{Switches: map[string]string{"attrs-id": "never"}})
		for range 2 {
			f.addContact(map[string]string{"email": "twin@example.com"})
		}
		outcomes, err := d.Upsert(t.Context(), []crm.Contact{{Email: "twin@example.com", FirstName: "Tina"}})
		if err != nil || outcomes[0].ID != "" || outcomes[0].Result != crm.Updated {
			t.Errorf("%+v %v", outcomes, err)
		}
	})
}

func TestListsAndObjectsComeInWhateverShapePHPGivesThem(t *testing.T) {
	for raw, want := range map[string]int{`{"7":"Gold"}`: 1, `["Gold","Silver"]`: 2, `[]`: 0, `""`: 0, `null`: 0, `false`: 0} {
		var got object[text]
		if err := json.Unmarshal([]byte(raw), &got); err != nil || len(got) != want {
			t.Errorf("%s: %v %v", raw, got, err)
		}
	}
	for raw, want := range map[string]text{`"a"`: "a", `12`: "12", `true`: "true", `null`: "", `{"x":1}`: `{"x":1}`} {
		var got text
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: %q %v", raw, got, err)
		}
	}
}
