package site_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

func TestAPageWithNothingButOtherNoncesIsTheSamePage(t *testing.T) {
	story := newStory(t, 20)
	found := story.find()
	before, err := found.Look(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if before.Status != 200 || before.Title != "Membership site" || before.Closed || before.URL != home+"/" {
		t.Errorf("%+v", before)
	}
	again, err := site.Look(context.Background(), story.settings(), "members.example.com/wp-admin")
	if err != nil {
		t.Fatal(err)
	}
	if change := site.Compare(before, again); !change.Known || !change.Same || len(change.Sentences) != 1 {
		t.Errorf("%+v", change)
	}
	for _, line := range story.Requests() {
		if strings.HasSuffix(line, "*") {
			t.Errorf("a visitor has no credentials: %s", line)
		}
	}
}

func TestClosingAndOpeningIsSeenWhicheverWayItIsDone(t *testing.T) {
	for _, condition := range []wptest.Condition{wptest.MaintenanceMode, wptest.ClosedFront} {
		story := newStory(t, 20)
		found := story.find()
		before, _ := found.Look(context.Background())
		story.Set(condition, true)
		during, err := found.Look(context.Background())
		if err != nil || !during.Closed || during.Status != 503 {
			t.Fatalf("%+v, %v", during, err)
		}
		if text := fmt.Sprint(site.Compare(before, during)); !strings.Contains(text, "closed to visitors") || !strings.Contains(text, "200") || !strings.Contains(text, "503") {
			t.Error(text)
		}
		if change := site.Compare(during, during); !change.Same || !strings.Contains(fmt.Sprint(change), "still closed") {
			t.Errorf("%+v", change)
		}
		story.Set(condition, false)
		after, _ := found.Look(context.Background())
		if text := fmt.Sprint(site.Compare(during, after)); !strings.Contains(text, "open to visitors again") {
			t.Error(text)
		}
		if !site.Compare(before, after).Same {
			t.Error("before and after should be the same")
		}
	}
}

func TestWhatCannotBeSeenIsNotCalledClosed(t *testing.T) {
	story := newStory(t, 20)
	found := story.find()
	before, _ := found.Look(context.Background())
	for _, condition := range []wptest.Condition{wptest.Firewall, wptest.HTTPPassword} {
		story.Set(condition, true)
		now, err := found.Look(context.Background())
		if err != nil || now.Closed || now.Hindered == "" {
			t.Errorf("%+v, %v", now, err)
		}
		if change := site.Compare(before, now); change.Known || change.Same || len(change.Sentences) < 2 {
			t.Errorf("%+v", change)
		}
		story.Set(condition, false)
	}
}

func TestOtherWordsOnThePageAreLeftToAPerson(t *testing.T) {
	look := func(title, body string) site.View {
		view, err := site.Look(context.Background(), handled(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, "<title>%s</title><body>%s</body>", title, body)
		}), home)
		if err != nil {
			t.Fatal(err)
		}
		return view
	}
	before := look("Site", `<p>Welcome, 12 online</p><input type="hidden" value="a1"><script>nonce=1</script><style>p{}</style>`)
	if !site.Compare(before, look("Site", `<p>Welcome,  13 online</p><input type="hidden" value="b2"><script>nonce=2</script>`)).Same {
		t.Error("numbers, nonces and spaces are no change")
	}
	if text := fmt.Sprint(site.Compare(before, look("Site", "<p>Back on Monday</p>"))); !strings.Contains(text, "Only the words") {
		t.Error(text)
	}
	if view := look("Under maintenance", "x"); !view.Closed {
		t.Errorf("%+v", view)
	}
	if view := look("\x1b[31mSite\x07", "x"); strings.ContainsAny(view.Title, "\x1b\x07") {
		t.Errorf("%q", view.Title)
	}
}
