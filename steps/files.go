package steps

import (
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"allyswitch/wizard/checkpoint"
)

// fileCache reads result files of the migration's folder for the screens. A file is looked through once for each time that it changes.
type fileCache struct {
	mu   sync.Mutex
	read map[string]*fileRows
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
	if known == nil || !known.isOf(info) {
		known = indexRows(folder, name)
		if c.read == nil {
			c.read = map[string]*fileRows{}
		}
		c.read[name] = known
	}
	return known
}

// atOnce is how many rows are read together, mostBlocks how many such blocks are kept: a page and a search need few of half a million rows.
const (
	atOnce     = 256
	mostBlocks = 256
)

// fileRows are the rows of a CSV file, by heading. Only where each begins is kept; those that are looked at are read when they are. It is safe for
// simultaneous use.
type fileRows struct {
	folder  *checkpoint.Folder
	name    string
	changed time.Time
	size    int64
	heading []string
	// starts are where the rows begin, and where the last one ends.
	starts []int64

	mu     sync.Mutex
	blocks map[int][][]string
}

// isOf says that a file has not changed since.
func (f *fileRows) isOf(info os.FileInfo) bool {
	return f.changed.Equal(info.ModTime()) && f.size == info.Size()
}

func indexRows(folder *checkpoint.Folder, name string) *fileRows {
	file, err := folder.OpenFile(name)
	if err != nil {
		return &fileRows{}
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return &fileRows{}
	}
	f := &fileRows{folder: folder, name: name, changed: info.ModTime(), size: info.Size(), blocks: map[int][][]string{}}
	starts, err := rowStarts(file)
	if err != nil || len(starts) < 2 {
		return f
	}
	if first := readRows(file, starts[0], starts[1]); len(first) == 1 {
		// Files that people open in a spreadsheet begin with a byte order mark.
		f.heading, f.starts = first[0], starts[1:]
		f.heading[0] = strings.TrimPrefix(f.heading[0], "\ufeff")
	}
	return f
}

// rowStarts says where each row of a CSV file begins, and where the last one ends. A line break between quotes is part of a cell.
func rowStarts(in io.Reader) ([]int64, error) {
	starts, at, quoted, empty := []int64{0}, int64(0), false, true
	buffer := make([]byte, 64<<10)
	for {
		n, err := in.Read(buffer)
		for i, char := range buffer[:n] {
			switch {
			case char == '\n' && !quoted && empty:
				starts[len(starts)-1] = at + int64(i) + 1 // an empty line is no row
			case char == '\n' && !quoted:
				starts, empty = append(starts, at+int64(i)+1), true
			case char == '"':
				quoted, empty = !quoted, false
			case char != '\r':
				empty = false
			}
		}
		at += int64(n)
		if err == io.EOF {
			if !empty {
				starts = append(starts, at)
			}
			return starts, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// readRows reads the rows between two places of a file: as many as can be understood.
func readRows(file io.ReaderAt, from, to int64) [][]string {
	text := make([]byte, to-from)
	if _, err := file.ReadAt(text, from); err != nil && err != io.EOF {
		return nil
	}
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = -1
	var rows [][]string
	for {
		row, err := reader.Read()
		if err != nil {
			return rows
		}
		rows = append(rows, row)
	}
}

// len is how many rows there are, without the heading.
func (f *fileRows) len() int { return max(len(f.starts)-1, 0) }

// cell is a cell by the name of its column, empty when there is none.
func (f *fileRows) cell(row int, column string) string {
	at := slices.Index(f.heading, column)
	if at < 0 || row < 0 || row >= f.len() {
		return ""
	}
	block, within := f.block(row/atOnce), row%atOnce
	if within >= len(block) || at >= len(block[within]) {
		return ""
	}
	return block[within][at]
}

// block is a number of rows that lie together, empty when the file has been replaced meanwhile: the page is about to be made anew.
func (f *fileRows) block(number int) [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.blocks[number]; ok {
		return known
	}
	file, err := f.folder.OpenFile(f.name)
	if err != nil {
		return nil
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !f.isOf(info) {
		return nil
	}
	if len(f.blocks) >= mostBlocks {
		clear(f.blocks)
	}
	first := number * atOnce
	rows := readRows(file, f.starts[first], f.starts[min(first+atOnce, f.len())])
	f.blocks[number] = rows
	return rows
}
