package steps_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/plain"
)

// readPlaces comes as far as step 9 with the companion, ticks every box, and reads the places: on the made-up site a shortcode has a tag of before, a page's
// permission cannot be read, and the theme works a tag out by code.
func readPlaces(t *testing.T, crmID string) *journey {
	t.Helper()
	j := begin(t, crmID)
	if err := j.walk(steps.CRMSetup, atLevel(true)); err != nil {
		t.Fatal(err)
	}
	j.ticksAll(steps.TagReview)
	j.run(steps.TagReview, "references")
	return j
}

// replaceInPlaces changes what was read, as the next reading would.
func (j *journey) replaceInPlaces(from, to string) {
	j.t.Helper()
	path := j.folder.Path(migration.ReferencesFile)
	rows, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(rows), from) {
		j.t.Fatalf("%q is not among the places: %v\n%s", from, err, rows)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(rows), from, to, 1)), 0o600); err != nil {
		j.t.Fatal(err)
	}
}

// A place that no machine can judge, or read, waits for a person like one that points to a tag of before: the box of its kind does not count, although it is
// optional, and the number still to do falls to zero only with the person's word. The word is kept, and can be taken back.
func TestPlacesThatNoMachineCanJudgeWaitForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := readPlaces(t, "ontraport")
		for box, doubt := range map[string]string{"shortcodes": `still points to a tag of before, the first is "Offers now"`, "theme": "nobody has looked at 1 place", "page-permissions": `"_accessally_post_permission (number 103)"`} {
			if tick := j.box(steps.TagReview, box); tick.Set != nil || tick.Optional || !strings.Contains(tick.Doubt, doubt) {
				t.Errorf("nobody has looked, and the box %s (optional %v) says %q", box, tick.Optional, tick.Doubt)
			}
		}
		if tick := j.box(steps.TagReview, "events"); tick.Set == nil {
			t.Errorf("no place is an event, and the box says %q", tick.Doubt)
		}
		stands := func(words string) {
			t.Helper()
			if facts := j.facts(steps.TagReview); !strings.Contains(facts, words) {
				t.Errorf("%q is not among the facts: %s", words, facts)
			}
		}
		stands("11 use a tag: 3 still to do, 8 done")
		if standing := steps.Standing(j.state(), steps.TagReview); standing != "3 places still to do, of which 1 to look at and 1 not read; 8 done, 0 settled by you" {
			t.Errorf("the overview says %q", standing)
		}
		if _, err := j.table(steps.TagReview, "references").Actions[0].Do(0, ""); err == nil || !strings.Contains(err.Error(), "points to a tag of before") {
			t.Errorf("a place that points to a tag of before is marked as right: %v", err)
		}
		j.row(steps.TagReview, "references", "x", 0, "")
		j.row(steps.TagReview, "references", "s", 1, "the page is open for Inner Circle")
		if j.status(steps.TagReview) == wizard.Done {
			t.Error("nobody has looked at the theme, and the step is done")
		}
		j.row(steps.TagReview, "references", "s", 2, "")
		stands("0 still to do, 8 done, 3 settled by you")
		if j.status(steps.TagReview) != wizard.Done {
			t.Errorf("a person has looked at every place: %s", j.facts(steps.TagReview))
		}
		j.restart()
		if rows := rowsOf(j.table(steps.TagReview, "references")); !strings.Contains(rows, "seen|theme-code") || !strings.Contains(rows, "left|shortcode") {
			t.Errorf("the words are not kept:\n%s", rows)
		}
		j.row(steps.TagReview, "references", "x", 2, "")
		if j.status(steps.TagReview) == wizard.Done || j.box(steps.TagReview, "theme").Set != nil {
			t.Error("the word is taken back, and the box counts")
		}
	})
}

// A person's word is about the tag that was there: with another tag in the same place it is asked for again.
func TestAWordAboutAPlaceDoesNotHoldForAnotherTag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := readPlaces(t, "ontraport")
		for row, key := range []string{"x", "s", "s"} {
			j.row(steps.TagReview, "references", key, row, "")
		}
		j.replaceInPlaces(",theme-code,themes/twentytwentythree/theme-code.php,,,", ",theme-code,themes/twentytwentythree/theme-code.php,,Inner Circle Member,")
		if tick := j.box(steps.TagReview, "theme"); tick.Set != nil {
			t.Error("another tag is there than the one that was looked at, and the box counts")
		}
	})
}

// What the companion finds of CommunityAlly belongs to its box, and a kind that nobody knows to the others.
func TestEveryKindOfPlaceHasItsBox(t *testing.T) {
	for kind, box := range map[string]string{"community": "community", "wp-fusion": "community", "setting": "other", "of a later version": "other", "team": "teams"} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := readPlaces(t, "ontraport")
				j.replaceInPlaces("look,theme-code,", "look,"+kind+",")
				if tick := j.box(steps.TagReview, box); tick.Set != nil || !strings.Contains(tick.Doubt, "nobody has looked at 1 place") {
					t.Errorf("the box %s says %q", box, tick.Doubt)
				}
			})
		})
	}
}

// Without anybody there, step 9 stops at places that nobody has looked at. Answers can say so of each row.
func TestPlacesAreSettledByAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "ontraport")
		words := map[string]string{}
		for key, word := range j.demo.Answers {
			if strings.HasPrefix(key, "tag-review.references.") {
				words[key] = word
				delete(j.demo.Answers, key)
			}
		}
		var refused *plain.ErrRefused
		if err := j.walk(steps.TagReview, atLevel(true)); !errors.As(err, &refused) || refused.Step != steps.TagReview || !strings.Contains(refused.Reason, "Pages with permissions of their own") {
			t.Fatalf("three places wait, and the walk ends with %v", err)
		}
		if err := j.walk(steps.TagReview, words); err != nil || j.status(steps.TagReview) != wizard.Done {
			t.Fatalf("every place has its answer, and the walk ends with %v", err)
		}
	})
}
