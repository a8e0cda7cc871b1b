package command

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/demo"
	"allyswitch/wizard/plain"
)

// TestQuestionsListsEverythingThatRunAsks walks through every CRM, on good days and bad ones, and keeps a list of all that is asked for. The command must
// know each key, with the words that have to be typed.
func TestQuestionsListsEverythingThatRunAsks(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := map[string]wizard.Item{}
				for _, day := range []string{"good", "other columns", "gaps", "upload"} {
					maps.Copy(asked, askedOn(t, entry, day))
				}
				listed := map[string]questionLine{}
				for _, line := range questionLines(entry.Provider.ID) {
					if listed[line.Key].Key != "" {
						t.Errorf("%s is listed twice", line.Key)
					}
					listed[line.Key] = line
				}
				for key, item := range asked {
					line, ok := listed[key]
					if question, is := item.(wizard.Question); is && ok && question.Confirm != "" && !strings.Contains(line.Words, "N") && line.Words != question.Confirm {
						t.Errorf("%s wants %q, and %q is listed", key, question.Confirm, line.Words)
					}
					if !ok {
						t.Errorf("%s is asked for, but not listed", key)
					}
				}
				if len(asked) < 45 {
					t.Errorf("only %d keys were asked for", len(asked))
				}
			})
		})
	}
}

// askedOn walks through a migration on some kind of day, answers like an owner, and returns all that was asked.
func askedOn(t *testing.T, entry registry.Entry, day string) map[string]wizard.Item {
	t.Helper()
	dir := t.TempDir()
	made, err := demo.New(demo.Options{CRM: entry.Provider.ID, Members: 25, Speed: 1, Folder: dir})
	if err != nil {
		t.Fatal(err)
	}
	if day == "other columns" {
		export := bytes.Replace(made.Site.Export(), []byte(",user_email,"), []byte(",Where to write,"), 1)
		if err := os.WriteFile(made.Answers["export.file"], export, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := checkpoint.Open(filepath.Join(dir, "migration"), checkpoint.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	deps := &steps.Deps{Folder: folder, CRMs: registry.All(), Secrets: steps.NewSecrets(nil), Transport: onDay(day, sandbox.Transport(made.Sandbox)), SiteTransport: made.SiteTransport}
	all := steps.All(deps)
	asked, rows := map[string]wizard.Item{}, map[string]string{}
	for key, word := range made.Answers {
		if strings.HasPrefix(key, steps.TagReview+".references.") {
			rows[key] = word
		}
	}
	_, err = plain.Run(t.Context(), plain.Config{Steps: all, Folder: steps.Keeping{Folder: folder, Steps: all, After: made.Follow}, Out: io.Discard, Answers: rows,
		Fallback: func(step string, item wizard.Item) (string, bool) {
			key := keyOf(step, item)
			asked[key] = item
			return answerTo(key, item, made, day)
		}})
	if err != nil && day != "gaps" {
		t.Errorf("on a day with %s: %v", day, err)
	}
	return asked
}

func keyOf(step string, item wizard.Item) string {
	switch item := item.(type) {
	case wizard.Question:
		return item.Key
	case wizard.Tick:
		return plain.Key(step, item.Key)
	case wizard.Task:
		return plain.Key(step, item.Key)
	}
	return ""
}

// answerTo does all that is asked, what needs not be done too.
func answerTo(key string, item wizard.Item, made *demo.Demo, day string) (string, bool) {
	switch item := item.(type) {
	case wizard.Tick:
		return "yes", key != "payments.none"
	case wizard.Task:
		// Nobody matches the orders of the made-up site.
		return "yes", !strings.HasPrefix(key, steps.Payments+".")
	case wizard.Question:
		switch {
		case key == "column.user_email":
			return "Where to write", true
		case key == "test.controls":
			return "all = passed", true
		case key == "import.route" && day == "upload":
			return "upload", true
		case item.Secret:
			return made.Secrets[key], made.Secrets[key] != "" && item.Value == ""
		case made.Answers[key] != "":
			return made.Answers[key], true
		case item.Confirm != "" && item.Value == "":
			return item.Confirm, true
		}
	}
	return "", false
}

// onDay lets a CRM lose a tag of everybody on a day with gaps: its calls for one tag are answered, but not carried out.
func onDay(day string, next http.RoundTripper) http.RoundTripper {
	if day != "gaps" {
		return next
	}
	return roundTrip(func(request *http.Request) (*http.Response, error) {
		if request.Body == nil {
			return next.RoundTrip(request)
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.ReplaceAll(body, []byte(`"Inner Circle Member",`), nil)
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return next.RoundTrip(request)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func TestQuestionsAsJSONAndAsText(t *testing.T) {
	for _, entry := range registry.All() {
		var out bytes.Buffer
		if err := Questions(Options{JSON: true, Out: &out}, entry.Provider.ID); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
			var question questionLine
			if err := json.Unmarshal([]byte(line), &question); err != nil || question.Key == "" || question.Label == "" || question.Kind == "" {
				t.Errorf("%s: %v", line, err)
			}
			if question.Secret && question.Env == "" {
				t.Errorf("%s is a secret without an environment variable", question.Key)
			}
		}
		out.Reset()
		if err := Questions(Options{Out: &out}, entry.Provider.ID); err != nil || !strings.Contains(out.String(), "switch to "+entry.Provider.Name) {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
	if err := Questions(Options{Out: io.Discard}, "mailchimp"); err == nil || !strings.Contains(err.Error(), "ontraport") {
		t.Errorf("another CRM: %v", err)
	}
}

// TestTheExampleAnswersFit keeps the example in the documentation in step with what is asked.
func TestTheExampleAnswersFit(t *testing.T) {
	if _, err := readAnswers(RunOptions{Answers: filepath.Join("..", "..", "docs", "examples", "activecampaign.json")}); err != nil {
		t.Error(err)
	}
}
