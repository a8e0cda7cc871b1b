package wizard_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/wizardtest"
)

func TestOldConsolesGetASCII(t *testing.T) {
	for name, test := range map[string]struct {
		goos string
		env  map[string]string
		want bool
	}{
		"mac":                 {"darwin", map[string]string{"LANG": "en_US.UTF-8", "TERM": "xterm-256color"}, false},
		"no locale":           {"linux", map[string]string{"TERM": "xterm"}, false},
		"latin 1":             {"linux", map[string]string{"LANG": "de_DE.ISO-8859-1"}, true},
		"the C locale":        {"linux", map[string]string{"LC_ALL": "C", "LANG": "en_US.UTF-8"}, true},
		"C with UTF-8":        {"linux", map[string]string{"LANG": "C.utf8"}, false},
		"linux console":       {"linux", map[string]string{"LANG": "en_US.UTF-8", "TERM": "linux"}, true},
		"windows terminal":    {"windows", map[string]string{"WT_SESSION": "x"}, false},
		"old windows console": {"windows", map[string]string{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wizard.NeedsASCII(func(key string) string { return test.env[key] }, test.goos); got != test.want {
				t.Errorf("ASCII is %v, want %v", got, test.want)
			}
		})
	}
}

func TestTheWayThroughTheSteps(t *testing.T) {
	start := &wizardtest.Station{Name: "start", Heading: "Start"}
	first := &wizardtest.Station{Name: "maintenance", Heading: "Maintenance", Place: 1, Wants: []string{"a"}}
	fourth := &wizardtest.Station{Name: "import", Heading: "Import", Place: 4, Wants: []string{"a"}}
	finish := &wizardtest.Station{Name: "finish", Heading: "Finish", Wants: []string{"a"}}
	tool := &wizardtest.Station{Name: "merge", Heading: "Merge", Aside: true, Wants: []string{"a"}}
	path := wizard.Path{start, first, fourth, finish, tool}
	state := &checkpoint.State{}
	done := func(steps ...string) {
		for _, step := range steps {
			state.Step(step).Answers = map[string]string{"a": "yes"}
		}
	}
	is := func(what string, got wizard.Step, want string) {
		t.Helper()
		if id := idOf(got); id != want {
			t.Errorf("%s is %q, want %q", what, id, want)
		}
	}
	is("the first step", path.Current(state), "maintenance")
	done("maintenance", "import")
	is("then", path.Current(state), "finish")
	is("after a changed step", path.After(first, state), "finish")
	first.Check = true
	is("a step to check again", path.Current(state), "maintenance")
	is("after the import", path.After(fourth, state), "maintenance")
	first.Check = false
	done("finish")
	is("when all is done", path.Current(state), "finish")
	is("after the import, all done", path.After(fourth, state), "finish")
	is("after the finish", path.After(finish, state), "")
	is("before the import", path.Before(fourth, state), "maintenance")
	is("before the start", path.Before(start, state), "")
	is("back from a tool", path.Before(tool, state), "finish")
	for step, want := range map[wizard.Step]string{start: "Start", first: "Step 1 of 4", fourth: "Step 4 of 4", finish: "Finish", tool: "Tool"} {
		if got := path.Label(step); got != want {
			t.Errorf("%s is called %q, want %q", step.ID(), got, want)
		}
	}
	if code := path.Code(fourth); code != "S4-IMPORT" {
		t.Errorf("the code is %q", code)
	}
}

func idOf(step wizard.Step) string {
	if step == nil {
		return ""
	}
	return step.ID()
}

func TestEveryErrorIsExplained(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		code string
	}{
		"an explainer":      {fmt.Errorf("importing: %w", &told{"x"}), "KIT-401"},
		"a stranger":        {errors.New("x"), wizard.CodeUnknown},
		"a failed save":     {&wizard.SaveError{Err: errors.New("full")}, "ALLY-SAVE"},
		"a folder in need":  {&wizard.SaveError{Err: &checkpoint.Error{Code: "FOLDER-FULL", What: "The disk is full.", Now: "Make room."}}, "FOLDER-FULL"},
		"an end of context": {context.DeadlineExceeded, wizard.CodeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			told := wizard.Explain(test.err)
			if told.Code != test.code || told.What == "" || told.Means == "" || told.Now == "" || told.Detail == "" {
				t.Errorf("explained as %+v, want %s", told, test.code)
			}
		})
	}
}

func TestATaskWorksOnACopyOfTheState(t *testing.T) {
	folder := wizardtest.NewShelf()
	var seen *checkpoint.State
	step := &wizardtest.Station{Name: "a", Heading: "A"}
	step.Sheets = func(state *checkpoint.State) wizard.Sheet {
		seen = state
		return wizard.Sheet{Items: []wizard.Item{wizard.Task{Key: "go"}}}
	}
	if _, err := (&wizard.Keeper{Folder: folder}).Task(step, "go"); err != nil {
		t.Fatal(err)
	}
	if seen == folder.Now || seen.Steps["privacy"] == folder.Now.Steps["privacy"] {
		t.Error("the task and the screen share one state")
	}
	if _, err := (&wizard.Keeper{Folder: folder}).Task(step, "none"); err == nil {
		t.Error("a task that is not there was found")
	}
}

func TestWorkThatCouldNotBeRecordedIsNotSaidToBeInterrupted(t *testing.T) {
	folder := wizardtest.NewShelf()
	keeper := &wizard.Keeper{Folder: folder}
	if err := keeper.End("import", "send", nil, nil, 0); err != nil {
		t.Fatal(err)
	}
	folder.Fail = errors.New("the disk is full")
	if err := keeper.Begin("import", "send"); err == nil {
		t.Fatal("a failed save is no error")
	}
	folder.Fail = nil
	if err := keeper.Save(); err != nil {
		t.Fatal(err)
	}
	if task := folder.Now.Step("import").Tasks["send"]; wizard.Interrupted(task) || task.Outcome != wizard.OutcomeDone {
		t.Errorf("work that never began is kept as %+v", task)
	}
}
