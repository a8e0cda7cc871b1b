package migration

import (
	"errors"
	"html/template"
	"io/fs"
)

// WorksheetFile is the list of everything that uses a tag, to be printed and ticked off.
const WorksheetFile = "tag-worksheet.html"

// Worksheet is what is printed.
type Worksheet struct {
	Site, CRM string
	Rows      []WorksheetRow
	tags      []WorksheetTag
}

// Tags are the members' tags, which keep their names in the CRM.
func (w Worksheet) Tags() []WorksheetTag { return w.tags }

// WorksheetRow is one item of the site. Done says when it was ticked off, empty while it is open.
type WorksheetRow struct{ Kind, Title, Tag, Done string }

// WorksheetTag is a tag, and how many members have it.
type WorksheetTag struct {
	Name    string
	Members int
}

// WriteWorksheet writes the worksheet as one page that needs nothing else. Below the items stand the tags: in the CRM each has the same name.
func WriteWorksheet(deps Deps, sheet Worksheet) error {
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		for i, count := range roster.TagCounts() {
			sheet.tags = append(sheet.tags, WorksheetTag{roster.Tags[i], count})
		}
	}
	file, err := deps.Folder.Create(WorksheetFile)
	if err != nil {
		return doing("write "+WorksheetFile, err)
	}
	defer file.Abort()
	if err := worksheetPage().Execute(file, sheet); err != nil {
		return doing("write "+WorksheetFile, err)
	}
	return doing("write "+WorksheetFile, file.Close())
}

func worksheetPage() *template.Template {
	return template.Must(template.New("worksheet").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Worksheet: everything that uses a tag</title>
<style>
body { font: 11pt/1.4 system-ui, sans-serif; margin: 2em; color: #000; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 1em 0 2em; }
th, td { border: 1px solid #555; padding: .35em .5em; text-align: left; vertical-align: top; }
th { background: #eee; }
td.box { width: 1.6em; text-align: center; }
td.wide { width: 28%; }
tr { break-inside: avoid; }
</style>
</head>
<body>
<h1>Everything that uses a tag</h1>
<p>{{.Site}}, from AccessAlly Managed to {{.CRM}}. Open each item in AccessAlly, choose the tag of the same name, and save. Then tick it off here and in AllySwitch.</p>
<table>
<thead><tr><th></th><th>Kind</th><th>Item</th><th>Tag</th><th>Which tag you chose, and when</th></tr></thead>
<tbody>
{{range .Rows}}<tr><td class="box">{{if .Done}}&#10003;{{else}}&#9744;{{end}}</td><td>{{.Kind}}</td><td>{{.Title}}</td><td>{{.Tag}}</td><td class="wide">{{.Done}}</td></tr>
{{end}}</tbody>
</table>
<h2>Your tags</h2>
<p>In {{.CRM}} each tag has exactly the same name, to the letter. Only its number is another one.</p>
<table>
<thead><tr><th>Tag</th><th>Members</th></tr></thead>
<tbody>
{{range .Tags}}<tr><td>{{.Name}}</td><td>{{.Members}}</td></tr>
{{end}}</tbody>
</table>
</body>
</html>
`))
}
