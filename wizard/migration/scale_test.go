package migration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

// The goals for half a million members: plan and proof together, and the most memory that either process ever had.
const (
	scaleMembers = 500_000
	scaleSeconds = 10
	scaleMiB     = 600
)

// crowdWork is what a process does with the crowd: "plan", "import" or "prove".
func crowdWork(c child) error {
	// As the program itself does.
	debug.SetMemoryLimit(migration.MemoryLimit(c.Dir))
	folder, err := checkpoint.Open(c.Dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		return err
	}
	defer folder.Close()
	in := c.Members
	if c.Crowd == "plan" {
		in = 0
	}
	client, err := newCrowdCRM(in).client()
	if err != nil {
		return err
	}
	ctx, deps, began := context.Background(), migration.Deps{CRM: client, Folder: folder}, time.Now()
	said := ""
	switch c.Crowd {
	case "plan", "plan again":
		plan, planErr := migration.MakePlan(ctx, deps, job.Discard)
		err = planErr
		if err == nil {
			said = fmt.Sprintf("%d new, %d unchanged, %d tags", plan.New, plan.Unchanged, plan.TagPairs)
		}
	case "import":
		_, err = migration.Import(ctx, deps, migration.ImportInput{}, job.Discard)
	case "prove":
		if err = migration.SaveOfferings(folder, crowdOfferings()); err == nil {
			proof, proofErr := migration.Prove(ctx, deps, job.Discard)
			if err = proofErr; err == nil {
				said = proof.Access.Sentence()
			}
		}
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(crowdSaid{Seconds: time.Since(began).Seconds(), MiB: highestMemory(), Said: said})
}

// crowdSaid is what such a process says at its end.
type crowdSaid struct {
	Seconds float64
	MiB     int
	Said    string
}

// highestMemory is the most that this process ever had in memory, as Linux counts it; elsewhere what the runtime has taken from the system.
func highestMemory() int {
	if text, err := os.ReadFile("/proc/self/status"); err == nil {
		if found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text); found != nil {
			kib, _ := strconv.Atoi(string(found[1]))
			return kib >> 10
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.Sys >> 20)
}

func (p *plug) crowd(work string, members int) crowdSaid {
	p.t.Helper()
	p.child.Crowd, p.child.Members = work, members
	text, err := json.Marshal(p.child)
	if err != nil {
		p.t.Fatal(err)
	}
	command := exec.Command(os.Args[0])
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	command.Env = append(os.Environ(), childEnv+"="+string(text))
	if err := command.Run(); err != nil {
		p.t.Fatalf("%s: %v\n%s", work, err, said.String())
	}
	var told crowdSaid
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		p.t.Fatal(err)
	}
	cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	p.t.Logf("%s: %.1f s (%.1f s of a processor), at most %d MiB. %s", work, told.Seconds, cpu.Seconds(), told.MiB, told.Said)
	return told
}

// fastest does the same several times: other work on the machine makes it slower, never faster. The memory is the most of all rounds.
func (p *plug) fastest(work string, members, rounds int) crowdSaid {
	p.t.Helper()
	best := p.crowd(work, members)
	for range rounds - 1 {
		again := p.crowd(work, members)
		best.Seconds, best.MiB = min(best.Seconds, again.Seconds), max(best.MiB, again.MiB)
	}
	return best
}

// TestPlanAndProofOfTheCrowd plans for and proves very many members with 40 tags each and 200 protected pages. ALLYSWITCH_SCALE_MEMBERS=500000 measures what
// docs/performance.md says; without it a few thousand show that it counts right and needs little.
func TestPlanAndProofOfTheCrowd(t *testing.T) {
	members, rounds := 20_000, 1
	if text := os.Getenv("ALLYSWITCH_SCALE_MEMBERS"); text != "" {
		rounds = 3
		var err error
		if members, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	p := &plug{t: t, child: child{Dir: t.TempDir()}}
	crowdFiles(t, p.child.Dir, members)
	plan := p.fastest("plan", members, rounds)
	p.crowd("import", members)
	proof := p.fastest("prove", members, rounds)
	again := p.crowd("plan again", members)
	dropped := members / crowdDropped
	if want := fmt.Sprintf("%d new, 0 unchanged, %d tags", members, members*crowdEach); plan.Said != want {
		t.Errorf("the plan says %q instead of %q", plan.Said, want)
	}
	if want := fmt.Sprintf("0 new, %d unchanged, %d tags", members, members*crowdEach); again.Said != want {
		t.Errorf("the second plan says %q instead of %q", again.Said, want)
	}
	if want := regexp.MustCompile(fmt.Sprintf(`keep access to all %d protected pages. Lost (\d+). Gained \d+. Not decidable 0.$`, crowdPages)).FindStringSubmatch(proof.Said); want == nil {
		t.Errorf("of %d members %d lack a tag, and the proof says %q", members, dropped, proof.Said)
	}
	seconds, most := plan.Seconds+proof.Seconds, max(plan.MiB, proof.MiB)
	t.Logf("%d members: plan and proof together %.1f s, at most %d MiB", members, seconds, most)
	if share := float64(members) / scaleMembers; members >= scaleMembers && (seconds > scaleSeconds*share || float64(most) > scaleMiB*share) {
		t.Errorf("the goal for %d members is %.0f s and %.0f MiB", members, scaleSeconds*share, scaleMiB*share)
	}
}
