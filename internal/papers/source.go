// Package papers makes the documents that follow from the code: docs/errors.md, docs/guide.md and docs/licences.md. Its tests fail when one of them
// is behind; `go generate ./internal/papers` writes them anew.
package papers

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:generate go test . -update

// unknown stands for a part of a text that is different each time.
const unknown = "…"

// source is one package of the program, parsed.
type source struct {
	path string
	// name is the last part of the path: kit.
	name  string
	files []*ast.File
	// constants are the texts that have names here.
	constants map[string]string
	shared    map[string]string
}

// readSources parses the packages of ours that the program is made of. Sandboxes are left out: they speak for the vendors.
func readSources(root string) ([]*source, error) {
	list := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}\t{{.Dir}}\t{{join .GoFiles \" \"}}", ".")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the program's packages: %w", err)
	}
	shared := map[string]string{}
	var sources []*source
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) == 3 && strings.HasPrefix(fields[0]+"/", "allyswitch/") {
			one, err := parse(fields[0], fields[1], strings.Fields(fields[2]))
			if err != nil {
				return nil, err
			}
			one.shared = shared
			if fields[0] == "allyswitch/crm" {
				for name, text := range one.constants {
					shared["crm."+name] = text
				}
			}
			sources = append(sources, one)
		}
	}
	return sources, nil
}

func parse(path, dir string, names []string) (*source, error) {
	s := &source{path: path, name: filepath.Base(path), constants: map[string]string{}}
	files := token.NewFileSet()
	for _, name := range names {
		if strings.HasPrefix(name, "sandbox") {
			continue
		}
		file, err := parser.ParseFile(files, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		s.files = append(s.files, file)
	}
	for range 2 { // a constant may be made of one that comes later
		s.inspect(s.findConstants)
	}
	return s, nil
}

func (s *source) inspect(visit func(ast.Node)) {
	for _, file := range s.files {
		ast.Inspect(file, func(node ast.Node) bool {
			visit(node)
			return true
		})
	}
}

func (s *source) findConstants(node ast.Node) {
	declared, ok := node.(*ast.GenDecl)
	if !ok || declared.Tok != token.CONST {
		return
	}
	for _, spec := range declared.Specs {
		named := spec.(*ast.ValueSpec)
		for i, name := range named.Names {
			if i < len(named.Values) {
				s.keepConstant(name.Name, s.text(named.Values[i]))
			}
		}
	}
}

// keepConstant keeps a constant. One that has two values in two functions says nothing.
func (s *source) keepConstant(name, text string) {
	if known, twice := s.constants[name]; text != unknown && (!twice || known == text || strings.Contains(known, unknown)) {
		s.constants[name] = text
	} else if twice && text != unknown {
		s.constants[name] = unknown
	}
}

// text is what an expression says, with "…" for what only the running program knows.
func (s *source) text(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
	case *ast.Ident:
		if text, ok := s.constants[e.Name]; ok {
			return text
		}
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok {
			if text, ok := s.shared[pkg.Name+"."+e.Sel.Name]; ok {
				return text
			}
		}
	case *ast.ParenExpr:
		return s.text(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return strings.ReplaceAll(s.text(e.X)+s.text(e.Y), unknown+unknown, unknown)
		}
	case *ast.CallExpr:
		return s.called(e)
	}
	return unknown
}

// called is the text of fmt.Sprintf; other functions are not known.
func (s *source) called(call *ast.CallExpr) string {
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || function.Sel.Name != "Sprintf" || len(call.Args) == 0 {
		return unknown
	}
	text, arguments := s.text(call.Args[0]), call.Args[1:]
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		for i++; i < len(text)-1 && strings.IndexByte("0123456789.+-# ", text[i]) >= 0; i++ {
		}
		switch {
		case text[i] == '%':
			out.WriteByte('%')
		case len(arguments) > 0:
			out.WriteString(s.text(arguments[0]))
			arguments = arguments[1:]
		}
	}
	return out.String()
}
