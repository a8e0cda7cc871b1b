package wp

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// manyPeople writes an export with WebToffee's 27 columns as it is read, so that no million rows need lie about. One row in
// 50 has a name that needs mending, one in 500 a biography of two lines.
type manyPeople struct {
	people, next int
	buf          []byte
	rest         []byte
}

const fakeToken = "eyJmYWtlLXNlc3Npb24tdG9rZW4tbm90LXJlYWwtbm90LXJlYWwtbm90LXJlYWwtbm90LXJlYWwtbm90LXJlYWwt"

func (m *manyPeople) Read(p []byte) (int, error) {
	if len(m.rest) == 0 {
		if m.next > m.people {
			return 0, io.EOF
		}
		m.buf = m.buf[:0]
		for m.next <= m.people && len(m.buf) < 60<<10 {
			m.buf = m.append(m.buf)
			m.next++
		}
		m.rest = m.buf
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

func (m *manyPeople) append(b []byte) []byte {
	if m.next == 0 {
		b = append(b, "\xef\xbb\xbf"...)
		for i, column := range webtoffeeColumns[:webtoffeeBase] {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, column...)
		}
		return append(b, '\n')
	}
	last, bio, token := "Miller", "", ""
	if m.next%50 == 0 {
		last = "Nguyá»…n"
	}
	if m.next%500 == 0 {
		bio = "\"First line, with a comma\nand a \"\"quoted\"\" second\""
	}
	if m.next%20 == 0 {
		token = fakeToken
	}
	id := strconv.Itoa(m.next)
	for _, part := range []string{id, ",", id, ",member.", id, ",$P$BFAKEHASHnotarealpassword000000,member-", id, "examplecom,Member.", id,
		"@students.example.com,,\"2021-06-26 23:39:38\",\"Amelia ", last, "\",Amelia,", last, ",0,subscriber,member.", id, ",", bio,
		",true,true,fresh,0,true,,0,,,", token, ",\"2023-11-14 22:14:21\",0\n"} {
		b = append(b, part...)
	}
	return b
}

// copyCSV is the bare copy that Clean is compared with.
func copyCSV(in io.Reader, out io.Writer) error {
	reader, writer := csv.NewReader(in), csv.NewWriter(out)
	reader.ReuseRecord = true
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			writer.Flush()
			return writer.Error()
		}
		if err != nil {
			return err
		}
		if err := writer.Write(record); err != nil {
			return err
		}
	}
}

// BenchmarkClean1M reads and cleans a million people and copies the same file with encoding/csv in turns. x_copy is how many
// times longer the fastest cleaning took than the fastest copy, heap_MiB the most memory on the heap while it ran.
func BenchmarkClean1M(b *testing.B) { benchmarkClean(b, 1_000_000) }

// BenchmarkClean50k is the same on a file that a large site has.
func BenchmarkClean50k(b *testing.B) { benchmarkClean(b, 50_000) }

func benchmarkClean(b *testing.B, people int) {
	file, err := os.Create(filepath.Join(b.TempDir(), "export.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, &manyPeople{people: people}); err != nil {
		b.Fatal(err)
	}
	again := func() io.Reader {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		return file
	}
	cleaning, copying := time.Hour, time.Hour
	var heap uint64
	for b.Loop() {
		in := again()
		start := time.Now()
		if err := copyCSV(in, io.Discard); err != nil {
			b.Fatal(err)
		}
		copying = min(copying, time.Since(start))
		in, watch := again(), watchHeap()
		start = time.Now()
		summary, err := Clean(context.Background(), in, CleanOptions{Progress: watch.look}, io.Discard, io.Discard)
		if err != nil || summary.Kept != int64(people) {
			b.Fatalf("kept %d: %v", summary.Kept, err)
		}
		cleaning = min(cleaning, time.Since(start))
		heap = max(heap, watch.peak)
	}
	b.ReportMetric(cleaning.Seconds()/copying.Seconds(), "x_copy")
	b.ReportMetric(float64(heap)/(1<<20), "heap_MiB")
	b.ReportMetric(float64(people)/cleaning.Seconds(), "people/s")
}

// heapWatch remembers the most memory that the heap of the whole process has held.
type heapWatch struct {
	peak  uint64
	looks int
}

func watchHeap() *heapWatch { return &heapWatch{} }

func (h *heapWatch) look(int64, int64) {
	if h.looks++; h.looks%10 != 0 {
		return
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	h.peak = max(h.peak, stats.HeapAlloc)
}
