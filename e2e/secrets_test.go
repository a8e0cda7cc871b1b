//go:build linux

package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// sandbox is the program's own sandbox, in a process of its own.
type sandbox struct {
	Site map[string]string            `json:"site"`
	CRM  map[string]map[string]string `json:"crm"`
}

func serve(t *testing.T, arguments ...string) sandbox {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"sandbox", "--json"}, arguments...)...)
	cmd.Env = environment(t)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready sandbox
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatal(err)
	}
	return ready
}

func download(t *testing.T, address, path string) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// migration is a run of the program against the sandbox, with the example's answers.
func migration(t *testing.T, world sandbox, dir string) *exec.Cmd {
	t.Helper()
	files := t.TempDir()
	download(t, world.Site["export"], filepath.Join(files, "export.csv"))
	download(t, world.Site["tags"], filepath.Join(files, "tags.csv"))
	cmd := exec.Command(binary, "run", "--json", "--dir", dir, "--answers", "../docs/examples/activecampaign.json", "--set", "crm.url="+world.CRM["activecampaign"]["url"],
		"--set", "export.file="+filepath.Join(files, "export.csv"), "--set", "tags.file="+filepath.Join(files, "tags.csv"))
	cmd.Env = append(environment(t), "ALLYSWITCH_CRM_KEY="+world.CRM["activecampaign"]["key"])
	return cmd
}

// TestASecretStaysInTheProcess runs a whole migration with a key from the environment. The key must not be in what the program prints, in any file that it
// writes, in any argument of it or of a child, or in the environment of a child.
func TestASecretStaysInTheProcess(t *testing.T) {
	world, dir := serve(t, "--speed", "60", "--members", "60"), filepath.Join(t.TempDir(), "migration")
	cmd := migration(t, world, dir)
	key := world.CRM["activecampaign"]["key"]
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watched, stop := make(chan string, 1), make(chan struct{})
	go func() { watched <- watch(cmd.Process.Pid, key, stop) }()
	err := cmd.Wait()
	close(stop)
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(out.String()))
	}
	if leak := <-watched; leak != "" {
		t.Error(leak)
	}
	forms := []string{key, url.QueryEscape(key), base64.StdEncoding.EncodeToString([]byte(key))[:20], base64.StdEncoding.EncodeToString([]byte(key + ":"))[:20]}
	leaks := func(text string) bool {
		return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) })
	}
	if leaks(out.String()) {
		t.Error("the key was printed")
	}
	files := 0
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		if data, err := os.ReadFile(path); err != nil || leaks(string(data)) {
			t.Errorf("%s holds the key (%v)", entry.Name(), err)
		}
		if info, err := entry.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", entry.Name(), info.Mode())
		}
		return nil
	})
	if files < 8 {
		t.Errorf("only %d files were written", files)
	}
}

// watch looks at a process and its children as others on the computer can, until it is told to stop. It says where the key was seen.
func watch(pid int, key string, stop <-chan struct{}) string {
	leak := ""
	for {
		select {
		case <-stop:
			return leak
		case <-time.After(5 * time.Millisecond):
		}
		entries, _ := filepath.Glob("/proc/[0-9]*")
		for _, process := range entries {
			status, _ := os.ReadFile(filepath.Join(process, "stat"))
			fields := strings.Fields(string(status[bytes.LastIndexByte(status, ')')+1:]))
			own := strings.HasSuffix(process, "/"+itoa(pid))
			if !own && (len(fields) < 2 || fields[1] != itoa(pid)) {
				continue
			}
			arguments, _ := os.ReadFile(filepath.Join(process, "cmdline"))
			environ, _ := os.ReadFile(filepath.Join(process, "environ"))
			if bytes.Contains(arguments, []byte(key)) {
				leak = "the key is in the arguments of a process: " + string(arguments)
			}
			if !own && bytes.Contains(environ, []byte(key)) {
				leak = "the key is in the environment of a child: " + string(arguments)
			}
		}
	}
}

func itoa(n int) string {
	data, _ := json.Marshal(n)
	return string(data)
}

// TestTheMainJobStoppedAndResumed does the tutorial's migration, is interrupted in the middle, and goes on with the same command.
func TestTheMainJobStoppedAndResumed(t *testing.T) {
	world, dir := serve(t, "--speed", "20"), filepath.Join(t.TempDir(), "migration")
	first := migration(t, world, dir)
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"event":"task"`) && strings.Contains(lines.Text(), `"key":"all"`) {
			_ = first.Process.Signal(os.Interrupt)
			break
		}
	}
	_, _ = io.Copy(io.Discard, out)
	_ = first.Wait()
	if code := first.ProcessState.ExitCode(); code != 130 {
		t.Errorf("the run that was interrupted ended with %d", code)
	}
	second := migration(t, world, dir)
	second.Args = append(second.Args, "--set", "site.url=https://members.example.com")
	result, err := second.Output()
	if err != nil || !strings.Contains(string(result), `"done":true`) || !strings.Contains(string(result), `"access_lost":0`) {
		t.Errorf("the run that went on: %v\n%s", err, tail(string(result)))
	}
}
