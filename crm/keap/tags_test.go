package keap

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"allyswitch/crm"
	"allyswitch/crm/sandbox"
)

// TestCategoriesStayApart: AccessAlly may put a tag's category in front of its name ("Membership: Gold Member"). The driver tells the
// two apart, and makes tags without a category so that nothing can be put in front.
func TestCategoriesStayApart(t *testing.T) {
	tell(t, func(a *account) {
		_, body := a.raw("POST", "/crm/rest/v2/tags/categories", `{"name":"Membership"}`)
		id := body[strings.Index(body, `"id":"`)+6 : strings.Index(body, `","name"`)]
		a.raw("POST", "/crm/rest/v2/tags", `{"name":"Gold Member","category":{"id":"`+id+`"}}`)
		tags := must(a, func() ([]crm.Tag, error) { return a.client.Tags(a.ctx) })
		if len(tags) != 1 || tags[0].Name != "Gold Member" || tags[0].Category != "Membership" {
			t.Errorf("listed %+v", tags)
		}
		there := must(a, func() (crm.Tag, error) { return a.client.EnsureTag(a.ctx, "Gold Member") })
		if there.ID != tags[0].ID {
			t.Errorf("a second tag was made: %+v", there)
		}
		made := must(a, func() (crm.Tag, error) { return a.client.EnsureTag(a.ctx, "Membership: Gold Member") })
		if made.Name != "Membership: Gold Member" || made.Category != "" || made.ID == there.ID {
			t.Errorf("made %+v", made)
		}
		for _, line := range a.wire.seen {
			if strings.HasPrefix(line, "POST /v2/tags ") && strings.Contains(line, "category") {
				t.Errorf("a category was sent: %s", line)
			}
		}
	})
}

// TestTagsThatDifferInCase: whatever Keap answers when the name exists in another case, the caller learns which tag is in the way.
func TestTagsThatDifferInCase(t *testing.T) {
	for _, exists := range []string{"conflict", "bad-request", "existing"} {
		tell(t, func(a *account) {
			a.fake.Load(sandbox.Contents{Tags: []string{"members"}})
			tag, err := a.driver.CreateTag(a.ctx, "Members")
			if err != nil || tag.Name != "members" {
				t.Errorf("tag-exists=%s: %+v, %v", exists, tag, err)
			}
		}, "tag-exists="+exists)
	}
}

// TestTagNamesAreNotCut: Keap would save the first 255 characters and say nothing.
func TestTagNamesAreNotCut(t *testing.T) {
	tell(t, func(a *account) {
		fits := strings.Repeat("ü", 255)
		if tag, err := a.driver.CreateTag(a.ctx, fits); err != nil || tag.Name != fits {
			t.Errorf("255 characters: %v", err)
		}
		if _, err := a.driver.CreateTag(a.ctx, fits+"ü"); !crm.IsKind(err, crm.KindInvalid) {
			t.Errorf("256 characters: %v", err)
		}
		if _, body := a.raw("POST", "/crm/rest/v2/tags", `{"name":"`+strings.Repeat("x", 300)+`"}`); strings.Count(body, "x") != 255 {
			t.Errorf("the sandbox does not cut as Keap does: %s", body)
		}
	})
}

// TestLostTagAndField: the answer to a creation is lost; neither is made twice, although Keap might allow both.
func TestLostTagAndField(t *testing.T) {
	tell(t, func(a *account) {
		lost := map[string]bool{}
		a.wire.meddle = func(r *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
			if r.Method == http.MethodPost && !lost[r.URL.Path] {
				lost[r.URL.Path] = true
				return nil, errLost
			}
			return answer, nil
		}
		tag := must(a, func() (crm.Tag, error) { return a.driver.CreateTag(a.ctx, "Members") })
		field := must(a, func() (crm.Field, error) { return a.driver.CreateField(a.ctx, crm.Field{Name: "customer_id"}) })
		if contents := a.fake.Contents(); len(contents.Tags) != 1 || len(contents.Fields) != 1 || tag.ID == "" || field.ID == "" {
			t.Errorf("Keap holds %q and %q", contents.Tags, contents.Fields)
		}
	}, "tag-exists=second", "label-repeats=allowed")
}

// TestEveryResultIsRead: 200 does not mean that everybody has the tag.
func TestEveryResultIsRead(t *testing.T) {
	answers := map[string]struct {
		result crm.Result
		kind   crm.Kind
	}{
		`"SUCCESS"`:           {crm.Updated, ""},
		`"DUPLICATE"`:         {crm.Updated, ""},
		`"CONTACT_NOT_FOUND"`: {crm.Failed, crm.KindNotFound},
		`"TAG_ID_NOT_FOUND"`:  {crm.Failed, crm.KindNotFound},
		`"NO_PERMISSION"`:     {crm.Failed, crm.KindPermission},
		`"FAILURE"`:           {crm.Failed, crm.KindInvalid},
		`"SOMETHING_NEW"`:     {crm.Unknown, crm.KindTemporary},
		``:                    {crm.Unknown, crm.KindTemporary},
	}
	for word, want := range answers {
		tell(t, func(a *account) {
			results := `"1":"SUCCESS"`
			if word != "" {
				results += `,"2":` + word
			}
			a.wire.meddle = func(_ *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
				answer.StatusCode, answer.Body = 200, io.NopCloser(strings.NewReader(`{"results":{`+results+`}}`))
				return answer, nil
			}
			got := must(a, func() ([]crm.Outcome, error) {
				return a.driver.ApplyTag(a.ctx, crm.Tag{ID: "102"}, []crm.Target{{ID: "1"}, {ID: "2"}})
			})
			if got[0].Err != nil || got[1].Result != want.result || want.kind != "" && !crm.IsKind(got[1].Err, want.kind) {
				t.Errorf("%q is %+v", word, got)
			}
		})
	}
}

// TestOneMissingContact costs nobody else the tag, whether Keap tells it in the results or refuses the whole call.
func TestOneMissingContact(t *testing.T) {
	for _, partial := range []string{"results", "bad-request"} {
		tell(t, func(a *account) {
			var contents sandbox.Contents
			for i := range 100 {
				contents.Contacts = append(contents.Contacts, sandbox.Contact{Email: fmt.Sprintf("m%d@example.com", i)})
			}
			a.fake.Load(contents)
			tag := must(a, func() (crm.Tag, error) { return a.client.EnsureTag(a.ctx, "Members") })
			var targets []crm.Target
			for i := range 99 {
				targets = append(targets, crm.Target{ID: crm.ContactID(fmt.Sprint(1001 + i))})
			}
			targets = append(targets, crm.Target{ID: "999999"})
			got := must(a, func() ([]crm.Outcome, error) { return a.driver.ApplyTag(a.ctx, tag, targets) })
			for i, outcome := range got {
				if failed := outcome.Result == crm.Failed; failed != (i == 99) || outcome.ID != targets[i].ID {
					t.Errorf("%s: contact %d is %+v", partial, i, outcome)
				}
			}
			tagged := must(a, func() (int, error) { return a.client.EachTagged(a.ctx, tag, func(crm.Target) error { return nil }) })
			if tagged != 99 {
				t.Errorf("%s: %d contacts have the tag, want 99", partial, tagged)
			}
		}, "apply-partial="+partial)
	}
}

// TestSearchThatIsIgnored: Keap ignores parameters it does not know and returns everybody. That is not "not found".
func TestSearchThatIsIgnored(t *testing.T) {
	tell(t, func(a *account) {
		var contents sandbox.Contents
		for i := range 1500 {
			contents.Contacts = append(contents.Contacts, sandbox.Contact{Email: fmt.Sprintf("m%d@example.com", i)})
		}
		a.fake.Load(contents)
		a.wire.to = withoutFilter{a.wire.to}
		found, err := a.driver.Find(a.ctx, "nobody@example.com")
		if err == nil || len(found) != 0 {
			t.Errorf("found %d, %v; want that it is not known", len(found), err)
		}
		if requests := a.fake.Traffic().Requests; requests > 2 {
			t.Errorf("%d requests to find out", requests)
		}
	})
}

type withoutFilter struct{ to http.RoundTripper }

func (w withoutFilter) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	query := r.URL.Query()
	query.Del("filter")
	r.URL.RawQuery = query.Encode()
	return w.to.RoundTrip(r)
}

// TestAwkwardAddresses: what has a meaning in filters is encoded, or refused rather than guessed.
func TestAwkwardAddresses(t *testing.T) {
	tell(t, func(a *account) {
		a.fake.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ann+news@example.com"}, {Email: "ann news@example.com"}, {Email: "o'b&c=d@example.com"}}})
		for _, email := range []string{"ann+news@example.com", "o'b&c=d@example.com"} {
			if found := must(a, func() ([]crm.Contact, error) { return a.driver.Find(a.ctx, email) }); len(found) != 1 || found[0].Email != email {
				t.Errorf("%s finds %+v", email, found)
			}
		}
		for _, email := range []string{"a;given_name==Ann@example.com", "ann*"} {
			if _, err := a.driver.Find(a.ctx, email); !crm.IsKind(err, crm.KindInvalid) {
				t.Errorf("%s: %v", email, err)
			}
		}
	})
}

// TestManyPages: everybody and everything is read to the end, before the first write too.
func TestManyPages(t *testing.T) {
	for _, end := range []string{"absent", "empty", "url"} {
		tell(t, func(a *account) {
			var contents sandbox.Contents
			for i := range 2500 {
				contents.Contacts = append(contents.Contacts, sandbox.Contact{Email: fmt.Sprintf("m%d@example.com", i), Tags: []string{"Members"}})
				contents.Tags = append(contents.Tags, fmt.Sprint("tag ", i))
			}
			a.fake.Load(contents)
			if outcome := a.upsert(crm.Contact{Email: "m2499@example.com", FirstName: "Last"}); outcome.Result != crm.Updated {
				t.Errorf("page-end=%s: somebody on the last page was %+v", end, outcome)
			}
			read := must(a, func() (int, error) { return a.client.EachContact(a.ctx, func(crm.Contact) error { return nil }) })
			tags := must(a, func() ([]crm.Tag, error) { return a.client.Tags(a.ctx) })
			if read != 2500 || len(tags) != 2501 {
				t.Errorf("page-end=%s: read %d contacts and %d tags", end, read, len(tags))
			}
		}, "page-end="+end)
	}
}

// TestHalfAnAnswer: an answer without the list that it should have is unknown, never "none".
func TestHalfAnAnswer(t *testing.T) {
	for _, body := range []string{`{}`, `{"contacts":null,"tags":null,"custom_fields":null}`, `[]`, `null`} {
		tell(t, func(a *account) {
			a.wire.meddle = func(_ *http.Request, _ []byte, answer *http.Response) (*http.Response, error) {
				answer.StatusCode, answer.Body = 200, io.NopCloser(bytes.NewReader([]byte(body)))
				return answer, nil
			}
			_, err := a.driver.Contacts(a.ctx, "")
			_, err2 := a.driver.Tags(a.ctx)
			_, err3 := a.driver.Fields(a.ctx)
			_, err4 := a.driver.Find(a.ctx, "ann@example.com")
			_, err5 := a.driver.TaggedContacts(a.ctx, crm.Tag{ID: "102"}, "")
			_, err6 := a.driver.Check(a.ctx)
			_, err7 := a.driver.Automations(a.ctx)
			for i, err := range []error{err, err2, err3, err4, err5, err6, err7} {
				if !crm.IsKind(err, crm.KindTemporary) {
					t.Errorf("%s: question %d says %v", body, i+1, err)
				}
			}
		})
	}
}
