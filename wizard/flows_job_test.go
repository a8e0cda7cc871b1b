package wizard_test

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/wizardtest"
)

func TestAHundredSecondsOfWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Working(wizardtest.HundredSeconds), wizardtest.Guided()), home())
		term.Press("enter")
		term.Wait(50*time.Second + 300*time.Millisecond)
		term.Sees("Sending members", "50 %", "of 1,000", "10 a second", "left")
		if folder.Now.Step("import").Tasks["send"].Ended != nil {
			t.Fatal("the task counts as ended while it runs")
		}
		term.Wait(51 * time.Second)
		term.Sees("Send the members: done.", "Members sent  1000", "Done 1 Jan 2000")
		if got := folder.Now.Step("import").Tasks["send"].Outcome; got != wizard.OutcomeDone {
			t.Fatalf("the outcome is %q", got)
		}
		if sent := len(term.Raw()); sent > 10_000*101 {
			t.Fatalf("%d bytes went to the terminal in 101 s", sent)
		}
		term.Press("tab", "enter")
		term.Sees("Put the site into maintenance")
	})
}

func TestStoppingAndGoingOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Working(wizardtest.HundredSeconds)), home())
		term.Press("enter")
		term.Wait(10 * time.Second)
		term.Press("s")
		term.Wait(time.Second)
		term.Sees("Stopped. What was done stays done", "Enter: go on with the rest")
		if got := folder.Now.Step("import").Counters["sent"]; got < 90 || got > 110 {
			t.Fatalf("%d members are recorded after ten seconds", got)
		}
		term.Press("enter")
		term.Wait(101 * time.Second)
		term.Sees("Send the members: done.")
	})
}

func TestPausingHoldsTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), wizardtest.Working(wizardtest.HundredSeconds)), home())
		term.Press("enter")
		term.Wait(10 * time.Second)
		term.Press("p")
		term.Wait(time.Minute)
		term.Sees("Paused: Sending members", "10 %", "p go on")
		term.Press("p")
		term.Wait(10 * time.Second)
		term.Sees("20 %")
		term.Press("p", "s")
		term.Wait(time.Second)
		term.Sees("Stopped. What was done stays done")
	})
}

func TestCtrlCStopsTheJobFirstAndLeavesTheSecondTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Working(wizardtest.HundredSeconds)), home())
		term.Press("enter")
		term.Wait(5 * time.Second)
		term.Press("ctrl+c")
		term.Sees("Stopped. What was done stays done")
		term.Press("ctrl+c")
		term.Wait(time.Second)
		ends(t, term)
		if got := folder.Now.Step("import").Tasks["send"].Outcome; got != wizard.OutcomeStopped {
			t.Fatalf("the outcome is %q", got)
		}
	})
}

func TestSignalsStopTheJobAndAreWaitedFor(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		synctest.Test(t, func(t *testing.T) {
			folder := wizardtest.NewShelf()
			term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Working(wizardtest.HundredSeconds)), home())
			term.Press("enter")
			term.Wait(5 * time.Second)
			term.Signal(signal)
			term.Wait(time.Second)
			ends(t, term)
			task := folder.Now.Step("import").Tasks["send"]
			if task.Outcome != wizard.OutcomeStopped || task.Ended == nil {
				t.Fatalf("%v left the task as %+v", signal, task)
			}
		})
	}
}

func TestAnInterruptedTaskSaysThatNothingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		shell := shellOf(t, folder, wizardtest.Working(wizardtest.HundredSeconds))
		keeper := &wizard.Keeper{Folder: folder}
		if err := keeper.Begin("import", "send"); err != nil {
			t.Fatal(err)
		}
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Working(wizardtest.HundredSeconds)), home())
		term.Sees("It was interrupted. Nothing is lost. Press Enter to go on.", "Enter: go on")
		_ = shell
	})
}

func TestAFailedSaveStopsTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Working(wizardtest.HundredSeconds), wizardtest.Guided()), home())
		folder.Fail = errors.New("no space left on device")
		term.Press("enter")
		term.Sees("Not saved", "Nothing more is sent while it cannot be recorded", "ALLY-SAVE", "NOT SAVED")
		term.Wait(time.Second)
		folder.Fail = nil
		term.Press("r")
		term.Sees("✓ saved", "Saved.")

		term.Press("enter")
		term.Wait(10 * time.Second)
		term.Sees("Sending members")
		folder.Fail = errors.New("no space left on device")
		term.Press("l", "down", "enter") // the other step, whose tick cannot be saved
		term.Press("space")
		term.Sees("Not saved")
		term.Wait(time.Second)
		if got := folder.Now.Step("import").Counters["sent"]; got > 120 {
			t.Fatalf("%d members were sent after the save had failed", got)
		}
		folder.Fail = nil
	})
}

func TestAPanicInAJobIsAnErrorCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), wizardtest.Working(func(context0, reporter) (wizard.Change, error) { panic("boom") })), home())
		term.Press("enter")
		term.Wait(time.Second)
		term.Sees("This did not work", "A fault in this program", "ALLY-FAULT", "What it means for your members")
		term.SeesNot("goroutine", "boom")
		term.Press("d")
		term.Sees("boom")
		term.Press("esc")
		term.Sees("Failed 1 Jan 2000", "Enter: try again")
	})
}

func TestKeysTypedAMomentBeforeDoNotAnswerACard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failing := func(ctx context0, _ reporter) (wizard.Change, error) {
			time.Sleep(3 * time.Second)
			return nil, errors.New("the CRM hung up")
		}
		term := wizardtest.Start(t, shellOf(t, wizardtest.NewShelf(), wizardtest.Working(failing)), home())
		term.Press("enter")
		term.Wait(2900 * time.Millisecond)
		for range 6 {
			term.Press("enter")
		}
		term.Sees("This did not work", "ALLY-000")
		term.Wait(time.Second)
		term.Press("enter")
		term.SeesNot("ALLY-000: x", "What it means for your members")
	})
}

func TestNothingIsChangedUnderARunningJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := arrived()
		term := wizardtest.Start(t, shellOf(t, folder, wizardtest.Asking(), wizardtest.Guided(), wizardtest.Working(wizardtest.HundredSeconds)), home())
		term.Press("enter")
		term.Wait(2 * time.Second)
		term.Press("l", "home", "enter")
		for range 4 {
			term.Press("shift+tab")
		}
		term.Press("ctrl+u")
		term.Type("https://example.net")
		term.Press("enter")
		term.Sees("This cannot be changed while \"Send the members\" is running", "https://example.net")
		if got := folder.Now.Answer("connect", "site.url"); got != "https://example.com" {
			t.Errorf("the answer was changed to %q", got)
		}
	})
}

// failing is a step with a task that fails, and a question beside it.
func failing() *wizardtest.Station {
	step := &wizardtest.Station{Name: "import", Heading: "Import", Place: 4, Wants: []string{"never"}}
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
		run := func(context0, reporter) (wizard.Change, error) {
			time.Sleep(5 * time.Second)
			return nil, errors.New("the CRM said no")
		}
		return wizard.Sheet{Items: []wizard.Item{
			wizard.Task{Key: "send", Label: "Send", Run: run, Required: true, Last: state.Step("import").Tasks["send"]},
			wizard.Question{Key: "import.note", Label: "A note", Value: state.Answer("import", "import.note")},
		}}
	}
	return step
}

func TestTryingAgainAsksBeforeTypingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := wizardtest.NewShelf()
		term := wizardtest.Start(t, shellOf(t, folder, failing()), home())
		term.Press("enter", "tab")
		term.Type("half a sentence")
		term.Wait(10 * time.Second)
		term.Sees("the CRM said no", "try again")
		term.Press("r")
		term.Sees("You have typed something that is not saved yet")
		term.Press("enter")
		term.Sees("half a sentence")
	})
}
