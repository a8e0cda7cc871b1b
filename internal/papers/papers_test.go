package papers

import (
	"flag"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the folder of the module.
const root = "../.."

var update = flag.Bool("update", false, "write the documents anew")

// keeps compares a document with what the code says now, or writes it.
func keeps(t *testing.T, name, made string) string {
	t.Helper()
	path := filepath.Join(root, "docs", name)
	if *update {
		if err := os.WriteFile(path, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != made {
		t.Errorf("docs/%s is behind the code: run `go generate ./internal/papers` and look at what changed. First difference:\n%s", name, firstDifference(string(kept), made))
	}
	return string(kept)
}

func firstDifference(kept, made string) string {
	before, after := strings.Split(kept, "\n"), strings.Split(made, "\n")
	for i, line := range after {
		if i >= len(before) || before[i] != line {
			return "it should have: " + line
		}
	}
	return "it has lines too many"
}

func TestTheListOfCodesIsWhatTheCodeSays(t *testing.T) {
	made, err := Errors(root)
	if err != nil {
		t.Fatal(err)
	}
	keeps(t, "errors.md", made)
	for line := range strings.Lines(made) {
		if strings.Contains(line, "|  |") || strings.Contains(line, "| … |") || strings.Contains(line, "{") {
			t.Errorf("a code has no words: %s", line)
		}
	}
}

// TestEveryCodeInTheSourceIsInTheList looks for codes in another way than the list is made: for every text in the source that looks like one.
func TestEveryCodeInTheSourceIsInTheList(t *testing.T) {
	sources, err := readSources(root)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(root, "docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range sources {
		for code := range codesIn(s) {
			found++
			if !strings.Contains(string(data), "`"+code+"`") {
				t.Errorf("%s can show %s, which is not in docs/errors.md", s.path, code)
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d codes were found in the source: the search is broken", found)
	}
}

// codesIn are all texts of a package that are codes, and those that are put behind the prefix of its CRM.
func codesIn(s *source) map[string]bool {
	codes, prefix := map[string]bool{}, s.constants["codePrefix"]
	s.inspect(func(node ast.Node) {
		switch n := node.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && ours(text) {
				codes[text] = true
			}
		case *ast.BinaryExpr:
			if left, ok := n.X.(*ast.Ident); ok && left.Name == "codePrefix" {
				if text := prefix + s.text(n.Y); whole.MatchString(text) && !sharedCode(text, prefix+"-") {
					codes[text] = true
				}
			}
		case *ast.CallExpr:
			if typeName(n.Fun) == "mistake" && len(n.Args) == 2 && prefix != "" {
				codes[prefix+"-"+s.text(n.Args[0])] = true
			}
		case *ast.CompositeLit:
			if typeName(n.Type) == "FileError" && len(n.Elts) > 1 {
				codes["FILE-"+strings.ToUpper(s.text(n.Elts[0]))] = true
			}
		case *ast.ValueSpec:
			if s.path == "allyswitch/crm" && strings.HasPrefix(n.Names[0].Name, "Code") && len(n.Values) == 1 {
				codes[unknown+s.text(n.Values[0])] = true
			}
		}
	})
	return codes
}

// ours says that a text is a code of the program itself, of the folder, or of the site. Those of CRMs are put together from parts.
func ours(text string) bool {
	for _, prefix := range []string{"ALLY-", "FOLDER-", "WP-", "WPC-"} {
		if strings.HasPrefix(text, prefix) && whole.MatchString(text) {
			return true
		}
	}
	return false
}

func TestTheGuideIsWhatTheScreensSay(t *testing.T) {
	made := Guide()
	keeps(t, "guide.md", made)
	for _, want := range []string{"## Step 1, ", "## Step 13, ", "- In Kit", "**Tick: ", "**The machine: ", "### How you know that it is done"} {
		if !strings.Contains(made, want) {
			t.Errorf("the guide has no %q", want)
		}
	}
}

func TestEveryModuleIsUnderALicenceThatIsAllowed(t *testing.T) {
	modules, err := Modules(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) < 30 {
		t.Fatalf("only %d modules were found", len(modules))
	}
	for _, module := range modules {
		if module.Dir == "" {
			t.Skipf("%s has not been downloaded; `go mod download` gets all", module.Path)
		}
		if trouble := module.Trouble(); trouble != "" {
			t.Error(trouble)
		}
	}
	keeps(t, "licences.md", Licences(modules))
}

func TestALicenceIsKnownByItsWords(t *testing.T) {
	for text, want := range map[string]string{
		"Permission is hereby granted, free of charge, to any person obtaining":                                 "MIT",
		"Redistribution and use in source and binary forms,\nwith or without modification":                      "BSD-2-Clause",
		"Redistribution and use in source and binary forms … to endorse or promote products derived":            "BSD-3-Clause",
		"GNU GENERAL PUBLIC LICENSE Version 3":                                                                  "GPL",
		"                                 Apache License\n                           Version 2.0, January 2004": "Apache-2.0",
	} {
		if found := licencesIn(text); len(found) != 1 || found[0] != want {
			t.Errorf("%.40q is taken for %v, want %s", text, found, want)
		}
	}
	if trouble := (Module{Path: "x", Licences: []string{"GPL"}}).Trouble(); trouble == "" {
		t.Error("the GPL is let through")
	}
	if trouble := (Module{Path: "x"}).Trouble(); trouble == "" {
		t.Error("a module without a licence is let through")
	}
}
