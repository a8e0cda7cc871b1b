package wp

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

// An owner's file of subscriptions comes in any dialect, and secrets in it are never read.
func TestATableOfAnyColumns(t *testing.T) {
	known := func(name string) bool { return name == "email" }
	for name, text := range map[string]string{
		"commas":     "Order,Email,Note,user_pass\n12,ada@example.com,\"two\nlines, one cell\",$P$Babcdefgh\n",
		"semicolons": "\ufeffOrder;Email;Note;user_pass\r\n12;ada@example.com;\"two\nlines, one cell\";$P$Babcdefgh\r\n",
	} {
		table, err := OpenTable(strings.NewReader(text), known)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(table.Columns, []string{"Order", "Email", "Note", "user_pass"}) || !table.Secret("user_pass") {
			t.Errorf("%s: columns %q", name, table.Columns)
		}
		row, err := table.Next()
		if err != nil || row.Unreadable || row.Cells[0] != "12" || row.Cells[1] != "ada@example.com" || row.Cells[3] != "" || row.Line != 2 {
			t.Errorf("%s: %+v %v", name, row, err)
		}
		if _, err := table.Next(); err != io.EOF {
			t.Errorf("%s: after the last row: %v", name, err)
		}
	}
}

func TestATableThatIsNone(t *testing.T) {
	for code, text := range map[string]string{"no-heading": "1,ada@example.com\n2,bo@example.com\n", "only-heading": "order,email\n", "web-page": "<!doctype html>", "empty-file": ""} {
		_, err := OpenTable(strings.NewReader(text), func(string) bool { return false })
		var file *FileError
		if !errors.As(err, &file) || file.Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}
