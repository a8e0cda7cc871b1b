package steps_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/plain"
	"allyswitch/wizard/wizardtest"
)

var home = wizardtest.Size{Width: 80, Height: 24}

// TestTheWholeSwitchWithKeys walks from the first question to the last tick, on the screen and line by line: both leave the same in the CRM.
// Ontraport puts tags on with calls of their own; with ActiveCampaign they ride along.
func TestTheWholeSwitchWithKeys(t *testing.T) {
	for crmID, size := range map[string]wizardtest.Size{"activecampaign": home, "ontraport": {Width: 60, Height: 16}} {
		t.Run(crmID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				onScreen := begin(t, crmID)
				o := onScreen.sits(size, wizard.Options{})
				o.goesThrough("")
				onScreen.allDone()
				onScreen.nobodyLostAccess()
				if err := o.term.Close(); err != nil {
					t.Error(err)
				}
				byLine := begin(t, crmID)
				byLine.talks()
				byLine.allDone()
				byLine.nobodyLostAccess()
				if got, want := byLine.contents(), onScreen.contents(); got != want {
					t.Error("line by line something else has come into the CRM")
				}
			})
		})
	}
}

func (j *journey) contents() string {
	j.t.Helper()
	text, err := json.Marshal(j.demo.Sandbox.Contents())
	if err != nil {
		j.t.Fatal(err)
	}
	return string(text)
}

// talks goes through everything line by line and returns what was printed.
func (j *journey) talks() string {
	j.t.Helper()
	v := &voice{j: j, said: &safeBuffer{}}
	_, err := plain.Run(j.t.Context(), plain.Config{Steps: j.all, Folder: j.keeping, Interactive: true, In: v, Out: v.said})
	if err != nil {
		j.t.Fatalf("%v\n%s", err, tail(v.said.String()))
	}
	j.noSecretIn(v.said.String(), "line by line")
	return v.said.String()
}

func tail(text string) string { return text[max(0, len(text)-2000):] }

// voice is an owner who answers line by line, each line when it is asked for.
type voice struct {
	j     *journey
	said  *safeBuffer
	heard int
	lines int
}

// Read implements io.Reader: one line at a time.
func (v *voice) Read(to []byte) (int, error) {
	if v.lines++; v.lines > 2000 {
		return 0, io.EOF
	}
	all := v.said.String()
	asked := all[v.heard:]
	v.heard = len(all)
	return copy(to, v.reply(asked)+"\n"), nil
}

func (v *voice) reply(asked string) string {
	switch {
	case strings.Contains(asked, "Have you done this?"):
		return "yes"
	case strings.Contains(asked, "Work: Read AccessAlly's list of tags from the site"):
		return "no" // the owner on the screen ticks that every tag is there
	case strings.Contains(asked, "Type exactly: switch to"):
		_, after, _ := strings.Cut(asked, "Type exactly: ")
		words, _, _ := strings.Cut(after, "\n")
		return words
	case strings.Contains(asked, "y to as it should be"):
		return v.nextRow(steps.Test, "controls", "y as I expected")
	case strings.Contains(asked, "d to moved"):
		return v.nextRow(steps.Payments, "orders", "d")
	case strings.Contains(asked, "s to seen, it is right"):
		return v.nextPlace()
	}
	for _, step := range v.j.all {
		for _, question := range step.(wizard.Sheeted).Questions(v.j.state()) {
			if question.Value == "" && strings.Contains(asked, "Question: "+question.Label) {
				return cmpOr(v.j.demo.Answers[question.Key], v.j.demo.Secrets[question.Key])
			}
		}
	}
	return ""
}

// nextRow decides on the first row of a list that is still to do, and goes on when there is none.
func (v *voice) nextRow(step, table, words string) string {
	list := v.j.table(step, table)
	for i := range list.Rows {
		if list.Row(i)[0] == "to do" {
			return fmt.Sprintf("%d %s", i+1, words)
		}
	}
	return ""
}

// nextPlace settles the first place that waits for a person, and goes on when there is none.
func (v *voice) nextPlace() string {
	list := v.j.table(steps.TagReview, "references")
	for i := range list.Rows {
		switch list.Row(i)[0] {
		case "to do":
			return fmt.Sprintf("%d x", i+1)
		case "look", "not read":
			return fmt.Sprintf("%d s as I expected", i+1)
		}
	}
	return ""
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
