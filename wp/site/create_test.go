package site_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/sandbox"
	"allyswitch/wp"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

func TestANewMemberIsASubscriberNamedByTheAddress(t *testing.T) {
	story := newStory(t, 20)
	made, err := story.find().Create(context.Background(), wp.Member{Email: "New.Person@example.com", FirstName: "O'Brien & Co", LastName: "Müller"})
	if err != nil {
		t.Fatal(err)
	}
	people := story.People()
	there := people[len(people)-1]
	if made.ID != there.ID || made.Login != "New.Person@example.com" || made.Existed || made.Note != "" {
		t.Errorf("made %+v", made)
	}
	if there.Roles != "subscriber" || there.FirstName != "O'Brien &amp; Co" || there.LastName != "Müller" {
		t.Errorf("there is %+v", there)
	}
	if mail := story.Mail(); len(mail) > 0 {
		t.Errorf("mail went to %v", mail)
	}
}

func TestAnAddressThatCannotBeAUserNameGetsOneThatIsNobodysAddress(t *testing.T) {
	for email, login := range map[string]string{
		"ada+course@example.com":                      "ada_course_at_example.com",
		"o'brien@example.com":                         "o_brien_at_example.com",
		strings.Repeat("a", 50) + "@long.example.com": strings.Repeat("a", 40) + "_at_long.example.com",
	} {
		story := newStory(t, 20)
		made, err := story.find().Create(context.Background(), wp.Member{Email: email})
		if err != nil {
			t.Fatal(err)
		}
		if len(made.Login) > 60 || made.Login != login || made.Note == "" || strings.Contains(made.Login, "@") {
			t.Errorf("%s: %+v, want login %s", email, made, login)
		}
	}
}

func TestWhoIsThereAlreadyIsFoundAndLeftAlone(t *testing.T) {
	story := newStory(t, 20)
	before := story.People()
	for email, login := range map[string]string{"PLUS.first+VIP@example.com": "plus", "grace.hopper@example.com": "capital", "twin@example.com": "twin1"} {
		made, err := story.find().Create(context.Background(), wp.Member{Email: email, FirstName: "Somebody else"})
		if err != nil || !made.Existed || made.Login != login || made.Note == "" {
			t.Errorf("%s: %+v, %v", email, made, err)
		}
	}
	if after := story.People(); len(after) != len(before) || after[1].FirstName != before[1].FirstName {
		t.Error("somebody was made or changed")
	}
	for _, line := range story.Requests() {
		if strings.HasPrefix(line, "POST") || strings.HasPrefix(line, "PUT") || strings.HasPrefix(line, "PATCH") {
			t.Errorf("wrote %s", line)
		}
	}
}

func TestAUserNameThatSomebodyElseHasIsGoneAround(t *testing.T) {
	story := newStory(t, 20)
	found := story.find()
	if _, err := found.Create(context.Background(), wp.Member{Email: "ada+x@example.com"}); err != nil {
		t.Fatal(err)
	}
	made, err := found.Create(context.Background(), wp.Member{Email: "ada_x@example.com"})
	if err != nil || made.Login != "ada_x@example.com" {
		t.Errorf("%+v, %v", made, err)
	}
	made, err = found.Create(context.Background(), wp.Member{Email: "ada'x@example.com"})
	if err != nil || made.Login != "ada_x_at_example.com_2" || made.Existed {
		t.Errorf("%+v, %v", made, err)
	}
}

func TestWhatIsNoAddressIsNotSent(t *testing.T) {
	story := newStory(t, 20)
	for _, email := range []string{"", "not-an-address", "a b@example.com"} {
		_, err := story.find().Create(context.Background(), wp.Member{Email: email})
		told(t, err, site.Refused)
	}
}

func TestALostAnswerMakesNobodyTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		story := newStory(t, 20, wptest.LostAnswers)
		made, err := story.find().Create(context.Background(), wp.Member{Email: "lost@example.com"})
		if err != nil || made.Login != "lost@example.com" || made.Existed {
			t.Errorf("%+v, %v", made, err)
		}
		if people := story.People(); len(people) != 21 {
			t.Errorf("%d people", len(people))
		}
	})
}

func TestWhoMayNotMakeUsersIsTold(t *testing.T) {
	story := newStory(t, 20, wptest.SubscriberOnly)
	_, err := story.find().Create(context.Background(), wp.Member{Email: "new@example.com"})
	told(t, err, site.NotAdmin)
}

func TestAUserThatComesOutOtherThanAskedIsNoSuccess(t *testing.T) {
	for name, body := range map[string]string{
		"other role":    `{"id":61,"username":"new@example.com","email":"new@example.com","name":"","roles":["administrator"],"registered_date":"2020-01-01T00:00:00+00:00"}`,
		"other address": `{"id":61,"username":"new@example.com","email":"other@example.com","name":"","roles":["subscriber"],"registered_date":"2020-01-01T00:00:00+00:00"}`,
		"no role":       `{"id":61,"username":"new@example.com","email":"new@example.com","name":"","roles":[],"registered_date":"2020-01-01T00:00:00+00:00"}`,
	} {
		t.Run(name, func(t *testing.T) {
			found := newStory(t, 20).spoiled(func(r *http.Request, answer *http.Response) {
				if strings.Contains(r.URL.Path, "/wp/v2/users/") {
					replace(answer, body)
				}
			})
			_, err := found.Create(context.Background(), wp.Member{Email: "new@example.com"})
			told(t, err, site.NotVerified)
		})
	}
}

func TestTheSecretOfANewUserIsLongAndNeverTheSame(t *testing.T) {
	story := newStory(t, 20)
	seen := map[string]bool{}
	settings := story.settings()
	settings.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			body := bodyOf(t, r)
			_, rest, _ := strings.Cut(body, `"password":"`)
			password, _, _ := strings.Cut(rest, `"`)
			if len(password) < 40 || seen[password] {
				t.Errorf("password %q", password)
			}
			seen[password] = true
		}
		return sandbox.Transport(story.Handler).RoundTrip(r)
	})
	found, err := site.Find(context.Background(), settings, home)
	if err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"one@example.com", "two@example.com"} {
		if made, err := found.Create(context.Background(), wp.Member{Email: email}); err != nil || made.Existed {
			t.Error(err)
		}
	}
	if len(seen) != 2 {
		t.Errorf("%d passwords", len(seen))
	}
}
