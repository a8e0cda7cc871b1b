package checkpoint

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"allyswitch/wizard/checkpoint/failpoint"
)

// roleVariable makes the test binary play another process.
const roleVariable = "ALLYSWITCH_TEST_ROLE"

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(m.Run())
	case "hold":
		hold(os.Getenv("DIR"))
	case "work":
		work(os.Getenv("DIR"))
	default:
		playHere(role, os.Getenv("DIR"))
	}
}

// hold opens the folder and keeps it until it is told to end.
func hold(dir string) {
	if _, err := Open(dir, testOptions); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("open")
	io.Copy(io.Discard, os.Stdin)
}

// work runs batches one after the other and says what it was told is on the disk.
func work(dir string) {
	folder, err := Open(dir, testOptions)
	for batch := 1; err == nil && batch <= 200; batch++ {
		name := strconv.Itoa(batch)
		err = folder.Journal().Append(Entry{Phase: Intent, Op: "import", Batch: name, Data: json.RawMessage(`{"m":[1,2,3]}`)})
		fmt.Println("intent", batch)
		err = errors.Join(err, folder.Journal().Append(Entry{Phase: Done, Op: "import", Batch: name}))
		fmt.Println("done", batch)
		folder.State().Step("import").Counters = map[string]int64{"batches": int64(batch)}
		err = errors.Join(err, folder.Save(folder.State()))
		fmt.Println("saved", batch)
	}
	fmt.Println("end", err)
}

// other starts another process on the folder.
func other(t *testing.T, role, dir string, environment ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), append(environment, roleVariable+"="+role, "DIR="+dir)...)
	command.Stderr = os.Stderr
	return command
}

func TestSecondProcessIsTurnedAway(t *testing.T) {
	dir := t.TempDir()
	mustClose(t, open(t, dir, testOptions))
	command := other(t, "hold", dir)
	stdin, _ := command.StdinPipe()
	stdout, _ := command.StdoutPipe()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other process says %q", line)
	}

	_, err := Open(dir, testOptions)
	trouble := expectError(t, err, ErrLocked, fmt.Sprintf("process %d on ", command.Process.Pid), "other window")
	if trouble.Holder == nil || trouble.Holder.PID != command.Process.Pid || trouble.Holder.Tool != "allyswitch test" || trouble.Holder.Since.IsZero() {
		t.Errorf("the holder is %+v", trouble.Holder)
	}
	if summary, err := Peek(dir); err != nil || summary.Holder == nil || summary.Holder.PID != command.Process.Pid {
		t.Errorf("peeking says %+v, %v", summary.Holder, err)
	}

	command.Process.Kill()
	command.Wait()
	if summary, err := Peek(dir); err != nil || summary.Holder != nil {
		t.Errorf("a killed process still holds the folder: %+v, %v", summary.Holder, err)
	}
	mustClose(t, open(t, dir, testOptions))
}

func TestTheSameProcessTwice(t *testing.T) {
	dir := t.TempDir()
	folder := open(t, dir, testOptions)
	_, err := Open(dir, testOptions)
	expectError(t, err, ErrLocked, strconv.Itoa(os.Getpid()))
	mustClose(t, folder)
	mustClose(t, folder) // a second time does no harm
	mustClose(t, open(t, dir, testOptions))
}

// promises is what a killed process was told had reached the disk.
type promises map[string]int64

// listen reads the promises of a working process until it ends, or kills it after so many lines.
func listen(t *testing.T, command *exec.Cmd, killAfter int) promises {
	t.Helper()
	stdout, _ := command.StdoutPipe()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	made := promises{}
	lines := bufio.NewScanner(stdout)
	for count := 1; lines.Scan(); count++ {
		what, number, _ := strings.Cut(lines.Text(), " ")
		made[what], _ = strconv.ParseInt(number, 10, 64)
		if count == killAfter {
			command.Process.Kill()
		}
	}
	command.Wait()
	if _, ended := made["end"]; ended {
		t.Fatal("the process was not killed")
	}
	return made
}

// checkPromises opens the folder after a kill: what was promised is there, nothing is damaged, nothing is left over, and it goes on.
func checkPromises(t *testing.T, dir string, made promises) {
	t.Helper()
	folder := open(t, dir, testOptions)
	last := map[Phase]int64{}
	for _, entry := range entries(t, folder) {
		last[entry.Phase], _ = strconv.ParseInt(entry.Batch, 10, 64)
	}
	if last[Intent] < made["intent"] || last[Done] < made["done"] {
		t.Errorf("promised %v, in the journal %v", made, last)
	}
	saved := folder.State().Step("import").Counters["batches"]
	if saved < made["saved"] || saved > made["saved"]+1 {
		t.Errorf("promised %v, saved %d", made, saved)
	}
	waiting := openIntents(t, folder)
	if int64(len(waiting)) != last[Intent]-last[Done] || len(waiting) > 1 {
		t.Errorf("open intents: %v", waiting)
	}
	names, _ := os.ReadDir(dir)
	for _, name := range names {
		if strings.HasSuffix(name.Name(), tempSuffix) {
			t.Errorf("%s is left over", name.Name())
		}
	}
	mustAppend(t, folder, batch("next"))
	mustSave(t, folder)
	mustClose(t, folder)
	mustClose(t, open(t, dir, testOptions))
}

func TestKilledAtEveryNamedPoint(t *testing.T) {
	for _, point := range []string{"journal-before-write", "journal-after-write-before-sync", "journal-after-sync", "checkpoint-before-rename", "checkpoint-after-rename"} {
		for _, time := range []string{"", "#2", "#7"} {
			t.Run(point+time, func(t *testing.T) {
				dir := t.TempDir()
				checkPromises(t, dir, listen(t, other(t, "work", dir, failpoint.Variable+"="+point+time), -1))
			})
		}
	}
}

func TestKilledAtAnyMoment(t *testing.T) {
	dir := t.TempDir()
	for lines := 1; lines < 60; lines += 3 {
		os.RemoveAll(dir)
		checkPromises(t, dir, listen(t, other(t, "work", dir), lines))
	}
}
