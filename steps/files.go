package steps

import (
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"allyswitch/wizard/checkpoint"
)

// maxShown is how many rows of a result file a screen shows. The file itself holds them all.
const maxShown = 50_000

// fileCache reads small result files of the migration's folder for the screens, once for each time that they change.
type fileCache struct {
	mu   sync.Mutex
	read map[string]*fileRows
}

// fileRows are the rows of a CSV file, by heading.
type fileRows struct {
	changed time.Time
	size    int64
	heading []string
	rows    [][]string
}

func (c *fileCache) rows(folder *checkpoint.Folder, name string) *fileRows {
	c.mu.Lock()
	defer c.mu.Unlock()
	if folder == nil {
		return &fileRows{}
	}
	info, err := os.Stat(folder.Path(name))
	if err != nil {
		return &fileRows{}
	}
	known := c.read[name]
	if known == nil || !known.changed.Equal(info.ModTime()) || known.size != info.Size() {
		known = readRows(folder, name)
		known.changed, known.size = info.ModTime(), info.Size()
		if c.read == nil {
			c.read = map[string]*fileRows{}
		}
		c.read[name] = known
	}
	return known
}

func readRows(folder *checkpoint.Folder, name string) *fileRows {
	file, err := folder.OpenFile(name)
	if err != nil {
		return &fileRows{}
	}
	defer file.Close()
	reader := csv.NewReader(file)
	rows := &fileRows{}
	if rows.heading, err = reader.Read(); err != nil {
		return rows
	}
	// Files that people open in a spreadsheet begin with a byte order mark.
	rows.heading[0] = strings.TrimPrefix(rows.heading[0], "\ufeff")
	for len(rows.rows) < maxShown {
		row, err := reader.Read()
		if err == io.EOF || err != nil {
			break
		}
		rows.rows = append(rows.rows, row)
	}
	return rows
}

func (f *fileRows) len() int { return len(f.rows) }

// cell is a cell by the name of its column, empty when there is none.
func (f *fileRows) cell(row int, column string) string {
	at := slices.Index(f.heading, column)
	if at < 0 || row >= len(f.rows) || at >= len(f.rows[row]) {
		return ""
	}
	return f.rows[row][at]
}
