package wp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sniffSize is how much of the beginning of a file is looked at before it is read.
const sniffSize = 64 << 10

// The encodings that Layout.Encoding can name.
const (
	EncodingUTF8        = "UTF-8"
	EncodingUTF8BOM     = "UTF-8 with BOM"
	EncodingUTF16LE     = "UTF-16 LE"
	EncodingUTF16BE     = "UTF-16 BE"
	EncodingWindows1252 = "Windows-1252"
)

// FileError says what is wrong with a whole file, in a sentence for the site owner.
type FileError struct {
	// Code is short and stable: empty-file, spreadsheet, web-page, json, binary, only-heading, no-email-column, unknown-heading.
	Code string
	// Sentence names what the file is and says what to do.
	Sentence string
}

func (e *FileError) Error() string { return e.Sentence }

// ErrNeedsMapping is wrapped by the error for a file whose headings must first be matched by the owner.
var ErrNeedsMapping = errors.New("the headings of this file need to be matched first")

// source is a file turned into UTF-8 (or Windows-1252, which is decoded cell by cell) with LF or CRLF line ends.
type source struct {
	*bufio.Reader
	encoding string
	lineEnds string
}

func openSource(r io.Reader) (*source, error) {
	in := bufio.NewReaderSize(r, sniffSize)
	head, err := peek(in)
	if err != nil {
		return nil, fmt.Errorf("reading the beginning of the file: %w", err)
	}
	if err := refuseForeign(head); err != nil {
		return nil, err
	}
	src := &source{Reader: in, encoding: sniffEncoding(head)}
	if err := src.decode(); err != nil {
		return nil, fmt.Errorf("reading the beginning of the file: %w", err)
	}
	head, err = peek(src.Reader)
	if err != nil {
		return nil, fmt.Errorf("reading the beginning of the file: %w", err)
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, &FileError{"empty-file", "This file is empty. Export the users again, wait until the download has finished, and choose the new file."}
	}
	if i := bytes.IndexByte(head, 0); i >= 0 {
		return nil, binaryFile(head, i)
	}
	src.sniffLineEnds(head)
	return src, nil
}

// peek returns the first sniffSize bytes, or all there are.
func peek(in *bufio.Reader) ([]byte, error) {
	head, err := in.Peek(sniffSize)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return head, err
}

func (s *source) decode() error {
	switch s.encoding {
	case EncodingUTF8BOM:
		_, err := s.Discard(3)
		return err
	case EncodingUTF16LE:
		s.transform(unicode.LittleEndian)
	case EncodingUTF16BE:
		s.transform(unicode.BigEndian)
	}
	return nil
}

func (s *source) transform(order unicode.Endianness) {
	decoder := unicode.UTF16(order, unicode.UseBOM).NewDecoder()
	s.Reader = bufio.NewReaderSize(transform.NewReader(s.Reader, decoder), sniffSize)
}

// sniffEncoding judges by the byte order mark, else by the place of NULs, else by whether the bytes are UTF-8. One damaged
// character does not make a file Windows-1252: the better half decides, and each cell is looked at again later.
func sniffEncoding(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return EncodingUTF8BOM
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return EncodingUTF16LE
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return EncodingUTF16BE
	case nulsAt(head, 1):
		return EncodingUTF16LE
	case nulsAt(head, 0):
		return EncodingUTF16BE
	}
	good, bad := 0, 0
	for len(head) > 0 {
		_, size := utf8.DecodeRune(head)
		if size > 1 {
			good++
		} else if head[0] >= utf8.RuneSelf && len(head) >= utf8.UTFMax {
			bad++
		}
		head = head[size:]
	}
	if bad > good {
		return EncodingWindows1252
	}
	return EncodingUTF8
}

// nulsAt says whether the heading looks like UTF-16 without a mark: every other byte of its first eight is NUL.
func nulsAt(head []byte, first int) bool {
	if len(head) < 8 {
		return false
	}
	for i := range 8 {
		if (head[i] == 0) != (i%2 == first) {
			return false
		}
	}
	return true
}

// sniffLineEnds tells the line ends apart and turns the lone CR of old Macs, which some Excel versions still write, into LF.
func (s *source) sniffLineEnds(head []byte) {
	newline, carriage := bytes.IndexByte(head, '\n'), bytes.IndexByte(head, '\r')
	switch {
	case carriage >= 0 && newline < 0:
		s.lineEnds = "CR"
		s.Reader = bufio.NewReaderSize(carriageReader{s.Reader}, sniffSize)
	case newline > 0 && head[newline-1] == '\r':
		s.lineEnds = "CRLF"
	default:
		s.lineEnds = "LF"
	}
}

type carriageReader struct{ in io.Reader }

func (c carriageReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// refuseForeign names the kinds of file that people choose by mistake.
func refuseForeign(head []byte) error {
	text := bytes.TrimSpace(bytes.TrimPrefix(head[:min(len(head), 512)], []byte("\xef\xbb\xbf")))
	has := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool {
			begins := text[:min(len(text), len(prefix))]
			return string(begins) == prefix || strings.EqualFold(string(begins), prefix)
		})
	}
	switch {
	case has("PK\x03\x04"), has("\xd0\xcf\x11\xe0"):
		return &FileError{"spreadsheet", "This is an Excel or zip file, even if its name ends in .csv. Open it in your spreadsheet program, choose Save as, pick “CSV UTF-8”, and choose the new file."}
	case has("<!doctype", "<html", "<?xml", "<br", "<b>", "<head", "<body"):
		return &FileError{"web-page", "This is a web page and not a CSV file: the site probably answered the download with a login or error page. Log in to WordPress, export the users again, and choose the new file."}
	case has(`{"`, "[{", "{}", "[]", "{\n", "{ ", "[\n"):
		return &FileError{"json", "This is a JSON file and not a CSV file. Export the users as CSV with the WebToffee plugin, and choose that file."}
	case has("%pdf", "\x1f\x8b", "\x89png", "\xff\xd8\xff", "gif8", "rar!", "7z\xbc\xaf"):
		return &FileError{"binary", "This is not a text file but a picture, a PDF or a compressed file. Export the users as CSV with the WebToffee plugin, and choose that file."}
	}
	return nil
}

// binaryFile names the place of the first NUL: no export has one, a damaged download does.
func binaryFile(head []byte, at int) error {
	line := 1 + bytes.Count(head[:at], []byte("\n"))
	column := at - bytes.LastIndexByte(head[:at], '\n')
	return &FileError{"binary", fmt.Sprintf("Line %d of this file holds a NUL byte at character %d, which no CSV file has: it is damaged or not a CSV file. Export the users again and choose the new file.", line, column)}
}
