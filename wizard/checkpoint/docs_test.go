package checkpoint

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentIsComplete keeps docs/checkpoint.md in step with the code: every field and every error code is in it.
func TestDocumentIsComplete(t *testing.T) {
	text, err := os.ReadFile("../../docs/checkpoint.md")
	if err != nil {
		t.Fatal(err)
	}
	document := string(text)
	for _, kind := range []any{State{}, Mark{}, Site{}, CRM{}, Step{}, Tick{}, Task{}, Entry{}} {
		described := reflect.TypeOf(kind)
		for i := range described.NumField() {
			name, _, _ := strings.Cut(described.Field(i).Tag.Get("json"), ",")
			if !strings.Contains(document, "`"+name+"`") {
				t.Errorf("the field %s of %s is not described", name, described.Name())
			}
		}
	}
	source, err := os.ReadFile("error.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`FOLDER-[A-Z]+`).FindAllString(string(source), -1)
	for _, code := range codes {
		if !strings.Contains(document, "| `"+code+"` |") {
			t.Errorf("the error %s is not described", code)
		}
	}
	if len(codes) < 10 {
		t.Errorf("only %d codes were found", len(codes))
	}
}
