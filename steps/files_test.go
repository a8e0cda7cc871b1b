package steps

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"allyswitch/wizard/checkpoint"
)

// shelf is a folder with one file in it.
func shelf(t testing.TB, name, text string) *checkpoint.Folder {
	t.Helper()
	folder, err := checkpoint.Open(t.TempDir(), checkpoint.Options{Tool: "allyswitch test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	put(t, folder, name, text)
	return folder
}

func put(t testing.TB, folder *checkpoint.Folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(folder.Path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRowsOfAFileAreFoundWhateverIsInThem(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"plain":                    {"a,b\n1,one\n2,two\n", []string{"one", "two"}},
		"no line break at the end": {"a,b\n1,one\n2,two", []string{"one", "two"}},
		"a byte order mark":        {"\ufeffb,a\none,1\n", []string{"one"}},
		"of Windows":               {"a,b\r\n1,one\r\n2,two\r\n", []string{"one", "two"}},
		"a line break in a cell":   {"a,b\n1,\"one\nand more\"\n2,two\n", []string{"one\nand more", "two"}},
		"quotes in a cell":         {"a,b\n1,\"say \"\"one\"\"\"\n2,two\n", []string{`say "one"`, "two"}},
		"empty lines":              {"a,b\n\n1,one\n\n2,two\n\n", []string{"one", "two"}},
		"a short row":              {"a,b\n1\n2,two\n", []string{"", "two"}},
		"only a heading":           {"a,b\n", nil},
		"nothing":                  {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			rows := new(fileCache).rows(shelf(t, "x.csv", test.text), "x.csv")
			if rows.len() != len(test.want) {
				t.Fatalf("%d rows, want %d", rows.len(), len(test.want))
			}
			for i, want := range test.want {
				if got := rows.cell(i, "b"); got != want {
					t.Errorf("row %d is %q, want %q", i, got, want)
				}
			}
			if rows.cell(-1, "b")+rows.cell(rows.len(), "b")+rows.cell(0, "none") != "" {
				t.Error("there is something where nothing is")
			}
		})
	}
}

func TestEveryOneOfManyRowsIsFound(t *testing.T) {
	const count = mostBlocks*atOnce + 1000
	var text strings.Builder
	text.WriteString("id,note\n")
	for i := range count {
		fmt.Fprintf(&text, "%d,\"row\n%d\"\n", i, i)
	}
	rows := new(fileCache).rows(shelf(t, "x.csv", text.String()), "x.csv")
	if rows.len() != count {
		t.Fatalf("%d rows, want %d", rows.len(), count)
	}
	for i := range count {
		if got := rows.cell(i, "note"); got != fmt.Sprintf("row\n%d", i) {
			t.Fatalf("row %d is %q", i, got)
		}
	}
	if rows.cell(0, "id") != "0" || len(rows.blocks) > mostBlocks {
		t.Errorf("%d blocks are kept", len(rows.blocks))
	}
}

func TestAFileThatHasChangedIsLookedThroughAnew(t *testing.T) {
	cache, folder := new(fileCache), shelf(t, "x.csv", "a\nold\n")
	before := cache.rows(folder, "x.csv")
	put(t, folder, "x.csv", "a\nnew\nnewer\n")
	if err := os.Chtimes(folder.Path("x.csv"), time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := before.cell(0, "a"); got != "" {
		t.Errorf("the rows of before show %q of a file that has been replaced", got)
	}
	if rows := cache.rows(folder, "x.csv"); rows.len() != 2 || rows.cell(1, "a") != "newer" {
		t.Errorf("the rows are not those of the new file: %d, %q", rows.len(), rows.cell(1, "a"))
	}
	if rows := cache.rows(folder, "none.csv"); rows.len() != 0 || rows.cell(0, "a") != "" {
		t.Error("a file that is not there has rows")
	}
}
