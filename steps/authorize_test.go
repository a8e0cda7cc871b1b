package steps_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
)

// TestThePageThatMakesAPasswordIsALink opens the site's own page for application passwords with one key: at its usual place until the site was found, and where
// the site says that it is from then on.
func TestThePageThatMakesAPasswordIsALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := begin(t, "kit")
		link := func() string {
			for _, item := range j.step(steps.Start).Sheet(j.state()).Items {
				if instruction, ok := item.(wizard.Instruction); ok && strings.Contains(instruction.Look, "Add New Application Password") {
					return instruction.Link
				}
			}
			t.Fatal("nothing says how to make a password")
			return ""
		}
		const usual = "https://demo.example.com/wp-admin/authorize-application.php?app_name=AllySwitch"
		j.answer(steps.Start, "site.url", "https://demo.example.com")
		if got := link(); got != usual || !wizard.WebAddress(got) {
			t.Errorf("before the site was found the link is %s", got)
		}
		j.answer(steps.Start, "site.user", j.demo.Answers["site.user"])
		j.answer(steps.Start, "site.password", "abcd efgh ijkl mnop qrst uvwx")
		if words := told(t, j.try(steps.Start, "site")); !strings.HasPrefix(words.Code, "WP-401") {
			t.Fatalf("a wrong password: %+v", words)
		}
		if got := j.state().Step(steps.Start).Notes["site.authorize"]; got != usual || link() != got {
			t.Errorf("the site says %s, and the link is %s", got, link())
		}
		j.state().Site.URL = "https://other.example.org/members"
		if got := link(); got != "https://other.example.org/members/wp-admin/authorize-application.php?app_name=AllySwitch" {
			t.Errorf("of another site the link is %s", got)
		}
		j.state().Site.URL = ""
		if got := link(); got != "" {
			t.Errorf("without a site the link is %s", got)
		}
	})
}
