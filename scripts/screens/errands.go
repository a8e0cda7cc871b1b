package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

// world is the program's own sandbox: where it is, and what opens it.
type world struct {
	Site map[string]string            `json:"site"`
	CRM  map[string]map[string]string `json:"crm"`
}

// errands does a whole migration in a sandbox, and takes pictures of what the commands say about it afterwards.
func (s *studio) errands() error {
	folder := filepath.Join(s.home, "errands")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	environment := s.environment(folder)
	serve := exec.Command(s.program, "sandbox", "--json", "--speed", "5000", "--members", "60")
	serve.Env = environment
	out, err := serve.StdoutPipe()
	if err != nil {
		return err
	}
	if err := serve.Start(); err != nil {
		return err
	}
	defer func() {
		_ = serve.Process.Kill()
		_ = serve.Wait()
	}()
	var made world
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, &made); err != nil {
		return err
	}
	crm := made.CRM["activecampaign"]
	environment = append(environment, "ALLYSWITCH_CRM_KEY="+crm["key"])
	if err := s.migrate(made, folder, environment); err != nil {
		return err
	}
	for _, command := range commands {
		if err := s.errand(command.name, folder, environment, append(command.arguments, "--dir", "my-site")); err != nil {
			return err
		}
	}
	return nil
}

// migrate runs the example's answers to their end.
func (s *studio) migrate(made world, folder string, environment []string) error {
	answers, err := filepath.Abs(filepath.Join(s.out, "..", "examples", "activecampaign.json"))
	if err != nil {
		return err
	}
	arguments := []string{"run", "--dir", "my-site", "--answers", answers, "--set", "crm.url=" + made.CRM["activecampaign"]["url"]}
	for _, file := range []string{"export", "tags"} {
		if err := download(made.Site[file], filepath.Join(folder, file+".csv")); err != nil {
			return err
		}
		arguments = append(arguments, "--set", file+".file="+file+".csv")
	}
	run := exec.Command(s.program, arguments...)
	run.Dir, run.Env = folder, environment
	if out, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("the run: %w\n%s", err, out[max(0, len(out)-1500):])
	}
	return nil
}

func download(address, file string) error {
	response, err := http.Get(address)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// errand takes a picture of what a command leaves on the screen.
func (s *studio) errand(name, folder string, environment, arguments []string) error {
	w, err := open(s.browser, home, "dark", environment, folder, s.program, arguments...)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.until("end", w.gone); err != nil {
		return err
	}
	w.settle()
	raw, err := s.browser.photograph(scale)
	if err != nil {
		return err
	}
	return shrink(raw, filepath.Join(s.out, fmt.Sprintf("%s-%s-dark.png", name, home)))
}
