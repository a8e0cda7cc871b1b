package plain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/plain"
	"allyswitch/wizard/wizardtest"
)

// talk walks through steps with typed lines, and returns what was printed.
func talk(t *testing.T, folder *wizardtest.Shelf, typed string, steps ...wizard.Step) (string, plain.Result, error) {
	t.Helper()
	var out bytes.Buffer
	result, err := plain.Run(t.Context(), plain.Config{
		Steps: steps, Folder: folder, In: strings.NewReader(typed), Out: &out, Interactive: true, Zone: time.UTC, Version: "1.0.0",
	})
	if strings.ContainsAny(out.String(), "\x1b\r") {
		t.Error("plain lines hold control characters")
	}
	return out.String(), result, err
}

func says(t *testing.T, out string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Fatalf("nothing says %q:\n%s", text, out)
		}
	}
}

func TestPipedAnswersGoToTheirQuestions(t *testing.T) {
	folder := wizardtest.NewShelf()
	typed := "example.com\nhttps://example.com\n2\nsk-0123456789abcdef\n\nquit\n"
	out, result, err := talk(t, folder, typed, wizardtest.Asking(), wizardtest.Guided())
	if err != nil || !result.Quit {
		t.Fatalf("result %+v, error %v\n%s", result, err, out)
	}
	want := map[string]string{"site.url": "https://example.com", "crm.provider": "kit", "crm.key": "sk-0123456789abcdef", "site.name": "My site"}
	for key, value := range want {
		if got := folder.Now.Answer("connect", key); got != value {
			t.Errorf("%s is %q, want %q", key, got, value)
		}
	}
	says(t, out, "== Start: Connect your site", "That will not do: The address must begin with https://.", "2. Kit", "== Step 1 of 1",
		"Your progress is saved. The next start goes on at: step 1, Put the site into maintenance.")
	if strings.Contains(out, "0123456789") {
		t.Error("the secret was printed")
	}
}

func TestBackHelpAndQuitAreWords(t *testing.T) {
	folder := wizardtest.NewShelf()
	out, _, err := talk(t, folder, "https://example.com\nback\nhttps://example.org\nhelp\nsteps\nkeap\nquit\n", wizardtest.Asking(), wizardtest.Guided())
	if err != nil {
		t.Fatal(err)
	}
	if got := folder.Now.Answer("connect", "site.url"); got != "https://example.org" {
		t.Errorf("going back did not ask again: %q", got)
	}
	if got := folder.Now.Answer("connect", "crm.provider"); got != "keap" {
		t.Errorf("the provider is %q", got)
	}
	says(t, out, "Enter keeps: https://example.com", "ask your host whether the REST interface is blocked", "you are at CONNECT", "Start: Connect your site")
}

func TestBackLeadsToTheStepBefore(t *testing.T) {
	folder := wizardtest.NewShelf()
	state := folder.Now.Step("connect")
	state.Answers = map[string]string{"site.url": "https://example.com", "crm.provider": "kit", "crm.key": "sk-0123456789abcdef"}
	out, _, err := talk(t, folder, "back\n\nquit\n", wizardtest.Asking(), wizardtest.Guided())
	if err != nil {
		t.Fatal(err)
	}
	says(t, out, "== Step 1 of 1", "== Start: Connect your site", "Enter keeps: https://example.com")
}

func TestTheInputEndsAtAQuestion(t *testing.T) {
	_, _, err := talk(t, wizardtest.NewShelf(), "https://example.com\n", wizardtest.Asking())
	var missing *plain.ErrMissing
	if !errors.As(err, &missing) || missing.Key != "crm.provider" {
		t.Fatalf("the error is %v, want the missing crm.provider", err)
	}
}

func TestTicksAreTypedYes(t *testing.T) {
	folder := wizardtest.NewShelf()
	out, result, err := talk(t, folder, "\nyes\nyes\non the second disk\n\n", wizardtest.Guided())
	if err != nil || !result.Done {
		t.Fatalf("result %+v, error %v\n%s", result, err, out)
	}
	ticks := folder.Now.Step("maintenance").Ticks
	if ticks["backup"].Note != "on the second disk" || ticks["plugin"].At.IsZero() {
		t.Errorf("the ticks are %+v", ticks)
	}
	if _, ticked := ticks["staff"]; ticked {
		t.Error("Enter ticked a box")
	}
	says(t, out, "Go to: Plugins > Add New > Search", "Look for: Maintenance", "Link: https://example.com/wp-admin/plugins.php")
}

func TestAHundredSecondsHaveAHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		out, result, err := talk(t, folder, "\n", wizardtest.Working(wizardtest.HundredSeconds))
		if err != nil || !result.Done {
			t.Fatalf("result %+v, error %v\n%s", result, err, out)
		}
		says(t, out, "Starting: Send the members", "(50 %), 10 a second", "Send the members: done.", "[ok] Members sent: 1000")
		if beats := strings.Count(out, "Sending members: "); beats < 9 || beats > 22 {
			t.Errorf("%d lines of progress in a hundred seconds:\n%s", beats, out)
		}
	})
}

func TestWaitingSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
			report.Phase("Sending members", 10)
			report.Wait("the CRM allows no more for now", time.Now().Add(time.Minute))
			time.Sleep(time.Minute)
			return nil, nil
		}
		out, _, _ := talk(t, wizardtest.NewShelf(), "\n", wizardtest.Working(run))
		says(t, out, "Waiting: the CRM allows no more for now, 1 min more")
		if lines := strings.Count(out, "Waiting:"); lines < 5 || lines > 7 {
			t.Errorf("a minute of waiting has %d lines", lines)
		}
	})
}

func TestTablesAreDecidedByNumber(t *testing.T) {
	out, _, err := talk(t, wizardtest.NewShelf(), "more\n2 m\nnonsense\n2 m anna@example.org\n1 x\n\nquit\n", wizardtest.People(25))
	if err != nil {
		t.Fatal(err)
	}
	says(t, out, "List: Rows left out (25)", "11. Row: 11; E-mail: member10@example.com", "That will not do: An address has an @ in it.",
		"E-mail: anna@example.org", "That did not work: It has bought something.")
}

func TestTheQuestionOfARowHearsTheWordsThatWorkEverywhere(t *testing.T) {
	out, result, err := talk(t, wizardtest.NewShelf(), "2 m\nquit\nThis is not read any more\n", wizardtest.People(25))
	if err != nil || !result.Quit || strings.Count(out, "The right address") != 1 {
		t.Errorf("quit leads to %+v (%v):\n%s", result, err, out)
	}
	out, result, err = talk(t, wizardtest.NewShelf(), "2 m\nback\n1 x\n\nquit\n", wizardtest.People(25))
	if err != nil || !result.Quit || !strings.Contains(out, "It has bought something.") {
		t.Errorf("back leads to %+v (%v):\n%s", result, err, out)
	}
	if _, _, err := talk(t, wizardtest.NewShelf(), "2 m\n", wizardtest.People(25)); err == nil {
		t.Errorf("the end of the input at the question of a row: %v", err)
	}
}

func TestPrivacyInLines(t *testing.T) {
	var out bytes.Buffer
	_, _ = plain.Run(t.Context(), plain.Config{Steps: []wizard.Step{wizardtest.People(5)}, Folder: wizardtest.NewShelf(), In: strings.NewReader("\nquit\n"),
		Out: &out, Interactive: true, Privacy: true})
	if strings.Contains(out.String(), "@example") || strings.Contains(out.String(), "Anna") {
		t.Errorf("privacy lets something through:\n%s", out.String())
	}
	says(t, out.String(), "member ")
}

func TestTheContextEndsAConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		reader, writer := io.Pipe()
		_, err := plain.Run(ctx, plain.Config{Steps: []wizard.Step{wizardtest.Asking()}, Folder: wizardtest.NewShelf(), In: reader, Interactive: true})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		_ = writer.Close()
		synctest.Wait()
	})
}

// alone runs steps from answers.
func alone(t *testing.T, folder *wizardtest.Shelf, answers map[string]string, steps ...wizard.Step) (string, plain.Result, error) {
	t.Helper()
	var out bytes.Buffer
	result, err := plain.Run(t.Context(), plain.Config{
		Steps: steps, Folder: folder, Out: &out, Answers: answers, Yes: true,
		Getenv: func(name string) string { return map[string]string{"ALLYSWITCH_CRM_KEY": "sk-0123456789abcdef"}[name] },
	})
	return out.String(), result, err
}

func TestARunFromAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		answers := map[string]string{"site.url": "https://example.com", "crm.provider": "kit", "maintenance.plugin": "yes", "maintenance.backup": "on the second disk"}
		out, result, err := alone(t, folder, answers, wizardtest.Asking(), wizardtest.Guided(), wizardtest.Working(wizardtest.HundredSeconds))
		if err != nil || !result.Done || result.Partly {
			t.Fatalf("result %+v, error %v\n%s", result, err, out)
		}
		if got := folder.Now.Answer("connect", "crm.key"); got != "sk-0123456789abcdef" {
			t.Errorf("the secret from the environment is %q", got)
		}
		if note := folder.Now.Step("maintenance").Ticks["backup"].Note; note != "on the second disk" {
			t.Errorf("the note is %q", note)
		}
		if len(result.Steps) != 3 || result.Steps[2].Tasks[0].Outcome != wizard.OutcomeDone || result.Steps[2].Tasks[0].Done != 1000 {
			t.Errorf("the result is %+v", result)
		}
		if strings.Contains(out, "0123456789") {
			t.Error("the secret was printed")
		}
	})
}

func TestAMissingAnswerIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		answers   map[string]string
		key, text string
	}{
		"none":              {map[string]string{}, "site.url", "an answer is missing: site.url"},
		"will not do":       {map[string]string{"site.url": "ftp"}, "site.url", "must begin with https://"},
		"a tick":            {map[string]string{"site.url": "https://example.com", "crm.provider": "kit"}, "maintenance.plugin", "maintenance.plugin"},
		"a tick that is no": {map[string]string{"site.url": "https://example.com", "crm.provider": "kit", "maintenance.plugin": "no"}, "maintenance.plugin", "maintenance.plugin"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := alone(t, wizardtest.NewShelf(), test.answers, wizardtest.Asking(), wizardtest.Guided())
			var missing *plain.ErrMissing
			if !errors.As(err, &missing) || missing.Key != test.key || !strings.Contains(err.Error(), test.text) {
				t.Errorf("the error is %v, want %s", err, test.key)
			}
		})
	}
}

func TestSecretsAreNotTakenFromAnswers(t *testing.T) {
	answers := map[string]string{"site.url": "https://example.com", "crm.provider": "kit", "crm.key": "sk-fromthefile000"}
	_, err := plain.Run(t.Context(), plain.Config{Steps: []wizard.Step{wizardtest.Asking()}, Folder: wizardtest.NewShelf(), Answers: answers})
	var missing *plain.ErrMissing
	if !errors.As(err, &missing) || missing.Key != "crm.key" || strings.Contains(err.Error(), "sk-from") {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(missing.Help, "ALLYSWITCH_CRM_KEY") {
		t.Errorf("the help does not name the variable: %q", missing.Help)
	}
}

// quiet is a station that knows a question which it does not show.
type quiet struct{ *wizardtest.Station }

func (q quiet) Questions(state *checkpoint.State) []wizard.Question {
	return append(q.Station.Questions(state), wizard.Question{Key: "site.test_url", Label: "A test address", Value: state.Answer("maintenance", "site.test_url")})
}

func TestQuestionsThatAreNotShownCanBeAnswered(t *testing.T) {
	folder := wizardtest.NewShelf()
	answers := map[string]string{"site.test_url": "http://127.0.0.1:1", "maintenance.plugin": "yes", "maintenance.backup": "yes"}
	if _, _, err := alone(t, folder, answers, quiet{wizardtest.Guided()}); err != nil {
		t.Fatal(err)
	}
	if got := folder.Now.Answer("maintenance", "site.test_url"); got != "http://127.0.0.1:1" {
		t.Errorf("the answer is %q", got)
	}
}

// gate is a station behind exact words.
func gate(required bool) *wizardtest.Station {
	step := &wizardtest.Station{Name: "tags", Heading: "Prove the tags", Place: 5, Wants: []string{"tags.accept"}}
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
		locked := "3 members have tags that are not proven"
		if state.Answer("tags", "tags.accept") != "" {
			locked = ""
		}
		return wizard.Sheet{Items: []wizard.Item{
			wizard.Question{Key: "tags.accept", Label: "Accept the gaps", Confirm: "accept 3 gaps", Required: required, Default: "accept 3 gaps", Value: state.Answer("tags", "tags.accept")},
			wizard.Task{Key: "go", Label: "Go on", Locked: locked, Required: true},
		}}
	}
	return step
}

func TestAGateWantsExactWords(t *testing.T) {
	var refused *plain.ErrRefused
	if _, _, err := alone(t, wizardtest.NewShelf(), nil, gate(false)); !errors.As(err, &refused) || !strings.Contains(err.Error(), "3 members") {
		t.Errorf("without an answer: %v", err)
	}
	if _, _, err := alone(t, wizardtest.NewShelf(), map[string]string{"tags.accept": "yes"}, gate(true)); !errors.As(err, &refused) {
		t.Errorf("with yes: %v", err)
	}
	var missing *plain.ErrMissing
	if _, _, err := alone(t, wizardtest.NewShelf(), nil, gate(true)); !errors.As(err, &missing) || missing.Key != "tags.accept" {
		t.Errorf("required, without an answer: %v", err)
	}
	if _, result, err := alone(t, wizardtest.NewShelf(), map[string]string{"tags.accept": "accept 3 gaps"}, gate(true)); err != nil || !result.Done {
		t.Errorf("with the words: %+v, %v", result, err)
	}
}

// held is the error of a gate.
type held struct{}

func (held) Error() string { return "two members changed since the export" }
func (held) Refused() bool { return true }
func (held) Explain() wizard.Explanation {
	return wizard.Explanation{What: "Two members changed since the export.", Code: "GATE-7"}
}

func TestHowTasksEnd(t *testing.T) {
	boom := errors.New("boom")
	for name, test := range map[string]struct {
		run   func(context.Context, job.Reporter) (wizard.Change, error)
		check func(plain.Result, error) error
	}{
		"partly": {func(_ context.Context, report job.Reporter) (wizard.Change, error) {
			report.Phase("Sending", 10)
			report.Add(8, 2)
			report.Warn("Two addresses were refused.")
			return nil, nil
		}, func(result plain.Result, err error) error {
			if err != nil || !result.Partly || result.Done || len(result.Steps[0].Tasks[0].Warnings) != 1 {
				return fmt.Errorf("%+v, %w", result, err)
			}
			return nil
		}},
		"refused": {func(context.Context, job.Reporter) (wizard.Change, error) { return nil, held{} }, func(_ plain.Result, err error) error {
			var refused *plain.ErrRefused
			if !errors.As(err, &refused) || refused.Reason != "Two members changed since the export." {
				return err
			}
			return nil
		}},
		"failed": {func(context.Context, job.Reporter) (wizard.Change, error) { return nil, boom }, func(result plain.Result, err error) error {
			if !errors.Is(err, boom) || result.Done {
				return fmt.Errorf("%+v, %w", result, err)
			}
			return nil
		}},
		"panicked": {func(context.Context, job.Reporter) (wizard.Change, error) { panic("boom") }, func(_ plain.Result, err error) error {
			var fault *job.PanicError
			if !errors.As(err, &fault) {
				return err
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, result, err := alone(t, wizardtest.NewShelf(), nil, wizardtest.Working(test.run))
			if wrong := test.check(result, err); wrong != nil {
				t.Error(wrong)
			}
		})
	}
}

func TestARunIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		folder := wizardtest.NewShelf()
		_, err := plain.Run(ctx, plain.Config{Steps: []wizard.Step{wizardtest.Working(wizardtest.HundredSeconds)}, Folder: folder})
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		if got := folder.Now.Step("import").Counters["sent"]; got < 45 || got > 55 {
			t.Errorf("%d members are recorded", got)
		}
	})
}

func TestAFailedSaveEndsTheRun(t *testing.T) {
	folder := wizardtest.NewShelf()
	folder.Fail = errors.New("no space left on device")
	ran := false
	_, _, err := alone(t, folder, nil, wizardtest.Working(func(context.Context, job.Reporter) (wizard.Change, error) { ran = true; return nil, nil }))
	var unsaved *wizard.SaveError
	if !errors.As(err, &unsaved) || ran {
		t.Errorf("the error is %v, the task ran: %v", err, ran)
	}
}
