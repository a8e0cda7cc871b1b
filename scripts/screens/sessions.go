package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The sizes: the smallest that works, home, and a large one with the rail of all steps.
var (
	small = size{60, 16}
	home  = size{80, 24}
	large = size{120, 40}
)

// scale is how many dots of the picture stand for one pixel of the page.
const scale = 1.5

// session is one start of the program, and what is photographed meanwhile.
type session struct {
	name, theme string
	// suffix tells its pictures from others': "dark", "light", "nocolor", "ascii".
	suffix      string
	environment []string
	arguments   []string
	// sizes are taken of each page.
	sizes []size
	// first is what is seen once the program has started, a heading of the first page when empty.
	first string
	lead  func(p *photographer) error
}

func sessions() []session {
	// looks takes the same pictures in every look: on dark and on light, without colours, and with plain signs.
	looks := func(name string, arguments []string, lead func(*photographer) error) []session {
		sizes := []size{home, large}
		return []session{
			{name: name + "-dark", theme: "dark", suffix: "dark", arguments: arguments, sizes: sizes, lead: lead},
			{name: name + "-light", theme: "light", suffix: "light", arguments: arguments, sizes: sizes, lead: lead},
			{name: name + "-nocolor", theme: "dark", suffix: "nocolor", environment: []string{"NO_COLOR=1"}, arguments: arguments, sizes: sizes, lead: lead},
			{name: name + "-ascii", theme: "dark", suffix: "ascii", environment: []string{"LC_ALL=C", "LANG=C"}, arguments: arguments, sizes: sizes, lead: lead},
		}
	}
	return slices.Concat(
		looks("walk", nil, everyPage),
		looks("tools", nil, everyTool),
		looks("job", []string{"--crm", "ontraport", "--members", "300", "--speed", "2"}, jobInProgress),
		looks("error", nil, errorCard),
		[]session{
			{name: "small", theme: "dark", suffix: "dark", sizes: []size{small}, lead: threePages},
			{name: "plain", theme: "dark", suffix: "dark", arguments: []string{"--plain"}, sizes: []size{home}, first: "Press Enter", lead: inLines},
		},
	)
}

// listed says that a name is among names with commas between.
func listed(names, name string) bool { return slices.Contains(strings.Split(names, ","), name) }

// hold holds one session.
func (s *studio) hold(session session) error {
	folder := s.home
	environment := append(s.environment(folder), session.environment...)
	w, err := open(s.browser, session.sizes[0], session.theme, environment, folder, s.program, append([]string{"demo", "--dir", "my-site"}, session.arguments...)...)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.sees(cmp.Or(session.first, "What this step does")); err != nil {
		return err
	}
	return session.lead(&photographer{window: w, session: session, out: s.out, taken: map[string]bool{}})
}

// environment is that of somebody whose home is a folder.
func (s *studio) environment(folder string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "XDG_DATA_HOME=" + filepath.Join(folder, "data"), "TMPDIR=" + s.work,
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8", "TZ=UTC"}
}

// photographer takes pictures of one session.
type photographer struct {
	*window
	session session
	out     string
	taken   map[string]bool
}

// take takes a picture at every size of the session, and goes back to the first.
func (p *photographer) take(name string) error {
	if p.taken[name] {
		return nil
	}
	p.taken[name] = true
	for i, at := range p.session.sizes {
		if i > 0 {
			if err := p.resize(at); err != nil {
				return err
			}
		}
		if err := p.shoot(fmt.Sprintf("%s-%s-%s.png", name, at, p.session.suffix)); err != nil {
			return err
		}
	}
	if len(p.session.sizes) > 1 {
		return p.resize(p.session.sizes[0])
	}
	return nil
}

func (p *photographer) shoot(name string) error {
	raw, err := p.browser.photograph(scale)
	if err != nil {
		return err
	}
	return shrink(raw, filepath.Join(p.out, name))
}

// everyPage walks through the whole demo and takes a picture of each page as it opens, and of what can be opened on the way.
func everyPage(p *photographer) error {
	return p.walk(func(text string) (bool, error) {
		page := pageOf(text)
		if page == "" {
			return false, nil
		}
		if err := p.take(page); err != nil {
			return true, err
		}
		if err := p.extras(page, text); err != nil {
			return true, err
		}
		return strings.Contains(text, "[ Close AllySwitch ]"), nil
	})
}

// everyTool opens each tool from the list of all steps, and a step that is not open yet.
func everyTool(p *photographer) error {
	for i, tool := range tools {
		if err := p.fromTheEnd(len(tools) - 1 - i); err != nil {
			return err
		}
		if err := p.take(tool.name); err != nil {
			return err
		}
	}
	if err := p.fromTheEnd(len(tools) + 8); err != nil {
		return err
	}
	return p.take(laterPicture)
}

// fromTheEnd opens what stands so many places before the end of the list of all steps.
func (p *photographer) fromTheEnd(places int) error {
	if err := p.press("\x0c"); err != nil {
		return err
	}
	if err := p.send("\x1b[F"); err != nil { // which may change nothing
		return err
	}
	p.settle()
	for range places {
		if err := p.press("\x1b[A"); err != nil {
			return err
		}
	}
	return p.press("\r")
}

// inLines takes a picture of the first question, line by line.
func inLines(p *photographer) error {
	p.settle()
	return p.take(plainPicture)
}

// threePages takes a picture of the first page, the import and the proof.
func threePages(p *photographer) error {
	return p.walk(func(text string) (bool, error) {
		page := pageOf(text)
		if slices.Contains([]string{"00-start", "04-import", "05-tags"}, page) {
			if err := p.take(page); err != nil {
				return true, err
			}
		}
		return page == "05-tags", nil
	})
}

// extras takes pictures of what lies on top of a page, and of what a table can do.
func (p *photographer) extras(page, text string) error {
	if page == "04-import" && !p.taken[helpPicture] {
		return p.opened(map[string]string{helpPicture: "\x1bOP", stepsPicture: "\x0c"})
	}
	if page == "04-import" && strings.Contains(text, "/ search") && !p.taken[searchPicture] {
		return p.inTable()
	}
	return nil
}

// opened takes a picture of what each key opens, and closes it again.
func (p *photographer) opened(keys map[string]string) error {
	for name, key := range keys {
		if err := p.press(key); err != nil {
			return err
		}
		if err := p.take(name); err != nil {
			return err
		}
		if err := p.press("\x1b"); err != nil {
			return err
		}
	}
	return nil
}

// inTable takes a picture of a search in a table, and of the table with privacy on.
func (p *photographer) inTable() error {
	for _, keys := range []string{"/", "yoga"} {
		if err := p.press(keys); err != nil {
			return err
		}
	}
	if err := p.take(searchPicture); err != nil {
		return err
	}
	for _, keys := range []string{"\x1b", "\x18"} {
		if err := p.press(keys); err != nil {
			return err
		}
	}
	if err := p.take(privacyPicture); err != nil {
		return err
	}
	return p.press("\x18")
}

// jobInProgress takes a picture in the middle of the import.
func jobInProgress(p *photographer) error {
	err := p.walk(func(text string) (bool, error) {
		here := pointed(strings.Split(text, "\n"))
		return strings.Contains(here, "Send everybody else") && strings.Contains(text, "Enter: start"), nil
	})
	if err != nil {
		return err
	}
	if err := p.press("\r"); err != nil {
		return err
	}
	if err := p.sees("left"); err != nil {
		return err
	}
	return p.take(jobPicture)
}

// errorCard types a wrong API key and takes a picture of what is said about it.
func errorCard(p *photographer) error {
	if err := p.press("\r"); err != nil {
		return err
	}
	atKey := func() bool { return strings.Contains(pointed(strings.Split(p.text(), "\n")), "API key") }
	for !atKey() {
		if err := p.press("\x1b[Z"); err != nil {
			return err
		}
	}
	if err := p.send("\x15" + strings.Repeat("0123abcd", 8)); err != nil {
		return err
	}
	if err := p.sees("abcd"); err != nil {
		return err
	}
	if err := p.send("\r"); err != nil {
		return err
	}
	if err := p.until("leave the key", func() bool { return !atKey() }); err != nil {
		return err
	}
	err := p.walk(func(text string) (bool, error) {
		return strings.Contains(text, "This did not work") || strings.Contains(text, "Held back"), nil
	})
	if err != nil && !errors.Is(err, errCard) { // it may come a moment after the look
		return err
	}
	return p.take(errorPicture)
}
