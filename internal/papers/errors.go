package papers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/job"
)

// statuses are what vendors answer with when they refuse or fail.
var statuses = []int{400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 422, 425, 429, 500, 502, 503, 504}

// Errors is docs/errors.md: every code that can be shown.
func Errors(root string) (string, error) {
	sources, err := readSources(root)
	if err != nil {
		return "", err
	}
	codes := withoutTwins(append(general(), readCodes(sources)...))
	var out strings.Builder
	out.WriteString(errorsHead)
	out.WriteString("## Where you are\n\nThe code in the corner of a page says which page it is.\n\n| code | page |\n|---|---|\n")
	deps := &steps.Deps{CRMs: registry.All(), Secrets: steps.NewSecrets(nil)}
	path := wizard.Path(append(steps.All(deps), steps.Tools(deps)...))
	for _, step := range path {
		fmt.Fprintf(&out, "| `%s` | %s |\n", path.Code(step), cell(path.Name(step)))
	}
	section(&out, "The program", "`ALLY-…`: a gate that stays shut on purpose, or the program itself.", codes, "ALLY-")
	section(&out, "The migration's folder", "`FOLDER-…`: the files on this computer. More about them is in [checkpoint.md](checkpoint.md).", codes, "FOLDER-")
	section(&out, "Export and tag files", "`FILE-…`: a file that you chose.", codes, "FILE-")
	section(&out, "The site", "`WP-…`: your WordPress site; `WPC-…`: the companion plugin on it.", codes, "WP-", "WPC-")
	out.WriteString(everyCRM(codes))
	for _, entry := range registry.All() {
		prefix := entry.Provider.CodePrefix
		section(&out, entry.Provider.Name, fmt.Sprintf("`%s-…`, besides those of every CRM.", prefix), codes, prefix+"-")
	}
	return out.String(), nil
}

const errorsHead = `# Error codes

Every error says what happened, what it means for your members, what to do now, and a code that can be read aloud on the phone. Here is each code.
"…" stands for what is different each time. Unless a line says otherwise: your members keep the access they have, and everything done so far is recorded.

This page is made from the program by ` + "`go generate ./internal/papers`" + `. Do not edit it.

`

// general are the words of errors that nobody else explains.
func general() []Code {
	var codes []Code
	for _, err := range []error{fmt.Errorf("%s", unknown), &job.PanicError{}} {
		told := wizard.Explain(err)
		codes = append(codes, Code{Code: told.Code, What: told.What, Means: told.Means, Now: told.Now})
	}
	return codes
}

// withoutTwins leaves out what says the same with fewer words.
func withoutTwins(codes []Code) []Code {
	seen, out := map[string]bool{}, []Code{}
	for _, code := range codes {
		key := code.Code + code.What
		if code.kind == "" && seen[key] {
			continue
		}
		seen[key] = true
		out = append(out, code)
	}
	return out
}

// section writes the codes that begin with one of the prefixes.
func section(out *strings.Builder, title, about string, codes []Code, prefixes ...string) {
	var rows []string
	for _, code := range codes {
		for _, prefix := range prefixes {
			if strings.HasPrefix(code.Code, prefix) && (code.said() != "" || !sharedCode(code.Code, prefix)) {
				rows = append(rows, row(code.worded(vendors()[strings.TrimSuffix(prefix, "-")]), code.Code))
			}
		}
	}
	if len(rows) > 0 {
		fmt.Fprintf(out, "\n## %s\n\n%s\n\n%s%s", title, about, tableHead, strings.Join(unique(rows), ""))
	}
}

const tableHead = "| code | what happened | what it means | what to do |\n|---|---|---|---|\n"

// sharedCode says that a driver gives one of the codes that all CRMs have.
func sharedCode(code, prefix string) bool {
	_, shared := sharedWords[strings.TrimPrefix(code, strings.TrimSuffix(prefix, "-"))]
	return shared && vendors()[strings.TrimSuffix(prefix, "-")] != ""
}

func row(code Code, shown string) string {
	if code.Means == "" || strings.HasPrefix(code.Means, "Your members keep the access they have now.") {
		code.Means = "Members keep their access."
	}
	if strings.Trim(code.What, unknown) == "" {
		code.What = "The page says what."
	}
	if strings.Trim(code.Now, unknown) == "" {
		code.Now = "The page says what."
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", shown, cell(code.What), cell(code.Means), cell(code.Now))
}

// cell makes a text fit for a table. What is said of every site is said of yours.
func cell(text string) string {
	text = strings.NewReplacer("{site} and", "your site and", ". {site}", ". Your site", "{site}", "your site", "|", "\\|", "\n", " ").Replace(text)
	if strings.HasPrefix(text, "your site") {
		text = "Y" + text[1:]
	}
	return strings.TrimSpace(text)
}

func unique(rows []string) []string {
	var out []string
	for _, one := range rows {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// sharedWords are the endings that every CRM's codes may have, and the kind of trouble behind each.
var sharedWords = map[string]crm.Error{
	crm.CodeAddress:  {Kind: crm.KindInvalid, Op: "the address", Hint: unknown},
	crm.CodeNetwork:  {Kind: crm.KindUnreachable},
	crm.CodeLate:     {Kind: crm.KindTemporary, Hint: "no answer came in time"},
	crm.CodeStopped:  {Kind: crm.KindTemporary, Hint: "AllySwitch was told to stop, and stopped waiting"},
	crm.CodeRedirect: {Kind: crm.KindWrongAddress, Hint: "the address sends on to another one; nothing was sent there"},
	crm.CodeCut:      {Kind: crm.KindTemporary, Hint: "the answer breaks off"},
	crm.CodeEmpty:    {Kind: crm.KindTemporary, Hint: "the answer is empty"},
	crm.CodeHTML:     {Kind: crm.KindWrongAddress, Hint: "this address answers with a web page"},
	crm.CodeJSON:     {Kind: crm.KindTemporary, Hint: "the answer cannot be read"},
	crm.CodeBig:      {Kind: crm.KindInvalid, Op: "the answer", Hint: "it is larger than any that a CRM gives."},
	crm.CodeQuota:    {Kind: crm.KindQuota},
	crm.CodeInput:    {Kind: crm.KindInvalid, Op: "what was given", Hint: unknown},
	crm.CodeAnswer:   {Kind: crm.KindTemporary, Hint: "the answer does not fit the question"},
}

// everyCRM lists what all CRMs have in common: the endings in words, and the answers by their numbers.
func everyCRM(codes []Code) string {
	var prefixes []string
	for _, entry := range registry.All() {
		prefixes = append(prefixes, fmt.Sprintf("`%s-` is %s", entry.Provider.CodePrefix, entry.Provider.Name))
	}
	var out strings.Builder
	fmt.Fprintf(&out, "\n## Every CRM\n\nThe beginning says which CRM: %s. What comes after it is the same for all.\n\n%s", strings.Join(prefixes, ", "), tableHead)
	for _, ending := range endings(codes) {
		trouble := sharedWords[ending]
		trouble.Code = unknown + ending
		told := Code{Code: unknown + ending, kind: nameOf(trouble.Kind), op: trouble.Op, hint: trouble.Hint}
		out.WriteString(row(told.worded("the CRM"), told.Code))
	}
	out.WriteString("\nA number is the status that the CRM answered with. Where the CRM's own words say something else, such as that the plan is full, the page says so; the code stays the number.\n\n" + tableHead)
	for _, status := range statuses {
		told := Code{kind: nameOf(crm.ClassifyStatus(crm.Response{Status: status}).Kind)}.worded("the CRM")
		told.What += fmt.Sprintf(" (%s)", http.StatusText(status))
		out.WriteString(row(told, fmt.Sprintf("%s-%d", unknown, status)))
	}
	return out.String()
}

// nameOf is the name of a kind in the source.
func nameOf(kind crm.Kind) string {
	for name, known := range kinds {
		if known == kind {
			return name
		}
	}
	return ""
}

// endings are those in the table and any that stand in package crm without being there, in order.
func endings(codes []Code) []string {
	var all []string
	for ending := range sharedWords {
		all = append(all, ending)
	}
	for _, code := range codes {
		if ending, shared := strings.CutPrefix(code.Code, unknown); shared && strings.HasPrefix(ending, "-") && !slices.Contains(all, ending) {
			all = append(all, ending)
		}
	}
	slices.Sort(all)
	return all
}
