package report

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// logFile is the log's name in the folder. It is no part of the chain: what is taken from it is told, not proven.
const logFile = "allyswitch.log"

// requestLog is how many requests went out in each second in which any did.
type requestLog struct {
	seconds map[int64]int
	total   int
	// limited were turned away because they came too fast.
	limited int
}

// The marks of a line about a request, as the log writes it.
var (
	requestMark = []byte(`"msg":"request"`)
	limitedMark = []byte(`"status":429`)
	timeMark    = []byte(`{"time":"`)
)

// readRequests takes the times of all requests from the log. A line that cannot be read is left out: it is a picture, not a proof.
func readRequests(src *source) (*requestLog, error) {
	log := &requestLog{seconds: map[int64]int{}}
	file, err := src.root.Open(logFile)
	if errors.Is(err, fs.ErrNotExist) {
		return log, nil
	}
	if err != nil {
		return nil, doing("read "+logFile, err)
	}
	defer file.Close()
	reader := bufio.NewReaderSize(file, 256<<10)
	for {
		line, err := reader.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return log, nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, doing("read "+logFile, err)
		}
		log.take(line)
	}
}

func (l *requestLog) take(line []byte) {
	rest, ok := bytes.CutPrefix(line, timeMark)
	if !ok || !bytes.Contains(line, requestMark) {
		return
	}
	stamp, _, _ := bytes.Cut(rest, []byte(`"`))
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	if err != nil {
		return
	}
	l.seconds[at.Unix()]++
	l.total++
	if bytes.Contains(line, limitedMark) {
		l.limited++
	}
}

// pace is how many requests went out in each stretch of time in which any did.
type pace struct {
	unit    time.Duration
	columns []paceColumn
	busiest int
}

type paceColumn struct {
	at       time.Time
	requests int
}

// most is how many columns a chart has at most.
const most = 60

// pace counts by seconds when the whole work was short, else by minutes. Where there are too many, each column shows the busiest of several.
func (l *requestLog) pace() pace {
	p := pace{unit: time.Second}
	if len(l.seconds) > most {
		p.unit = time.Minute
	}
	units := map[int64]int{}
	for second, requests := range l.seconds {
		units[second/int64(p.unit.Seconds())] += requests
	}
	starts := slices.Sorted(maps.Keys(units))
	each := max(1, (len(starts)+most-1)/most)
	for group := range slices.Chunk(starts, each) {
		column := paceColumn{at: time.Unix(group[0]*int64(p.unit.Seconds()), 0)}
		for _, start := range group {
			column.requests = max(column.requests, units[start])
		}
		p.busiest = max(p.busiest, column.requests)
		p.columns = append(p.columns, column)
	}
	return p
}

// allowed is how many requests the limits let through in a stretch of time, 0 when they are not known.
func allowed(limits []Limit, unit time.Duration) int {
	least := 0
	for _, limit := range limits {
		fits := limit.Requests
		if limit.Per > 0 && limit.Per < unit {
			fits = int(float64(limit.Requests) * float64(unit) / float64(limit.Per))
		}
		if fits > 0 && (least == 0 || fits < least) {
			least = fits
		}
	}
	return least
}
