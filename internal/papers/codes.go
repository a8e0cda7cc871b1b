package papers

import (
	"cmp"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/steps"
)

// Code is a code that can be shown, with its words.
type Code struct {
	Code string
	// What happened, what it Means for members, what to do Now. "…" stands for what is different each time.
	What, Means, Now string
	// kind, op and hint are what an error of a CRM is made of, before it has words.
	kind, op, hint string
}

// readCodes collects every code that stands in the source with what is said about it.
func readCodes(sources []*source) []Code {
	var codes []Code
	for _, s := range sources {
		s.inspect(func(node ast.Node) {
			switch n := node.(type) {
			case *ast.CompositeLit:
				codes = append(codes, s.literal(n)...)
			case *ast.CallExpr:
				codes = append(codes, s.mistake(n)...)
			case *ast.CaseClause:
				codes = append(codes, s.assigned(n.Body)...)
			}
		})
	}
	codes = slices.DeleteFunc(codes, func(code Code) bool { return strings.HasSuffix(code.Code, "-"+unknown) })
	slices.SortStableFunc(codes, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	return slices.Compact(codes)
}

// typeName is the last part of a type's name.
func typeName(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// literal reads Explanation{…}, Error{…}, words{…} and FileError{…}.
func (s *source) literal(literal *ast.CompositeLit) []Code {
	switch typeName(literal.Type) {
	case "FileError":
		return s.fileError(literal)
	case "Explanation", "Error", "words":
	default:
		return nil
	}
	var code Code
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			s.set(&code, typeName(pair.Key), pair.Value)
		}
	}
	if code.Code == "" || code.Code == unknown {
		return nil
	}
	return []Code{s.prefixed(code)}
}

func (s *source) set(code *Code, field string, value ast.Expr) {
	switch strings.ToLower(field) {
	case "code":
		code.Code = s.text(value)
	case "what":
		code.What = s.text(value)
	case "means":
		code.Means = s.text(value)
	case "now":
		code.Now = s.text(value)
	case "kind":
		if _, known := kinds[typeName(value)]; known {
			code.kind = typeName(value)
		}
	case "op":
		code.op = s.text(value)
	case "hint":
		code.hint = s.text(value)
	}
}

// prefixed gives a code of package crm, which knows no vendor, the dots that stand for one.
func (s *source) prefixed(code Code) Code {
	if s.path == "allyswitch/crm" {
		code.Code = unknown + strings.TrimPrefix(code.Code, unknown)
	}
	return code
}

// fileError is a file that cannot be read: its code and its sentence.
func (s *source) fileError(literal *ast.CompositeLit) []Code {
	if len(literal.Elts) < 2 {
		return nil
	}
	texts := []string{}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			element = pair.Value
		}
		texts = append(texts, s.text(element))
	}
	return []Code{{Code: "FILE-" + strings.ToUpper(texts[0]), What: texts[1], Means: "Nothing was changed.", Now: "Choose another file, or export it once more."}}
}

// mistake reads the drivers' mistake(code, hint): a setting that cannot be right.
func (s *source) mistake(call *ast.CallExpr) []Code {
	if typeName(call.Fun) != "mistake" || len(call.Args) != 2 || s.constants["codePrefix"] == "" {
		return nil
	}
	return []Code{{Code: s.constants["codePrefix"] + "-" + s.text(call.Args[0]), kind: "KindInvalid", op: "the setting", hint: s.text(call.Args[1])}}
}

// assigned reads a case that sets words.What, words.Now and words.Code one by one.
func (s *source) assigned(body []ast.Stmt) []Code {
	var code Code
	for _, statement := range body {
		assignment, ok := statement.(*ast.AssignStmt)
		if !ok || assignment.Tok != token.ASSIGN || len(assignment.Lhs) != len(assignment.Rhs) {
			continue
		}
		for i, left := range assignment.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok {
				s.set(&code, field.Sel.Name, assignment.Rhs[i])
			}
		}
	}
	if !whole.MatchString(code.Code) || code.What == "" {
		return nil
	}
	return []Code{code}
}

// whole is a code as it is shown.
var whole = regexp.MustCompile(`^[A-Z]{2,6}-[A-Z0-9-]+$`)

// kinds are the names of the kinds in the source.
var kinds = map[string]crm.Kind{
	"KindAuth": crm.KindAuth, "KindPermission": crm.KindPermission, "KindNotFound": crm.KindNotFound, "KindRate": crm.KindRate, "KindQuota": crm.KindQuota,
	"KindTemporary": crm.KindTemporary, "KindInvalid": crm.KindInvalid, "KindConflict": crm.KindConflict, "KindUnsupported": crm.KindUnsupported,
	"KindPlanLimit": crm.KindPlanLimit, "KindUnreachable": crm.KindUnreachable, "KindWrongAddress": crm.KindWrongAddress,
}

// worded gives the error of a CRM the words that the screen gives it.
func (c Code) worded(name string) Code {
	if c.kind == "" {
		return c
	}
	words := steps.CRMWords(&crm.Error{Kind: kinds[c.kind], Code: c.Code, Op: cmp.Or(c.op, unknown), Hint: cmp.Or(c.hint, unknown)}, name)
	c.What, c.Means, c.Now = capital(words.What), words.Means, words.Now
	if strings.Trim(c.What, unknown+". ") == "" {
		c.What = "Something that was given cannot be used. The page says what."
	}
	if said := c.said(); said != "" && !strings.Contains(strings.ToLower(c.What), strings.ToLower(c.hint)) {
		c.What += " " + said
	}
	return c
}

// said is the hint as a sentence, when the source knows it.
func (c Code) said() string {
	if strings.Trim(c.hint, unknown+" ") == "" {
		return ""
	}
	return capital(strings.TrimSuffix(c.hint, ".")) + "."
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// vendors are the names of the CRMs, by the prefix of their codes.
func vendors() map[string]string {
	names := map[string]string{}
	for _, entry := range registry.All() {
		names[entry.Provider.CodePrefix] = entry.Provider.Name
	}
	return names
}
