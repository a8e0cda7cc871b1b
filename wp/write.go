package wp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// rowWriter writes CSV as RFC 4180 says, with LF line ends, and safe to open in a spreadsheet.
type rowWriter struct {
	out    io.Writer
	name   string
	buf    []byte
	digest hash.Hash
}

func newRowWriter(out io.Writer, name string) *rowWriter {
	return &rowWriter{out: out, name: name, buf: make([]byte, 0, 2*sniffSize), digest: sha256.New()}
}

// add appends one cell to the row that is being written.
func (w *rowWriter) add(cell string) { w.buf = append(appendCell(w.buf, cell), ',') }

// end ends the row.
func (w *rowWriter) end() error {
	w.buf[len(w.buf)-1] = '\n'
	if len(w.buf) < sniffSize {
		return nil
	}
	return w.flush()
}

func (w *rowWriter) flush() error {
	w.digest.Write(w.buf)
	if _, err := w.out.Write(w.buf); err != nil {
		return fmt.Errorf("writing %s: %w", w.name, err)
	}
	w.buf = w.buf[:0]
	return nil
}

func (w *rowWriter) row(cells ...string) error {
	for _, cell := range cells {
		w.add(cell)
	}
	return w.end()
}

// fingerprint is the SHA-256 of all that has been flushed.
func (w *rowWriter) fingerprint() string { return hex.EncodeToString(w.digest.Sum(nil)) }

// appendCell writes a cell with the apostrophe before what a spreadsheet would take for a formula (OWASP, CSV Injection),
// and in quotes where it needs them.
func appendCell(buf []byte, cell string) []byte {
	if cell == "" {
		return buf
	}
	guarded := isFormula(cell[0]) || cell[0] == '\t' || cell[0] == '\r'
	if !needsQuotes(cell) {
		if guarded {
			buf = append(buf, '\'')
		}
		return append(buf, cell...)
	}
	buf = append(buf, '"')
	if guarded {
		buf = append(buf, '\'')
	}
	for i := range len(cell) {
		if cell[i] == '"' {
			buf = append(buf, '"')
		}
		buf = append(buf, cell[i])
	}
	return append(buf, '"')
}

func isFormula(c byte) bool { return c == '=' || c == '+' || c == '-' || c == '@' }

func needsQuotes(cell string) bool {
	for i := range len(cell) {
		if c := cell[i]; c == '"' || c == ',' || c == '\n' || c == '\r' {
			return true
		}
	}
	return cell[0] == ' ' || cell[0] == '\t'
}
