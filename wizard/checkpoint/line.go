package checkpoint

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// The parts of a line around its content: {"seq":7,"at":…,"prev":"…","hash":"…"}. The hash is that of the line without its last field.
const (
	lineStart = `{"seq":`
	prevField = `,"prev":"`
	hashField = `,"hash":"`
	lineEnd   = `"}`
	hashSize  = 2 * sha256.Size
	// maxLine is more than any batch needs. A longer line means a file that is no journal.
	maxLine = 256 << 20
)

// Problem is what is wrong with a line.
type Problem string

// The problems of a line.
const (
	// Torn: the file ends in the middle of the line, as after a power cut while it was being written.
	Torn Problem = "torn"
	// Altered: the line is not as it was written.
	Altered Problem = "altered"
	// Missing: lines before this one are gone.
	Missing Problem = "missing"
)

// BadLine says which line of a journal is the first that is not right, and how. It is an ErrCorrupt.
type BadLine struct {
	// Line counts from 1.
	Line    int64
	Problem Problem
}

// Error names the line and the problem.
func (b *BadLine) Error() string {
	switch b.Problem {
	case Torn:
		return fmt.Sprintf("line %d is cut off", b.Line)
	case Missing:
		return fmt.Sprintf("lines are missing before line %d", b.Line)
	}
	return fmt.Sprintf("line %d was altered", b.Line)
}

// Is makes a BadLine an ErrCorrupt.
func (b *BadLine) Is(target error) bool { return target == ErrCorrupt }

// content is an Entry as it is hashed: everything but the hash, in this order.
type content struct {
	Seq   int64           `json:"seq"`
	At    string          `json:"at"`
	Phase Phase           `json:"phase"`
	Op    string          `json:"op"`
	Batch string          `json:"batch,omitempty"`
	Data  json.RawMessage `json:"data,omitempty"`
	Prev  string          `json:"prev"`
}

// timeFormat is RFC 3339 with nanoseconds, always in UTC.
const timeFormat = "2006-01-02T15:04:05.999999999Z07:00"

// appendLine adds the entry's line to the buffer and sets the entry's Hash.
func appendLine(buffer *bytes.Buffer, entry *Entry) error {
	start := buffer.Len()
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(content{entry.Seq, entry.At.UTC().Format(timeFormat), entry.Phase, entry.Op, entry.Batch, entry.Data, entry.Prev})
	if err != nil {
		buffer.Truncate(start)
		return fmt.Errorf("writing a journal line for %s: %w", entry.Op, err)
	}
	buffer.Truncate(buffer.Len() - 1) // the encoder's line break
	sum := sha256.Sum256(buffer.Bytes()[start:])
	entry.Hash = hex.EncodeToString(sum[:])
	buffer.Truncate(buffer.Len() - 1) // the closing brace
	buffer.WriteString(hashField + entry.Hash + lineEnd + "\n")
	return nil
}

// checkLine verifies a line, without its line break, that should follow after. It returns the place that the line ends at.
func checkLine(line []byte, after Mark) (Mark, error) {
	number := after.Lines + 1
	body, hash, found := cutHash(line)
	if !found || !hashFits(body, hash) {
		return after, &BadLine{number, Altered}
	}
	seq, prev, found := chainOf(body)
	switch {
	case !found || seq < number || seq == number && prev != after.Hash:
		return after, &BadLine{number, Altered}
	case seq > number:
		return after, &BadLine{number, Missing}
	}
	return Mark{Lines: number, Bytes: after.Bytes + int64(len(line)) + 1, Hash: string(hash)}, nil
}

// cutHash splits a line into what is hashed, less the closing brace, and the hash.
func cutHash(line []byte) (body, hash []byte, found bool) {
	split := len(line) - len(hashField) - hashSize - len(lineEnd)
	if split < 0 || !bytes.HasSuffix(line, []byte(lineEnd)) || !bytes.HasPrefix(line[split:], []byte(hashField)) {
		return nil, nil, false
	}
	return line[:split], line[split+len(hashField) : len(line)-len(lineEnd)], true
}

func hashFits(body, hash []byte) bool {
	digest := sha256.New()
	digest.Write(body)
	digest.Write([]byte("}"))
	return hex.EncodeToString(digest.Sum(nil)) == string(hash)
}

// chainOf reads the line's number and the former line's hash without decoding the rest.
func chainOf(body []byte) (seq int64, prev string, found bool) {
	rest, isLine := bytes.CutPrefix(body, []byte(lineStart))
	digits, _, more := bytes.Cut(rest, []byte(","))
	seq, err := strconv.ParseInt(string(digits), 10, 64)
	if !isLine || !more || err != nil {
		return 0, "", false
	}
	at := bytes.LastIndex(body, []byte(prevField))
	if at < 0 || !bytes.HasSuffix(body, []byte(`"`)) {
		return 0, "", false
	}
	return seq, string(body[at+len(prevField) : len(body)-1]), true
}

// lineReader reads lines of any length up to maxLine.
type lineReader struct {
	from *bufio.Reader
	line []byte
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{from: bufio.NewReaderSize(r, 64<<10)} }

// next returns the next line, without its break and valid until the call after. whole is false for a last line that has no break. At the end it
// returns io.EOF.
func (l *lineReader) next() (line []byte, whole bool, err error) {
	l.line = l.line[:0]
	for {
		piece, err := l.from.ReadSlice('\n')
		l.line = append(l.line, piece...)
		switch {
		case err == nil:
			return l.line[:len(l.line)-1], true, nil
		case errors.Is(err, io.EOF) && len(l.line) > 0:
			return l.line, false, nil
		case errors.Is(err, bufio.ErrBufferFull) && len(l.line) < maxLine:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return l.line, false, nil
		}
		return nil, false, err
	}
}
