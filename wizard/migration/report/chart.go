package report

import (
	"fmt"
	"strings"
)

// Chart is a picture of figures that a table or a sentence tells too. It holds no text: words stay outside, where they keep their size on a phone.
type Chart struct {
	Title string
	// Alt says in words what the picture shows.
	Alt           string
	Width, Height float64
	Bars          []Bar
	// Limit is the height of a dashed line, below 0 for none.
	Limit float64
	// Legend names the colours, From and To are the ends of the axis.
	Legend   []Legend
	From, To string
}

// Bar is a rectangle in the colour of its class.
type Bar struct {
	X, Y, Width, Height float64
	Class               string
}

// Legend is a colour and what it stands for.
type Legend struct{ Class, Label, Value string }

// Part is a part of a whole.
type Part struct {
	Label string
	Value int
}

// The size of a chart in its own units.
const (
	chartWidth   = 720
	barHeight    = 40
	columnHeight = 160
	// sliver is the least width of a part: three members of 500,000 have to be seen too.
	sliver = 4
	// gap keeps neighbours apart for people who cannot tell their colours.
	gap = 2
)

// stacked shows the parts of a whole side by side.
func stacked(title string, parts []Part) Chart {
	chart := Chart{Title: title, Width: chartWidth, Height: barHeight, Limit: -1}
	total := 0
	for _, part := range parts {
		total += part.Value
	}
	room := float64(chartWidth - gap*(len(parts)-1) - sliver*len(parts))
	at := 0.0
	var told []string
	for i, part := range parts {
		width := sliver + room*float64(part.Value)/float64(max(total, 1))
		class := fmt.Sprintf("c%d", i%colours)
		chart.Bars = append(chart.Bars, Bar{X: at, Width: width, Height: barHeight, Class: class})
		chart.Legend = append(chart.Legend, Legend{class, part.Label, grouped(part.Value)})
		told = append(told, fmt.Sprintf("%s: %s", part.Label, grouped(part.Value)))
		at += width + gap
	}
	chart.Alt = strings.Join(told, ". ") + "."
	return chart
}

// colours is how many there are in page.css.
const colours = 7

// over shows a column for each stretch of time, and the limit where it is known.
func over(title, alt string, pace pace, limit int) Chart {
	chart := Chart{Title: title, Alt: alt, Width: chartWidth, Height: columnHeight, Limit: -1}
	top := float64(max(pace.busiest, limit, 1)) * 1.05
	step := float64(chartWidth) / float64(len(pace.columns))
	for i, column := range pace.columns {
		height := columnHeight * float64(column.requests) / top
		chart.Bars = append(chart.Bars, Bar{X: float64(i) * step, Y: columnHeight - height, Width: max(step-gap, 1), Height: height, Class: "c0"})
	}
	chart.Legend = []Legend{{"c0", "Requests; the highest column stands for", grouped(pace.busiest)}}
	if limit > 0 {
		chart.Limit = columnHeight - columnHeight*float64(limit)/top
		chart.Legend = append(chart.Legend, Legend{"limit", "The CRM's limit", grouped(limit)})
	}
	chart.From, chart.To = moment(pace.columns[0].at), moment(pace.columns[len(pace.columns)-1].at)
	return chart
}
