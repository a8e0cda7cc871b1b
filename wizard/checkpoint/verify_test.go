package checkpoint

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// threeLines is a small journal.
func threeLines(t testing.TB) []byte {
	d := &memoryDisk{}
	if err := newJournal(d, Mark{}).Append(batch("a"), batch("b"), batch("c")); err != nil {
		t.Fatal(err)
	}
	return d.bytes
}

func TestAnyAlteredByteIsFound(t *testing.T) {
	good := threeLines(t)
	for at := range good {
		for _, change := range []byte{0x01, 0x20, 0x80} {
			bad := slices.Clone(good)
			bad[at] ^= change
			count, _, err := Verify(bytes.NewReader(bad))
			var line *BadLine
			if !errors.As(err, &line) || !errors.Is(err, ErrCorrupt) {
				t.Fatalf("byte %d changed by %#x: %d lines are called good, %v", at, change, count, err)
			}
			if want := int64(bytes.Count(good[:at], []byte("\n"))) + 1; line.Line != want {
				t.Errorf("byte %d of line %d changed: line %d is blamed", at, want, line.Line)
			}
		}
	}
}

func TestVerifyNamesTheLineAndTheProblem(t *testing.T) {
	lines := bytes.SplitAfter(threeLines(t), []byte("\n"))[:3]
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, test := range []struct {
		name    string
		journal []byte
		count   int64
		want    string
	}{
		{"whole", join(lines...), 3, ""},
		{"empty", nil, 0, ""},
		{"the end is gone", join(lines[0], lines[1]), 2, ""},
		{"the first is gone", join(lines[1], lines[2]), 0, "lines are missing before line 1"},
		{"one in the middle is gone", join(lines[0], lines[2]), 1, "lines are missing before line 2"},
		{"one is there twice", join(lines[0], lines[0], lines[1]), 1, "line 2 was altered"},
		{"a line of another journal", join(lines[0], bytes.SplitAfter(threeLinesOf("x"), []byte("\n"))[1]), 1, "line 2 was altered"},
		{"an empty line", join(lines[0], []byte("\n"), lines[1]), 1, "line 2 was altered"},
		{"cut off", join(lines[0], lines[1][:40]), 1, "line 2 is cut off"},
		{"zeros after a power cut", join(lines[0], make([]byte, 4096), lines[1]), 1, "line 2 is cut off"},
		{"another program's", []byte("{\"level\":\"info\"}\n"), 0, "line 1 was altered"},
	} {
		t.Run(test.name, func(t *testing.T) {
			count, _, err := Verify(bytes.NewReader(test.journal))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if count != test.count || got != test.want {
				t.Errorf("%d lines, %q; want %d, %q", count, got, test.count, test.want)
			}
		})
	}
	if _, _, err := Verify(io.MultiReader(bytes.NewReader(lines[0]), failingReader{})); err == nil || errors.Is(err, ErrCorrupt) {
		t.Errorf("a disk that cannot be read is no damaged journal: %v", err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, syscall.EIO }

func TestTornTailAtEveryByte(t *testing.T) {
	good := threeLines(t)
	dir := t.TempDir()
	for cut := range good {
		if err := os.WriteFile(filepath.Join(dir, journalFile), good[:cut], filePermission); err != nil {
			t.Fatal(err)
		}
		folder, err := Open(dir, testOptions)
		if err != nil {
			t.Fatalf("cut to %d bytes: %v", cut, err)
		}
		whole := bytes.Count(good[:cut], []byte("\n"))
		torn := cut > 0 && good[cut-1] != '\n'
		if said := len(folder.Recovered()) > 0; said != torn {
			t.Errorf("cut to %d bytes: recovered %q", cut, folder.Recovered())
		}
		mustAppend(t, folder, batch("next"))
		if all := entries(t, folder); len(all) != whole+1 || all[whole].Seq != int64(whole+1) {
			t.Errorf("cut to %d bytes: %d entries, want %d", cut, len(all), whole+1)
		}
		mustClose(t, folder)
	}
}
