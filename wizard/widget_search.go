package wizard

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"allyswitch/wizard/ui"
)

// search looks through the rows of a table in short pieces, so that half a million rows never hold a frame up.
type search struct {
	typing  bool
	input   ui.Input
	query   string
	running bool
	// round counts searches: pieces of an older one are dropped.
	round  int
	looked int
	result string
}

// searchMsg asks for the next piece of a search.
type searchMsg struct {
	table string
	round int
	next  int
	left  int
}

func (s *search) open() {
	s.typing, s.input, s.result = true, ui.NewInput("", false), ""
}

// told says how the search stands.
func (s search) told(look Look) string {
	switch {
	case s.running:
		return fmt.Sprintf("%ssearching, %s rows so far", look.Theme.Signs.Dot, ui.Count(int64(s.looked)))
	case s.result != "":
		return look.Theme.Signs.Dot + s.result
	}
	return ""
}

func (w *tableWidget) typeSearch(msg tea.KeyPressMsg) reply {
	if msg.String() != "enter" {
		w.search.input.Update(msg)
		return reply{}
	}
	w.search.typing = false
	w.search.query = strings.ToLower(w.search.input.Value())
	if w.search.query == "" {
		return reply{}
	}
	return w.find(w.grid.Cursor)
}

// find begins a search at a row, once around.
func (w *tableWidget) find(from int) reply {
	w.search.round++
	w.search.running, w.search.looked, w.search.result = true, 0, ""
	return w.searchOn(searchMsg{table: w.name, round: w.search.round, next: from, left: w.table.Rows})
}

// searchOn looks through one more piece. The rows may have gone meanwhile.
func (w *tableWidget) searchOn(msg searchMsg) reply {
	if msg.table != w.name {
		return reply{ignored: true}
	}
	if msg.round != w.search.round || !w.search.running {
		return reply{}
	}
	for began := time.Now(); msg.left > 0 && w.table.Rows > 0; msg.next, msg.left = msg.next+1, msg.left-1 {
		row := msg.next % w.table.Rows
		if w.matches(row) {
			w.found(row)
			return reply{}
		}
		w.search.looked++
		if w.search.looked%piece == 0 || w.search.looked%16 == 0 && time.Since(began) > slice {
			msg.next, msg.left = msg.next+1, msg.left-1
			return reply{cmd: func() tea.Msg { return msg }}
		}
	}
	w.search.running, w.search.result = false, "not found: "+w.search.input.Value()
	return reply{}
}

// piece is how many rows are looked through at most before the screen gets its turn.
const piece = 20_000

func (w *tableWidget) found(row int) {
	w.search.running, w.search.result = false, ""
	w.grid.Cursor = row
	w.grid.Show(w.visible)
}

// matches compares with what is stored and, in privacy mode, with what is drawn: support looks for the pseudonym.
func (w *tableWidget) matches(row int) bool {
	cells := w.table.Row(row)
	for _, cell := range cells {
		if strings.Contains(strings.ToLower(cell), w.search.query) {
			return true
		}
	}
	if !w.veil.On {
		return false
	}
	for _, cell := range w.veil.Row(cells, w.private) {
		if strings.Contains(strings.ToLower(cell), w.search.query) {
			return true
		}
	}
	return false
}
