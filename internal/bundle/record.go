package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"allyswitch/wizard/checkpoint"
)

// The most lines of log and journal that are looked at from the end.
const (
	lastLogLines     = 2000
	lastJournalLines = 40
)

// openPlain opens a plain file of the folder, nil when there is none. Links are not followed.
func openPlain(root *os.Root, name string) *os.File {
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	file, err := root.Open(name)
	if err != nil {
		return nil
	}
	return file
}

// eachLine calls a function for the lines of a file, without keeping more than one of them.
func eachLine(root *os.Root, name string, call func([]byte)) {
	file := openPlain(root, name)
	if file == nil {
		return
	}
	defer file.Close()
	reader := bufio.NewReaderSize(file, 1<<16)
	for {
		line, err := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			call(line)
		}
		if err != nil {
			return
		}
	}
}

// tail keeps the last lines of many.
type tail struct {
	most  int
	lines []string
}

func (t *tail) add(line string) {
	if len(t.lines) >= 2*t.most {
		t.lines = slices.Delete(t.lines, 0, t.most)
	}
	t.lines = append(t.lines, line)
}

func (t *tail) last() []string { return t.lines[max(0, len(t.lines)-t.most):] }

// journal counts what the journal holds, and lists when the last pieces of work were. Who they were about stays out.
func journal(root *os.Root, m *mask) []byte {
	type line struct {
		Seq   int64     `json:"seq"`
		At    time.Time `json:"at"`
		Phase string    `json:"phase"`
		Op    string    `json:"op"`
		Batch string    `json:"batch"`
	}
	counts, last := map[string]int{}, tail{most: lastJournalLines}
	eachLine(root, "journal.jsonl", func(text []byte) {
		var one line
		if json.Unmarshal(text, &one) != nil {
			counts["unreadable"]++
			return
		}
		work := plainWords(one.Op) + " " + plainWords(one.Phase)
		counts[work]++
		last.add(fmt.Sprintf("%d %s %s %s", one.Seq, one.At.Format(time.RFC3339), work, m.sign(one.Batch)))
	})
	var out strings.Builder
	for _, work := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&out, "%8d %s\n", counts[work], work)
	}
	fmt.Fprintf(&out, "\nThe last lines:\n%s\n", strings.Join(last.last(), "\n"))
	return []byte(out.String())
}

// logWords are the fields of a log line that hold the program's own words.
var logWords = []string{"level", "msg", "op", "method", "query", "kind", "code", "step", "task", "outcome"}

// logLines are the last lines of the log, with what is known to be harmless. Of every other text only the length is kept.
func logLines(root *os.Root) []byte {
	last := tail{most: lastLogLines}
	eachLine(root, "allyswitch.log", func(text []byte) {
		fields := map[string]any{}
		if json.Unmarshal(text, &fields) != nil {
			last.add(`{"unreadable":true}`)
			return
		}
		for key, value := range fields {
			fields[key] = logField(key, value)
		}
		if line, err := json.Marshal(fields); err == nil {
			last.add(string(line))
		}
	})
	return []byte(strings.Join(last.last(), "\n") + "\n")
}

func logField(key string, value any) any {
	text, isText := value.(string)
	switch {
	case !isText:
		if _, nested := value.(map[string]any); nested {
			return "[left out]"
		}
		if _, list := value.([]any); list {
			return "[left out]"
		}
		return value
	case key == "time":
		if _, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return text
		}
	case key == "path":
		return plainPath(text)
	case slices.Contains(logWords, key):
		return plainWords(text)
	}
	return length(text)
}

// namedThings are followed by the name that somebody gave: "create the tag VIP".
var namedThings = strings.Fields("tag field automation workflow sequence campaign form offering")

// plainWords keeps of a text that the program made up the words before somebody else's.
func plainWords(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		if slices.Contains(namedThings, word) && i+1 < len(words) || i == 7 && len(words) > 8 {
			words = append(words[:i+1:i+1], "…")
			break
		}
	}
	for i, word := range words {
		if !ownWord.MatchString(word) {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}

var (
	ownWord     = regexp.MustCompile(`^[A-Za-z0-9_,\[\]'-]{1,80}$|^…$`)
	pathSegment = regexp.MustCompile(`^(?:[a-z][a-z_]{1,24}|v?[0-9]{1,2}|[A-Z][A-Za-z]{2,24}|)$`)
)

// plainPath keeps the parts of a path that name a kind of thing, and hides those that name one thing.
func plainPath(path string) string {
	segments := strings.Split(path, "/")
	site := slices.Index(segments, "wp-json") // what comes before is the folder of the site, which may have anybody's name
	for i, segment := range segments {
		if segment != "" && i != site && (i < site || i > site+5 || !pathSegment.MatchString(segment)) {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

// stamped are the names that the program makes up from the time.
var stamped = regexp.MustCompile(`^(?:before-[0-9TZ-]+|support-[0-9TZ-]+\.zip)$`)

// fileList lists the folder.
func fileList(root *os.Root) []byte {
	var out strings.Builder
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return []byte("The folder cannot be listed.\n")
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue
		}
		fmt.Fprintf(&out, "%s %12d %s %s\n", info.Mode(), info.Size(), info.ModTime().UTC().Format(time.RFC3339), fileName(entry.Name()))
	}
	return []byte(out.String())
}

func fileName(name string) string {
	if slices.Contains(checkpoint.FileNames(), name) || stamped.MatchString(name) {
		return name
	}
	return "[another file]"
}
