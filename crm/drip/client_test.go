package drip

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"allyswitch/crm/sandbox"
)

// recorded is one request that Drip's own client for Node.js (drip-nodejs 3.1.4) sent to this sandbox when each of its 50 methods
// was called, and the status it got. Only its base URL had been changed.
type recorded struct {
	Method        string `json:"method"`
	Path          string `json:"path"`
	Query         string `json:"query"`
	Authorization string `json:"authorization"`
	ContentType   string `json:"content_type"`
	Body          string `json:"body"`
	Status        int    `json:"status"`
}

func recording(t *testing.T) []recorded {
	t.Helper()
	file, err := os.Open("testdata/drip-nodejs-3.1.4.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []recorded
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var one recorded
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) < 50 {
		t.Fatalf("only %d requests were recorded", len(all))
	}
	return all
}

// The vendor's client leaves the colon off Basic authorisation, ends some paths in a slash, and sends a body where none is needed.
func TestVendorsOwnClientWorksUnchanged(t *testing.T) {
	for _, contentType := range []string{"", "application/vnd.api+json"} {
		f := newFake(sandbox.Options{Speed: 1e6})
		f.Load(sandbox.Contents{Automations: []sandbox.Automation{{Name: "Welcome", Active: true}}})
		server := httptest.NewServer(http.StripPrefix("/drip", f))
		for _, one := range recording(t) {
			if contentType != "" && one.Body != "" {
				one.ContentType = contentType
			}
			if got := replay(t, server, f, one); got != one.Status {
				t.Errorf("%s %s: %d, want %d", one.Method, one.Path, got, one.Status)
			}
		}
		server.Close()
		if unexpected := f.UnexpectedRequests(); len(unexpected) > 0 {
			t.Errorf("not known: %v", unexpected)
		}
	}
}

func replay(t *testing.T, server *httptest.Server, f *fake, one recorded) int {
	t.Helper()
	path := strings.ReplaceAll(one.Path, "{workflow}", f.workflows[0].id)
	if len(f.hooks) > 0 {
		id, _ := f.hooks[0]["id"].(string)
		path = strings.ReplaceAll(path, "{webhook}", id)
	}
	request, err := http.NewRequest(one.Method, server.URL+"/drip"+path+"?"+one.Query, strings.NewReader(one.Body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", one.Authorization)
	request.Header.Set("Content-Type", one.ContentType)
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}
