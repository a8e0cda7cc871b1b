//go:build unix

package e2e_test

import (
	"bufio"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reader is an owner who reads what is printed through a pipe and answers, one line at a time.
type reader struct {
	t     *testing.T
	said  strings.Builder
	words string // to be typed exactly
	// answers are all lines that were typed.
	answers []string
	tool    int
	// open are the numbers of the rows that are still to do, in the list that was read out last.
	open []string
	// judge are those of them that a person may call right: an owner leaves all others as they are.
	judge []string
}

// rowSaid finds the number of a row that is read out, and its state.
var rowSaid = regexp.MustCompile(`^  (\d+)\. (?:State|Result): (to do|not read|look)?`)

// hears takes down what stands in a line: words to be typed, and rows to decide on.
func (r *reader) hears(line string) {
	r.said.WriteString(line + "\n")
	if _, words, found := strings.Cut(line, "Type exactly: "); found {
		r.words = words
	}
	if strings.HasPrefix(line, "List: ") {
		r.open, r.judge = nil, nil
	}
	if row := rowSaid.FindStringSubmatch(line); row != nil {
		r.open = slices.DeleteFunc(r.open, func(open string) bool { return open == row[1] })
		if row[2] != "" {
			r.open = append(r.open, row[1])
		}
		if row[2] == "not read" || row[2] == "look" {
			r.judge = append(r.judge, row[1])
		}
	}
}

// asks says that a line waits for an answer.
func asks(line string) bool {
	for _, start := range []string{"Your answer", "Have you done this?", "It was ticked", "Press Enter", "Type yes"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return strings.HasSuffix(line, "(Enter for nothing)")
}

// reply is what the owner types: what has to be typed exactly, yes to what was done, and Enter for all else. When all is done, a tool is opened.
func (r *reader) reply(line string) string {
	switch {
	case strings.HasPrefix(line, "Have you done this?"):
		return "yes"
	case strings.Contains(line, "y to as it should be"):
		return r.nextRow(" y seen")
	case strings.Contains(line, "d to moved"):
		return r.nextRow(" d")
	case strings.Contains(line, "s to seen, it is right") && len(r.open) > 0 && !slices.Contains(r.judge, r.open[0]):
		return r.nextRow(" x")
	case strings.Contains(line, "s to seen, it is right"):
		return r.nextRow(" s made up")
	case strings.HasPrefix(line, "Press Enter to leave") || r.tool > 0:
		r.tool++
		return append([]string{"steps", "go team-settings", "help", "privacy", "2", "quit"}, "quit", "quit", "quit")[min(r.tool-1, 8)]
	case strings.HasPrefix(line, "Your answer") && strings.HasPrefix(r.words, "switch to"):
		words := r.words
		r.words = ""
		return words
	}
	return ""
}

// nextRow decides on the first row that is still to do, and goes on when there is none.
func (r *reader) nextRow(words string) string {
	if len(r.open) == 0 {
		return ""
	}
	return r.open[0] + words
}

// TestTheWholeDemoThroughAPipe walks through the demo line by line, from the first question to the last tick and into a tool. What was typed then goes in as one
// piece, as from a file: it has to lead to the same end.
func TestTheWholeDemoThroughAPipe(t *testing.T) {
	cmd := exec.Command(binary, "demo", "--plain", "--members", "30")
	cmd.Env = environment(t)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		r.hears(line)
		if !asks(line) {
			continue
		}
		if len(r.answers) > 600 {
			_ = cmd.Process.Kill()
			t.Fatalf("it does not end:\n%s", tail(r.said.String()))
		}
		r.answers = append(r.answers, r.reply(line))
		if _, err := io.WriteString(in, r.answers[len(r.answers)-1]+"\n"); err != nil {
			t.Fatalf("%v\n%s", err, tail(r.said.String()))
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, tail(r.said.String()))
	}
	complete(t, r.said.String())
	again := exec.Command(binary, "demo", "--plain", "--members", "30")
	again.Env, again.Stdin = environment(t), strings.NewReader(strings.Join(r.answers, "\n")+"\n")
	said, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(string(said)))
	}
	complete(t, string(said))
}

// complete fails when the walk did not come to its end and into the tool, or when anything was drawn.
func complete(t *testing.T, said string) {
	t.Helper()
	for _, want := range []string{"== Step 1 of 13", "== Step 13 of 13", "Everything is done.", "go merge-contacts: Tool", "== Tool: Team settings", "Privacy is on", "All 27 members keep access", "The migration is finished."} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q:\n%s", want, tail(said))
		}
	}
	if strings.ContainsAny(said, "\x1b\r\x07\b") {
		t.Error("plain lines hold control characters")
	}
}

// tail is the end of a long text.
func tail(text string) string { return text[max(0, len(text)-1500):] }
