// Command screens makes a picture of every page of the wizard: the real program in a real terminal in a browser, led by keys only.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	var s studio
	flag.StringVar(&s.program, "program", "", "the program to photograph")
	flag.StringVar(&s.chromium, "chromium", "chromium", "the browser")
	flag.StringVar(&s.work, "work", "", "a folder for what is needed meanwhile, with xterm.js in node_modules")
	flag.StringVar(&s.home, "home", "", "a folder to stand in: its name can be read in a few pictures")
	flag.StringVar(&s.out, "out", "docs/screens", "the folder for the pictures")
	only := flag.String("only", "", "make these sessions only, their names with commas between")
	flag.Parse()
	if err := s.make(*only); err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

// studio makes the pictures.
type studio struct {
	program, chromium, work, home, out string
	browser                            *browser
}

func (s *studio) make(only string) error {
	if s.home == "" {
		s.home = filepath.Join(s.work, "home")
	}
	for _, folder := range []string{s.out, s.home} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	var err error
	s.browser, err = browse(s.chromium, filepath.Join(s.work, "profile"), filepath.Join(s.work, "page.html"), func(string) {})
	if err != nil {
		return err
	}
	defer s.browser.close()
	for _, session := range sessions() {
		if only != "" && !listed(only, session.name) {
			continue
		}
		fmt.Println(session.name)
		if err := s.hold(session); err != nil {
			return fmt.Errorf("%s: %w", session.name, err)
		}
	}
	if only == "" || listed(only, "commands") {
		fmt.Println("commands")
		if err := s.errands(); err != nil {
			return fmt.Errorf("commands: %w", err)
		}
	}
	return s.index()
}
