package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// html writes the report as one page that needs nothing but itself.
func (r *Report) html() ([]byte, error) {
	page, err := template.New("report").Funcs(template.FuncMap{
		"css":      func() template.CSS { return template.CSS(pageCSS) },
		"evidence": func() template.JS { return template.JS(r.Evidence.text()) },
		"unit":     func(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) },
		"sub":      func(a, b float64) float64 { return a - b },
		"grouped":  grouped,
		"named":    func(section, kind string, i int) string { return fmt.Sprintf("%s-%s-%d", section, kind, i) },
	}).Parse(pageHTML)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, r); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func sortedCounts(counts map[string]int) []string { return slices.Sorted(maps.Keys(counts)) }

func sortedNames(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }
